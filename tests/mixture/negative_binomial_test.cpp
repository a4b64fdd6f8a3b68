#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <vector>

#include <boost/math/distributions/negative_binomial.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <doctest/doctest.h>

#include <cardamom/mixture/negative_binomial.hpp>
#include <support/statistics.hpp>

using namespace cardamom;

namespace {

using Precise = boost::multiprecision::number<boost::multiprecision::cpp_bin_float<60>>;

double precise_log_density(double x, double shape, double inverse_burst_size, double exposure) {
  const Precise a = shape, k = x, b = inverse_burst_size, e = exposure;
  const Precise sum = a + k, next = k + 1, odds = b + e;
  return static_cast<double>(Precise(boost::math::lgamma(sum) - boost::math::lgamma(a) - boost::math::lgamma(next) +
                                     a * log(Precise(b / odds)) + k * log(Precise(e / odds))));
}

GeneSample sample_of(const std::vector<double>& values, const Vector& exposures = {}) {
  return pool_values(Eigen::Map<const Vector>(values.data(), static_cast<Index>(values.size())), exposures);
}

std::vector<double> draws(double a, double b, Index n, std::uint64_t seed) {
  RandomStream random(seed, Purpose::user);
  std::vector<double> values(static_cast<std::size_t>(n));
  for (double& value : values) value = NegativeBinomial().draw(a, b, 1.0, random);
  return values;
}

}  // namespace

TEST_CASE("log density equals 60 digit arithmetic from shape 1e-12 to 1e8 and counts to 1e9") {
  const NegativeBinomial family;
  double worst = 0.0;
  for (const double a : {1e-12, 1e-6, 1e-3, 0.3, 1.0, 2.5, 15.9, 16.1, 100.0, 1e4, 1e8}) {
    for (const double x : {0.0, 1.0, 2.0, 10.0, 17.0, 100.0, 1e4, 1e6, 1e9}) {
      for (const double b : {1e-9, 1e-3, 0.02, 1.0, 50.0, 1e4, 1e9}) {
        for (const double exposure : {1.0, 0.37}) {
          const double exact = precise_log_density(x, a, b, exposure);
          const double error = std::abs(family.log_density(x, a, b, exposure) - exact) / std::max(1.0, std::abs(exact));
          worst = std::max(worst, error);
        }
      }
    }
  }
  CHECK(worst < 1e-14);
}

TEST_CASE("log density near the mode of large counts equals 60 digit arithmetic") {
  const NegativeBinomial family;
  for (const double a : {1e3, 1e6, 1e8}) {
    for (const double b : {1e-3, 0.1, 10.0}) {
      const double mean = std::round(a / b);
      for (const double x : {mean - std::round(std::sqrt(mean)), mean, mean + 3.0 * std::round(std::sqrt(mean))}) {
        CHECK(family.log_density(x, a, b) == doctest::Approx(precise_log_density(x, a, b, 1.0)).epsilon(1e-10));
      }
    }
  }
}

TEST_CASE("the mass of the negative binomial agrees with Boost and sums to one") {
  const NegativeBinomial family;
  const boost::math::negative_binomial law(2.5, 0.2 / 1.2);
  double sum = 0.0;
  for (int x = 0; x < 400; ++x) {
    const double log_density = family.log_density(x, 2.5, 0.2);
    if (x < 50) CHECK(std::exp(log_density) == doctest::Approx(boost::math::pdf(law, x)).epsilon(1e-12));
    sum += std::exp(log_density);
  }
  CHECK(sum == doctest::Approx(1.0).epsilon(1e-12));
}

TEST_CASE("shape zero puts all mass at zero") {
  const NegativeBinomial family;
  CHECK(family.log_density(0.0, 0.0, 1.0) == 0.0);
  CHECK(family.log_density(3.0, 0.0, 1.0) == -std::numeric_limits<double>::infinity());
}

TEST_CASE("densities of a sample equal those of its values") {
  const NegativeBinomial family;
  const std::vector<double> values{0, 0, 1, 2, 3, 7, 30, 31, 80, 1e4, 1e9};
  Vector out;
  for (const double a : {0.0, 1e-12, 1e-3, 0.7, 30.0, 1e6}) {
    for (const double b : {1e-6, 0.02, 3.0, 1e6}) {
      const GeneSample sample = sample_of(values);
      family.log_densities(sample, a, b, out);
      for (Index i = 0; i < sample.size(); ++i) {
        const double direct = family.log_density(sample.values[i], a, b);
        if (std::isinf(direct)) {
          CHECK(out[i] == direct);
        } else {
          CHECK(std::abs(out[i] - direct) <= 1e-13 * std::max(1.0, std::abs(direct)));
        }
      }
    }
  }
  const GeneSample exposed = sample_of({4, 4, 9}, Eigen::Vector3d(0.5, 2.0, 1.0));
  REQUIRE(exposed.size() == 3);
  family.log_densities(exposed, 1.5, 0.3, out);
  CHECK(out[0] == family.log_density(4, 1.5, 0.3, 0.5));
  CHECK(out[1] == family.log_density(4, 1.5, 0.3, 2.0));
}

TEST_CASE("the likelihood ratio of two shapes increases with the count") {
  const NegativeBinomial family;
  double before = -std::numeric_limits<double>::infinity();
  for (double x = 0; x < 500; x += 1) {
    const double ratio = family.log_density(x, 2.0, 0.05, 0.7) - family.log_density(x, 0.01, 0.05, 0.7);
    CHECK(ratio > before);
    before = ratio;
  }
}

TEST_CASE("draws follow the mass function and a shape wrong by five percent is noticed") {
  constexpr Index n = 200000;
  const auto p_value = [](double a) {
    std::vector<double> observed(40, 0.0), expected(40, 0.0);
    for (const double x : draws(1.5, 0.2, n, 11)) observed[static_cast<std::size_t>(std::min(x, 39.0))] += 1;
    double rest = 1.0;
    for (std::size_t x = 0; x < 39; ++x) {
      const double mass = std::exp(NegativeBinomial().log_density(static_cast<double>(x), a, 0.2));
      expected[x] = static_cast<double>(n) * mass;
      rest -= mass;
    }
    expected[39] = static_cast<double>(n) * rest;
    return support::chi_square_p_value(observed, expected);
  };
  CHECK(p_value(1.5) > support::false_alarm);
  CHECK(p_value(1.5 * 1.05) < support::false_alarm);
}

TEST_CASE("a Poisson draw from a Gamma is negative binomial with exposure as scale of the mean") {
  RandomStream random(5, Purpose::user);
  std::vector<double> observed(30, 0.0), expected(30, 0.0);
  const Index n = 100000;
  for (Index i = 0; i < n; ++i) {
    const auto x = static_cast<double>(random.poisson(2.5 * random.gamma(0.8) / 0.4));
    observed[static_cast<std::size_t>(std::min(x, 29.0))] += 1;
  }
  double rest = 1.0;
  for (std::size_t x = 0; x < 29; ++x) {
    const double mass = std::exp(NegativeBinomial().log_density(static_cast<double>(x), 0.8, 0.4, 2.5));
    expected[x] = static_cast<double>(n) * mass;
    rest -= mass;
  }
  expected[29] = static_cast<double>(n) * rest;
  CHECK(support::chi_square_p_value(observed, expected) > support::false_alarm);
}

TEST_CASE("only whole non-negative numbers are counts") {
  const NegativeBinomial family;
  CHECK(family.admits(0.0));
  CHECK(family.admits(1e9));
  CHECK_FALSE(family.admits(0.5));
  CHECK_FALSE(family.admits(-1.0));
}

TEST_CASE("negative binomial options out of range are refused") {
  CHECK_THROWS_WITH_AS(validate(NegativeBinomial{.inverse_burst_size_max = 0.0}),
                       "NegativeBinomial: inverse_burst_size_max is 0, must be finite and > 0", std::domain_error);
  CHECK_THROWS_WITH_AS(validate(NegativeBinomial{.inverse_burst_size_max = 1.0, .inverse_burst_size_min = 2.0}),
                       "NegativeBinomial: inverse_burst_size_min is 2, must be in [0, 1]", std::domain_error);
}
