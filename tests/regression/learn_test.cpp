// Learning the parameters of burst rates other than the sigmoid.
#include <cmath>
#include <limits>
#include <stdexcept>
#include <tuple>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/burst_rate/linear_rate.hpp>
#include <cardamom/burst_rate/parametric_rate.hpp>
#include <cardamom/burst_rate/perceptron.hpp>
#include <cardamom/burst_rate/sigmoid.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/regression/learn.hpp>
#include <cardamom/regression/regress.hpp>

#include "support/links.hpp"
#include "support/throws.hpp"
#include "synthetic.hpp"

using namespace cardamom;
using regression_test::exact_samples;
using regression_test::sparse_truth;

namespace {

// The burst rate (2) as a user would write it down: parameters θ_i0 … θ_i,G−1, β_i; k1 = 2, k0 = 0.1.
auto written_out(Index genes) {
  const auto kon = [](Index, const VectorIn& protein, const VectorIn& x) {
    return 0.1 + 1.9 * logistic(x.head(protein.size()).dot(protein) + x[protein.size()]);
  };
  return ParametricRate(kon, Vector::Constant(genes, 2.0),
                        std::vector<Vector>(static_cast<std::size_t>(genes), Vector::Zero(genes + 1)));
}

Perceptron small_perceptron(Index genes, Index units, std::uint64_t seed) {
  RandomStream random(seed, Purpose::user);
  std::vector<PerceptronGene> nets(static_cast<std::size_t>(genes));
  for (auto& net : nets) {
    net = {Matrix::NullaryExpr(units, genes, [&] { return 0.5 * random.normal(); }),
           Vector::NullaryExpr(units, [&] { return 0.5 * random.normal(); }),
           Vector::NullaryExpr(units, [&] { return random.normal(); }), 0.0};
  }
  return {Vector::Zero(genes), Vector::Constant(genes, 2.0), nets};
}

// Gene 1 is on where its regulator, the stimulus, is neither low nor high: no sigmoid is.
Samples bump() {
  Samples samples{Matrix::Zero(41, 2), Matrix::Zero(41, 2), Vector::Zero(2), {}};
  for (Index s = 0; s < 41; ++s) {
    const double level = static_cast<double>(s) / 20.0;
    samples.proteins(s, 0) = level;
    samples.targets(s, 1) = std::exp(-8.0 * (level - 1.0) * (level - 1.0));
  }
  return samples;
}

}  // namespace

TEST_CASE("the sigmoid written out learns what the regression finds") {
  RandomStream random(21, Purpose::user);
  const Index genes = 5;
  const Samples samples = exact_samples(sparse_truth(genes, random), 120, random);
  RegressionOptions plain;
  plain.penalty.strength = 1e-3;
  plain.penalty.self_weight = 1.0;
  plain.penalty.basal_weight = 1.0;
  plain.penalty.competition = 0.0;
  const Regression expected = regress(samples, plain);
  LearningOptions options;
  options.strength = 1e-3;
  const auto learned =
      learn(samples, Vector::Constant(genes, 2.0), written_out(genes), options, ProximalGradient({.tolerance = 1e-8}));
  CHECK(learned.convergence.residual < 1e-7);
  CHECK(learned.objective == doctest::Approx(expected.objective).epsilon(1e-6));
  for (Index i = 1; i < genes; ++i) {
    const Vector& x = learned.rate.parameters(i);
    CHECK((x.head(genes) - expected.coefficients.interactions.row(i).transpose()).cwiseAbs().maxCoeff() < 1e-3);
    CHECK(std::abs(x[genes] - expected.coefficients.basal[i]) < 1e-3);
    for (Index j = 0; j < genes; ++j) CHECK((x[j] == 0.0) == (expected.coefficients.interactions(i, j) == 0.0));
  }
}

TEST_CASE("the objective's gradient is that of finite differences") {
  RandomStream random(22, Purpose::user);
  const Samples samples = exact_samples(sparse_truth(4, random), 30, random);
  const Vector weights = Vector::Constant(30, 1.0 / 30.0);
  const Perceptron perceptron = small_perceptron(4, 3, 1);
  const RateObjective objective(perceptron, 2, samples.proteins, samples.targets.col(2), weights, 2.0);
  Vector x = perceptron.parameters(2);
  Vector gradient(x.size());
  Vector ignored(x.size());
  objective(x, gradient);
  CHECK(gradient.cwiseAbs().minCoeff() > 0.0);
  for (Index p = 0; p < x.size(); ++p) {
    const double h = 1e-5;
    const double own = x[p];
    x[p] = own + h;
    const double up = objective(x, ignored);
    x[p] = own - h;
    const double down = objective(x, ignored);
    x[p] = own;
    CHECK(gradient[p] == doctest::Approx((up - down) / (2.0 * h)).epsilon(1e-6).scale(1e-4));
  }
}

TEST_CASE("a perceptron learns a response that is not monotone and a sigmoid cannot") {
  const Samples samples = bump();
  const Vector k1 = Vector::Constant(2, 2.0);
  LearningOptions options;
  options.strength = 0.0;
  const ProximalGradient optimizer({.max_iterations = 20000, .tolerance = 1e-6});
  const auto sigmoid = learn(samples, k1, written_out(2), options, optimizer);
  const auto perceptron = learn(samples, k1, small_perceptron(2, 3, 2), options, optimizer);
  CHECK(sigmoid.objective > 0.08);
  CHECK(perceptron.objective < 2e-3);
  CHECK(perceptron.rate(1, Vector{{1.0, 0.0}}) > 1.8);
  CHECK(perceptron.rate(1, Vector{{0.0, 0.0}}) < 0.2);
  CHECK(perceptron.rate(1, Vector{{2.0, 0.0}}) < 0.2);
}

TEST_CASE("parameters are held by infinite weights and kept near the start by large ones") {
  const Samples samples = bump();
  const Perceptron start = small_perceptron(2, 2, 3);
  LearningOptions options;
  options.weights = {Vector(), Vector::Ones(start.parameters(1).size())};
  options.weights[1][0] = std::numeric_limits<double>::infinity();
  const auto learned = learn(samples, Vector::Constant(2, 2.0), start, options);
  CHECK(learned.rate.parameters(1)[0] == start.parameters(1)[0]);
  CHECK((learned.rate.parameters(1) - start.parameters(1)).cwiseAbs().maxCoeff() > 0.1);
  options.strength = 100.0;
  CHECK(learn(samples, Vector::Constant(2, 2.0), start, options).rate.parameters(1) == start.parameters(1));
}

TEST_CASE("learning over threads gives the same bits") {
  RandomStream random(23, Purpose::user);
  const Samples samples = exact_samples(sparse_truth(6, random), 40, random);
  const Vector k1 = Vector::Constant(6, 2.0);
  const ProximalGradient optimizer({.max_iterations = 50});
  const auto one = learn(samples, k1, small_perceptron(6, 2, 4), {}, optimizer);
  const auto two = learn(samples, k1, small_perceptron(6, 2, 4), {}, optimizer, Threads(2));
  for (Index i = 1; i < 6; ++i) CHECK(one.rate.parameters(i) == two.rate.parameters(i));
  CHECK(one.objective == two.objective);
}

TEST_CASE("learning refuses what does not fit together") {
  const Samples samples = bump();
  const Perceptron start = small_perceptron(2, 2, 5);
  const Vector k1 = Vector::Constant(2, 2.0);
  CHECK_THROWS_WITH_AS(std::ignore = learn(samples, k1, small_perceptron(3, 2, 5)),
                       "learn: rate.nodes() has size 3, must be 2", std::invalid_argument);
  CHECK_THROWS_WITH_AS(std::ignore = learn(samples, Vector::Ones(3), start),
                       "learn: frequency_max has size 3, must be 2", std::invalid_argument);
  CHECK_THROWS_WITH_AS(std::ignore = learn(samples, Vector::Zero(2), start),
                       "learn: frequency_max[1] is 0, must be finite and > 0", std::domain_error);
  LearningOptions options;
  options.weights = {Vector(), Vector::Ones(3)};
  CHECK_THROWS_WITH_AS(std::ignore = learn(samples, k1, start, options),
                       "learn: options.weights[1] has size 3, must be 9", std::invalid_argument);
  options.weights[1] = Vector::Constant(9, -1.0);
  CHECK_THROWS_WITH_AS(std::ignore = learn(samples, k1, start, options),
                       "LearningOptions: weights[1][0] is -1, must be >= 0", std::domain_error);
  const auto kon = [](Index, const VectorIn&, const VectorIn& x) { return x[0]; };
  CHECK_THROWS_WITH_AS(ParametricRate(kon, k1, {}), "ParametricRate: parameters has size 0, must be 2",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(ParametricRate(kon, k1, {Vector(), Vector{{1.0, std::nan("")}}}),
                       "ParametricRate: parameters[1][1] is nan, must be finite", std::domain_error);
  Perceptron changed = start;
  CHECK_THROWS_WITH_AS(changed.set_parameters(1, Vector::Zero(2)),
                       "Perceptron::set_parameters: x has size 2, must be 9", std::invalid_argument);
}

TEST_CASE("the weights of a known network are learned through any link, from explicit zeros") {
  RandomStream random(24, Purpose::user);
  const Index nodes = 6;
  const Coefficients truth = sparse_truth(nodes, random, 2);
  const support::Probit link{1.4};
  const Samples samples = exact_samples(truth, 200, random, link, 2);
  const Vector k1 = Vector::Constant(nodes, 2.0);
  SparseMatrix edges = truth.interactions.sparseView();
  edges.coeffs().setZero();
  LearningOptions options;
  options.strength = 0.0;
  const auto start = LinearRate(link, 0.05 * k1, k1, Vector::Zero(nodes), edges, 2);
  const auto learned = learn(samples, k1, start, options, ProximalGradient({.tolerance = 1e-12}));
  CHECK(learned.rate.inputs() == 2);
  CHECK((Matrix(learned.rate.interactions()) - truth.interactions).cwiseAbs().maxCoeff() < 1e-3);
  CHECK((learned.rate.basal() - truth.basal).cwiseAbs().maxCoeff() < 1e-3);
  const auto logistic_instead = learn(samples, k1, Sigmoid(0.05 * k1, k1, Vector::Zero(nodes), edges, 2), options);
  CHECK(logistic_instead.objective > 10.0 * learned.objective);
}

namespace {

// |error| rounded: outliers weigh less than in least squares.
struct AbsoluteError {
  LossTerm operator()(double fitted, double target) const {
    const double root = std::sqrt((fitted - target) * (fitted - target) + 1e-6);
    return {root, (fitted - target) / root, 1e-6 / (root * root * root), 1.0 / root};
  }
};

}  // namespace

TEST_CASE("learning takes a loss: the median instead of the mean") {
  // One gene without regulators, off in a third of the samples.
  Samples samples{Matrix::Ones(30, 2), Matrix::Zero(30, 2), Vector::Zero(2), {}};
  samples.targets.col(1).head(20).setConstant(0.9);
  const auto constant = [](Index, const VectorIn&, const VectorIn& x) { return 2.0 * logistic(x[0]); };
  const ParametricRate rate(constant, Vector::Constant(2, 2.0), {Vector(), Vector::Zero(1)});
  LearningOptions options;
  options.strength = 0.0;
  const Vector k1 = Vector::Constant(2, 2.0);
  const auto share = [&](const auto& learned) { return learned.rate(1, Vector::Ones(2)) / 2.0; };
  CHECK(share(learn(samples, k1, rate, options)) == doctest::Approx(0.6).epsilon(1e-4));
  CHECK(share(learn(samples, k1, rate, options, CrossEntropy{})) == doctest::Approx(0.6).epsilon(1e-4));
  CHECK(share(learn(samples, k1, rate, options, AbsoluteError{}, ProximalGradient({.tolerance = 1e-7}))) ==
        doctest::Approx(0.9).epsilon(0.01));
}

TEST_CASE("learning reports genes and can be ended") {
  const Samples samples = bump();
  const Perceptron start = small_perceptron(2, 2, 3);
  const Vector k1 = Vector::Constant(2, 2.0);
  Index told = 0;
  const auto watch = [&](Index done, Index total) {
    CHECK(done == 1);
    CHECK(total == 1);
    ++told;
    return true;
  };
  const ProximalGradient quick({.max_iterations = 5});
  CHECK(learn(samples, k1, start, {}, watch, quick).objective == learn(samples, k1, start, {}, quick).objective);
  CHECK(told == 1);
  CHECK_THROWS_AS(std::ignore = learn(samples, k1, start, {}, quick, [](Index, Index) { return false; }), Cancelled);
}

TEST_CASE("a rate or a loss that is not a number has not converged") {
  const Samples samples = bump();
  const Vector k1 = Vector::Constant(2, 2.0);
  const auto always = [](Index, const VectorIn&, const VectorIn& x) { return std::sqrt(-1.0 - x[0] * x[0]); };
  support::check_throws<NumericalError>(
      [&] {
        std::ignore = learn(samples, k1, ParametricRate(always, k1, {Vector(), Vector::Ones(1)}));
      },
      {"learn: the fit of gene 1 ended with the value", "nan, must be finite"});
  // Derivatives alone.
  struct WithoutGradient : Perceptron {
    explicit WithoutGradient(const Perceptron& rate) : Perceptron(rate) {}
    void parameter_gradient(Index, const VectorIn&, VectorOut out) const { out.setConstant(std::nan("")); }
  };
  CHECK_THROWS_AS(std::ignore = learn(samples, k1, WithoutGradient(small_perceptron(2, 2, 3))), NumericalError);
  struct BadLoss {
    LossTerm operator()(double fitted, double) const { return {std::nan(""), fitted, 1.0, 1.0}; }
  };
  CHECK_THROWS_AS(std::ignore = learn(samples, k1, small_perceptron(2, 2, 3), {}, BadLoss{}), NumericalError);
}
