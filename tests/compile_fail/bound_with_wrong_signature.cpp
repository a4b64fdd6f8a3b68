// expect: BoundedBurstRate: member bound must be
#include <cardamom/model/model.hpp>

struct Mine {
  cardamom::Index nodes() const { return 2; }
  double operator()(cardamom::Index, const cardamom::VectorIn& protein) const { return protein[0]; }
#ifdef KO
  double bound(cardamom::Index) { return 1.0; }
#else
  double bound(cardamom::Index) const { return 1.0; }
#endif
};

static_assert(sizeof(cardamom::BasicModel<Mine>) > 0);
