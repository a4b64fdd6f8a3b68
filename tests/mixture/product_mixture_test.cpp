#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include <cardamom/mixture/fit_mixture.hpp>
#include <cardamom/mixture/gamma_mixture.hpp>
#include <cardamom/mixture/negative_binomial.hpp>
#include <cardamom/mixture/product_mixture.hpp>

using namespace cardamom;

namespace {

GammaMixture toggle() {
  return {Vector{{0.35, 0.65}}, Matrix{{0.0, 9.9, 0.51}, {0.0, 0.51, 9.9}}, Vector{{0.0, 10.0, 20.0}}};
}

double log_likelihood(const GammaMixture& mixture, const Matrix& data) {
  double sum = 0.0;
  for (Index cell = 0; cell < data.rows(); ++cell) sum += mixture.log_density(data.row(cell).transpose());
  return sum;
}

}  // namespace

TEST_CASE("the fit of a gamma mixture recovers what it was sampled from") {
  const GammaMixture truth = toggle();
  const Matrix data = truth.sample(3000, 3);
  const auto fit = fit_mixture(data, GammaProduct{}, {.restarts = 2});
  CHECK(fit.convergence.converged());
  CHECK(fit.empty == 0);
  REQUIRE(fit.mixture.components() == 2);
  CHECK(std::abs(fit.mixture.weights()[0] - 0.65) < 0.04);
  CHECK(fit.mixture.rates()[1] == doctest::Approx(10.0).epsilon(0.1));
  CHECK(fit.mixture.rates()[2] == doctest::Approx(20.0).epsilon(0.1));
  CHECK(fit.mixture.shapes()(0, 2) == doctest::Approx(9.9).epsilon(0.1));
  CHECK(fit.mixture.shapes()(0, 1) == doctest::Approx(0.51).epsilon(0.1));
  CHECK(fit.log_likelihood == doctest::Approx(log_likelihood(fit.mixture, data)).epsilon(1e-6));
  CHECK(fit.log_likelihood >= log_likelihood(truth, data));
  CHECK(fit.bic == doctest::Approx(-2 * fit.log_likelihood + 7 * std::log(3000.0)).epsilon(1e-9));
  CHECK((fit.responsibilities.rowwise().sum().array() - 1.0).abs().maxCoeff() < 1e-12);
}

TEST_CASE("no neighbour of the fitted gamma mixture is more likely") {
  const Matrix data = toggle().sample(300, 4);
  const auto fit = fit_mixture(data, GammaProduct{}, {.restarts = 1, .tolerance = 1e-13});
  const double best = log_likelihood(fit.mixture, data);
  for (Index i = 1; i <= 2; ++i) {
    for (const double factor : {0.99, 1.01}) {
      Vector rates = fit.mixture.rates();
      rates[0] = 1.0;
      rates[i] *= factor;
      Matrix ones = fit.mixture.shapes();
      ones.col(0).setOnes();
      CHECK(log_likelihood({fit.mixture.weights(), ones, rates}, data) < best);
      rates[i] /= factor;
      for (Index z = 0; z < 2; ++z) {
        Matrix shapes = ones;
        shapes(z, i) *= factor;
        CHECK(log_likelihood({fit.mixture.weights(), shapes, rates}, data) < best);
      }
    }
  }
}

TEST_CASE("the number of gamma components is that of the least criterion") {
  const Matrix data = toggle().sample(800, 5);
  double best = std::numeric_limits<double>::infinity();
  Index chosen = 0;
  for (Index m = 1; m <= 3; ++m) {
    const auto fit = fit_mixture(data, GammaProduct{}, {.components = m, .restarts = 2, .tolerance = 1e-7});
    if (fit.bic < best) {
      best = fit.bic;
      chosen = m;
    }
  }
  CHECK(chosen == 2);
}

TEST_CASE("counts are fitted through the negative binomial family") {
  // Two modes with the burst size of the benchmark.
  RandomStream stream(6, Purpose::user);
  Matrix data = Matrix::Zero(1500, 3);
  for (Index cell = 0; cell < data.rows(); ++cell) {
    const bool first = cell % 3 == 0;
    data(cell, 1) = NegativeBinomial{}.draw(first ? 2.0 : 0.1, 0.02, 1.0, stream);
    data(cell, 2) = NegativeBinomial{}.draw(first ? 0.1 : 2.0, 0.05, 1.0, stream);
  }
  const auto fit = fit_mixture(data, NegativeBinomial{}, {.restarts = 2});
  REQUIRE(fit.mixture.weights().size() == 2);
  CHECK(fit.mixture.weights()[1] == doctest::Approx(1.0 / 3).epsilon(0.1));
  CHECK(fit.mixture.shapes()(0, 2) == doctest::Approx(2.0).epsilon(0.15));
  CHECK(fit.mixture.shapes()(0, 1) == doctest::Approx(0.1).epsilon(0.25));
  CHECK(fit.mixture.rates()[1] == doctest::Approx(0.02).epsilon(0.15));
  CHECK(fit.mixture.rates()[2] == doctest::Approx(0.05).epsilon(0.15));
  const auto again = fit_mixture(data, NegativeBinomial{}, {.restarts = 2}, Threads(2));
  CHECK(again.mixture.shapes() == fit.mixture.shapes());
}

TEST_CASE("product fits survive zeros and constants and empty components") {
  Matrix data = Matrix::Zero(60, 3);
  data.col(2).tail(30).setConstant(4.0);
  const auto counts = fit_mixture(data, NegativeBinomial{}, {.components = 4, .restarts = 2});
  CHECK(counts.mixture.weights().size() + counts.empty == 4);
  CHECK(counts.mixture.shapes().allFinite());
  CHECK(counts.mixture.rates().allFinite());
  CHECK(counts.responsibilities.allFinite());
  const auto levels = fit_mixture(data, GammaProduct{}, {.components = 2, .restarts = 1});
  CHECK(levels.mixture.shapes().allFinite());
  CHECK(std::isfinite(levels.log_likelihood));
}

TEST_CASE("a shift of unit moves the rates alone") {
  const Matrix data = toggle().sample(400, 7);
  const auto fit = fit_mixture(data, GammaProduct{}, {.restarts = 1});
  const auto scaled = fit_mixture(1000.0 * data, GammaProduct{}, {.restarts = 1});
  CHECK((fit.mixture.shapes() - scaled.mixture.shapes()).cwiseAbs().maxCoeff() < 1e-6);
  CHECK((fit.mixture.rates() - 1000.0 * scaled.mixture.rates()).cwiseAbs().maxCoeff() < 1e-5);
  CHECK(scaled.log_likelihood == doctest::Approx(fit.log_likelihood - 800 * std::log(1000.0)).epsilon(1e-9));
}

TEST_CASE("product fits reject wrong arguments") {
  CHECK_THROWS_WITH_AS((void)fit_mixture(Matrix::Constant(4, 2, 0.5), NegativeBinomial{}),
                       doctest::Contains("fit_mixture: data(cell 0, node 1) is 0.5, must be"), std::domain_error);
  CHECK_THROWS_WITH_AS((void)fit_mixture(Matrix::Ones(1, 2), NegativeBinomial{}),
                       "fit_mixture: data.rows() is 1, must be at least 2", std::invalid_argument);
  CHECK_THROWS_WITH_AS((void)fit_mixture(Matrix::Ones(3, 1), GammaProduct{}),
                       "fit_mixture: data.cols() is 1, must be at least 2", std::invalid_argument);
  CHECK_THROWS_WITH_AS((void)fit_mixture(-Matrix::Ones(3, 2), GammaProduct{}),
                       "fit_mixture: data column 1[0] is -1, must be finite and >= 0", std::domain_error);
}
