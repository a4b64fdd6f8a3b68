// Two inputs that step at different times, and none at all, from simulation through every estimator.
#include <array>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/inference/infer.hpp>
#include <cardamom/inference/propagated_proteins.hpp>
#include <cardamom/inference/simulated_moments.hpp>
#include <cardamom/model/model.hpp>
#include <cardamom/simulation/population.hpp>

using namespace cardamom;

namespace {

// Inputs 0 and 1, genes 2 to 7: each input drives the first gene of a chain of three.
Model two_chains() {
  const Kinetics kinetics = Kinetics::uniform(8, 0.5, 0.1, 0.02, 0.0, 1.0, 2);
  const std::vector<Edge> edges{{0, 2, 10.0}, {2, 3, 10.0}, {3, 4, 10.0}, {1, 5, 10.0}, {5, 6, 10.0}, {6, 7, 10.0}};
  return make_model(kinetics, Network(Vector::Constant(8, -5.0), edges, {}, 2));
}

Counts two_chains_observed(std::uint64_t seed) {
  Protocol protocol;
  protocol.time_points = {0, 6, 12, 24, 36, 48, 60, 72, 84, 96};
  protocol.schedule = {{0.0, 1.0, 0}, {36.0, 1.0, 1}};
  return simulate(two_chains(), protocol, {.seed = seed}).counts;
}

}  // namespace

TEST_CASE("two inputs of different onset are told apart by every estimator") {
  const Model truth = two_chains();
  const Counts counts = two_chains_observed(5);
  REQUIRE(counts.inputs() == 2);
  REQUIRE(counts.genes() == 6);
  const DecayRates rates{truth.kinetics.mrna_decay, truth.kinetics.protein_decay};
  const auto check = [&](const auto& estimator) {
    const Inference result = infer(counts, {.rates = rates}, estimator);
    CHECK(result.inputs() == 2);
    CHECK(result.diagnostics.constant_inputs.empty());
    CHECK(result.scores.topRows(2).isZero(0.0));
    // The edge out of each input is the strongest of its column, activates, and beats that of the other input.
    for (const auto& [input, target, other] : {std::array<Index, 3>{0, 2, 1}, std::array<Index, 3>{1, 5, 0}}) {
      Index strongest = 0;
      result.scores.col(input).maxCoeff(&strongest);
      CHECK(strongest == target);
      CHECK(result.weights(target, input) > 0.0);
      CHECK(result.scores(target, input) > result.scores(target, other));
    }
    CHECK(result.model.inputs() == 2);
    CHECK(simulate(result.model, Protocol{.cells_per_time_point = 2}, {.seed = 1}).counts.inputs() == 2);
  };
  check(AveragedSuccessive{});
  check(PropagatedProteins{});
  check(SimulatedMoments{});
}

TEST_CASE("a network without inputs is simulated and inferred") {
  Kinetics kinetics = Kinetics::uniform(2, 1.0, 0.2, 0.02, 0.1, 2.0, 0);
  const std::vector<Edge> edges{{0, 0, 5.0}, {1, 0, -7.0}, {0, 1, -7.0}, {1, 1, 5.0}};
  const Model toggle = make_model(kinetics, Network(Vector::Zero(2), edges, {}, 0));
  Protocol protocol;
  protocol.time_points = {0, 20, 40};
  protocol.schedule.clear();
  const Counts counts = simulate(toggle, protocol, {.seed = 2}).counts;
  REQUIRE(counts.inputs() == 0);
  REQUIRE(counts.genes() == 2);
  CHECK(counts.values().minCoeff() >= 0.0);
  CHECK(counts.values().maxCoeff() > 0.0);
  const DecayRates rates{kinetics.mrna_decay, kinetics.protein_decay};
  const auto check = [&](const auto& estimator) {
    const Inference result = infer(counts, {.rates = rates}, estimator);
    CHECK(result.inputs() == 0);
    CHECK(result.genes() == 2);
    CHECK(result.scores.allFinite());
    CHECK(result.weights(1, 0) <= 0.0);
    CHECK(result.weights(0, 1) <= 0.0);
  };
  check(AveragedSuccessive{});
  check(PropagatedProteins{});
  check(SimulatedMoments{});
}
