/// @file
/// Two landscapes compared: attractors matched by position, then basin by basin.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/evaluation/basin_comparison.hpp>
#include <cardamom/landscape/landscape.hpp>

namespace cardamom {

/// What `compare_landscapes` found.
struct LandscapeComparison {
  std::vector<Index> match;  ///< per attractor of the first: its counterpart in the second, or −1
  BasinComparison basins;    ///< over matched basins, then those of either landscape alone
};

/// When attractors and basins of two landscapes count as the same.
struct LandscapeComparisonOptions {
  /// Two attractors further apart than this, by the largest difference of a protein, are never one, > 0. On the scale
  /// (11) genes are off near 0 and on near 1: 0.3 leaves room for the errors of inferred levels.
  double tolerance = 0.3;
  BasinComparisonOptions basins = {};  ///< which basins count as seen
};

/// The attractor of `second` closest to each attractor of `first`: pairs are taken by increasing distance
/// max_i |P_i − P'_i| over the genes, each attractor at most once, none further than `options.tolerance`.
/// @returns per attractor of `first` an index in `second`, or −1 without a partner
/// @throws std::domain_error on the tolerance, std::invalid_argument when the numbers of nodes or inputs differ
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline std::vector<Index> match_attractors(
    const WhereUsed<Attractors, Use>& first, const WhereUsed<Attractors, Use>& second,
    const WhereUsed<LandscapeComparisonOptions, Use>& options = {}) {
  check_positive("match_attractors", "options.tolerance", options.tolerance);
  std::vector<Index> match(static_cast<std::size_t>(first.count()), -1);
  if (first.count() == 0 || second.count() == 0) return match;
  check_size("match_attractors", "second[0].protein", second[0].protein.size(), first[0].protein.size());
  check_size("match_attractors", "second.inputs", second.inputs, first.inputs);
  const Index genes = first[0].protein.size() - first.inputs;
  std::vector<std::pair<double, std::pair<Index, Index>>> pairs;
  for (Index a = 0; a < first.count(); ++a) {
    for (Index b = 0; b < second.count(); ++b) {
      const double distance = (first[a].protein - second[b].protein).tail(genes).template lpNorm<Eigen::Infinity>();
      if (distance <= options.tolerance) pairs.push_back({distance, {a, b}});
    }
  }
  std::sort(pairs.begin(), pairs.end());
  std::vector<bool> taken(static_cast<std::size_t>(second.count()), false);
  for (const auto& [distance, pair] : pairs) {
    if (match[static_cast<std::size_t>(pair.first)] >= 0 || taken[static_cast<std::size_t>(pair.second)]) continue;
    match[static_cast<std::size_t>(pair.first)] = pair.second;
    taken[static_cast<std::size_t>(pair.second)] = true;
  }
  return match;
}

/// Which basins two simulations share, the order in which they visit them, and how far apart they begin and end.
/// @throws as `match_attractors` and `compare_basins`
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline LandscapeComparison compare_landscapes(
    const WhereUsed<Landscape, Use>& first, const WhereUsed<Landscape, Use>& second,
    const WhereUsed<LandscapeComparisonOptions, Use>& options = {}) {
  LandscapeComparison result{match_attractors(first.attractors, second.attractors, options), {}};
  // Columns: the first landscape's basins, then those of the second that have no counterpart.
  std::vector<Index> column(static_cast<std::size_t>(second.attractors.count()), -1);
  for (std::size_t a = 0; a < result.match.size(); ++a) {
    if (result.match[a] >= 0) column[static_cast<std::size_t>(result.match[a])] = static_cast<Index>(a);
  }
  Index columns = first.attractors.count();
  for (Index& place : column) {
    if (place < 0) place = columns++;
  }
  WhereUsed<Matrix, Use> first_weights = Matrix::Zero(first.weights.rows(), columns);
  WhereUsed<Matrix, Use> second_weights = Matrix::Zero(second.weights.rows(), columns);
  first_weights.leftCols(first.weights.cols()) = first.weights;
  for (Index b = 0; b < second.weights.cols(); ++b) {
    second_weights.col(column[static_cast<std::size_t>(b)]) = second.weights.col(b);
  }
  result.basins = compare_basins(first_weights, first.time_points, second_weights, second.time_points, options.basins);
  return result;
}

}  // namespace cardamom
