/// @file
/// What a leap of h hours does to one gene whose burst rate stays: factors of equations (1), exact for any h, and their
/// derivatives by the decay rates.
#pragma once

#include <cmath>
#include <cstddef>

#include <boost/math/quadrature/gauss.hpp>

#include <cardamom/core/compiled_where_used.hpp>

namespace cardamom {

/// A number that depends on d0 and d1, with its derivatives by their logarithms.
struct DecayFactor {
  double value = 0.0;
  double by_mrna = 0.0;     ///< derivative by log d0
  double by_protein = 0.0;  ///< derivative by log d1
};

/// e^{−d0 h} as a function of x = d0 h.
[[nodiscard]] inline DecayFactor mrna_left(double x) {
  const double left = std::exp(-x);
  return {left, -x * left, 0.0};
}

/// The protein that one unit of mRNA at the start of a leap makes by its end and that is left then, in units in which
/// constant mRNA keeps as much protein: d1 (e^{−d1 h} − e^{−d0 h})/(d0 − d1) = y e^{−y} φ(x − y) for x = d0 h, y = d1 h
/// and φ(z) = (1 − e^{−z})/z.
[[nodiscard]] inline DecayFactor protein_made(double x, double y) {
  constexpr double nearly_equal = 1e-3;  // the series of φ is exact to z⁴/120 there, that of its slope to z³/30
  const double z = x - y;
  const bool series = std::abs(z) < nearly_equal;
  const double phi = series ? 1.0 - z / 2.0 + z * z / 6.0 - z * z * z / 24.0 : -std::expm1(-z) / z;
  const double slope = series ? -0.5 + z / 3.0 - z * z / 8.0 : (std::exp(-z) - phi) / z;
  const double left = y * std::exp(-y);
  return {left * phi, x * left * slope, left * ((1.0 - y) * phi - y * slope)};
}

/// φ(x) = (1 − e^{−x})/x, the mean of e^{−xu} over u uniform in [0, 1].
/// @param x > 0
[[nodiscard]] inline double mean_left(double x) { return -std::expm1(-x) / x; }

namespace detail {

/// Closed forms divide by d0 − d1 times the leap; below this a quadrature over the age of a burst, exact to rounding up
/// to d0 h of about 5, loses no digits.
inline constexpr double nearly_equal_decay = 0.5;

/// Calls add(weight, function(u)) for ages u of a burst that stand for all of a leap, their weights summing to 1.
template <class Function, class Add>
void visit_ages(const Function& function, const Add& add) {
  using Quadrature = boost::math::quadrature::gauss<double, 10>;
  const auto& places = Quadrature::abscissa();
  for (std::size_t k = 0; k < places.size(); ++k) {
    for (const double place : {places[k], -places[k]}) {
      add(0.5 * Quadrature::weights()[k], function(0.5 + 0.5 * place));
    }
  }
}

}  // namespace detail

/// The mean of `mrna_left` over the age of a burst, uniform in a leap.
[[nodiscard]] inline DecayFactor fresh_mrna_left(double x) {
  const double mean = mean_left(x);
  return {mean, std::exp(-x) - mean, 0.0};
}

/// The mean of `protein_made` over the age of a burst: y (φ(y) − φ(x))/(x − y).
template <class = CompiledWhereUsed>
[[nodiscard]] inline DecayFactor protein_made_by_fresh(double x, double y) {
  const double z = x - y;
  if (std::abs(z) < detail::nearly_equal_decay) {
    DecayFactor mean;
    detail::visit_ages([&](double age) { return protein_made(age * x, age * y); },
                       [&](double weight, const DecayFactor& now) {
                         mean.value += weight * now.value;
                         mean.by_mrna += weight * now.by_mrna;
                         mean.by_protein += weight * now.by_protein;
                       });
    return mean;
  }
  const double quotient = (mean_left(y) - mean_left(x)) / z;
  return {y * quotient, y * (mean_left(x) - std::exp(-x) - x * quotient) / z,
          y * (quotient + (std::exp(-y) - mean_left(y) + y * quotient) / z)};
}

/// Second moments over the age of a burst of what it leaves of mRNA and of protein made.
struct BurstMoments {
  double mrna = 0.0, mixed = 0.0, protein = 0.0;

  /// @param x, y d0 h and d1 h, > 0
  template <class = CompiledWhereUsed>
  static BurstMoments of(double x, double y) {
    const double z = x - y;
    if (std::abs(z) < detail::nearly_equal_decay) {
      BurstMoments mean{mean_left(2.0 * x), 0.0, 0.0};
      detail::visit_ages([&](double age) { return age; },
                         [&](double weight, double age) {
                           const double made = protein_made(age * x, age * y).value;
                           mean.mixed += weight * made * std::exp(-age * x);
                           mean.protein += weight * made * made;
                         });
      return mean;
    }
    const double both = mean_left(x + y);
    const double squared = mean_left(2.0 * x);
    return {squared, y * (both - squared) / z, y * y * (mean_left(2.0 * y) - 2.0 * both + squared) / (z * z)};
  }
};

/// Factors of a gene over a leap.
struct LeapFactors {
  DecayFactor mrna;           ///< mRNA of the start that is left
  DecayFactor fresh_mrna;     ///< mRNA of a burst in the leap that is left, mean over its age
  DecayFactor protein;        ///< protein of the start that is left
  DecayFactor made;           ///< protein made by mRNA of the start
  DecayFactor made_by_fresh;  ///< protein made by a burst in the leap, mean over its age

  /// @param x, y d0 h and d1 h, > 0
  template <class = CompiledWhereUsed>
  static LeapFactors of(double x, double y) {
    const double left = std::exp(-y);
    return {mrna_left(x), fresh_mrna_left(x), {left, 0.0, -y * left}, protein_made(x, y), protein_made_by_fresh(x, y)};
  }
};

}  // namespace cardamom
