/// @file
/// The penalty of the refinement by simulation, and its penalised quadratic step.
#pragma once

#include <algorithm>
#include <cmath>

#include <cardamom/core/types.hpp>

namespace cardamom::detail {

/// Σ_j strength_j |x_j − anchor_j| + ½ precision_j (x_j − anchor_j)², |x_j| <= limit_j.
struct RefinementPenalty {
  Vector strength;
  Vector precision;
  Vector anchor;
  Vector reach;  ///< of a step, relative to that of others
  Vector limit;
  Vector presence;  ///< prior probability, in (0, 1], that x_j is not at its anchor

  double value(const Vector& x) const {
    const Vector away = (x - anchor).cwiseAbs();
    return strength.dot(away) + 0.5 * precision.dot(away.cwiseAbs2());
  }
};

/// How far a step may go.
struct StepBounds {
  double damping = 1.0;  ///< added to the diagonal of the normal matrix
  double longest = 1.5;  ///< of every coordinate
};

/// Minimises ½ δᵀ(H + damping)δ − gᵀδ + penalty(x + δ) over one group of parameters, by coordinate descent.
inline Vector penalised_step(const Matrix& normal, const Vector& gradient, const VectorIn& x,
                             const RefinementPenalty& penalty, Index first, const StepBounds& bounds) {
  constexpr int passes = 200;
  constexpr double tolerance = 1e-6;
  const Index size = x.size();
  Vector step = Vector::Zero(size);
  const Vector precision = penalty.precision.segment(first, size);
  Vector slope = precision.cwiseProduct(x - penalty.anchor.segment(first, size)) - gradient;
  for (int pass = 0; pass < passes; ++pass) {
    double largest = 0.0;
    for (Index j = 0; j < size; ++j) {
      const double extra = bounds.damping + precision[j];
      const double diagonal = normal(j, j) + extra;
      const double limit = penalty.limit[first + j];
      const double longest = bounds.longest * penalty.reach[first + j];
      const double point = x[j] + step[j] - (slope[j] + extra * step[j]) / diagonal;
      const double shrink = penalty.strength[first + j] / diagonal;
      const double anchor = penalty.anchor[first + j];
      const double away = point - anchor;
      double target = anchor + (std::abs(away) <= shrink ? 0.0 : away - std::copysign(shrink, away));
      target = std::clamp(target, std::max(x[j] - longest, -limit), std::min(x[j] + longest, limit));
      const double change = target - x[j] - step[j];
      if (change == 0.0) continue;
      step[j] += change;
      slope += change * normal.col(j);
      largest = std::max(largest, std::abs(change));
    }
    if (largest < tolerance) break;
  }
  return step;
}

}  // namespace cardamom::detail
