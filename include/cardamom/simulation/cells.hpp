/// @file
/// Runs the cells of a protocol, each up to its observation, and shows them to a visitor: what `simulate` and other
/// verbs that need independent cells have in common.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <typeinfo>
#include <utility>
#include <vector>

#include <cardamom/core/error.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/core/function_ref.hpp>
#include <cardamom/core/progress.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/simulation/process.hpp>
#include <cardamom/simulation/protocol.hpp>
#include <cardamom/simulation/schedule.hpp>

namespace cardamom {

/// Runs `body()`; to a NumericalError of the library it adds which cell it was. Whatever else is thrown, a user's
/// exception above all, leaves as it is.
template <class Body>
void name_cell(const char* function, Index cell, double time, Body&& body) {
  try {
    body();
  } catch (const NumericalError& error) {
    if (typeid(error) != typeid(NumericalError)) throw;
    throw NumericalError(std::string(function) + ": cell " + detail::to_text(cell) + " (time point " +
                         detail::to_text(time) + "): " + error.what());
  }
}

/// Puts a process at the start of cell `cell` of a protocol. The cell's stream (seed, Purpose::cell, cell) first draws
/// the initial state, if there is a choice.
template <CellProcess Process>
void start_cell(Process& process, const Protocol& protocol, std::uint64_t seed, Index cell) {
  RandomStream stream(seed, Purpose::cell, static_cast<std::uint64_t>(cell));
  const auto& states = protocol.initial_states;
  if (!states.empty()) {
    const Index drawn = states.size() == 1 ? 0 : stream.below(static_cast<Index>(states.size()));
    process.reset(stream, -protocol.burn_in, states[static_cast<std::size_t>(drawn)]);
  } else if constexpr (requires { process.reset(stream, -protocol.burn_in); }) {
    process.reset(stream, -protocol.burn_in);
  } else {
    process.reset(stream, -protocol.burn_in, CellState::zero(static_cast<Index>(process.nodes())));
  }
}

/// Simulates the cells of a protocol with copies of a process and calls `visit(cell, process)` when each is at its
/// observation time; from several threads at once, once per cell.
///
/// The course of a cell depends on `seed` and its number alone.
/// @param function the verb, for messages
/// @param protocol valid for the process
/// @param progress any observer by reference; told of finished cells
/// @throws NumericalError naming the cell; Cancelled when `progress` asks to stop; what a user's code throws
/// @return work done, of a process with `counters()`
template <CellProcess Process, class Visit>
ProcessCounters run_cells(const char* function, const Process& process, const Protocol& protocol, std::uint64_t seed,
                          ExecutorRef executor, FunctionRef<bool(Index, Index)> progress, Visit&& visit) {
  const std::vector<LevelChange> schedule = in_order(protocol.schedule, inputs_of(process));
  ProcessCounters work;
  std::mutex mutex;
  detail::ProgressCounter counter(progress, protocol.cells());
  executor.for_ranges(protocol.cells(), [&](Index begin, Index end) {
    Process own(process);
    const ProcessCounters before = counters_of(own);
    for (Index cell = begin; cell < end; ++cell) {
      const double time = protocol.time_of(cell);
      name_cell(function, cell, time, [&] {
        start_cell(own, protocol, seed, cell);
        ScheduleFollower(schedule, -protocol.burn_in).advance_to(time, own);
        visit(cell, own);
      });
      counter.add();
    }
    const ProcessCounters after = counters_of(own);
    const std::lock_guard lock(mutex);
    work.bursts += after.bursts - before.bursts;
    work.candidates += after.candidates - before.candidates;
  });
  return work;
}

}  // namespace cardamom
