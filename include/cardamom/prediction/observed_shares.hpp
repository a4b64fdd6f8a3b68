/// @file
/// Shares of cell types in a table, with intervals of chance: what predicted shares are compared with.
#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/numerics/binomial_interval.hpp>
#include <cardamom/prediction/cell_types.hpp>

namespace cardamom {

/// Shares of the types in the cells of a table.
struct ObservedShares {
  Vector time_points;        ///< of the table [h]
  Matrix shares;             ///< time points × types, rows summing to 1
  Matrix lower;              ///< time points × types: Clopper and Pearson's interval for the number of cells
  Matrix upper;              ///< its upper end
  std::vector<Index> cells;  ///< per time point
};

/// Shares of the types at every time point of a table, with their intervals. Cells of all conditions are taken
/// together.
/// @param confidence in (0, 1)
/// @throws as validate(CellTypes) and `binomial_interval`
template <class = CompiledWhereUsed>
[[nodiscard]] inline ObservedShares observed_shares(const Counts& counts, const CellTypes& types,
                                                    double confidence = 0.95) {
  ObservedShares result{counts.time_points(), type_shares(counts, types), {}, {}, {}};
  result.lower = result.upper = result.shares;
  for (Index t = 0; t < result.shares.rows(); ++t) {
    const auto cells = static_cast<Index>(counts.cells_at(t).size());
    result.cells.push_back(cells);
    for (Index z = 0; z < result.shares.cols(); ++z) {
      const auto hits = static_cast<Index>(std::llround(result.shares(t, z) * static_cast<double>(cells)));
      const Interval interval = binomial_interval(hits, cells, confidence);
      result.lower(t, z) = interval.lower;
      result.upper(t, z) = interval.upper;
    }
  }
  return result;
}

/// The same of the cells of one condition of the table.
/// @param condition its number, from 0
/// @throws std::invalid_argument on the number, too
template <class = CompiledWhereUsed>
[[nodiscard]] inline ObservedShares observed_shares(const Counts& counts, const CellTypes& types, double confidence,
                                                    Index condition) {
  validate(types, counts.cells());
  const Counts cells = counts.of_condition(condition);
  CellTypes own{types.names, {}};
  for (std::size_t cell = 0; cell < types.of_cell.size(); ++cell) {
    if (counts.condition_of_cell()[cell] == condition) own.of_cell.push_back(types.of_cell[cell]);
  }
  return observed_shares(cells, own, confidence);
}

}  // namespace cardamom
