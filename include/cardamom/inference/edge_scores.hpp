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

/// Scores with each target's of unit strength together, without that of the gene on itself. A target that many
/// regulators act on strongly, or whose modes are clearer than those of others, has high scores throughout; so
/// balanced, an estimate says of every target which regulators come first. Of the mean of several such estimates that
/// is the whole story: where they disagree about a target its scores add up to less.
/// @param scores nodes × nodes, targets in rows
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline Matrix balance_targets(const WhereUsed<MatrixIn, Use>& scores) {
  WhereUsed<Matrix, Use> result = scores;
  for (Index target = 0; target < scores.rows(); ++target) {
    const double own = scores(target, target);
    const double strength = std::sqrt(std::max(0.0, scores.row(target).squaredNorm() - own * own));
    if (strength > 0.0) result.row(target) /= strength;
  }
  return result;
}

/// The weighted mean of several estimates' edges, those of each brought to unit strength (`strength_of_edges`).
class MeanOfEdges {
 public:
  template <class = CompiledWhereUsed>
  explicit MeanOfEdges(Index nodes) : scores_(Matrix::Zero(nodes, nodes)), weights_(Matrix::Zero(nodes, nodes)) {}

  /// @param share of the estimate in the mean, relative to those of the others, >= 0
  /// @param scores, weights of edges, nodes × nodes
  template <class = CompiledWhereUsed>
  void add(double share, const MatrixIn& scores, const MatrixIn& weights) {
    total_ += share;
    scores_ += share / strength_of_edges(scores) * scores;
    weights_ += share / strength_of_edges(weights) * weights;
  }

  /// After at least one estimate of positive share.
  [[nodiscard]] Matrix scores() const { return scores_ / total_; }
  /// @param unit strength that an estimate's weights are given
  [[nodiscard]] Matrix weights(double unit = 1.0) const { return unit / total_ * weights_; }

 private:
  Matrix scores_;
  Matrix weights_;
  double total_ = 0.0;
};

}  // namespace cardamom
