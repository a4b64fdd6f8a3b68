#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/evaluation.hpp>
#include <cardamom/inference.hpp>
#include <cardamom/model.hpp>
#include <cardamom/simulation/population.hpp>

using namespace cardamom;

namespace {

GeneModes two_modes() {
  GeneModes modes;
  modes.shapes = Vector{{0.5, 2.0}};
  modes.weights = Vector{{0.5, 0.5}};
  modes.informative = true;
  return modes;
}

Clustering pooled(const Counts& counts) { return cluster(counts, {}, Binarize({.modes = BinarizeModes::pooled})); }

}  // namespace

TEST_CASE("propagated proteins find the network of four genes and know its signs") {
  double sum = 0.0;
  const Model truth = fn4();
  for (const std::uint64_t seed : {1U, 2U}) {
    const Counts counts = simulate(truth, Protocol{}, {.seed = seed}).counts;
    PropagationOptions options;
    options.protein_decay = truth.kinetics.protein_decay;
    const Propagation result = propagate(counts, pooled(counts), infer(counts).scores, options);
    CHECK(result.convergence.converged());
    CHECK(result.convergence.residual < 1e-6);
    sum += aupr(rank_edges(result.scores, Matrix(truth.network().interactions())));
    CHECK(sign_accuracy(result.coefficients.interactions, Matrix(truth.network().interactions())).wrong == 0);
  }
  CHECK(sum / 2.0 > 0.85);
}

TEST_CASE("propagation does not depend on the executor and subsamples ancestors by the seed alone") {
  const Counts counts = simulate(bn8(), Protocol{.cells_per_time_point = 40}, {.seed = 5}).counts;
  const Clustering modes = pooled(counts);
  const Matrix scores = infer(counts).scores;
  PropagationOptions options;
  options.ancestors = 6;
  const Propagation alone = propagate(counts, modes, scores, options);
  const Propagation team = propagate(counts, modes, scores, options, CrossEntropy{}, ProximalNewton{}, Threads(3));
  CHECK(alone.scores == team.scores);
  options.seed = 1;
  CHECK(propagate(counts, modes, scores, options).scores != alone.scores);
}

TEST_CASE("every cell twice says as much as every cell once") {
  const Counts counts = simulate(fn4(), Protocol{.cells_per_time_point = 60}, {.seed = 5}).counts;
  const Clustering modes = pooled(counts);
  const Matrix scores = infer(counts).scores;
  Matrix values(2 * counts.cells(), counts.nodes());
  values << counts.values(), counts.values();
  Vector times(values.rows());
  times << counts.times(), counts.times();
  Clustering twice = modes;
  twice.modes.resize(values.rows(), counts.nodes());
  twice.modes << modes.modes, modes.modes;
  const Propagation once = propagate(counts, modes, scores);
  const Propagation repeated = propagate(Counts(values, times), twice, scores);
  CHECK((once.scores - repeated.scores).cwiseAbs().maxCoeff() < 1e-6 * once.scores.maxCoeff());
}

TEST_CASE("states are the distinct cells of a time point, with their shares") {
  // Four genes' worth of modes are not needed: three cells at the first time point, two of them alike.
  Matrix values(5, 3);
  values << 0, 0, 9, 0, 8, 0, 0, 0, 9, 1, 9, 9, 1, 0, 0;
  const Counts counts(values, Vector{{0, 0, 0, 1, 1}});
  Clustering modes;
  modes.of_node.assign(3, two_modes());
  modes.modes = (values.array() > 0.0).cast<ModeIndex>();
  const DiscreteSnapshots snapshots = take_snapshots(counts, modes, {});
  CHECK(snapshots.states() == 4);
  CHECK((snapshots.share[0] - Vector{{2.0 / 3.0, 1.0 / 3.0}}).cwiseAbs().maxCoeff() < 1e-15);
  CHECK(snapshots.on[0] == Matrix{{0, 0, 1}, {0, 1, 0}});
  CHECK((snapshots.weight - Vector{{0.4, 0.2, 0.2, 0.2}}).cwiseAbs().maxCoeff() < 1e-15);
  CHECK(snapshots.ancestors[0] == std::vector<Index>{0, 1});
  CHECK(snapshots.ancestor_share[0] == snapshots.share[0]);
}

TEST_CASE("the ancestors of cells are sought among those treated alike") {
  // Two series, told apart by an input; their genes are on alternately, so that genes alone would cross them over.
  const Index each = 40;
  Matrix values(4 * each, 4);
  Vector times(4 * each);
  for (Index cell = 0; cell < 4 * each; ++cell) {
    const bool second = cell % 2 == 1;
    const bool later = cell >= 2 * each;
    times[cell] = later ? 1.0 : 0.0;
    values(cell, 0) = second ? 1.0 : 0.0;
    values(cell, 1) = second ? 0.0 : 1.0;
    values(cell, 2) = second != later ? 1.0 : 0.0;
    values(cell, 3) = cell % 4 < 2 ? 1.0 : 0.0;
  }
  const Counts counts(values, times, {}, {}, 2);
  Clustering modes;
  modes.of_node.assign(4, two_modes());
  modes.number_of_inputs = 2;
  modes.modes = (values.array() > 0.0).cast<ModeIndex>();
  const PropagationOptions options;
  const DiscreteSnapshots snapshots = take_snapshots(counts, modes, options);
  AncestryCouplings couplings(snapshots, options);
  couplings.update(Vector(), Matrix(), [](double u) { return u; });
  Matrix features;
  couplings.features(3, features);
  // What the first gene did before is carried over within the series: on in cells whose first gene is off now.
  const Index first = snapshots.on[0].rows();
  for (Index row = 0; row < snapshots.on[1].rows(); ++row) {
    const bool second = snapshots.on[1](row, 0) > 0.0;
    const double was_on = second ? 1.0 : 0.25;  // attractor levels of the modes
    const double is_on = second ? 0.25 : 1.0;
    const double half = std::exp(-0.5);
    CHECK(features(first + row, 2) ==
          doctest::Approx(half * half * was_on + (1.0 - half) * half * was_on + (1.0 - half) * is_on).epsilon(0.02));
  }
}

TEST_CASE("propagation is defined for poor data") {
  const auto check = [](const Matrix& values, const Vector& times) {
    const Counts counts(values, times);
    const Propagation result = propagate(counts, pooled(counts), Matrix::Zero(counts.nodes(), counts.nodes()));
    CHECK(result.scores.allFinite());
    CHECK(result.coefficients.basal.allFinite());
  };
  RandomStream random(1, Purpose::user);
  Matrix values(12, 4);
  for (Index c = 0; c < 12; ++c) {
    for (Index g = 0; g < 4; ++g) values(c, g) = static_cast<double>(random.poisson(random.uniform() < 0.5 ? 0 : 9));
  }
  check(values, Vector::Zero(12));
  check(values, Vector::LinSpaced(12, 0, 11));
  check(Matrix::Constant(12, 4, 2.0), Vector::LinSpaced(12, 0, 11));
  check(Matrix::Zero(12, 4), Vector::LinSpaced(12, 0, 11));
  values.col(2) = values.col(1);
  check(values, Vector::LinSpaced(12, 0, 11).array().floor() / 4.0);
}

TEST_CASE("propagate says what is wrong with its options") {
  const Counts counts = simulate(fn4(), Protocol{.cells_per_time_point = 5}, {.seed = 5}).counts;
  const Clustering modes = pooled(counts);
  const Matrix scores = Matrix::Zero(5, 5);
  const auto with = [&](auto&& change) {
    PropagationOptions options;
    change(options);
    return propagate(counts, modes, scores, options);
  };
  CHECK_THROWS_WITH_AS(with([](auto& o) { o.protein_decay = Vector::Ones(3); }),
                       "PropagationOptions: protein_decay has size 3, must be 5", std::invalid_argument);
  CHECK_THROWS_WITH_AS(with([](auto& o) { o.protein_decay = Vector::Zero(5); }),
                       "PropagationOptions: protein_decay[1] is 0, must be finite and > 0", std::domain_error);
  CHECK_THROWS_WITH_AS(with([](auto& o) { o.rounds = 0; }), "PropagationOptions: rounds is 0, must be at least 1",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(with([](auto& o) { o.entropy = 0; }), "PropagationOptions: entropy is 0, must be finite and > 0",
                       std::domain_error);
  CHECK_THROWS_WITH_AS(with([](auto& o) { o.ancestors = 1; }), "PropagationOptions: ancestors is 1, must be at least 2",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(propagate(counts, modes, Matrix::Zero(4, 4)), "propagate: first_scores is 4 x 4, must be 5 x 5",
                       std::invalid_argument);
}

namespace {

// Cross entropy that weighs a gene on twice as much as one off.
struct WeighedEntropy {
  static constexpr bool above_floor = true;
  LossTerm operator()(double fitted, double target) const {
    const LossTerm plain = CrossEntropy{}(fitted, target);
    const double weight = target > 0.5 ? 2.0 : 1.0;
    return {weight * plain.value, weight * plain.slope, weight * plain.curvature, weight * plain.majorant};
  }
};

}  // namespace

TEST_CASE("loss, optimizer and precision of propagation are policies") {
  const Counts counts = simulate(fn4(), Protocol{.cells_per_time_point = 40}, {.seed = 5}).counts;
  const Clustering modes = pooled(counts);
  const Matrix scores = infer(counts).scores;
  const Propagation plain = propagate(counts, modes, scores);
  const Propagation weighed = propagate(counts, modes, scores, {}, WeighedEntropy{});
  CHECK(weighed.convergence.converged());
  CHECK((weighed.coefficients.basal - plain.coefficients.basal).norm() > 0.1);
  const Propagation other = propagate(counts, modes, scores, {.rounds = 1}, CrossEntropy{}, ProximalGradient{});
  CHECK((other.scores - propagate(counts, modes, scores, {.rounds = 1}).scores).norm() < 1e-2);
  CHECK(other.scores != propagate(counts, modes, scores, {.rounds = 1}).scores);
  const Propagation single = propagate<float>(counts, modes, scores);
  CHECK(single.scores != plain.scores);
  CHECK((single.scores - plain.scores).cwiseAbs().maxCoeff() < 1e-3);
}

TEST_CASE("propagation takes several inputs, and none") {
  const Counts counts = simulate(fn4(), Protocol{.cells_per_time_point = 40}, {.seed = 5}).counts;
  const Clustering modes = pooled(counts);
  const Matrix scores = infer(counts).scores;
  const Propagation one = propagate(counts, modes, scores);
  // A second input, before the first, that is never on.
  Matrix values(counts.cells(), 6);
  values << Vector::Zero(counts.cells()), counts.values();
  const Counts more(values, counts.times(), {}, {}, 2);
  Clustering wider = modes;
  wider.of_node.insert(wider.of_node.begin(), modes.of_node[0]);
  wider.number_of_inputs = 2;
  wider.modes.resize(counts.cells(), 6);
  wider.modes << ModeTable::Zero(counts.cells(), 1), modes.modes;
  Matrix wider_scores = Matrix::Zero(6, 6);
  wider_scores.bottomRightCorner(5, 5) = scores;
  const Propagation two = propagate(more, wider, wider_scores);
  CHECK(two.scores.col(0).isZero());
  CHECK(two.scores.topRows(2).isZero());
  // Only the mean of the penalty's weights has changed.
  CHECK((two.scores.bottomRightCorner(4, 5) - one.scores.bottomRightCorner(4, 5)).cwiseAbs().maxCoeff() <
        0.5 * one.scores.maxCoeff());
  CHECK(two.scores(2, 1) > 1.0);

  const Counts none(counts.values().rightCols(4), counts.times(), {}, {}, 0);
  Clustering narrow = modes;
  narrow.of_node.erase(narrow.of_node.begin());
  narrow.number_of_inputs = 0;
  narrow.modes = modes.modes.rightCols(4).eval();
  const Propagation alone = propagate(none, narrow, scores.bottomRightCorner(4, 4));
  CHECK(alone.scores.allFinite());
  CHECK(alone.scores.maxCoeff() > 1.0);

  const Counts inputs_alone(counts.values().leftCols(1), counts.times());
  Clustering nothing = modes;
  nothing.of_node.resize(1);
  nothing.modes = modes.modes.leftCols(1).eval();
  CHECK_THROWS_WITH_AS(static_cast<void>(propagate(inputs_alone, nothing, scores.topLeftCorner(1, 1))),
                       "propagate: counts.genes() is 0, must be at least 1", std::invalid_argument);
}
