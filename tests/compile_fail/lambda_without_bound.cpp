// expect: BoundedBurstRate: exact simulation needs a member bound.* BoundedFunctionRate gives a lambda one
#include <cardamom/burst_rate/function_rate.hpp>
#include <cardamom/simulation/population.hpp>

void use(const cardamom::Kinetics& kinetics) {
  const auto kon = [](cardamom::Index, const auto& protein) { return protein[0]; };
#ifdef KO
  const cardamom::FunctionRate rate{2, kon};
#else
  const cardamom::BoundedFunctionRate rate{kon, cardamom::Vector::Ones(2)};
#endif
  const auto cells = cardamom::simulate(cardamom::BasicModel{kinetics, rate}, {}, {.seed = 1});
  (void)cells;
}
