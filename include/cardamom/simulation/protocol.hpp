/// @file
/// The protocol of an experiment: when cells are observed, how many, where they start, and what is done to them until
/// then. How molecules become counts is another matter, see measurement.hpp.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/simulation/process.hpp>
#include <cardamom/simulation/schedule.hpp>

namespace cardamom {

/// Times beyond, of more than a hundred years, are taken for a mistake: simulating up to them would not end [h].
inline constexpr double longest_time = 1e6;
/// Observations that one protocol asks for at most, cells times nodes: the values of all are held at once.
inline constexpr Index most_observations = Index{1} << 40;

/// Defaults follow the published benchmark: ten times 100 cells after five hours without stimulus.
struct Protocol {
  /// Observation times [h], each with cells of its own; at least one, in [−burn_in, longest_time], distinct.
  std::vector<double> time_points = {0, 6, 12, 24, 36, 48, 60, 72, 84, 96};
  Index cells_per_time_point = 100;  ///< >= 1, at most `most_observations` over all times and nodes
  double burn_in = 5.0;              ///< cells start at −burn_in [h], in [0, longest_time]
  /// Levels imposed on inputs and proteins, any order; by default every input steps from 0 to 1 at t = 0. A change at
  /// the very time of an observation comes after it.
  std::vector<LevelChange> schedule = {LevelChange{}};
  /// Where cells start: empty, at zero; else each cell draws one of these states (one state: all start there).
  std::vector<CellState> initial_states = {};

  /// Cells over all time points.
  Index cells() const noexcept { return static_cast<Index>(time_points.size()) * cells_per_time_point; }
  /// The observation time of a cell; cells are numbered in the order of the time points.
  double time_of(Index cell) const { return time_points[static_cast<std::size_t>(cell / cells_per_time_point)]; }
};

/// Throws std::invalid_argument or std::domain_error naming the field.
/// @param nodes, inputs of the network the protocol is for
template <class Use = CompiledWhereUsed>
inline void validate(const WhereUsed<Protocol, Use>& protocol, Index nodes, Index inputs = 1) {
  const char* const function = "Protocol";
  check_at_least(function, "time_points.size()", static_cast<Index>(protocol.time_points.size()), 1);
  check_at_least(function, "cells_per_time_point", protocol.cells_per_time_point, 1);
  const Index most_cells =
      most_observations / std::max<Index>(nodes, 1) / static_cast<Index>(protocol.time_points.size());
  if (protocol.cells_per_time_point > most_cells) {
    throw std::invalid_argument(detail::subject(function, "cells_per_time_point") + " is " +
                                detail::to_text(protocol.cells_per_time_point) + ", must be at most " +
                                detail::to_text(most_cells) + " at " +
                                detail::to_text(static_cast<Index>(protocol.time_points.size())) + " time points of " +
                                detail::to_text(nodes) + " nodes");
  }
  check_in(function, "burn_in", protocol.burn_in, 0.0, longest_time);
  for (std::size_t k = 0; k < protocol.time_points.size(); ++k) {
    const std::string argument = detail::element("time_points", static_cast<Index>(k));
    check_in(function, argument, protocol.time_points[k], -protocol.burn_in, longest_time);
    for (std::size_t l = 0; l < k; ++l) {
      if (protocol.time_points[l] == protocol.time_points[k]) {
        throw std::invalid_argument(detail::subject(function, argument) + " is " +
                                    detail::to_text(protocol.time_points[k]) + ", which is there already");
      }
    }
  }
  for (std::size_t c = 0; c < protocol.schedule.size(); ++c) {
    const LevelChange& change = protocol.schedule[c];
    const std::string argument = detail::element("schedule", static_cast<Index>(c));
    if (change.node != every_input) check_index(function, argument + ".node", change.node, nodes);
    check_finite(function, argument + ".time", change.time);
    check_finite(function, argument + ".level", change.level);
    if (change.node < inputs) check_nonnegative(function, argument + ".level", change.level);
  }
  for (std::size_t s = 0; s < protocol.initial_states.size(); ++s) {
    const std::string argument = detail::element("initial_states", static_cast<Index>(s));
    check_size(function, argument + ".mrna", protocol.initial_states[s].mrna.size(), nodes);
    check_size(function, argument + ".protein", protocol.initial_states[s].protein.size(), nodes);
  }
}

/// Throws std::invalid_argument unless the times at which a cell is looked at [h] are in order, not before the cell
/// starts and at most `longest_time`.
template <class Use = CompiledWhereUsed>
inline void check_times(const char* function, const std::vector<double>& times,
                        const WhereUsed<Protocol, Use>& protocol) {
  double last = -protocol.burn_in;
  for (std::size_t k = 0; k < times.size(); ++k) {
    if (!(times[k] >= last && times[k] <= longest_time)) {
      throw std::invalid_argument(detail::subject(function, detail::element("times", static_cast<Index>(k))) + " is " +
                                  detail::to_text(times[k]) + ", must be at least " + detail::to_text(last) +
                                  " and at most " + detail::to_text(longest_time));
    }
    last = times[k];
  }
}

}  // namespace cardamom
