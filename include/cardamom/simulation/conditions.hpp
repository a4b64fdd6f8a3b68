/// @file
/// `simulate_conditions`: an experiment of several conditions, as a table that `infer` reads.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/burst_rate/perturbed_rate.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/core/function_ref.hpp>
#include <cardamom/core/progress.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/condition.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/model/model.hpp>
#include <cardamom/simulation/population.hpp>
#include <cardamom/simulation/protocol.hpp>
#include <cardamom/simulation/schedule.hpp>

namespace cardamom {

/// The protocol of the cells of a condition: inputs that it sets follow its levels alone, proteins are clamped as it
/// says.
/// @param inputs of the network
template <class = CompiledWhereUsed>
[[nodiscard]] inline Protocol protocol_under(const Condition& condition, Protocol protocol, Index inputs) {
  std::vector<LevelChange> own = in_order(condition.levels, inputs);
  std::vector<LevelChange> schedule;
  for (const LevelChange& change : in_order(protocol.schedule, inputs)) {
    const auto same = [&](const LevelChange& other) { return other.node == change.node; };
    if (change.node < inputs && std::any_of(own.begin(), own.end(), same)) continue;
    schedule.push_back(change);
  }
  schedule.insert(schedule.end(), own.begin(), own.end());
  protocol.schedule = std::move(schedule);
  return protocol;
}

namespace detail {

/// The seed of the cells of a condition, from its name: neither order nor number of conditions matter.
template <class = CompiledWhereUsed>
inline std::uint64_t seed_of(const Condition& condition, std::uint64_t seed) {
  constexpr std::uint64_t basis = 0xcbf29ce484222325;  // Fowler, Noll and Vo's hash of 64 bits, variant 1a
  constexpr std::uint64_t prime = 0x100000001b3;
  std::uint64_t hash = basis;
  for (const char letter : condition.name) hash = (hash ^ static_cast<unsigned char>(letter)) * prime;
  return RandomStream(seed, Purpose::conditions, hash)();
}

/// Puts the rows of some cells below those of others.
template <class = CompiledWhereUsed>
inline void append_rows(Matrix& rows, const Matrix& more) {
  if (more.size() == 0) return;
  const Index before = rows.rows();
  rows.conservativeResize(before + more.rows(), more.cols());
  rows.bottomRows(more.rows()) = more;
}

}  // namespace detail

/// Simulates the same protocol under every condition, condition after condition, cells of their own in each: as many as
/// the protocol says. Rates are perturbed throughout the life of a cell, the burn-in included (`perturb`).
///
///     simulate_conditions(model, {.time_points = {0, 12, 48}}, {{"control"}, {"no A", {knock_out(1)}}}, {.seed = 2})
///
/// Cells of a condition depend on `options.seed` and its name, not on the other conditions.
/// @param policies as of `simulate`; progress is told of the cells of all conditions
/// @throws std::invalid_argument, std::domain_error as validate(Condition), and on no conditions; what `simulate`
/// throws
/// @return counts with conditions; work of the last condition only
/// Cost that of `simulate` for every condition.
template <BoundedBurstRate Rate, class... Policies>
[[nodiscard]] Population simulate_conditions(const BasicModel<Rate>& model, const Protocol& protocol,
                                             const std::vector<Condition>& conditions,
                                             const SimulateOptions& options = {}, const Policies&... policies) {
  const char* const function = "simulate_conditions";
  check_at_least(function, "conditions.size()", static_cast<Index>(conditions.size()), 1);
  validate(conditions, function, "conditions", model.nodes(), model.inputs());
  return detail::with_policies_of_simulate(
      [&](const auto& law, ExecutorRef executor, FunctionRef<bool(Index, Index)> progress) {
        const Index cells = protocol.cells();
        ProgressPlan plan(progress, cells * static_cast<Index>(conditions.size()));
        Population all;
        WhereUsed<Matrix, Rate> values;
        WhereUsed<Vector, Rate> times(cells * static_cast<Index>(conditions.size()));
        WhereUsed<Vector, Rate> depth;
        std::vector<Index> of_cell;
        for (std::size_t c = 0; c < conditions.size(); ++c) {
          auto part = plan.part(cells);
          SimulateOptions own = options;
          own.seed = detail::seed_of(conditions[c], options.seed);
          const BasicModel changed{model.kinetics, perturb(model.rate, conditions[c].perturbations), model.names};
          Population some = detail::simulate_model(changed, protocol_under(conditions[c], protocol, model.inputs()),
                                                   own, law, executor, FunctionRef<bool(Index, Index)>(part));
          part.finish();
          detail::append_rows(values, some.counts.values());
          times.segment(static_cast<Index>(c) * cells, cells) = some.counts.times();
          if (some.counts.depth().size() > 0) {
            if (depth.size() == 0) depth = Vector::Ones(times.size());
            depth.segment(static_cast<Index>(c) * cells, cells) = some.counts.depth();
          }
          of_cell.insert(of_cell.end(), static_cast<std::size_t>(cells), static_cast<Index>(c));
          detail::append_rows(all.mrna, some.mrna);
          detail::append_rows(all.protein, some.protein);
          all.diagnostics = some.diagnostics;
        }
        all.counts = Counts(std::move(values), std::move(times), model.names, std::move(depth), model.inputs())
                         .with_conditions(conditions, std::move(of_cell));
        return all;
      },
      policies...);
}

}  // namespace cardamom
