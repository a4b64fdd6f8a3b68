#include <cmath>
#include <limits>
#include <string>
#include <tuple>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/core/executor.hpp>
#include <cardamom/regression/proximal_gradient.hpp>
#include <cardamom/regression/regress.hpp>

#include "support/links.hpp"
#include "synthetic.hpp"

using namespace cardamom;
using regression_test::binary_samples;
using regression_test::exact_samples;
using regression_test::sparse_truth;

namespace {

bool all_finite(const Regression& result) {
  return result.coefficients.interactions.allFinite() && result.coefficients.basal.allFinite();
}

double distance(const Coefficients& a, const Coefficients& b) {
  return std::max((a.interactions - b.interactions).cwiseAbs().maxCoeff(), (a.basal - b.basal).cwiseAbs().maxCoeff());
}

}  // namespace

TEST_CASE("targets that follow the model exactly give back its coefficients") {
  RandomStream random(11, Purpose::user);
  const Coefficients truth = sparse_truth(7, random);
  const Samples samples = exact_samples(truth, 300, random);
  RegressionOptions options;
  options.penalty.strength = 1e-9;
  const Regression result = regress(samples, options);
  CHECK(result.convergence.converged());
  CHECK(distance(result.coefficients, truth) < 1e-4);
}

TEST_CASE("a user's link gives back the coefficients of targets that follow it, and the logistic one does not") {
  const auto check = [](const auto& link) {
    RandomStream random(11, Purpose::user);
    Coefficients truth = sparse_truth(6, random);
    truth.interactions *= 0.5;  // where no link is so flat that targets hardly depend on the coefficients
    const Samples samples = exact_samples(truth, 300, random, link);
    RegressionOptions options;
    options.penalty.strength = 1e-9;
    for (const bool entropy : {false, true}) {
      const Regression result =
          entropy ? regress(samples, options, link, CrossEntropy{}) : regress(samples, options, link);
      CHECK(distance(result.coefficients, truth) < 1e-3);
    }
    CHECK(distance(regress(samples, options).coefficients, truth) > 0.05);
    // Found as well by an optimizer without second derivatives.
    options.penalty.strength = 1e-3;
    options.penalty.competition = 0.0;
    const Regression newton = regress(samples, options, link);
    CHECK(newton.convergence.converged());
    CHECK(optimality_residual(samples, newton.coefficients, options, link) < 1e-8);
    const Regression gradient = regress(samples, options, link, ProximalGradient({.tolerance = 1e-10}));
    CHECK(distance(newton.coefficients, gradient.coefficients) < 1e-5);
  };
  check(support::ComplementaryLogLog{});
  check(support::Probit{1.5});
}

TEST_CASE("several inputs or none: sources of edges, never targets") {
  for (const Index inputs : {0, 2}) {
    RandomStream random(31, Purpose::user);
    const Coefficients truth = sparse_truth(7, random, inputs);
    Samples samples = exact_samples(truth, 300, random, Logistic{}, inputs);
    samples.targets.leftCols(inputs).setConstant(7.0);  // ignored
    samples.floors.head(inputs).setConstant(-1.0);
    RegressionOptions options;
    options.penalty.strength = 1e-9;
    const Regression result = regress(samples, options);
    CHECK(result.convergence.converged());
    CHECK(distance(result.coefficients, truth) < 1e-4);
    options.penalty.strength = 1e-3;
    CHECK(optimality_residual(samples, regress(samples, options).coefficients, options) < 1e-8);
  }
  RandomStream random(32, Purpose::user);
  Coefficients truth = Coefficients::zero(4);
  truth.interactions(2, 0) = truth.interactions(3, 1) = 3.0;
  const Samples samples = exact_samples(truth, 300, random, Logistic{}, 2);
  RegressionOptions options;
  options.penalty.strength = 1e-3;
  options.movable.inputs = {true, false};
  const Matrix moved = regress(samples, options).coefficients.interactions;
  CHECK(moved(2, 0) > 1.0);
  CHECK(moved.col(1).isZero(0.0));
}

TEST_CASE("edges of an input have no opposite edges to compete with") {
  RandomStream random(33, Purpose::user);
  Coefficients truth = Coefficients::zero(3);
  truth.interactions(2, 1) = 2.0;
  truth.interactions(1, 2) = 2.0;
  const Samples two = exact_samples(truth, 200, random, Logistic{}, 2);
  RegressionOptions competing;
  RegressionOptions alone;
  alone.penalty.competition = 0.0;
  CHECK(regress(two, competing).coefficients.interactions == regress(two, alone).coefficients.interactions);
  Samples one = two;
  one.number_of_inputs = 1;
  one.targets.col(1) = two.proteins.col(2);
  CHECK(regress(one, competing).coefficients.interactions != regress(one, alone).coefficients.interactions);
}

namespace {

/// A user's loss, and a user's optimizer that takes objectives of this loss alone.
struct Cubic {
  LossTerm operator()(double fitted, double target) const {
    const double x = std::abs(fitted - target);
    return {x * x * x, 3.0 * x * (fitted - target), 6.0 * x, 6.0 * x};
  }
};
struct OnlyCubic {
  Convergence minimize(const RowObjective<Cubic>& objective, const RowPenalty& penalty, VectorOut x) const {
    return ProximalNewton{}.minimize(objective, penalty, x);
  }
};
struct NotConst {
  Convergence minimize(const auto&, const RowPenalty&, VectorOut) { return {}; }
};

}  // namespace

TEST_CASE("a policy is taken in any place, and an optimizer by the objective it will get") {
  RandomStream random(34, Purpose::user);
  const Samples samples = binary_samples(5, 40, random);
  static_assert(RowOptimizer<OnlyCubic, RowObjective<Cubic>> && !RowOptimizer<OnlyCubic, RowObjective<LeastSquares>>);
  const Regression one = regress(samples, {}, Cubic{}, OnlyCubic{}, Threads(2));
  const Regression two = regress(samples, {}, Threads(2), OnlyCubic{}, Cubic{});
  CHECK(one.coefficients.interactions == two.coefficients.interactions);
  CHECK(one.coefficients.interactions == regress(samples, {}, Cubic{}).coefficients.interactions);
  CHECK(distance(one.coefficients, regress(samples).coefficients) > 0.1);
  using Roles = detail::RegressionRoles<RowObjective<LeastSquares>>;
  static_assert(has_role<ProximalNewton, Roles> && !has_role<NotConst, Roles> && !has_role<OnlyCubic, Roles>);
  static_assert(has_role<OnlyCubic, detail::RegressionRoles<RowObjective<Cubic>>>);
}

TEST_CASE("progress of a regression is told gene by gene and can end it") {
  RandomStream random(35, Purpose::user);
  const Samples samples = binary_samples(6, 30, random);
  std::vector<Index> told;
  const auto watch = [&](Index done, Index total) {
    CHECK(total == 5);
    told.push_back(done);
    return true;
  };
  CHECK(regress(samples, {}, watch).coefficients.interactions == regress(samples).coefficients.interactions);
  CHECK(told == std::vector<Index>{1, 2, 3, 4, 5});
  CHECK_THROWS_AS(std::ignore = regress(samples, {}, [](Index done, Index) { return done < 3; }), Cancelled);
}

TEST_CASE("a search starts where it is told and is anchored where it is told") {
  RandomStream random(36, Purpose::user);
  const Samples samples = binary_samples(4, 40, random);
  RegressionOptions options;
  options.max_iterations = 1;
  options.start = Coefficients::zero(4);
  options.start.interactions(2, 1) = 1.0;
  options.anchor = options.start;
  const Regression from_start = regress(samples, options);
  options.start = {};
  CHECK(regress(samples, options).coefficients.interactions == from_start.coefficients.interactions);
  options.anchor = {};
  CHECK(distance(regress(samples, options).coefficients, from_start.coefficients) > 1e-3);
}

TEST_CASE("the returned point meets the optimality conditions of the joint problem") {
  RandomStream random(12, Purpose::user);
  for (int trial = 0; trial < 20; ++trial) {
    const Samples samples = binary_samples(3 + trial % 7, 30, random);
    const RegressionOptions options;
    const Regression result = regress(samples, options);
    CHECK(result.convergence.converged());
    CHECK(optimality_residual(samples, result.coefficients, options) < 1e-8);
    CHECK(result.objective > 0.0);
    // A point beside it does not: the check has teeth.
    Coefficients beside = result.coefficients;
    beside.interactions(1, 0) += 1e-3;
    CHECK(optimality_residual(samples, beside, options) > 1e-6);
  }
}

TEST_CASE("relabelling the genes relabels the result") {
  RandomStream random(13, Purpose::user);
  const Index genes = 9;
  const Samples samples = binary_samples(genes, 50, random);
  Eigen::PermutationMatrix<Eigen::Dynamic> order(genes);
  order.indices() << 0, 5, 3, 8, 1, 2, 7, 4, 6;
  Samples shuffled = samples;
  shuffled.proteins = samples.proteins * order;
  shuffled.targets = samples.targets * order;
  const auto difference = [&](const RegressionOptions& options) {
    const Matrix straight = regress(samples, options).coefficients.interactions;
    return (regress(shuffled, options).coefficients.interactions - order.transpose() * straight * order)
        .cwiseAbs()
        .maxCoeff();
  };
  CHECK(difference(RegressionOptions{Penalty{.competition = 0.0}}) < 1e-7);
  // A pair whose competition is undecided has a nearly flat optimum, which rounding moves along.
  CHECK(difference(RegressionOptions{}) < 1e-2);
}

TEST_CASE("duplicated samples and doubled weights change nothing") {
  RandomStream random(14, Purpose::user);
  const Samples samples = binary_samples(6, 40, random);
  Samples twice = samples;
  twice.proteins = samples.proteins.replicate(2, 1);
  twice.targets = samples.targets.replicate(2, 1);
  Samples heavy = samples;
  heavy.weights = Vector::Constant(40, 2.0);
  const Coefficients once = regress(samples).coefficients;
  CHECK(distance(once, regress(twice).coefficients) < 1e-5);
  CHECK(distance(once, regress(heavy).coefficients) < 1e-5);
}

TEST_CASE("samples in single precision: the same optimum but for their rounding, reached as exactly") {
  RandomStream random(9, Purpose::user);
  for (int trial = 0; trial < 5; ++trial) {
    const Samples samples = binary_samples(12, 60, random);
    const BasicSamples<float> rounded{samples.proteins.cast<float>(), samples.targets.cast<float>(), samples.floors,
                                      samples.weights};
    RegressionOptions options;
    options.penalty.strength = 0.02;
    const Regression exact = regress(samples, options, CrossEntropy{});
    const Regression single = regress(rounded, options, CrossEntropy{});
    CHECK(single.convergence.converged());
    CHECK(optimality_residual(rounded, single.coefficients, options, CrossEntropy{}) < 1e-8);
    const double difference =
        (single.coefficients.interactions - exact.coefficients.interactions).cwiseAbs().maxCoeff();
    CHECK(difference < 1e-4);
    CHECK(difference > 0.0);
  }
}

TEST_CASE("many samples and many genes, fitted in groups and from products at once: the optimum, in any precision") {
  RandomStream random(17, Purpose::user);
  // Enough genes for products at once, enough samples for groups; a column of many values keeps them apart.
  Samples samples = regression_test::binary_samples(70, 2000, random);
  const Regression grouped = regress(samples);
  CHECK(grouped.convergence.converged());
  CHECK(optimality_residual(samples, grouped.coefficients, {}) < 2e-9);
  CHECK(regress(samples, {}, Threads(3)).coefficients.interactions == grouped.coefficients.interactions);

  samples.proteins.col(0) = Vector::LinSpaced(2000, 1.0, 1.0 + 1e-9);
  const Regression apart = regress(samples);
  CHECK(apart.convergence.converged());
  CHECK((apart.coefficients.interactions - grouped.coefficients.interactions).cwiseAbs().maxCoeff() < 1e-5);

  const BasicSamples<float> single{samples.proteins.cast<float>(), samples.targets.cast<float>(), samples.floors,
                                   samples.weights, samples.number_of_inputs};
  const Regression rounded = regress(single);
  CHECK(rounded.convergence.converged());
  CHECK((rounded.coefficients.interactions - grouped.coefficients.interactions).cwiseAbs().maxCoeff() < 1e-4);
}

TEST_CASE("the executor does not change a bit") {
  RandomStream random(15, Purpose::user);
  const Samples samples = binary_samples(20, 60, random);
  const Regression alone = regress(samples);
  for (const Index threads : {2, 8}) {
    const Regression team = regress(samples, {}, LeastSquares{}, ProximalNewton{}, Threads(threads));
    CHECK(team.coefficients.interactions == alone.coefficients.interactions);
    CHECK(team.coefficients.basal == alone.coefficients.basal);
  }
}

TEST_CASE("degenerate data give finite defined results") {
  RandomStream random(16, Purpose::user);
  SUBCASE("more genes than samples") {
    const Regression result = regress(binary_samples(30, 8, random));
    CHECK(all_finite(result));
    CHECK(result.convergence.converged());
  }
  SUBCASE("a single sample") { CHECK(all_finite(regress(binary_samples(5, 1, random)))); }
  SUBCASE("constant columns") {
    Samples samples = binary_samples(5, 30, random);
    samples.proteins.col(2).setZero();
    samples.targets.col(2).setZero();
    samples.proteins.col(3).setOnes();
    samples.targets.col(3).setOnes();
    const Regression result = regress(samples);
    CHECK(all_finite(result));
    CHECK(result.coefficients.interactions.col(2).isZero(0.0));
  }
  SUBCASE("two equal columns: either explains the other and nothing is NaN") {
    Samples samples = binary_samples(5, 30, random);
    samples.proteins.col(2) = samples.proteins.col(1);
    samples.targets.col(2) = samples.targets.col(1);
    CHECK(all_finite(regress(samples)));
  }
  SUBCASE("no genes at all") {
    const Samples samples{Matrix::Ones(4, 1), Matrix::Zero(4, 1), Vector::Zero(1), Vector()};
    CHECK(all_finite(regress(samples)));
  }
  SUBCASE("an unpenalised gene that is always on stays within the limit") {
    Samples samples = binary_samples(4, 30, random);
    samples.targets.col(1).setOnes();
    RegressionOptions options;
    options.penalty.basal_weight = 0.0;
    const Regression result = regress(samples, options, CrossEntropy{});
    CHECK(all_finite(result));
    CHECK(std::abs(result.coefficients.basal[1]) <= options.penalty.limit);
  }
}

TEST_CASE("opposite edges compete: of a mutual pair less remains than without competition") {
  // Two genes that always agree: each could explain the other.
  Samples samples{Matrix(4, 3), Matrix(4, 3), Vector::Zero(3), Vector()};
  samples.proteins << 1, 0, 0, 1, 1, 1, 1, 1, 1, 1, 0, 0;
  samples.targets = samples.proteins;
  RegressionOptions off;
  off.penalty.competition = 0.0;
  RegressionOptions strong;
  strong.penalty.competition = 4.0;
  const auto product = [](const Regression& r) {
    return std::abs(r.coefficients.interactions(1, 2) * r.coefficients.interactions(2, 1));
  };
  CHECK(product(regress(samples, off)) > 0.1);
  CHECK(product(regress(samples, strong)) < product(regress(samples, off)));
}

TEST_CASE("weights forbid require and hold edges") {
  RandomStream random(17, Purpose::user);
  const Samples samples = binary_samples(5, 60, random);
  RegressionOptions options;
  options.penalty.strength = 0.05;
  options.penalty.weights = Matrix::Ones(5, 5);
  options.penalty.weights(3, 2) = std::numeric_limits<double>::infinity();
  options.penalty.weights(1, 4) = 0.0;
  const Regression free = regress(samples, RegressionOptions{Penalty{.strength = 0.05}});
  const Regression bound = regress(samples, options);
  CHECK(free.coefficients.interactions(3, 2) != 0.0);
  CHECK(bound.coefficients.interactions(3, 2) == 0.0);
  CHECK(bound.coefficients.interactions(1, 4) != 0.0);
}

TEST_CASE("a strong penalty keeps the prior network") {
  RandomStream random(20, Purpose::user);
  const Samples samples = binary_samples(4, 40, random);
  Coefficients prior = Coefficients::zero(4);
  prior.interactions(2, 1) = 1.5;
  prior.basal[2] = -0.5;
  RegressionOptions options;
  options.penalty.strength = 10.0;
  options.penalty.competition = 0.0;
  options.anchor = prior;
  const Regression result = regress(samples, options);
  CHECK(result.coefficients.interactions == prior.interactions);
  CHECK(result.coefficients.basal == prior.basal);
}

TEST_CASE("regress says what is wrong with its input") {
  RandomStream random(21, Purpose::user);
  const Samples good = binary_samples(3, 5, random);
  const auto with = [&](auto&& change) {
    Samples samples = good;
    change(samples);
    return samples;
  };
  CHECK_THROWS_WITH_AS(std::ignore = regress(with([](Samples& s) { s.targets.resize(5, 2); })),
                       "Samples: targets is 5 x 2, must be 5 x 3", std::invalid_argument);
  CHECK_THROWS_WITH_AS(std::ignore = regress(with([](Samples& s) { s.floors.resize(2); })),
                       "Samples: floors has size 2, must be 3", std::invalid_argument);
  CHECK_THROWS_WITH_AS(std::ignore = regress(with([](Samples& s) { s.floors[1] = 1.0; })),
                       "Samples: floors[1] is 1, must be in [0, 1)", std::domain_error);
  CHECK_THROWS_WITH_AS(std::ignore = regress(with([](Samples& s) { s.targets(4, 2) = 1.5; })),
                       "Samples: targets(sample 4, node 2) is 1.5, must be in [0, 1]", std::domain_error);
  CHECK_THROWS_WITH_AS(std::ignore = regress(with([](Samples& s) { s.proteins(0, 1) = std::nan(""); })),
                       "Samples: proteins(sample 0, node 1) is nan, must be finite", std::domain_error);
  CHECK_THROWS_WITH_AS(std::ignore = regress(with([](Samples& s) { s.weights = Vector::Zero(5); })),
                       "Samples: sum of weights is 0, must be finite and > 0", std::domain_error);
  CHECK_THROWS_WITH_AS(std::ignore = regress(with([](Samples& s) { s.weights = Vector::Constant(4, 1.0); })),
                       "Samples: weights has size 4, must be 5", std::invalid_argument);
  CHECK_THROWS_WITH_AS(std::ignore = regress(good, RegressionOptions{Penalty{.strength = 0.0}}),
                       "Penalty: strength is 0, must be finite and > 0", std::domain_error);
  CHECK_THROWS_WITH_AS(std::ignore = regress(good, RegressionOptions{Penalty{.competition = -1.0}}),
                       "Penalty: competition is -1, must be finite and >= 0", std::domain_error);
  CHECK_THROWS_WITH_AS(std::ignore = regress(good, RegressionOptions{Penalty{.weights = Matrix::Constant(3, 3, -1.0)}}),
                       "Penalty: weights(1, 0) is -1, must be >= 0 (infinity holds the edge)", std::domain_error);
  CHECK_THROWS_WITH_AS(std::ignore = regress(good, RegressionOptions{{}, {}, 0}),
                       "RegressionOptions: max_iterations is 0, must be at least 1", std::invalid_argument);
  RegressionOptions small;
  small.anchor = Coefficients::zero(2);
  CHECK_THROWS_WITH_AS(std::ignore = regress(good, small), "RegressionOptions: anchor.basal has size 2, must be 3",
                       std::invalid_argument);
  RegressionOptions wrong;
  wrong.movable.inputs = {true, false};
  CHECK_THROWS_WITH_AS(std::ignore = regress(good, wrong), "Movable: inputs has size 2, must be 1",
                       std::invalid_argument);
}

TEST_CASE("a loss that is not a number has not converged") {
  struct Value {
    LossTerm operator()(double fitted, double target) const { return {std::nan(""), fitted - target, 1.0, 1.0}; }
  };
  struct Slope {
    LossTerm operator()(double, double) const { return {1.0, std::nan(""), 1.0, 1.0}; }
  };
  RandomStream random(21, Purpose::user);
  const Samples samples = binary_samples(3, 5, random);
  for (const double competition : {0.0, 1.0}) {
    RegressionOptions options;
    options.penalty.competition = competition;
    CHECK_THROWS_AS(std::ignore = regress(samples, options, Value{}), NumericalError);
    CHECK_THROWS_AS(std::ignore = regress(samples, options, Slope{}), NumericalError);
    CHECK_THROWS_AS(std::ignore = regress(samples, options, Slope{}, ProximalGradient{}), NumericalError);
  }
}
