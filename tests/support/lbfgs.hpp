// LBFGS++ as an optimizer, as in the comment of smoothed_optimizer.hpp. Where it is not installed SUPPORT_HAS_LBFGS is
// 0.
#pragma once

#if __has_include(<LBFGS.h>)
#define SUPPORT_HAS_LBFGS 1

#include <LBFGS.h>
#include <exception>

#include <cardamom/regression/smoothed_optimizer.hpp>

namespace support {

inline auto lbfgs() {
  return cardamom::SmoothedOptimizer([](const cardamom::SmoothFunction& f, cardamom::Vector& x) {
    const LBFGSpp::LBFGSParam<double> parameters;
    LBFGSpp::LBFGSSolver<double> solver(parameters);
    double value = 0.0;
    try {
      return cardamom::Convergence{cardamom::ConvergenceStatus::converged, solver.minimize(f, x, value)};
    } catch (const std::exception&) {
      return cardamom::Convergence{cardamom::ConvergenceStatus::stalled};
    }
  });
}

}  // namespace support

#else
#define SUPPORT_HAS_LBFGS 0
#endif
