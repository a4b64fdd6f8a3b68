// expect: BoundedBurstRate: exact simulation needs a member bound
#include <cardamom/simulation/population.hpp>

struct Mine {
  cardamom::Index nodes() const { return 2; }
  double operator()(cardamom::Index, const cardamom::VectorIn& protein) const { return protein[0]; }
#ifndef KO
  double bound(cardamom::Index) const { return 1.0; }
#endif
};

void use(const cardamom::Kinetics& kinetics) {
  const auto cells = cardamom::simulate(cardamom::BasicModel{kinetics, Mine{}}, {}, {.seed = 1});
  (void)cells;
}
