// expect: simulate: the second argument must be a Protocol
#include <cardamom/simulation/population.hpp>

void use(const cardamom::Model& model) {
#ifdef KO
  const auto cells = cardamom::simulate(model, cardamom::SimulateOptions{.seed = 2});
#else
  const auto cells = cardamom::simulate(model, {}, cardamom::SimulateOptions{.seed = 2});
#endif
  (void)cells;
}
