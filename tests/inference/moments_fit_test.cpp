// The method of simulated moments for networks.
#include <cmath>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/clustering/binarize.hpp>
#include <cardamom/clustering/cluster.hpp>
#include <cardamom/evaluation.hpp>
#include <cardamom/inference/ancestry/propagate.hpp>
#include <cardamom/inference/infer.hpp>
#include <cardamom/inference/moments/fit.hpp>
#include <cardamom/mixture/gamma.hpp>
#include <cardamom/model.hpp>
#include <cardamom/simulation/population.hpp>

using namespace cardamom;

namespace {

DecayRates rates_of(const Model& model) { return {model.kinetics.mrna_decay, model.kinetics.protein_decay}; }

// What a fit starts from.
struct Start {
  Clustering clustering;
  Coefficients network;
  Matrix scores;
};

Start propagated(const Counts& counts, const Model& truth) {
  PropagationOptions options;
  options.protein_decay = truth.kinetics.protein_decay;
  Clustering modes = cluster(counts, {}, Binarize({.modes = BinarizeModes::pooled}));
  Propagation found = propagate(counts, modes, infer(counts).scores, options);
  return {std::move(modes), std::move(found.coefficients), std::move(found.scores)};
}

Start inferred(const Counts& counts) {
  Inference found = infer(counts);
  return {found.clustering, {found.basal(), Matrix(found.interactions())}, found.scores};
}

template <class... Rest>
MomentsFit<> fit(const Counts& counts, const Start& start, const DecayRates& rates, const MomentsOptions& options = {},
                 const Rest&... rest) {
  return fit_moments(counts, start.clustering, start.network, start.scores, rates, options, rest...);
}

const Observation poisson{PoissonCapture{}};

// What a fit of four active genes begins with.
struct Beginning {
  LinearLeapingModel<> first;
  MomentTargets targets;
  MomentsPenalty penalty;
};

Beginning four_genes(const Model& truth, const Counts& counts, const MomentsOptions& options) {
  const Start start = propagated(counts, truth);
  const Vector cells = cells_in_top_mode(start.clustering);
  const std::vector<Index> active = active_genes(cells, 1, counts.cells(), 10);
  REQUIRE(active.size() == 4);
  const ExtremeModes modes = extreme_modes(start.clustering, 1, cells, active);
  LinearLeapingModel<> first =
      linear_start(start.network, modes, active, 1, rates_of(truth), options.limit, poisson, Logistic{});
  MomentTargets targets =
      moment_targets(counts, start.clustering, active, first.kinetics, std::vector<Index>(4, 8), 16, poisson);
  MomentsPenalty penalty = detail::linear_penalty(targets, first, relative_scores(start.scores), options);
  return {std::move(first), std::move(targets), std::move(penalty)};
}

// Steps enough to run, not to fit.
MomentsOptions glimpse() { return {.cells = 100, .final_steps = 3, .averaged_steps = 1, .multistart_steps = 2}; }

}  // namespace

TEST_CASE("a fit from the truth stays near the truth") {
  const Model truth = fn4();
  const Counts counts = simulate(truth, Protocol{}, {.seed = 4}).counts;
  Start start = propagated(counts, truth);
  start.network.interactions = Matrix(truth.network().interactions());
  start.network.basal = truth.network().basal();
  MomentsOptions options;
  options.cells = 500;
  const MomentsFit<> result = fit(counts, start, rates_of(truth), options);
  const Matrix& found = result.network.interactions;
  for (const Edge& edge : truth.network().edges()) {
    CHECK(found(edge.target, edge.source) * edge.weight > 0.2 * edge.weight * edge.weight);
  }
  CHECK(aupr(rank_edges(result.scores, Matrix(truth.network().interactions()).cwiseAbs())) > 0.95);
}

TEST_CASE("genes without activity keep what the start said") {
  const Model truth = fn4();
  const Counts counts = simulate(truth, Protocol{.cells_per_time_point = 40}, {.seed = 6}).counts;
  Matrix values = counts.values();
  for (Index c = 0; c < values.rows(); ++c) values(c, 4) = c < 3 ? 1.0 : 0.0;
  const Counts quiet(values, counts.times());
  Start start = inferred(quiet);
  Matrix& theta = start.network.interactions;
  theta(4, 2) = -1.25;
  theta(3, 4) = 0.75;
  MomentsOptions options;
  options.cells = 100;
  options.final_steps = 3;
  options.multistart_steps = 2;
  options.averaged_steps = 1;
  const MomentsFit<> result = fit(quiet, start, rates_of(truth), options);
  const Matrix& found = result.network.interactions;
  CHECK(found.row(4) == theta.row(4));
  CHECK(found(3, 4) == 0.75);
  CHECK(result.residuals.col(4).isZero());
  CHECK(result.inclusion.row(4).isZero());
  CHECK(result.inclusion.col(4).isZero());
  CHECK(result.scores(4, 2) > 0.0);
}

TEST_CASE("a fit finds the network of four genes with its signs and reports its fit") {
  const Model truth = fn4();
  const Counts counts = simulate(truth, Protocol{}, {.seed = 2}).counts;
  const Start start = propagated(counts, truth);
  MomentsOptions options;
  options.cells = 500;
  const MomentsFit<> alone = fit(counts, start, rates_of(truth), options);
  CHECK(aupr(rank_edges(alone.scores, Matrix(truth.network().interactions()))) > 0.9);
  CHECK(sign_accuracy(alone.network.interactions, Matrix(truth.network().interactions())).wrong == 0);
  CHECK(alone.objective < 1.0);
  CHECK(alone.residuals.cwiseAbs().maxCoeff() < 6.0);
  CHECK_NOTHROW(validate(alone.kinetics));
  CHECK(alone.rate.interactions().isApprox(alone.network.interactions.sparseView()));
  CHECK(alone.inclusion.minCoeff() >= 0.0);
  CHECK(alone.inclusion.maxCoeff() <= 1.0);
  CHECK(alone.inclusion.row(0).isZero());
  CHECK(aupr(rank_edges(alone.inclusion, Matrix(truth.network().interactions()))) > 0.9);
  options.steps_per_time_point = 1;
  options.final_steps = 2;
  options.multistart_steps = 1;
  options.averaged_steps = 1;
  const MomentsFit<> once = fit(counts, start, rates_of(truth), options);
  // Two starts take seven steps while time points are added and one more, three networks with exchanged targets one;
  // the best goes on alone.
  std::vector<Index> seen;
  const auto watch = [&seen](Index done, Index total) {
    CHECK(total == 20);
    seen.push_back(done);
    return true;
  };
  fit(counts, start, rates_of(truth), options, Sequential{}, watch);
  CHECK(seen.back() == 20);
  MomentsOptions more = options;
  more.role_swaps = 10;  // of at most six pairs
  Index told = 0;
  Index promised = 1;
  fit(counts, start, rates_of(truth), more, Sequential{}, [&](Index done, Index total) {
    told = done;
    promised = total;
    return true;
  });
  CHECK(promised == 27);
  CHECK(told == promised);
  const MomentsFit<> team = fit(counts, start, rates_of(truth), options, Threads(3));
  CHECK(team.scores == once.scores);
  CHECK(team.objective == once.objective);
  options.joint_genes = 1;
  const MomentsFit<> rows = fit(counts, start, rates_of(truth), options);
  for (Index i = 1; i < 5; ++i) {
    for (Index j = 0; j < 5; ++j) {
      if (rows.network.interactions(i, j) != 0.0) CHECK(rows.scores(i, j) > 0.0);
    }
  }
  CHECK(rows.scores.allFinite());
  CHECK(fit(counts, start, rates_of(truth), options, Threads(3)).scores == rows.scores);
}

TEST_CASE("the average of steps is their mean, but for what a quarter of them leave at its anchor") {
  const Model truth = fn4();
  const Counts counts = simulate(truth, Protocol{.cells_per_time_point = 60}, {.seed = 2}).counts;
  MomentsOptions options;
  options.cells = 200;
  const auto [first, data, penalty] = four_genes(truth, counts, options);
  const auto schedule = moments_schedule(data, options);
  MomentsRun<LinearLeapingModel<>> watched(data, penalty, options, poisson, first);
  MomentsRun<LinearLeapingModel<>> averaged(data, penalty, options, poisson, first);
  constexpr std::size_t steps = 9;
  Vector sum = Vector::Zero(32);
  Vector away = sum;
  for (std::size_t k = 0; k < steps; ++k) {
    watched.forget_average();
    watched.take(schedule[k], k, Sequential{});
    averaged.take(schedule[k], k, Sequential{});
    const Vector now = watched.average().parameters();
    sum += now;
    for (Index p = 0; p < 32; ++p) away[p] += std::abs(now[p] - penalty.anchor[p]) > 1e-9 ? 1.0 : 0.0;
  }
  const Matrix found = averaged.average().interactions;
  Index mixed = 0;  // edges that came and went
  for (Index i = 0; i < 4; ++i) {
    for (Index j = 0; j < 5; ++j) {
      const Index p = 8 * i + j;
      if (away[p] > 0.75 * steps) {
        CHECK(found(i, j) == doctest::Approx(sum[p] / steps).epsilon(1e-6));
      } else {
        CHECK(found(i, j) == 0.0);
      }
      mixed += away[p] > 0.0 && away[p] < steps ? 1 : 0;
    }
  }
  CHECK(mixed > 0);
}

TEST_CASE("a proposed network that fits better takes over") {
  const Model truth = fn4();
  Protocol protocol;
  protocol.time_points = {0.0, 15.0, 40.0};  // all fitted from the first step on
  const Counts counts = simulate(truth, protocol, {.seed = 2}).counts;
  MomentsOptions options;
  options.cells = 300;
  options.final_steps = 2;
  options.multistart_steps = 1;
  options.averaged_steps = 1;
  const auto [first, data, penalty] = four_genes(truth, counts, options);
  LinearLeapingModel<> right = first;
  right.interactions = Matrix(truth.network().interactions()).bottomRows(4);
  right.basal = truth.network().basal().tail(4);
  const auto fit_with = [&, &data = data, &penalty = penalty, &first = first](Index proposals) {
    IgnoreProgress progress;
    Multistart<LinearLeapingModel<>> fits(data, penalty, options, poisson, Sequential{}, progress, 1, proposals);
    fits.start(without_edges(first, options.limit));
    for (Index k = 0; k < proposals; ++k) fits.propose(right);
    return fits.finish();
  };
  const auto without = fit_with(0);
  const auto with = fit_with(1);
  CHECK(with.objective < without.objective);
  CHECK(with.convergence.iterations == without.convergence.iterations + 1);
  CHECK((with.model.interactions - right.interactions).norm() <
        (without.model.interactions - right.interactions).norm());
}

TEST_CASE("drift is the difference between the halves of a window") {
  CHECK(drift_between_halves({}).size() == 0);
  CHECK(drift_between_halves({Vector::Zero(1)}).size() == 0);
  CHECK(drift_between_halves(std::vector<Vector>(10, Vector::Ones(3))).isZero());
  std::vector<Vector> line;
  for (int k = 0; k < 7; ++k) line.push_back(Eigen::Vector2d(k == 0 ? 100.0 : 0.5 * k, 1.0));
  CHECK(drift_between_halves(line).isApprox(Eigen::Vector2d(1.5, 0.0)));
}

TEST_CASE("a fit says whether it came to rest") {
  const Model truth = fn4();
  const Counts counts = simulate(truth, Protocol{}, {.seed = 2}).counts;
  const Start start = propagated(counts, truth);
  const MomentsFit<> rest = fit(counts, start, rates_of(truth));
  CHECK(rest.convergence.converged());
  CHECK(rest.convergence.residual > 0.0);
  // One averaged step says nothing.
  CHECK(fit(counts, start, rates_of(truth), glimpse()).convergence.status == ConvergenceStatus::iteration_limit);
  // The first steps from an empty network, with all time points at once, are still on their way.
  Protocol protocol;
  protocol.time_points = {0.0, 15.0, 40.0};
  const Counts few_times = simulate(truth, protocol, {.seed = 2}).counts;
  Start nowhere = propagated(few_times, truth);
  nowhere.network = Coefficients::zero(5);
  MomentsOptions few;
  few.final_steps = 5;
  few.multistart_steps = 1;
  few.averaged_steps = 4;
  few.role_swaps = 0;
  few.empty_start = false;
  const MomentsFit<> moving = fit(few_times, nowhere, rates_of(truth), few);
  CHECK(moving.convergence.residual > rest.convergence.residual);
  CHECK(moving.convergence.status == ConvergenceStatus::iteration_limit);
  CHECK(fit(Counts(Matrix::Zero(40, 5), counts.times().head(40)),
            inferred(Counts(Matrix::Zero(40, 5), counts.times().head(40))), rates_of(truth))
            .convergence.status == ConvergenceStatus::no_information);
}

TEST_CASE("progress never falls and its total stays, whatever is spared") {
  const Model truth = fn4();
  const Counts counts = simulate(truth, Protocol{.cells_per_time_point = 40}, {.seed = 2}).counts;
  const Start start = propagated(counts, truth);
  MomentsOptions options = glimpse();
  options.role_swaps = 10;  // of at most six pairs
  Index told = 0;
  Index promised = 0;
  const auto watch = [&](Index done, Index total) {
    CHECK(done > told);
    CHECK((promised == 0 || total == promised));
    told = done;
    promised = total;
    return true;
  };
  (void)fit(counts, start, rates_of(truth), options, Sequential{}, watch);
  CHECK(told == promised);
  CHECK(promised == planned_steps(10, true, 2, 10, options));
}

namespace {

struct PlainLogistic {
  double value(double u) const { return 1.0 / (1.0 + std::exp(-u)); }
  double slope(double u) const { return value(u) * (1.0 - value(u)); }
};

// A rate of a user's link, as much of it as a fit needs.
template <class Link>
struct Rate {
  Sigmoid values;
  Link of = {};
  Link link() const { return of; }
  Rate with(const Vector& low, const Vector& high, const Vector& basal, const SparseMatrix& interactions, Index) const {
    return {Sigmoid(low, high, basal, interactions), of};
  }
};

// Half of what a Poisson count would be.
struct Halved {
  double observe(double molecules, double, RandomStream& stream) const {
    return static_cast<double>(stream.poisson(0.5 * molecules));
  }
  template <class F>
  double expect(F&& f, double molecules, double = 1.0) const {
    return PoissonCapture{}.expect(f, 0.5 * molecules);
  }
};

}  // namespace

TEST_CASE("link, family and observation law are policies") {
  const Model truth = fn4();
  const Counts counts = simulate(truth, Protocol{.cells_per_time_point = 60}, {.seed = 2}).counts;
  const Start start = propagated(counts, truth);
  const MomentsOptions options = glimpse();
  const MomentsFit<> plain = fit(counts, start, rates_of(truth), options);
  const auto linked = fit(counts, start, rates_of(truth), options);
  const auto logistic_written_out = fit_moments(counts, start.clustering, start.network, start.scores, rates_of(truth),
                                                options, Sequential{}, IgnoreProgress{}, Rate<PlainLogistic>{});
  CHECK(linked.scores == plain.scores);
  // The same link cell by cell, in double precision: the same fit but for rounding, which now and then moves a burst.
  CHECK((logistic_written_out.network.interactions - plain.network.interactions).cwiseAbs().maxCoeff() < 0.5);
  CHECK(
      logistic_written_out.rate.values.interactions().isApprox(logistic_written_out.network.interactions.sparseView()));

  const auto observed = [&](const auto& family, const auto& law) {
    return fit_moments(counts, start.clustering, start.network, start.scores, rates_of(truth), options, Sequential{},
                       IgnoreProgress{}, Sigmoid{}, family, law);
  };
  const auto halved = observed(NegativeBinomial{}, Halved{});
  // Molecules are twice the counts, so bursts are twice as large.
  CHECK(halved.kinetics.inverse_burst_size.tail(4).isApprox(0.5 * plain.kinetics.inverse_burst_size.tail(4)));
  CHECK(halved.scores != plain.scores);
  const auto continuous = observed(Gamma{}, PoissonCapture{});
  CHECK(continuous.scores != plain.scores);
  Matrix values = counts.values();
  values(3, 1) = 0.5;
  const Counts real(values, counts.times());
  CHECK_THROWS_WITH_AS(fit(real, start, rates_of(truth), options),
                       "fit_moments: counts.values()(3, 1) is 0.5, which the mixture family does not admit",
                       std::domain_error);
}

TEST_CASE("several inputs and none") {
  const Model truth = fn4();
  const Counts counts = simulate(truth, Protocol{.cells_per_time_point = 60}, {.seed = 2}).counts;
  Start start = propagated(counts, truth);
  const MomentsFit<> one = fit(counts, start, rates_of(truth), glimpse());
  // A second input that is never on changes nothing; it has no edges.
  const auto with_front = [](const auto& table, double value) {
    auto result = table;
    result.resize(table.rows(), table.cols() + 1);
    result << decltype(result)::Constant(table.rows(), 1, static_cast<typename decltype(result)::Scalar>(value)), table;
    return result;
  };
  const auto grown = [](const Vector& x, Index at, double value) {
    Vector result(x.size() + 1);
    result << x.head(at), value, x.tail(x.size() - at);
    return result;
  };
  const Counts two_inputs(with_front(counts.values(), 0.0), counts.times(), {}, {}, 2);
  Start two = start;
  two.clustering.modes = with_front(start.clustering.modes, 0.0);
  two.clustering.of_node.insert(two.clustering.of_node.begin(), start.clustering.of_node[0]);
  two.clustering.number_of_inputs = 2;
  two.network.basal = grown(start.network.basal, 0, 0.0);
  two.network.interactions = Matrix::Zero(6, 6);
  two.network.interactions.bottomRightCorner(5, 5) = start.network.interactions;
  two.scores = Matrix::Zero(6, 6);
  two.scores.bottomRightCorner(5, 5) = start.scores;
  const DecayRates rates = rates_of(truth);
  const DecayRates more{grown(rates.mrna, 0, 1.0), grown(rates.protein, 0, 1.0)};
  MomentsOptions options = glimpse();
  const MomentsFit<> silent = fit(two_inputs, two, more, options);
  CHECK(silent.kinetics.inputs() == 2);
  CHECK(silent.kinetics.genes() == 4);
  CHECK(silent.network.interactions.col(0).isZero());
  CHECK(silent.network.interactions.topRows(2).isZero());
  CHECK(silent.scores.topRows(2).isZero());
  CHECK(silent.scores.bottomRightCorner(4, 4).allFinite());
  // The inputs in the other order: the same network.
  const Counts swapped_counts = [&] {
    Matrix values = two_inputs.values();
    values.col(0).swap(values.col(1));
    return Counts(values, counts.times(), {}, {}, 2);
  }();
  Start swapped = two;
  swapped.clustering.modes.col(0).swap(swapped.clustering.modes.col(1));
  swapped.network.interactions.col(0).swap(swapped.network.interactions.col(1));
  swapped.scores.col(0).swap(swapped.scores.col(1));
  const MomentsFit<> other = fit(swapped_counts, swapped, more, options);
  CHECK(other.network.interactions.col(1).isZero());
  CHECK(other.network.interactions.col(0).tail(4).norm() > 1.0);
  CHECK(silent.network.interactions.col(1).tail(4).norm() > 1.0);

  const Counts no_input(counts.values().rightCols(4), counts.times(), {}, {}, 0);
  Start none = start;
  none.clustering.modes = start.clustering.modes.rightCols(4).eval();
  none.clustering.of_node.erase(none.clustering.of_node.begin());
  none.clustering.number_of_inputs = 0;
  none.network = {start.network.basal.tail(4), start.network.interactions.bottomRightCorner(4, 4)};
  none.scores = start.scores.bottomRightCorner(4, 4).eval();
  const MomentsFit<> alone = fit(no_input, none, {rates.mrna.tail(4), rates.protein.tail(4)}, options);
  CHECK(alone.kinetics.inputs() == 0);
  CHECK(alone.rate.nodes() == 4);
  CHECK(alone.scores.allFinite());
  CHECK(one.scores.allFinite());
}

TEST_CASE("a fit is defined for poor data") {
  RandomStream random(1, Purpose::user);
  Matrix values(40, 4);
  for (Index c = 0; c < 40; ++c) {
    for (Index g = 0; g < 4; ++g) values(c, g) = static_cast<double>(random.poisson(random.uniform() < 0.5 ? 0 : 9));
  }
  MomentsOptions options;
  options.cells = 100;
  options.final_steps = 2;
  options.multistart_steps = 1;
  options.averaged_steps = 1;
  const DecayRates rates{Vector::Constant(4, 1.0), Vector::Constant(4, 0.2)};
  const auto check = [&](const Matrix& table, const Vector& times) {
    const Counts counts(table, times);
    const MomentsFit<> result = fit(counts, inferred(counts), rates, options);
    CHECK(result.scores.allFinite());
    CHECK(std::isfinite(result.objective));
  };
  check(values, Vector::Zero(40));
  check(values, Vector::LinSpaced(40, 0, 39).array().floor() / 4.0);
  values.col(1).setZero();
  check(values, Vector::LinSpaced(40, 0, 3.9).array().floor());
  check(Matrix::Zero(40, 4), Vector::LinSpaced(40, 0, 3.9).array().floor());
}

TEST_CASE("fit_moments says what is wrong with its input") {
  const Counts counts = simulate(fn4(), Protocol{.cells_per_time_point = 5}, {.seed = 5}).counts;
  const Start start = inferred(counts);
  const DecayRates rates{Vector::Ones(5), Vector::Ones(5)};
  CHECK_THROWS_WITH_AS(
      fit(counts, start, DecayRates{}),
      "fit_moments: rates are missing; degradation rates of mRNA and protein are required, because simulated "
      "dynamics are compared with the data",
      std::invalid_argument);
  CHECK_THROWS_WITH_AS(fit(counts, start, DecayRates{Vector::Zero(5), Vector::Ones(5)}),
                       "fit_moments: rates.mrna[1] is 0, must be finite and > 0", std::domain_error);
  CHECK_THROWS_WITH_AS(fit(counts, start, DecayRates{Vector::Ones(5), Vector::Ones(4)}),
                       "fit_moments: rates.protein has size 4, must be 5", std::invalid_argument);
  CHECK_THROWS_WITH_AS(fit(counts, start, rates, {.cells = 10}), "MomentsOptions: cells is 10, must be at least 100",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(fit(counts, start, rates, {.role_swaps = -1}),
                       "MomentsOptions: role_swaps is -1, must be at least 0", std::invalid_argument);
  CHECK_THROWS_AS(fit(counts, start, rates, {.prior_inclusion = 0.0}), std::domain_error);
  CHECK_THROWS_AS(fit(counts, start, rates, {.prior_inclusion = 0.95}), std::domain_error);
  CHECK_THROWS_AS(fit(counts, start, rates, {.self_prior_inclusion = 0.0}), std::domain_error);
  CHECK_THROWS_AS(fit(counts, start, rates, {.slab_deviation = 0.0}), std::domain_error);
  CHECK_THROWS_WITH_AS(fit(counts, start, rates, {.final_steps = 2, .averaged_steps = 3}),
                       "MomentsOptions: final_steps - averaged_steps - multistart_steps is -9, must be at least 0",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(fit(counts, start, rates, {.strength = 0.0}),
                       "MomentsOptions: strength is 0, must be finite and > 0", std::domain_error);
  CHECK_THROWS_WITH_AS(fit(counts, start, rates, {.moving_average_decay = 1.0}),
                       "MomentsOptions: moving_average_decay is 1, must be in [0, 0.999]", std::domain_error);
}
