// expect: RowOptimizer: member minimize
#include <cardamom/regression/regress.hpp>

using namespace cardamom;

/// Made for one loss only.
struct MyOptimizer {
  Convergence minimize(const RowObjective<CrossEntropy>& objective, const RowPenalty& penalty, VectorOut x) const {
    return ProximalNewton{}.minimize(objective, penalty, x);
  }
};

Regression use(const Samples& samples) {
#ifndef KO
  return regress(samples, {}, MyOptimizer{}, CrossEntropy{});
#else
  return regress(samples, {}, MyOptimizer{});
#endif
}
