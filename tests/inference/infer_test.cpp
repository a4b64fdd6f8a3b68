#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/clustering.hpp>
#include <cardamom/evaluation.hpp>
#include <cardamom/inference.hpp>
#include <cardamom/io/panel.hpp>
#include <cardamom/model.hpp>
#include <cardamom/simulation/population.hpp>
#include <support/data.hpp>
#include <support/large_sample.hpp>

using namespace cardamom;

namespace {

Counts small_counts(Index cells_per_time_point = 60, std::uint64_t seed = 3) {
  Protocol protocol;
  protocol.cells_per_time_point = cells_per_time_point;
  return simulate(fn4(), protocol, {.seed = seed}).counts;
}

bool all_finite(const Inference<>& result) {
  bool finite = result.scores.allFinite();
  for (const NetworkStep& step : result.steps) {
    finite = finite && step.basal.allFinite() && Matrix(step.interactions).allFinite();
  }
  return finite;
}

void check_defined(const Counts& counts) {
  const Inference result = infer(counts);
  CHECK(all_finite(result));
  CHECK(result.steps.size() == static_cast<std::size_t>(counts.time_points().size()));
  CHECK_NOTHROW(validate(result.model));
  CHECK(result.diagnostics.assumed_rates);
}

Counts table(Index cells, Index genes, std::uint64_t seed, Index time_points = 3) {
  RandomStream random(seed, Purpose::user);
  Matrix values(cells, genes);
  Vector times(cells);
  for (Index c = 0; c < cells; ++c) {
    times[c] = static_cast<double>(c % time_points);
    values(c, 0) = times[c] > 0 ? 1 : 0;
    for (Index g = 1; g < genes; ++g)
      values(c, g) = static_cast<double>(random.poisson(random.uniform() < 0.5 ? 1 : 20));
  }
  return {values, times};
}

/// Over all time points, of the joint problem: every edge against its opposite as it is.
double largest_optimality_residual(const Inference<>& result) {
  double residual = 0.0;
  RegressionOptions options;
  bool stimulus_seen = false;
  for (std::size_t k = 0; k < result.steps.size(); ++k) {
    const Samples samples = attractor_samples(result.clustering, result.basins, static_cast<Index>(k));
    const bool acts = samples.proteins.col(0).maxCoeff() > 0.0;
    options.movable.basal = k == 0;
    options.movable.inputs = {acts && !stimulus_seen};
    stimulus_seen = stimulus_seen || acts;
    const Coefficients fitted{result.steps[k].basal, Matrix(result.steps[k].interactions)};
    residual = std::max(residual, optimality_residual(samples, fitted, options));
    options.anchor = fitted;
  }
  return residual;
}

}  // namespace

TEST_CASE("the network of four genes comes back from simulated counts") {
  double sum = 0.0;
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    const Model truth = fn4();
    const Inference result = infer(simulate(truth, Protocol{}, {.seed = seed}).counts);
    CHECK(result.diagnostics.regression.converged());
    CHECK(largest_optimality_residual(result) <= 1e-8);
    CHECK(result.diagnostics.constant_inputs.empty());
    CHECK(result.diagnostics.uninformative_genes.empty());
    sum += aupr(rank_edges(result.scores, Matrix(truth.network().interactions())));
    CHECK(sign_accuracy(Matrix(result.interactions()), Matrix(truth.network().interactions())).wrong <= 1);
  }
  CHECK(sum / 3.0 > 0.8);
}

TEST_CASE("a result holds everything asked for next") {
  const Counts counts = small_counts();
  const DecayRates rates{Vector::Constant(5, 0.2), Vector::Constant(5, 0.04)};
  const Inference result = infer(counts, {.rates = rates}, Successive{});
  CHECK(result.nodes() == 5);
  CHECK(result.genes() == 4);
  CHECK(result.inputs() == 1);
  CHECK(!result.diagnostics.assumed_rates);
  CHECK(!result.fit.known());
  CHECK(result.names == counts.names());
  REQUIRE(result.steps.size() == 10);
  CHECK(result.steps.front().time == 0.0);
  CHECK(result.steps.back().time == 96.0);
  CHECK(result.scores == Matrix(result.interactions()).cwiseAbs());
  CHECK(result.network().names() == counts.names());
  CHECK(result.weights == Matrix(result.interactions()));
  const Model& model = result.model;
  validate(model);
  CHECK(Matrix(model.rate.interactions()) == result.weights);
  CHECK(model.rate.basal() == result.basal());
  for (Index i = 1; i < 5; ++i) {
    CHECK(model.kinetics.frequency_max[i] == doctest::Approx(0.2 * result.clustering.gene(i).shape_max()));
    CHECK(model.kinetics.frequency_min[i] == doctest::Approx(0.2 * result.clustering.gene(i).shape_min()));
    CHECK(model.kinetics.inverse_burst_size[i] == result.clustering.gene(i).inverse_burst_size);
    // (11): a fully expressed gene has protein 1.
    CHECK(model.kinetics.inverse_protein_burst_size()[i] ==
          doctest::Approx(model.kinetics.frequency_max[i] / model.kinetics.protein_decay[i]));
  }
  CHECK(simulate(model, Protocol{.cells_per_time_point = 2}, {.seed = 1}).counts.cells() == 20);
}

TEST_CASE("single precision of the samples moves no edge by more than their rounding") {
  const Counts counts = small_counts();
  const Inference usual = infer(counts);
  const Inference single = infer(counts, {}, Threads(2), SinglePrecision{});
  CHECK(single.diagnostics.regression.converged());
  CHECK((Matrix(single.interactions()) - Matrix(usual.interactions())).cwiseAbs().maxCoeff() < 1e-4);
  CHECK((single.scores - usual.scores).cwiseAbs().maxCoeff() < 1e-4);
  CHECK(single.scores != usual.scores);
}

TEST_CASE("with too many genes for chains side by side, too, the executor changes no bit") {
  RandomStream random(3, Purpose::user);
  Matrix values(60, 150);
  for (Index c = 0; c < 60; ++c) {
    values(c, 0) = c < 20 ? 0.0 : 1.0;
    for (Index g = 1; g < 150; ++g) {
      values(c, g) = static_cast<double>(random.poisson(random.uniform() < (c < 20 ? 0.2 : 0.6) ? 12.0 : 0.5));
    }
  }
  Vector times(60);
  for (Index c = 0; c < 60; ++c) times[c] = static_cast<double>(c / 20);
  const Counts counts(values, times);
  const Inference alone = infer(counts);
  const Inference team = infer(counts, {}, Threads(3));
  CHECK(team.scores == alone.scores);
  CHECK(alone.scores.maxCoeff() > 0.0);
}

TEST_CASE("policies come in any order and the executor changes no bit") {
  const Counts counts = small_counts();
  const Inference alone =
      infer(counts, InferenceOptions{}, Binarize({.modes = BinarizeModes::pooled}), ProximalNewton{});
  const Inference team =
      infer(counts, InferenceOptions{}, Threads(4), NegativeBinomial{}, Binarize({.modes = BinarizeModes::pooled}));
  REQUIRE(team.steps.size() == alone.steps.size());
  for (std::size_t k = 0; k < alone.steps.size(); ++k) {
    CHECK(Matrix(team.steps[k].interactions) == Matrix(alone.steps[k].interactions));
    CHECK(team.steps[k].basal == alone.steps[k].basal);
  }
}

TEST_CASE("the observer hears of one total, planned first, and of work done that only grows") {
  const Counts counts = small_counts(20);
  const auto check = [&](const auto& estimator, const auto&... policies) {
    std::vector<std::pair<Index, Index>> heard;
    const auto observer = [&heard](Index done, Index total) {
      heard.emplace_back(done, total);
      return true;
    };
    static_cast<void>(infer(counts, {}, estimator, observer, policies...));
    REQUIRE(heard.size() > 4);
    for (std::size_t k = 1; k < heard.size(); ++k) {
      CHECK(heard[k].second == heard[0].second);
      CHECK(heard[k].first > heard[k - 1].first);
    }
    CHECK(heard.back().first == heard.back().second);
    // Asked to stop at any of its calls, it is not called again.
    std::size_t calls = 0;
    const auto impatient = [&calls, &heard](Index, Index) { return ++calls < heard.size() / 2; };
    CHECK_THROWS_AS(static_cast<void>(infer(counts, {}, estimator, impatient, policies...)), Cancelled);
    CHECK(calls == heard.size() / 2);
  };
  check(AveragedSuccessive{});
  check(AveragedSuccessive{}, Threads(3));
  check(Successive{}, NoClustering{});
  check(PropagatedProteins{});
  check(PropagatedProteins{}, Threads(2));
}

TEST_CASE("poor data are inferred without NaN and the diagnostics say why") {
  SUBCASE("genes of zeros and of a constant") {
    Counts counts = small_counts(20);
    Matrix values = counts.values();
    values.col(2).setZero();
    values.col(3).setConstant(7.0);
    const Counts poor(values, counts.times());
    const Inference result = infer(poor);
    CHECK(result.diagnostics.uninformative_genes == std::vector<Index>{2, 3});
    CHECK(result.scores.col(2).isZero(0.0));
    CHECK(result.scores.row(3).isZero(0.0));
    check_defined(poor);
  }
  SUBCASE("one time point") {
    check_defined(table(30, 4, 1, 1));
    CHECK(infer(table(30, 4, 1, 1)).diagnostics.constant_inputs == std::vector<Index>{0});
  }
  SUBCASE("one cell per time point") {
    const Counts counts = table(4, 3, 2, 4);
    check_defined(counts);
    CHECK(infer(counts).diagnostics.sparse_time_points == std::vector<Index>{0, 1, 2, 3});
  }
  SUBCASE("a single cell") { check_defined(table(1, 3, 3, 1)); }
  SUBCASE("more genes than cells") { check_defined(table(12, 40, 4)); }
  SUBCASE("all cells identical") { check_defined(Counts(Matrix::Constant(9, 4, 3.0), Vector::LinSpaced(9, 0, 2))); }
  SUBCASE("two equal columns") {
    const Counts counts = table(40, 4, 5);
    Matrix values = counts.values();
    values.col(2) = values.col(1);
    check_defined(Counts(values, counts.times()));
  }
  SUBCASE("the stimulus alone") { check_defined(table(10, 1, 6)); }
}

TEST_CASE("infer and model say what is wrong with their input") {
  const Counts counts = table(12, 3, 7);
  CHECK_THROWS_WITH_AS(static_cast<void>(infer(Counts{})), "infer: counts.cells() is 0, must be at least 1",
                       std::invalid_argument);
  InferenceOptions options;
  options.prior = Coefficients::zero(2);
  CHECK_THROWS_WITH_AS(static_cast<void>(infer(counts, options)), "infer: options.prior.basal has size 2, must be 3",
                       std::invalid_argument);
  options.prior = {};
  CHECK_THROWS_WITH_AS(static_cast<void>(infer(counts, options, Successive{{.penalty = {.strength = -1.0}}})),
                       "Penalty: strength is -1, must be finite and > 0", std::domain_error);
  CHECK_THROWS_WITH_AS(static_cast<void>(infer(counts, {.rates = {.mrna = Vector::Ones(2)}})),
                       "infer: options.rates.mrna has size 2, must be 3", std::invalid_argument);
  CHECK_THROWS_WITH_AS(static_cast<void>(infer(counts, {.rates = {.protein = Vector::Zero(3)}})),
                       "infer: options.rates.protein[1] is 0, must be finite and > 0", std::domain_error);

  // Times of another unit than hours, and rates of another than per hour.
  const auto lasting = [&](double span) { return Counts(counts.values(), Vector(counts.times() * span / 2.0)); };
  CHECK_THROWS_WITH_AS(static_cast<void>(infer(lasting(1e302))),
                       "infer: the time between the first and the last of counts.time_points() is 1e+302, must be in "
                       "[0, 1e+06]",
                       std::domain_error);
  const InferenceOptions with_rates{.rates = {.mrna = Vector{{9.0, 0.25, 0.5}}}};
  CHECK_THROWS_WITH_AS(static_cast<void>(infer(lasting(345600), with_rates, Successive{})),
                       "infer: options.rates.mrna[2] is 0.5 per hour and the time points span 345600 hours, 172800 "
                       "lives, must be in [1e-04, 1e+05]: are times in hours and rates per hour?",
                       std::domain_error);
  CHECK_THROWS_AS(static_cast<void>(infer(lasting(1e-4), with_rates, Successive{})), std::domain_error);
  CHECK_NOTHROW(static_cast<void>(infer(lasting(96), with_rates, Successive{})));
}

TEST_CASE("the regressions of published data sets end in an optimum" * support::large_sample()) {
  const auto data = support::data_dir();
  if (!data) return;
  // Almost equal columns (FN4, FN8), and competitions that take hundreds of passes to settle (Trees50, Trees100).
  for (const char* set : {"FN4/data_1", "FN8/data_4", "BN8/data_1", "Trees50/data_4", "Trees100/data_2"}) {
    CAPTURE(set);
    const Counts counts = read_panel((*data / "benchmark" / (std::string(set) + ".tsv")).string());
    for (const BinarizeModes modes : {BinarizeModes::time_points, BinarizeModes::pooled}) {
      const Inference result = infer(counts, {}, Successive{}, Binarize({.modes = modes}));
      CHECK(result.diagnostics.regression.converged());
      CHECK(largest_optimality_residual(result) <= 1e-8);
    }
  }
}

TEST_CASE("relabelling the genes relabels the network") {
  const Counts counts = small_counts();
  Eigen::PermutationMatrix<Eigen::Dynamic> order(counts.nodes());
  order.indices() << 0, 3, 1, 4, 2;
  const Inference straight = infer(counts);
  const Inference shuffled = infer(Counts(counts.values() * order, counts.times()));
  const Matrix expected = order.transpose() * Matrix(straight.interactions()) * order;
  CHECK((Matrix(shuffled.interactions()) - expected).cwiseAbs().maxCoeff() < 1e-6);
  CHECK((shuffled.scores - order.transpose() * straight.scores * order).cwiseAbs().maxCoeff() < 1e-6);
  CHECK((order.transpose() * straight.scores * order - straight.scores).cwiseAbs().maxCoeff() > 0.1);
}

TEST_CASE("duplicating every cell changes nothing") {
  const Counts counts = small_counts(40);
  const Counts doubled(counts.values().replicate(2, 1), counts.times().replicate(2, 1));
  const Inference once = infer(counts);
  const Inference twice = infer(doubled);
  CHECK(once.basins.modes == twice.basins.modes);
  CHECK((once.basins.weights - twice.basins.weights).cwiseAbs().maxCoeff() < 1e-12);
  CHECK((Matrix(once.interactions()) - Matrix(twice.interactions())).cwiseAbs().maxCoeff() < 1e-6);
  CHECK((once.scores - twice.scores).cwiseAbs().maxCoeff() < 1e-6);
}
