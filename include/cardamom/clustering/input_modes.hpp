/// @file
/// Modes of an input: its levels as they are in the table. What the experimenter sets needs no clusterer.
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <stdexcept>
#include <vector>

#include <cardamom/clustering/modes.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom {

/// Modes of one input, and the mode of every cell.
struct InputClustering {
  GeneModes modes;
  std::vector<ModeIndex> of_cell;
};

/// The distinct levels of an input as its modes: shapes are levels over the largest one, so that by (13) mode 0 has
/// level 0 and the last mode level 1. Level 0 is always among them, whether a cell has it or not; an input that is
/// never on has the modes 0 and 1. So what is only off and on has the modes 0 and 1, and a dose of 0, ½ and 1 keeps
/// its three levels.
/// @param levels per cell, finite and >= 0
/// @param most_modes refused when there are more distinct levels than a `ModeIndex` can number
/// @throws std::invalid_argument when there are more modes than `most_modes`
/// O(cells log cells) time.
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline InputClustering input_modes(const WhereUsed<VectorIn, Use>& levels,
                                                 Index most_modes = std::numeric_limits<ModeIndex>::max()) {
  std::vector<double> distinct(levels.begin(), levels.end());
  distinct.push_back(0.0);
  std::sort(distinct.begin(), distinct.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  if (distinct.size() == 1) distinct.push_back(1.0);
  const auto count = static_cast<Index>(distinct.size());
  if (count > most_modes) {
    throw std::invalid_argument("input_modes: levels has " + detail::to_text(count) +
                                " distinct values (0 among them), must be at most " + detail::to_text(most_modes) +
                                "; round the doses");
  }

  InputClustering result;
  result.modes.shapes = Eigen::Map<const Vector>(distinct.data(), count) / distinct.back();
  result.modes.weights = Vector::Zero(count);
  result.of_cell.reserve(static_cast<std::size_t>(levels.size()));
  for (const double level : levels) {
    const auto mode = std::lower_bound(distinct.begin(), distinct.end(), level) - distinct.begin();
    result.of_cell.push_back(static_cast<ModeIndex>(mode));
    result.modes.weights[mode] += 1.0;
  }
  result.modes.informative = false;
  if (levels.size() > 0) {
    result.modes.informative = result.modes.weights.maxCoeff() < static_cast<double>(levels.size());
    result.modes.weights /= static_cast<double>(levels.size());
    // What is left, so that they sum to 1 whatever the rounding.
    result.modes.weights[0] = std::max(0.0, 1.0 - result.modes.weights.tail(count - 1).sum());
  } else {
    result.modes.weights[0] = 1.0;
  }
  return result;
}

}  // namespace cardamom
