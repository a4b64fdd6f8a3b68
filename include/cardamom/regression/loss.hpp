/// @file
/// How far a modelled burst rate is from a target: the losses the regression can minimise.
///
/// Both compare y in [0, 1], the target rate over k1, with r + (1 − r) σ(u), where u = β + Σ_j θ_j P_j is the argument
/// of the sigmoid (2) and r = k0/k1 its floor.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>

#include <cardamom/burst_rate/sigmoid.hpp>

namespace cardamom {

/// A loss at one sample with its derivatives with respect to the argument u.
struct LossTerm {
  double value;
  double slope;
  double curvature;
  double majorant;  ///< a curvature >= 0 that is safe to step with where `curvature` is negative or too small
};

/// | expression | type | meaning |
/// | --- | --- | --- |
/// | `loss(u, y, r)` | `LossTerm` | finite for every finite u, y in [0, 1], r in [0, 1) |
///
/// Models: `LeastSquares` (the paper's), `Logistic`.
template <class L>
concept Loss = std::copy_constructible<L> && requires(const L& loss, double number) {
  { loss(number, number, number) } -> std::same_as<LossTerm>;
};

/// The summand of (9), (17) and (20): (r + (1 − r) σ(u) − y)².
struct LeastSquares {
  LossTerm operator()(double u, double y, double r) const noexcept {
    const double s = logistic(u);
    const double scale = 1.0 - r;
    const double error = r + scale * s - y;
    const double first = scale * s * (1.0 - s);
    const double gauss_newton = 2.0 * first * first;
    const double curvature = gauss_newton + 2.0 * error * first * (1.0 - 2.0 * s);
    return {error * error, 2.0 * error * first, curvature, std::max(curvature, gauss_newton)};
  }
};

/// Cross entropy between the target's position above the floor, (y − r)/(1 − r), and σ(u). Convex in u; it weighs rare
/// outcomes more than least squares do.
struct Logistic {
  LossTerm operator()(double u, double y, double r) const noexcept {
    const double s = logistic(u);
    const double on = std::clamp((y - r) / (1.0 - r), 0.0, 1.0);
    const double softplus = u > 0.0 ? u + std::log1p(std::exp(-u)) : std::log1p(std::exp(u));
    const double curvature = s * (1.0 - s);
    return {softplus - on * u, s - on, curvature, curvature};
  }
};

static_assert(Loss<LeastSquares> && Loss<Logistic>);

}  // namespace cardamom
