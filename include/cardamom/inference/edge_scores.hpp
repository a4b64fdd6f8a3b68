/// @file
/// Scores of edges from several estimates on a common scale.
#pragma once

#include <algorithm>
#include <cmath>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom {

/// What edges are divided by to be of unit strength together: the root of the sum of their squares, without that of
/// genes on themselves; 1 where there are no edges.
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline double strength_of_edges(const WhereUsed<MatrixIn, Use>& edges) {
  const double strength = std::sqrt(edges.squaredNorm() - edges.diagonal().squaredNorm());
  return strength > 0.0 ? strength : 1.0;
}

/// Scores with each target's divided by the root of their joint strength. A target that many regulators act on
/// strongly, or whose modes are clearer than those of others, has high scores throughout; this takes half of it back,
/// on a logarithmic scale. All of it would make the best guess for every target as good as any other: decisions page.
/// @param scores nodes × nodes, targets in rows
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline Matrix balance_targets(const WhereUsed<MatrixIn, Use>& scores) {
  WhereUsed<Matrix, Use> result = scores;
  for (Index target = 0; target < scores.rows(); ++target) {
    const double own = scores(target, target);
    const double strength = std::sqrt(std::max(0.0, scores.row(target).squaredNorm() - own * own));
    if (strength > 0.0) result.row(target) /= std::sqrt(strength);
  }
  return result;
}

}  // namespace cardamom
