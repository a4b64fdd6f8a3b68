/// @file
/// The protocol of a simulation that is differentiated: when cells are observed, what the inputs are until then, and
/// what cells were before the first observation.
#pragma once

#include <cstdint>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom {

/// The same cells are observed again and again, unlike those of an experiment.
struct PathwiseProtocol {
  std::vector<double> observation_times;  ///< [h], not decreasing; the first is the end of the burn-in
  /// Observations × inputs: the level of every input from the observation before on; row 0 during the burn-in.
  Matrix levels;
  double burn_in = 5.0;               ///< before the first observation [h], >= 0
  bool from_rest = false;             ///< cells start at rest in the mean, not at M = P = 0
  double longest_step = 1.0;          ///< [h], > 0
  double longest_burn_in_step = 2.0;  ///< the same during the burn-in
  Index cells = 400;                  ///< >= 1
  std::uint64_t seed = 0;
  /// Simulations of one seed and different replicates (below 2^31) are independent.
  std::uint64_t replicate = 0;
};

/// Throws std::invalid_argument on sizes, std::domain_error on values.
template <class Use = CompiledWhereUsed>
inline void validate(const WhereUsed<PathwiseProtocol, Use>& protocol, Index inputs) {
  const char* const name = "PathwiseProtocol";
  check_at_least(name, "observation_times.size()", static_cast<Index>(protocol.observation_times.size()), 1);
  check_shape(name, "levels", protocol.levels, static_cast<Index>(protocol.observation_times.size()), inputs);
  check_nonnegative(name, "burn_in", protocol.burn_in);
  check_positive(name, "longest_step", protocol.longest_step);
  check_positive(name, "longest_burn_in_step", protocol.longest_burn_in_step);
  check_at_least(name, "cells", protocol.cells, 1);
  for (std::size_t k = 1; k < protocol.observation_times.size(); ++k) {
    check_nonnegative(name, "a step between observation_times",
                      protocol.observation_times[k] - protocol.observation_times[k - 1]);
  }
}

}  // namespace cardamom
