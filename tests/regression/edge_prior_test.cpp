#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/core/random.hpp>
#include <cardamom/numerics/spike_and_slab.hpp>
#include <cardamom/regression/adaptive_weights.hpp>
#include <cardamom/regression/edge_prior.hpp>
#include <cardamom/regression/regress.hpp>

using namespace cardamom;

namespace {

// A stimulus and three genes; 2 → 1 is ten times as likely as otherwise, 3 → 1 half, 1 → 3 forbidden.
EdgePrior some_prior() {
  EdgePrior prior{Matrix::Ones(4, 4)};
  prior.odds(1, 2) = 10.0;
  prior.odds(1, 3) = 0.5;
  prior.odds(3, 1) = 0.0;
  return prior;
}

double odds_of(double p) { return p / (1.0 - p); }

}  // namespace

TEST_CASE("prior odds are multiplied, and the penalty divided by what the probability has grown") {
  const EdgePrior prior = some_prior();
  for (const double p : {0.01, 0.1, 0.5, 0.9}) {
    CAPTURE(p);
    CHECK(odds_of(prior.probability(1, 2, p)) == doctest::Approx(10.0 * odds_of(p)).epsilon(1e-12));
    CHECK(odds_of(prior.probability(1, 3, p)) == doctest::Approx(0.5 * odds_of(p)).epsilon(1e-12));
    CHECK(prior.probability(2, 3, p) == p);
    CHECK(prior.probability(3, 1, p) == 0.0);
    for (const Index j : {2, 3}) {
      CHECK(prior.penalty_weight(1, j, p) * prior.probability(1, j, p) == doctest::Approx(p).epsilon(1e-12));
    }
    CHECK(prior.penalty_weight(2, 3, p) == 1.0);
    CHECK(std::isinf(prior.penalty_weight(3, 1, p)));
    CHECK(EdgePrior{}.probability(3, 1, p) == p);
  }
  CHECK(EdgePrior{}.penalty_weight(3, 1) == 1.0);
  CHECK(prior.allows(1, 2));
  CHECK(!prior.allows(3, 1));
  CHECK(EdgePrior{}.allows(3, 1));
}

TEST_CASE("posterior odds of a coefficient beside orthogonal ones are multiplied by the same factor") {
  // Each then has its own Bayes factor, whatever the others do.
  const auto posterior = [](const EdgePrior& prior) {
    SpikeAndSlab model;
    model.quadratic = (Vector(4) << 3.0, 2.0, 1.0, 4.0).finished().asDiagonal();
    model.linear = (Vector(4) << 1.5, -2.0, 0.3, 2.5).finished();
    model.slab_precision = Vector::Constant(4, 0.5);
    model.log_odds.resize(4);
    for (Index j = 0; j < 4; ++j) model.log_odds[j] = std::log(odds_of(prior.probability(1, j, 0.1)));
    model.group = {0, 0, 0, 0};
    RandomStream random(1, Purpose::user);
    return Vector(inclusion_probabilities(model, Vector::Zero(4), random));
  };
  EdgePrior prior = some_prior();
  prior.odds(1, 0) = 0.0;
  const Vector before = posterior({});
  const Vector after = posterior(prior);
  CHECK(after[0] == 0.0);
  CHECK(odds_of(after[1]) == doctest::Approx(odds_of(before[1])).epsilon(1e-9));
  CHECK(odds_of(after[2]) == doctest::Approx(10.0 * odds_of(before[2])).epsilon(1e-9));
  CHECK(odds_of(after[3]) == doctest::Approx(0.5 * odds_of(before[3])).epsilon(1e-9));
}

TEST_CASE("weights of a penalty take the prior in, and a regression holds what is forbidden") {
  const EdgePrior prior = some_prior();
  const Matrix alone = prior.weigh({});
  CHECK(alone(2, 3) == 1.0);
  CHECK(alone(1, 2) == doctest::Approx(0.19).epsilon(1e-12));  // 0.1/p, p = 1/1.9 with odds 10/9
  CHECK(alone(1, 3) == doctest::Approx(1.9).epsilon(1e-12));
  CHECK(std::isinf(alone(3, 1)));
  Matrix given = Matrix::Constant(4, 4, 2.0);
  given(3, 1) = 0.0;  // required, but forbidden
  CHECK(std::isinf(prior.weigh(given)(3, 1)));
  CHECK(prior.weigh(given)(1, 2) == 2.0 * alone(1, 2));
  CHECK(EdgePrior{}.weigh(given) == given);
  CHECK(EdgePrior{}.weigh({}).size() == 0);

  // Two genes that do the same: either may be the regulator of the third, unless one is forbidden.
  RandomStream random(2, Purpose::user);
  Samples samples{Matrix::Zero(60, 4), Matrix::Zero(60, 4), Vector::Zero(4), Vector::Ones(60), 1};
  for (Index s = 0; s < 60; ++s) {
    samples.proteins(s, 0) = 1.0;
    samples.proteins(s, 1) = random.uniform();
    samples.proteins(s, 2) = samples.proteins(s, 1);
    samples.targets(s, 3) = 1.0 / (1.0 + std::exp(3.0 - 6.0 * samples.proteins(s, 1)));
  }
  RegressionOptions options;
  const Matrix free = regress(samples, options).coefficients.interactions;
  CHECK(free(3, 1) > 0.5);
  options.penalty.weights = prior.weigh({});
  const Matrix held = regress(samples, options).coefficients.interactions;
  CHECK(held(3, 1) == 0.0);
  CHECK(held(3, 2) > 0.5);
}

TEST_CASE("adaptive weights are weighed by the prior, which leaves those of other edges alone") {
  Matrix strengths = Matrix::Zero(4, 4);
  strengths(1, 2) = 2.0;
  strengths(2, 1) = 1.0;
  strengths(3, 0) = 1.0;
  const std::vector<Index> nodes{0, 1, 2, 3};
  const Matrix plain = adaptive_weights(strengths, nodes, 0.5);
  CHECK(adaptive_weights(strengths, nodes, 0.5, 1, {Matrix::Ones(4, 4)}) == plain);
  CHECK(adaptive_weights(strengths, nodes, 0.5, 1, only_from({1, 2, 3}, 4)) == plain);
  Matrix without = strengths;
  without.col(1).setZero();
  without.col(3).setZero();
  const Matrix absent = adaptive_weights(without, nodes, 0.5);
  const Matrix listed = adaptive_weights(without, nodes, 0.5, 1, only_from({2}, 4));
  for (Index i = 1; i < 4; ++i) {
    for (const Index j : {1, 3}) CHECK(std::isinf(listed(i, j)));
    for (const Index j : {0, 2}) CHECK(listed(i, j) == absent(i, j));
  }
  CHECK(absent != plain);
  const Matrix weighed = adaptive_weights(strengths, nodes, 0.5, 1, {some_prior()});
  CHECK(weighed(1, 2) / weighed(1, 0) == doctest::Approx(0.19 * plain(1, 2) / plain(1, 0)).epsilon(1e-12));
  // Of a part of the nodes, in another order.
  const Matrix part = adaptive_weights(strengths, {0, 3, 1}, 0.5, 1, some_prior());
  CHECK(std::isinf(part(1, 2)));
  CHECK(part(2, 1) / part(2, 0) == doctest::Approx(1.9 * plain(1, 3) / plain(1, 0)).epsilon(1e-12));
}

TEST_CASE("a list of regulators leaves inputs and those listed") {
  const EdgePrior prior = only_from({3, 2, 3}, 5, 2);
  for (Index j = 0; j < 5; ++j) {
    for (Index i = 2; i < 5; ++i) CHECK(prior.allows(i, j) == (j < 4));
  }
  CHECK(prior.allowed(Matrix::Ones(5, 5)).col(4).isZero(0.0));
  CHECK(prior.allowed(Matrix::Ones(5, 5)).leftCols(4) == Matrix::Ones(5, 4));
  CHECK(prior.among({0, 1, 4}).odds.col(2).isZero(0.0));
  CHECK(only_from({}, 3, 0).odds.isZero(0.0));
  CHECK_THROWS_WITH_AS(static_cast<void>(only_from({2, 5}, 5)), "only_from: regulators[1] is 5, must be in [0, 5)",
                       std::invalid_argument);
  EdgePrior odds = some_prior();
  CHECK(odds.combined_with({}).odds == odds.odds);
  CHECK(EdgePrior{}.combined_with(odds).odds == odds.odds);
  CHECK(odds.combined_with(only_from({2}, 4)).odds(1, 2) == 10.0);
  CHECK(!odds.combined_with(only_from({2}, 4)).allows(1, 3));

  CHECK_NOTHROW(validate(odds, "f", "prior", 4));
  CHECK_NOTHROW(validate(EdgePrior{}, "f", "prior", 4));
  CHECK_THROWS_WITH_AS(validate(odds, "f", "prior", 3), "f: prior.odds is 4 x 4, must be 3 x 3", std::invalid_argument);
  odds.odds(0, 1) = std::numeric_limits<double>::quiet_NaN();  // of an input: ignored
  CHECK_NOTHROW(validate(odds, "f", "prior", 4));
  for (const double wrong : {-1.0, std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}) {
    odds.odds(2, 3) = wrong;
    CHECK_THROWS_AS(validate(odds, "f", "prior", 4), std::domain_error);
  }
  odds.odds(2, 3) = -1.0;
  CHECK_THROWS_WITH_AS(validate(odds, "f", "prior", 4),
                       "f: prior.odds(2, 3) is -1, must be finite and >= 0 (0 forbids the edge)", std::domain_error);
}
