/// @file
/// Populations of model (3), the protein-only process: the cells whose basins a landscape counts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <cardamom/core/executor.hpp>
#include <cardamom/core/progress.hpp>
#include <cardamom/simulation/experiment.hpp>
#include <cardamom/simulation/protein_process.hpp>

namespace cardamom {

/// Protein levels of independent cells.
struct ProteinCells {
  Matrix proteins;  ///< cells × G; column 0 the stimulus
  Vector times;     ///< per cell [h]
};

/// Simulates independent cells of model (3) by the protocol of an experiment: cells start at −burn_in, the schedule
/// switches the stimulus, every time point is read on a fresh sample. For the stationary law read one late time point.
/// @param experiment `capture_efficiency`, `depth_variation`, `keep_latent` have no effect: proteins are not counted
/// @param seed cell x is a function of (seed, x), whatever the executor
/// @throws what `simulate` throws
template <BoundedBurstRate Rate, Executor E = Sequential, Progress P = IgnoreProgress>
ProteinCells simulate_proteins(const Kinetics& kinetics, const Rate& rate, const Experiment& experiment,
                               std::uint64_t seed, const E& executor = {}, P progress = {}) {
  const ProteinProcess<Rate> process(kinetics, rate, experiment.process);
  validate(experiment, process.genes());
  const std::vector<LevelChange> schedule = detail::in_order(experiment.schedule);
  const Index cells = static_cast<Index>(experiment.time_points.size()) * experiment.cells_per_time_point;
  ProteinCells result{Matrix(cells, process.genes()), Vector(cells)};
  detail::ProgressCounter counter(progress, cells);
  executor.for_ranges(cells, [&](Index begin, Index end) {
    ProteinProcess<Rate> own(process);
    for (Index cell = begin; cell < end; ++cell) {
      const double time = experiment.time_points[static_cast<std::size_t>(cell / experiment.cells_per_time_point)];
      detail::name_cell(cell, time, [&] {
        IgnoreBursts ignore;
        std::size_t next = 0;
        detail::start_cell(own, experiment, seed, cell);
        detail::follow_schedule(own, schedule, next, time, ignore);
      });
      result.proteins.row(cell) = own.protein().transpose();
      result.times[cell] = time;
      counter.add();
    }
  });
  return result;
}

}  // namespace cardamom
