// Fits through simulated cells.
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/core/convergence.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/inference/distance/fit.hpp>
#include <cardamom/inference/infer.hpp>
#include <cardamom/inference/select_and_fit.hpp>
#include <cardamom/inference/simulated_distance.hpp>
#include <cardamom/inference/successive.hpp>
#include <cardamom/inference/verdict.hpp>
#include <cardamom/model/named_networks.hpp>
#include <cardamom/simulation/population.hpp>

using namespace cardamom;

namespace {

const Model& cascade() {
  static const Model model = named_model("cascade:3", 1);
  return model;
}

const Counts& cascade_cells() {
  static const Counts counts =
      simulate(cascade(), {.time_points = {0, 6, 12, 24, 48, 72}, .cells_per_time_point = 150}, {.seed = 3}).counts;
  return counts;
}

DecayRates true_rates() { return {cascade().kinetics.mrna_decay, cascade().kinetics.protein_decay}; }

constexpr Index some = 150;  // iterations: enough for three genes

}  // namespace

TEST_CASE("cells of the fitted model come close to the data, from nothing") {
  const auto result = infer(cascade_cells(), {.seed = 1, .rates = true_rates()},
                            SimulatedDistance<>({.first_state = BurnIn{}}, {}, Adam({.iterations = some})));
  const Verdict verdict = judge(result, cascade_cells());
  // Far closer than if nothing changed, and within a few times of chance.
  CHECK(verdict.mean_distance() < 0.3 * verdict.mean_unchanged());
  CHECK(verdict.mean_distance() < 4.0 * verdict.mean_chance());
  CHECK(std::get<BurnIn>(result.experiment.first_state).hours == 5.0);
  CHECK(result.experiment.depth_deviation < 0.3);  // cells are alike
  CHECK(result.model.nodes() == 4);
}

TEST_CASE("the result, and what cells were at the first time point, do not depend on threads") {
  const SimulatedDistance<> estimator({.cells = 60}, {}, Adam({.iterations = 20}));
  const Threads threads(3);
  const auto one = infer(cascade_cells(), {.seed = 1, .rates = true_rates()}, estimator);
  const auto three = infer(cascade_cells(), {.seed = 1, .rates = true_rates()}, estimator, threads);
  CHECK(one.weights == three.weights);
  CHECK(one.experiment == three.experiment);
  CHECK(one.fit.distance == three.fit.distance);
}

TEST_CASE("a stimulus coded by any level is one") {
  Matrix values = cascade_cells().values();
  values.col(0) *= 40.0;
  const Counts scaled(values, cascade_cells().times());
  const SimulatedDistance<> estimator({.first_state = BurnIn{}, .cells = 60}, {}, Adam({.iterations = 10}));
  CHECK(infer(cascade_cells(), {.rates = true_rates()}, estimator).weights ==
        infer(scaled, {.rates = true_rates()}, estimator).weights);
}

TEST_CASE("rates that are not given are fitted, given ones can be held") {
  const SimulatedDistance<> free({.first_state = BurnIn{}, .cells = 60}, {}, Adam({.iterations = 20}));
  const auto unknown = infer(cascade_cells(), {}, free);
  CHECK((unknown.model.kinetics.mrna_decay.tail(3).array() > 0.0).all());
  const SimulatedDistance<> held({.first_state = BurnIn{}, .cells = 60, .fit_rates = false}, {},
                                 Adam({.iterations = 20}));
  const auto known = infer(cascade_cells(), {.rates = true_rates()}, held);
  CHECK(known.model.kinetics.mrna_decay.tail(3).isApprox(true_rates().mrna.tail(3), 1e-12));
}

namespace {

// Scores are 1 where all genes were said to have the same rates, else 0.
struct KnowsRates {
  double objective_if_shared, objective_else;

  template <class Problem>
  [[nodiscard]] Index plan(const Problem&) const {
    return 1;
  }
  template <class Problem>
  [[nodiscard]] Inference<typename Problem::Rate> estimate(const Problem& problem) const {
    auto result = Successive{}.estimate(problem);
    const Vector protein = problem.options.rates.protein.tail(3);
    const bool shared = protein.maxCoeff() == protein.minCoeff();
    result.scores = result.probabilities = Matrix::Constant(4, 4, shared ? 1.0 : 0.0);
    result.fit.objective = shared ? objective_if_shared : objective_else;
    return result;
  }
};

const SimulatedDistance<>& quick_fit() {
  static const SimulatedDistance<> fit({.first_state = BurnIn{}, .cells = 60}, {}, Adam({.iterations = 30}));
  return fit;
}

}  // namespace

TEST_CASE("SelectAndFit weighs selections with shared and with likely rates by how well they fit") {
  DecayRates rates = true_rates();
  rates.protein[2] *= 4.0;  // too far from the others' for a common factor to say the same
  const auto scores = [&](double shared, double likely) {
    return infer(cascade_cells(), {.seed = 1, .rates = rates}, SelectAndFit(KnowsRates{shared, likely}, quick_fit()));
  };
  CHECK(scores(0.3, 0.3).scores(1, 2) == doctest::Approx(1.0 / 3.0));
  CHECK(scores(0.3, 0.4).scores(1, 2) == doctest::Approx(1.0 / (1.0 + 2.0 * std::exp(-2.0))));
  CHECK(scores(0.4, 0.3).probabilities(1, 2) == doctest::Approx(1.0 / (1.0 + 2.0 * std::exp(2.0))));
  CHECK(scores(0.9, 0.3).fit.objective == 0.3);
  // Without rates the shared ones alone; where nothing fits, evidence counts less: at an objective of 1 half of it.
  const auto alone = infer(cascade_cells(), {.seed = 1}, SelectAndFit(KnowsRates{1.0, 0.1}, quick_fit()));
  CHECK(alone.scores(1, 2) == 1.0);
  CHECK(alone.probabilities(1, 2) < 1.0 - 1e-8);
  CHECK(alone.fit.objective == 1.0);
}

TEST_CASE("SelectAndFit asks for shared rates where given ones differ or do not fit") {
  DecayRates rates = true_rates();
  rates.protein[2] *= 1.5;
  const auto score = [&](double objective) {
    return infer(cascade_cells(), {.seed = 1, .rates = rates},
                 SelectAndFit(KnowsRates{objective, objective}, quick_fit()))
        .scores(1, 2);
  };
  CHECK(score(0.3) == 0.0);
  CHECK(score(0.6) == doctest::Approx(1.0 / 3.0));
  rates.protein[2] *= 4.0;
  CHECK(score(0.3) == doctest::Approx(1.0 / 3.0));
}

TEST_CASE("SelectAndFit fits from the network selected, or from nothing where that does not fit") {
  const InferenceOptions options{.seed = 1, .rates = true_rates()};
  const auto from_nothing = infer(cascade_cells(), options, quick_fit());
  const auto weights = [&](double objective) {
    return infer(cascade_cells(), options, SelectAndFit(KnowsRates{objective, objective}, quick_fit())).weights;
  };
  CHECK(weights(0.9) == from_nothing.weights);
  CHECK(weights(0.3) != from_nothing.weights);
}

TEST_CASE("SelectAndFit joins the edges of one with the model of the other") {
  const MomentsOptions quick{
      .cells = 200, .final_steps = 10, .averaged_steps = 4, .multistart_steps = 4, .role_swaps = 0};
  Index told = 0;
  Index total = 0;
  const auto both = infer(cascade_cells(), {.seed = 1, .rates = true_rates()},
                          SelectAndFit(SimulatedMoments(quick), quick_fit()), [&](Index done, Index all) {
                            told = done;
                            total = all;
                            return true;
                          });
  CHECK(both.fit.distance > 0.0);
  CHECK(both.fit.objective > 0.0);
  CHECK(both.probabilities.size() == 16);
  CHECK(both.weights == Matrix(both.model.rate.interactions()));
  CHECK(told == total);
}

TEST_CASE("genes share rates where they are said to") {
  DistanceOptions options{.first_state = BurnIn{}, .cells = 60, .shared_rates = true};
  DecayRates rates = true_rates();
  rates.protein.tail(3) = Vector{{0.02, 0.05, 0.3}};
  const auto fit =
      infer(cascade_cells(), {.seed = 1, .rates = rates}, SimulatedDistance<>(options, {}, Adam({.iterations = 30})));
  for (const Vector* decay : {&fit.model.kinetics.mrna_decay, &fit.model.kinetics.protein_decay}) {
    CHECK((decay->tail(3).array() == (*decay)[1]).all());
  }
  CHECK(fit.model.kinetics.protein_decay[1] != 0.05);  // from the median it moved
  options.fit_rates = false;
  const auto held =
      infer(cascade_cells(), {.seed = 1, .rates = rates}, SimulatedDistance<>(options, {}, Adam({.iterations = 3})));
  CHECK(held.model.kinetics.protein_decay[1] == doctest::Approx(0.05).epsilon(1e-12));
}

TEST_CASE("rates that genes share follow the data where all given ones are four times too slow") {
  DecayRates rates = true_rates();
  for (Vector* decay : {&rates.mrna, &rates.protein}) decay->tail(3) *= 0.25;
  const auto fitted = [&](double width) {
    const DistanceOptions options{
        .first_state = BurnIn{}, .cells = 60, .shared_rates = true, .rate_width = 0.1, .common_rate_width = width};
    return infer(cascade_cells(), {.seed = 1, .rates = rates},
                 SimulatedDistance<>(options, {}, Adam({.iterations = 120})))
        .model.kinetics.protein_decay[1];
  };
  const double truth = true_rates().protein[1];
  CHECK(fitted(DistanceOptions{}.common_rate_width) > 0.6 * truth);
  CHECK(fitted(0.0) < 0.4 * truth);  // where they are believed they stay
}

TEST_CASE("fitted rates stay within a factor of ten of those given") {
  DistanceOptions options{.first_state = BurnIn{}, .cells = 20, .rate_width = 100.0, .kinetic_step = 1.0};
  DecayRates rates = true_rates();
  rates.mrna.tail(3) *= 1e-3;
  const auto fit =
      infer(cascade_cells(), {.seed = 1, .rates = rates}, SimulatedDistance<>(options, {}, Adam({.iterations = 20})));
  const Vector factor = fit.model.kinetics.mrna_decay.tail(3).cwiseQuotient(rates.mrna.tail(3));
  CHECK(factor.maxCoeff() == doctest::Approx(10.0).epsilon(1e-12));  // it goes as far as it may
  CHECK(factor.minCoeff() >= 0.1 * (1.0 - 1e-12));
}

TEST_CASE(
    "leaps are as short as the proteins of the moment ask, whatever mRNA does, and rest is as far as the slowest "
    "protein") {
  const DistanceTargets targets{.times = {0.0, 10.0}, .levels = Matrix::Ones(2, 1), .counts = {}, .depths = {}};
  const PathwiseLayout layout = PathwiseLinearLaw<Logistic>(2, 1).layout();
  const auto protocol = [&](const Eigen::Vector2d& mrna, const Eigen::Vector2d& protein, const FirstState& first) {
    Vector x = Vector::Zero(layout.size());
    for (Index a = 0; a < 2; ++a) {
      x[layout.mrna_decay(a)] = std::log(mrna[a]);
      x[layout.protein_decay(a)] = std::log(protein[a]);
    }
    return distance_protocol(targets, layout, x, first, {});
  };
  const Eigen::Vector2d slow(0.1, 0.2);
  CHECK(protocol({0.5, 0.25}, slow, BurnIn{}).longest_step == doctest::Approx(1.5));  // 0.3 of 1/d1 of the fastest
  CHECK(protocol({0.5, 20.0}, slow, BurnIn{}).longest_step == doctest::Approx(1.5));
  CHECK(protocol({0.5, 0.25}, {0.1, 0.8}, BurnIn{}).longest_step == doctest::Approx(0.375));
  CHECK(protocol(slow, slow, BurnIn{7.0}).burn_in == 7.0);
  CHECK(protocol(slow, slow, AtRest{}).burn_in == doctest::Approx(30.0));
  CHECK(protocol(slow, {0.1, 1e-4}, AtRest{}).burn_in == hours_before(AtRest{}));
}

TEST_CASE("a descent has ended when it falls no further than its noise") {
  constexpr Index descents = 400;
  constexpr int length = 300;
  constexpr double noise = 0.05;  // of a value near 1: the mean of fifty has .007, a difference of two .01
  const auto still_falling = [&](double slope) {
    Index count = 0;
    for (Index k = 0; k < descents; ++k) {
      RandomStream random(1, Purpose::user, static_cast<std::uint64_t>(k));
      std::vector<double> values;
      for (int n = 0; n < length; ++n) values.push_back(1.0 - slope * n + noise * random.normal());
      const Convergence end = convergence_of_descent(values);
      CHECK(end.iterations == length);
      count += end.status == ConvergenceStatus::iteration_limit ? 1 : 0;
    }
    return count;
  };
  // Two standard errors on one side: 2.3 % of 400, 9 ± 3; 20 and more have a chance below 1e-3.
  CHECK(still_falling(0.0) < 20);
  // One twentieth within fifty iterations: five standard errors, missed with a chance of .0013.
  CHECK(still_falling(0.05 / 50) > 390);
  CHECK_FALSE(convergence_of_descent({}).converged());
  CHECK_FALSE(convergence_of_descent(std::vector<double>(300, std::nan(""))).converged());
  CHECK(convergence_of_descent(std::vector<double>(300, 2.0)).converged());
}

TEST_CASE("a fit says whether it had time enough") {
  const auto end = [](Index iterations) {
    return infer(cascade_cells(), {.seed = 1, .rates = true_rates()},
                 SimulatedDistance<>({.first_state = BurnIn{}, .cells = 60}, {}, Adam({.iterations = iterations})))
        .diagnostics.regression;
  };
  CHECK(end(3).status == ConvergenceStatus::iteration_limit);  // too few to tell
  CHECK(end(30).iterations == 30);
}

TEST_CASE("options out of range are named") {
  const auto refuses = [](const DistanceOptions& options, const std::string& word) {
    try {
      static_cast<void>(infer(cascade_cells(), {}, SimulatedDistance<>(options)));
    } catch (const std::exception& error) {
      return std::string(error.what()).find(word) != std::string::npos;
    }
    return false;
  };
  CHECK(refuses({.first_state = BurnIn{-1.0}}, "hours"));
  CHECK(refuses({.cells = 1}, "cells"));
  CHECK(refuses({.rate_width = 0.0}, ": rate_width"));
  CHECK(refuses({.common_rate_width = -1.0}, ": common_rate_width"));
  CHECK(refuses({.limit = 0.0}, "limit"));
}
