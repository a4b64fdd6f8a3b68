// expect: BurstRate: operator...gene, protein. const must return double itself
#include <cardamom/burst_rate/concepts.hpp>

struct Mine {
  cardamom::Index nodes() const { return 2; }
#ifdef KO
  float operator()(cardamom::Index, const cardamom::VectorIn&) const { return 1.0F; }
#else
  const double& operator()(cardamom::Index, const cardamom::VectorIn&) const { return level; }
  double level = 1.0;
#endif
};

static_assert(cardamom::policy_fits<Mine, cardamom::RoleList<cardamom::RateRole>>());
