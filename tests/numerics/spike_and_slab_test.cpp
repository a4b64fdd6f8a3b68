#include <cmath>
#include <cstddef>
#include <limits>
#include <stdexcept>
#include <vector>

#include <Eigen/Cholesky>
#include <doctest/doctest.h>

#include <cardamom/numerics/spike_and_slab.hpp>

using namespace cardamom;

namespace {

// Six coefficients in two groups, the last always there; 1 and 2 are nearly the same column.
SpikeAndSlab correlated() {
  Matrix columns(8, 6);
  RandomStream random(3, Purpose::user);
  for (double& value : columns.reshaped()) value = random.normal();
  columns.col(2) = 0.95 * columns.col(1) + 0.2 * columns.col(2);
  Vector target = 0.9 * columns.col(1) - 0.6 * columns.col(3) + 0.5 * columns.col(5);
  for (double& value : target) value += random.normal();
  SpikeAndSlab model;
  model.quadratic = columns.transpose() * columns;
  model.linear = columns.transpose() * target;
  model.slab_precision = (Vector(6) << 0.5, 0.5, 0.4, 0.5, 0.3, 0.1).finished();
  model.log_odds = (Vector(6) << -1.0, -0.5, -0.7, 0.0, -2.0, std::numeric_limits<double>::infinity()).finished();
  model.group = {0, 0, 0, 1, 1, 1};
  return model;
}

// By the marginal likelihood of every set.
Vector enumerated(const SpikeAndSlab& model) {
  Vector sum = Vector::Zero(6);
  double total = 0.0;
  for (unsigned set = 0; set < 32; ++set) {
    std::vector<Index> present{5};
    for (Index j = 0; j < 5; ++j) {
      if ((set >> static_cast<unsigned>(j)) & 1U) present.push_back(j);
    }
    Matrix quadratic = model.quadratic(present, present);
    quadratic.diagonal() += model.slab_precision(present);
    const Vector linear = model.linear(present);
    const Eigen::LLT<Matrix> factor(quadratic);
    double log_weight = 0.5 * linear.dot(factor.solve(linear));
    for (Index q = 0; q < linear.size(); ++q) {
      const Index j = present[static_cast<std::size_t>(q)];
      log_weight += 0.5 * std::log(model.slab_precision[j]) - std::log(factor.matrixLLT()(q, q));
      if (j < 5) log_weight += model.log_odds[j];
    }
    total += std::exp(log_weight);
    for (const Index j : present) sum[j] += std::exp(log_weight);
  }
  return sum / total;
}

Vector sampled(const SpikeAndSlab& model, int sweeps) {
  SpikeAndSlabChain chain(model, std::vector<bool>(6, false));
  RandomStream random(1, Purpose::user);
  for (int k = 0; k < 100; ++k) chain.sweep(random);
  chain.forget();
  for (int k = 0; k < sweeps; ++k) chain.sweep(random);
  return chain.probabilities();
}

}  // namespace

TEST_CASE("sampled inclusion probabilities are those of all sets enumerated") {
  // Standard errors of chains of this length are 0.001 at most: a correct sampler fails for less than one of 10^5
  // seeds.
  constexpr double tolerance = 0.005;
  const SpikeAndSlab model = correlated();
  const Vector exact = enumerated(model);
  const Vector chain = sampled(model, 40000);
  CHECK((chain - exact).cwiseAbs().maxCoeff() < tolerance);
  CHECK(chain[5] == 1.0);
  SUBCASE("terms five per cent off would be seen") {
    for (const int part : {0, 1, 2}) {
      SpikeAndSlab wrong = model;
      if (part == 0) wrong.quadratic *= 1.05;
      if (part == 1) wrong.linear *= 1.05;
      if (part == 2) wrong.log_odds.head(5).array() += 0.05;
      CHECK((sampled(wrong, 40000) - exact).cwiseAbs().maxCoeff() > tolerance);
    }
  }
}

TEST_CASE("two coefficients that say the same share their probability") {
  SpikeAndSlab model = correlated();
  model.quadratic.col(2) = model.quadratic.col(1);
  model.quadratic.row(2) = model.quadratic.row(1);
  model.quadratic(2, 2) = model.quadratic(1, 1);
  model.linear[2] = model.linear[1];
  model.slab_precision[2] = model.slab_precision[1];
  model.log_odds[2] = model.log_odds[1];
  // One is needed, both are improbable: flips alone would have to pass through either, exchanges need not.
  model.quadratic *= 20.0;
  model.linear *= 20.0;
  model.log_odds.segment(1, 2).setConstant(-9.0);
  const Vector chain = sampled(model, 4000);
  CHECK(chain[1] + chain[2] == doctest::Approx(1.0).epsilon(0.01));
  CHECK(chain[1] == doctest::Approx(chain[2]).epsilon(0.1));
}

TEST_CASE("inclusion probabilities are those of the chain, from any start, and arguments are checked") {
  const SpikeAndSlab model = correlated();
  const Vector exact = enumerated(model);
  for (const Vector& start : {Vector(Vector::Zero(6)), Vector(Vector::Ones(6))}) {
    RandomStream random(2, Purpose::user);
    const Vector found = inclusion_probabilities(model, start, random, {.sweeps = 20000});
    CHECK((found - exact).cwiseAbs().maxCoeff() < 0.01);
  }
  RandomStream random(2, Purpose::user);
  SpikeAndSlab wrong = model;
  wrong.slab_precision[2] = 0.0;
  CHECK_THROWS_AS((void)inclusion_probabilities(wrong, Vector::Zero(6), random), std::domain_error);
  CHECK_THROWS_AS((void)inclusion_probabilities(model, Vector::Zero(5), random), std::invalid_argument);
  CHECK_THROWS_AS((void)inclusion_probabilities(model, Vector::Zero(6), random, {.sweeps = 0}), std::invalid_argument);
}

TEST_CASE("a coefficient that is never included has probability 0, the others as if it were not there") {
  SpikeAndSlab model = correlated();
  model.log_odds[1] = -std::numeric_limits<double>::infinity();
  RandomStream random(1, Purpose::user);
  const Vector with = inclusion_probabilities(model, Vector::Ones(6), random, {.burn_in = 20, .sweeps = 200});
  CHECK(with[1] == 0.0);
  CHECK(with[5] == 1.0);
  const std::vector<Index> rest{0, 2, 3, 4, 5};
  const SpikeAndSlab smaller{model.quadratic(rest, rest),
                             model.linear(rest),
                             model.slab_precision(rest),
                             model.log_odds(rest),
                             {0, 0, 1, 1, 1}};
  RandomStream same(1, Purpose::user);
  const Vector without = inclusion_probabilities(smaller, Vector::Ones(5), same, {.burn_in = 20, .sweeps = 200});
  CHECK((with(rest) - without).cwiseAbs().maxCoeff() < 1e-9);
}
