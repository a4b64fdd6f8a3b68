#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include <cardamom/mixture/fit_mixture.hpp>
#include <cardamom/mixture/gaussian_mixture.hpp>
#include <support/large_sample.hpp>
#include <support/statistics.hpp>

using namespace cardamom;

namespace {

GaussianMixture two_clouds() {
  const Matrix first{{1.0, 0.6}, {0.6, 2.0}};
  const Matrix second{{0.5, -0.2}, {-0.2, 0.4}};
  return {Vector{{3.0, 1.0}}, Matrix{{7.0, 0.0, 0.0}, {7.0, 4.0, 5.0}}, {first, second}};
}

}  // namespace

TEST_CASE("gaussian mixture densities agree with the formula") {
  const GaussianMixture mixture = two_clouds();
  CHECK(mixture.weights() == Vector{{0.75, 0.25}});
  const Vector x{{1.0, 0.5, -0.3}};
  const auto density = [&](std::size_t z) {
    const Matrix& s = mixture.covariances()[z];
    const double a = x[1] - mixture.means()(static_cast<Index>(z), 1);
    const double b = x[2] - mixture.means()(static_cast<Index>(z), 2);
    const double determinant = s(0, 0) * s(1, 1) - s(0, 1) * s(0, 1);
    const double form = (s(1, 1) * a * a - 2 * s(0, 1) * a * b + s(0, 0) * b * b) / determinant;
    return std::exp(-0.5 * form) / (2 * 3.14159265358979323846 * std::sqrt(determinant));
  };
  CHECK(mixture.log_density(x) == doctest::Approx(std::log(0.75 * density(0) + 0.25 * density(1))).epsilon(1e-12));
}

TEST_CASE("the fit of a gaussian mixture recovers what it was sampled from") {
  const GaussianMixture truth = two_clouds();
  const Matrix data = truth.sample(4000, 3);
  const auto fit = fit_mixture(data, Gaussian{}, {.restarts = 3});
  CHECK(fit.convergence.converged());
  CHECK(fit.empty == 0);
  REQUIRE(fit.mixture.components() == 2);
  CHECK((fit.mixture.weights() - truth.weights()).cwiseAbs().maxCoeff() < 0.03);
  CHECK((fit.mixture.means() - truth.means()).rightCols(2).cwiseAbs().maxCoeff() < 0.12);
  for (std::size_t z = 0; z < 2; ++z) {
    CHECK((fit.mixture.covariances()[z] - truth.covariances()[z]).cwiseAbs().maxCoeff() < 0.15);
  }
  CHECK((fit.responsibilities.rowwise().sum().array() - 1.0).abs().maxCoeff() < 1e-12);

  // At least as likely as the truth, and the likelihood is that of the mixture returned.
  double at_fit = 0.0;
  double at_truth = 0.0;
  for (Index cell = 0; cell < data.rows(); ++cell) {
    at_fit += fit.mixture.log_density(data.row(cell).transpose());
    at_truth += truth.log_density(data.row(cell).transpose());
  }
  CHECK(fit.log_likelihood >= at_truth);
  CHECK(fit.log_likelihood == doctest::Approx(at_fit).epsilon(1e-9));
  CHECK(fit.bic == doctest::Approx(-2 * at_fit + 11 * std::log(4000.0)).epsilon(1e-9));
}

TEST_CASE("the number of gaussian components is that of the least criterion" * support::large_sample()) {
  const Matrix data = two_clouds().sample(600, 4);
  double best = std::numeric_limits<double>::infinity();
  Index chosen = 0;
  for (Index m = 1; m <= 4; ++m) {
    const auto fit = fit_mixture(data, Gaussian{}, {.components = m, .restarts = 3});
    if (fit.bic < best) {
      best = fit.bic;
      chosen = m;
    }
  }
  CHECK(chosen == 2);
}

TEST_CASE("gaussian fits survive duplicated cells and constant genes and empty components") {
  Matrix data = Matrix::Zero(40, 3);
  for (Index cell = 20; cell < 40; ++cell) data(cell, 1) = 1.0;
  const auto fit = fit_mixture(data, Gaussian{}, {.components = 5, .restarts = 2});
  CHECK(fit.mixture.components() == 2);
  CHECK(fit.empty == 3);
  CHECK(std::isfinite(fit.log_likelihood));
  CHECK(fit.responsibilities.allFinite());
  CHECK(fit_mixture(data, Gaussian{}, {.components = 5, .restarts = 2}, Threads(2)).responsibilities ==
        fit.responsibilities);
}

TEST_CASE("samples of a gaussian mixture have its moments") {
  const Matrix cells = two_clouds().sample(20000, 8);
  const Vector first = cells.col(1);
  const auto mean = support::mean({first.data(), static_cast<std::size_t>(first.size())});
  CHECK(support::z_p_value(mean.value, 1.0, mean.standard_error) > support::false_alarm);
  CHECK(support::z_p_value(mean.value, 1.0 + 0.05 * 4.0, mean.standard_error) < support::false_alarm);
  CHECK(two_clouds().sample(50, 8, Threads(2)) == cells.topRows(50));
}

TEST_CASE("gaussian mixtures reject wrong arguments") {
  const Matrix unit = Matrix::Identity(1, 1);
  CHECK_THROWS_WITH_AS(GaussianMixture(Vector::Ones(1), Matrix::Zero(1, 2), {-unit}),
                       "GaussianMixture: covariances[0] is not positive definite, must be", std::domain_error);
  CHECK_THROWS_WITH_AS(GaussianMixture(Vector::Ones(2), Matrix::Zero(1, 2), {unit}),
                       "GaussianMixture: means is 1 x 2, must be 2 x 2", std::invalid_argument);
  CHECK_THROWS_WITH_AS(GaussianMixture(Vector::Ones(1), Matrix::Zero(1, 2), {}),
                       "GaussianMixture: covariances has size 0, must be 1", std::invalid_argument);
  CHECK_THROWS_WITH_AS(GaussianMixture(Vector::Zero(1), Matrix::Zero(1, 2), {unit}),
                       "GaussianMixture: weights.sum() is 0, must be finite and > 0", std::domain_error);
  CHECK_THROWS_WITH_AS((void)fit_mixture(Matrix::Ones(1, 2), Gaussian{}),
                       "fit_mixture: data.rows() is 1, must be at least 2", std::invalid_argument);
  CHECK_THROWS_WITH_AS((void)fit_mixture(Matrix::Constant(3, 2, NAN), Gaussian{}),
                       "fit_mixture: data(0, 1) is nan, must be in [-1e+100, 1e+100]", std::domain_error);
  Matrix huge = Matrix::Ones(3, 2);
  huge(2, 1) = 1e308;
  CHECK_THROWS_WITH_AS((void)fit_mixture(huge, Gaussian{}),
                       "fit_mixture: data(2, 1) is 1e+308, must be in [-1e+100, 1e+100]", std::domain_error);
  CHECK_THROWS_WITH_AS((void)fit_mixture(Matrix::Ones(9, 2), Gaussian{}, {.components = 0}),
                       "MixtureFitOptions: components is 0, must be at least 1", std::invalid_argument);
  CHECK_THROWS_WITH_AS(validate(MixtureFitOptions{.restarts = 0}),
                       "MixtureFitOptions: restarts is 0, must be at least 1", std::invalid_argument);
  CHECK_THROWS_WITH_AS(validate(MixtureFitOptions{.max_iterations = 0}),
                       "MixtureFitOptions: max_iterations is 0, must be at least 1", std::invalid_argument);
  CHECK_THROWS_WITH_AS(validate(MixtureFitOptions{.tolerance = 0}),
                       "MixtureFitOptions: tolerance is 0, must be finite and > 0", std::domain_error);
}
