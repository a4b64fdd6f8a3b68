/// @file
/// Populations of model (3), the protein-only process: the cells whose basins a landscape counts.
#pragma once

#include <cstdint>

#include <cardamom/landscape/detail/run_policies.hpp>
#include <cardamom/model/model.hpp>
#include <cardamom/simulation/cells.hpp>
#include <cardamom/simulation/protein_process.hpp>
#include <cardamom/simulation/protocol.hpp>

namespace cardamom {

/// Protein levels of independent cells.
struct ProteinCells {
  Matrix proteins;  ///< cells × nodes; columns of inputs hold their levels
  Vector times;     ///< per cell [h]
};

/// How the protein-only process is simulated.
struct ProteinSimulationOptions {
  std::uint64_t seed = 1;       ///< cell x is a function of (seed, x), whatever the executor
  ProcessOptions process = {};  ///< path of the simulation
};

namespace detail {

template <BoundedBurstRate Rate>
ProteinCells simulate_proteins(const BasicModel<Rate>& model, const Protocol& protocol,
                               const ProteinSimulationOptions& options, const ExecutorRef& executor,
                               ProgressRef progress) {
  validate(model);
  const ProteinProcess<Rate> process(model, options.process);
  validate(protocol, process.nodes(), process.inputs());
  ProteinCells result{Matrix(protocol.cells(), process.nodes()), Vector(protocol.cells())};
  run_cells("simulate_proteins", process, protocol, options.seed, executor, progress,
            [&](Index cell, ProteinProcess<Rate>& own) {
              result.proteins.row(cell) = own.protein().transpose();
              result.times[cell] = protocol.time_of(cell);
            });
  return result;
}

}  // namespace detail

/// Simulates independent cells of model (3) by the protocol of an experiment: cells start at −burn_in, the schedule
/// switches the inputs, every time point is read on a fresh sample. For the stationary law read one late time point.
/// Nothing is measured: the proteins are those of the cells.
/// @param policies at most one Executor and one Progress, which counts cells
/// @throws what `simulate` throws
template <BurstRate Rate, class... Policies>
[[nodiscard]] ProteinCells simulate_proteins(const BasicModel<Rate>& model, const Protocol& protocol,
                                             const ProteinSimulationOptions& options = {},
                                             const Policies&... policies) {
  static_assert(detail::explain_bound<Rate>());
  detail::RunPolicies<Policies...> run(policies...);
  return detail::simulate_proteins(model, protocol, options, run.executor(), run.progress());
}

}  // namespace cardamom
