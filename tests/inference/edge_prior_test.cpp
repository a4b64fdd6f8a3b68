// Edges that may not be there, or are likelier than others, in the estimators that read cells.
#include <cmath>
#include <stdexcept>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/burst_rate/parametric_rate.hpp>
#include <cardamom/inference/infer.hpp>
#include <cardamom/inference/propagated_proteins.hpp>
#include <cardamom/model/named_networks.hpp>
#include <cardamom/simulation/population.hpp>

using namespace cardamom;

namespace {

const Counts& cells() {
  static const Counts counts = simulate(fn4(), Protocol{.cells_per_time_point = 40}, {.seed = 4}).counts;
  return counts;
}

/// Without gene 1, whose edges every method finds.
const EdgePrior& without_gene_1() {
  static const EdgePrior prior = only_from({2, 3, 4}, 5);
  return prior;
}

template <class Estimator>
void check_regulators(const Estimator& estimator) {
  const auto free = infer(cells(), {}, estimator);
  CHECK(free.scores.col(1).maxCoeff() > 0.5);
  const auto all = infer(cells(), {.edge_prior = only_from({1, 2, 3, 4}, 5)}, estimator);
  CHECK(all.scores == free.scores);
  CHECK(all.weights == free.weights);
  CHECK(all.basal() == free.basal());
  const auto listed = infer(cells(), {.edge_prior = without_gene_1()}, estimator);
  CHECK(listed.scores.col(1).isZero(0.0));
  CHECK(listed.weights.col(1).isZero(0.0));
  CHECK(Matrix(listed.model.rate.interactions()).col(1).isZero(0.0));
  for (const NetworkStep& step : listed.steps) CHECK(Matrix(step.interactions).col(1).isZero(0.0));
  CHECK(listed.scores.allFinite());
  CHECK(listed.diagnostics.regression.converged());
  CHECK(listed.scores.col(0).maxCoeff() > 0.5);
  // What the forbidden regulator explained, others do as well as they can.
  CHECK((listed.scores.rightCols(3) - free.scores.rightCols(3)).cwiseAbs().maxCoeff() > 0.1);
  // Neither do edges of an input.
  EdgePrior no_input{Matrix::Ones(5, 5)};
  no_input.odds.col(0).setZero();
  CHECK(infer(cells(), {.edge_prior = no_input}, estimator).weights.col(0).isZero(0.0));
}

/// Believes that gene 1 acts on gene 2 without looking.
struct Believer {
  template <class Problem>
  auto estimate(const Problem& problem) const {
    auto result = Successive{}.estimate(problem);
    result.scores(2, 1) = 7.0;
    return result;
  }
};

}  // namespace

TEST_CASE("a regulator that is forbidden is not found, and a list of all genes changes nothing") {
  SUBCASE("successive") { check_regulators(Successive{}); }
  SUBCASE("averaged") { check_regulators(AveragedSuccessive{}); }
  SUBCASE("propagated") { check_regulators(PropagatedProteins{}); }
}

TEST_CASE("the likelier an edge is beforehand, the stronger it is found") {
  const auto strength = [](const auto& estimator, double odds) {
    EdgePrior prior{Matrix::Ones(5, 5)};
    prior.odds.row(1).setConstant(odds);
    return infer(cells(), {.edge_prior = prior}, estimator).scores.row(1).sum();
  };
  CHECK(strength(Successive{}, 0.01) < 0.9 * strength(Successive{}, 1.0));
  CHECK(strength(Successive{}, 100.0) > 1.1 * strength(Successive{}, 1.0));
  CHECK(strength(PropagatedProteins{}, 0.01) < 0.9 * strength(PropagatedProteins{}, 1.0));
  CHECK(strength(PropagatedProteins{}, 100.0) > 1.1 * strength(PropagatedProteins{}, 1.0));
}

TEST_CASE("propagation asks its own options for the prior, and ignores first scores of what is forbidden") {
  const Inference first = infer(cells(), {}, Binarize({.modes = BinarizeModes::pooled}));
  PropagationOptions options;
  options.edge_prior = without_gene_1();
  const Propagation result = propagate(cells(), first.clustering, first.scores, options);
  CHECK(result.scores.col(1).isZero(0.0));
  Matrix without = first.scores;
  without.col(1).setZero();
  CHECK(propagate(cells(), first.clustering, without, options).scores == result.scores);
  CHECK_THROWS_WITH_AS(static_cast<void>(infer(cells(), {}, PropagatedProteins(options))),
                       "infer: PropagationOptions::edge_prior must be empty, the prior is InferenceOptions::edge_prior "
                       "of the call",
                       std::invalid_argument);
  options.edge_prior.odds.resize(3, 3);
  CHECK_THROWS_AS(static_cast<void>(propagate(cells(), first.clustering, first.scores, options)),
                  std::invalid_argument);
}

TEST_CASE("infer says what is wrong with a prior") {
  InferenceOptions options{.edge_prior = {Matrix::Ones(3, 3)}};
  CHECK_THROWS_WITH_AS(static_cast<void>(infer(cells(), options)),
                       "infer: options.edge_prior.odds is 3 x 3, must be 5 x 5", std::invalid_argument);
  options.edge_prior.odds = Matrix::Constant(5, 5, -2.0);
  CHECK_THROWS_WITH_AS(static_cast<void>(infer(cells(), options)),
                       "infer: options.edge_prior.odds(1, 0) is -2, must be finite and >= 0 (0 forbids the edge)",
                       std::domain_error);
  options.edge_prior = without_gene_1();
  options.prior = Coefficients::zero(5);
  options.prior.interactions(3, 1) = 0.5;
  CHECK_THROWS_WITH_AS(static_cast<void>(infer(cells(), options)),
                       "infer: options.prior.interactions(3, 1) is 0.5, must be 0, because options.edge_prior forbids "
                       "the edge",
                       std::invalid_argument);
  options.prior = {};
  CHECK_NOTHROW(static_cast<void>(infer(cells(), {}, Believer{})));
  CHECK_THROWS_WITH_AS(static_cast<void>(infer(cells(), options, Believer{})),
                       "infer: the estimator's scores(2, 1) is 7, must be 0, because options.edge_prior forbids the "
                       "edge",
                       std::invalid_argument);
}

TEST_CASE("a rate without coefficients of edges is told so") {
  const auto kon = [](Index, const VectorIn& protein, const VectorIn& x) {
    return 1.0 / (1.0 + std::exp(-x[0] - x[1] * protein[1]));
  };
  std::vector<Vector> parameters(5, Vector::Zero(2));
  parameters[0] = Vector();
  const ParametricRate rate{kon, Vector::Ones(5), parameters};
  const auto with = [&](const EdgePrior& prior) { return infer(cells(), {.edge_prior = prior}, rate, Successive{}); };
  CHECK_NOTHROW(static_cast<void>(with({})));
  CHECK_NOTHROW(static_cast<void>(with({Matrix::Ones(5, 5)})));
  CHECK_THROWS_WITH_AS(static_cast<void>(with(without_gene_1())),
                       "infer: options.edge_prior is about coefficients of edges, which only a LinearRate<Link> has; "
                       "what another burst rate depends on is up to the rate",
                       std::invalid_argument);
}
