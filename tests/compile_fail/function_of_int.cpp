// expect: BurstRate: the function of .gene, protein. must return double itself
#include <cardamom/burst_rate/function_rate.hpp>

void use() {
#ifdef KO
  const auto kon = [](cardamom::Index, const auto& protein) { return protein[0] > 0.5 ? 1 : 0; };
#else
  const auto kon = [](cardamom::Index, const auto& protein) { return protein[0] > 0.5 ? 1.0 : 0.0; };
#endif
  const cardamom::BoundedFunctionRate rate(kon, cardamom::Vector::Ones(2));
  static_cast<void>(rate);
}
