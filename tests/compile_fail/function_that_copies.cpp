// expect: BurstRate: the function of .gene, protein. must take the proteins as const VectorIn
#include <cardamom/burst_rate/function_rate.hpp>

void use() {
#ifdef KO
  const auto kon = [](cardamom::Index, const cardamom::Vector& protein) { return protein[0]; };
#else
  const auto kon = [](cardamom::Index, const cardamom::VectorIn& protein) { return protein[0]; };
#endif
  const cardamom::FunctionRate rate(2, kon);
  static_cast<void>(rate);
}
