/// @file
/// The protocol of a leaping simulation: when cells are observed, and what the inputs are until then.
#pragma once

#include <cstdint>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom {

/// Cells start empty, live through a burn-in without inputs, and are observed again and again: the same cells at every
/// observation time, unlike those of an experiment.
struct LeapProtocol {
  std::vector<double> observation_times;  ///< [h], not decreasing; the first is the end of the burn-in
  /// Observations × inputs: the level of every input from the observation before on. Row 0 is not used: inputs are 0
  /// during the burn-in.
  Matrix levels;
  double burn_in = 5.0;       ///< [h], >= 0
  double longest_step = 0.5;  ///< [h], > 0, such as `longest_leap(kinetics)`
  Index cells = 1000;         ///< >= 1
  /// Rate at which scores fade [1/h], >= 0. At 0 sensitivities are unbiased; what happened long ago, whose trace the
  /// proteins have lost, then adds noise alone.
  double score_decay = 0.0;
  std::uint64_t seed = 0;
  /// Simulations of one seed and different replicates (below 2^31) are independent; those of the same replicate see the
  /// same chance, so that differences between models are not drowned by it.
  std::uint64_t replicate = 0;
};

/// Throws std::invalid_argument on sizes, std::domain_error on values.
template <class Use = CompiledWhereUsed>
inline void validate(const WhereUsed<LeapProtocol, Use>& protocol, Index inputs) {
  check_shape("LeapProtocol", "levels", protocol.levels, static_cast<Index>(protocol.observation_times.size()), inputs);
  check_nonnegative("LeapProtocol", "burn_in", protocol.burn_in);
  check_positive("LeapProtocol", "longest_step", protocol.longest_step);
  check_at_least("LeapProtocol", "cells", protocol.cells, 1);
  check_nonnegative("LeapProtocol", "score_decay", protocol.score_decay);
  for (std::size_t k = 1; k < protocol.observation_times.size(); ++k) {
    check_nonnegative("LeapProtocol", "a step between observation_times",
                      protocol.observation_times[k] - protocol.observation_times[k - 1]);
  }
}

}  // namespace cardamom
