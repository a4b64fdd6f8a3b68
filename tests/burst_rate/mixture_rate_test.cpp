#include <cmath>

#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <doctest/doctest.h>

#include <cardamom/burst_rate/mixture_rate.hpp>
#include <cardamom/core/random.hpp>

using namespace cardamom;

namespace {

MixtureRate toggle_rate() {
  return {GammaMixture(Vector{{0.4, 0.6}}, Matrix{{0.0, 9.9, 0.51}, {0.0, 0.51, 9.9}}, Vector{{0.0, 10.0, 10.0}}),
          Vector{{0.0, 0.2, 0.1}}};
}

}  // namespace

TEST_CASE("the mixture rate is the weighted mean of the components' rates") {
  const MixtureRate rate = toggle_rate();
  CHECK(rate.frequencies()(0, 1) == doctest::Approx(1.98));
  CHECK(rate.frequencies()(1, 2) == doctest::Approx(0.99));
  const Vector x{{1.0, 0.6, 0.3}};
  const Vector logs = rate.mixture().component_log_densities(x);
  const double a = 0.4 * std::exp(logs[0]);
  const double b = 0.6 * std::exp(logs[1]);
  CHECK(rate(1, x) == doctest::Approx((1.98 * a + 0.102 * b) / (a + b)).epsilon(1e-12));
  CHECK(rate(2, x) == doctest::Approx((0.051 * a + 0.99 * b) / (a + b)).epsilon(1e-12));
}

TEST_CASE("the mixture rate never exceeds its bound and knows its gradient") {
  const MixtureRate rate = toggle_rate();
  RandomStream stream(1, Purpose::user);
  Vector gradient(3);
  for (int trial = 0; trial < 200; ++trial) {
    const Vector x{{0.0, 2.0 * stream.uniform(), 2.0 * stream.uniform()}};
    for (Index gene = 1; gene <= 2; ++gene) {
      CHECK(rate(gene, x) <= rate.bound(gene));
      CHECK(rate(gene, x) > 0.0);
      rate.gradient(gene, x, gradient);
      CHECK(gradient[0] == 0.0);
      for (Index j = 1; j <= 2; ++j) {
        const double step = 1e-6 * x[j];
        Vector up = x;
        Vector down = x;
        up[j] += step;
        down[j] -= step;
        const double difference = (rate(gene, up) - rate(gene, down)) / (2 * step);
        CHECK(std::abs(gradient[j] - difference) < 1e-6 * (1.0 + std::abs(difference)));
      }
    }
  }
  for (const double level : {0.0, 1e-310, 1e8}) {
    const Vector x = Vector::Constant(3, level);
    CHECK(rate(1, x) <= rate.bound(1));
    rate.gradient(1, x, gradient);
    CHECK(gradient.allFinite());
  }
}

// The right-hand side of the master equation (18) vanishes at (6) when the rate is (19), gene by gene:
// d/dx (d1 x u) + ∫_0^x kon(x − h) u(x − h) c e^{−ch} dh − kon(x) u = 0.
TEST_CASE("the mixture is stationary for its own rate") {
  const Vector decay{{0.0, 0.2, 0.1}};
  const MixtureRate rate(
      GammaMixture(Vector{{0.4, 0.6}}, Matrix{{0.0, 9.9, 1.51}, {0.0, 2.51, 9.9}}, Vector{{0.0, 10.0, 10.0}}), decay);
  const GammaMixture& u = rate.mixture();
  for (Index gene = 1; gene <= 2; ++gene) {
    const Vector x{{0.0, 0.7, 0.4}};
    const auto at = [&](double level) {
      Vector moved = x;
      moved[gene] = level;
      return moved;
    };
    const double c = u.rates()[gene];
    const auto inflow = [&](double level) {
      const Vector y = at(level);
      return rate(gene, y) * std::exp(u.log_density(y)) * c * std::exp(-c * (x[gene] - level));
    };
    const double gain = boost::math::quadrature::gauss_kronrod<double, 31>::integrate(inflow, 0.0, x[gene], 10, 1e-12);
    const double density = std::exp(u.log_density(x));
    const double drift = decay[gene] * density * (1.0 + x[gene] * u.log_density_gradient(x)[gene]);
    CHECK(drift + gain - rate(gene, x) * density == doctest::Approx(0.0).epsilon(1e-8 * density));
    CHECK(std::abs(drift + gain - 1.05 * rate(gene, x) * density) > 0.01 * density * rate(gene, x));
  }
}

TEST_CASE("a mixture rate rejects wrong sizes and values") {
  const GammaMixture mixture = toggle_rate().mixture();
  CHECK_THROWS_WITH_AS(MixtureRate(mixture, Vector::Ones(2)), "MixtureRate: protein_decay has size 2, must be 3",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(MixtureRate(mixture, Vector::Zero(3)),
                       "MixtureRate: protein_decay[1] is 0, must be finite and > 0", std::domain_error);
}

TEST_CASE("the rate of a mixture depends on no input, however many there are") {
  const GammaMixture one(Vector{{0.3, 0.7}}, Matrix{{0.0, 9.9, 1.0}, {0.0, 1.5, 6.0}}, Vector{{0.0, 10.0, 8.0}});
  const GammaMixture two(Vector{{0.3, 0.7}}, Matrix{{0.0, 0.0, 9.9, 1.0}, {0.0, 0.0, 1.5, 6.0}},
                         Vector{{0.0, 0.0, 10.0, 8.0}}, 2);
  const GammaMixture none(Vector{{0.3, 0.7}}, Matrix{{9.9, 1.0}, {1.5, 6.0}}, Vector{{10.0, 8.0}}, 0);
  const MixtureRate of_one(one, Vector{{0.0, 0.2, 0.1}});
  const MixtureRate of_two(two, Vector{{0.0, 0.0, 0.2, 0.1}});
  const MixtureRate of_none(none, Vector{{0.2, 0.1}});
  CHECK(of_two.inputs() == 2);
  const Vector x{{0.5, 0.5, 0.4, 0.7}};
  CHECK(of_two(3, x) == of_one(2, x.tail(3)));
  CHECK(of_none(1, x.tail(2)) == of_one(2, x.tail(3)));
  Vector gradient(4);
  of_two.gradient(3, x, gradient);
  Vector expected(3);
  of_one.gradient(2, x.tail(3), expected);
  CHECK(gradient.head(2).isZero());
  CHECK(gradient.tail(2) == expected.tail(2));
}
