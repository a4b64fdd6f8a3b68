/// @file
/// Expectation–maximisation of a finite mixture of any laws: log-sum-exp, components that run empty, restarts, BIC.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <cardamom/core/convergence.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/mixture/gamma_mixture.hpp>
#include <cardamom/mixture/mixture_fit.hpp>

namespace cardamom::detail {

/// Shares of the components for every cell from a hard clustering grown from k-means++ seeds (Arthur & Vassilvitskii
/// 2007) on columns scaled to unit variance.
inline Matrix plus_plus_start(const Matrix& data, Index components, RandomStream& stream) {
  const Index cells = data.rows();
  Matrix scaled = data;
  for (Index j = 0; j < scaled.cols(); ++j) {
    const double variance = (scaled.col(j).array() - scaled.col(j).mean()).square().mean();
    if (variance > 0) scaled.col(j) /= std::sqrt(variance);
  }
  Vector nearest = Vector::Constant(cells, std::numeric_limits<double>::infinity());
  std::vector<Index> label(static_cast<std::size_t>(cells), 0);
  Index seed = stream.below(cells);
  for (Index z = 0; z < components; ++z) {
    for (Index cell = 0; cell < cells; ++cell) {
      const double distance = (scaled.row(cell) - scaled.row(seed)).squaredNorm();
      if (distance < nearest[cell]) {
        nearest[cell] = distance;
        label[static_cast<std::size_t>(cell)] = z;
      }
    }
    const double total = nearest.sum();
    seed = total > 0 ? draw_component(nearest, stream.uniform() * total) : stream.below(cells);
  }
  Matrix shares = Matrix::Zero(cells, components);
  for (Index cell = 0; cell < cells; ++cell) shares(cell, label[static_cast<std::size_t>(cell)]) = 1.0;
  return shares;
}

/// One run. `Laws` holds the parameters of all components:
/// `laws.maximise(shares)` fits them to cells weighted by the columns of `shares` (cells × m);
/// `laws.log_densities(out)` writes ln f_z(x) of every cell, cells × m.
template <class Laws>
struct EmRun {
  Laws laws;
  Vector weights;
  Matrix shares;
  double log_likelihood = -std::numeric_limits<double>::infinity();
  Convergence convergence{ConvergenceStatus::iteration_limit, 0, std::numeric_limits<double>::infinity()};

  EmRun(Laws start, Matrix initial_shares, const MixtureFitOptions& options)
      : laws(std::move(start)), shares(std::move(initial_shares)) {
    const auto cells = static_cast<double>(shares.rows());
    Matrix scores;
    for (; convergence.iterations < options.iterations; ++convergence.iterations) {
      drop_empty();
      weights = shares.colwise().sum().transpose() / cells;
      laws.maximise(shares);
      laws.log_densities(scores);
      scores.rowwise() += weights.array().log().matrix().transpose();
      double total = 0.0;
      for (Index cell = 0; cell < scores.rows(); ++cell) {
        Vector row = scores.row(cell);
        total += log_sum_exp(row);
        softmax(row);
        shares.row(cell) = row;
      }
      convergence.residual = (total - log_likelihood) / cells;
      log_likelihood = total;
      if (convergence.residual <= options.tolerance) {
        convergence.status = ConvergenceStatus::converged;
        break;
      }
    }
  }

 private:
  /// A component with less than one cell has no parameters worth the name.
  void drop_empty() {
    std::vector<Index> kept;
    for (Index z = 0; z < shares.cols(); ++z) {
      if (shares.col(z).sum() >= 1.0) kept.push_back(z);
    }
    if (static_cast<Index>(kept.size()) == shares.cols()) return;
    const Matrix rest = shares(Eigen::all, kept);
    shares = rest;
    for (Index cell = 0; cell < shares.rows(); ++cell) {
      const double total = shares.row(cell).sum();
      if (total > 0) {
        shares.row(cell) /= total;
      } else {
        shares.row(cell).setConstant(1.0 / static_cast<double>(shares.cols()));
      }
    }
    log_likelihood = -std::numeric_limits<double>::infinity();
  }
};

/// The best of `options.restarts` runs; equal likelihoods go to the earlier start.
/// @param data cells × genes without the stimulus, the space in which the starts are drawn
template <class Laws, Executor E>
EmRun<Laws> best_run(const Laws& laws, const Matrix& data, const MixtureFitOptions& options, const E& executor) {
  std::vector<std::vector<EmRun<Laws>>> runs(static_cast<std::size_t>(options.restarts));
  for_each_index(executor, options.restarts, [&](Index restart) {
    RandomStream stream(options.seed, Purpose::clustering, static_cast<std::uint64_t>(restart));
    runs[static_cast<std::size_t>(restart)].emplace_back(laws, plus_plus_start(data, options.components, stream),
                                                         options);
  });
  std::size_t best = 0;
  for (std::size_t k = 1; k < runs.size(); ++k) {
    if (runs[k][0].log_likelihood > runs[best][0].log_likelihood) best = k;
  }
  return std::move(runs[best][0]);
}

/// Components by decreasing weight: an order that does not depend on the starts.
inline std::vector<Index> by_weight(const Vector& weights) {
  std::vector<Index> order(static_cast<std::size_t>(weights.size()));
  for (std::size_t k = 0; k < order.size(); ++k) order[k] = static_cast<Index>(k);
  std::stable_sort(order.begin(), order.end(), [&](Index a, Index b) { return weights[a] > weights[b]; });
  return order;
}

/// Result of a run once its laws have become a mixture. @param parameters number of free parameters
template <class Mixture, class Laws>
FittedMixture<Mixture> to_fit(Mixture mixture, const EmRun<Laws>& run, const std::vector<Index>& order,
                              Index parameters, const MixtureFitOptions& options) {
  const auto cells = static_cast<double>(run.shares.rows());
  return {std::move(mixture),
          run.shares(Eigen::all, order),
          run.log_likelihood,
          -2.0 * run.log_likelihood + static_cast<double>(parameters) * std::log(cells),
          options.components - run.weights.size(),
          run.convergence};
}

}  // namespace cardamom::detail
