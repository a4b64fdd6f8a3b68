/// @file
/// Inputs of time series that were each perturbed in a way of their own.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/condition_groups.hpp>
#include <cardamom/data/counts.hpp>

namespace cardamom {

/// The same cells under one input per series, in place of the inputs they had: at 1 in the cells of its series that
/// were seen after `from` and up to `until`, at 0 in all others. What was done to a series is then told apart from what
/// was done to others, and from what its genes do to each other.
/// @param series of each cell, numbered from 0
/// @param from, until times between which the perturbations lasted [h]
/// @throws std::invalid_argument on another number of cells, on a negative number, and on cells of conditions
/// Cost O(cells · nodes).
template <class = CompiledWhereUsed>
[[nodiscard]] inline Counts with_series_inputs(const Counts& counts, const std::vector<Index>& series, double from,
                                               double until) {
  check_size("with_series_inputs", "series", static_cast<Index>(series.size()), counts.cells());
  refuse_conditions("with_series_inputs", counts);
  Index inputs = 0;
  for (std::size_t cell = 0; cell < series.size(); ++cell) {
    check_at_least("with_series_inputs", detail::element("series", static_cast<Index>(cell)), series[cell], 0);
    inputs = std::max(inputs, series[cell] + 1);
  }
  Matrix values = Matrix::Zero(counts.cells(), inputs + counts.genes());
  values.rightCols(counts.genes()) = counts.values().rightCols(counts.genes());
  for (Index cell = 0; cell < counts.cells(); ++cell) {
    const double time = counts.times()[cell];
    if (time > from && time <= until) values(cell, series[static_cast<std::size_t>(cell)]) = 1.0;
  }
  std::vector<std::string> names;
  if (!counts.names().empty()) {
    for (Index k = 0; k < inputs; ++k) names.push_back("Series" + std::to_string(k + 1));
    names.insert(names.end(), counts.names().begin() + counts.inputs(), counts.names().end());
  }
  Counts result(std::move(values), counts.times(), std::move(names), counts.depth(), inputs);
  return counts.lineages() == 0 ? result : result.with_lineages(counts.lineage_times());
}

}  // namespace cardamom
