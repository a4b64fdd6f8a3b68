// expect: RowOptimizer: member minimize
#include <cardamom/inference/infer.hpp>

struct Mine {
  template <class Objective>
#ifdef KO
  void
#else
  cardamom::Convergence
#endif
  minimize(const Objective& objective, const cardamom::RowPenalty& penalty, cardamom::VectorOut x) const {
    auto convergence = cardamom::ProximalNewton{}.minimize(objective, penalty, x);
#ifndef KO
    return convergence;
#endif
  }
};

void use(const cardamom::Counts& counts) {
  const auto result = cardamom::infer(counts, {}, Mine{});
  (void)result;
}
