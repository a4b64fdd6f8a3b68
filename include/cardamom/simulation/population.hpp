/// @file
/// From a model to cells: `simulate` runs a protocol and observes its cells.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/core/policies.hpp>
#include <cardamom/core/progress.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/model/model.hpp>
#include <cardamom/simulation/bursty_process.hpp>
#include <cardamom/simulation/cells.hpp>
#include <cardamom/simulation/measurement.hpp>
#include <cardamom/simulation/process.hpp>
#include <cardamom/simulation/protocol.hpp>

namespace cardamom {

/// Settings of `simulate`.
struct SimulateOptions {
  std::uint64_t seed = 1;            ///< cell x is a function of (seed, x)
  bool keep_latent = false;          ///< also return M and P
  ProcessOptions process = {};       ///< how model (1) is simulated; a process given as such has its own
  std::vector<std::string> names{};  ///< of the nodes, or empty; a model given as such has its own
};

/// How a population came about.
struct SimulationDiagnostics {
  ProcessCounters work;                           ///< bursts and candidates over all cells, burn-in included
  Path path = Path::automatic;                    ///< how proteins were followed
  Candidates candidates = Candidates::automatic;  ///< how candidates were proposed
  std::vector<PathCost> considered{};             ///< what the two were chosen from; empty where there was no choice
};

/// Cells in the order of the protocol's time points.
struct Population {
  Counts counts;   ///< observations; columns of inputs: their levels just before the observation
  Matrix mrna;     ///< M, cells × nodes, empty unless `keep_latent`
  Matrix protein;  ///< P, cells × nodes, empty unless `keep_latent`
  SimulationDiagnostics diagnostics;
};

namespace detail {

using SimulateRoles = RoleList<ObservationRole, ExecutorRole, ProgressRole>;

/// The mRNA of a cell; a process without mRNA draws it.
template <CellProcess Process>
const Vector& latent_mrna(Process& process, RandomStream& noise) {
  if constexpr (requires { process.mrna(); }) {
    return process.mrna();
  } else {
    return process.draw_mrna(noise());
  }
}

template <CellProcess Process, ObservationLaw Law>
Population simulate_cells(const Process& process, const Protocol& protocol, const SimulateOptions& options,
                          std::vector<std::string> names, const Law& law, ExecutorRef executor,
                          FunctionRef<bool(Index, Index)> progress) {
  const auto nodes = static_cast<Index>(process.nodes());
  const Index inputs = inputs_of(process);
  validate(protocol, nodes, inputs);
  if constexpr (requires { validate(law); }) validate(law);
  const Index cells = protocol.cells();

  Population population;
  WhereUsed<Matrix, Process> values = Matrix::Zero(cells, nodes);
  WhereUsed<Vector, Process> times(cells);
  for (Index cell = 0; cell < cells; ++cell) times[cell] = protocol.time_of(cell);
  WhereUsed<Vector, Process> depth(cells);
  if (options.keep_latent) {
    population.mrna.resize(cells, nodes);
    population.protein.resize(cells, nodes);
  }
  if constexpr (requires { process.path(); }) population.diagnostics.path = process.path();
  if constexpr (requires { process.candidates(); }) population.diagnostics.candidates = process.candidates();
  if constexpr (requires { process.considered(); }) population.diagnostics.considered = process.considered();

  const auto observe = [&](Index cell, Process& own) {
    RandomStream noise(options.seed, Purpose::counts, static_cast<std::uint64_t>(cell));
    const WhereUsed<Vector, Process>& mrna = latent_mrna(own, noise);
    depth[cell] = observe_cell(law, mrna, inputs, noise, values.row(cell));
    if (options.keep_latent) population.mrna.row(cell) = mrna;
    const WhereUsed<Vector, Process>& protein = own.protein();
    values.row(cell).head(inputs) = protein.head(inputs);
    if (options.keep_latent) population.protein.row(cell) = protein;
  };
  const auto piece = [&](Index cell, auto& bytes) {
    bytes.entries(values.row(cell));
    bytes(depth[cell]);
    if (!options.keep_latent) return;
    bytes.entries(population.mrna.row(cell));
    bytes.entries(population.protein.row(cell));
  };
  population.diagnostics.work =
      run_cells("simulate", process, protocol, options.seed, executor, progress, observe, piece);

  if ((depth.array() == 1.0).all()) depth.resize(0);
  population.counts = Counts(std::move(values), std::move(times), std::move(names), std::move(depth), inputs);
  return population;
}

/// Calls `run(law, executor, progress)` with the policies of the caller and defaults for the others.
template <class Run, class... Policies>
Population with_policies_of_simulate(const Run& run, const Policies&... policies) {
  using Roles = SimulateRoles;
  static_assert((policy_fits<Policies, Roles>() && ...));
  static_assert(count_of<ObservationRole, Roles, Policies...> <= 1, "simulate: more than one ObservationLaw");
  static_assert(count_of<ExecutorRole, Roles, Policies...> <= 1, "simulate: more than one Executor");
  static_assert(count_of<ProgressRole, Roles, Policies...> <= 1, "simulate: more than one Progress observer");
  const std::tuple<const Policies&...> all(policies...);
  const auto law = policy_or<ObservationRole>(Roles{}, PoissonCapture{}, all);
  const auto executor = policy_or<ExecutorRole>(Roles{}, Sequential{}, all);
  auto progress = policy_or<ProgressRole>(Roles{}, IgnoreProgress{}, all);
  return run(law, executor, progress);
}

/// Cells of model (1), behind one name for each rate and law: what `cardamom::precompiled` holds of the usual ones.
template <BoundedBurstRate Rate, ObservationLaw Law>
Population simulate_model(const BasicModel<Rate>& model, const Protocol& protocol, const SimulateOptions& options,
                          const Law& law, ExecutorRef executor, FunctionRef<bool(Index, Index)> progress) {
  validate(model);
  return simulate_cells(BurstyProcess<Rate>(model.kinetics, model.rate, options.process), protocol, options,
                        model.names, law, executor, progress);
}

}  // namespace detail

/// Simulates a protocol with copies of a process: `BurstyProcess`, `ProteinProcess` (its mRNA drawn given the
/// proteins), `TwoStateProcess` or a process of one's own.
///
///     simulate(TwoStateProcess(model, off_rate), protocol, {.seed = 2}, PoissonCapture{.efficiency = .2}, Threads{})
///
/// Cell x of the result is the same, bit for bit, whatever the executor: it depends on `options.seed` and x alone.
/// @param process its state does not matter
/// @param policies in any order, at most one per role: an ObservationLaw (`PoissonCapture`), an Executor
/// (`Sequential`), a Progress observer (`IgnoreProgress`), which is told of finished cells
/// @throws what `validate(protocol)` and the law's `validate` throw; NumericalError naming cell, gene, rate, bound and
/// state when the rate misbehaves; Cancelled when progress asks to stop; exceptions of user code as they are
/// @return cells × nodes observations; O(cells · (bursts + nodes)) time, O(cells · nodes) memory
template <CellProcess Process, class... Policies>
[[nodiscard]] Population simulate(const Process& process, const Protocol& protocol = {},
                                  const SimulateOptions& options = {}, const Policies&... policies) {
  return detail::with_policies_of_simulate(
      [&](const auto& law, ExecutorRef executor, FunctionRef<bool(Index, Index)> progress) {
        return detail::simulate_cells(process, protocol, options, options.names, law, executor, progress);
      },
      policies...);
}

/// Simulates a protocol with model (1), `BurstyProcess`, and the burst rate of the model, which needs a bound; names of
/// nodes pass on to the counts.
///
///     simulate(model, {.time_points = {0, 12, 48}}, {.seed = 2}, Threads{})
///     simulate(BasicModel{kinetics, my_rate}, protocol)
///
/// Policies, exceptions, result and cost are those of `simulate` with a process.
template <BurstRate Rate, class... Policies>
[[nodiscard]] Population simulate(const BasicModel<Rate>& model, const Protocol& protocol = {},
                                  const SimulateOptions& options = {}, const Policies&... policies) {
  static_assert(detail::explain_bound<Rate>());
  return detail::with_policies_of_simulate(
      [&](const auto& law, ExecutorRef executor, FunctionRef<bool(Index, Index)> progress) {
        return detail::simulate_model(model, protocol, options, law, executor, progress);
      },
      policies...);
}

namespace detail {

template <class T>
concept DerivedFromModel = requires(const T& model) {
  []<class Rate>(const BasicModel<Rate>&) {}(model);
};

}  // namespace detail

/// Calls that compile nowhere, and are told what they lack: a process that is none, options or protocol left out.
template <class Process, class... Policies>
requires(!CellProcess<Process> &&
         !detail::DerivedFromModel<Process>) auto simulate(const Process&, const Protocol& = {},
                                                           const SimulateOptions& = {}, const Policies&...) {
  static_assert(detail::explain_process<Process>() && CellProcess<Process>);
}
/// Compiles nowhere: something else stands where the protocol belongs.
template <class Simulated, InPlaceOfOptions<Protocol> Given, class... Rest>
requires(CellProcess<Simulated> || detail::DerivedFromModel<Simulated>) auto simulate(const Simulated&, const Given&,
                                                                                      const Rest&...) {
  static_assert(!InPlaceOfOptions<Given, Protocol>,
                "simulate: the second argument must be a Protocol, simulate(model, protocol, {}, policies…); options "
                "and policies follow it");
}
/// Compiles nowhere: something else stands where the options belong.
template <class Simulated, InPlaceOfOptions<SimulateOptions> Given, class... Rest>
requires(CellProcess<Simulated> || detail::DerivedFromModel<Simulated>) auto simulate(const Simulated&, const Protocol&,
                                                                                      const Given&, const Rest&...) {
  static_assert(!InPlaceOfOptions<Given, SimulateOptions>,
                "simulate: options are left out; the third argument must be SimulateOptions, simulate(model, protocol, "
                "{}, policies…)");
}

}  // namespace cardamom

#ifdef CARDAMOM_PRECOMPILED
namespace cardamom {
extern template Population detail::simulate_model(const Model&, const Protocol&, const SimulateOptions&,
                                                  const PoissonCapture&, ExecutorRef, FunctionRef<bool(Index, Index)>);
extern template Population detail::simulate_model(const Model&, const Protocol&, const SimulateOptions&,
                                                  const ExactMeasurement&, ExecutorRef,
                                                  FunctionRef<bool(Index, Index)>);
}  // namespace cardamom
#endif
