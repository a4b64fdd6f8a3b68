// Networks from cells of several conditions.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/clustering/binarize.hpp>
#include <cardamom/clustering/cluster.hpp>
#include <cardamom/inference/ancestry/propagate.hpp>
#include <cardamom/inference/ancestry/snapshots.hpp>
#include <cardamom/inference/consensus.hpp>
#include <cardamom/inference/distance/fit.hpp>
#include <cardamom/inference/distance/targets.hpp>
#include <cardamom/inference/infer.hpp>
#include <cardamom/inference/moments/conditions.hpp>
#include <cardamom/inference/propagated_proteins.hpp>
#include <cardamom/inference/robust_consensus.hpp>
#include <cardamom/inference/select_and_fit.hpp>
#include <cardamom/inference/simulated_distance.hpp>
#include <cardamom/inference/simulated_moments.hpp>
#include <cardamom/inference/successive.hpp>
#include <cardamom/inference/verdict.hpp>
#include <cardamom/model.hpp>
#include <cardamom/numerics/adam.hpp>
#include <cardamom/regression/regress.hpp>
#include <cardamom/simulation/conditions.hpp>
#include <cardamom/simulation/first_state.hpp>
#include <support/large_sample.hpp>

#include "support/throws.hpp"
#include "support/two_genes.hpp"

using namespace cardamom;
using support::check_throws;
using support::two_genes;

namespace {

const std::vector<Condition> screen = {
    {"control"}, {"no 1", {knock_out(1)}}, {"less 2", {knock_down(2, 0.3)}}, {"more 3", {over_express(3, 0.2)}}};

Protocol short_protocol(Index cells) { return {.time_points = {0, 8, 24, 48}, .cells_per_time_point = cells}; }

DecayRates rates_of(const Model& model) { return {model.kinetics.mrna_decay, model.kinetics.protein_decay}; }

// Steps enough to run, not to fit.
MomentsOptions glimpse() {
  return {.cells = 100, .final_steps = 6, .averaged_steps = 2, .multistart_steps = 2, .role_swaps = 1};
}

SimulatedDistance<> short_descent() {
  return SimulatedDistance<>({.first_state = BurnIn{}, .cells = 60}, {}, Adam({.iterations = 20}));
}

// Knows nothing of conditions.
struct Foreign {
  template <class Problem>
  [[nodiscard]] Inference<typename Problem::Rate> estimate(const Problem& problem) const {
    return Successive{}.estimate(problem);
  }
};

// The conditions in another order, their cells where they were.
Counts reordered(const Counts& counts) {
  const auto size = static_cast<Index>(counts.conditions().size());
  std::vector<Condition> conditions(counts.conditions().rbegin(), counts.conditions().rend());
  std::vector<Index> of_cell;
  for (const Index c : counts.condition_of_cell()) of_cell.push_back(size - 1 - c);
  return Counts(counts.values(), counts.times()).with_conditions(std::move(conditions), std::move(of_cell));
}

// Every other cell of each condition in a condition of its own, to which the same was done.
Counts split(const Counts& counts) {
  std::vector<Condition> conditions = counts.conditions();
  const auto size = static_cast<Index>(conditions.size());
  for (Index c = 0; c < size; ++c) {
    conditions.push_back(conditions[static_cast<std::size_t>(c)]);
    conditions.back().name += ", again";
  }
  std::vector<Index> of_cell;
  for (const Index c : counts.condition_of_cell()) {
    of_cell.push_back(of_cell.size() % 2 == 0 ? c : size + c);
  }
  return Counts(counts.values(), counts.times()).with_conditions(std::move(conditions), std::move(of_cell));
}

// Without what was done to them.
Counts pooled(const Counts& counts) { return {counts.values(), counts.times(), counts.names()}; }

// An incoherent feed-forward loop with a bystander: 1 activates 2 and 3 and represses 4, which 2 activates. Gene 4, on
// in the beginning, is off for a while. That 3 does not bring it back, and 2 does, is what snapshots hardly say.
Model loop_with_bystander() {
  Matrix theta = Matrix::Zero(5, 5);
  theta(1, 0) = theta(2, 1) = theta(3, 1) = theta(4, 2) = 10.0;
  theta(4, 1) = -10.0;
  return make_model(fn4().kinetics, Network(Vector{{0, -5, -5, -5, 4}},
                                            Eigen::SparseMatrix<double, Eigen::RowMajor>(theta.sparseView())));
}

// The probability that gene 2 acts on gene 4.
template <class Estimator = SimulatedMoments<>>
double probability_of_rescue(const Model& truth, const std::vector<Condition>& conditions, Index cells,
                             std::uint64_t seed, const Estimator& estimator = {}) {
  const Protocol protocol{.time_points = {0, 8, 20, 40, 80}, .cells_per_time_point = cells};
  const Counts counts = simulate_conditions(truth, protocol, conditions, {.seed = seed}, Threads(2)).counts;
  return infer(counts, {.rates = rates_of(truth)}, estimator, Threads(2)).probabilities(4, 2);
}

template <class Estimator>
void check_invariance(const Counts& counts, const DecayRates& rates, const Estimator& estimator) {
  const InferenceOptions options{.rates = rates};
  const Inference<> given = infer(counts, options, estimator);
  const Inference<> other_order = infer(reordered(counts), options, estimator);
  CHECK(other_order.scores == given.scores);
  CHECK(other_order.weights == given.weights);
  const Inference<> in_halves = infer(split(counts), options, estimator);
  CHECK(in_halves.scores == given.scores);
  CHECK(infer(pooled(counts), options, estimator).scores != given.scores);
  // One condition to which nothing was done is a table without conditions.
  const std::vector<Index> wild(static_cast<std::size_t>(counts.cells()), 0);
  CHECK(infer(pooled(counts).with_conditions({{"all"}}, wild), options, estimator).scores ==
        infer(pooled(counts), options, estimator).scores);
}

}  // namespace

TEST_CASE("neither order nor splitting of conditions matters to an estimate, what was done does") {
  const Model truth = fn4();
  const Counts counts = simulate_conditions(truth, short_protocol(30), screen, {.seed = 3}).counts;
  const DecayRates rates = rates_of(truth);
  SUBCASE("Successive") { check_invariance(counts, rates, AveragedSuccessive{}); }
  SUBCASE("PropagatedProteins") { check_invariance(counts, rates, PropagatedProteins<>{}); }
  SUBCASE("SimulatedMoments") { check_invariance(counts, rates, SimulatedMoments<>(glimpse())); }
  SUBCASE("SimulatedDistance") { check_invariance(counts, rates, short_descent()); }
  SUBCASE("SelectAndFit") {
    const SelectAndFit estimator(SimulatedMoments<>(glimpse()), short_descent());
    check_invariance(counts, rates, estimator);
    // The model, too, is of all conditions.
    const auto weights = [&](const Counts& cells) { return infer(cells, {.rates = rates}, estimator).weights; };
    CHECK(weights(reordered(counts)) == weights(counts));
  }
  SUBCASE("RobustConsensus") { check_invariance(counts, rates, RobustConsensus{.thinning = {.levels = {5.0}}}); }
  SUBCASE("Consensus") { check_invariance(counts, rates, Consensus(PropagatedProteins<>{}, AveragedSuccessive{})); }
}

TEST_CASE("a knock-out decides about an edge that as many cells of the wild type leave open" *
          support::large_sample()) {
  const Model truth = loop_with_bystander();
  for (const std::uint64_t seed : {1U, 4U}) {
    CHECK(probability_of_rescue(truth, {{"wild"}}, 200, seed) < 0.8);
    CHECK(probability_of_rescue(truth, {{"wild"}, {"no 2", {knock_out(2)}}}, 100, seed) > 0.95);
  }
}

TEST_CASE("SelectAndFit takes a knock-out for what it says" * support::large_sample()) {
  const Model truth = loop_with_bystander();
  const SelectAndFit estimator(SimulatedMoments<>{}, short_descent());
  CHECK(probability_of_rescue(truth, {{"wild"}}, 200, 1, estimator) < 0.8);
  CHECK(probability_of_rescue(truth, {{"wild"}, {"no 2", {knock_out(2)}}}, 100, 1, estimator) > 0.95);
}

TEST_CASE("a descent finds the kinetics of the wild type in cells that are perturbed, too") {
  // Without the knock-down in the model, the frequency of gene 1 would be drawn to three quarters of what it is.
  const Model truth = fn4();
  const std::vector<Condition> conditions{{"wild"}, {"less 1", {knock_down(1, 0.5)}}};
  const Counts counts = simulate_conditions(truth, short_protocol(150), conditions, {.seed = 2}).counts;
  const SimulatedDistance<> estimator({.first_state = BurnIn{}, .cells = 200, .fit_rates = false}, {},
                                      Adam({.iterations = 200}));
  const auto mean_at_the_end = [&](const Counts& cells, const Condition& condition) {
    const Inference<> fit = infer(cells, {.rates = rates_of(truth)}, estimator, Threads(2));
    const Counts again =
        simulate_conditions(fit.model, short_protocol(400), {condition}, {.seed = 7}, Threads(2)).counts;
    return again.values().col(1).tail(400).mean();
  };
  for (Index c = 0; c < 2; ++c) {
    const Counts own = counts.of_condition(c);
    const double seen = own.values().col(1).tail(150).mean();
    INFO("condition " << c << ", mean " << seen);
    CHECK(mean_at_the_end(counts, conditions[static_cast<std::size_t>(c)]) == doctest::Approx(seen).epsilon(0.15));
  }
  const double wild = counts.of_condition(0).values().col(1).tail(150).mean();
  CHECK(mean_at_the_end(pooled(counts), {"wild"}) < 0.85 * wild);
}

TEST_CASE("targets of a descent are those of groups of conditions") {
  const Counts counts = simulate_conditions(fn4(), short_protocol(20), screen, {.seed = 3}).counts;
  const std::vector<Index> genes{1, 3};
  const std::vector<DistanceTargets> targets = distance_targets(split(counts), genes);
  REQUIRE(targets.size() == 4);
  CHECK(targets[0].effects.none());
  CHECK(targets[1].effects.factor == Vector{{0.0, 1.0}});
  CHECK(targets[1].counts[2].col(0).isZero());
  double share = 0.0;
  for (const DistanceTargets& group : targets) {
    share += group.share;
    CHECK(group.counts.size() == 4);
    CHECK(group.counts[1].rows() == 20);
    CHECK(group.levels == targets[0].levels);
  }
  CHECK(share == doctest::Approx(1.0));
  // Cells in which a gene is perturbed are no start for its kinetics, unless there are no others.
  CHECK(detail::unperturbed_snapshots(targets, 0).size() == 12);
  CHECK(detail::unperturbed_snapshots({targets[1]}, 0).size() == 4);
}

TEST_CASE("a table of conditions is simulated anew as what was done to its cells") {
  const Model truth = fn4();
  const Counts counts = simulate_conditions(truth, short_protocol(100), screen, {.seed = 3}).counts;
  Inference<> inference;
  inference.names = counts.names();
  inference.model = truth;
  const Counts again = simulate_anew(inference, counts, {.seed = 5});
  CHECK(again.conditions() == counts.conditions());
  CHECK(again.condition_of_cell() == counts.condition_of_cell());
  CHECK(again.times() == counts.times());
  CHECK(again.values() != counts.values());
  CHECK(again.of_condition(1).values().col(1).isZero());
  CHECK(!again.of_condition(0).values().col(1).isZero());
  for (Index c = 0; c < 4; ++c) {
    for (Index gene = 1; gene < 5; ++gene) {
      // Half of the standard deviation of 400 counts is ten standard errors of their mean.
      const Vector seen = counts.of_condition(c).values().col(gene);
      const double spread = std::sqrt((seen.array() - seen.mean()).square().mean());
      CHECK(std::abs(again.of_condition(c).values().col(gene).mean() - seen.mean()) <= 0.5 * spread);
    }
  }
}

TEST_CASE("estimators that cannot tell conditions apart refuse them") {
  const Model truth = fn4();
  const Counts counts = simulate_conditions(truth, short_protocol(10), screen, {.seed = 3}).counts;
  check_throws<std::invalid_argument>([&] { (void)infer(counts, {}, Foreign{}); },
                                      {"infer: counts has conditions", "\"control\"", "of_condition(k)"});
  check_throws<std::invalid_argument>([&] { (void)infer(counts, {}, Consensus(AveragedSuccessive{}, Foreign{})); },
                                      {"infer: counts has conditions"});
  const Counts of_lineages = counts.with_lineages(counts.times());
  check_throws<std::invalid_argument>([&] { (void)infer(of_lineages, {}, RobustConsensus{}); },
                                      {"ByLineage: counts has conditions", "\"control\""});
  // Ten cells of a condition that are all of one time.
  std::vector<Index> rows;
  for (Index cell = 0; cell < counts.cells(); ++cell) {
    if (counts.condition_of_cell()[static_cast<std::size_t>(cell)] != 1 || counts.times()[cell] == 8.0) {
      rows.push_back(cell);
    }
  }
  check_throws<std::invalid_argument>([&] { (void)infer(counts.select_cells(rows)); },
                                      {"infer: conditions[1] (\"no 1\") has no cells at time 0"});
}

TEST_CASE("rates that leaps cannot follow are refused") {
  const Model truth = fn4();
  const Counts counts = simulate_conditions(truth, short_protocol(20), {{"x", {over_express(1, 0.2)}}}).counts;
  const auto infer_with = [&](const Perturbation& perturbation) {
    (void)infer(pooled(counts).with_conditions({{"x", {perturbation}}},
                                               std::vector<Index>(static_cast<std::size_t>(counts.cells()), 0)),
                {.rates = rates_of(truth)}, SimulatedMoments<>(glimpse()));
  };
  check_throws<std::domain_error>([&] { infer_with(over_express(1, 1000.0)); },
                                  {"fit_moments: counts.conditions()[0].perturbations[0].extra is 1000"});
  check_throws<std::domain_error>(
      [&] {
        infer_with({1, 30.0, 0.0});
      },
      {"fit_moments: counts.conditions()[0].perturbations[0].factor is 30"});
}

TEST_CASE("sensitivities of a perturbed model are those to parameters of the wild type" * support::large_sample()) {
  const Observation poisson{PoissonCapture{}};
  MomentStatistics statistics;
  statistics.summaries = {SummaryStatistic(3.0, 60.0, poisson), SummaryStatistic(5.0, 90.0, poisson)};
  statistics.all = {{0, 0}, {0, 1}, {1, 1}};
  statistics.groups = {{{0, 1, 2}, 0, 12}};
  LeapProtocol protocol;
  protocol.observation_times = {0.0, 8.0};
  protocol.levels = Matrix::Ones(2, 1);
  protocol.cells = 40000;
  protocol.longest_step = 0.25;
  const std::vector<Vector> centres(2, Vector::Constant(2, 0.3));
  const GeneEffects effects{Vector{{0.4, 1.5}}, Vector{{0.15, 0.0}}};
  const auto simulated = [&](const LinearLeapingModel<>& model) {
    return simulate_moments(perturbed(model, effects), protocol, statistics, centres, poisson, Threads(2))[1];
  };
  MomentEstimates moments = simulated(two_genes());
  detail::to_unperturbed(two_genes(), perturbed(two_genes(), effects), effects, statistics, moments);
  // Parameters: θ_00 θ_01 θ_02 β_0 log k0_0 log k1_0 of gene 0, then of gene 1.
  for (const Index parameter : {0, 3, 4, 5, 7, 9, 10, 11}) {
    const auto at = [&](double shift) {
      LinearLeapingModel<> model = two_genes();
      const Index gene = parameter / 6;
      const Index column = parameter % 6;
      if (column < 3) model.interactions(gene, column) += shift;
      if (column == 3) model.basal[gene] += shift;
      if (column == 4) model.kinetics.frequency_min[1 + gene] *= std::exp(shift);
      if (column == 5) model.kinetics.frequency_max[1 + gene] *= std::exp(shift);
      return simulated(model).statistics;
    };
    const Vector difference = (at(0.25) - at(-0.25)) / 0.5;
    for (Index q = 0; q < 3; ++q) {
      INFO("parameter " << parameter << ", statistic " << q);
      CHECK(std::abs(moments.sensitivity[0](q, parameter) - difference[q]) < 0.02);
    }
  }
}

TEST_CASE("cells whose gene is knocked out say nothing about its parameters") {
  const Observation poisson{PoissonCapture{}};
  MomentStatistics statistics;
  statistics.summaries = {SummaryStatistic(3.0, 60.0, poisson), SummaryStatistic(5.0, 90.0, poisson)};
  statistics.all = {{0, 0}, {0, 1}, {1, 1}};
  statistics.groups = {{{0, 1, 2}, 0, 12}};
  MomentTargets targets;
  targets.active = {1, 2};
  targets.statistics = statistics;
  targets.conditions = {{}, {Vector{{0.0, 1.0}}, Vector::Zero(2)}};
  for (int k = 0; k < 4; ++k) {
    targets.snapshots.push_back({k < 2 ? 0.0 : 8.0, Vector::Ones(1), 100.0, Vector::Constant(2, 0.3),
                                 Vector::Constant(2, 0.1), Vector::Zero(3)});
  }
  const ScheduledStep step{2, 400, 0.5, {1.0, 1.0}};
  const auto moments = moments_under_conditions(two_genes(), targets, step, 0, {}, poisson, Sequential{});
  REQUIRE(moments.size() == 4);
  for (const std::size_t k : {1U, 3U}) {
    CHECK(moments[k].sensitivity[0].leftCols(6).isZero());
    CHECK(moments[k].statistics[0] == doctest::Approx(-0.3));  // φ = 0 around the centre
    CHECK(!moments[k].sensitivity[0].rightCols(6).isZero());
  }
  CHECK(!moments[0].sensitivity[0].leftCols(6).isZero());
  // The wild type sees the same chance as without conditions.
  MomentTargets alone = targets;
  alone.conditions = {{}};
  alone.snapshots = {targets.snapshots[0], targets.snapshots[2]};
  const auto without = moments_under_conditions(two_genes(), alone, step, 0, {}, poisson, Sequential{});
  CHECK(without[1].statistics == moments[2].statistics);
  CHECK(without[1].sensitivity[0] == moments[2].sensitivity[0]);
}

TEST_CASE("a row of the regression is that of the samples which are not left out") {
  Samples samples;
  samples.proteins = Matrix(5, 3);
  samples.proteins << 1, 0.1, 0.9, 1, 0.8, 0.2, 0, 0.4, 0.1, 1, 0.0, 0.7, 0, 0.0, 0.3;
  samples.targets = samples.proteins;
  samples.floors = Vector::Zero(3);
  samples.weights = Vector{{0.3, 0.2, 0.1, 0.25, 0.15}};
  samples.left_out.setConstant(5, 3, false);
  samples.left_out.col(1).tail(2).setConstant(true);
  RegressionOptions options;
  options.penalty.strength = 0.01;
  options.penalty.competition = 0.0;  // rows do not see each other
  const Regression all = regress(samples, options);
  CHECK(optimality_residual(samples, all.coefficients, options) < 1e-6);

  Samples fewer{samples.proteins.topRows(3), samples.targets.topRows(3), samples.floors, samples.weights.head(3)};
  const Regression without = regress(fewer, options);
  CHECK((all.coefficients.interactions.row(1) - without.coefficients.interactions.row(1)).norm() < 1e-7);
  Samples whole = samples;
  whole.left_out.resize(0, 0);
  const Regression with = regress(whole, options);
  CHECK((all.coefficients.interactions.row(2) - with.coefficients.interactions.row(2)).norm() < 1e-7);
  CHECK((all.coefficients.interactions.row(1) - with.coefficients.interactions.row(1)).norm() > 1e-3);
  samples.left_out.resize(5, 2);
  check_throws<std::invalid_argument>([&] { (void)regress(samples, options); }, {"Samples: left_out is 5 x 2"});
}

TEST_CASE("snapshots are taken of every condition, and a gene set by hand has no weight where it is the target") {
  const Counts counts = simulate_conditions(fn4(), short_protocol(25), screen, {.seed = 5}).counts;
  const Clustering modes = cluster(counts, {}, Binarize({.modes = BinarizeModes::pooled}));
  const std::vector<DiscreteSnapshots> groups = snapshots_of_conditions(counts, modes, {});
  REQUIRE(groups.size() == 4);
  double sum = 0.0;
  for (const DiscreteSnapshots& group : groups) {
    CHECK(group.active == groups[0].active);
    sum += group.weight.sum();
  }
  CHECK(sum == doctest::Approx(1.0));
  REQUIRE(groups[0].columns() == 5);
  // The knock-out sorts before the others, after the wild type.
  CHECK(groups[1].set_by_hand == std::vector<bool>{false, true, false, false, false});
  for (const Matrix& level : groups[1].level) CHECK(level.col(1).isZero());
  const Vector weights = detail::propagation_weights(groups, 1);
  CHECK(weights.sum() == doctest::Approx(1.0));
  CHECK(weights.segment(groups[0].states(), groups[1].states()).isZero());
  CHECK((weights.tail(groups[2].states() + groups[3].states()).array() > 0.0).all());
}
