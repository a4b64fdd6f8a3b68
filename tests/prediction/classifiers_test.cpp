#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/prediction/cell_types.hpp>
#include <cardamom/prediction/classifier_error.hpp>
#include <cardamom/prediction/multinomial_logistic.hpp>

#include "support/statistics.hpp"
#include "support/throws.hpp"

using namespace cardamom;

namespace {

/// Cells of three types, an input and four genes, whose means of gene z are ten times those of the others in type z;
/// gene 4 is silent. Type z is taken at time 10 (2 - z).
Counts three_types(Index cells, std::uint64_t seed, double contrast = 10.0) {
  RandomStream random(seed, Purpose::user);
  Matrix values = Matrix::Zero(cells, 5);
  Vector times(cells);
  for (Index cell = 0; cell < cells; ++cell) {
    const Index type = cell % 3;
    times[cell] = 10.0 * static_cast<double>(2 - type);
    for (Index gene = 1; gene < 4; ++gene) {
      const double mean = gene - 1 == type ? 2.0 * contrast : 2.0;
      values(cell, gene) = static_cast<double>(random.poisson(mean * random.gamma(2.0) / 2.0));
    }
  }
  return Counts(values, times);
}

CellTypes truth(Index cells) {
  CellTypes types{{"a", "b", "c"}, {}};
  for (Index cell = 0; cell < cells; ++cell) types.of_cell.push_back(cell % 3);
  return types;
}

/// A user's own: which gene has the most counts.
struct BusiestGene {
  Index types() const { return 3; }
  Index classify(const VectorIn& counts) const {
    Index gene = 0;
    counts.segment(1, 3).maxCoeff(&gene);
    return gene;
  }
};
static_assert(CellClassifier<BusiestGene>);

}  // namespace

TEST_CASE("labels become types in the order of their names") {
  const CellTypes types = types_from_labels({"neuron", "glia", "neuron", "stem"});
  CHECK(types.names == std::vector<std::string>{"glia", "neuron", "stem"});
  CHECK(types.of_cell == std::vector<Index>{1, 0, 1, 2});
}

TEST_CASE("shares of types are those of the cells of each time point") {
  Matrix values = Matrix::Zero(5, 2);
  const Counts counts(values, Vector{{6, 0, 6, 6, 0}});
  const Matrix shares = type_shares(counts, {{"a", "b"}, {0, 0, 0, 1, 1}});
  CHECK(shares(0, 0) == 0.5);
  CHECK(shares(0, 1) == 0.5);
  CHECK(shares(1, 0) == doctest::Approx(2.0 / 3.0));
}

TEST_CASE("types that are found are ordered by time, and the classifier assigns them again") {
  const Counts counts = three_types(300, 1, 40.0);
  const FoundTypes found = find_types(counts, {.clusters = 3});
  CHECK(found.types.names == std::vector<std::string>{"1", "2", "3"});
  Index agree = 0;
  for (Index cell = 0; cell < counts.cells(); ++cell) {
    const Index type = found.types.of_cell[static_cast<std::size_t>(cell)];
    CHECK(found.classifier.classify(counts.values().row(cell).transpose()) == type);
    agree += type == 2 - cell % 3 ? 1 : 0;
  }
  CHECK(agree > 280);
}

TEST_CASE("class means are means of log(1 + count)") {
  const Counts counts = three_types(30, 2);
  const NearestCentre classifier = class_means(counts, truth(30));
  double mean = 0.0;
  for (Index cell = 1; cell < 30; cell += 3) mean += std::log1p(counts.values()(cell, 2)) / 10.0;
  CHECK(classifier.centres()(1, 1) == doctest::Approx(mean));
  CHECK(classifier.names() == std::vector<std::string>{"a", "b", "c"});
}

TEST_CASE("the logistic fit is stationary, and its probabilities are calibrated on cells it has not seen") {
  const Counts counts = three_types(900, 3, 3.0);
  const MultinomialLogistic fit = fit_logistic(counts, truth(900));
  CHECK(fit.convergence().converged());
  CHECK(fit.convergence().residual <= 1e-8);
  CHECK(fit.weights().col(4).isZero());  // of the silent gene
  // An unpenalised constant: mean probabilities are shares.
  Vector mean = Vector::Zero(3);
  for (Index cell = 0; cell < 900; ++cell) mean += fit.probabilities(counts.values().row(cell).transpose()) / 900.0;
  for (const double share : mean) CHECK(share == doctest::Approx(1.0 / 3.0).epsilon(1e-5));

  // On new cells the sum of the largest probabilities is the number of right answers, up to chance; those of a fit that
  // is made twice as sure are not.
  const Counts others = three_types(9000, 4, 3.0);
  const auto surprise = [&](const MultinomialLogistic& classifier) {
    double excess = 0.0;
    double variance = 0.0;
    for (Index cell = 0; cell < others.cells(); ++cell) {
      const Vector p = classifier.probabilities(others.values().row(cell).transpose());
      const double top = p.maxCoeff();
      const Index said = classifier.classify(others.values().row(cell).transpose());
      excess += (said == cell % 3 ? 1.0 : 0.0) - top;
      variance += top * (1.0 - top);
    }
    return support::z_p_value(excess, 0.0, std::sqrt(variance));
  };
  CHECK(surprise(fit) > support::false_alarm);
  CHECK(surprise(MultinomialLogistic(2.0 * fit.weights(), 1)) < support::false_alarm);
}

TEST_CASE("the optimum is that of a penalised likelihood: it is worse on either side along any weight") {
  const Counts counts = three_types(60, 5, 3.0);
  const LogisticOptions options{.ridge = 0.5};
  const MultinomialLogistic fit = fit_logistic(counts, truth(60), options);
  const Matrix points = log_counts(counts.values(), 1);
  Vector deviation = ((points.rowwise() - points.colwise().mean()).colwise().squaredNorm() / 60.0).cwiseSqrt();
  const auto objective = [&](const Matrix& weights) {
    const MultinomialLogistic classifier(weights, 1);
    double value = 0.0;
    for (Index cell = 0; cell < 60; ++cell) {
      value -= std::log(classifier.probabilities(counts.values().row(cell).transpose())[cell % 3]);
    }
    return value + 0.5 * options.ridge * (weights.rightCols(4) * deviation.asDiagonal()).squaredNorm();
  };
  const double best = objective(fit.weights());
  for (Index z = 0; z < 3; ++z) {
    for (Index i = 0; i < 4; ++i) {
      for (const double step : {-0.01, 0.01}) {
        Matrix moved = fit.weights();
        moved(z, i) += step;
        CHECK(objective(moved) > best);
      }
    }
  }
}

TEST_CASE("cross-validation tells the error on new cells, which the fit to all does not") {
  // Pure noise: types without any meaning, more genes than the cells can tell.
  RandomStream random(6, Purpose::user);
  Matrix values = Matrix::Zero(60, 41);
  for (Index cell = 0; cell < 60; ++cell) {
    for (Index gene = 1; gene < 41; ++gene) values(cell, gene) = static_cast<double>(random.poisson(5.0));
  }
  const Counts noise(values, Vector::Zero(60));
  const auto logistic = [](const Counts& counts, const CellTypes& types) {
    return fit_logistic(counts, types, {.ridge = 0.1});
  };
  const MultinomialLogistic overfitted = logistic(noise, truth(60));
  Index wrong = 0;
  for (Index cell = 0; cell < 60; ++cell) {
    wrong += overfitted.classify(noise.values().row(cell).transpose()) != cell % 3 ? 1 : 0;
  }
  CHECK(wrong == 0);
  const ClassifierError error = classifier_error(noise, truth(60), logistic);
  CHECK(error.share > 0.4);
  CHECK(error.confusion.sum() == 60.0);
  CHECK(error.standard_error == doctest::Approx(std::sqrt(error.share * (1.0 - error.share) / 60.0)));

  // Both classifiers and a user's own, on types that can be told apart.
  const Counts counts = three_types(600, 7, 6.0);
  const ClassifierError by_logistic = classifier_error(counts, truth(600), logistic, {.folds = 5});
  const ClassifierError by_means = classifier_error(
      counts, truth(600), [](const Counts& c, const CellTypes& t) { return class_means(c, t); }, {.folds = 5});
  const ClassifierError own =
      classifier_error(counts, truth(600), [](const Counts&, const CellTypes&) { return BusiestGene{}; });
  CHECK(by_logistic.share < 0.25);
  CHECK(by_means.share < 0.25);
  CHECK(own.share < 0.25);
}

TEST_CASE("bad types are named") {
  const Counts counts = three_types(6, 8);
  support::check_throws<std::invalid_argument>(
      [&] {
        (void)type_shares(counts, {{"a"}, {0, 0}});
      },
      {"CellTypes", "of_cell", "2", "6"});
  support::check_throws<std::invalid_argument>(
      [&] {
        (void)class_means(counts, {{"a"}, {0, 0, 1, 0, 0, 0}});
      },
      {"of_cell[2]", "1"});
  support::check_throws<std::invalid_argument>(
      [&] {
        (void)class_means(counts, {{"a", "b"}, {0, 0, 0, 0, 0, 0}});
      },
      {"class_means", "\"b\"", "no cells"});
  support::check_throws<std::invalid_argument>(
      [&] {
        (void)class_means(counts, {{"a", "a"}, {0, 0, 0, 0, 0, 1}});
      },
      {"names", "\"a\"", "twice"});
  support::check_throws<std::invalid_argument>([&] { (void)find_types(counts, {.clusters = 7}); },
                                               {"find_types", "counts.cells()", "6", "7"});
  support::check_throws<std::domain_error>([&] { (void)fit_logistic(counts, truth(6), {.ridge = 0.0}); },
                                           {"fit_logistic", "options.ridge", "0"});
  const auto fit = [](const Counts& c, const CellTypes& t) { return fit_logistic(c, t); };
  support::check_throws<std::invalid_argument>([&] { (void)classifier_error(counts, truth(6), fit, {.folds = 7}); },
                                               {"classifier_error", "counts.cells()"});
  const NearestCentre classifier(Matrix::Zero(2, 3), 1);
  support::check_throws<std::invalid_argument>([&] { (void)classifier.classify(Vector::Zero(3)); },
                                               {"NearestCentre", "counts", "3", "4"});
}
