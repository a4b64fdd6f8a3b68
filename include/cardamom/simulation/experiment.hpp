/// @file
/// The protocol of a simulated experiment and the population it yields: burn-in without stimulus, stimulus on at t = 0,
/// independent cells at every time point, Poisson counts of their mRNA.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <exception>
#include <limits>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/core/progress.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/model/model.hpp>
#include <cardamom/simulation/bursty_process.hpp>
#include <cardamom/simulation/process.hpp>

namespace cardamom {

/// From `time` on the protein of `gene` is held at `level`; a negative level lets it go again (genes only).
struct LevelChange {
  double time = 0.0;   ///< [h]
  double level = 1.0;  ///< protein units of (11)
  Index gene = 0;      ///< 0: the stimulus
};

/// The protocol. Defaults follow the published benchmark: ten times 100 cells after five hours without stimulus.
struct Experiment {
  /// When cells are read [h], each time a fresh sample; at least one, finite, >= −burn_in, distinct.
  std::vector<double> time_points = {0, 6, 12, 24, 36, 48, 60, 72, 84, 96};
  Index cells_per_time_point = 100;  ///< >= 1
  double burn_in = 5.0;              ///< cells start at −burn_in [h], >= 0
  /// Levels imposed on proteins, any order; by default the stimulus steps from 0 to 1 at t = 0. A change at the very
  /// time of a reading comes after it.
  std::vector<LevelChange> schedule = {LevelChange{}};
  /// Where cells start: empty, at zero; else each cell draws one of these states (one state: all start there).
  std::vector<CellState> initial_states = {};
  double capture_efficiency = 1.0;  ///< share of the molecules that are counted, in (0, 1]
  /// Coefficient of variation of the sequencing depth between cells, >= 0: depths are Gamma of mean 1.
  double depth_variation = 0.0;
  bool keep_latent = false;     ///< also return M and P
  ProcessOptions process = {};  ///< path of the simulation, for `simulate(kinetics, rate, …)`
};

/// Throws std::invalid_argument or std::domain_error naming the field.
inline void validate(const Experiment& experiment, Index genes) {
  const char* const function = "Experiment";
  check_at_least(function, "time_points.size()", static_cast<Index>(experiment.time_points.size()), 1);
  check_at_least(function, "cells_per_time_point", experiment.cells_per_time_point, 1);
  check_nonnegative(function, "burn_in", experiment.burn_in);
  for (std::size_t k = 0; k < experiment.time_points.size(); ++k) {
    const std::string argument = detail::element("time_points", static_cast<Index>(k));
    check_finite(function, argument, experiment.time_points[k]);
    check_in(function, argument, experiment.time_points[k], -experiment.burn_in, std::numeric_limits<double>::max());
    for (std::size_t l = 0; l < k; ++l) {
      if (experiment.time_points[l] == experiment.time_points[k]) {
        throw std::invalid_argument(detail::subject(function, argument) + " is " +
                                    detail::to_text(experiment.time_points[k]) + ", which is there already");
      }
    }
  }
  for (std::size_t c = 0; c < experiment.schedule.size(); ++c) {
    const LevelChange& change = experiment.schedule[c];
    const std::string argument = detail::element("schedule", static_cast<Index>(c));
    check_index(function, argument + ".gene", change.gene, genes);
    check_finite(function, argument + ".time", change.time);
    check_finite(function, argument + ".level", change.level);
    if (change.gene == 0) check_nonnegative(function, argument + ".level", change.level);
  }
  for (std::size_t s = 0; s < experiment.initial_states.size(); ++s) {
    const std::string argument = detail::element("initial_states", static_cast<Index>(s));
    check_size(function, argument + ".mrna", experiment.initial_states[s].mrna.size(), genes);
    check_size(function, argument + ".protein", experiment.initial_states[s].protein.size(), genes);
  }
  check_in(function, "capture_efficiency", experiment.capture_efficiency, std::numeric_limits<double>::min(), 1.0);
  check_nonnegative(function, "depth_variation", experiment.depth_variation);
}

/// How a population came about.
struct SimulationDiagnostics {
  ProcessCounters work;                           ///< bursts and candidates over all cells, burn-in included
  Path path = Path::automatic;                    ///< how proteins were followed
  Candidates candidates = Candidates::automatic;  ///< how candidates were proposed
};

/// Cells in the order of the experiment's time points.
struct Population {
  Counts counts;   ///< column 0: the level of the stimulus just before the reading
  Matrix mrna;     ///< M, cells × G, empty unless `keep_latent`
  Matrix protein;  ///< P, cells × G, empty unless `keep_latent`
  SimulationDiagnostics diagnostics;
};

namespace detail {

/// Runs `cell(index)`; whatever it throws leaves with the cell's index in its message.
template <class Body>
void name_cell(Index index, double time, Body&& cell) {
  const auto place = [&] { return "simulate: cell " + to_text(index) + " (time point " + to_text(time) + "): "; };
  try {
    cell();
  } catch (const NumericalError& error) {
    throw NumericalError(place() + error.what());
  } catch (const std::exception& error) {
    std::throw_with_nested(std::runtime_error(place() + error.what()));
  }
}

/// Sorted by time, later entries of the same time last.
inline std::vector<LevelChange> in_order(std::vector<LevelChange> schedule) {
  std::stable_sort(schedule.begin(), schedule.end(),
                   [](const LevelChange& a, const LevelChange& b) { return a.time < b.time; });
  return schedule;
}

/// Carries a cell to `time` through the schedule; changes at `time` itself are left for later. `next`: the first change
/// not made yet.
template <class Process, class Observer>
void follow_schedule(Process& process, const std::vector<LevelChange>& schedule, std::size_t& next, double time,
                     Observer& observer) {
  for (; next < schedule.size() && schedule[next].time < time; ++next) {
    const LevelChange& change = schedule[next];
    if (change.time > process.time()) process.advance_to(change.time, observer);
    if (change.level < 0.0) {
      process.release(change.gene);
    } else {
      process.hold(change.gene, change.level);
    }
  }
  process.advance_to(time, observer);
}

/// Puts a cell at the start of the experiment. Its stream first draws the initial state, if there is a choice.
template <class Process>
void start_cell(Process& process, const Experiment& experiment, std::uint64_t seed, Index cell) {
  RandomStream stream(seed, Purpose::cell, static_cast<std::uint64_t>(cell));
  const auto& states = experiment.initial_states;
  if (states.empty()) {
    process.reset(stream, -experiment.burn_in);
  } else {
    const Index drawn = states.size() == 1 ? 0 : stream.below(static_cast<Index>(states.size()));
    process.reset(stream, -experiment.burn_in, states[static_cast<std::size_t>(drawn)]);
  }
}

/// The mRNA of a cell; a process without mRNA draws it.
template <class Process>
const Vector& latent_mrna(Process& process, RandomStream& noise) {
  if constexpr (requires { process.mrna(); }) {
    return process.mrna();
  } else {
    return process.draw_mrna(noise());
  }
}

/// Depth and counts of one cell, `counts` being zero before. Every gene draws from a stream of its own: what one gene
/// draws cannot shift another.
template <class Output>
double measure(const Experiment& experiment, RandomStream& stream, const Vector& mrna, Output&& counts) {
  const std::uint64_t key = stream();
  double depth = 1.0;
  if (experiment.depth_variation > 0.0) {
    const double shape = 1.0 / (experiment.depth_variation * experiment.depth_variation);
    depth = std::max(stream.gamma(shape) / shape, std::numeric_limits<double>::min());
  }
  for (Index gene = 1; gene < mrna.size(); ++gene) {
    const double molecules = mrna.coeff(gene);
    if (molecules == 0.0) continue;
    RandomStream own(key, Purpose::counts, static_cast<std::uint64_t>(gene));
    counts.coeffRef(gene) = static_cast<double>(own.poisson(molecules * experiment.capture_efficiency * depth));
  }
  return depth;
}

}  // namespace detail

/// Simulates the experiment with copies of a process: `BurstyProcess`, `ProteinProcess` (its mRNA drawn given the
/// proteins) or `TwoStateProcess`.
///
/// Cell x of the result is the same, bit for bit, whatever the executor: it depends on `seed` and x alone.
/// @param process its state does not matter
/// @throws what `validate(experiment)` throws; NumericalError naming cell, gene, rate, bound and state when the rate
/// misbehaves; Cancelled when `progress` (told of finished cells) asks to stop
/// @return cells × G counts; O(cells · (bursts + G)) time, O(cells · G) memory
template <class Process, Executor E = Sequential, Progress P = IgnoreProgress>
requires requires(Process process, double time) {
  process.advance_to(time);
  process.protein();
}
Population simulate(const Process& process, const Experiment& experiment, std::uint64_t seed, const E& executor = {},
                    P progress = {}, std::vector<std::string> names = {}) {
  const Index genes = process.genes();
  validate(experiment, genes);
  const auto per_time = experiment.cells_per_time_point;
  const Index cells = static_cast<Index>(experiment.time_points.size()) * per_time;
  const std::vector<LevelChange> schedule = detail::in_order(experiment.schedule);

  Population population;
  Matrix values = Matrix::Zero(cells, genes);
  Vector times(cells);
  Vector depth(cells);
  if (experiment.keep_latent) {
    population.mrna.resize(cells, genes);
    population.protein.resize(cells, genes);
  }
  population.diagnostics.path = process.path();
  population.diagnostics.candidates = process.candidates();
  std::mutex mutex;
  detail::ProgressCounter counter(progress, cells);

  executor.for_ranges(cells, [&](Index begin, Index end) {
    Process own(process);
    const ProcessCounters before = own.counters();
    for (Index cell = begin; cell < end; ++cell) {
      const double time = experiment.time_points[static_cast<std::size_t>(cell / per_time)];
      detail::name_cell(cell, time, [&] {
        IgnoreBursts ignore;
        std::size_t next = 0;
        detail::start_cell(own, experiment, seed, cell);
        detail::follow_schedule(own, schedule, next, time, ignore);
        RandomStream noise(seed, Purpose::counts, static_cast<std::uint64_t>(cell));
        const Vector& mrna = detail::latent_mrna(own, noise);
        depth[cell] = detail::measure(experiment, noise, mrna, values.row(cell));
        if (experiment.keep_latent) population.mrna.row(cell) = mrna;
      });
      times[cell] = time;
      values(cell, 0) = own.protein()[0];
      if (experiment.keep_latent) population.protein.row(cell) = own.protein();
      counter.add();
    }
    const std::lock_guard lock(mutex);
    population.diagnostics.work.bursts += own.counters().bursts - before.bursts;
    population.diagnostics.work.candidates += own.counters().candidates - before.candidates;
  });
  if (experiment.depth_variation == 0.0) depth.resize(0);
  population.counts = Counts(std::move(values), std::move(times), std::move(names), std::move(depth));
  return population;
}

/// Simulates the experiment with model (1), `BurstyProcess`, and any burst rate with a bound.
template <BoundedBurstRate Rate, Executor E = Sequential, Progress P = IgnoreProgress>
Population simulate(const Kinetics& kinetics, const Rate& rate, const Experiment& experiment, std::uint64_t seed,
                    const E& executor = {}, P progress = {}) {
  return simulate(BurstyProcess<Rate>(kinetics, rate, experiment.process), experiment, seed, executor,
                  std::move(progress));
}

/// The same with the burst rate (2) of a network; gene names pass on to the counts.
template <Executor E = Sequential, Progress P = IgnoreProgress>
Population simulate(const Model& model, const Experiment& experiment, std::uint64_t seed, const E& executor = {},
                    P progress = {}) {
  return simulate(BurstyProcess<Sigmoid>(model.kinetics, sigmoid(model), experiment.process), experiment, seed,
                  executor, std::move(progress), model.network.names());
}

}  // namespace cardamom
