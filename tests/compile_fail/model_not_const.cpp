// expect: BurstRate: beside nodes\(\), operator\(\)\(Index gene, const VectorIn& protein\) const must return double
#include <cardamom/model/model.hpp>

struct Mine {
  cardamom::Index nodes() const { return 2; }
#ifdef KO
  double operator()(cardamom::Index, const cardamom::VectorIn& protein) { return protein[0]; }
#else
  double operator()(cardamom::Index, const cardamom::VectorIn& protein) const { return protein[0]; }
#endif
};

void use(const cardamom::Kinetics& kinetics) {
  const cardamom::BasicModel model{kinetics, Mine{}};
  (void)model;
}
