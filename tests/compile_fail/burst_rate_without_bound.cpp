// expect: BoundedBurstRate
#include <cardamom/burst_rate.hpp>

// Stands for any algorithm that simulates exactly.
template <cardamom::BoundedBurstRate Rate>
void simulate_exactly(const Rate&) {}

struct MyRate {
  cardamom::Index nodes() const { return 2; }
  double operator()(cardamom::Index, const cardamom::VectorIn& protein) const { return 1.0 / (1.0 + protein[1]); }
#ifndef KO
  double bound(cardamom::Index) const { return 1.0; }
#endif
};

void use() { simulate_exactly(MyRate{}); }
