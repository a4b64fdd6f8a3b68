/// @file
/// How an iterative computation ended. Not converging is a result, not an exception: the best point so far is returned
/// beside its `Convergence`.
#pragma once

#include <limits>
#include <string_view>

#include <cardamom/core/types.hpp>

namespace cardamom {

/// How an iteration ended.
enum class ConvergenceStatus {
  converged,        ///< the stated tolerance was met
  iteration_limit,  ///< the iteration budget ran out first
  stalled,          ///< no further progress is possible in floating point, tolerance not met
  no_information,   ///< the data do not determine the answer; a documented default was returned
};

/// The status in words.
constexpr std::string_view to_string(ConvergenceStatus status) noexcept {
  switch (status) {
    case ConvergenceStatus::converged:
      return "converged";
    case ConvergenceStatus::iteration_limit:
      return "iteration limit";
    case ConvergenceStatus::stalled:
      return "stalled";
    case ConvergenceStatus::no_information:
      return "no information";
  }
  return "unknown";
}

/// The larger of two residuals, NaN where one is: std::max lets a NaN on its right fall.
constexpr double larger_or_nan(double a, double b) noexcept { return a >= b || a != a ? a : b; }

/// Whether an iteration came to its end, after how many steps, and how far from it it stopped.
struct Convergence {
  ConvergenceStatus status = ConvergenceStatus::converged;
  Index iterations = 0;   ///< iterations spent
  double residual = 0.0;  ///< the quantity compared with the tolerance, at the returned point

  bool converged() const noexcept { return status == ConvergenceStatus::converged; }
};

/// The summary of several computations: the worst status among those that had something to determine (all of them
/// without information: `no_information`), total iterations, largest residual.
constexpr Convergence combine(const Convergence& a, const Convergence& b) noexcept {
  const auto severity = [](ConvergenceStatus status) {
    switch (status) {
      case ConvergenceStatus::no_information:
        return 0;
      case ConvergenceStatus::converged:
        return 1;
      case ConvergenceStatus::stalled:
        return 2;
      case ConvergenceStatus::iteration_limit:
        return 3;
    }
    return 3;
  };
  return {severity(a.status) >= severity(b.status) ? a.status : b.status, a.iterations + b.iterations,
          larger_or_nan(a.residual, b.residual)};
}

}  // namespace cardamom
