/// @file
/// Types of the cells of a table: given by the user, or found by k-means on log(1 + count).
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/convergence.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/core/visible_text.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/numerics/k_means.hpp>
#include <cardamom/prediction/nearest_centre.hpp>

namespace cardamom {

/// The type of every cell of a table.
struct CellTypes {
  std::vector<std::string> names;  ///< of the types, distinct
  std::vector<Index> of_cell;      ///< per cell, in the order of the table: a number of `names`

  [[nodiscard]] Index count() const noexcept { return static_cast<Index>(names.size()); }
  [[nodiscard]] Index cells() const noexcept { return static_cast<Index>(of_cell.size()); }

  friend bool operator==(const CellTypes&, const CellTypes&) = default;
};

/// Throws std::invalid_argument unless there is a type for every one of `cells` cells and names are distinct.
template <class = CompiledWhereUsed>
inline void validate(const CellTypes& types, Index cells) {
  check_size("CellTypes", "of_cell", types.cells(), cells);
  for (Index cell = 0; cell < cells; ++cell) {
    check_index("CellTypes", detail::element("of_cell", cell), types.of_cell[static_cast<std::size_t>(cell)],
                types.count());
  }
  std::vector<std::string> sorted = types.names;
  std::sort(sorted.begin(), sorted.end());
  if (const auto twin = std::adjacent_find(sorted.begin(), sorted.end()); twin != sorted.end()) {
    throw std::invalid_argument("CellTypes: names holds \"" + visible_text(*twin) + "\" twice, must be unique");
  }
}

/// Types by a label per cell; they are numbered in the order of their names.
/// @throws std::invalid_argument when there are no cells
template <class = CompiledWhereUsed>
[[nodiscard]] inline CellTypes types_from_labels(const std::vector<std::string>& labels) {
  check_at_least("types_from_labels", "labels.size()", static_cast<Index>(labels.size()), 1);
  CellTypes types{labels, {}};
  std::sort(types.names.begin(), types.names.end());
  types.names.erase(std::unique(types.names.begin(), types.names.end()), types.names.end());
  types.of_cell.reserve(labels.size());
  for (const std::string& label : labels) {
    types.of_cell.push_back(std::lower_bound(types.names.begin(), types.names.end(), label) - types.names.begin());
  }
  return types;
}

/// Shares of the types at every time point of a table.
/// @returns time points × types, rows summing to 1
/// @throws as validate(CellTypes)
template <class = CompiledWhereUsed>
[[nodiscard]] inline Matrix type_shares(const Counts& counts, const CellTypes& types) {
  validate(types, counts.cells());
  Matrix shares = Matrix::Zero(counts.time_points().size(), types.count());
  for (Index k = 0; k < shares.rows(); ++k) {
    const auto cells = counts.cells_at(k);
    for (const Index cell : cells) shares(k, types.of_cell[static_cast<std::size_t>(cell)]) += 1.0;
    shares.row(k) /= static_cast<double>(cells.size());
  }
  return shares;
}

/// Types that were found, with what assigns them: `classifier.classify` of a cell of the table is its type.
struct FoundTypes {
  CellTypes types;           ///< "1", "2", … in the order of their cells' mean times, the earliest first
  NearestCentre classifier;  ///< the centres of k-means
  double within = 0.0;       ///< Σ of squared distances from the centres
  Convergence convergence;
};

/// Finds types by k-means on log(1 + count) of the genes.
/// @param options the number of types is `options.clusters`
/// @throws std::invalid_argument on counts, as of more types than cells
/// @returns the same for the same seed. Cost of `k_means`.
template <class = CompiledWhereUsed>
[[nodiscard]] inline FoundTypes find_types(const Counts& counts, const KMeansOptions& options = {}) {
  check_at_least("find_types", "options.clusters", options.clusters, 1);
  check_at_least("find_types", "counts.cells()", counts.cells(), options.clusters);
  const KMeans fit = k_means(log_counts(counts.values(), counts.inputs()), options);
  const auto clusters = static_cast<std::size_t>(options.clusters);
  Vector time = Vector::Zero(options.clusters);
  Vector size = Vector::Zero(options.clusters);
  for (Index cell = 0; cell < counts.cells(); ++cell) {
    const Index z = fit.label[static_cast<std::size_t>(cell)];
    time[z] += counts.times()[cell];
    size[z] += 1.0;
  }
  std::vector<Index> order(clusters);
  std::iota(order.begin(), order.end(), Index{0});
  std::stable_sort(order.begin(), order.end(), [&](Index a, Index b) {
    if (size[a] == 0.0 || size[b] == 0.0) return size[a] > size[b];  // without cells: last
    return time[a] / size[a] < time[b] / size[b];
  });
  CellTypes types;
  std::vector<Index> place(clusters);
  Matrix centres(options.clusters, fit.centres.cols());
  for (std::size_t z = 0; z < clusters; ++z) {
    place[static_cast<std::size_t>(order[z])] = static_cast<Index>(z);
    centres.row(static_cast<Index>(z)) = fit.centres.row(order[z]);
    types.names.push_back(std::to_string(z + 1));
  }
  for (const Index label : fit.label) types.of_cell.push_back(place[static_cast<std::size_t>(label)]);
  NearestCentre classifier(std::move(centres), counts.inputs(), types.names);
  return {std::move(types), std::move(classifier), fit.within, fit.convergence};
}

/// The classifier of the nearest mean of log(1 + count), from the cells of every type.
/// @throws std::invalid_argument when a type has no cells, and as validate(CellTypes)
template <class = CompiledWhereUsed>
[[nodiscard]] inline NearestCentre class_means(const Counts& counts, const CellTypes& types) {
  validate(types, counts.cells());
  const Matrix points = log_counts(counts.values(), counts.inputs());
  Matrix centres = Matrix::Zero(types.count(), points.cols());
  Vector size = Vector::Zero(types.count());
  for (Index cell = 0; cell < points.rows(); ++cell) {
    const Index z = types.of_cell[static_cast<std::size_t>(cell)];
    centres.row(z) += points.row(cell);
    size[z] += 1.0;
  }
  for (Index z = 0; z < types.count(); ++z) {
    if (size[z] == 0.0) {
      throw std::invalid_argument("class_means: type \"" + visible_text(types.names[static_cast<std::size_t>(z)]) +
                                  "\" has no cells, must have one or more");
    }
    centres.row(z) /= size[z];
  }
  return {std::move(centres), counts.inputs(), types.names};
}

}  // namespace cardamom
