/// @file
/// k-means (Lloyd 1982) from several starts of k-means++: centres that minimise Σ_i ‖x_i − c(i)‖², each the mean of the
/// points that are nearest to it.
#pragma once

#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/convergence.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/numerics/k_means_start.hpp>

namespace cardamom {

/// Settings of `k_means`.
struct KMeansOptions {
  Index clusters = 4;      ///< >= 1, at most as many as there are points
  std::uint64_t seed = 1;  ///< of the starts
  Index starts = 20;       ///< >= 1; the best of them is returned
  Index iterations = 300;  ///< of one start, >= 1
};

/// What `k_means` found.
struct KMeans {
  Matrix centres;            ///< clusters × dimensions
  std::vector<Index> label;  ///< per point: its cluster, whose centre is the nearest
  double within = 0.0;       ///< Σ of squared distances of points from their centres
  Convergence convergence;  ///< of the start that was best; residual: points that changed cluster in the last iteration
};

/// The nearest centre, of equally near ones the first.
/// @param centres clusters × dimensions, at least one
/// @returns its number and the squared distance
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline std::pair<Index, double> nearest_centre(const WhereUsed<Matrix, Use>& centres,
                                                             const WhereUsed<VectorIn, Use>& point) {
  Index best = 0;
  const double distance = (centres.rowwise() - point.transpose()).rowwise().squaredNorm().minCoeff(&best);
  return {best, distance};
}

namespace detail {

/// Means of the clusters. A cluster without points takes the point that is farthest from its own centre.
template <class Use = CompiledWhereUsed>
inline void move_centres(const WhereUsed<Matrix, Use>& points, const std::vector<Index>& label,
                         WhereUsed<Vector, Use>& distance, WhereUsed<Matrix, Use>& centres) {
  WhereUsed<Vector, Use> size = Vector::Zero(centres.rows());
  centres.setZero();
  for (Index i = 0; i < points.rows(); ++i) {
    const Index z = label[static_cast<std::size_t>(i)];
    centres.row(z) += points.row(i);
    size[z] += 1.0;
  }
  for (Index z = 0; z < centres.rows(); ++z) {
    if (size[z] > 0.0) {
      centres.row(z) /= size[z];
      continue;
    }
    Index farthest = 0;
    distance.maxCoeff(&farthest);
    centres.row(z) = points.row(farthest);
    distance[farthest] = 0.0;
  }
}

template <class Use = CompiledWhereUsed>
inline KMeans k_means_from(const WhereUsed<Matrix, Use>& points, std::vector<Index> label,
                           const KMeansOptions& options) {
  KMeans fit{Matrix(options.clusters, points.cols()), std::move(label), 0.0, {ConvergenceStatus::iteration_limit}};
  WhereUsed<Vector, Use> distance = Vector::Zero(points.rows());
  while (fit.convergence.iterations < options.iterations) {
    move_centres(points, fit.label, distance, fit.centres);
    Index changed = 0;
    for (Index i = 0; i < points.rows(); ++i) {
      const auto [nearest, squared] = nearest_centre(fit.centres, points.row(i).transpose());
      changed += fit.label[static_cast<std::size_t>(i)] != nearest ? 1 : 0;
      fit.label[static_cast<std::size_t>(i)] = nearest;
      distance[i] = squared;
    }
    fit.within = distance.sum();
    ++fit.convergence.iterations;
    fit.convergence.residual = static_cast<double>(changed);
    if (changed == 0) {
      fit.convergence.status = ConvergenceStatus::converged;
      break;
    }
  }
  return fit;
}

}  // namespace detail

/// Clusters points by k-means.
/// @param points points × dimensions, finite; on a scale on which distances mean something
/// @throws std::invalid_argument on sizes and counts
/// @returns the best of the starts. O(starts · iterations · points · clusters · dimensions).
template <class = CompiledWhereUsed>
[[nodiscard]] inline KMeans k_means(const Matrix& points, const KMeansOptions& options = {}) {
  const char* const function = "k_means";
  check_at_least(function, "clusters", options.clusters, 1);
  check_at_least(function, "points.rows()", points.rows(), options.clusters);
  check_at_least(function, "starts", options.starts, 1);
  check_at_least(function, "iterations", options.iterations, 1);
  KMeans best;
  for (Index start = 0; start < options.starts; ++start) {
    RandomStream stream(options.seed, Purpose::k_means, static_cast<std::uint64_t>(start));
    KMeans fit = detail::k_means_from(points, k_means_seeds(points, options.clusters, stream), options);
    if (start == 0 || fit.within < best.within) best = std::move(fit);
  }
  return best;
}

}  // namespace cardamom
