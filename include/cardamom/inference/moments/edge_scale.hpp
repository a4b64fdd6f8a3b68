/// @file
/// Scores of different fits on one scale: in units of the n-th largest, n the number of genes.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom {

/// |scores| over the n-th largest of them off the diagonal, n the number of genes: about 1 for edges of a network with
/// one edge per gene. Rows of inputs are 0. When fewer than n are above 0, the unit is their median,
/// of an even number the lower of the middle two: all settings of the fit were chosen with it.
/// @param scores nodes × nodes
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline Matrix relative_scores(const WhereUsed<MatrixIn, Use>& scores, Index inputs = 1) {
  const Index nodes = scores.rows();
  WhereUsed<Matrix, Use> result = scores.cwiseAbs();
  result.topRows(std::min(inputs, nodes)).setZero();
  std::vector<double> found;
  for (Index j = 0; j < nodes; ++j) {
    for (Index i = inputs; i < nodes; ++i) {
      if (i != j && result(i, j) > 0.0) found.push_back(result(i, j));
    }
  }
  if (found.empty()) return result;
  const auto edges = static_cast<std::size_t>(nodes - inputs);
  const auto rank = static_cast<std::ptrdiff_t>(found.size() < edges ? found.size() / 2 : edges - 1);
  std::nth_element(found.begin(), found.begin() + rank, found.end(), std::greater<>());
  return result / found[static_cast<std::size_t>(rank)];
}

}  // namespace cardamom
