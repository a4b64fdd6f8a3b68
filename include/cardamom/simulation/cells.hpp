/// @file
/// Runs the cells of a protocol, each up to its observation, and shows them to a visitor: what `simulate` and other
/// verbs that need independent cells have in common.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
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
/// @param piece `piece(cell, bytes)` names what `visit` has written of a cell, for executors of several processes (see
/// `for_shared_ranges`); without it every process runs all cells
/// @return work done, of a process with `counters()`
template <CellProcess Process, class Visit, class Piece = std::nullptr_t>
ProcessCounters run_cells(const char* function, const Process& process, const Protocol& protocol, std::uint64_t seed,
                          ExecutorRef executor, FunctionRef<bool(Index, Index)> progress, Visit&& visit,
                          Piece&& piece = nullptr) {
  const std::vector<LevelChange> schedule = in_order(protocol.schedule, inputs_of(process));
  detail::ProgressCounter counter(progress, protocol.cells());
  std::vector<ProcessCounters> work_of(static_cast<std::size_t>(protocol.cells()));
  const auto run = [&](Index begin, Index end) {
    Process own(process);
    for (Index cell = begin; cell < end; ++cell) {
      const ProcessCounters before = counters_of(own);
      const double time = protocol.time_of(cell);
      name_cell(function, cell, time, [&] {
        start_cell(own, protocol, seed, cell);
        ScheduleFollower(schedule, -protocol.burn_in).advance_to(time, own);
        visit(cell, own);
      });
      const ProcessCounters after = counters_of(own);
      work_of[static_cast<std::size_t>(cell)] = {after.bursts - before.bursts, after.candidates - before.candidates};
      counter.add();
    }
  };
  if constexpr (std::same_as<std::remove_cvref_t<Piece>, std::nullptr_t>) {
    executor.for_ranges(protocol.cells(), run);
  } else {
    for_shared_ranges(executor, protocol.cells(), run, [&](Index cell, auto& bytes) {
      bytes(work_of[static_cast<std::size_t>(cell)]);
      piece(cell, bytes);
      if constexpr (std::remove_cvref_t<decltype(bytes)>::reads) counter.add();
    });
  }
  ProcessCounters work;
  for (const ProcessCounters& one : work_of) {
    work.bursts += one.bursts;
    work.candidates += one.candidates;
  }
  return work;
}

}  // namespace cardamom
