/// @file
/// Scores of different fits on one scale: in units of the n-th largest, n the number of genes.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <vector>

#include <cardamom/core/types.hpp>

namespace cardamom::detail {

/// |scores| over the n-th largest of them off the diagonal, n = G − 1: about 1 for edges of a network with one edge per
/// gene. Row 0 is 0. When fewer than n are above 0, the unit is their median.
inline Matrix confidence(const MatrixIn& scores) {
  const Index genes = scores.rows();
  Matrix result = scores.cwiseAbs();
  if (genes > 0) result.row(0).setZero();
  std::vector<double> found;
  for (Index j = 0; j < genes; ++j) {
    for (Index i = 1; i < genes; ++i) {
      if (i != j && result(i, j) > 0.0) found.push_back(result(i, j));
    }
  }
  if (found.empty()) return result;
  const auto edges = static_cast<std::size_t>(genes - 1);
  const auto rank = static_cast<std::ptrdiff_t>(found.size() < edges ? found.size() / 2 : edges - 1);
  std::nth_element(found.begin(), found.begin() + rank, found.end(), std::greater<>());
  return result / found[static_cast<std::size_t>(rank)];
}

}  // namespace cardamom::detail
