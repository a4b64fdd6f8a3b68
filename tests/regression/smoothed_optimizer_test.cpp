// An ordinary minimiser in place of the proximal ones; LBFGS++ where it is installed.
#include <cmath>
#include <limits>
#include <stdexcept>

#include <doctest/doctest.h>

#include <cardamom/regression/regress.hpp>
#include <cardamom/regression/smoothed_optimizer.hpp>
#include <support/lbfgs.hpp>

#include "synthetic.hpp"

using namespace cardamom;

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

TEST_CASE("of the points a minimiser tries the best counts, wherever it stops") {
  const auto gives_up = [](const SmoothFunction& f, Vector& x) {
    Vector gradient(x.size());
    x = Vector::Constant(1, 1.5);
    f(x, gradient);
    x = Vector::Constant(1, 40.0);
    f(x, gradient);
    return Convergence{ConvergenceStatus::stalled, 2, 0.0};
  };
  const Quadratic objective{Vector::Constant(1, 2.0)};
  const RowPenalty penalty{Vector::Zero(1), Vector::Constant(1, 0.5), Vector::Zero(1)};
  Vector x = Vector::Zero(1);
  const Convergence ended = SmoothedOptimizer(gives_up).minimize(objective, penalty, x);
  CHECK(x[0] == 1.5);
  CHECK(ended.status == ConvergenceStatus::stalled);
}

TEST_CASE("LBFGS++ is an optimizer of the regression") {
#if SUPPORT_HAS_LBFGS
  const auto lbfgs = support::lbfgs();
  RandomStream random(41, Purpose::user);
  for (int trial = 0; trial < 10; ++trial) {
    const Samples samples = regression_test::binary_samples(6, 60, random);
    RegressionOptions options;
    options.penalty.competition = 0.0;
    const Regression expected = regress(samples, options);
    const Regression result = regress(samples, options, lbfgs);
    CHECK(result.objective >= expected.objective - 1e-12);
    CHECK(result.objective == doctest::Approx(expected.objective).epsilon(1e-4));
    const auto absent = [](const Regression& r) { return (r.coefficients.interactions.array() == 0.0).count(); };
    CHECK(absent(result) > 6);  // more than the row of the input
    CHECK(absent(result) <= absent(expected));
  }
#else
  MESSAGE("skipped: LBFGS++ is not installed");
#endif
}
