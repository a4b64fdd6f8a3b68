// expect: BurstRate: operator...gene, protein. const must take the gene as Index
#include <cardamom/burst_rate/concepts.hpp>

struct Mine {
  cardamom::Index nodes() const { return 2; }
#ifdef KO
  double operator()(int, const cardamom::VectorIn& protein) const { return protein[0]; }
#else
  double operator()(long long, const cardamom::VectorIn& protein) const { return protein[0]; }
#endif
};

static_assert(cardamom::policy_fits<Mine, cardamom::RoleList<cardamom::RateRole>>());
