/// @file
/// The Gamma family in the unit of a table.
#pragma once

#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/data/thin_counts.hpp>
#include <cardamom/mixture/gamma.hpp>
#include <cardamom/numerics/median.hpp>

namespace cardamom {

/// The Gamma family for levels of any unit: its detection limit is a twentieth of the level that the median gene has
/// when it is on (`level_when_on`), so that scaling the table changes no mode. For a table without levels its default.
/// A twentieth is the half molecule of the default where a gene that is on shows ten.
/// Cost O(cells · genes).
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline Gamma gamma_for(const WhereUsed<Counts, Use>& counts) {
  constexpr double share = 0.05;
  std::vector<double> levels;
  for (Index gene = counts.inputs(); gene < counts.nodes(); ++gene) {
    const double level = level_when_on(counts.values().col(gene), false);
    if (level > 0.0) levels.push_back(level);
  }
  if (levels.empty()) return {};
  return {.detection_limit = share * median(Vector::Map(levels.data(), static_cast<Index>(levels.size())))};
}

}  // namespace cardamom
