#include <cmath>
#include <stdexcept>

#include <doctest/doctest.h>

#include <cardamom/numerics/binomial_interval.hpp>

#include "support/throws.hpp"

using namespace cardamom;

namespace {

double probability(Index k, Index n, double p) {
  const auto x = static_cast<double>(k);
  const auto size = static_cast<double>(n);
  return std::exp(std::lgamma(size + 1.0) - std::lgamma(x + 1.0) - std::lgamma(size - x + 1.0) + x * std::log(p) +
                  (size - x) * std::log1p(-p));
}

}  // namespace

TEST_CASE("the ends are where the tails have (1 - confidence)/2") {
  const Index n = 23;
  for (const Index k : {Index{1}, Index{7}, Index{22}}) {
    const Interval interval = binomial_interval(k, n, 0.9);
    double above = 0.0;
    for (Index j = k; j <= n; ++j) above += probability(j, n, interval.lower);
    double below = 0.0;
    for (Index j = 0; j <= k; ++j) below += probability(j, n, interval.upper);
    CHECK(above == doctest::Approx(0.05).epsilon(1e-8));
    CHECK(below == doctest::Approx(0.05).epsilon(1e-8));
  }
  CHECK(binomial_interval(0, 10).lower == 0.0);
  CHECK(binomial_interval(0, 10).upper == doctest::Approx(1.0 - std::pow(0.025, 0.1)));
  CHECK(binomial_interval(10, 10).upper == 1.0);
  CHECK(binomial_interval(10, 10).lower == doctest::Approx(std::pow(0.025, 0.1)));
}

TEST_CASE("the interval holds the share at least as often as it says, for any share") {
  const Index n = 40;
  for (const double share : {0.01, 0.1, 0.33, 0.5, 0.9}) {
    double coverage = 0.0;
    for (Index k = 0; k <= n; ++k) {
      const Interval interval = binomial_interval(k, n, 0.95);
      if (interval.lower <= share && share <= interval.upper) coverage += probability(k, n, share);
    }
    CHECK(coverage >= 0.95);
    CHECK(coverage <= 1.0);
  }
}

TEST_CASE("bad arguments of binomial_interval are named") {
  support::check_throws<std::invalid_argument>([] { (void)binomial_interval(0, 0); }, {"trials", "0"});
  support::check_throws<std::invalid_argument>([] { (void)binomial_interval(5, 4); }, {"successes", "5"});
  support::check_throws<std::domain_error>([] { (void)binomial_interval(1, 4, 1.0); }, {"confidence", "1"});
}
