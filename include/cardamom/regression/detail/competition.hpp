/// @file
/// How opposite edges settle the competition λ |θ_ij θ_ji| of (15) between separately fitted rows.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/numerics/least_squares.hpp>

namespace cardamom::detail {

/// Row i is fitted against weights C(j, i) for |θ_ij|, and the passes drive C(j, i) to |θ_ji|.
///
/// All rows are fitted at once, each against the pass before, so the result depends on neither the order of the genes
/// nor the executor. Where both edges of a pair are alive, full steps could make the two switch on and off together for
/// ever: their weights move half way, as in a gradient flow the stronger wins, and once the set of such pairs is stable
/// Anderson's extrapolation ends the approach in a few passes.
class Competition {
 public:
  /// @param rows θ transposed, here and below: column i holds the coefficients θ_i· of row i
  /// @param inputs how many of the nodes, the first ones, are inputs: they face no opposite edges
  template <class Use = CompiledWhereUsed>
  Competition(const WhereUsed<Matrix, Use>& rows, Index inputs)
      : weights_(rows.transpose().cwiseAbs()),
        inputs_(inputs),
        met_(static_cast<std::size_t>(rows.size())),
        partners_(static_cast<std::size_t>(rows.cols())) {
    for (Index i = inputs; i < rows.cols(); ++i) notice(i, rows);
  }

  /// Column i: the competitors of row i.
  const Matrix& weights() const noexcept { return weights_; }

  /// Moves the weights towards |θ|; returns the largest distance left and marks the rows it matters to. 0: settled.
  /// @param fitted the rows that changed since the last call; every row marked then must be among them
  /// @param stale all false; set true for the rows to be fitted again
  /// @param tolerance distances up to this do not matter
  template <class Use = CompiledWhereUsed>
  double update(const WhereUsed<Matrix, Use>& rows, const std::vector<Index>& fitted, std::vector<bool>& stale,
                double tolerance) {
    double largest = 0.0;
    std::vector<std::pair<Index, Index>> live;
    const auto visit = [&](Index i, Index j) {
      double& weight = weights_(j, i);
      const double target = std::abs(rows(i, j));
      const double own = rows(j, i);
      if (target == weight) return;
      if (own == 0.0 && target > weight) {  // a stronger opponent changes nothing for an edge already absent
        weight = target;
        return;
      }
      const double distance = std::abs(target - weight);
      if (distance <= tolerance) return;
      largest = std::max(largest, distance);
      stale[static_cast<std::size_t>(i)] = true;
      if ((target == 0.0) != (own == 0.0)) {
        weight = target;
      } else {
        live.emplace_back(j, i);
      }
    };
    for (const Index i : fitted) notice(i, rows);
    for (const Index i : fitted) {
      for (const Index j : partners_[static_cast<std::size_t>(i)]) {
        visit(i, j);
        visit(j, i);
      }
    }
    if (largest > 0.0) advance(rows, live, stale);
    return largest;
  }

  /// Lets row i face its opponents as they are.
  template <class Use = CompiledWhereUsed>
  void face(Index i, const WhereUsed<Matrix, Use>& rows) {
    for (const Index j : partners_[static_cast<std::size_t>(i)]) weights_(j, i) = std::abs(rows(i, j));
  }

  /// Takes note of edges that row i has come to have: `update` does for the rows it is given, before `face` it is due
  /// for every row fitted since.
  template <class Use = CompiledWhereUsed>
  void notice(Index i, const WhereUsed<Matrix, Use>& rows) {
    for (Index j = inputs_; j < rows.cols(); ++j) {
      if (rows(j, i) == 0.0 || i == j) continue;
      const auto place = static_cast<std::size_t>(i * rows.cols() + j);
      if (met_[place]) continue;
      met_[place] = met_[static_cast<std::size_t>(j * rows.cols() + i)] = true;
      partners_[static_cast<std::size_t>(i)].push_back(j);
      partners_[static_cast<std::size_t>(j)].push_back(i);
    }
  }

 private:
  // Length of the history that Anderson extrapolates from: longer ones are dependent up to rounding.
  static constexpr Index depth = 6;

  template <class Use = CompiledWhereUsed>
  void advance(const WhereUsed<Matrix, Use>& rows, const std::vector<std::pair<Index, Index>>& moving,
               std::vector<bool>& stale) {
    // Pairs that already agree stay part of the extrapolation, or its set would change at every pass.
    std::vector<std::pair<Index, Index>> live = moving;
    for (const auto& pair : live_) {
      const auto [j, i] = pair;
      if (rows(i, j) != 0.0 && rows(j, i) != 0.0) live.push_back(pair);
    }
    std::sort(live.begin(), live.end());
    live.erase(std::unique(live.begin(), live.end()), live.end());
    const auto size = static_cast<Index>(live.size());
    if (live != live_) {
      live_ = live;
      points_.clear();
      errors_.clear();
    }
    if (size == 0) return;
    WhereUsed<Vector, Use> point(size);
    WhereUsed<Vector, Use> error(size);
    for (Index k = 0; k < size; ++k) {
      const auto [j, i] = live[static_cast<std::size_t>(k)];
      point[k] = weights_(j, i);
      error[k] = std::abs(rows(i, j)) - point[k];
    }
    if (!errors_.empty() && error.norm() > 2.0 * errors_.back().norm()) {
      points_.clear();
      errors_.clear();
    }
    WhereUsed<Vector, Use> next = point + 0.5 * error;
    const auto history = static_cast<Index>(points_.size());
    if (history >= 2) {
      WhereUsed<Matrix, Use> steps(size, history);
      WhereUsed<Matrix, Use> changes(size, history);
      for (Index h = 0; h < history; ++h) {
        steps.col(h) = point - points_[static_cast<std::size_t>(h)];
        changes.col(h) = error - errors_[static_cast<std::size_t>(h)];
      }
      const WhereUsed<Vector, Use> mix = least_squares(changes, error);
      const WhereUsed<Vector, Use> accelerated = (next - (steps + 0.5 * changes) * mix).cwiseMax(0.0);
      if (accelerated.allFinite()) next = accelerated;
    }
    points_.push_back(std::move(point));
    errors_.push_back(std::move(error));
    if (static_cast<Index>(points_.size()) > depth) {
      points_.erase(points_.begin());
      errors_.erase(errors_.begin());
    }
    for (Index k = 0; k < size; ++k) {
      const auto [j, i] = live[static_cast<std::size_t>(k)];
      if (weights_(j, i) != next[k]) stale[static_cast<std::size_t>(i)] = true;
      weights_(j, i) = next[k];
    }
  }

  Matrix weights_;
  Index inputs_;
  // Pairs of genes with an edge, now or before: others have nothing to settle, and they are nearly all.
  std::vector<bool> met_;
  std::vector<std::vector<Index>> partners_;
  std::vector<std::pair<Index, Index>> live_;
  std::vector<Vector> points_;
  std::vector<Vector> errors_;
};

}  // namespace cardamom::detail
