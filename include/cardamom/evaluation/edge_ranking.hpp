/// @file
/// Candidate edges ranked by score, with their truth: what every measure of an inferred network is computed from.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <ranges>
#include <string>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>

namespace cardamom {

/// Whether j → i and i → j are two candidates or one.
enum class EdgeDirection {
  directed,  ///< all pairs j → i, i ≠ j, i a gene, scored by |θ_ij|
  undirected,  ///< all pairs {i, j}, i ≠ j, not both inputs, scored by max(|θ_ij|, |θ_ji|); true when either direction
               ///< is
};

/// Which pairs of nodes count as possible edges, and whether their direction matters.
struct EdgeRankingOptions {
  EdgeDirection direction = EdgeDirection::directed;
  Index inputs = 1;  ///< how many of the nodes, the first ones, are inputs: sources of edges, never targets
};

/// An edge as far as evaluation is concerned: `edge.source` and `edge.target`, numbers of nodes.
template <class E>
concept EdgeLike = requires(const E& edge) {
  { edge.source } -> std::convertible_to<Index>;
  { edge.target } -> std::convertible_to<Index>;
};
template <class R>
concept EdgeRange = std::ranges::input_range<R> && EdgeLike<std::ranges::range_value_t<R>>;

/// A block of candidates with equal scores: their order is arbitrary, so measures treat them together.
struct TiedEdges {
  double score;      ///< |θ|
  Index candidates;  ///< how many candidates have this score
  Index positives;   ///< how many of them are true
};

/// All candidates by decreasing score, tied ones together.
struct EdgeRanking {
  std::vector<TiedEdges> groups;
  Index candidates = 0;
  Index positives = 0;
};

namespace detail {

template <class Use = CompiledWhereUsed>
inline void require_square_scores(std::string_view function, const WhereUsed<MatrixIn, Use>& scores) {
  check_at_least(function, "scores.rows()", scores.rows(), 1);
  check_shape(function, "scores", scores, scores.rows(), scores.rows());
}

inline void require_inputs(std::string_view function, Index inputs, Index nodes) {
  check_at_least(function, "options.inputs", inputs, 0);
  check_at_least(function, "scores.rows()", nodes, inputs);
}

/// nodes × nodes indicator (target, source) of a list of edges.
template <EdgeRange Edges>
Matrix truth_matrix(std::string_view function, Index nodes, const Edges& edges) {
  WhereUsed<Matrix, Edges> truth = Matrix::Zero(nodes, nodes);
  for (const auto& edge : edges) {
    check_index(function, "source of a true edge", edge.source, nodes);
    check_index(function, "target of a true edge", edge.target, nodes);
    truth(edge.target, edge.source) = 1.0;
  }
  return truth;
}

}  // namespace detail

/// Ranks the candidate edges. Self-edges and edges into inputs are no candidates: neither their scores nor their truth
/// counts.
/// @param scores nodes × nodes, (target, source), for example θ; the sign is ignored; finite where it is a candidate
/// @param truth nodes × nodes, (target, source); an entry that is not 0 is a true edge
/// @throws std::invalid_argument on shapes, std::domain_error on a score that is not finite or a truth that
/// is NaN
/// O(nodes² log nodes).
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline EdgeRanking rank_edges(const WhereUsed<MatrixIn, Use>& scores,
                                            const WhereUsed<MatrixIn, Use>& truth,
                                            const WhereUsed<EdgeRankingOptions, Use>& options = {}) {
  detail::require_square_scores("rank_edges", scores);
  const Index nodes = scores.rows();
  const Index inputs = options.inputs;
  detail::require_inputs("rank_edges", inputs, nodes);
  check_shape("rank_edges", "truth", truth, nodes, nodes);

  std::vector<std::pair<double, bool>> candidates;
  candidates.reserve(static_cast<std::size_t>(nodes * nodes));
  for (Index target = inputs; target < nodes; ++target) {
    for (Index source = 0; source < nodes; ++source) {
      if (source == target) continue;
      double score = std::abs(scores(target, source));
      if (!std::isfinite(score)) {
        check_finite("rank_edges", "scores(" + detail::to_text(target) + ", " + detail::to_text(source) + ")",
                     scores(target, source));
      }
      if (std::isnan(truth(target, source))) {
        check_finite("rank_edges", "truth(" + detail::to_text(target) + ", " + detail::to_text(source) + ")",
                     truth(target, source));
      }
      bool is_true = truth(target, source) != 0.0;
      if (options.direction == EdgeDirection::undirected && source >= inputs) {
        if (source > target) continue;  // met as (source, target)
        score = std::max(score, std::abs(scores(source, target)));
        is_true = is_true || truth(source, target) != 0.0;
      }
      candidates.emplace_back(score, is_true);
    }
  }
  std::sort(candidates.begin(), candidates.end(), [](const auto& a, const auto& b) { return a.first > b.first; });

  EdgeRanking ranking;
  for (const auto& [score, is_true] : candidates) {
    if (ranking.groups.empty() || ranking.groups.back().score != score) ranking.groups.push_back({score, 0, 0});
    ranking.groups.back().candidates += 1;
    ranking.groups.back().positives += is_true ? 1 : 0;
    ranking.candidates += 1;
    ranking.positives += is_true ? 1 : 0;
  }
  return ranking;
}

/// The same with the truth as a list of edges (`Network::edges()`, say); weights are not looked at.
/// @throws std::invalid_argument on an edge out of range as well
template <EdgeRange Edges>
[[nodiscard]] EdgeRanking rank_edges(const WhereUsed<MatrixIn, Edges>& scores, const Edges& truth,
                                     const EdgeRankingOptions& options = {}) {
  detail::require_square_scores("rank_edges", scores);
  return rank_edges(scores, MatrixIn(detail::truth_matrix("rank_edges", scores.rows(), truth)), options);
}

}  // namespace cardamom

#ifdef CARDAMOM_PRECOMPILED
namespace cardamom {
extern template EdgeRanking rank_edges(const MatrixIn&, const MatrixIn&, const EdgeRankingOptions&);
}  // namespace cardamom
#endif
