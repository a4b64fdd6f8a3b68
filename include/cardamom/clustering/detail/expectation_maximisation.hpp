/// @file
/// Maximum likelihood of a mixture with a given number of modes and a shared second parameter, by EM on pooled
/// observations.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include <cardamom/mixture/family.hpp>

namespace cardamom::detail {

struct MixtureFit {
  Vector weights;  ///< per mode
  SharedFit fit;   ///< shapes increasing
  double log_likelihood = -std::numeric_limits<double>::infinity();
};

/// Log of weight × density, observations × modes.
template <MixtureFamily Family>
void log_joint(const Family& family, const GeneSample& sample, const Vector& weights, const Vector& shapes, double b,
               Matrix& out) {
  out.resize(sample.size(), shapes.size());
  Vector column;
  for (Index k = 0; k < shapes.size(); ++k) {
    family.log_densities(sample, shapes[k], b, column);
    out.col(k) = column.array() + std::log(weights[k]);
  }
}

/// Turns log joint densities into responsibilities, in place; returns Σ cells · log density of the mixture.
inline double normalise_rows(Matrix& joint, const Vector& cells) {
  double log_likelihood = 0.0;
  for (Index i = 0; i < joint.rows(); ++i) {
    const double top = joint.row(i).maxCoeff();
    double sum = 0.0;
    for (Index k = 0; k < joint.cols(); ++k) {
      joint(i, k) = std::exp(joint(i, k) - top);
      sum += joint(i, k);
    }
    joint.row(i) /= sum;
    log_likelihood += cells[i] * (top + std::log(sum));
  }
  return log_likelihood;
}

struct EmOptions {
  double shape_floor = 1e-3;
  double tolerance = 1e-9;  // gain of log-likelihood per cell
  Index max_iterations = 2000;
};

/// @param responsibilities observations × modes, where to start
template <MixtureFamily Family>
MixtureFit fit_mixture(const Family& family, const GeneSample& sample, Matrix responsibilities,
                       const EmOptions& options) {
  const double cells = sample.cells.sum();
  MixtureFit mixture;
  SharedFitOptions fit_options;
  fit_options.tolerance = 1e-7;  // the start is the last iteration's end: its own error vanishes with EM's
  Convergence convergence{ConvergenceStatus::iteration_limit, 0, 0.0};
  for (; convergence.iterations < options.max_iterations; ++convergence.iterations) {
    Matrix weights = responsibilities.array().colwise() * sample.cells.array();
    // A mode that lost its cells keeps a trace of weight, so that its logarithm exists.
    mixture.weights = (weights.colwise().sum().transpose() / cells).cwiseMax(1e-12);
    mixture.fit = family.fit(sample, weights, fit_options);
    mixture.fit.shapes = mixture.fit.shapes.cwiseMax(options.shape_floor);
    fit_options.start = mixture.fit;
    const double before = mixture.log_likelihood;
    log_joint(family, sample, mixture.weights, mixture.fit.shapes, mixture.fit.inverse_burst_size, responsibilities);
    mixture.log_likelihood = normalise_rows(responsibilities, sample.cells);
    convergence.residual = std::abs(mixture.log_likelihood - before) / cells;
    if (convergence.residual <= options.tolerance) {
      convergence.status = ConvergenceStatus::converged;
      break;
    }
  }
  std::vector<Index> order(static_cast<std::size_t>(mixture.weights.size()));
  std::iota(order.begin(), order.end(), Index{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](Index a, Index b) { return mixture.fit.shapes[a] < mixture.fit.shapes[b]; });
  const Vector shapes = mixture.fit.shapes;
  const Vector weights = mixture.weights;
  for (Index k = 0; k < shapes.size(); ++k) {
    mixture.fit.shapes[k] = shapes[order[static_cast<std::size_t>(k)]];
    mixture.weights[k] = weights[order[static_cast<std::size_t>(k)]];
  }
  mixture.fit.convergence = convergence;
  return mixture;
}

/// Start of EM: cells cut at the given shares of their order (increasing, in (0, 1)), one mode per piece.
inline Matrix split_at(const GeneSample& sample, const std::vector<double>& shares) {
  Matrix responsibilities = Matrix::Zero(sample.size(), static_cast<Index>(shares.size()) + 1);
  const double cells = sample.cells.sum();
  double below = 0.0;
  for (Index i = 0; i < sample.size(); ++i) {
    const double middle = (below + 0.5 * sample.cells[i]) / cells;
    const auto mode = std::upper_bound(shares.begin(), shares.end(), middle) - shares.begin();
    responsibilities(i, static_cast<Index>(mode)) = 1.0;
    below += sample.cells[i];
  }
  return responsibilities;
}

}  // namespace cardamom::detail
