// From counts to a burst rate of the user's own, and back to cells.
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/burst_rate/function_rate.hpp>
#include <cardamom/burst_rate/perceptron.hpp>
#include <cardamom/inference/infer.hpp>
#include <cardamom/inference/switch_effects.hpp>
#include <cardamom/model/named_networks.hpp>
#include <cardamom/simulation/population.hpp>

using namespace cardamom;

namespace {

// Two hidden units per gene that see no protein yet.
Perceptron blank(const Kinetics& kinetics) {
  std::vector<PerceptronGene> nets(static_cast<std::size_t>(kinetics.nodes()));
  for (auto& net : nets) net = {Matrix::Zero(2, kinetics.nodes()), Vector{{0.5, -0.5}}, Vector{{2.0, -2.0}}, -3.0};
  return {kinetics.frequency_min, kinetics.frequency_max, nets};
}

}  // namespace

TEST_CASE("switching a regulator of a linear rate moves it by its weight") {
  const auto kon = [](Index, const VectorIn& p) { return 0.5 + 0.25 * p[0] - 0.125 * p[2]; };
  const FunctionRate rate{3, kon};
  const Matrix effects =
      switch_effects(rate, Matrix{{0.0, 0.3, 0.9}, {1.0, 0.1, 0.2}}, Vector{{1.0, 2.0}}, Vector{{0.0, 1.0, 0.5}});
  CHECK((effects - Matrix{{0, 0, 0}, {0.25, 0, -0.125}, {0.5, 0, -0.25}}).cwiseAbs().maxCoeff() < 1e-15);
}

TEST_CASE("a perceptron learned from counts finds signed edges of FN4 and can be simulated") {
  const NamedExperiment named = named_experiment("fn4");
  const Model& model = named.model;
  Protocol protocol;
  protocol.time_points = {named.time_points.begin(), named.time_points.end()};
  const Counts counts = simulate(model, protocol, {.seed = 1}).counts;
  const DecayRates rates{model.kinetics.mrna_decay, model.kinetics.protein_decay};
  SuccessiveOptions options;
  options.penalty.strength = 0.001;
  const auto result = infer(counts, {.rates = rates}, Successive{options}, blank(model.kinetics),
                            ProximalGradient({.tolerance = 1e-6}));
  CHECK(result.diagnostics.regression.converged());
  CHECK(result.steps.empty());
  CHECK(result.scores == result.weights.cwiseAbs());
  const Matrix& effects = result.weights;
  CHECK(effects(1, 0) > 0.5);  // the stimulus activates gene 1 and nothing else as much
  CHECK(effects.col(0).tail(3).maxCoeff() < 0.3);
  CHECK(effects(1, 4) < -0.01);  // gene 4 represses gene 1
  CHECK(effects(4, 3) > 0.3);    // gene 3 activates gene 4
  CHECK(effects.diagonal().cwiseAbs().maxCoeff() == 0.0);

  const Population again = simulate(result.model, protocol, {.seed = 2});
  const Index cells = protocol.cells_per_time_point;
  CHECK(again.counts.values().col(1).tail(cells).mean() > 2.0 * again.counts.values().col(1).head(cells).mean());
}

TEST_CASE("a gene without information keeps its parameters") {
  const Kinetics kinetics = paper_kinetics(3);
  Matrix table(60, 3);
  Vector times(60);
  for (Index c = 0; c < 60; ++c) {
    times[c] = c < 30 ? 0.0 : 10.0;
    table.row(c) << (c < 30 ? 0.0 : 1.0), (c < 30 ? 0.0 : 20.0 + static_cast<double>(c % 7)), 0.0;
  }
  const Counts counts(table, times);
  const Perceptron start = blank(kinetics);
  const DecayRates rates{kinetics.mrna_decay, kinetics.protein_decay};
  const auto result = infer(counts, {.rates = rates}, Successive{}, start);
  CHECK(result.model.rate.parameters(2) == start.parameters(2));
  CHECK(result.model.rate.parameters(1) != start.parameters(1));
  CHECK(result.weights(1, 0) > 0.5);
  CHECK_THROWS_WITH_AS(static_cast<void>(infer(Counts(Matrix::Ones(3, 2), Vector::Ones(3)), {}, Successive{}, start)),
                       "infer: rate.nodes() has size 3, must be 2", std::invalid_argument);
}
