// expect: BurstRate: the function of .gene, protein. must take the gene as Index
#include <cardamom/burst_rate/parametric_rate.hpp>

void use() {
#ifdef KO
  const auto kon = [](int, const cardamom::VectorIn& protein, const cardamom::VectorIn& x) {
    return protein[0] * x[0];
  };
#else
  const auto kon = [](cardamom::Index, const cardamom::VectorIn& protein, const cardamom::VectorIn& x) {
    return protein[0] * x[0];
  };
#endif
  const cardamom::ParametricRate rate(kon, cardamom::Vector::Ones(2), {{}, cardamom::Vector::Ones(1)});
  static_cast<void>(rate);
}
