/// @file
/// Starts for mixture fits and k-means: hard clusters grown from k-means++ seeds (Arthur & Vassilvitskii, SODA 2007).
#pragma once

#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/numerics/draw_category.hpp>

namespace cardamom {

/// Draws seeds among the points, each with probability proportional to the squared distance from the seeds before, and
/// assigns every point to the nearest: the start of k-means++.
/// @param points points × dimensions, finite, at least one point; on a scale on which distances mean something
/// @param clusters >= 1; where there are fewer distinct points some clusters stay empty
/// @returns per point the number of its cluster
/// @throws std::invalid_argument on sizes
/// O(points · clusters · dimensions).
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline std::vector<Index> k_means_seeds(const WhereUsed<Matrix, Use>& points, Index clusters,
                                                      RandomStream& stream) {
  check_at_least("k_means_seeds", "points.rows()", points.rows(), 1);
  check_at_least("k_means_seeds", "clusters", clusters, 1);
  const Index count = points.rows();
  WhereUsed<Vector, Use> nearest = Vector::Constant(count, std::numeric_limits<double>::infinity());
  std::vector<Index> label(static_cast<std::size_t>(count), 0);
  Index seed = stream.below(count);
  for (Index z = 0; z < clusters; ++z) {
    for (Index i = 0; i < count; ++i) {
      const double distance = (points.row(i) - points.row(seed)).squaredNorm();
      if (distance < nearest[i]) {
        nearest[i] = distance;
        label[static_cast<std::size_t>(i)] = z;
      }
    }
    const double total = nearest.sum();
    seed = total > 0 ? draw_category(nearest, stream.uniform() * total) : stream.below(count);
  }
  return label;
}

/// The start of a mixture fit: `k_means_seeds` with distances taken where every column has unit variance.
/// @param points, clusters as there
/// @returns points × clusters, zeros and ones, rows summing to 1
/// @throws std::invalid_argument on sizes
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline Matrix k_means_start(const Matrix& points, Index clusters, RandomStream& stream) {
  check_at_least("k_means_start", "points.rows()", points.rows(), 1);
  check_at_least("k_means_start", "clusters", clusters, 1);
  WhereUsed<Matrix, Use> scaled = points;
  for (Index j = 0; j < scaled.cols(); ++j) {
    const double variance = (scaled.col(j).array() - scaled.col(j).mean()).square().mean();
    if (variance > 0) scaled.col(j) /= std::sqrt(variance);
  }
  const std::vector<Index> label = k_means_seeds(scaled, clusters, stream);
  Matrix result = Matrix::Zero(points.rows(), clusters);
  for (Index i = 0; i < result.rows(); ++i) result(i, label[static_cast<std::size_t>(i)]) = 1.0;
  return result;
}

}  // namespace cardamom
