// expect: ObservationLaw: member observe
#include <cardamom/model/named_networks.hpp>
#include <cardamom/simulation/population.hpp>

struct MyLaw {
#ifndef KO
  double observe(double molecules, double, cardamom::RandomStream&) const { return molecules; }
#else
  void observe(double, double, cardamom::RandomStream&) const {}
#endif
};

void use() { (void)cardamom::simulate(cardamom::fn4(), {}, {.seed = 1}, MyLaw{}); }
