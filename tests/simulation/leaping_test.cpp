// Tau-leaping with path scores.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <utility>
#include <vector>

#include <boost/math/distributions/normal.hpp>
#include <doctest/doctest.h>

#include <cardamom/burst_rate/parametric_rate.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/model/model.hpp>
#include <cardamom/simulation/leaping/learned_law.hpp>
#include <cardamom/simulation/leaping/linear_law.hpp>
#include <cardamom/simulation/leaping/population.hpp>
#include <cardamom/simulation/population.hpp>
#include <support/statistics.hpp>
#include <support/two_genes.hpp>

using namespace cardamom;

namespace {

// One gene of constant rate, whose parameter is the logarithm of that rate. `bias` spoils its compensation.
struct ConstantModel {
  struct Law {
    Law(const ConstantModel& constant, Index cells) : model(&constant), score_(CellValue::Zero(cells)) {}
    void begin_step(const CellValues&, double dt, bool) { mean_ = static_cast<float>(model->kon * dt); }
    void rate(Index, CellValue& rate) { rate.setConstant(mean_); }
    void accumulate(Index, const CellValue& increment) {
      score_ += mean_ * (increment - static_cast<float>(model->bias));
    }
    void flush(CellScores& score) {
      score.col(0).array() += score_;
      score_.setZero();
    }
    const ConstantModel* model;
    float mean_ = 0.0F;
    CellValue score_;
  };

  Kinetics kinetics;
  double kon = 1.0;
  double bias = 0.0;

  Vector parameters() const { return Vector::Constant(1, std::log(kon)); }
};
static_assert(LeapingModel<ConstantModel>);

LeapProtocol at(std::vector<double> times, Index inputs, Index cells) {
  LeapProtocol protocol;
  protocol.levels = Matrix::Ones(static_cast<Index>(times.size()), inputs);
  protocol.observation_times = std::move(times);
  protocol.burn_in = 0.0;
  protocol.cells = cells;
  return protocol;
}

struct Sample {
  CellValues mrna, protein;
  CellScores score;
};

// The cells at the last observation time.
template <LeapingModel Model>
Sample leap(const Model& model, const LeapProtocol& protocol, const ExecutorRef& executor = Sequential{}) {
  LeapingPopulation<Model> population(model, protocol);
  std::vector<Sample> blocks(static_cast<std::size_t>(population.blocks()));
  while (!population.finished()) {
    population.advance(executor, [&](Index block, const LeapingCells<Model>& cells) {
      blocks[static_cast<std::size_t>(block)] = {cells.mrna(), cells.protein(), cells.score()};
    });
  }
  Sample all{CellValues(protocol.cells, model.kinetics.genes()), CellValues(protocol.cells, model.kinetics.genes()),
             CellScores(protocol.cells, model.parameters().size())};
  Index row = 0;
  for (const Sample& block : blocks) {
    all.mrna.middleRows(row, block.mrna.rows()) = block.mrna;
    all.protein.middleRows(row, block.mrna.rows()) = block.protein;
    all.score.middleRows(row, block.mrna.rows()) = block.score;
    row += block.mrna.rows();
  }
  REQUIRE(row == protocol.cells);
  return all;
}

// Two-sided, of a mean of independent values that should be `expected`.
double mean_p_value(const Vector& values, double expected) {
  const double n = static_cast<double>(values.size());
  const double variance = (values.array() - values.mean()).square().sum() / (n - 1.0);
  const double z = std::abs(values.mean() - expected) / std::sqrt(variance / n);
  return 2.0 * boost::math::cdf(boost::math::complement(boost::math::normal(), z));
}

constexpr double d0 = 0.5;
constexpr double d1 = 0.1;
constexpr double burst = 20.0;
constexpr double kon = 0.8;
constexpr double end = 4.0;

ConstantModel constant_gene() { return {Kinetics::uniform(2, d0, d1, 1.0 / burst, 0.0, kon), kon}; }

double integral_of_decay(double d) { return (1.0 - std::exp(-d * end)) / d; }

}  // namespace

TEST_CASE("leaping a gene of constant rate has the means and sensitivities of the closed form") {
  ConstantModel model = constant_gene();
  const Index cells = 400000;
  const Sample sample = leap(model, at({0.0, end}, 1, cells), Threads(2));
  const Vector mrna = sample.mrna.col(0).cast<double>();
  const Vector protein = sample.protein.col(0).cast<double>();
  const Vector score = sample.score.col(0).cast<double>();
  // M' = kon b − d0 M on average, and the mean is proportional to kon: its derivative in log kon is itself.
  const double mean_mrna = kon * burst * integral_of_decay(d0);
  const double s1 = model.kinetics.protein_synthesis[1];
  const double mean_protein = s1 * kon * burst / (d0 - d1) * (integral_of_decay(d1) - integral_of_decay(d0));
  // A score has mean 0, so its product with anything has the covariance for its mean.
  const Vector mrna_slope = ((mrna.array() - mean_mrna) * score.array()).matrix();
  const Vector protein_slope = ((protein.array() - mean_protein) * score.array()).matrix();
  CHECK(mean_p_value(mrna, mean_mrna) > support::false_alarm);
  CHECK(mean_p_value(protein, mean_protein) > support::false_alarm);
  CHECK(mean_p_value(score, 0.0) > support::false_alarm);
  CHECK(mean_p_value(mrna_slope, mean_mrna) > support::false_alarm);
  CHECK(mean_p_value(protein_slope, mean_protein) > support::false_alarm);
  // The variance of the score is its sensitivity to itself: Fisher's information, kon t.
  CHECK(mean_p_value(score.cwiseAbs2(), kon * end) > support::false_alarm);
  SUBCASE("five per cent off would be seen") {
    CHECK(mean_p_value(mrna, 1.05 * mean_mrna) < support::false_alarm);
    CHECK(mean_p_value(protein, 1.05 * mean_protein) < support::false_alarm);
    CHECK(mean_p_value(mrna_slope, 1.05 * mean_mrna) < support::false_alarm);
    CHECK(mean_p_value(protein_slope, 1.05 * mean_protein) < support::false_alarm);
    CHECK(mean_p_value(score.cwiseAbs2(), 1.05 * kon * end) < support::false_alarm);
    model.bias = 0.05;
    const Sample biased = leap(model, at({0.0, end}, 1, cells), Threads(2));
    CHECK(mean_p_value(biased.score.col(0).cast<double>(), 0.0) < support::false_alarm);
  }
}

TEST_CASE("scores of every parameter of a linear form have mean 0 and give the sensitivities of differences") {
  LeapProtocol protocol = at({0.0, 8.0}, 1, 40000);
  protocol.longest_step = 0.25;
  const auto model = support::two_genes();
  const Sample sample = leap(model, protocol, Threads(2));
  for (Index p = 0; p < sample.score.cols(); ++p) {
    const Vector score = sample.score.col(p).cast<double>();
    if (!score.isZero()) CHECK(mean_p_value(score, 0.0) > support::false_alarm);
  }
  // Parameters: θ_10 θ_11 θ_12 β_1 log k0_1 log k1_1 of gene 1, then of gene 2.
  const auto mean_protein = [&](Index parameter, double shift) {
    auto moved = model;
    Vector x = moved.parameters();
    const double before = moved.kinetics.protein_synthesis[1 + parameter / 6];
    x[parameter] += shift;
    moved.set_parameters(x, 100.0);
    // The scale of proteins follows k1 by (11); the path score knows rates alone.
    moved.kinetics.protein_synthesis[1 + parameter / 6] = before;
    LeapProtocol other = protocol;
    other.replicate = 1;  // the same draws on both sides: their noise cancels
    const Sample result = leap(moved, other, Threads(2));
    return Eigen::Vector2d(result.protein.col(0).cast<double>().mean(), result.protein.col(1).cast<double>().mean());
  };
  for (const Index parameter : {0, 3, 4, 5, 7, 9, 10, 11}) {
    const Eigen::Vector2d difference = (mean_protein(parameter, 0.2) - mean_protein(parameter, -0.2)) / 0.4;
    const Vector score = sample.score.col(parameter).cast<double>();
    for (Index a = 0; a < 2; ++a) {
      const Vector protein = sample.protein.col(a).cast<double>();
      const double covariance = (protein.array() - protein.mean()).matrix().dot(score) / 40000.0;
      CHECK(covariance == doctest::Approx(difference[a]).epsilon(0.0).scale(1.0).epsilon(0.01));
    }
  }
}

TEST_CASE("leaping agrees with exact simulation") {
  const auto leaping = support::two_genes();
  LeapProtocol protocol = at({0.0, 10.0}, 1, 20000);
  protocol.burn_in = 5.0;
  protocol.longest_step = longest_leap(leaping.kinetics);
  const Sample sample = leap(leaping, protocol, Threads(2));

  Matrix theta = Matrix::Zero(3, 3);
  theta.bottomRows(2) = leaping.interactions;
  Vector basal = Vector::Zero(3);
  basal.tail(2) = leaping.basal;
  Protocol exact_protocol;
  exact_protocol.time_points = {10.0};
  exact_protocol.cells_per_time_point = 20000;
  const Population exact = simulate(make_model(leaping.kinetics, Network(basal, theta)), exact_protocol,
                                    {.seed = 3, .keep_latent = true}, Threads(2));
  // Four standard errors of a mean of 20000 cells, and the leaps' own error.
  for (Index a = 0; a < 2; ++a) {
    CHECK(sample.mrna.col(a).mean() == doctest::Approx(exact.mrna.col(a + 1).mean()).epsilon(0.03));
    CHECK(sample.protein.col(a).mean() == doctest::Approx(exact.protein.col(a + 1).mean()).epsilon(0.02));
  }
}

TEST_CASE("leaping does not depend on the executor, replicates are independent") {
  const LeapProtocol protocol = at({0.0, 8.0}, 1, 1300);
  const Sample one = leap(support::two_genes(), protocol);
  const Sample three = leap(support::two_genes(), protocol, Threads(3));
  CHECK((one.mrna == three.mrna).all());
  CHECK(one.score == three.score);
  LeapProtocol other = protocol;
  other.replicate = 1;
  CHECK((leap(support::two_genes(), other).mrna != one.mrna).any());
}

namespace {

// The logistic function as a user might write it.
struct PlainLogistic {
  double value(double u) const { return 1.0 / (1.0 + std::exp(-u)); }
  double slope(double u) const { return value(u) * (1.0 - value(u)); }
};

}  // namespace

TEST_CASE("any link leaps; the logistic one gives what its vectorised form gives") {
  LeapProtocol protocol = at({0.0, 8.0}, 1, 2000);
  protocol.score_decay = 0.02;
  const Sample expected = leap(support::two_genes(), protocol);
  const Sample found = leap(support::two_genes(PlainLogistic{}), protocol);
  // Rates in single precision, rounded differently: now and then a burst more or less.
  CHECK(found.mrna.mean() == doctest::Approx(expected.mrna.mean()).epsilon(1e-3));
  CHECK((found.score - expected.score).colwise().mean().cwiseAbs().maxCoeff() < 1e-2F);
  const Eigen::ArrayXf gap = (found.score - expected.score).rowwise().norm();
  CHECK((gap < 1e-3F).cast<double>().mean() > 0.99);
}

TEST_CASE("an input acts by its own level from the time it is given") {
  Kinetics kinetics = Kinetics::uniform(4, 1.0, 0.2, 0.05, 0.01, 1.0, 2);
  LinearLeapingModel<> model{kinetics, Vector::Constant(2, -4.0), Matrix::Zero(2, 4), Logistic{}};
  model.interactions(0, 0) = 8.0;  // input 0 → first gene
  model.interactions(1, 1) = 8.0;  // input 1 → second gene
  LeapProtocol protocol = at({0.0, 6.0, 12.0}, 2, 4000);
  protocol.burn_in = 2.0;
  protocol.levels << 1.0, 1.0, 1.0, 0.0, 0.0, 0.5;
  LeapingPopulation population(model, protocol);
  std::vector<Eigen::Array2d> means;
  while (!population.finished()) {
    means.emplace_back(0.0, 0.0);
    population.advance(Sequential{}, [&](Index, const auto& cells) {
      means.back() += cells.mrna().colwise().sum().transpose().template cast<double>() / 4000.0;
    });
  }
  const double on = 20.0 * (0.01 + 0.99 * logistic(4.0));
  const double half = 20.0 * (0.01 + 0.99 * logistic(0.0));
  CHECK(means[0].maxCoeff() < 1.0);  // no input during the burn-in
  CHECK(means[1][0] == doctest::Approx(on).epsilon(0.1));
  CHECK(means[1][1] < 1.5);
  CHECK(means[2][0] < 1.5);
  CHECK(means[2][1] == doctest::Approx(half).epsilon(0.1));
}

TEST_CASE("a rate written out leaps as the linear form it equals") {
  const auto linear = support::two_genes();
  const auto form = [k = linear.kinetics](Index gene, const VectorIn& protein, const VectorIn& x) {
    return k.frequency_min[gene] +
           (k.frequency_max[gene] - k.frequency_min[gene]) * logistic(x.head(3).dot(protein) + x[3]);
  };
  std::vector<Vector> parameters(3);
  for (Index a = 0; a < 2; ++a) {
    parameters[static_cast<std::size_t>(a + 1)] = Vector(4);
    parameters[static_cast<std::size_t>(a + 1)] << linear.interactions.row(a).transpose(), linear.basal[a];
  }
  const ParametricRate rate{form, linear.kinetics.frequency_max, parameters};
  const LearnedLeapingModel learned(linear.kinetics, rate, {1, 2}, Vector::Zero(3));
  const LeapProtocol protocol = at({0.0, 8.0}, 1, 4000);
  const Sample expected = leap(linear, protocol);
  const Sample found = leap(learned, protocol);
  // They clamp different parts of ∂ log kon over two steps, so scores of single paths differ; what they say does not.
  const auto sensitivity = [](const Sample& sample, Index gene, Index parameter) {
    const Eigen::ArrayXd protein = sample.protein.col(gene).cast<double>();
    return ((protein - protein.mean()) * sample.score.col(parameter).cast<double>().array()).mean();
  };
  double largest = 0.0;
  for (Index gene = 0; gene < 2; ++gene) {
    for (Index a = 0; a < 2; ++a) {
      for (Index p = 0; p < 4; ++p) {
        const double same = sensitivity(expected, gene, 6 * a + p);
        CHECK(std::abs(sensitivity(found, gene, 4 * a + p) - same) < 4e-3);
        largest = std::max(largest, std::abs(same));
      }
    }
  }
  CHECK(largest > 0.05);
}

TEST_CASE("leaping says what is wrong with its protocol") {
  const auto model = support::two_genes();
  const auto with = [&](auto&& change) {
    LeapProtocol protocol = at({0.0, 8.0}, 1, 100);
    change(protocol);
    LeapingPopulation population(model, protocol);
  };
  CHECK_THROWS_WITH_AS(with([](auto& p) { p.levels.resize(2, 2); }), "LeapProtocol: levels is 2 x 2, must be 2 x 1",
                       std::invalid_argument);
  CHECK_THROWS_AS(with([](auto& p) { p.observation_times = {8.0, 0.0}; }), std::domain_error);
  CHECK_THROWS_AS(with([](auto& p) { p.longest_step = 0.0; }), std::domain_error);
  CHECK_THROWS_AS(with([](auto& p) { p.cells = 0; }), std::invalid_argument);
}
