/// @file
/// Weights of the adaptive lasso (Zou 2006): edges that were strong in a first fit are penalised less in the next.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/regression/edge_prior.hpp>

namespace cardamom {

/// 1/(offset + min(strength, 1)), the weight of an edge before weights are divided by their mean.
/// @param strength >= 0 of the edge in the first fit, about 1 for a typical edge: beyond it edges are all alike
/// @param offset > 0, the adaptive-lasso offset: bounds how much cheaper a strong edge is, (1 + offset)/offset times
[[nodiscard]] inline double adaptive_weight(double strength, double offset) {
  return 1.0 / (offset + std::min(strength, 1.0));
}

/// `Penalty::weights` of a fit over some nodes of a network: adaptive weights of mean 1 over the rows of genes, in
/// units where the n-th largest entry of `strengths` has strength 1, n the number of genes; then times those of the
/// prior. Edges that are forbidden count in the mean as edges of strength 0: what is believed of them does not make
/// others dearer. Rows of inputs are 1.
/// @param strengths |θ| of a first fit, all nodes × all nodes; rows of inputs ignored
/// @param nodes which nodes the fit has, inputs first; row and column a of the result belong to nodes[a]
/// @param offset as of `adaptive_weight`, > 0, else std::domain_error
/// @param inputs how many nodes, the first ones, are inputs
/// @param prior of edges between all nodes
/// O(all nodes²).
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline Matrix adaptive_weights(const WhereUsed<MatrixIn, Use>& strengths, const std::vector<Index>& nodes,
                                             double offset, Index inputs = 1,
                                             const WhereUsed<EdgePrior, Use>& prior = {}) {
  check_positive("adaptive_weights", "offset", offset);
  const Index all = strengths.rows();
  const auto size = static_cast<Index>(nodes.size());
  WhereUsed<Matrix, Use> weights = Matrix::Ones(size, size);
  std::vector<double> entries;
  for (Index j = 0; j < all; ++j) {
    for (Index i = inputs; i < all; ++i) entries.push_back(strengths(i, j));
  }
  if (entries.empty()) return weights;
  const auto genes = static_cast<std::size_t>(std::max<Index>(all - inputs, 1));
  const auto rank = std::min(entries.size(), genes) - 1;
  std::nth_element(entries.begin(), entries.begin() + static_cast<std::ptrdiff_t>(rank), entries.end(),
                   std::greater<>());
  const double unit = entries[rank];
  double sum = 0.0;
  Index rows = 0;
  for (Index a = 0; a < size; ++a) {
    const Index i = nodes[static_cast<std::size_t>(a)];
    if (i < inputs) continue;
    ++rows;
    for (Index b = 0; b < size; ++b) {
      const Index j = nodes[static_cast<std::size_t>(b)];
      const double strength = prior.allows(i, j) ? strengths(i, j) : 0.0;
      const double relative = strength > 0.0 ? (unit > 0.0 ? strength / unit : 1.0) : 0.0;
      weights(a, b) = adaptive_weight(relative, offset);
      sum += weights(a, b);
    }
  }
  const double to_mean_one = rows > 0 ? static_cast<double>(rows * size) / sum : 1.0;
  for (Index a = 0; a < size; ++a) {
    if (nodes[static_cast<std::size_t>(a)] >= inputs) weights.row(a) *= to_mean_one;
  }
  return prior.among(nodes).weigh(std::move(weights));
}

}  // namespace cardamom
