/// @file
/// The observations of one gene, equal ones pooled. Likelihoods of a gene cost its number of distinct values, not its
/// number of cells: counts repeat, and most of them are zero.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/counts.hpp>

namespace cardamom {

/// Distinct observations of one gene. An observation is a value and, where the cells differ in depth, an exposure: the
/// factor by which the cell's depth multiplies the mean of the value.
struct GeneSample {
  Vector values;               ///< increasing; equal values by increasing exposure
  Vector exposures;            ///< as many, > 0; empty when all cells are alike (exposure 1)
  Vector cells;                ///< number of cells of each observation
  Matrix cells_at;             ///< observations × time points: number of cells of each observation at each time
  std::vector<Index> of_cell;  ///< observation of each cell

  Index size() const noexcept { return values.size(); }
  double exposure(Index i) const { return exposures.size() > 0 ? exposures[i] : 1.0; }
  /// Whether all cells show the same value, or there are none: then the gene tells nothing about its modes.
  bool constant() const { return size() == 0 || values[0] == values[size() - 1]; }
};

namespace detail {

/// Distinct non-negative integers, none above a few times the number of cells: sorted by counting.
/// Returns false when the values are not of that kind.
template <class Use = CompiledWhereUsed>
inline bool pool_small_integers(const double* values, Index cells, WhereUsed<GeneSample, Use>& sample) {
  const double limit = 4.0 * static_cast<double>(cells) + 1024.0;
  double largest = 0.0;
  for (Index cell = 0; cell < cells; ++cell) {
    if (!(values[cell] <= limit)) return false;
    largest = std::max(largest, values[cell]);
  }
  std::vector<Index> place(static_cast<std::size_t>(largest) + 1, 0);
  for (Index cell = 0; cell < cells; ++cell) {
    const auto value = static_cast<std::size_t>(values[cell]);
    if (static_cast<double>(value) != values[cell]) return false;
    ++place[value];
  }
  const auto distinct = static_cast<Index>(std::count_if(place.begin(), place.end(), [](Index n) { return n > 0; }));
  sample.values.resize(distinct);
  sample.cells.resize(distinct);
  Index i = 0;
  for (std::size_t value = 0; value < place.size(); ++value) {
    if (place[value] == 0) continue;
    sample.values[i] = static_cast<double>(value);
    sample.cells[i] = static_cast<double>(place[value]);
    place[value] = i++;
  }
  for (Index cell = 0; cell < cells; ++cell) {
    sample.of_cell[static_cast<std::size_t>(cell)] = place[static_cast<std::size_t>(values[cell])];
  }
  return true;
}

template <class Use = CompiledWhereUsed>
inline void pool_by_sorting(const double* values, const WhereUsed<Vector, Use>& exposures, Index cells,
                            WhereUsed<GeneSample, Use>& sample) {
  std::vector<Index> order(static_cast<std::size_t>(cells));
  std::iota(order.begin(), order.end(), Index{0});
  const bool exposed = exposures.size() > 0;
  const auto less = [&](Index a, Index b) {
    if (values[a] != values[b]) return values[a] < values[b];
    return exposed && exposures[a] < exposures[b];
  };
  std::sort(order.begin(), order.end(), [&](Index a, Index b) { return less(a, b) || (!less(b, a) && a < b); });
  std::vector<Index> first;
  for (std::size_t k = 0; k < order.size(); ++k) {
    if (k == 0 || less(order[k - 1], order[k])) first.push_back(order[k]);
    sample.of_cell[static_cast<std::size_t>(order[k])] = static_cast<Index>(first.size()) - 1;
  }
  const auto distinct = static_cast<Index>(first.size());
  sample.values.resize(distinct);
  sample.exposures.resize(exposed ? distinct : 0);
  sample.cells = Vector::Zero(distinct);
  for (Index i = 0; i < distinct; ++i) {
    sample.values[i] = values[first[static_cast<std::size_t>(i)]];
    if (exposed) sample.exposures[i] = exposures[first[static_cast<std::size_t>(i)]];
  }
  for (const Index i : sample.of_cell) sample.cells[i] += 1.0;
}

}  // namespace detail

/// Pools the cells of one gene.
/// @param gene number of a column: a gene, or an input as any column
/// O(cells) for counts that are not much larger than the number of cells, O(cells log cells) otherwise.
template <class Use = CompiledWhereUsed>
inline GeneSample pool_cells(const WhereUsed<Counts, Use>& counts, Index gene) {
  check_index("pool_cells", "gene", gene, counts.nodes());
  GeneSample sample;
  sample.of_cell.resize(static_cast<std::size_t>(counts.cells()));
  const double* values = counts.values().data() + gene * counts.cells();
  if (counts.depth().size() > 0 || !detail::pool_small_integers(values, counts.cells(), sample)) {
    detail::pool_by_sorting(values, counts.depth(), counts.cells(), sample);
  }
  sample.cells_at = Matrix::Zero(sample.size(), counts.time_points().size());
  for (Index time = 0; time < counts.time_points().size(); ++time) {
    for (const Index cell : counts.cells_at(time)) {
      sample.cells_at(sample.of_cell[static_cast<std::size_t>(cell)], time) += 1.0;
    }
  }
  return sample;
}

/// A sample of one time point from a list of values, for use without a table.
/// @param exposures per value, or empty
template <class Use = CompiledWhereUsed>
inline GeneSample pool_values(const WhereUsed<VectorIn, Use>& values, const WhereUsed<Vector, Use>& exposures = {}) {
  WhereUsed<Matrix, Use> table(values.size(), 2);
  table.col(0).setZero();
  table.col(1) = values;
  return pool_cells(Counts(std::move(table), Vector::Zero(values.size()), {}, exposures), 1);
}

}  // namespace cardamom
