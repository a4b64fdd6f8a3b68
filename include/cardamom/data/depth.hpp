/// @file
/// Depth of sequencing: which share of its molecules a cell shows, relative to the other cells; and whether totals of
/// cells differ so much between time points that depths should be given.
#pragma once

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/counts.hpp>

namespace cardamom {

/// Depths of mean 1 over all cells, as `Counts` takes them.
/// @param measured per cell: what is proportional to its depth, such as its total number of molecules
/// @throws std::domain_error on a value that is not finite and > 0
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline Vector relative_depths(const WhereUsed<VectorIn, Use>& measured) {
  check_all_positive("relative_depths", "measured", measured);
  if (measured.size() == 0) return {};
  const WhereUsed<Vector, Use> scaled = measured / measured.maxCoeff();  // their sum cannot overflow
  return scaled / scaled.mean();
}

/// Molecules per cell, compared between time points.
struct TotalsByTime {
  Vector means;        ///< per time point: mean total of its cells [molecules]
  Index smallest = 0;  ///< time point with the smallest mean, the first of several
  Index largest = 0;   ///< time point with the largest mean, the first of several
  /// Largest mean over smallest, >= 1: infinite where a time point has no molecules and another has; 1 where there are
  /// no cells or no molecules at all.
  double ratio = 1.0;

  /// Beyond this ratio `differ()`.
  static constexpr double most = 2.0;
  /// Whether cells of different time points may hardly be compared without their depths.
  bool differ() const noexcept { return ratio > most; }
};

/// Compares totals between the time points of a table.
/// @param totals per cell, finite and >= 0 [molecules]: best over all genes of an experiment, not over chosen ones
/// @throws std::invalid_argument unless there is a total per cell; std::domain_error on a total out of range
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline TotalsByTime totals_by_time(const WhereUsed<Counts, Use>& counts,
                                                 const WhereUsed<VectorIn, Use>& totals) {
  check_size("totals_by_time", "totals", totals.size(), counts.cells());
  check_all_nonnegative("totals_by_time", "totals", totals);
  TotalsByTime result;
  result.means = Vector::Zero(counts.time_points().size());
  if (result.means.size() == 0) return result;
  for (Index k = 0; k < result.means.size(); ++k) {
    const auto cells = counts.cells_at(k);
    for (const Index cell : cells) result.means[k] += totals[cell] / static_cast<double>(cells.size());
  }
  const double low = result.means.minCoeff(&result.smallest);
  const double high = result.means.maxCoeff(&result.largest);
  if (high > 0.0) result.ratio = high / low;
  return result;
}

}  // namespace cardamom
