/// @file
/// Logarithms of Γ, of the Gamma law's distribution function, their differences and derivatives, without loss of digits
/// to cancellation: from Boost.Math where it
/// is exact and fast, from asymptotic series where the arguments are large. Arguments are not checked: outside the
/// stated ranges the results mean nothing.
#pragma once

#include <cmath>
#include <numbers>

#include <boost/math/policies/policy.hpp>
#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <boost/math/special_functions/log1p.hpp>
#include <boost/math/special_functions/trigamma.hpp>

#include <cardamom/core/compiled_where_used.hpp>

namespace cardamom {

/// Boost.Math in double arithmetic (its default promotes to long double, several times slower) and without exceptions.
using FastMath =
    boost::math::policies::policy<boost::math::policies::promote_double<false>,
                                  boost::math::policies::domain_error<boost::math::policies::ignore_error>,
                                  boost::math::policies::pole_error<boost::math::policies::ignore_error>,
                                  boost::math::policies::overflow_error<boost::math::policies::ignore_error>,
                                  boost::math::policies::evaluation_error<boost::math::policies::ignore_error>>;

/// log Γ(z), z > 0.
template <class = CompiledWhereUsed>
[[nodiscard]] inline double log_gamma(double z) {
  return boost::math::lgamma(z, FastMath());
}

/// ½ log 2π
inline constexpr double half_log_two_pi = 0.91893853320467274178;

/// Arguments from which on the asymptotic series below are exact to double precision: their first term left out is
/// below 1e-17 there.
inline constexpr double asymptotic_from = 16.0;

/// Error of Stirling's formula, log Γ(z + 1) − [(z + ½) log z − z + ½ log 2π], z > 0.
template <class = CompiledWhereUsed>
[[nodiscard]] inline double stirling_error(double z) {
  if (z < asymptotic_from) return log_gamma(z + 1.0) - (z + 0.5) * std::log(z) + z - half_log_two_pi;
  const double r = 1.0 / (z * z);
  return (1.0 / 12.0 -
          r * (1.0 / 360.0 - r * (1.0 / 1260.0 - r * (1.0 / 1680.0 - r * (1.0 / 1188.0 - r * (691.0 / 360360.0)))))) /
         z;
}

/// The logarithm of the rising factorial a (a + 1) … (a + x − 1), log Γ(a + x) − log Γ(a), for a > 0 and x >= 0.
template <class = CompiledWhereUsed>
[[nodiscard]] inline double log_rising(double a, double x) {
  if (x == 0.0) return 0.0;
  if (a < asymptotic_from) return log_gamma(a + x) - log_gamma(a);
  return (a - 0.5) * std::log1p(x / a) + x * (std::log(a + x) - 1.0) + (stirling_error(a + x) - stirling_error(a));
}

/// The growth of the digamma function, ψ(a + x) − ψ(a), for a > 0 and x >= 0.
template <class = CompiledWhereUsed>
[[nodiscard]] inline double digamma_rising(double a, double x) {
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

/// The fall of the trigamma function, ψ'(a) − ψ'(a + x) >= 0, for a > 0 and x >= 0.
template <class = CompiledWhereUsed>
[[nodiscard]] inline double trigamma_falling(double a, double x) {
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

/// A value with its derivatives with respect to u = log a and v = log z.
struct LogGammaBelow {
  double value = 0.0;
  double u = 0.0, v = 0.0, uu = 0.0, uv = 0.0, vv = 0.0;
};

/// log P(G < z) for G ~ Gamma(a, 1), a > 0 and z > 0, with its derivatives.
///
/// P = z^a e^{−z}/Γ(a + 1) Σ_n z^n/((a + 1)…(a + n)): all terms are positive, so that nothing cancels, however small a
/// or z are. For z beyond a and its spread, P is 1 to rounding and the derivatives vanish.
template <class = CompiledWhereUsed>
[[nodiscard]] inline LogGammaBelow log_gamma_below(double a, double z) {
  LogGammaBelow s;
  if (z > a + 40.0 + 12.0 * std::sqrt(a)) return s;
  double term = 1.0, sum = 1.0;
  double inverse = 0.0, square = 0.0;     // Σ 1/(a + m), Σ 1/(a + m)²
  double da = 0.0, daa = 0.0;             // derivatives of Σ with respect to a
  double dz = 0.0, dzz = 0.0, daz = 0.0;  // … with respect to log z
  for (double n = 1.0; n < 1e7; n += 1.0) {
    const double r = 1.0 / (a + n);
    term *= z * r;
    inverse += r;
    square += r * r;
    sum += term;
    da -= term * inverse;
    daa += term * (inverse * inverse + square);
    dz += term * n;
    dzz += term * n * n;
    daz -= term * n * inverse;
    if (term * (1.0 + n * n) < 1e-17 * sum && n > z - a) break;
  }
  const double psi = boost::math::digamma(a + 1.0, FastMath());
  const double trigamma = boost::math::trigamma(a + 1.0, FastMath());
  const double log_z = std::log(z);
  s.value = a * log_z - z - log_gamma(a + 1.0) + std::log(sum);
  const double first_a = log_z - psi + da / sum;
  const double second_a = -trigamma + daa / sum - (da / sum) * (da / sum);
  s.u = a * first_a;
  s.uu = s.u + a * a * second_a;
  s.v = a - z + dz / sum;
  s.vv = -z + dzz / sum - (dz / sum) * (dz / sum);
  s.uv = a * (1.0 + daz / sum - da / sum * (dz / sum));
  return s;
}

/// log(1 + y) − y without cancellation near 0, y > −1.
[[nodiscard]] inline double log1p_minus(double y) { return boost::math::log1pmx(y, FastMath()); }

/// The Poisson deviance of an observation, halved: x log(x/m) + m − x >= 0, for x > 0 and a mean m > 0.
/// @param difference m − x, which the caller knows more exactly than this subtraction would
template <class = CompiledWhereUsed>
[[nodiscard]] inline double deviance(double x, double m, double difference) {
  const double y = difference / x;
  if (std::abs(y) < 0.5) return -x * log1p_minus(y);
  return x * std::log(x / m) + difference;
}

}  // namespace cardamom
