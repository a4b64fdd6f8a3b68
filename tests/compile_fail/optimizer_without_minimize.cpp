// expect: a RowOptimizer minimize
#include <cardamom/inference/infer.hpp>

struct Mine {
  template <class Objective>
#ifdef KO
  cardamom::Convergence minimise(
#else
  cardamom::Convergence minimize(
#endif
      const Objective& objective, const cardamom::RowPenalty& penalty, cardamom::VectorOut x) const {
    return cardamom::ProximalNewton{}.minimize(objective, penalty, x);
  }
};

void use(const cardamom::Counts& counts) {
  const auto result = cardamom::infer(counts, {}, Mine{});
  (void)result;
}
