#include <cmath>

#include <doctest/doctest.h>

#include <cardamom/regression/proximal_gradient.hpp>
#include <cardamom/regression/proximal_newton.hpp>
#include <cardamom/regression/regress.hpp>
#include <cardamom/regression/smoothed_optimizer.hpp>

#include "synthetic.hpp"

using namespace cardamom;

TEST_CASE("losses: derivatives agree with central differences") {
  const auto check = [](const auto& loss) {
    for (const double r : {0.0, 0.1, 0.6}) {
      for (const double y : {r, 0.5 * (1.0 + r), 1.0}) {
        for (double u = -6.0; u <= 6.0; u += 0.75) {
          const double h = 1e-4;
          const LossTerm here = loss(u, y, r);
          CHECK(here.slope ==
                doctest::Approx((loss(u + h, y, r).value - loss(u - h, y, r).value) / (2 * h)).epsilon(1e-6));
          CHECK(here.curvature ==
                doctest::Approx((loss(u + h, y, r).slope - loss(u - h, y, r).slope) / (2 * h)).epsilon(1e-6));
          CHECK(here.majorant >= here.curvature);
          CHECK(here.majorant >= 0.0);
        }
      }
    }
  };
  check(LeastSquares{});
  check(Logistic{});
  CHECK(std::isfinite(Logistic{}(800.0, 0.0, 0.0).value));
  CHECK(std::isfinite(Logistic{}(-800.0, 1.0, 0.0).value));
}

TEST_CASE("row objective: gradient agrees with central differences") {
  RandomStream random(5, Purpose::user);
  const Samples samples = regression_test::binary_samples(6, 40, random);
  const Vector weights = detail::normalised_weights(samples);
  const RowObjective<LeastSquares> objective({}, samples.proteins, samples.targets.col(2), weights, 0.1);
  Vector x(7);
  for (Index j = 0; j < 7; ++j) x[j] = random.normal();
  Vector gradient(7);
  Vector unused(7);
  objective(x, gradient);
  for (Index j = 0; j < 7; ++j) {
    Vector up = x;
    Vector down = x;
    up[j] += 1e-5;
    down[j] -= 1e-5;
    CHECK(gradient[j] == doctest::Approx((objective(up, unused) - objective(down, unused)) / 2e-5).epsilon(1e-7));
  }
}

TEST_CASE("both optimizers end in the same optimum with the same exact zeros") {
  RandomStream random(7, Purpose::user);
  for (int trial = 0; trial < 10; ++trial) {
    const Samples samples = regression_test::binary_samples(8, 60, random);
    RegressionOptions options;
    options.penalty.competition = 0.0;
    options.penalty.strength = 0.02;
    const Regression newton = regress(samples, options, Logistic{}, ProximalNewton{});
    const Regression gradient =
        regress(samples, options, Logistic{}, ProximalGradient(ProximalGradientOptions{.tolerance = 1e-11}));
    CHECK(newton.convergence.converged());
    CHECK(gradient.convergence.converged());
    CHECK((newton.coefficients.interactions - gradient.coefficients.interactions).cwiseAbs().maxCoeff() < 1e-6);
    for (Index i = 1; i < 8; ++i) {
      for (Index j = 0; j < 8; ++j) {
        CHECK((newton.coefficients.interactions(i, j) == 0.0) == (gradient.coefficients.interactions(i, j) == 0.0));
      }
    }
  }
}

TEST_CASE("optimizers refuse options without meaning") {
  CHECK_THROWS_WITH_AS(ProximalNewton(ProximalNewtonOptions{.iterations = 0}),
                       "ProximalNewtonOptions: iterations is 0, must be at least 1", std::invalid_argument);
  CHECK_THROWS_WITH_AS(ProximalNewton(ProximalNewtonOptions{.tolerance = 0.0}),
                       "ProximalNewtonOptions: tolerance is 0, must be finite and > 0", std::domain_error);
  CHECK_THROWS_WITH_AS(ProximalNewton(ProximalNewtonOptions{.trust = -1.0}),
                       "ProximalNewtonOptions: trust is -1, must be finite and > 0", std::domain_error);
  CHECK_THROWS_WITH_AS(ProximalNewton(ProximalNewtonOptions{.growth = 0}),
                       "ProximalNewtonOptions: growth is 0, must be at least 1", std::invalid_argument);
  CHECK_THROWS_WITH_AS(ProximalGradient(ProximalGradientOptions{.iterations = 0}),
                       "ProximalGradientOptions: iterations is 0, must be at least 1", std::invalid_argument);
  CHECK_THROWS_WITH_AS(ProximalGradient(ProximalGradientOptions{.tolerance = -1.0}),
                       "ProximalGradientOptions: tolerance is -1, must be finite and > 0", std::domain_error);
  CHECK_THROWS_WITH_AS(ProximalGradient(ProximalGradientOptions{.first_step = 0.0}),
                       "ProximalGradientOptions: first_step is 0, must be finite and > 0", std::domain_error);
}

TEST_CASE("an ordinary minimiser of smooth functions can be dropped in") {
  RandomStream random(9, Purpose::user);
  const Samples samples = regression_test::binary_samples(5, 60, random);
  // Gradient descent with backtracking: any minimiser will do.
  const auto descend = [](const SmoothFunction& f, Vector& x) {
    Vector gradient(x.size());
    Vector unused(x.size());
    double value = f(x, gradient);
    double step = 1.0;
    for (Index k = 0; k < 3000; ++k) {
      const Vector trial = x - step * gradient;
      const double next = f(trial, unused);
      if (next <= value - 0.5 * step * gradient.squaredNorm()) {
        x = trial;
        value = f(x, gradient);
        step *= 2.0;
      } else {
        step *= 0.5;
      }
    }
    return Convergence{ConvergenceStatus::converged, 3000, gradient.norm()};
  };
  RegressionOptions options;
  options.penalty.strength = 0.03;
  options.penalty.competition = 0.0;
  const Matrix exact = regress(samples, options, Logistic{}).coefficients.interactions;
  const Matrix smooth = regress(samples, options, Logistic{}, SmoothedOptimizer(descend)).coefficients.interactions;
  CHECK((exact - smooth).cwiseAbs().maxCoeff() < 0.05);
  CHECK((smooth.array() == 0.0).count() > 0);
  CHECK_THROWS_WITH_AS(SmoothedOptimizer(descend, 0.0), "SmoothedOptimizer: width is 0, must be finite and > 0",
                       std::domain_error);
}
