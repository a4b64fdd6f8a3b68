/// @file
/// The course of a single cell through a protocol, and its bursts.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/model/model.hpp>
#include <cardamom/simulation/bursty_process.hpp>
#include <cardamom/simulation/cells.hpp>
#include <cardamom/simulation/process.hpp>
#include <cardamom/simulation/protocol.hpp>

namespace cardamom {

/// Settings of `follow_cell`: which cell of a population, and how it is simulated.
struct FollowOptions {
  std::uint64_t seed = 1;       ///< as in `SimulateOptions`
  Index cell = 0;               ///< which cell of the population, >= 0
  ProcessOptions process = {};  ///< how model (1) is simulated; a process given as such has its own
};

/// One row per time asked for.
struct Trajectory {
  Vector times;               ///< [h]
  Matrix mrna;                ///< M, times × nodes
  Matrix protein;             ///< P, times × nodes; of inputs their levels just before a change at the same time
  std::vector<Burst> bursts;  ///< all of them, burn-in included, in order
};

/// Follows cell `options.cell` of the population that `simulate` with the same process, protocol and seed yields: same
/// course, bit for bit up to its observation there. The protocol's time points play no part.
/// @param times [h], increasing, from −burn_in on (std::invalid_argument otherwise)
/// @throws as `simulate`
/// @return O(bursts + times · nodes)
template <ObservableProcess Process>
[[nodiscard]] Trajectory follow_cell(Process process, const Protocol& protocol, const std::vector<double>& times,
                                     const FollowOptions& options = {}) {
  const char* const function = "follow_cell";
  const auto nodes = static_cast<Index>(process.nodes());
  validate(protocol, nodes, inputs_of(process));
  check_at_least(function, "options.cell", options.cell, 0);
  check_times(function, times, protocol);

  const auto rows = static_cast<Index>(times.size());
  Trajectory result{Vector(rows), Matrix(rows, nodes), Matrix(rows, nodes), {}};
  std::copy(times.begin(), times.end(), result.times.begin());
  const std::vector<LevelChange> schedule = in_order(protocol.schedule, inputs_of(process));
  const auto record = [&](const Burst& burst) { result.bursts.push_back(burst); };
  name_cell(function, options.cell, times.empty() ? -protocol.burn_in : times.back(), [&] {
    start_cell(process, protocol, options.seed, options.cell);
    ScheduleFollower follower(schedule, -protocol.burn_in);
    for (Index k = 0; k < rows; ++k) {
      follower.advance_to(result.times[k], process, record);
      const WhereUsed<CellState, Process>& state = process.state();
      result.mrna.row(k) = state.mrna;
      result.protein.row(k) = state.protein;
    }
  });
  return result;
}

/// The same of model (1), `BurstyProcess`.
template <BurstRate Rate>
[[nodiscard]] Trajectory follow_cell(const BasicModel<Rate>& model, const Protocol& protocol,
                                     const std::vector<double>& times, const FollowOptions& options = {}) {
  static_assert(detail::explain_bound<Rate>());
  validate(model);
  return follow_cell(BurstyProcess<Rate>(model.kinetics, model.rate, options.process), protocol, times, options);
}

}  // namespace cardamom
