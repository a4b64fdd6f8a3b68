// expect: BurstRate: member inputs must be a function
#include <cardamom/model/model.hpp>

struct Mine {
  cardamom::Index nodes() const { return 2; }
  double operator()(cardamom::Index, const cardamom::VectorIn& protein) const { return protein[0]; }
#ifdef KO
  cardamom::Index inputs = 1;
#else
  cardamom::Index inputs() const { return 1; }
#endif
};

static_assert(sizeof(cardamom::BasicModel<Mine>) > 0);
