/// @file
/// The data's side of the method of simulated moments: the genes that take part, the kinetics their modes suggest, and
/// the moments at every time point that simulated cells are to have.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include <cardamom/clustering/is_on.hpp>
#include <cardamom/clustering/modes.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/condition_groups.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/inference/gene_effects.hpp>
#include <cardamom/inference/moments/observation.hpp>
#include <cardamom/inference/moments/statistics.hpp>
#include <cardamom/mixture/negative_binomial.hpp>
#include <cardamom/mixture/shape_floor.hpp>
#include <cardamom/simulation/leaping/linear_law.hpp>

namespace cardamom {

/// Moments of the data at one time point of n cells, of one group of conditions.
struct SnapshotMoments {
  double time = 0.0;   ///< [h]
  Vector inputs;       ///< mean level of every input over the cells
  double cells = 0.0;  ///< n
  Vector mean;         ///< f, A: means of φ
  Vector variance;     ///< of φ, A
  Vector statistics;   ///< as `MomentStatistics::all`; 0 for single genes, whose φ are centred on f
};

/// What simulated cells are to reproduce.
struct MomentTargets {
  std::vector<Index> active;  ///< node numbers of the genes that take part, A of them
  Index inputs = 1;           ///< number of inputs
  bool joint = true;          ///< few enough for the sensitivities of all statistics to all parameters
  MomentStatistics statistics;
  std::vector<Index> owner;                               ///< of every parameter: the gene whose it is, 0 … A − 1
  std::vector<GeneEffects> conditions = {GeneEffects{}};  ///< what is done in each group of conditions, at least one
  /// Those of all groups at the first time point, then of all at the next, and so on.
  std::vector<SnapshotMoments> snapshots;
  /// A: variance of φ within time points over f(1 − f), that of a share of cells of the same mean.
  Vector relative_variance;

  [[nodiscard]] Index size() const noexcept { return static_cast<Index>(active.size()); }
  [[nodiscard]] Index time_points() const noexcept { return static_cast<Index>(snapshots.size() / conditions.size()); }
  [[nodiscard]] Index node(Index a) const { return active[static_cast<std::size_t>(a)]; }
};

/// The genes in their highest mode in at least so many cells, but not in all.
/// @param in_highest as `cells_in_top_mode`; @param cells of the data
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline std::vector<Index> active_genes(const WhereUsed<Vector, Use>& in_highest, Index inputs,
                                                     Index cells, Index least) {
  std::vector<Index> active;
  for (Index i = inputs; i < in_highest.size(); ++i) {
    if (in_highest[i] >= static_cast<double>(least) && in_highest[i] < static_cast<double>(cells)) active.push_back(i);
  }
  return active;
}

/// Extreme modes of genes as the fit starts from them, one entry per node; those of inputs are 1.
struct ExtremeModes {
  Vector low, high;           ///< α0 = k0/d0, α1 = k1/d0
  Vector inverse_burst_size;  ///< koff/s0, in the units of the data
};

namespace detail {

/// Estimates from few active cells shrink to the median of those from many.
template <class Use = CompiledWhereUsed>
inline Vector shrink_to_median(const WhereUsed<Vector, Use>& own, const std::vector<Index>& active,
                               const WhereUsed<Vector, Use>& cells) {
  constexpr double many = 100.0;
  constexpr double half_way = 400.0;  // cells for which a gene's own estimate and the median weigh the same
  std::vector<double> trusted;
  for (const Index i : active) {
    if (cells[i] > many) trusted.push_back(own[i]);
  }
  WhereUsed<Vector, Use> result = own;
  if (trusted.empty()) return result;
  // Of an even number the higher of the middle two: all settings of the fit were chosen with it.
  const auto middle = trusted.begin() + static_cast<std::ptrdiff_t>(trusted.size() / 2);
  std::nth_element(trusted.begin(), middle, trusted.end());
  for (const Index i : active) {
    const double share = cells[i] / (cells[i] + half_way);
    result[i] = share * own[i] + (1.0 - share) * *middle;
  }
  return result;
}

}  // namespace detail

/// The extreme modes of the clustering, those of active genes shrunk to the median of all on the log scale, and slowed
/// to `most_frequent_bursts` with the means kept. `mode_kinetics` takes the same modes as they are, k0 = 0 included; a
/// fit of log k0 and log k1 needs both above 0.
/// @param in_highest as `cells_in_top_mode`
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline ExtremeModes extreme_modes(const WhereUsed<Clustering, Use>& clustering, Index inputs,
                                                const WhereUsed<Vector, Use>& in_highest,
                                                const std::vector<Index>& active) {
  const Index nodes = in_highest.size();
  WhereUsed<Vector, Use> low = Vector::Zero(nodes);
  WhereUsed<Vector, Use> high = Vector::Zero(nodes);
  WhereUsed<Vector, Use> inverse = Vector::Zero(nodes);
  for (Index i = inputs; i < nodes; ++i) {
    const GeneModes& gene = clustering.gene(i);
    low[i] = std::log(std::max(gene.shape_min(), smallest_shape));
    high[i] = std::log(std::max(gene.shape_max(), smallest_shape));
    inverse[i] = std::log(gene.inverse_burst_size);
  }
  ExtremeModes result{detail::shrink_to_median(low, active, in_highest).array().exp(),
                      detail::shrink_to_median(high, active, in_highest).array().exp(),
                      detail::shrink_to_median(inverse, active, in_highest).array().exp()};
  result.low = result.low.cwiseMin(result.high);
  const WhereUsed<Vector, Use> excess = (result.high / most_frequent_bursts).cwiseMax(1.0);
  for (Vector* field : {&result.low, &result.high, &result.inverse_burst_size}) {
    *field = field->cwiseQuotient(excess);
  }
  return result;
}

namespace detail {

/// Moments of some cells, seen at `time`.
template <class Use = CompiledWhereUsed>
inline SnapshotMoments snapshot_moments(const WhereUsed<Counts, Use>& counts,
                                        const WhereUsed<Clustering, Use>& clustering, double time,
                                        const std::vector<Index>& cells, const WhereUsed<MomentTargets, Use>& targets) {
  const auto n = static_cast<Index>(cells.size());
  SnapshotMoments result;
  result.time = time;
  result.cells = static_cast<double>(n);
  result.inputs = Vector::Zero(targets.inputs);
  WhereUsed<Matrix, Use> phi(n, targets.size());
  for (Index c = 0; c < n; ++c) {
    const Index cell = cells[static_cast<std::size_t>(c)];
    for (Index j = 0; j < targets.inputs; ++j) {
      result.inputs[j] += clustering.level(j, clustering.modes(cell, j)) / result.cells;
    }
    for (Index a = 0; a < targets.size(); ++a) {
      phi(c, a) = targets.statistics.summaries[static_cast<std::size_t>(a)](counts.values()(cell, targets.node(a)));
    }
  }
  result.mean = phi.colwise().mean();
  const WhereUsed<Matrix, Use> deviation = phi.rowwise() - result.mean.transpose();
  result.variance = deviation.colwise().squaredNorm() / result.cells;
  result.statistics = Vector::Zero(static_cast<Index>(targets.statistics.all.size()));
  for (Index q = 0; q < result.statistics.size(); ++q) {
    const auto& [a, b] = targets.statistics.all[static_cast<std::size_t>(q)];
    if (a != b) result.statistics[q] = deviation.col(a).dot(deviation.col(b)) / result.cells;
  }
  return result;
}

template <class Use = CompiledWhereUsed>
inline Vector relative_variance(const WhereUsed<MomentTargets, Use>& targets) {
  WhereUsed<Vector, Use> own = Vector::Zero(targets.size());
  WhereUsed<Vector, Use> binary = Vector::Zero(targets.size());
  for (const SnapshotMoments& snapshot : targets.snapshots) {
    own += snapshot.variance;
    binary.array() += snapshot.mean.array() * (1.0 - snapshot.mean.array());
  }
  return (binary.array() > 0.0).select(own.array() / binary.array(), 1.0);
}

/// Sets the moments of every group at every time point, and what is done to each group.
template <class Use = CompiledWhereUsed>
inline void take_conditions(const WhereUsed<Counts, Use>& counts, const WhereUsed<Clustering, Use>& clustering,
                            WhereUsed<MomentTargets, Use>& targets) {
  const std::vector<ConditionGroup> groups = condition_groups("moment_targets", counts);
  std::vector<std::size_t> of_cell(static_cast<std::size_t>(counts.cells()));
  targets.conditions.clear();
  for (std::size_t g = 0; g < groups.size(); ++g) {
    targets.conditions.push_back(effects_on(targets.active, groups[g]));
    for (const Index cell : groups[g].cells) of_cell[static_cast<std::size_t>(cell)] = g;
  }
  for (Index k = 0; k < counts.time_points().size(); ++k) {
    std::vector<std::vector<Index>> cells(groups.size());
    for (const Index cell : counts.cells_at(k)) cells[of_cell[static_cast<std::size_t>(cell)]].push_back(cell);
    for (const std::vector<Index>& own : cells) {
      targets.snapshots.push_back(snapshot_moments(counts, clustering, counts.time_points()[k], own, targets));
    }
  }
}

}  // namespace detail

/// The moments of the data, of every group of conditions (`condition_groups`).
/// @param clustering gives the levels of inputs; @param active node numbers of the genes that take part
/// @param kinetics of inputs and these genes; @param parameters how many each of them has
/// Cost O(cells · A²).
template <class Family = NegativeBinomial>
[[nodiscard]] MomentTargets moment_targets(const Counts& counts, const Clustering& clustering,
                                           std::vector<Index> active, const WhereUsed<Kinetics, Family>& kinetics,
                                           const std::vector<Index>& parameters, Index joint_genes,
                                           const Observation& observation, const Family& family = {}) {
  WhereUsed<MomentTargets, Family> targets;
  targets.active = std::move(active);
  targets.inputs = counts.inputs();
  targets.joint = targets.size() <= joint_genes;
  targets.statistics = moment_statistics(kinetics, parameters, targets.joint, observation, family);
  for (Index a = 0; a < targets.size(); ++a) {
    targets.owner.insert(targets.owner.end(), static_cast<std::size_t>(parameters[static_cast<std::size_t>(a)]), a);
  }
  detail::take_conditions(counts, clustering, targets);
  targets.relative_variance = detail::relative_variance(targets);
  return targets;
}

}  // namespace cardamom
