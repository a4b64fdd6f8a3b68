#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include <cardamom/core/convergence.hpp>

using namespace cardamom;

TEST_CASE("a summary keeps the worst status the total of iterations and the largest residual") {
  const Convergence good{ConvergenceStatus::converged, 3, 1e-9};
  const Convergence bad{ConvergenceStatus::iteration_limit, 100, 0.5};
  const Convergence none{ConvergenceStatus::no_information, 0, 0.0};
  const Convergence both = combine(good, bad);
  CHECK(both.status == ConvergenceStatus::iteration_limit);
  CHECK(both.iterations == 103);
  CHECK(both.residual == 0.5);
  CHECK(combine(bad, good).status == both.status);
  CHECK(combine(none, good).converged());
  CHECK(combine(none, none).status == ConvergenceStatus::no_information);
  CHECK(to_string(bad.status) == "iteration limit");
}

TEST_CASE("a residual that is not a number survives a summary") {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(larger_or_nan(1.0, 2.0) == 2.0);
  CHECK(larger_or_nan(2.0, 1.0) == 2.0);
  CHECK(std::isnan(larger_or_nan(nan, 1.0)));
  CHECK(std::isnan(larger_or_nan(1.0, nan)));
  const Convergence good{ConvergenceStatus::converged, 1, 0.5};
  const Convergence bad{ConvergenceStatus::stalled, 1, nan};
  CHECK(std::isnan(combine(good, bad).residual));
  CHECK(std::isnan(combine(bad, good).residual));
}
