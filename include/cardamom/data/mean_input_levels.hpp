/// @file
/// What the inputs were at the time points of a table.
#pragma once

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/counts.hpp>

namespace cardamom {

/// Mean level of every input over the cells of every time point, relative to the input's largest level in another
/// table, of which these cells are a part. An input that is 0 throughout stays 0.
/// @return time points × inputs. Cost O(cells · inputs)
template <class Use = CompiledWhereUsed>
[[nodiscard]] Matrix mean_input_levels(const WhereUsed<Counts, Use>& counts, const WhereUsed<Counts, Use>& all) {
  WhereUsed<Matrix, Use> levels = Matrix::Zero(counts.time_points().size(), counts.inputs());
  for (Index j = 0; j < counts.inputs(); ++j) {
    const double largest = all.values().col(j).maxCoeff();
    if (!(largest > 0.0)) continue;
    for (Index k = 0; k < levels.rows(); ++k) {
      const auto cells = counts.cells_at(k);
      // Around the first: cells that agree have their level exactly.
      const double first = counts.values()(cells.front(), j);
      double excess = 0.0;
      for (const Index cell : cells) excess += counts.values()(cell, j) - first;
      levels(k, j) = (first + excess / static_cast<double>(cells.size())) / largest;
    }
  }
  return levels;
}

/// The same relative to the input's largest level in the table itself: a stimulus coded by any number is 0 or 1.
template <class Use = CompiledWhereUsed>
[[nodiscard]] Matrix mean_input_levels(const WhereUsed<Counts, Use>& counts) {
  return mean_input_levels(counts, counts);
}

}  // namespace cardamom
