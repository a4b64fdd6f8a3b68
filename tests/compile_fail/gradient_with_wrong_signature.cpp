// expect: DifferentiableBurstRate: member gradient must be
#include <cardamom/model/model.hpp>

struct Mine {
  cardamom::Index nodes() const { return 2; }
  double operator()(cardamom::Index, const cardamom::VectorIn& protein) const { return protein[0]; }
#ifdef KO
  cardamom::Vector gradient(cardamom::Index, const cardamom::VectorIn& protein) const { return protein; }
#else
  void gradient(cardamom::Index, const cardamom::VectorIn& protein, cardamom::VectorOut out) const { out = protein; }
#endif
};

static_assert(sizeof(cardamom::BasicModel<Mine>) > 0);
