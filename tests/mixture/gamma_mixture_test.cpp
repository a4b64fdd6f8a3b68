#include <cmath>
#include <vector>

#include <boost/math/distributions/gamma.hpp>
#include <doctest/doctest.h>

#include <cardamom/mixture/gamma_mixture.hpp>
#include <support/statistics.hpp>

using namespace cardamom;

namespace {

/// Two genes, two components: the mixture of the paper's toggle switch.
GammaMixture toggle(double weight = 0.3) {
  return {Vector{{weight, 1.0 - weight}}, Matrix{{0.0, 9.9, 0.51}, {0.0, 0.51, 9.9}}, Vector{{0.0, 10.0, 10.0}}};
}

GammaMixture random_mixture(Index components, Index genes, std::uint64_t seed) {
  RandomStream stream(seed, Purpose::user);
  Vector weights(components);
  Matrix shapes(components, genes);
  Vector rates(genes);
  for (double& weight : weights) weight = stream.uniform();
  for (Index i = 0; i < genes; ++i) {
    rates[i] = 1.0 + 20.0 * stream.uniform();
    for (Index z = 0; z < components; ++z) shapes(z, i) = 0.05 + 50.0 * stream.uniform();
  }
  return {weights, shapes, rates};
}

double density(double shape, double rate, double x) {
  return boost::math::pdf(boost::math::gamma_distribution<double>(shape, 1.0 / rate), x);
}

}  // namespace

TEST_CASE("the mixture density is the weighted sum of products") {
  const GammaMixture mixture = toggle();
  for (const Vector& x : {Vector{{1.0, 0.9, 0.1}}, Vector{{0.0, 0.5, 0.5}}, Vector{{0.0, 0.01, 2.0}}}) {
    const double first = density(9.9, 10, x[1]) * density(0.51, 10, x[2]);
    const double second = density(0.51, 10, x[1]) * density(9.9, 10, x[2]);
    CHECK(mixture.log_density(x) == doctest::Approx(std::log(0.3 * first + 0.7 * second)).epsilon(1e-13));
    const Vector logs = mixture.component_log_densities(x);
    CHECK(logs[0] == doctest::Approx(std::log(first)).epsilon(1e-12));
    CHECK(logs[1] == doctest::Approx(std::log(second)).epsilon(1e-12));
    const Vector shares = mixture.responsibilities(x);
    CHECK(shares[0] == doctest::Approx(0.3 * first / (0.3 * first + 0.7 * second)).epsilon(1e-12));
  }
}

TEST_CASE("marginals are mixtures of one gene") {
  const GammaMixture mixture = toggle();
  const boost::math::gamma_distribution<double> high(9.9, 0.1);
  const boost::math::gamma_distribution<double> low(0.51, 0.1);
  for (const double x : {0.01, 0.3, 1.2}) {
    CHECK(mixture.log_marginal_density(1, x) ==
          doctest::Approx(std::log(0.3 * boost::math::pdf(high, x) + 0.7 * boost::math::pdf(low, x))));
    CHECK(mixture.marginal_cdf(2, x) ==
          doctest::Approx(0.3 * boost::math::cdf(low, x) + 0.7 * boost::math::cdf(high, x)));
  }
  CHECK(mixture.marginal_cdf(1, 0.0) == 0.0);
  CHECK(mixture.mean()[0] == 0.0);
  CHECK(mixture.mean()[1] == doctest::Approx(0.3 * 0.99 + 0.7 * 0.051));
}

TEST_CASE("the gradient of the log density agrees with differences") {
  const GammaMixture mixture = random_mixture(4, 6, 3);
  Vector x = Vector::Constant(6, 1.0);
  x << 0.0, 0.5, 1.4, 2.0, 0.9, 3.0;
  const Vector gradient = mixture.log_density_gradient(x);
  CHECK(gradient[0] == 0.0);
  for (Index i = 1; i < 6; ++i) {
    const double step = 1e-5 * x[i];
    Vector up = x;
    Vector down = x;
    up[i] += step;
    down[i] -= step;
    CHECK(gradient[i] ==
          doctest::Approx((mixture.log_density(up) - mixture.log_density(down)) / (2 * step)).epsilon(1e-7));
  }
}

TEST_CASE("two hundred genes give finite logs and responsibilities that sum to one") {
  const GammaMixture mixture = random_mixture(8, 201, 4);
  const Matrix cells = mixture.sample(20, 5);
  for (Index cell = 0; cell < cells.rows(); ++cell) {
    const Vector x = cells.row(cell);
    CHECK(std::isfinite(mixture.log_density(x)));
    CHECK(mixture.component_log_densities(x).allFinite());
    CHECK(mixture.log_density_gradient(x).allFinite());
    CHECK(std::abs(mixture.responsibilities(x).sum() - 1.0) < 1e-12);
  }
  for (const double level : {0.0, 1e-280, 1e6}) {
    const Vector x = Vector::Constant(201, level);
    CHECK(std::isfinite(mixture.log_density(x)));
    CHECK(std::abs(mixture.responsibilities(x).sum() - 1.0) < 1e-12);
  }
}

TEST_CASE("at the edge the component of the smallest shape wins") {
  const Vector shares = toggle().responsibilities(Vector{{0.0, 0.0, 1.0}});
  CHECK(shares[1] == doctest::Approx(1.0));
}

TEST_CASE("samples follow the marginals") {
  const GammaMixture mixture = toggle();
  const GammaMixture wrong(Vector{{0.3, 0.7}}, Matrix{{0.0, 9.9 * 1.05, 0.51}, {0.0, 0.51, 9.9 * 1.05}},
                           Vector{{0.0, 10.0, 10.0}});
  const Matrix cells = mixture.sample(40000, 11);
  CHECK((cells.col(0).array() == 0.0).all());
  for (Index gene = 1; gene <= 2; ++gene) {
    const std::vector<double> values(cells.col(gene).begin(), cells.col(gene).end());
    CHECK(support::ks_p_value(values, [&](double x) { return mixture.marginal_cdf(gene, x); }) > support::false_alarm);
    CHECK(support::ks_p_value(values, [&](double x) { return wrong.marginal_cdf(gene, x); }) < support::false_alarm);
  }
  CHECK(mixture.sample(300, 11) == cells.topRows(300));
  CHECK(mixture.sample(300, 11, Threads(3)) == cells.topRows(300));
}

TEST_CASE("weights are normalised and may be zero") {
  const GammaMixture mixture = toggle().with_weights(Vector{{4.0, 0.0}});
  CHECK(mixture.weights() == Vector{{1.0, 0.0}});
  const Vector x{{0.0, 0.1, 0.9}};
  CHECK(mixture.responsibilities(x) == Vector{{1.0, 0.0}});
  CHECK(mixture.log_density(x) == doctest::Approx(toggle().component_log_densities(x)[0]).epsilon(1e-13));
  CHECK(std::isfinite(mixture.log_marginal_density(1, 0.5)));
  CHECK((mixture.sample(2000, 1).col(1).mean()) == doctest::Approx(0.99).epsilon(0.05));
}

TEST_CASE("a gamma mixture rejects wrong sizes and values") {
  const Vector weights{{0.5, 0.5}};
  const Matrix shapes = Matrix::Ones(2, 3);
  const Vector rates = Vector::Ones(3);
  CHECK_THROWS_WITH_AS(GammaMixture(Vector(0), Matrix(0, 3), rates),
                       "GammaMixture: weights.size() is 0, must be at least 1", std::invalid_argument);
  CHECK_THROWS_WITH_AS(GammaMixture(weights, Matrix::Ones(3, 3), rates), "GammaMixture: shapes is 3 x 3, must be 2 x 3",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(GammaMixture(Vector{{0.5, -0.5}}, shapes, rates),
                       "GammaMixture: weights[1] is -0.5, must be finite and >= 0", std::domain_error);
  CHECK_THROWS_WITH_AS(GammaMixture(Vector::Zero(2), shapes, rates),
                       "GammaMixture: weights.sum() is 0, must be finite and > 0", std::domain_error);
  CHECK_THROWS_WITH_AS(GammaMixture(weights, Matrix::Zero(2, 3), rates),
                       "GammaMixture: shapes(0, 1) is 0, must be finite and > 0", std::domain_error);
  CHECK_THROWS_WITH_AS(GammaMixture(weights, shapes, -rates), "GammaMixture: rates[1] is -1, must be finite and > 0",
                       std::domain_error);
  const GammaMixture mixture(weights, shapes, rates);
  CHECK_THROWS_WITH_AS((void)mixture.log_density(Vector::Ones(2)),
                       "GammaMixture::log_density: protein has size 2, must be 3", std::invalid_argument);
  CHECK_THROWS_WITH_AS((void)mixture.responsibilities(Vector{{0.0, 1.0, -1.0}}),
                       "GammaMixture::responsibilities: protein[2] is -1, must be finite and >= 0", std::domain_error);
  CHECK_THROWS_WITH_AS((void)mixture.marginal_cdf(0, 1.0), "GammaMixture::marginal_cdf: gene is 0, must be at least 1",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS((void)mixture.log_marginal_density(3, 1.0),
                       "GammaMixture::log_marginal_density: gene is 3, must be in [0, 3)", std::invalid_argument);
  CHECK_THROWS_WITH_AS((void)mixture.with_weights(Vector::Ones(3)),
                       "GammaMixture::with_weights: weights has size 3, must be 2", std::invalid_argument);
  CHECK_THROWS_WITH_AS((void)mixture.sample(-1, 1), "GammaMixture::sample: cells is -1, must be at least 0",
                       std::invalid_argument);
}

TEST_CASE("any number of inputs leaves the law of the genes as it is") {
  const Vector weights{{0.3, 0.7}};
  const GammaMixture one(weights, Matrix{{0.0, 9.9, 1.0}, {0.0, 1.5, 6.0}}, Vector{{0.0, 10.0, 8.0}});
  const GammaMixture none(weights, Matrix{{9.9, 1.0}, {1.5, 6.0}}, Vector{{10.0, 8.0}}, 0);
  const GammaMixture two(weights, Matrix{{-1.0, 0.0, 9.9, 1.0}, {5.0, 0.0, 1.5, 6.0}}, Vector{{0.0, -2.0, 10.0, 8.0}},
                         2);
  const Vector x{{1.0, 0.4, 0.7}};
  const Vector x_two{{1.0, 0.0, 0.4, 0.7}};
  CHECK(none.log_density(x.tail(2)) == one.log_density(x));
  CHECK(two.log_density(x_two) == one.log_density(x));
  CHECK(none.log_density_gradient(x.tail(2)) == one.log_density_gradient(x).tail(2));
  CHECK(two.log_density_gradient(x_two).head(2).isZero());
  CHECK(two.responsibilities(x_two) == one.responsibilities(x));
  CHECK(none.mean() == one.mean().tail(2));
  CHECK(two.sample(4, 1).rightCols(2) == one.sample(4, 1).rightCols(2));
  CHECK(none.sample(4, 1) == one.sample(4, 1).rightCols(2));
  CHECK(two.marginal_cdf(2, 0.4) == one.marginal_cdf(1, 0.4));
  CHECK_THROWS_WITH_AS(two.marginal_cdf(1, 1.0), "GammaMixture::marginal_cdf: gene is 1, must be at least 2",
                       std::invalid_argument);
}
