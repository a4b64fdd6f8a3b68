// Which experiment next: what the outcomes of candidates say about which model is right.
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/model.hpp>
#include <cardamom/prediction/rank_experiments.hpp>

#include "support/throws.hpp"

using namespace cardamom;
using support::check_throws;

namespace {

// 1 activates 2 and 3, which are alike, and one of these activates 4: the means of the wild type do not say which.
Model rescued_by(Index source) {
  Matrix theta = Matrix::Zero(5, 5);
  theta(1, 0) = theta(2, 1) = theta(3, 1) = theta(4, source) = 10.0;
  return make_model(fn4().kinetics, Network(Vector{{0, -5, -5, -5, -5}},
                                            Eigen::SparseMatrix<double, Eigen::RowMajor>(theta.sparseView())));
}

const Protocol protocol{.time_points = {0, 20, 40}, .cells_per_time_point = 1000};

std::vector<Condition> candidates() {
  std::vector<Condition> result = knock_out_conditions(rescued_by(2));
  result.push_back({"wild type"});
  return result;
}

double gain_of(const ExperimentRanking& ranking, const std::string& name) {
  for (const RankedExperiment& experiment : ranking.ranked) {
    if (experiment.condition.name == name) return experiment.gain;
  }
  return std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

TEST_CASE("the knock-outs that two models disagree about are the experiments to do") {
  const std::vector<Model> models = {rescued_by(2), rescued_by(3)};
  const ExperimentRanking ranking = rank_experiments(models, candidates(), protocol, {.seed = 3}, Threads(2));
  CHECK(ranking.uncertainty == doctest::Approx(std::log(2.0)));
  REQUIRE(ranking.ranked.size() == 5);
  CHECK(gain_of(ranking, "no 2") > 0.99 * std::log(2.0));
  CHECK(gain_of(ranking, "no 3") > 0.99 * std::log(2.0));
  // Nothing is left of the difference where gene 4, or all that activates it, is gone.
  CHECK(gain_of(ranking, "no 4") == 0.0);
  CHECK(gain_of(ranking, "no 1") < 0.05);
  CHECK(gain_of(ranking, "wild type") < 0.05);
  const std::string first = ranking.ranked[0].condition.name;
  CHECK((first == "no 2" || first == "no 3"));
  CHECK(experiments_table(ranking).starts_with("condition\tgain\tshare\n" + first + "\t"));
  for (std::size_t k = 1; k < 5; ++k) CHECK(ranking.ranked[k - 1].gain >= ranking.ranked[k].gain);
}

TEST_CASE("models that are the same have nothing to gain, and more cells never gain less") {
  const std::vector<Model> same = {rescued_by(2), rescued_by(2)};
  for (const RankedExperiment& experiment : rank_experiments(same, candidates(), protocol).ranked) {
    CHECK(experiment.gain == 0.0);
  }
  Matrix theta(rescued_by(2).network().interactions());
  theta(3, 1) = 8.5;  // a little weaker
  const Model weaker = make_model(
      fn4().kinetics,
      Network(Vector{{0, -5, -5, -5, -5}}, Eigen::SparseMatrix<double, Eigen::RowMajor>(theta.sparseView())));
  const std::vector<Model> close = {rescued_by(2), weaker};
  const std::vector<Condition> wild = {{"wild type"}};
  double before = -1.0;
  for (const Index cells : {10, 100, 1000, 10000}) {
    const double gain = rank_experiments(close, wild, protocol, {.cells = cells}).ranked[0].gain;
    CHECK(gain > before);
    CHECK(gain <= std::log(2.0) + 1e-12);
    before = gain;
  }
  // A model that is hardly believed in has little to be told apart from.
  const ExperimentRanking sure =
      rank_experiments(std::vector<Model>{rescued_by(2), rescued_by(3)}, {{"no 2", {knock_out(2)}}}, protocol,
                       {.weights = Vector{{99.0, 1.0}}});
  CHECK(sure.uncertainty == doctest::Approx(-0.99 * std::log(0.99) - 0.01 * std::log(0.01)));
  CHECK(sure.ranked[0].gain == doctest::Approx(sure.uncertainty).epsilon(0.01));
}

TEST_CASE("the bound on the information is exact for outcomes that are the same or never meet") {
  const Vector weights{{0.5, 0.3, 0.2}};
  Matrix distances = Matrix::Constant(3, 3, 1000.0);
  distances.diagonal().setZero();
  CHECK(detail::information_bound(weights, Matrix::Zero(3, 3)) == doctest::Approx(0.0));
  const double entropy = -(0.5 * std::log(0.5) + 0.3 * std::log(0.3) + 0.2 * std::log(0.2));
  CHECK(detail::information_bound(weights, distances) == doctest::Approx(entropy));
  distances(0, 1) = distances(1, 0) = 0.0;  // two of them are alike: which of 0.8 and 0.2 is all there is to learn
  CHECK(detail::information_bound(weights, distances) == doctest::Approx(-(0.8 * std::log(0.8) + 0.2 * std::log(0.2))));
}

TEST_CASE("candidates and options are checked") {
  const std::vector<Model> models = {rescued_by(2), rescued_by(3)};
  check_throws<std::invalid_argument>(
      [&] {
        (void)rank_experiments(models, {{"wild type"}, {"x", {knock_out(7)}}}, protocol);
      },
      {"rank_experiments: candidates[1].perturbations[0].gene is 7"});
  check_throws<std::invalid_argument>([&] { (void)rank_experiments(models, candidates(), protocol, {.cells = 0}); },
                                      {"rank_experiments: options.cells is 0"});
  check_throws<std::invalid_argument>(
      [&] { (void)rank_experiments(models, candidates(), protocol, {.weights = Vector::Ones(3)}); },
      {"options.weights has size 3, must be 2"});
}
