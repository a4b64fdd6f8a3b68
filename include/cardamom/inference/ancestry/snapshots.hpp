/// @file
/// Snapshots of discretised cells, as couplings between them need them: everything that stays the same from round to
/// round.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <cardamom/clustering/is_on.hpp>
#include <cardamom/clustering/modes.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/inference/ancestry/settings.hpp>
#include <cardamom/numerics/median.hpp>

namespace cardamom {

/// Columns are the active nodes: inputs, then the genes that are on in some cells and off in others.
struct DiscreteSnapshots {
  std::vector<Index> active;                  ///< node of each column, inputs first
  Index inputs = 1;                           ///< how many columns are inputs
  std::vector<Matrix> on;                     ///< per time point: cells × columns, 0 or 1
  std::vector<Matrix> level;                  ///< the same, attractor levels α/α1 (13)
  std::vector<std::vector<Index>> ancestors;  ///< per time point: rows that may be ancestors
  std::vector<Vector> decay;       ///< per interval and column: e^(−d1 Δt), 0 for inputs, which follow at once
  std::vector<Vector> half_decay;  ///< e^(−d1 Δt/2)
  Index cells = 0;

  [[nodiscard]] Index columns() const noexcept { return static_cast<Index>(active.size()); }
  [[nodiscard]] Index node(Index column) const { return active[static_cast<std::size_t>(column)]; }
};

namespace detail {

/// Inputs, and the genes of several modes that are on in some cells and not the same in all.
template <class Use = CompiledWhereUsed>
inline std::vector<Index> columns_of(const WhereUsed<Counts, Use>& counts,
                                     const WhereUsed<Clustering, Use>& clustering) {
  std::vector<Index> active;
  for (Index j = 0; j < counts.inputs(); ++j) active.push_back(j);
  for (Index i = counts.inputs(); i < counts.nodes(); ++i) {
    if (is_on_in_some(clustering, i)) active.push_back(i);
  }
  return active;
}

/// Sets on and level of time point k, by `is_on`.
template <class Use = CompiledWhereUsed>
inline void take_cells(const WhereUsed<Counts, Use>& counts, const WhereUsed<Clustering, Use>& clustering, Index k,
                       WhereUsed<DiscreteSnapshots, Use>& snapshots) {
  const auto cells = counts.cells_at(k);
  const auto size = static_cast<Index>(cells.size());
  WhereUsed<Matrix, Use> on(size, snapshots.columns());
  WhereUsed<Matrix, Use> level(size, snapshots.columns());
  for (Index a = 0; a < snapshots.columns(); ++a) {
    const Index i = snapshots.node(a);
    for (Index c = 0; c < size; ++c) {
      const ModeIndex mode = clustering.modes(cells[static_cast<std::size_t>(c)], i);
      on(c, a) = is_on(clustering, i, mode) ? 1.0 : 0.0;
      level(c, a) = clustering.level(i, mode);
    }
  }
  snapshots.on.push_back(std::move(on));
  snapshots.level.push_back(std::move(level));
}

/// All cells of time point k, or a random subset.
template <class Use = CompiledWhereUsed>
inline std::vector<Index> choose_ancestors(Index cells, Index k, const WhereUsed<PropagationOptions, Use>& options) {
  std::vector<Index> rows(static_cast<std::size_t>(cells));
  for (Index c = 0; c < cells; ++c) rows[static_cast<std::size_t>(c)] = c;
  if (cells <= options.ancestors) return rows;
  RandomStream random(options.seed, Purpose::regression, static_cast<std::uint64_t>(k));
  for (Index c = 0; c < options.ancestors; ++c) {
    std::swap(rows[static_cast<std::size_t>(c)], rows[static_cast<std::size_t>(c + random.below(cells - c))]);
  }
  rows.resize(static_cast<std::size_t>(options.ancestors));
  std::sort(rows.begin(), rows.end());
  return rows;
}

template <class Use = CompiledWhereUsed>
inline double median_step(const WhereUsed<Counts, Use>& counts) {
  const WhereUsed<Vector, Use>& times = counts.time_points();
  const Index steps = times.size() - 1;
  return steps > 0 ? median(times.tail(steps) - times.head(steps)) : 1.0;
}

}  // namespace detail

/// @param options already validated
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline DiscreteSnapshots take_snapshots(const WhereUsed<Counts, Use>& counts,
                                                      const WhereUsed<Clustering, Use>& clustering,
                                                      const WhereUsed<PropagationOptions, Use>& options) {
  DiscreteSnapshots snapshots;
  snapshots.cells = counts.cells();
  snapshots.inputs = counts.inputs();
  snapshots.active = detail::columns_of(counts, clustering);
  const double assumed_decay = 1.0 / detail::median_step(counts);
  const Index times = counts.time_points().size();
  for (Index k = 0; k < times; ++k) {
    detail::take_cells(counts, clustering, k, snapshots);
    snapshots.ancestors.push_back(detail::choose_ancestors(snapshots.on.back().rows(), k, options));
    if (k + 1 == times) break;
    WhereUsed<Vector, Use> decay = Vector::Zero(snapshots.columns());
    const double step = counts.time_points()[k + 1] - counts.time_points()[k];
    for (Index a = snapshots.inputs; a < snapshots.columns(); ++a) {
      const double d1 = options.protein_decay.size() > 0 ? options.protein_decay[snapshots.node(a)] : assumed_decay;
      decay[a] = std::exp(-d1 * step);
    }
    snapshots.half_decay.push_back(decay.array().sqrt());
    snapshots.decay.push_back(std::move(decay));
  }
  return snapshots;
}

}  // namespace cardamom
