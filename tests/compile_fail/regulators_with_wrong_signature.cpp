// expect: SparseBurstRate: member regulators must be
#include <cardamom/model/model.hpp>

struct Mine {
  cardamom::Index nodes() const { return 2; }
  double operator()(cardamom::Index, const cardamom::VectorIn& protein) const { return protein[0]; }
#ifdef KO
  const std::vector<cardamom::Index>* regulators(cardamom::Index) const { return nullptr; }
#else
  std::vector<cardamom::Index> regulators(cardamom::Index) const { return {0}; }
#endif
};

static_assert(sizeof(cardamom::BasicModel<Mine>) > 0);
