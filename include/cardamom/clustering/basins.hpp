/// @file
/// Cells to basins: at each time point, cells with equal rows of the discretised matrix are one basin, and its share of
/// the cells is the weight μ_t(z) of (17).
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include <cardamom/clustering/modes.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/counts.hpp>

namespace cardamom {

/// Basins shared by all time points. Their numbers follow first appearance, in order of time and, within a time point,
/// of the table's rows.
struct Basins {
  ModeTable modes;             ///< basins × nodes, rows distinct
  Matrix weights;              ///< time points × basins: μ_t(z), rows sum to 1; 0 where z was not seen at t
  std::vector<Index> of_cell;  ///< basin of each cell
  std::vector<std::vector<Index>> cells;  ///< rows of the cells of each basin, in order of time
  Index number_of_inputs = 1;             ///< how many of the nodes, the first ones, are inputs

  Index count() const noexcept { return modes.rows(); }
  Index inputs() const noexcept { return number_of_inputs; }
  Index nodes() const noexcept { return modes.cols(); }
};

namespace detail {

/// A hash of a row; rows of equal hash are still compared entry by entry. Start and factor are odd constants with bits
/// spread evenly (those of splitmix64); any would do.
template <class Use = CompiledWhereUsed>
inline std::uint64_t hash_row(const WhereUsed<ModeTable, Use>& modes, Index row) noexcept {
  std::uint64_t hash = 0x9e3779b97f4a7c15;
  for (Index node = 0; node < modes.cols(); ++node) {
    hash ^= static_cast<std::uint64_t>(modes(row, node));
    hash *= 0xbf58476d1ce4e5b9;
    hash ^= hash >> 29;
  }
  return hash;
}

}  // namespace detail

/// Groups cells by their row of modes.
/// @param modes cells × nodes
/// @param counts the table the modes were found in: its times and number of inputs are used
/// @throws std::invalid_argument when the sizes disagree
/// O(cells · nodes) time; memory proportional to the result.
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline Basins group_into_basins(const WhereUsed<ModeTable, Use>& modes,
                                              const WhereUsed<Counts, Use>& counts) {
  check_shape("group_into_basins", "modes", modes, counts.cells(), counts.nodes());
  const auto equal_rows = [&modes](Index a, Index b) {
    for (Index node = 0; node < modes.cols(); ++node) {
      if (modes(a, node) != modes(b, node)) return false;
    }
    return true;
  };

  Basins basins;
  basins.number_of_inputs = counts.inputs();
  basins.of_cell.resize(static_cast<std::size_t>(counts.cells()));
  std::unordered_multimap<std::uint64_t, Index> known;  // hash of a row -> basins with that hash
  for (Index time = 0; time < counts.time_points().size(); ++time) {
    for (const Index cell : counts.cells_at(time)) {
      const std::uint64_t hash = detail::hash_row(modes, cell);
      auto basin = static_cast<Index>(basins.cells.size());
      const auto candidates = known.equal_range(hash);
      for (auto it = candidates.first; it != candidates.second; ++it) {
        if (equal_rows(basins.cells[static_cast<std::size_t>(it->second)].front(), cell)) basin = it->second;
      }
      if (basin == static_cast<Index>(basins.cells.size())) {
        known.emplace(hash, basin);
        basins.cells.emplace_back();
      }
      basins.cells[static_cast<std::size_t>(basin)].push_back(cell);
      basins.of_cell[static_cast<std::size_t>(cell)] = basin;
    }
  }

  const auto count = static_cast<Index>(basins.cells.size());
  basins.modes.resize(count, modes.cols());
  for (Index basin = 0; basin < count; ++basin) {
    basins.modes.row(basin) = modes.row(basins.cells[static_cast<std::size_t>(basin)].front());
  }
  basins.weights = Matrix::Zero(counts.time_points().size(), count);
  for (Index time = 0; time < counts.time_points().size(); ++time) {
    const auto cells = counts.cells_at(time);
    for (const Index cell : cells) basins.weights(time, basins.of_cell[static_cast<std::size_t>(cell)]) += 1.0;
    basins.weights.row(time) /= static_cast<double>(cells.size());
  }
  return basins;
}

/// The same for the modes of a clustering.
/// @throws std::invalid_argument when sizes or numbers of inputs disagree
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline Basins group_into_basins(const WhereUsed<Clustering, Use>& clustering,
                                              const WhereUsed<Counts, Use>& counts) {
  check_size("group_into_basins", "clustering.inputs()", clustering.inputs(), counts.inputs());
  return group_into_basins(clustering.modes, counts);
}

}  // namespace cardamom
