// expect: simulate: options are left out; the third argument must be SimulateOptions
#include <cardamom/simulation/population.hpp>

void use(const cardamom::Model& model) {
#ifdef KO
  const auto cells = cardamom::simulate(model, {}, cardamom::Threads{4});
#else
  const auto cells = cardamom::simulate(model, {}, {}, cardamom::Threads{4});
#endif
  (void)cells;
}
