/// @file
/// How far a fitted burst rate is from a target: the losses the regression can minimise. A loss compares two numbers
/// and knows no link; `loss_through` composes it with one.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <limits>
#include <type_traits>

#include <cardamom/burst_rate/link.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/policies.hpp>

namespace cardamom {

/// A loss at one sample with its derivatives with respect to its first argument.
struct LossTerm {
  double value;
  double slope;
  double curvature;
  double majorant;  ///< a curvature >= 0 that is safe to step with where `curvature` is negative or too small
};

/// | expression | type | meaning |
/// | --- | --- | --- |
/// | `loss(fitted, target)` | `LossTerm` | both are shares of k1: `target` in [0, 1], `fitted` = r + (1 − r) L(u) in
/// [r, 1], of a link L at the linear form u, with r = k0/k1 the gene's floor; derivatives in `fitted` |
///
/// Duties no compiler checks: pure, callable from several threads at once, and finite on these ranges, ends included,
/// as L may round to 0 or 1. Two optional members are told by `FloorlessLoss` and `FusedLoss`.
///
/// Models: `LeastSquares` (the paper's), `CrossEntropy`.
template <class L>
concept Loss = std::copy_constructible<L> && requires(const L& loss, double number) {
  { loss(number, number) } -> std::same_as<LossTerm>;
};

/// A loss with `static constexpr bool above_floor = true`: it compares positions between the floor and k1, L(u) with
/// (target − r)/(1 − r) cut to [0, 1], instead of shares of k1.
template <class L>
concept FloorlessLoss = Loss<L> && requires {
  requires bool{L::above_floor};
};

/// A loss with `loss.through(link, u, target, floor)`: a form of its own for its composition with this type of link,
/// with derivatives in u. It must agree with the composition by the chain rule, and is for where that would be less
/// accurate or slower.
template <class L, class LinkType>
concept FusedLoss = Loss<L> && Link<LinkType> && requires(const L& loss, const LinkType& link, double number) {
  { loss.through(link, number, number, number) } -> std::same_as<LossTerm>;
};

/// A loss through the logistic link with `loss.at_logistic(s, target, floor)`, `through` from s = σ(u): then many σ are
/// found at once.
template <class L, class LinkType>
concept LogisticLoss = FusedLoss<L, LinkType> && std::same_as<LinkType, Logistic> &&
    requires(const L& loss, double number) {
  { loss.at_logistic(number, number, number) } -> std::same_as<LossTerm>;
};

/// The summand of (9), (17) and (20): (fitted − target)².
struct LeastSquares {
  [[nodiscard]] LossTerm operator()(double fitted, double target) const noexcept {
    const double error = fitted - target;
    return {error * error, 2.0 * error, 2.0, 2.0};
  }

  /// With one exponential for value and derivatives.
  template <class Use = CompiledWhereUsed>
  [[nodiscard]] LossTerm through(const WhereUsed<Logistic, Use>&, double u, double target,
                                 double floor) const noexcept {
    return at_logistic(logistic(u), target, floor);
  }
  /// The same from s = σ(u).
  template <class = CompiledWhereUsed>
  [[nodiscard]] LossTerm at_logistic(double s, double target, double floor) const noexcept {
    const double scale = 1.0 - floor;
    const double error = floor + scale * s - target;
    const double first = scale * s * (1.0 - s);
    const double gauss_newton = 2.0 * first * first;
    const double curvature = gauss_newton + 2.0 * error * first * (1.0 - 2.0 * s);
    return {error * error, 2.0 * error * first, curvature, std::max(curvature, gauss_newton)};
  }
};

/// Cross entropy −q log p − (1 − q) log(1 − p) between positions above the floor: q = (target − r)/(1 − r) of the
/// target and p = L(u). It weighs rare outcomes more than least squares do. Through the logistic link it is convex in
/// u.
struct CrossEntropy {
  static constexpr bool above_floor = true;

  /// p is kept off 0 and 1, where a link that has rounded there would make the loss infinite.
  [[nodiscard]] LossTerm operator()(double fitted, double target) const noexcept {
    // From below by a number whose inverse square is still finite, from above by the largest number short of 1.
    const double p = std::clamp(fitted, 1e-100, 1.0 - 0.5 * std::numeric_limits<double>::epsilon());
    const double rest = 1.0 - p;
    const double curvature = target / (p * p) + (1.0 - target) / (rest * rest);
    return {-target * std::log(p) - (1.0 - target) * std::log1p(-p), (p - target) / (p * rest), curvature, curvature};
  }

  /// Accurate however far u is out: −q u + log(1 + e^u), neither of which overflows.
  template <class Use = CompiledWhereUsed>
  [[nodiscard]] LossTerm through(const WhereUsed<Logistic, Use>&, double u, double target,
                                 double floor) const noexcept {
    const double s = logistic(u);
    const double on = std::clamp((target - floor) / (1.0 - floor), 0.0, 1.0);
    const double softplus = u > 0.0 ? u + std::log1p(std::exp(-u)) : std::log1p(std::exp(u));
    const double curvature = s * (1.0 - s);
    return {softplus - on * u, s - on, curvature, curvature};
  }
};

static_assert(FusedLoss<LeastSquares, Logistic> && FusedLoss<CrossEntropy, Logistic> && FloorlessLoss<CrossEntropy>);

/// The loss of r + (1 − r) L(u) against `target` as a function of the linear form u: by the loss's own form for this
/// link where it has one, else by the chain rule. The majorant is that of Gauss and Newton, which drops the link's
/// curvature; of a link without one (`CurvedLink`) it stands for the curvature too.
/// @param target in [0, 1], @param floor r in [0, 1)
template <Loss L, Link LinkType>
[[nodiscard]] LossTerm loss_through(const L& loss, const LinkType& link, double u, double target, double floor) {
  if constexpr (FusedLoss<L, LinkType>) {
    return loss.through(link, u, target, floor);
  } else {
    if constexpr (FloorlessLoss<L>) {
      target = std::clamp((target - floor) / (1.0 - floor), 0.0, 1.0);
      floor = 0.0;
    }
    const double scale = 1.0 - floor;
    const LossTerm term = loss(floor + scale * link.value(u), target);
    const double first = scale * link.slope(u);
    const double gauss_newton = std::max(term.majorant, 0.0) * first * first;
    double curvature = gauss_newton;
    if constexpr (CurvedLink<LinkType>) {
      curvature = term.curvature * first * first + term.slope * scale * link.curvature(u);
    }
    return {term.value, term.slope * first, curvature, std::max(curvature, gauss_newton)};
  }
}

/// The role of a verb's loss; `LeastSquares` where none is given.
struct LossRole {
  template <class T>
  static constexpr bool fits = Loss<T>;
  template <class T>
  static constexpr bool check() {
    if constexpr (requires { &T::operator(); }) {  // of a template nothing can be asked without compiling its body
      static_assert(
          fits<T> || !std::is_invocable_r_v<LossTerm, const T&, double, double, double>,
          "Loss: operator() takes (double fitted, double target) and no floor: it is called with fitted = r + "
          "(1 - r) L(u)");
      static_assert(fits<T> || !std::is_invocable_r_v<LossTerm, T&, double, double>,
                    "Loss: operator()(double fitted, double target) must be const, return LossTerm itself, and the "
                    "loss be copyable");
    }
    return true;
  }
};

}  // namespace cardamom
