/// @file
/// Accelerated proximal gradient descent: the optimizer for any smooth objective.
#pragma once

#include <algorithm>
#include <cmath>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/regression/optimizer.hpp>

namespace cardamom {

/// Limits of `ProximalGradient`.
struct ProximalGradientOptions {
  Index max_iterations = 20000;  ///< budget of gradient evaluations that lead to a step, >= 1: bounds flat objectives
  double tolerance = 1e-9;       ///< on the largest subgradient (units of the objective per unit coefficient), > 0
  double first_step = 1.0;       ///< initial step length, adapted by backtracking, > 0
};

/// Throws when a setting is out of range; the error names it, its value and the range.
inline void validate(const ProximalGradientOptions& options) {
  check_at_least("ProximalGradientOptions", "max_iterations", options.max_iterations, 1);
  check_positive("ProximalGradientOptions", "tolerance", options.tolerance);
  check_positive("ProximalGradientOptions", "first_step", options.first_step);
}

/// FISTA (Beck & Teboulle 2009) with backtracking and restart whenever the objective would increase (O'Donoghue &
/// Candès 2015), so that every accepted iterate improves; zeros and unchanged coefficients are exact.
class ProximalGradient {
 public:
  ProximalGradient() = default;
  explicit ProximalGradient(const ProximalGradientOptions& options) : options_(options) { validate(options); }

  template <SmoothObjective Objective>
  Convergence minimize(const Objective& objective, const RowPenalty& penalty, WhereUsed<VectorOut, Objective> x) const {
    const Index size = objective.size();
    for (Index j = 0; j < size; ++j) x[j] = penalty.is_free(j) ? x[j] : penalty.anchor[j];
    WhereUsed<Vector, Objective> gradient(size);
    WhereUsed<Vector, Objective> ahead = x;
    WhereUsed<Vector, Objective> ahead_gradient(size);
    WhereUsed<Vector, Objective> trial(size);
    WhereUsed<Vector, Objective> trial_gradient(size);
    double total = objective(x, gradient) + penalty.value(x);
    ahead_gradient = gradient;
    double ahead_value = total - penalty.value(x);
    double step = options_.first_step;
    double momentum = 1.0;
    Convergence result{ConvergenceStatus::iteration_limit, 0, residual(penalty, x, gradient)};

    while (result.iterations < options_.max_iterations) {
      if (result.residual <= options_.tolerance && !std::isnan(total)) {
        result.status = ConvergenceStatus::converged;
        break;
      }
      if (std::isnan(result.residual) || std::isnan(total)) {
        result.status = ConvergenceStatus::stalled;
        break;
      }
      ++result.iterations;
      double trial_value = 0.0;
      bool moved = false;
      for (;;) {
        for (Index j = 0; j < size; ++j) trial[j] = penalty.proximal(j, ahead[j] - step * ahead_gradient[j], step);
        trial_value = objective(trial, trial_gradient);
        const double squared = (trial - ahead).squaredNorm();
        const double bound = ahead_value + ahead_gradient.dot(trial - ahead) + squared / (2.0 * step);
        if (trial_value <= bound + rounding * std::abs(ahead_value)) {
          moved = true;
          break;
        }
        step *= 0.5;
        if (step < smallest_step) break;
      }
      const double trial_total = trial_value + penalty.value(trial);
      if (!moved || trial_total > total + rounding * std::abs(total)) {
        if (momentum == 1.0) {
          result.status = ConvergenceStatus::stalled;
          break;
        }
        momentum = 1.0;
        ahead = x;
        ahead_gradient = gradient;
        ahead_value = total - penalty.value(x);
        continue;
      }
      const double next = 0.5 * (1.0 + std::sqrt(1.0 + 4.0 * momentum * momentum));
      // Momentum that points uphill is dropped as well.
      const bool uphill = (ahead - trial).dot(trial - x) > 0.0;
      const double carry = uphill ? 0.0 : (momentum - 1.0) / next;
      momentum = uphill ? 1.0 : next;
      ahead = trial + carry * (trial - x);
      x = trial;
      gradient = trial_gradient;
      total = trial_total;
      result.residual = residual(penalty, x, gradient);
      if (carry == 0.0) {
        ahead_gradient = gradient;
        ahead_value = trial_value;
      } else {
        ahead_value = objective(ahead, ahead_gradient);
      }
      step *= growth;
    }
    return result;
  }

 private:
  static constexpr double rounding = 1e-14;       // relative slack: comparisons at the level of rounding errors
  static constexpr double smallest_step = 1e-30;  // below it the objective is not differentiable here
  static constexpr double growth = 1.1;           // lets the step recover after a region of high curvature

  template <class Use = CompiledWhereUsed>
  static double residual(const WhereUsed<RowPenalty, Use>& penalty, const WhereUsed<VectorIn, Use>& x,
                         const WhereUsed<Vector, Use>& gradient) {
    double largest = 0.0;
    for (Index j = 0; j < x.size(); ++j) {
      largest = larger_or_nan(largest, std::abs(penalty.subgradient(j, x[j], gradient[j])));
    }
    return largest;
  }

  ProximalGradientOptions options_;
};

}  // namespace cardamom
