#include <doctest/doctest.h>

#include <cardamom/clustering.hpp>
#include <cardamom/inference.hpp>
#include <cardamom/model.hpp>
#include <cardamom/simulation/experiment.hpp>

using namespace cardamom;

TEST_CASE("one call gives each method and refuses to refine without rates") {
  const Model truth = fn4();
  const Counts counts = simulate(truth, Experiment{.cells_per_time_point = 30}, 4).counts;
  MethodOptions options;
  CHECK(infer_by(counts, options).scores == infer(counts).scores);
  options.method = Method::propagated;
  const Inference assumed = infer_by(counts, options);
  options.rates = {truth.kinetics.mrna_decay, truth.kinetics.protein_decay};
  CHECK(infer_by(counts, options).scores != assumed.scores);
  options.method = Method::refined;
  options.refinement.cells = 100;
  options.refinement.steps_per_time_point = 1;
  options.refinement.final_steps = 2;
  options.refinement.rival_steps = 1;
  options.refinement.averaged = 1;
  CHECK(infer_by(counts, options, Threads(2)).scores == infer_by(counts, options).scores);
  options.rates = {};
  CHECK_THROWS_WITH_AS(
      infer_by(counts, options),
      "infer_by: rates are missing; the method refined requires degradation rates of mRNA and protein, "
      "because simulated dynamics are compared with the data",
      std::invalid_argument);
}

TEST_CASE("propagated proteins are a policy of infer") {
  const Model truth = fn4();
  const Counts counts = simulate(truth, Experiment{.cells_per_time_point = 30}, 5).counts;
  const PropagatedProteins proteins{{.protein_decay = truth.kinetics.protein_decay}};
  const Inference by_policy = infer(counts, {}, proteins, Threads(2));
  const Inference by_hand =
      propagate(counts, cluster(counts, NegativeBinomial{}, Binarize({.modes = BinarizeModes::pooled})),
                infer(counts).scores, proteins.options);
  CHECK(by_policy.scores == by_hand.scores);
  CHECK(by_policy.diagnostics.stimulus_varies);
  // A clusterer without pooled modes is used as it is.
  const Inference fixed = infer(counts, {}, proteins, FixedModes({.modes = 2}));
  CHECK(
      fixed.scores ==
      propagate(counts, fixed.clustering, infer(counts, {}, FixedModes({.modes = 2})).scores, proteins.options).scores);
  CHECK_THROWS_AS(infer(counts, {}, PropagatedProteins{{.strength = -1.0}}), std::domain_error);
  CHECK(infer(counts, {}, AttractorProteins{}).scores == infer(counts).scores);
}

TEST_CASE("stability is a frequency that depends on the seed alone") {
  const Counts counts = simulate(fn4(), Experiment{.cells_per_time_point = 30}, 6).counts;
  const auto scores = [](const Counts& sample) { return infer(sample, {.both_modes = false}).scores; };
  StabilityOptions options;
  options.resamples = 8;
  const Matrix alone = stability(counts, scores, options);
  CHECK(alone.minCoeff() >= 0.0);
  CHECK(alone.maxCoeff() <= 1.0);
  CHECK(alone.maxCoeff() > 0.5);
  CHECK(alone.diagonal().isZero(0.0));
  // At most `top` edges count per resample.
  CHECK(alone.sum() <= 4.0 + 1e-12);
  CHECK(stability(counts, scores, options, Threads(3)) == alone);
  options.seed = 9;
  CHECK(stability(counts, scores, options) != alone);
  options.resamples = 0;
  CHECK_THROWS_WITH_AS(stability(counts, scores, options), "StabilityOptions: resamples is 0, must be at least 1",
                       std::invalid_argument);
}
