// expect: BoundedBurstRate: exact simulation needs a member bound
#include <cardamom/simulation/bursty_process.hpp>

struct Mine {
  cardamom::Index nodes() const { return 2; }
  double operator()(cardamom::Index, const cardamom::VectorIn& protein) const { return protein[0]; }
#ifndef KO
  double bound(cardamom::Index) const { return 1.0; }
#endif
};

void use(const cardamom::Kinetics& kinetics) {
  cardamom::BurstyProcess cell{kinetics, Mine{}};
  cell.advance_to(1.0);
}
