#include <cmath>
#include <limits>

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

TEST_CASE("a product kept from an earlier fit bounds a new one, and changes no fit") {
  RandomStream random(6, Purpose::user);
  Samples samples = regression_test::binary_samples(30, 50, random);
  samples.proteins.col(4) *= -3.0;
  const Vector weights = detail::normalised_weights(samples);
  const RowObjective<LeastSquares> plain({}, samples.proteins, samples.targets.col(2), weights, 0.1);
  KnownProduct known;
  const RowObjective<LeastSquares> again({}, samples.proteins, samples.targets.col(2), weights, 0.1, 3.0, known);

  Vector v(50);
  for (Index s = 0; s < 50; ++s) v[s] = random.normal();
  Vector first(31);
  CHECK(again.nearly_all_columns(v, 1.0, first) == 0.0);
  Vector exact(31);
  Vector near(31);
  double tightest = 1e300;
  for (int trial = 0; trial < 20; ++trial) {
    Vector moved = v;
    moved[trial] += 0.01;
    plain.all_columns(moved, exact);
    const double error = again.nearly_all_columns(moved, 0.1, near);
    CHECK(error == doctest::Approx(0.03));
    CHECK((exact - near).cwiseAbs().maxCoeff() <= error + 1e-12);
    tightest = std::min(tightest, error - (exact - near).cwiseAbs().maxCoeff());
  }
  CHECK(tightest < 1e-12);  // the column of reach 3 attains the bound
  plain.all_columns(2.0 * v, exact);
  CHECK(again.nearly_all_columns(2.0 * v, 0.1, near) == 0.0);
  CHECK((exact - near).cwiseAbs().maxCoeff() < 1e-12);

  known = {};
  RowPenalty penalty;
  penalty.anchor = Vector::Zero(31);
  penalty.change = Vector::Constant(31, 0.01);
  penalty.magnitude = Vector::Zero(31);
  Vector x = Vector::Zero(31);
  int spared = 0;
  for (int fit = 0; fit < 10; ++fit) {
    for (Index j = 0; j < 31; ++j) penalty.magnitude[j] = (fit < 5 ? 0.02 : 1e-5) * random.uniform();
    Vector alone = x;
    CHECK(ProximalNewton{}.minimize(plain, penalty, alone).converged());
    const Vector before = known.v;
    CHECK(ProximalNewton{}.minimize(again, penalty, x).converged());
    spared += before.size() > 0 && before == known.v ? 1 : 0;
    CHECK(x == alone);
    CHECK(optimality_residual(plain, penalty, x) < 1e-9);
  }
  CHECK(spared > 0);
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

namespace {

/// ½ |x − c|²: with an L1 penalty its minimum is known.
struct Quadratic {
  Vector centre;
  Index size() const { return centre.size(); }
  double operator()(const VectorIn& x, VectorOut gradient) const {
    gradient = x - centre;
    return 0.5 * gradient.squaredNorm();
  }
};

}  // namespace

TEST_CASE("an ordinary minimiser of smooth functions can be dropped in") {
  // Gradient descent with backtracking: any minimiser will do.
  const auto descend = [](const SmoothFunction& f, Vector& x) {
    Vector gradient(x.size());
    Vector unused(x.size());
    double value = f(x, gradient);
    double step = 1.0;
    for (Index k = 0; k < 5000; ++k) {
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
    return Convergence{ConvergenceStatus::converged, 5000, gradient.norm()};
  };
  const Quadratic objective{Eigen::Vector3d(2.0, 0.3, -1.0)};
  RowPenalty penalty{Vector::Zero(3), Vector::Constant(3, 0.5), Vector::Zero(3)};
  penalty.change[2] = std::numeric_limits<double>::infinity();
  penalty.anchor[2] = 0.25;
  Vector x = Vector::Zero(3);
  const Convergence ended = SmoothedOptimizer(descend, 1e-3).minimize(objective, penalty, x);
  CHECK(x[0] == doctest::Approx(1.5).epsilon(1e-3));
  CHECK(x[1] == 0.0);
  CHECK(x[2] == 0.25);
  CHECK(ended.residual < 1e-2);
  CHECK_THROWS_WITH_AS(SmoothedOptimizer(descend, 0.0), "SmoothedOptimizer: width is 0, must be finite and > 0",
                       std::domain_error);
}
