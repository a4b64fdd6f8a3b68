/// @file
/// Snapshots of discretised cells, as couplings between them need them: everything that stays the same from round to
/// round. Cells of one time point whose genes are in the same modes are in one *state*: nothing here tells them apart,
/// so they are kept once and counted.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include <cardamom/clustering/is_on.hpp>
#include <cardamom/clustering/modes.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/condition_groups.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/inference/ancestry/settings.hpp>
#include <cardamom/numerics/median.hpp>

namespace cardamom {

/// Columns are the active nodes: inputs, then the genes that are on in some cells and off in others.
struct DiscreteSnapshots {
  std::vector<Index> active;                  ///< node of each column, inputs first
  Index inputs = 1;                           ///< how many columns are inputs
  std::vector<Matrix> on;                     ///< per time point: states × columns, 0 or 1
  std::vector<Matrix> level;                  ///< the same, attractor levels α/α1 (13)
  std::vector<Vector> share;                  ///< per time point: share of its cells in each state; sums to 1
  std::vector<std::vector<Index>> ancestors;  ///< per time point: states that ancestors may be in
  std::vector<Vector> ancestor_share;         ///< of the ancestors in each of them; sums to 1
  std::vector<Vector> decay;       ///< per interval and column: e^(−d1 Δt), 0 for inputs, which follow at once
  std::vector<Vector> half_decay;  ///< e^(−d1 Δt/2)
  /// Per column: whether the gene's rate was perturbed, so that its states say nothing about its regulators.
  std::vector<bool> set_by_hand;
  Vector weight;  ///< of all states in order of time: share of all cells; sums to 1

  [[nodiscard]] Index columns() const noexcept { return static_cast<Index>(active.size()); }
  [[nodiscard]] Index node(Index column) const { return active[static_cast<std::size_t>(column)]; }
  /// How many states there are at all time points together.
  [[nodiscard]] Index states() const noexcept { return weight.size(); }
};

namespace detail {

/// Inputs, and the genes of several modes that are on in some cells and not the same in all.
template <class = CompiledWhereUsed>
inline std::vector<Index> columns_of(const Counts& counts, const Clustering& clustering) {
  std::vector<Index> active;
  for (Index j = 0; j < counts.inputs(); ++j) active.push_back(j);
  for (Index i = counts.inputs(); i < counts.nodes(); ++i) {
    if (is_on_in_some(clustering, i)) active.push_back(i);
  }
  return active;
}

/// The state of each cell of time point k, numbered in order of their first cells; returns how many there are.
/// @param first resized to the first cell of each state
template <class = CompiledWhereUsed>
inline std::vector<Index> find_states(const Counts& counts, const Clustering& clustering, Index k,
                                      const std::vector<Index>& active, std::vector<Index>& first) {
  std::map<std::vector<ModeIndex>, Index> known;
  std::vector<ModeIndex> modes(active.size());
  std::vector<Index> states;
  first.clear();
  for (const Index cell : counts.cells_at(k)) {
    for (std::size_t a = 0; a < active.size(); ++a) modes[a] = clustering.modes(cell, active[a]);
    const auto [place, added] = known.emplace(modes, static_cast<Index>(first.size()));
    if (added) first.push_back(cell);
    states.push_back(place->second);
  }
  return states;
}

/// The share of some cells in each state.
template <class = CompiledWhereUsed>
inline Vector shares_of(const std::vector<Index>& states, Index count) {
  Vector result = Vector::Zero(count);
  for (const Index state : states) result[state] += 1.0 / static_cast<double>(states.size());
  return result;
}

/// Sets who may be ancestors among the cells of time point k: all of them where they are in few states, else a random
/// subset.
template <class = CompiledWhereUsed>
inline void choose_ancestors(std::vector<Index> states, Index count, Index k, const PropagationOptions& options,
                             DiscreteSnapshots& snapshots) {
  if (count > options.ancestors) {
    RandomStream random(options.seed, Purpose::regression, static_cast<std::uint64_t>(k));
    for (Index c = 0; c < options.ancestors; ++c) {
      const Index rest = static_cast<Index>(states.size()) - c;
      std::swap(states[static_cast<std::size_t>(c)], states[static_cast<std::size_t>(c + random.below(rest))]);
    }
    states.resize(static_cast<std::size_t>(options.ancestors));
  }
  const Vector shares = shares_of(states, count);
  std::vector<Index> rows;
  for (Index state = 0; state < count; ++state) {
    if (shares[state] > 0.0) rows.push_back(state);
  }
  snapshots.ancestor_share.push_back(shares(rows));
  snapshots.ancestors.push_back(std::move(rows));
}

/// Sets everything about the cells of time point k but their weight.
template <class = CompiledWhereUsed>
inline void take_cells(const Counts& counts, const Clustering& clustering, Index k, const PropagationOptions& options,
                       DiscreteSnapshots& snapshots) {
  std::vector<Index> first;
  std::vector<Index> states = find_states(counts, clustering, k, snapshots.active, first);
  const auto count = static_cast<Index>(first.size());
  Matrix on(count, snapshots.columns());
  Matrix level(count, snapshots.columns());
  for (Index a = 0; a < snapshots.columns(); ++a) {
    const Index i = snapshots.node(a);
    for (Index c = 0; c < count; ++c) {
      const ModeIndex mode = clustering.modes(first[static_cast<std::size_t>(c)], i);
      on(c, a) = is_on(clustering, i, mode) ? 1.0 : 0.0;
      level(c, a) = clustering.level(i, mode);
    }
  }
  snapshots.on.push_back(std::move(on));
  snapshots.level.push_back(std::move(level));
  snapshots.share.push_back(shares_of(states, count));
  choose_ancestors(std::move(states), count, k, options, snapshots);
}

template <class = CompiledWhereUsed>
inline double median_step(const Counts& counts) {
  const Vector& times = counts.time_points();
  const Index steps = times.size() - 1;
  return steps > 0 ? median(times.tail(steps) - times.head(steps)) : 1.0;
}

}  // namespace detail

/// Snapshots of cells to which the same was done.
/// @param active node of each column; @param options already validated
template <class = CompiledWhereUsed>
[[nodiscard]] inline DiscreteSnapshots take_snapshots(const Counts& counts, const Clustering& clustering,
                                                      const PropagationOptions& options, std::vector<Index> active) {
  DiscreteSnapshots snapshots;
  snapshots.inputs = counts.inputs();
  snapshots.active = std::move(active);
  snapshots.set_by_hand.assign(snapshots.active.size(), false);
  const double assumed_decay = 1.0 / detail::median_step(counts);
  const Index times = counts.time_points().size();
  for (Index k = 0; k < times; ++k) {
    detail::take_cells(counts, clustering, k, options, snapshots);
    if (k + 1 == times) break;
    Vector decay = Vector::Zero(snapshots.columns());
    const double step = counts.time_points()[k + 1] - counts.time_points()[k];
    for (Index a = snapshots.inputs; a < snapshots.columns(); ++a) {
      const double d1 = options.protein_decay.size() > 0 ? options.protein_decay[snapshots.node(a)] : assumed_decay;
      decay[a] = std::exp(-d1 * step);
    }
    snapshots.half_decay.push_back(decay.array().sqrt());
    snapshots.decay.push_back(std::move(decay));
  }
  Index states = 0;
  for (const Vector& share : snapshots.share) states += share.size();
  snapshots.weight.resize(states);
  Index row = 0;
  for (Index k = 0; k < times; ++k) {
    const Vector& share = snapshots.share[static_cast<std::size_t>(k)];
    const double part = static_cast<double>(counts.cells_at(k).size()) / static_cast<double>(counts.cells());
    snapshots.weight.segment(row, share.size()) = part * share;
    row += share.size();
  }
  return snapshots;
}

/// The same of a table without conditions.
template <class = CompiledWhereUsed>
[[nodiscard]] inline DiscreteSnapshots take_snapshots(const Counts& counts, const Clustering& clustering,
                                                      const PropagationOptions& options) {
  return take_snapshots(counts, clustering, options, detail::columns_of(counts, clustering));
}

namespace detail {

/// Marks the genes that a group perturbs; one that never bursts makes no protein.
template <class = CompiledWhereUsed>
inline void mark_perturbed(const ConditionGroup& group, DiscreteSnapshots& snapshots) {
  for (Index a = snapshots.inputs; a < snapshots.columns(); ++a) {
    const Perturbation* const p = group.of(snapshots.node(a));
    if (p == nullptr) continue;
    snapshots.set_by_hand[static_cast<std::size_t>(a)] = true;
    if (p->factor > 0.0 || p->extra > 0.0) continue;
    for (Matrix& level : snapshots.level) level.col(a).setZero();
  }
}

}  // namespace detail

/// Snapshots of every group of conditions (`condition_groups`), all of the same columns: cells of different groups are
/// no ancestors of each other. Weights of all groups together sum to 1.
/// @throws as `condition_groups`, naming `propagate`
template <class = CompiledWhereUsed>
[[nodiscard]] inline std::vector<DiscreteSnapshots> snapshots_of_conditions(const Counts& counts,
                                                                            const Clustering& clustering,
                                                                            const PropagationOptions& options) {
  if (counts.conditions().empty()) return {take_snapshots(counts, clustering, options)};
  std::vector<DiscreteSnapshots> result;
  for (const ConditionGroup& group : condition_groups("propagate", counts)) {
    Clustering own{clustering.of_node, clustering.modes(group.cells, Eigen::all), clustering.number_of_inputs};
    DiscreteSnapshots snapshots =
        take_snapshots(counts.select_cells(group.cells), own, options, detail::columns_of(counts, clustering));
    snapshots.weight *= static_cast<double>(group.cells.size()) / static_cast<double>(counts.cells());
    detail::mark_perturbed(group, snapshots);
    result.push_back(std::move(snapshots));
  }
  return result;
}

}  // namespace cardamom
