/// @file
/// Numerical derivatives. Which one serves depends on where the function may be evaluated and what an evaluation costs:
///
/// | | evaluations | error, relative | where |
/// | --- | --- | --- | --- |
/// | `derivative(f, x)` | 6 | about 1e−13 | f defined around x: parameters that are free |
/// | `level_stencil` | 4, 5 near 0 | about 1e−8 | f defined for x >= 0 only: protein levels, which a rate need not know below 0 |
/// | `central_stencil` | 2 | about 1e−8 | f evaluated for many cells at once, where noise hides more digits |
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <initializer_list>
#include <span>
#include <utility>

#include <boost/math/differentiation/finite_difference.hpp>

namespace cardamom {

/// f'(x) of a function that can be evaluated on both sides of x, by Boost.Math's sixth-order central differences.
/// @param f called with a double, returns a double
template <class F>
[[nodiscard]] double derivative(F&& f, double x) {
  return boost::math::differentiation::finite_difference_derivative(std::forward<F>(f), x);
}

/// A finite-difference formula f'(x) ≈ Σ_k weight_k f(x + offset_k) / divisor, for callers who evaluate f in their own
/// way: for several functions or many cells at each point.
class DifferenceStencil {
 public:
  /// A place where the function is evaluated, and the weight of its value in the derivative.
  struct Point {
    double offset;  ///< where to evaluate, relative to x
    double weight;
  };

  /// @param points at most five
  DifferenceStencil(std::initializer_list<Point> points, double divisor) : size_(points.size()), divisor_(divisor) {
    std::size_t k = 0;
    for (const Point& point : points) points_[k++] = point;
  }

  [[nodiscard]] std::span<const Point> points() const noexcept { return {points_.data(), size_}; }
  [[nodiscard]] double divisor() const noexcept { return divisor_; }

 private:
  std::array<Point, 5> points_{};
  std::size_t size_;
  double divisor_;
};

/// Central differences of two points; the error is of order step². @param step > 0
[[nodiscard]] inline DifferenceStencil central_stencil(double step) {
  return {{{step, 1.0}, {-step, -1.0}}, 2.0 * step};
}

/// Step for `central_stencil` at a parameter: 1e−4 of the parameter, or 1e−4 where it is below 1. Truncation, of order
/// step², and rounding, of order 1e−16/step, then stay near 1e−8 and 1e−12.
[[nodiscard]] inline double parameter_step(double parameter) { return 1e-4 * std::max(1.0, std::abs(parameter)); }

/// Differences at a level x >= 0 that never reach below 0: central with four points, one-sided with five within two
/// steps of 0. The step h is 0.002 units: for a sigmoid whose argument changes by 10 per unit the error, of order h⁴,
/// is below 1e−8, and rounding, of order 1e−16/h, below 1e−12.
/// @param unit scale on which the function changes, > 0
[[nodiscard]] inline DifferenceStencil level_stencil(double level, double unit) {
  const double h = 0.002 * unit;
  if (level >= 2.0 * h) return {{{-2.0 * h, 1.0}, {-h, -8.0}, {h, 8.0}, {2.0 * h, -1.0}}, 12.0 * h};
  return {{{0.0, -25.0}, {h, 48.0}, {2.0 * h, -36.0}, {3.0 * h, 16.0}, {4.0 * h, -3.0}}, 12.0 * h};
}

/// f'(x) by the stencil. @param f called with a double, returns a double
template <class F>
[[nodiscard]] double derivative(F&& f, double x, const DifferenceStencil& stencil) {
  double sum = 0.0;
  for (const auto& [offset, weight] : stencil.points()) sum += weight * f(x + offset);
  return sum / stencil.divisor();
}

}  // namespace cardamom
