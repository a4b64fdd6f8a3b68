// An estimator of one's own: any way from counts to a network becomes the method of `infer`, and of everything built on
// it, such as `stability`. One member function returns the result; the problem it is given holds data, options and
// every policy of the call.
//
// Here: the lagged correlation. Gene j is said to act on gene i when the mean of j at one time point goes with the mean
// of i at the next. It needs no modes, but finds them all the same, because a result carries a model that can be
// simulated.
#include <cmath>
#include <iostream>

#include <cardamom/evaluation/edge_ranking.hpp>
#include <cardamom/evaluation/ranking_measures.hpp>
#include <cardamom/inference/infer.hpp>
#include <cardamom/inference/stability.hpp>
#include <cardamom/model/named_networks.hpp>
#include <cardamom/simulation/population.hpp>

using cardamom::Index;
using cardamom::Matrix;

// Means of log(1 + count), time points × nodes.
Matrix time_courses(const cardamom::Counts& counts) {
  const Index times = counts.time_points().size();
  Matrix means = Matrix::Zero(times, counts.nodes());
  for (Index k = 0; k < times; ++k) {
    for (const Index cell : counts.cells_at(k)) means.row(k) += counts.values().row(cell).array().log1p().matrix();
    means.row(k) /= static_cast<double>(counts.cells_at(k).size());
  }
  return means;
}

struct LaggedCorrelation {
  template <class Problem>
  auto estimate(const Problem& problem) const {
    using Rate = typename Problem::Rate;
    const cardamom::Counts& counts = problem.counts;
    const auto modes = problem.find_modes(problem.clusterer_or(cardamom::Binarize{}), problem.progress);
    cardamom::InferenceBase result = cardamom::describe_data(counts, modes, problem.options.rates);

    const Matrix means = time_courses(counts);
    const Index steps = means.rows() - 1;
    Matrix before = means.topRows(steps).rowwise() - means.topRows(steps).colwise().mean();
    Matrix after = means.bottomRows(steps).rowwise() - means.bottomRows(steps).colwise().mean();
    before.colwise().normalize();
    after.colwise().normalize();
    result.weights = after.transpose() * before;  // (target, source)
    result.weights.topRows(counts.inputs()).setZero();
    result.scores = result.weights.cwiseAbs();

    // The model: kinetics as the modes have them, and the weights as a network.
    auto kinetics = cardamom::mode_kinetics(result.clustering, problem.options.rates, counts.inputs());
    const cardamom::Vector basal = cardamom::Vector::Constant(counts.nodes(), -1.0);
    const cardamom::SparseMatrix theta = result.weights.sparseView();
    Rate rate = problem.rate.with(kinetics.frequency_min, kinetics.frequency_max, basal, theta, counts.inputs());
    result.steps.push_back({counts.time_points().tail<1>()[0], basal, theta, {}});
    return cardamom::Inference<Rate>{std::move(result), {std::move(kinetics), std::move(rate), counts.names()}};
  }
};

int main() {
  const cardamom::Model truth = cardamom::fn4();
  const cardamom::Counts counts = cardamom::simulate(truth, {}, {.seed = 1}).counts;

  const auto mine = cardamom::infer(counts, {}, LaggedCorrelation{});
  const auto paper = cardamom::infer(counts);
  const auto score = [&](const Matrix& scores) {
    return cardamom::aupr(cardamom::rank_edges(scores, truth.network().edges()));
  };
  std::cout << "AUPR of FN4: lagged correlation " << score(mine.scores) << ", the paper's chain " << score(paper.scores)
            << '\n';

  const Matrix found = cardamom::stability(counts, {.resamples = 10}, LaggedCorrelation{});
  std::cout << "found again in all of ten resamples: " << (found.array() == 1.0).count() << " edges\n";
  return mine.scores.allFinite() && found.maxCoeff() <= 1.0 ? 0 : 1;
}
