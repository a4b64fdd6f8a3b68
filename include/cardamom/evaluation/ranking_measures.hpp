/// @file
/// Measures of a ranking of candidate edges: ROC and precision–recall curves, their areas, average and early precision.
///
/// AUPR is the trapezoid area under the precision–recall points of decreasing threshold, ties taken as one step, with
/// the point (recall 0, precision 1): what the published figures of the field use. It flatters sparse scores, whose
/// zeros form one long step: report the average precision beside it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/evaluation/edge_ranking.hpp>

namespace cardamom {

/// Points of a curve in order of decreasing threshold.
struct Curve {
  std::vector<double> x;
  std::vector<double> y;

  /// Area under the straight lines that join the points.
  template <class = CompiledWhereUsed>
  double area() const noexcept {
    double sum = 0.0;
    for (std::size_t i = 1; i < x.size(); ++i) sum += (x[i] - x[i - 1]) * 0.5 * (y[i] + y[i - 1]);
    return sum;
  }
};

namespace detail {

template <class Use = CompiledWhereUsed>
inline void require_positives(std::string_view function, const WhereUsed<EdgeRanking, Use>& ranking) {
  if (ranking.positives == 0) {
    throw std::invalid_argument(std::string(function) + ": none of the " + to_text(ranking.candidates) +
                                " candidate edges is true, must be at least 1");
  }
}
template <class Use = CompiledWhereUsed>
inline void require_negatives(std::string_view function, const WhereUsed<EdgeRanking, Use>& ranking) {
  if (ranking.positives == ranking.candidates) {
    throw std::invalid_argument(std::string(function) + ": all of the " + to_text(ranking.candidates) +
                                " candidate edges are true, at least 1 must not be");
  }
}

}  // namespace detail

/// False positive rate (x) and true positive rate (y), from (0, 0) to (1, 1), one point per distinct score.
/// @throws std::invalid_argument when no candidate, or every candidate, is true
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline Curve roc_curve(const WhereUsed<EdgeRanking, Use>& ranking) {
  detail::require_positives("roc_curve", ranking);
  detail::require_negatives("roc_curve", ranking);
  const auto positives = static_cast<double>(ranking.positives);
  const auto negatives = static_cast<double>(ranking.candidates - ranking.positives);
  Curve curve{{0.0}, {0.0}};
  Index taken = 0;
  Index hits = 0;
  for (const TiedEdges& group : ranking.groups) {
    taken += group.candidates;
    hits += group.positives;
    curve.x.push_back(static_cast<double>(taken - hits) / negatives);
    curve.y.push_back(static_cast<double>(hits) / positives);
  }
  return curve;
}

/// Recall (x) and precision (y), from (0, 1) to (1, share of true candidates), one point per distinct score.
/// @throws std::invalid_argument when no candidate is true
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline Curve precision_recall_curve(const WhereUsed<EdgeRanking, Use>& ranking) {
  detail::require_positives("precision_recall_curve", ranking);
  Curve curve{{0.0}, {1.0}};
  Index taken = 0;
  Index hits = 0;
  for (const TiedEdges& group : ranking.groups) {
    taken += group.candidates;
    hits += group.positives;
    curve.x.push_back(static_cast<double>(hits) / static_cast<double>(ranking.positives));
    curve.y.push_back(static_cast<double>(hits) / static_cast<double>(taken));
  }
  return curve;
}

/// Area under the ROC curve: the probability that a true candidate outscores a false one, ties counting one half.
/// @throws as roc_curve
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline double auroc(const WhereUsed<EdgeRanking, Use>& ranking) {
  return roc_curve(ranking).area();
}

/// Area under the precision–recall curve, by trapezoids. @throws as precision_recall_curve
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline double aupr(const WhereUsed<EdgeRanking, Use>& ranking) {
  return precision_recall_curve(ranking).area();
}

/// Σ precision · Δrecall over the candidates one by one; expectation over a random order of ties. In [0, 1].
/// @throws std::invalid_argument when no candidate is true
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline double average_precision(const WhereUsed<EdgeRanking, Use>& ranking) {
  detail::require_positives("average_precision", ranking);
  double sum = 0.0;
  double taken = 0.0;
  double hits = 0.0;
  for (const TiedEdges& group : ranking.groups) {
    const auto size = static_cast<double>(group.candidates);
    const auto positives = static_cast<double>(group.positives);
    if (group.positives > 0) {
      // The r-th of the tied candidates is true with probability positives/size; given that, the r − 1 before it
      // contain (r − 1)(positives − 1)/(size − 1) true ones on average.
      const double others = group.candidates > 1 ? (positives - 1.0) / (size - 1.0) : 0.0;
      double precisions = 0.0;
      for (Index r = 0; r < group.candidates; ++r) {
        const auto before = static_cast<double>(r);
        precisions += (hits + 1.0 + before * others) / (taken + before + 1.0);
      }
      sum += positives / size * precisions;
    }
    taken += size;
    hits += positives;
  }
  return sum / static_cast<double>(ranking.positives);
}

/// Share of true edges among the k best candidates, k = number of true edges; expectation over a random order of ties.
/// A random ranking scores positives/candidates.
/// @throws std::invalid_argument when no candidate is true
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline double early_precision(const WhereUsed<EdgeRanking, Use>& ranking) {
  detail::require_positives("early_precision", ranking);
  Index left = ranking.positives;
  double hits = 0.0;
  for (const TiedEdges& group : ranking.groups) {
    const Index drawn = std::min(left, group.candidates);
    hits += static_cast<double>(group.positives) * static_cast<double>(drawn) / static_cast<double>(group.candidates);
    left -= drawn;
    if (left == 0) break;
  }
  return hits / static_cast<double>(ranking.positives);
}

}  // namespace cardamom

#ifdef CARDAMOM_PRECOMPILED
namespace cardamom {
extern template double aupr(const EdgeRanking&);
extern template double auroc(const EdgeRanking&);
}  // namespace cardamom
#endif
