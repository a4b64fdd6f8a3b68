// expect: BoundedBurstRate
#include <cardamom/simulation/population.hpp>

struct MyRate {
  cardamom::Index nodes() const { return 2; }
  double operator()(cardamom::Index, const cardamom::VectorIn& protein) const { return 1.0 / (1.0 + protein[1]); }
#ifndef KO
  double bound(cardamom::Index) const { return 1.0; }
#endif
};

void use(const cardamom::Kinetics& kinetics) {
  cardamom::BurstyProcess cell{kinetics, MyRate{}};
  cell.advance_to(1.0);
  (void)cardamom::simulate(cardamom::BasicModel{kinetics, MyRate{}}, {}, {.seed = 1});
}
