// Edges that may not be there, or are likelier than others, in the estimators that simulate cells.
#include <algorithm>
#include <stdexcept>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/clustering/binarize.hpp>
#include <cardamom/clustering/cluster.hpp>
#include <cardamom/inference/infer.hpp>
#include <cardamom/inference/moments/fit.hpp>
#include <cardamom/inference/select_and_fit.hpp>
#include <cardamom/inference/simulated_distance.hpp>
#include <cardamom/inference/simulated_moments.hpp>
#include <cardamom/inference/successive.hpp>
#include <cardamom/model/named_networks.hpp>
#include <cardamom/simulation/population.hpp>

using namespace cardamom;

namespace {

const Counts& cells() {
  static const Counts counts = simulate(fn4(), Protocol{.cells_per_time_point = 40}, {.seed = 4}).counts;
  return counts;
}

DecayRates rates() { return {fn4().kinetics.mrna_decay, fn4().kinetics.protein_decay}; }

// Steps enough to find an edge, not to fit.
MomentsOptions glimpse() { return {.cells = 100, .final_steps = 6, .averaged_steps = 2, .multistart_steps = 2}; }

// Without gene 1, which acts on others.
EdgePrior without_gene_1() { return only_from({2, 3, 4}, 5); }

template <class Estimator>
void check_regulators(const Estimator& estimator) {
  const auto free = infer(cells(), {.rates = rates()}, estimator);
  CHECK(free.scores.col(1).maxCoeff() > 0.0);
  const auto all = infer(cells(), {.rates = rates(), .edge_prior = only_from({1, 2, 3, 4}, 5)}, estimator);
  CHECK(all.scores == free.scores);
  CHECK(all.weights == free.weights);
  CHECK(all.probabilities == free.probabilities);
  CHECK(all.fit.objective == free.fit.objective);
  const auto listed = infer(cells(), {.rates = rates(), .edge_prior = without_gene_1()}, estimator);
  CHECK(listed.scores.col(1).isZero(0.0));
  CHECK(listed.weights.col(1).isZero(0.0));
  CHECK(Matrix(listed.model.rate.interactions()).col(1).isZero(0.0));
  if (listed.probabilities.size() > 0) {
    CHECK(free.probabilities.col(1).maxCoeff() > 0.0);
    CHECK(listed.probabilities.col(1).isZero(0.0));
    CHECK(listed.probabilities.maxCoeff() > 0.5);
  }
  CHECK(listed.scores.allFinite());
  CHECK(listed.scores.maxCoeff() > 0.0);
}

}  // namespace

TEST_CASE("a regulator that is forbidden is not found by simulation, and a list of all genes changes nothing") {
  const SimulatedMoments select(glimpse(), Successive{});
  const SimulatedDistance<> fit({.first_state = BurnIn{}, .cells = 40}, {}, Adam({.iterations = 15}));
  SUBCASE("simulated moments, all genes at once") { check_regulators(select); }
  SUBCASE("simulated moments, gene by gene") {
    MomentsOptions rows = glimpse();
    rows.joint_genes = 1;
    check_regulators(SimulatedMoments(rows, Successive{}));
  }
  SUBCASE("simulated distance") { check_regulators(fit); }
  SUBCASE("one to select, one to fit") { check_regulators(SelectAndFit(select, fit)); }
}

TEST_CASE("the prior of inclusion has the odds given, and its L1 weights are in inverse proportion") {
  const Clustering modes = cluster(cells(), {}, Binarize({.modes = BinarizeModes::pooled}));
  const Vector in_highest = cells_in_top_mode(modes);
  const std::vector<Index> active{1, 2, 4};  // gene 3 takes no part
  const ExtremeModes extremes = extreme_modes(modes, 1, in_highest, active);
  const Observation observation{PoissonCapture{}};
  const auto first = linear_start(Coefficients::zero(5), extremes, active, 1, rates(), 12.0, observation, Logistic{});
  const MomentTargets targets =
      moment_targets(cells(), modes, active, first.kinetics, std::vector<Index>(3, first.row_size()), 16, observation);
  Matrix scores = Matrix::Zero(5, 5);
  scores(1, 2) = 1.0;
  const auto penalty = [&](const EdgePrior& prior) {
    MomentsOptions options;
    options.edge_prior = prior;
    return detail::linear_penalty(targets, first, scores, options);
  };
  EdgePrior prior{Matrix::Ones(5, 5)};
  prior.odds(1, 2) = 4.0;
  prior.odds(2, 2) = 0.5;
  prior.odds(3, 1) = 0.0;  // of a gene that takes no part
  const MomentsPenalty before = penalty({});
  const MomentsPenalty after = penalty(prior);
  CHECK(penalty({Matrix::Ones(5, 5)}).strength == before.strength);
  CHECK(penalty({Matrix::Ones(5, 5)}).prior_inclusion == before.prior_inclusion);
  const Index row = first.row_size();
  for (Index p = 0; p < after.strength.size(); ++p) {
    CAPTURE(p);
    const auto odds = [p](const MomentsPenalty& of) { return of.prior_inclusion[p] / (1.0 - of.prior_inclusion[p]); };
    const double factor = p == 0 * row + 2 ? 4.0 : p == 1 * row + 2 ? 0.5 : 1.0;
    if (factor == 1.0) {
      CHECK(after.strength[p] == before.strength[p]);
      CHECK(after.prior_inclusion[p] == before.prior_inclusion[p]);
      continue;
    }
    CHECK(odds(after) == doctest::Approx(factor * odds(before)).epsilon(1e-12));
    CHECK(after.strength[p] * after.prior_inclusion[p] ==
          doctest::Approx(before.strength[p] * before.prior_inclusion[p]).epsilon(1e-12));
  }
  // What is forbidden is held, and nothing else changes.
  const MomentsPenalty listed = penalty(only_from({1, 4}, 5));
  for (Index a = 0; a < 3; ++a) {
    CHECK(listed.step_scale[a * row + 2] == 0.0);
    CHECK(listed.prior_inclusion[a * row + 2] == 0.0);
    for (const Index j : {0, 1, 3}) {
      CHECK(listed.step_scale[a * row + j] == 1.0);
      if (a > 0) CHECK(listed.prior_inclusion[a * row + j] == before.prior_inclusion[a * row + j]);
    }
  }
  CHECK(listed.strength.allFinite());
}

TEST_CASE("a fit by moments ignores what a start says of forbidden edges") {
  const Inference start = infer(cells(), {}, Successive{});
  MomentsOptions options = glimpse();
  options.edge_prior = without_gene_1();
  const auto fitted = [&](const Matrix& interactions, const Matrix& scores) {
    return fit_moments(cells(), start.clustering, {start.basal(), interactions}, scores, rates(), options);
  };
  const MomentsFit<> told = fitted(start.weights, start.scores);
  CHECK(start.weights.col(1).cwiseAbs().maxCoeff() > 0.0);
  CHECK(told.scores.col(1).isZero(0.0));
  CHECK(told.network.interactions.col(1).isZero(0.0));
  const MomentsFit<> untold =
      fitted(options.edge_prior.allowed(start.weights), options.edge_prior.allowed(start.scores));
  CHECK(untold.scores == told.scores);
  CHECK_THROWS_AS(static_cast<void>(infer(cells(), {.rates = rates()}, SimulatedMoments(options, Successive{}))),
                  std::invalid_argument);
  options.edge_prior.odds.resize(2, 2);
  CHECK_THROWS_WITH_AS(static_cast<void>(fitted(start.weights, start.scores)),
                       "fit_moments: options.edge_prior.odds is 2 x 2, must be 5 x 5", std::invalid_argument);
}

TEST_CASE("likelier edges are more probable, and stronger where a penalty decides") {
  const auto with = [](const auto& estimator, double odds) {
    EdgePrior prior{Matrix::Ones(5, 5)};
    prior.odds.setConstant(odds);
    return infer(cells(), {.rates = rates(), .edge_prior = prior}, estimator);
  };
  const SimulatedMoments moments(glimpse(), Successive{});
  CHECK(with(moments, 0.1).probabilities.sum() < with(moments, 1.0).probabilities.sum());
  CHECK(with(moments, 10.0).probabilities.sum() > with(moments, 1.0).probabilities.sum());
  const SimulatedDistance<> distance({.first_state = BurnIn{}, .cells = 60, .sparsity = 1.0}, {},
                                     Adam({.iterations = 60}));
  CHECK(with(distance, 0.1).scores.sum() < 0.95 * with(distance, 10.0).scores.sum());
}
