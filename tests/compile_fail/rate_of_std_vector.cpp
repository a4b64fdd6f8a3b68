// expect: BurstRate: beside nodes
#include <vector>

#include <cardamom/burst_rate/concepts.hpp>

struct Mine {
  cardamom::Index nodes() const { return 2; }
#ifdef KO
  double operator()(cardamom::Index, const std::vector<double>& protein) const { return protein[0]; }
#else
  double operator()(cardamom::Index, const cardamom::VectorIn& protein) const { return protein[0]; }
#endif
};

static_assert(cardamom::policy_fits<Mine, cardamom::RoleList<cardamom::RateRole>>());
