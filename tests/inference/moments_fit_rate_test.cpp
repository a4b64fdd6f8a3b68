// The method of simulated moments for burst rates of any form.
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/burst_rate/parametric_rate.hpp>
#include <cardamom/burst_rate/sigmoid.hpp>
#include <cardamom/clustering/binarize.hpp>
#include <cardamom/clustering/cluster.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/inference/moments/fit_rate.hpp>
#include <cardamom/inference/moments/sensitivities.hpp>
#include <cardamom/mixture/negative_binomial.hpp>
#include <cardamom/simulation/population.hpp>
#include <support/large_sample.hpp>
#include <support/two_genes.hpp>

using namespace cardamom;

namespace {

// The linear form of the two genes with parameters θ_i0 θ_i1 θ_i2 β_i, as a user might write it.
auto written_out(const LinearLeapingModel<>& model) {
  const auto kon = [k = model.kinetics](Index gene, const VectorIn& protein, const VectorIn& x) {
    return k.frequency_min[gene] +
           (k.frequency_max[gene] - k.frequency_min[gene]) * logistic(x.head(3).dot(protein) + x[3]);
  };
  std::vector<Vector> parameters(3);
  for (Index i = 0; i < 2; ++i) {
    parameters[static_cast<std::size_t>(i + 1)] = Vector(4);
    parameters[static_cast<std::size_t>(i + 1)] << model.interactions.row(i).transpose(), model.basal[i];
  }
  return ParametricRate{kon, model.kinetics.frequency_max, parameters};
}

// The same with its gradient.
struct WithGradient : decltype(written_out({})) {
  using Base = decltype(written_out({}));
  Vector range;

  explicit WithGradient(const LinearLeapingModel<>& model)
      : Base(written_out(model)), range(model.kinetics.frequency_max - model.kinetics.frequency_min) {}

  void parameter_gradient(Index gene, const VectorIn& protein, VectorOut out) const {
    const Vector& x = parameters(gene);
    const double s = logistic(x.head(3).dot(protein) + x[3]);
    out.head(3) = protein;
    out[3] = 1.0;
    out *= range[gene] * s * (1.0 - s);
  }
};
static_assert(ParameterGradientBurstRate<WithGradient>);

const Kinetics kinetics = Kinetics::uniform(3, 0.5, 0.1, 0.05, 0.02, 1.0);

// A cascade: the stimulus switches gene 1 on, gene 1 acts on gene 2 by a Hill response of level x_0 and exponent 4.
auto cascade(double log_level) {
  const auto kon = [k1 = kinetics.frequency_max](Index gene, const VectorIn& protein, const VectorIn& x) {
    if (gene == 1) return k1[1] * (0.02 + 0.98 * protein[0]);
    const double ratio = std::pow(protein[1] / std::exp(x[0]), 4.0);
    return k1[2] * (0.02 + 0.98 * ratio / (1.0 + ratio));
  };
  return ParametricRate{kon, kinetics.frequency_max, {Vector(), Vector(), Vector::Constant(1, log_level)}};
}

Counts few_cells() {
  Protocol protocol;
  protocol.time_points = {0, 6, 12};
  protocol.cells_per_time_point = 60;
  return simulate(BasicModel{kinetics, cascade(0.0)}, protocol, {.seed = 5}).counts;
}

}  // namespace

TEST_CASE("a rate written out has the moments and sensitivities of the linear form it equals") {
  const LinearLeapingModel<> linear = support::two_genes();
  const Observation poisson{PoissonCapture{}};
  MomentStatistics statistics;
  statistics.summaries = {SummaryStatistic(3.0, 60.0, poisson), SummaryStatistic(5.0, 90.0, poisson)};
  statistics.all = {{0, 0}, {0, 1}, {1, 1}};
  statistics.groups = {{{0, 1, 2}, 0, 12}};
  LeapProtocol protocol;
  protocol.observation_times = {0.0, 8.0};
  protocol.levels = Matrix::Ones(2, 1);
  protocol.longest_step = 0.5;
  protocol.cells = 4000;
  protocol.score_decay = 0.02;
  const std::vector<Vector> centres(2, Vector::Constant(2, 0.3));
  const auto expected = simulate_moments(linear, protocol, statistics, centres, poisson, Threads(2));
  statistics.groups = {{{0, 1, 2}, 0, 8}};
  const auto check = [&](const auto& rate) {
    using Rate = std::remove_cvref_t<decltype(rate)>;
    const LearnedLeapingModel<Rate> model(linear.kinetics, rate, {1, 2}, Vector::Zero(3));
    const auto found = simulate_moments(model, protocol, statistics, centres, poisson, Threads(2));
    for (std::size_t k = 0; k < 2; ++k) {
      // Rates in double and single precision: now and then a burst more or less.
      CHECK((found[k].statistics - expected[k].statistics).cwiseAbs().maxCoeff() < 1e-3);
      for (Index i = 0; i < 2; ++i) {
        const Matrix own = found[k].sensitivity[0].middleCols(4 * i, 4);
        const Matrix same = expected[k].sensitivity[0].middleCols(6 * i, 4);
        CHECK((own - same).cwiseAbs().maxCoeff() < 2e-3);
      }
    }
    CHECK(found[1].sensitivity[0].cwiseAbs().maxCoeff() > 0.05);
  };
  check(written_out(linear));
  check(WithGradient(linear));
}

TEST_CASE("a Hill level is recovered from counts" * support::large_sample()) {
  Protocol protocol;
  protocol.time_points = {0, 4, 8, 12, 18, 24, 36};
  protocol.cells_per_time_point = 2000;
  MomentsOptions options;
  options.strength = 0.01;
  // Those with which the errors below were found.
  options.cells = 1000;
  options.steps_per_time_point = 3;
  options.final_steps = 36;
  options.multistart_steps = 12;
  options.averaged_steps = 12;
  const auto refined = [&](double truth, double start, std::uint64_t seed) {
    const Counts counts = simulate(BasicModel{kinetics, cascade(truth)}, protocol, {.seed = seed}, Threads(2)).counts;
    const Clustering modes = cluster(counts, {}, Binarize({.modes = BinarizeModes::pooled}));
    const auto rate = cascade(start);
    return fit_rate_moments(counts, modes, kinetics, rate, rate, options);
  };
  const double level = std::log(0.5);
  const auto mean_error = [&](double truth) {
    double sum = 0.0;
    for (const std::uint64_t seed : {5U, 6U, 7U, 8U}) {
      sum += refined(truth, level - 0.9, seed).rate.parameters(2)[0] - level;
    }
    return sum / 4.0;
  };
  // Over twenty samples the error is -0.014 on average (steps of time are leapt) with a standard deviation of 0.0085,
  // of a mean of four 0.0043: one in a million would lie further away, and a level wrong by 5 % is told apart as
  // surely.
  const auto as_expected = [](double error) { return std::abs(error + 0.014) < 0.021; };
  CHECK(as_expected(mean_error(level)));
  CHECK_FALSE(as_expected(mean_error(level + std::log(1.05))));

  const auto from_below = refined(level, std::log(0.2), 5);
  const auto from_above = refined(level, std::log(1.2), 5);
  CHECK(from_above.rate.parameters(2)[0] == doctest::Approx(from_below.rate.parameters(2)[0]).epsilon(0.01));
  CHECK(from_below.rate.parameters(1).size() == 0);
  CHECK(from_below.objective < 0.5);
  CHECK(from_below.residuals.cwiseAbs().maxCoeff() < 4.0);
  CHECK(from_below.residuals.col(0).isZero());
  CHECK(from_below.residuals.rows() == 7);
  CHECK(from_below.convergence.converged());
}

TEST_CASE("a rate without activity or parameters stays as it is, and every executor gives the same") {
  const auto rate = cascade(0.0);
  MomentsOptions options;
  options.cells = 100;
  options.final_steps = 3;
  options.multistart_steps = 1;
  options.averaged_steps = 1;
  const Counts counts = few_cells();
  const Clustering modes = cluster(counts, {}, Binarize{});
  const auto alone = fit_rate_moments(counts, modes, kinetics, rate, rate, options);
  CHECK(alone.rate.parameters(2) != rate.parameters(2));
  Index told = 0;
  const auto watch = [&told](Index done, Index total) {
    CHECK(total == 3);
    told = done;
    return true;
  };
  const auto team = fit_rate_moments(counts, modes, kinetics, rate, rate, options, Threads(3), watch);
  CHECK(told == 3);
  CHECK(team.rate.parameters(2) == alone.rate.parameters(2));
  CHECK(team.residuals == alone.residuals);

  options.joint_genes = 1;
  const auto rows = fit_rate_moments(counts, modes, kinetics, rate, rate, options);
  CHECK(rows.rate.parameters(2).allFinite());
  CHECK(fit_rate_moments(counts, modes, kinetics, rate, rate, options, Threads(3)).rate.parameters(2) ==
        rows.rate.parameters(2));

  Matrix quiet = counts.values();
  quiet.col(2).setZero();
  const Counts silent(quiet, counts.times());
  const auto kept = fit_rate_moments(silent, cluster(silent, {}, Binarize{}), kinetics, rate, rate, options);
  CHECK(kept.rate.parameters(2) == rate.parameters(2));
  CHECK(kept.residuals.isZero());
  CHECK(alone.convergence.status == ConvergenceStatus::iteration_limit);  // one averaged step says nothing
}

TEST_CASE("fit_rate_moments says what is wrong with its input") {
  const auto rate = cascade(0.0);
  const Counts counts = few_cells();
  const Clustering modes = cluster(counts, {}, Binarize{});
  CHECK_THROWS_WITH_AS(fit_rate_moments(counts, modes, Kinetics::uniform(4, 0.5, 0.1, 0.05, 0.02, 1.0), rate, rate),
                       "fit_rate_moments: kinetics.nodes() has size 4, must be 3", std::invalid_argument);
  const auto negative = [](Index, const VectorIn& protein, const VectorIn& x) { return x[0] - 1.0 - protein[0]; };
  const ParametricRate broken{negative, Vector::Ones(3), {Vector(), Vector::Zero(1), Vector::Zero(1)}};
  CHECK_THROWS_WITH_AS(fit_rate_moments(counts, modes, kinetics, broken, broken),
                       "LearnedLeapingModel: the rate of gene 1 is -1 at proteins (0, 0, 0), must be finite and >= 0",
                       NumericalError);
  const ParametricRate longer{negative, Vector::Ones(3), {Vector(), Vector::Zero(2), Vector::Zero(1)}};
  CHECK_THROWS_WITH_AS(fit_rate_moments(counts, modes, kinetics, broken, longer),
                       "fit_rate_moments: anchor has 2 parameters of gene 1, must be 1 as in start",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(fit_rate_moments(counts, modes, kinetics, rate, rate, {.cells = 10}),
                       "MomentsOptions: cells is 10, must be at least 100", std::invalid_argument);
}
