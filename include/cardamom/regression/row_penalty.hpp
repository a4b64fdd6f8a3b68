/// @file
/// The penalty of one row, Σ_j a_j |x_j − x⁰_j| + b_j |x_j|, with its exact proximal map and optimality residual.
///
/// This is (15)–(16) as seen by the regulators of one gene: a_j is λ times the weight of the edge, x⁰ the previous time
/// point or a prior network, and b_j = λ |θ_ji| the competition with the opposite edge. Both kinks, at x⁰ and at 0, are
/// reached exactly, so that "unchanged" and "absent" are exact statements about a fitted coefficient.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom {

/// All arrays have one entry per coefficient of the row: θ_ij of all nodes j, then β_i.
struct RowPenalty {
  Vector anchor;        ///< x⁰, finite, within ±limit
  Vector change;        ///< a >= 0; infinity clamps the coefficient to its anchor
  Vector magnitude;     ///< b >= 0, finite
  double limit = 50.0;  ///< box |x_j| <= limit: keeps coefficients finite that the data push to infinity

  [[nodiscard]] Index size() const noexcept { return anchor.size(); }
  [[nodiscard]] bool is_free(Index j) const { return std::isfinite(change[j]); }

  /// The penalty of coefficient j at value x (0 for a clamped coefficient).
  template <class = CompiledWhereUsed>
  [[nodiscard]] double value(Index j, double x) const {
    if (!is_free(j)) return 0.0;
    return change[j] * std::abs(x - anchor[j]) + magnitude[j] * std::abs(x);
  }
  template <class Use = CompiledWhereUsed>
  [[nodiscard]] double value(const WhereUsed<VectorIn, Use>& x) const {
    double sum = 0.0;
    for (Index j = 0; j < size(); ++j) sum += value(j, x[j]);
    return sum;
  }

  /// argmin_x (x − point)²/(2 step) + a |x − x⁰| + b |x| over the box, exactly.
  template <class = CompiledWhereUsed>
  [[nodiscard]] double proximal(Index j, double point, double step) const {
    if (!is_free(j)) return anchor[j];
    return std::clamp(two_kinks(point, anchor[j], step * change[j], step * magnitude[j]), -limit, limit);
  }

  /// Slopes of the penalty at x: one where it is smooth, all between two at a kink or an edge of the box, every number
  /// for a clamped coefficient.
  struct Slopes {
    double low;
    double high;

    /// Smallest (in absolute value) sum of the given slope and one of these.
    [[nodiscard]] double least_with(double slope) const noexcept { return slope + std::clamp(-slope, low, high); }
  };
  template <class = CompiledWhereUsed>
  [[nodiscard]] Slopes slopes(Index j, double x) const {
    constexpr double any = std::numeric_limits<double>::infinity();
    if (!is_free(j)) return {-any, any};
    Slopes result{0.0, 0.0};
    const auto add = [&](double distance, double weight) {
      result.low += distance > 0.0 ? weight : -weight;
      result.high += distance < 0.0 ? -weight : weight;
    };
    add(x - anchor[j], change[j]);
    add(x, magnitude[j]);
    if (x >= limit) result.high = any;
    if (x <= -limit) result.low = -any;
    return result;
  }

  /// Smallest (in absolute value) element of slope + ∂penalty at x: 0 exactly when x is optimal for coefficient j.
  template <class = CompiledWhereUsed>
  [[nodiscard]] double subgradient(Index j, double x, double slope) const {
    return is_free(j) ? slopes(j, x).least_with(slope) : 0.0;
  }

  /// Whether x sits where the penalty has a kink or the box an edge.
  template <class = CompiledWhereUsed>
  [[nodiscard]] bool at_kink(Index j, double x) const {
    return (x == anchor[j] && change[j] > 0.0) || (x == 0.0 && magnitude[j] > 0.0) || std::abs(x) >= limit;
  }

  /// Derivative of the penalty at x; meaningful where it has no kink.
  template <class = CompiledWhereUsed>
  [[nodiscard]] double slope(Index j, double x) const {
    return change[j] * sign(x - anchor[j]) + magnitude[j] * sign(x);
  }

 private:
  static double sign(double x) { return x > 0.0 ? 1.0 : (x < 0.0 ? -1.0 : 0.0); }

  // a and b already multiplied by the step. The minimiser moves monotonically with `point` through three slopes and two
  // flat pieces; the mirror image serves a negative anchor.
  template <class = CompiledWhereUsed>
  static double two_kinks(double point, double anchor, double a, double b) {
    if (anchor < 0.0) return -two_kinks(-point, -anchor, a, b);
    if (const double below = point + a + b; below < 0.0) return below;
    const double between = point + a - b;
    if (anchor > 0.0) {
      if (between <= 0.0) return 0.0;
      if (between < anchor) return between;
    }
    return std::max(point - a - b, anchor);
  }
};

}  // namespace cardamom
