/// @file
/// The data's side of a fit by simulated minimum distance.
#pragma once

#include <cstddef>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/condition_groups.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/data/mean_input_levels.hpp>
#include <cardamom/inference/gene_effects.hpp>

namespace cardamom {

/// Snapshots of the genes that take part, of one group of conditions.
struct DistanceTargets {
  std::vector<double> times;   ///< [h], increasing
  Matrix levels;               ///< time points × inputs: mean level of every input over the cells, its largest being 1
  std::vector<Matrix> counts;  ///< per time point: cells × genes
  std::vector<Vector> depths;  ///< per time point: of every cell; empty where depths are not known
  double share = 1.0;          ///< of all cells that are in the group
  GeneEffects effects = {};    ///< what is done to the genes

  [[nodiscard]] Index genes() const { return counts.front().cols(); }
};

namespace detail {

/// @param all the table in which inputs have their largest levels
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline DistanceTargets targets_of_group(const WhereUsed<Counts, Use>& counts,
                                                      const WhereUsed<Counts, Use>& all,
                                                      const std::vector<Index>& genes) {
  DistanceTargets targets;
  const Index times = counts.time_points().size();
  targets.levels = mean_input_levels(counts, all);
  for (Index k = 0; k < times; ++k) {
    const auto cells = counts.cells_at(k);
    WhereUsed<Matrix, Use> snapshot(static_cast<Index>(cells.size()), static_cast<Index>(genes.size()));
    WhereUsed<Vector, Use> depth(counts.depth().size() > 0 ? snapshot.rows() : 0);
    for (Index c = 0; c < snapshot.rows(); ++c) {
      const Index cell = cells[static_cast<std::size_t>(c)];
      for (Index a = 0; a < snapshot.cols(); ++a) {
        snapshot(c, a) = counts.values()(cell, genes[static_cast<std::size_t>(a)]);
      }
      if (depth.size() > 0) depth[c] = counts.depth()[cell];
    }
    targets.times.push_back(counts.time_points()[k]);
    targets.counts.push_back(std::move(snapshot));
    if (depth.size() > 0) targets.depths.push_back(std::move(depth));
  }
  return targets;
}

}  // namespace detail

/// Those of every group of conditions (`condition_groups`), at least one.
/// @param genes node numbers of the genes that take part
/// @throws std::invalid_argument as `condition_groups`
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline std::vector<DistanceTargets> distance_targets(const WhereUsed<Counts, Use>& counts,
                                                                   const std::vector<Index>& genes) {
  std::vector<DistanceTargets> result;
  for (const ConditionGroup& group : condition_groups("distance_targets", counts)) {
    result.push_back(detail::targets_of_group<Use>(counts.select_cells(group.cells), counts, genes));
    result.back().share = static_cast<double>(group.cells.size()) / static_cast<double>(counts.cells());
    result.back().effects = effects_on(genes, group);
  }
  return result;
}

}  // namespace cardamom
