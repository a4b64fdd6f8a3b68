/// @file
/// Lets an ordinary minimiser of smooth functions, LBFGS++ or one's own, stand in for the proximal optimizers.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <functional>
#include <limits>
#include <type_traits>
#include <utility>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/regression/optimizer.hpp>

namespace cardamom {

/// A smooth function as minimisers take it: writes the gradient, returns the value.
using SmoothFunction = std::function<double(const Vector& x, Vector& gradient)>;

/// Minimises with every |u| of the penalty replaced by √(u² + width²) − width, then puts coefficients that end within
/// `snap` of a kink onto it: so zeros are exact, but selected less sharply than by a proximal optimizer.
///
/// Of all points at which the minimiser evaluates the function the best counts, whatever it leaves in x. It may stop
/// early, but must not throw when it does: LBFGS++, for one, throws std::runtime_error or std::logic_error where
/// rounding or a rounded kink ends its line search.
///
///     SmoothedOptimizer lbfgs([](const SmoothFunction& f, Vector& x) {
///       const LBFGSpp::LBFGSParam<double> parameters;           // the solver keeps a reference to them
///       LBFGSpp::LBFGSSolver<double> solver(parameters);
///       double value = 0.0;
///       try {
///         return Convergence{ConvergenceStatus::converged, solver.minimize(f, x, value)};
///       } catch (const std::exception&) {
///         return Convergence{ConvergenceStatus::stalled};
///       }
///     });
///     auto result = infer(counts, {}, lbfgs);
template <class Minimizer>
requires std::is_invocable_r_v<Convergence, const Minimizer&, const SmoothFunction&, Vector&>
class SmoothedOptimizer {
 public:
  /// @param minimizer called as minimizer(function, x); leaves the minimum in x
  /// @param width > 0, of the rounded kinks: small against a coefficient that matters, of about 1, large against
  /// rounding
  /// @param snap >= 0: the rounded penalty leaves a coefficient whose optimum is at a kink within about a hundred
  /// widths
  explicit SmoothedOptimizer(Minimizer minimizer, double width = 1e-4, double snap = 1e-2)
      : minimizer_(std::move(minimizer)), width_(width), snap_(snap) {
    check_positive("SmoothedOptimizer", "width", width);
    check_nonnegative("SmoothedOptimizer", "snap", snap);
  }

  template <SmoothObjective Objective>
  Convergence minimize(const Objective& objective, const RowPenalty& penalty, WhereUsed<VectorOut, Minimizer> x) const {
    const Index size = x.size();
    for (Index j = 0; j < size; ++j) {
      if (!penalty.is_free(j)) x[j] = penalty.anchor[j];
    }
    WhereUsed<Vector, Minimizer> best = x;
    double least = std::numeric_limits<double>::infinity();
    const SmoothFunction function = [&](const WhereUsed<Vector, Minimizer>& point,
                                        WhereUsed<Vector, Minimizer>& gradient) {
      gradient.resize(size);
      double value = objective(point, gradient);
      for (Index j = 0; j < size; ++j) {
        if (!penalty.is_free(j)) {
          gradient[j] = 0.0;
          continue;
        }
        value += rounded(point[j] - penalty.anchor[j], penalty.change[j], gradient[j]);
        value += rounded(point[j], penalty.magnitude[j], gradient[j]);
      }
      if (value < least) {
        least = value;
        best = point;
      }
      return value;
    };
    WhereUsed<Vector, Minimizer> point = x;
    WhereUsed<Vector, Minimizer> gradient(size);
    const double before = objective(point, gradient) + penalty.value(point);
    Convergence result = minimizer_(function, point);
    if (std::isfinite(least)) point = best;
    for (Index j = 0; j < size; ++j) {
      if (!penalty.is_free(j)) {
        point[j] = penalty.anchor[j];
      } else if (penalty.magnitude[j] > 0.0 && std::abs(point[j]) <= snap_) {
        point[j] = 0.0;
      } else if (penalty.change[j] > 0.0 && std::abs(point[j] - penalty.anchor[j]) <= snap_) {
        point[j] = penalty.anchor[j];
      }
      point[j] = std::clamp(point[j], -penalty.limit, penalty.limit);
    }
    if (!(point.allFinite() && objective(point, gradient) + penalty.value(point) <= before)) {
      result.status = ConvergenceStatus::stalled;  // no better than the start: keep it
    } else {
      x = point;
    }
    result.residual = optimality_residual(objective, penalty, x);
    return result;
  }

 private:
  double rounded(double u, double weight, double& gradient) const {
    const double root = std::sqrt(u * u + width_ * width_);
    gradient += weight * u / root;
    return weight * (root - width_);
  }

  Minimizer minimizer_;
  double width_;
  double snap_;
};

}  // namespace cardamom
