/// @file
/// Maximum likelihood of several groups, each with its own shape a_t, and a common second parameter b: Newton's method
/// on all parameters at once. The Hessian is an arrow (shapes meet only through b), so a step costs as much as its
/// evaluation.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/mixture/family.hpp>

namespace cardamom::detail {

/// Derivatives of one group's log-likelihood with respect to u = log a and v = log b.
struct GroupScore {
  double u = 0.0, v = 0.0, uu = 0.0, uv = 0.0, vv = 0.0;
};

/// `Terms`: `groups()`; `active(t)`, false when the likelihood of group t is largest in the limit a_t → 0 (such a group
/// keeps shape 0 and says nothing about b); `score(t, a, b)`.
template <class Terms>
class SharedFitter {
 public:
  /// Searches b in [b_min, b_max]; the bounds belong to the search.
  SharedFitter(const Terms& terms, double b_min, double b_max, const SharedFitOptions& options)
      : terms_(terms),
        b_min_(b_min),
        b_max_(b_max),
        options_(options),
        score_(static_cast<std::size_t>(terms.groups())) {}

  SharedFit run(SharedFit start) {
    a_ = std::move(start.shapes);
    b_ = std::clamp(start.inverse_burst_size, b_min_, b_max_);
    bool any = false;
    for (Index t = 0; t < terms_.groups(); ++t) {
      if (terms_.active(t)) {
        any = true;
        if (!(a_[t] > shape_min)) a_[t] = shape_min;
      } else {
        a_[t] = 0.0;
      }
    }
    if (!any) return {a_, b_, {ConvergenceStatus::no_information, 0, 0.0}};
    Convergence convergence = newton();
    if (!convergence.converged())
      convergence = combine(search(), {ConvergenceStatus::converged, convergence.iterations, 0.0});
    return {a_, b_, convergence};
  }

 private:
  static constexpr double shape_min = 1e-12;

  /// Moves a positive parameter by a Newton step of its logarithm. To first order x(1 + δ) = x e^δ; the former is exact
  /// where the score is linear in x, as it nearly is for genes that are mostly zero. Long steps are cut.
  static double moved(double x, double step) { return x * (1.0 + std::clamp(step, -0.9, 3.0)); }

  /// Evaluates all groups; returns the derivatives with respect to v left after the shapes are profiled out, and
  /// whether the Hessian is negative definite.
  struct Profile {
    double gradient = 0.0, curvature = 0.0;
    bool concave = true;
  };
  Profile evaluate() {
    Profile profile;
    for (Index t = 0; t < terms_.groups(); ++t) {
      if (!terms_.active(t)) continue;
      GroupScore& s = score_[static_cast<std::size_t>(t)];
      s = terms_.score(t, a_[t], b_);
      profile.gradient += s.v;
      profile.curvature += s.vv;
      if (s.uu < 0) {
        profile.gradient -= s.uv * s.u / s.uu;
        profile.curvature -= s.uv * s.uv / s.uu;
      } else {
        profile.concave = false;
      }
    }
    profile.concave = profile.concave && profile.curvature < 0;
    return profile;
  }

  /// Moves the shapes by their part of a step of v; returns the largest relative step.
  double move_shapes(double v_step) {
    double largest = 0.0;
    for (Index t = 0; t < terms_.groups(); ++t) {
      if (!terms_.active(t)) continue;
      const GroupScore& s = score_[static_cast<std::size_t>(t)];
      // Where log-likelihood is convex in u the maximum lies far to the right.
      const double step = s.uu < 0 ? -(s.u + s.uv * v_step) / s.uu : (s.u > 0 ? 3.0 : -0.9);
      a_[t] = std::max(shape_min, moved(a_[t], step));
      largest = std::max(largest, a_[t] > shape_min ? std::abs(step) : 0.0);
    }
    return largest;
  }

  Convergence newton() {
    Convergence state{ConvergenceStatus::iteration_limit, 0, std::numeric_limits<double>::infinity()};
    for (; state.iterations < options_.max_iterations; ++state.iterations) {
      const Profile profile = evaluate();
      double step = profile.concave ? -profile.gradient / profile.curvature : (profile.gradient > 0 ? 1.0 : -0.5);
      if (!std::isfinite(step)) break;
      const double b = std::clamp(moved(b_, step), b_min_, b_max_);
      step = b == b_ ? 0.0 : (b - b_) / b_;  // 0 at a bound that holds the step back
      b_ = b;
      const double shape_step = move_shapes(step);
      const bool held = b_ == b_max_ || b_ == b_min_;
      state.residual = std::max(std::abs(step), shape_step);
      if (!std::isfinite(state.residual)) break;
      if (state.residual <= options_.tolerance && (profile.concave || held)) {
        ++state.iterations;
        state.status = ConvergenceStatus::converged;
        break;
      }
    }
    return state;
  }

  /// Shapes at fixed b: each is the root of a decreasing score, found by Newton from wherever it stands.
  double solve_shapes() {
    double residual = 0.0;
    for (Index t = 0; t < terms_.groups(); ++t) {
      if (!terms_.active(t)) continue;
      double& a = a_[t];
      if (!(std::isfinite(a) && a > shape_min)) a = 1.0;
      double low = shape_min;
      double high = std::numeric_limits<double>::infinity();
      double step = 0.0;
      for (int i = 0; i < 200; ++i) {
        const GroupScore s = terms_.score(t, a, b_);
        (s.u > 0 ? low : high) = a;
        step = s.uu < 0 ? -s.u / s.uu : (s.u > 0 ? 3.0 : -0.9);
        double next = moved(a, step);
        if (!(next > low && next < high)) next = std::isinf(high) ? 4.0 * low : std::sqrt(low) * std::sqrt(high);
        const double change = std::abs(next - a) / a;
        a = next;
        if (change <= 1e-13 || std::abs(step) <= 1e-13) break;
      }
      residual = std::max(residual, std::abs(step));
    }
    return residual;
  }

  /// The safe way: the profile likelihood of v = log b, its derivative bracketed and bisected.
  Convergence search() {
    Convergence state{ConvergenceStatus::converged, 0, 0.0};
    const auto slope = [&](double b) {
      b_ = b;
      solve_shapes();
      ++state.iterations;
      return evaluate().gradient;
    };
    if (slope(b_max_) >= 0) return state;
    double high = b_max_;
    double low = b_max_;
    for (double factor = 4.0; low > b_min_; factor *= factor) {
      low = std::max(b_min_, low / factor);
      if (slope(low) > 0) break;
      high = low;
    }
    if (low == high) return state;  // decreasing all the way: b_min
    for (int i = 0; i < 200 && high / low - 1.0 > options_.tolerance; ++i) {
      const double middle = std::sqrt(low) * std::sqrt(high);
      (slope(middle) > 0 ? low : high) = middle;
    }
    state.residual = high / low - 1.0;
    return state;
  }

  const Terms& terms_;
  double b_min_;
  double b_max_;
  SharedFitOptions options_;
  std::vector<GroupScore> score_;
  WhereUsed<Vector, Terms> a_;
  double b_ = 1.0;
};

}  // namespace cardamom::detail
