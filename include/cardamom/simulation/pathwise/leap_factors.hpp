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

/// The mean of a factor over the age of a burst, uniform in a leap.
/// @param factor `DecayFactor` of a share of the leap in [0, 1]
template <class Function>
[[nodiscard]] DecayFactor mean_over_age(const Function& factor) {
  using Quadrature = boost::math::quadrature::gauss<double, 10>;  // exact to rounding up to d0 h of about 5
  DecayFactor mean;
  const auto& places = Quadrature::abscissa();
  for (std::size_t k = 0; k < places.size(); ++k) {
    for (const double place : {places[k], -places[k]}) {
      const DecayFactor now = factor(0.5 + 0.5 * place);
      const double weight = 0.5 * Quadrature::weights()[k];
      mean.value += weight * now.value;
      mean.by_mrna += weight * now.by_mrna;
      mean.by_protein += weight * now.by_protein;
    }
  }
  return mean;
}

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
    return {mrna_left(x),
            mean_over_age([&](double age) { return mrna_left(age * x); }),
            {left, 0.0, -y * left},
            protein_made(x, y),
            mean_over_age([&](double age) { return protein_made(age * x, age * y); })};
  }
};

}  // namespace cardamom
