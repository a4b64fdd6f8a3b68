#include <cmath>
#include <initializer_list>

#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <boost/math/special_functions/trigamma.hpp>
#include <doctest/doctest.h>

#include <cardamom/numerics/gamma_functions.hpp>

using namespace cardamom;

TEST_CASE("differences of gamma functions agree with those in long double") {
  for (const double a : {1e-6, 0.03, 0.7, 3.0, 15.9, 16.1, 900.0}) {
    for (const double x : {1e-3, 0.5, 1.0, 7.0, 120.0}) {
      const long double b = static_cast<long double>(a) + static_cast<long double>(x);
      const long double start = a;
      CAPTURE(a);
      CAPTURE(x);
      CHECK(log_rising(a, x) ==
            doctest::Approx(static_cast<double>(boost::math::lgamma(b) - boost::math::lgamma(start))).epsilon(1e-12));
      CHECK(digamma_rising(a, x) ==
            doctest::Approx(static_cast<double>(boost::math::digamma(b) - boost::math::digamma(start))).epsilon(1e-12));
      CHECK(
          trigamma_falling(a, x) ==
          doctest::Approx(static_cast<double>(boost::math::trigamma(start) - boost::math::trigamma(b))).epsilon(1e-11));
    }
    CHECK(log_rising(a, 0.0) == 0.0);
    CHECK(digamma_rising(a, 0.0) == 0.0);
    CHECK(trigamma_falling(a, 0.0) == 0.0);
  }
}

TEST_CASE("the error of Stirling's formula is continuous where the series takes over") {
  for (const double z : {0.5, 4.0, asymptotic_from, 50.0}) {
    const long double l = z;
    const long double exact =
        boost::math::lgamma(l + 1.0L) - ((l + 0.5L) * std::log(l) - l + static_cast<long double>(half_log_two_pi));
    CHECK(stirling_error(z) == doctest::Approx(static_cast<double>(exact)).epsilon(1e-11));
  }
}

TEST_CASE("derivatives of the Gamma law's distribution function equal differences") {
  for (const double a : {1e-3, 0.4, 5.0, 60.0}) {
    for (const double z : {1e-4, 0.3, 4.0, 50.0}) {
      const LogGammaBelow s = log_gamma_below(a, z);
      const long double step = 1e-4L;
      const auto at = [&](long double u, long double v) {
        return std::log(boost::math::gamma_p(a * std::exp(u), z * std::exp(v)));
      };
      CHECK(s.u == doctest::Approx(static_cast<double>((at(step, 0) - at(-step, 0)) / (2 * step))).epsilon(1e-6));
      CHECK(s.v == doctest::Approx(static_cast<double>((at(0, step) - at(0, -step)) / (2 * step))).epsilon(1e-6));
      const long double mixed =
          (at(step, step) - at(step, -step) - at(-step, step) + at(-step, -step)) / (4 * step * step);
      CHECK(s.uv == doctest::Approx(static_cast<double>(mixed)).epsilon(1e-4));
      CHECK(s.uu == doctest::Approx(static_cast<double>((at(step, 0) - 2 * at(0, 0) + at(-step, 0)) / (step * step)))
                        .epsilon(1e-4));
      CHECK(s.vv == doctest::Approx(static_cast<double>((at(0, step) - 2 * at(0, 0) + at(0, -step)) / (step * step)))
                        .epsilon(1e-4));
    }
  }
}

TEST_CASE("deviances near their zero keep their digits") {
  // x log(x/m) + m − x = d²/(2x) − … for m = x + d: the leading term to three digits, where the formula would have
  // none.
  const double x = 1e6;
  const double d = 1e-4;
  CHECK(deviance(x, x + d, d) == doctest::Approx(0.5 * d * d / x).epsilon(1e-6));
  CHECK(deviance(2.0, 5.0, 3.0) == doctest::Approx(2.0 * std::log(0.4) + 3.0).epsilon(1e-14));
  CHECK(log1p_minus(1e-9) == doctest::Approx(-0.5e-18).epsilon(1e-8));
}
