// expect: BurstRate: member nodes\(\) const .*FunctionRate and BoundedFunctionRate make a rate of a lambda
#include <cardamom/burst_rate/function_rate.hpp>
#include <cardamom/model/model.hpp>

void use(const cardamom::Kinetics& kinetics) {
  const auto kon = [](cardamom::Index, const auto& protein) { return protein[0]; };
#ifdef KO
  const cardamom::BasicModel model{kinetics, kon};
#else
  const cardamom::BasicModel model{kinetics, cardamom::FunctionRate{2, kon}};
#endif
  (void)model;
}
