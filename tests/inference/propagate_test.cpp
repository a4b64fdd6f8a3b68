#include <doctest/doctest.h>

#include <cardamom/evaluation.hpp>
#include <cardamom/inference.hpp>
#include <cardamom/model.hpp>
#include <cardamom/simulation/experiment.hpp>

using namespace cardamom;

namespace {

Clustering pooled(const Counts& counts) {
  return cluster(counts, NegativeBinomial{}, Binarize({.modes = BinarizeModes::pooled}));
}

}  // namespace

TEST_CASE("couplings have the marginals asked for and prefer what costs less") {
  Matrix cost(3, 2);
  cost << 0.0, 4.0, 4.0, 0.0, 2.0, 2.0;
  detail::Sinkhorn transport;
  transport.set_cost(cost, 0.5);
  transport.iterate(200, false);
  Matrix weights;
  transport.conditional(weights);
  for (Index j = 0; j < 2; ++j) CHECK(weights.col(j).sum() == doctest::Approx(1.0));
  // Uniform rows: each ancestor has 1/3 of the mass, spread over two cells of 1/2 each.
  for (Index i = 0; i < 3; ++i) CHECK(0.5 * weights.row(i).sum() == doctest::Approx(1.0 / 3.0));
  CHECK(weights(0, 0) > 0.6);
  CHECK(weights(2, 0) == doctest::Approx(1.0 / 3.0));
  // A cost no exponential can represent still gives a coupling.
  transport.set_cost(cost * 1e5, 0.5);
  transport.iterate(50, false);
  transport.conditional(weights);
  CHECK(weights.allFinite());
}

TEST_CASE("propagated proteins find the network of four genes and know its signs") {
  double sum = 0.0;
  const Model truth = fn4();
  for (const std::uint64_t seed : {1U, 2U}) {
    const Counts counts = simulate(truth, Experiment{}, seed).counts;
    PropagationOptions options;
    options.protein_decay = truth.kinetics.protein_decay;
    const Inference result = propagate(counts, pooled(counts), infer(counts).scores, options);
    CHECK(result.diagnostics.regression.residual < 1e-6);
    sum += aupr(rank_edges(result.scores, Matrix(truth.network.interactions())));
    CHECK(sign_accuracy(Matrix(result.interactions()), Matrix(truth.network.interactions())).wrong == 0);
    CHECK_NOTHROW(validate(result.model().kinetics));
  }
  CHECK(sum / 2.0 > 0.85);
}

TEST_CASE("propagation does not depend on the executor and subsamples ancestors by the seed alone") {
  const Counts counts = simulate(bn8(), Experiment{.cells_per_time_point = 40}, 5).counts;
  const Clustering modes = pooled(counts);
  const Matrix scores = infer(counts).scores;
  PropagationOptions options;
  options.ancestors = 25;
  const Inference alone = propagate(counts, modes, scores, options);
  const Inference team = propagate(counts, modes, scores, options, ProximalNewton{}, Threads(3));
  CHECK(alone.scores == team.scores);
  options.seed = 1;
  CHECK(propagate(counts, modes, scores, options).scores != alone.scores);
}

TEST_CASE("propagation is defined for poor data") {
  const auto check = [](const Matrix& values, const Vector& times) {
    const Counts counts(values, times);
    const Inference result = propagate(counts, pooled(counts), Matrix::Zero(counts.genes(), counts.genes()));
    CHECK(result.scores.allFinite());
    CHECK(result.basal().allFinite());
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
  const Counts counts = simulate(fn4(), Experiment{.cells_per_time_point = 5}, 5).counts;
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
  CHECK_THROWS_WITH_AS(propagate(counts, modes, Matrix::Zero(4, 4)), "propagate: first is 4 x 4, must be 5 x 5",
                       std::invalid_argument);
}
