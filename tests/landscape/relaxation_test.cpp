#include <cmath>
#include <stdexcept>

#include <doctest/doctest.h>

#include <cardamom/burst_rate/function_rate.hpp>
#include <cardamom/landscape/relaxation.hpp>
#include <cardamom/model/named_networks.hpp>

using namespace cardamom;

TEST_CASE("relaxation follows the exact solution of one gene") {
  const Kinetics kinetics = paper_kinetics(2);
  const FunctionRate rate(2, [](Index, const VectorIn&) { return 1.0; });
  const RelaxationPath path = relax(BasicModel{kinetics, rate}, Vector{{0.0, 3.0}});
  CHECK(path.convergence.converged());
  for (Index k = 0; k < path.times.size(); ++k) {
    const double exact = 0.5 + 2.5 * std::exp(-0.2 * path.times[k]);
    CHECK(path.proteins(k, 1) == doctest::Approx(exact).epsilon(1e-6));
    CHECK(path.proteins(k, 0) == 1.0);
  }
}

TEST_CASE("relaxations reject wrong arguments") {
  const Model model = toggle_switch();
  CHECK_THROWS_WITH_AS(relax(model, Vector::Zero(2)), "relax: start has size 2, must be 3", std::invalid_argument);
  CHECK_THROWS_WITH_AS(validate(RelaxationOptions{.input_levels = Vector{{-1.0}}}),
                       "RelaxationOptions: input_levels[0] is -1, must be finite and >= 0", std::domain_error);
  CHECK_THROWS_WITH_AS(validate(RelaxationOptions{.accuracy = 0.1}),
                       "RelaxationOptions: accuracy is 0.1, must be in [0, 0.01]", std::domain_error);
  CHECK_THROWS_WITH_AS(validate(RelaxationOptions{.accuracy = 1e-3, .rest = 1e-3}),
                       "RelaxationOptions: rest is 0.001, must be at least 100 accuracy and below 1",
                       std::domain_error);
  CHECK_THROWS_WITH_AS(validate(RelaxationOptions{.time_limit = 0}),
                       "RelaxationOptions: time_limit is 0, must be finite and > 0", std::domain_error);
  CHECK_THROWS_WITH_AS(validate(RelaxationOptions{.step_limit = 0}),
                       "RelaxationOptions: step_limit is 0, must be at least 1", std::invalid_argument);
}
