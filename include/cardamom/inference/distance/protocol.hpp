/// @file
/// The protocol of the simulations in a fit by simulated minimum distance.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <variant>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/inference/distance/settings.hpp>
#include <cardamom/inference/distance/targets.hpp>
#include <cardamom/simulation/first_state.hpp>
#include <cardamom/simulation/pathwise/layout.hpp>
#include <cardamom/simulation/pathwise/protocol.hpp>

namespace cardamom {

/// The protocol under which cells are simulated for a fit.
/// @param x parameters, whose protein decay rates bound the leaps
template <class = CompiledWhereUsed>
[[nodiscard]] inline PathwiseProtocol distance_protocol(const DistanceTargets& targets, const PathwiseLayout& layout,
                                                        const Vector& x, const FirstState& first,
                                                        const DistanceOptions& options) {
  // Of the shortest-lived protein in a leap, over which its regulation is taken as constant; the lives of mRNA do not
  // matter. A third of it brought cells of FN4, FN8 and BN8 nearer to the data by 2 to 4 % (sets 1 to 3) for 1.3
  // to 1.45 times the time.
  constexpr double protein_lives = 0.3;
  // Of the longest-lived protein, after which e^{−3} of how far the mean was from rest at the start is left, and e^{−6}
  // of how far the variance was.
  constexpr double lives_to_rest = 3.0;
  double longest_step = std::numeric_limits<double>::infinity();
  double to_rest = 0.0;
  for (Index a = 0; a < layout.genes(); ++a) {
    const double protein_life = std::exp(-x[layout.protein_decay(a)]);
    longest_step = std::min(longest_step, protein_lives * protein_life);
    to_rest = std::max(to_rest, lives_to_rest * protein_life);
  }
  PathwiseProtocol protocol;
  protocol.observation_times = targets.times;
  protocol.levels = targets.levels;
  protocol.from_rest = std::holds_alternative<AtRest>(first);
  protocol.burn_in = protocol.from_rest ? std::min(hours_before(first), to_rest) : hours_before(first);
  protocol.longest_step = protocol.longest_burn_in_step = longest_step;
  protocol.cells = options.cells;
  protocol.seed = options.seed;
  return protocol;
}

}  // namespace cardamom
