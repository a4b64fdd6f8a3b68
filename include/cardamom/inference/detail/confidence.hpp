/// @file
/// Scores of different fits on one scale: in units of the n-th largest, n the number of genes.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <vector>

#include <cardamom/core/types.hpp>

namespace cardamom::detail {

/// |scores| over the n-th largest of them off the diagonal, n = G − 1: about 1 for edges of a network with one edge per
/// gene. Row 0 is 0. When fewer than n are above 0, those are 1.
inline Matrix confidence(const MatrixIn& scores) {
  const Index genes = scores.rows();
  Matrix result = scores.cwiseAbs();
  std::vector<double> entries;
  for (Index j = 0; j < genes; ++j) {
    for (Index i = 1; i < genes; ++i) {
      if (i != j) entries.push_back(result(i, j));
    }
  }
  if (genes > 0) result.row(0).setZero();
  if (entries.empty()) return result;
  const auto rank = static_cast<std::ptrdiff_t>(std::min(entries.size(), static_cast<std::size_t>(genes - 1)) - 1);
  std::nth_element(entries.begin(), entries.begin() + rank, entries.end(), std::greater<>());
  const double scale = entries[static_cast<std::size_t>(rank)];
  if (scale > 0.0) return result / scale;
  return (result.array() > 0.0).cast<double>();
}

}  // namespace cardamom::detail
