/// @file
/// Whether the inputs of a table are what an experimenter sets, and no gene stands in their place.
#pragma once

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/core/visible_text.hpp>
#include <cardamom/data/counts.hpp>

namespace cardamom {

/// Looks for a gene in the place of an input, where the column of a stimulus was forgotten: cells of one time point
/// have as many levels of an input as the experiment has series at most, where a gene has many. A table cannot say so
/// itself, for doses and series differ between cells of one time as well.
///
///     check_inputs(counts);     // every cell of a time point was treated alike
///     check_inputs(counts, 3);  // three doses side by side
///
/// @param series conditions that were measured side by side, >= 1
/// @throws std::invalid_argument naming input, time point and levels when there are more, or when series < 1
/// O(cells log cells) per input.
template <class Use = CompiledWhereUsed>
void check_inputs(const WhereUsed<Counts, Use>& counts, Index series = 1) {
  const char* const function = "check_inputs";
  check_at_least(function, "series", series, 1);
  for (Index input = 0; input < counts.inputs(); ++input) {
    for (Index k = 0; k < counts.time_points().size(); ++k) {
      std::vector<double> levels;
      for (const Index cell : counts.cells_at(k)) levels.push_back(counts.values()(cell, input));
      std::sort(levels.begin(), levels.end());
      levels.erase(std::unique(levels.begin(), levels.end()), levels.end());
      if (static_cast<Index>(levels.size()) <= series) continue;
      const std::string& name = counts.names()[static_cast<std::size_t>(input)];
      throw std::invalid_argument(std::string(function) + ": counts has " + to_text(static_cast<Index>(levels.size())) +
                                  " levels of input " + to_text(input) + " (" + visible_text(name) + "; " +
                                  to_text(levels[0]) + ", " + to_text(levels[1]) + ", …) at time " +
                                  to_text(counts.time_points()[k]) + ", must have at most series = " + to_text(series) +
                                  ": is it a gene? A table without a column of the stimulus has inputs = 0");
    }
  }
}

}  // namespace cardamom
