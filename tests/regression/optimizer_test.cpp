#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include <cardamom/regression/proximal_gradient.hpp>
#include <cardamom/regression/proximal_newton.hpp>
#include <cardamom/regression/regress.hpp>

#include "synthetic.hpp"

using namespace cardamom;

TEST_CASE("both optimizers end in the same optimum with the same exact zeros") {
  RandomStream random(7, Purpose::user);
  for (int trial = 0; trial < 10; ++trial) {
    const Samples samples = regression_test::binary_samples(8, 60, random);
    RegressionOptions options;
    options.penalty.competition = 0.0;
    options.penalty.strength = 0.02;
    const Regression newton = regress(samples, options, CrossEntropy{}, ProximalNewton{});
    const Regression gradient =
        regress(samples, options, CrossEntropy{}, ProximalGradient(ProximalGradientOptions{.tolerance = 1e-11}));
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
  CHECK_THROWS_WITH_AS(ProximalNewton(ProximalNewtonOptions{.max_iterations = 0}),
                       "ProximalNewtonOptions: max_iterations is 0, must be at least 1", std::invalid_argument);
  CHECK_THROWS_WITH_AS(ProximalNewton(ProximalNewtonOptions{.tolerance = 0.0}),
                       "ProximalNewtonOptions: tolerance is 0, must be finite and > 0", std::domain_error);
  CHECK_THROWS_WITH_AS(ProximalNewton(ProximalNewtonOptions{.trust_radius = -1.0}),
                       "ProximalNewtonOptions: trust_radius is -1, must be finite and > 0", std::domain_error);
  CHECK_THROWS_WITH_AS(ProximalNewton(ProximalNewtonOptions{.growth = 0}),
                       "ProximalNewtonOptions: growth is 0, must be at least 1", std::invalid_argument);
  CHECK_THROWS_WITH_AS(ProximalGradient(ProximalGradientOptions{.max_iterations = 0}),
                       "ProximalGradientOptions: max_iterations is 0, must be at least 1", std::invalid_argument);
  CHECK_THROWS_WITH_AS(ProximalGradient(ProximalGradientOptions{.tolerance = -1.0}),
                       "ProximalGradientOptions: tolerance is -1, must be finite and > 0", std::domain_error);
  CHECK_THROWS_WITH_AS(ProximalGradient(ProximalGradientOptions{.first_step = 0.0}),
                       "ProximalGradientOptions: first_step is 0, must be finite and > 0", std::domain_error);
}
