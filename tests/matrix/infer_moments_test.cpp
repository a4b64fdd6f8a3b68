#include <matrix/infer_cells.hpp>

#include <cardamom/inference/simulated_moments.hpp>

using namespace matrix;

namespace {

// As few simulations as the options allow: the cells of the matrix ask what has a say, not how good the result is.
MomentsOptions few() {
  MomentsOptions options;
  options.cells = 100;
  options.steps_per_time_point = 1;
  options.final_steps = 3;
  options.multistart_steps = 1;
  options.averaged_steps = 1;
  options.role_swaps = 0;
  return options;
}

}  // namespace

TEST_CASE("SimulatedMoments takes every policy") {
  const SimulatedMoments estimator(few());
  check_common_policies(estimator);
  const Inference usual = inferred(estimator);
  CHECK(usual.fit.known());
  CHECK(usual.probabilities.maxCoeff() > 0.0);
  CHECK(inferred(estimator, archetypes::ObservationLaw(0)).scores != usual.scores);
  CHECK(inferred(SimulatedMoments(few(), Successive{})).scores != usual.scores);
  const Inference learned = inferred(estimator, archetypes::LearnableRate(5));
  CHECK(learned.fit.known());
  CHECK(learned.model.rate.parameters(1) != archetypes::LearnableRate(5).parameters(1));
}
