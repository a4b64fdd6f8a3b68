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
/// @param x parameters, whose decay rates bound the leaps: longer than mRNA lives, a leap gives proteins its noise
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline PathwiseProtocol distance_protocol(const WhereUsed<DistanceTargets, Use>& targets,
                                                        const WhereUsed<PathwiseLayout, Use>& layout,
                                                        const WhereUsed<Vector, Use>& x,
                                                        const WhereUsed<FirstState, Use>& first,
                                                        const WhereUsed<DistanceOptions, Use>& options) {
  // Of the shortest-lived mRNA in a leap: in a feedback network of four genes means were right to .02 bursts.
  constexpr double mrna_lives = 1.0;
  constexpr double protein_lives = 0.5;  // the same of proteins
  // Of the longest-lived protein, after which e^{−3} of how far the mean was from rest at the start is left, and e^{−6}
  // of how far the variance was.
  constexpr double lives_to_rest = 3.0;
  double longest_step = std::numeric_limits<double>::infinity();
  double to_rest = 0.0;
  for (Index a = 0; a < layout.genes(); ++a) {
    const double protein_life = std::exp(-x[layout.protein_decay(a)]);
    longest_step =
        std::min({longest_step, mrna_lives * std::exp(-x[layout.mrna_decay(a)]), protein_lives * protein_life});
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
