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
