/// @file
/// Minimisation of a quadratic model plus a penalty with kinks, by coordinate descent: the inner problem of a proximal
/// Newton step (Lee, Sun & Saunders 2014).
///
/// Two methods solve such problems here, and both are built on `descend_coordinates`. `penalised_step` is for
/// models whose gradient comes from simulations: the penalty has one kink per coordinate, and six digits are more than
/// the noise leaves. `ProximalNewton` (regression) asks for exact stationarity under a penalty with two kinks per
/// coordinate, so it finishes its sweeps by solving for the coordinates between kinks.
#pragma once

#include <algorithm>
#include <cmath>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom {

/// One sweep of coordinate descent on ½ δᵀ(quadratic + ridge I)δ + slopeᵀδ + penalty: every coordinate in turn moves to
/// its own minimum.
/// @param quadratic size × size, symmetric
/// @param ridge >= 0, added to the diagonal
/// @param slope gradient of the smooth part at the present point, size; kept up to date
/// @param move called with a coordinate j in 0 … size − 1, moves it (reading `slope`) and returns by how much
/// @returns the largest movement
/// O(size²) where all coordinates move.
template <class Move>
double descend_coordinates(const WhereUsed<Matrix, Move>& quadratic, double ridge, WhereUsed<Vector, Move>& slope,
                           Move&& move) {
  double largest = 0.0;
  for (Index j = 0; j < slope.size(); ++j) {
    const double change = move(j);
    if (change == 0.0) continue;
    largest = std::max(largest, std::abs(change));
    slope += change * quadratic.col(j);
    slope[j] += change * ridge;
  }
  return largest;
}

/// Σ_j strength_j |x_j − anchor_j| + ½ precision_j (x_j − anchor_j)² over the box |x_j| <= limit_j: an elastic net
/// around a point of reference. One entry per coordinate.
struct AnchoredPenalty {
  Vector strength;    ///< >= 0
  Vector precision;   ///< >= 0
  Vector anchor;      ///< within the box
  Vector step_scale;  ///< how far a coordinate may move in one step, relative to others, >= 0; 0 holds it
  Vector limit;       ///< > 0; infinity: no bound

  template <class Use = CompiledWhereUsed>
  [[nodiscard]] double value(const WhereUsed<VectorIn, Use>& x) const {
    const WhereUsed<Vector, Use> away = (x - anchor).cwiseAbs();
    return strength.dot(away) + 0.5 * precision.dot(away.cwiseAbs2());
  }
};

/// How far one step may go.
struct StepBounds {
  double damping = 1.0;  ///< added to the diagonal of the quadratic, >= 0
  double longest = 1.5;  ///< largest movement of a coordinate of step scale 1, > 0
};

/// The δ that minimises ½ δᵀ(quadratic + damping I)δ − gradientᵀδ + penalty(x + δ) within the bounds, for the
/// coordinates first, first + 1, … of the penalty.
/// @param quadratic size × size, symmetric, positive semi-definite
/// @param gradient, x size
/// O(size²) per sweep, at most 200 sweeps.
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline Vector penalised_step(const WhereUsed<Matrix, Use>& quadratic,
                                           const WhereUsed<Vector, Use>& gradient, const WhereUsed<VectorIn, Use>& x,
                                           const WhereUsed<AnchoredPenalty, Use>& penalty, Index first,
                                           const WhereUsed<StepBounds, Use>& bounds) {
  constexpr int most_sweeps = 200;    // nearly equal columns creep: their difference does not matter to the model
  constexpr double tolerance = 1e-6;  // of a coordinate: below the noise of simulated gradients by orders
  const Index size = x.size();
  WhereUsed<Vector, Use> step = Vector::Zero(size);
  const WhereUsed<Vector, Use> precision = penalty.precision.segment(first, size);
  // The gradient of the quadratic and of the penalty's square part, without what the step adds to the latter and to the
  // damping: `move` accounts for that.
  WhereUsed<Vector, Use> slope = precision.cwiseProduct(x - penalty.anchor.segment(first, size)) - gradient;
  const auto move = [&](Index j) {
    const double extra = bounds.damping + precision[j];
    const double diagonal = quadratic(j, j) + extra;
    const double limit = penalty.limit[first + j];
    const double longest = bounds.longest * penalty.step_scale[first + j];
    const double point = x[j] + step[j] - (slope[j] + extra * step[j]) / diagonal;
    const double shrink = penalty.strength[first + j] / diagonal;
    const double anchor = penalty.anchor[first + j];
    const double away = point - anchor;
    double target = anchor + (std::abs(away) <= shrink ? 0.0 : away - std::copysign(shrink, away));
    target = std::clamp(target, std::max(x[j] - longest, -limit), std::min(x[j] + longest, limit));
    const double change = target - x[j] - step[j];
    step[j] += change;
    return change;
  };
  for (int sweep = 0; sweep < most_sweeps; ++sweep) {
    if (descend_coordinates(quadratic, 0.0, slope, move) < tolerance) break;
  }
  return step;
}

}  // namespace cardamom
