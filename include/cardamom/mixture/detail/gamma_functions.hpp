/// @file
/// Differences of log-gamma functions and their derivatives that lose no digits to cancellation, from Boost.Math where
/// it is exact and fast, from asymptotic series where the arguments are large.
#pragma once

#include <cmath>
#include <numbers>

#include <boost/math/policies/policy.hpp>
#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <boost/math/special_functions/log1p.hpp>
#include <boost/math/special_functions/trigamma.hpp>

namespace cardamom::detail {

/// Double arithmetic throughout (the default policy promotes to long double, which is slow), and no exceptions: the
/// arguments are checked before.
using FastMath =
    boost::math::policies::policy<boost::math::policies::promote_double<false>,
                                  boost::math::policies::domain_error<boost::math::policies::ignore_error>,
                                  boost::math::policies::pole_error<boost::math::policies::ignore_error>,
                                  boost::math::policies::overflow_error<boost::math::policies::ignore_error>,
                                  boost::math::policies::evaluation_error<boost::math::policies::ignore_error>>;

inline double log_gamma(double z) { return boost::math::lgamma(z, FastMath()); }

/// ½ log 2π
inline constexpr double half_log_two_pi = 0.91893853320467274178;

/// From here on the series below are exact to double precision.
inline constexpr double asymptotic_from = 16.0;

/// Error of Stirling's formula, log Γ(z + 1) − [(z + ½) log z − z + ½ log 2π], z > 0.
inline double stirling_error(double z) {
  if (z < asymptotic_from) return log_gamma(z + 1.0) - (z + 0.5) * std::log(z) + z - half_log_two_pi;
  const double r = 1.0 / (z * z);
  return (1.0 / 12.0 -
          r * (1.0 / 360.0 - r * (1.0 / 1260.0 - r * (1.0 / 1680.0 - r * (1.0 / 1188.0 - r * (691.0 / 360360.0)))))) /
         z;
}

/// log Γ(a + x) − log Γ(a), a > 0, x >= 0.
inline double log_rising(double a, double x) {
  if (x == 0.0) return 0.0;
  if (a < asymptotic_from) return log_gamma(a + x) - log_gamma(a);
  return (a - 0.5) * std::log1p(x / a) + x * (std::log(a + x) - 1.0) + (stirling_error(a + x) - stirling_error(a));
}

/// ψ(a + x) − ψ(a), a > 0, x >= 0.
inline double digamma_rising(double a, double x) {
  if (x == 0.0) return 0.0;
  double shift = 0.0;
  for (; a < asymptotic_from; a += 1.0) shift += x / (a * (a + x));  // 1/a − 1/(a + x)
  const double z = a + x;
  const auto tail = [](double r) {  // ψ(z) = log z − 1/(2z) − tail(1/z²)
    return r * (1.0 / 12.0 -
                r * (1.0 / 120.0 - r * (1.0 / 252.0 - r * (1.0 / 240.0 - r * (1.0 / 132.0 - r * (691.0 / 32760.0))))));
  };
  return shift + std::log1p(x / a) + 0.5 * x / (a * z) - tail(1.0 / (z * z)) + tail(1.0 / (a * a));
}

/// ψ'(a) − ψ'(a + x) >= 0, a > 0, x >= 0.
inline double trigamma_falling(double a, double x) {
  if (x == 0.0) return 0.0;
  double shift = 0.0;
  for (; a < asymptotic_from; a += 1.0) {
    const double u = 1.0 / a;
    const double v = 1.0 / (a + x);
    shift += (u - v) * (u + v);
  }
  const double u = 1.0 / a;
  const double v = 1.0 / (a + x);
  const auto tail = [](double y) {  // ψ'(z) = 1/z + 1/(2z²) + tail(1/z)
    const double r = y * y;
    return r * y *
           (1.0 / 6.0 - r * (1.0 / 30.0 - r * (1.0 / 42.0 - r * (1.0 / 30.0 - r * (5.0 / 66.0 - r * 691.0 / 2730.0)))));
  };
  const double difference = x / (a * (a + x));  // u − v
  return shift + difference * (1.0 + 0.5 * (u + v)) + (tail(u) - tail(v));
}

/// log(1 + y) − y without cancellation near 0, y > −1.
inline double log1p_minus(double y) { return boost::math::log1pmx(y, FastMath()); }

/// Deviance term x log(x/m) + m − x >= 0, where m > 0, x > 0 and difference = m − x is known exactly.
inline double deviance(double x, double m, double difference) {
  const double y = difference / x;
  if (std::abs(y) < 0.5) return -x * log1p_minus(y);
  return x * std::log(x / m) + difference;
}

}  // namespace cardamom::detail
