/// @file
/// `simulate_anew`: the cells of a table once more, from the model that was inferred from it.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/burst_rate/perturbed_rate.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/core/function_ref.hpp>
#include <cardamom/core/policies.hpp>
#include <cardamom/core/progress.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/condition.hpp>
#include <cardamom/data/condition_groups.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/data/mean_input_levels.hpp>
#include <cardamom/inference/inference.hpp>
#include <cardamom/simulation/cells.hpp>
#include <cardamom/simulation/conditions.hpp>
#include <cardamom/simulation/first_state.hpp>
#include <cardamom/simulation/measurement.hpp>
#include <cardamom/simulation/population.hpp>
#include <cardamom/simulation/protocol.hpp>

namespace cardamom {

/// Settings of `simulate_anew`.
struct AnewOptions {
  std::uint64_t seed = 0;  ///< of cells and measurement
};

namespace detail {

/// A law in a cell whose depth is known, or whose depths are log-normal of mean 1 beside what the law has.
template <ObservationLaw Law>
struct DeepenedLaw {
  static constexpr bool nothing_of_nothing = [] {
    if constexpr (requires { requires Law::nothing_of_nothing; }) {
      return true;
    } else {
      return false;
    }
  }();
  Law law;
  double known;      // depth, > 0
  double deviation;  // of the logarithm of depths, >= 0

  double depth(RandomStream& stream) const {
    double depth = known * draw_depth(law, stream);
    if (deviation > 0.0) depth *= std::exp(deviation * (stream.normal() - 0.5 * deviation));
    return depth;
  }
  double observe(double molecules, double depth, RandomStream& stream) const {
    return static_cast<double>(law.observe(molecules, depth, stream));
  }
};

/// The protocol of the cells of a table: its first time point is 0; as many cells per time point as the fullest has.
/// @param all the table in which inputs have their largest levels
template <BurstRate Rate>
Protocol protocol_of(const Counts& counts, const Counts& all, const FirstState& first, const BasicModel<Rate>& model) {
  const WhereUsed<Matrix, Rate> levels = mean_input_levels(counts, all);
  const WhereUsed<Vector, Rate>& times = counts.time_points();
  Protocol protocol;
  const WhereUsed<Vector, Rate> before = levels.row(0).transpose();
  start_from(protocol, first, model, before);
  protocol.time_points.clear();
  protocol.schedule.clear();
  protocol.cells_per_time_point = 1;
  for (Index k = 0; k < times.size(); ++k) {
    protocol.time_points.push_back(times[k] - times[0]);
    protocol.cells_per_time_point =
        std::max(protocol.cells_per_time_point, static_cast<Index>(counts.cells_at(k).size()));
    const double since = k == 0 ? -protocol.burn_in : times[k - 1] - times[0];
    for (Index j = 0; j < counts.inputs(); ++j) protocol.schedule.push_back({since, levels(k, j), j});
  }
  return protocol;
}

/// The values of cells of one condition, or of a table without any, simulated from a model.
template <BoundedBurstRate Rate, class Law>
Matrix values_anew(const BasicModel<Rate>& model, const FittedExperiment& experiment, const Counts& counts,
                   const Counts& all, std::uint64_t seed, const Law& law, ExecutorRef executor,
                   FunctionRef<bool(Index, Index)> progress) {
  const char* const function = "simulate_anew";
  const Protocol protocol = protocol_of(counts, all, experiment.first_state, model);
  const Population molecules = simulate(model, protocol, {.seed = seed}, ExactMeasurement{}, executor, progress);
  const bool known = counts.depth().size() > 0;
  WhereUsed<Matrix, Rate> values = counts.values();
  for (Index k = 0; k < counts.time_points().size(); ++k) {
    const auto cells = counts.cells_at(k);
    for_each_index(executor, static_cast<Index>(cells.size()), [&](Index c) {
      const Index row = cells[static_cast<std::size_t>(c)];
      const Index cell = k * protocol.cells_per_time_point + c;
      RandomStream noise(seed, Purpose::counts, static_cast<std::uint64_t>(cell));
      const DeepenedLaw<Law> own{law, known ? counts.depth()[row] : 1.0, known ? 0.0 : experiment.depth_deviation};
      const WhereUsed<Vector, Rate> mrna = molecules.counts.values().row(cell).transpose();
      name_cell(function, cell, protocol.time_of(cell),
                [&] { observe_cell(own, mrna, counts.inputs(), noise, values.row(row)); });
    });
  }
  return values;
}

}  // namespace detail

/// Simulates the cells of a table from the inferred model, exactly: each row stands for the row of the table with its
/// time, inputs and depth.
///
/// Cells begin as `inference.experiment.first_state` says, under the inputs of the first time point; a level that is
/// read at a time point holds from the time point before on. Depths are the table's, else log-normal with
/// `inference.experiment.depth_deviation`. Cells of conditions (`Counts::conditions`) live with what was done to them.
/// @param policies in any order, at most one per role: an ObservationLaw (`PoissonCapture`; `ExactMeasurement` for
/// continuous data), an Executor (`Sequential`), a Progress observer (`IgnoreProgress`), told of simulated cells
/// @throws std::invalid_argument when there are no cells or the nodes of table and model disagree, on conditions as
/// `condition_groups`; what `simulate` throws
/// @return the same for any executor. Cost of `simulate` with the fullest time point's cells at every time point.
template <BurstRate Rate, class... Policies>
[[nodiscard]] Counts simulate_anew(const Inference<Rate>& inference, const Counts& counts,
                                   const AnewOptions& options = {}, const Policies&... policies) {
  static_assert(detail::explain_bound<Rate>());
  using Roles = RoleList<ObservationRole, ExecutorRole, ProgressRole>;
  static_assert((policy_fits<Policies, Roles>() && ...));
  static_assert(count_of<ObservationRole, Roles, Policies...> <= 1, "simulate_anew: more than one ObservationLaw");
  static_assert(count_of<ExecutorRole, Roles, Policies...> <= 1, "simulate_anew: more than one Executor");
  static_assert(count_of<ProgressRole, Roles, Policies...> <= 1, "simulate_anew: more than one Progress observer");
  const std::tuple<const Policies&...> all(policies...);
  const auto law = policy_or<ObservationRole>(Roles{}, PoissonCapture{}, all);
  const auto executor = policy_or<ExecutorRole>(Roles{}, Sequential{}, all);
  auto progress = policy_or<ProgressRole>(Roles{}, IgnoreProgress{}, all);
  const char* const function = "simulate_anew";
  const FittedExperiment& experiment = inference.experiment;
  check_at_least(function, "counts.cells()", counts.cells(), 1);
  check_size(function, "counts.nodes()", counts.nodes(), inference.model.nodes());
  check_size(function, "counts.inputs()", counts.inputs(), inference.model.inputs());
  check_nonnegative(function, "inference.experiment.depth_deviation", experiment.depth_deviation);
  if constexpr (requires { validate(law); }) validate(law);

  if (counts.conditions().empty()) {
    return Counts(detail::values_anew(inference.model, experiment, counts, counts, options.seed, law,
                                      ExecutorRef(executor), FunctionRef<bool(Index, Index)>(progress)),
                  counts.times(), counts.names(), counts.depth(), counts.inputs());
  }
  const auto conditions = static_cast<Index>(counts.conditions().size());
  (void)condition_groups(function, counts);  // refuses what cannot be simulated so
  ProgressPlan plan(progress, conditions);
  WhereUsed<Matrix, Rate> values = counts.values();
  for (Index c = 0; c < conditions; ++c) {
    const Condition& condition = counts.conditions()[static_cast<std::size_t>(c)];
    const BasicModel changed{inference.model.kinetics, perturb(inference.model.rate, condition.perturbations),
                             inference.model.names};
    std::vector<Index> rows;
    for (Index cell = 0; cell < counts.cells(); ++cell) {
      if (counts.condition_of_cell()[static_cast<std::size_t>(cell)] == c) rows.push_back(cell);
    }
    auto part = plan.part(1);
    const auto unobserved = [](Index, Index) { return true; };
    const WhereUsed<Matrix, Rate> own =
        detail::values_anew(changed, experiment, counts.of_condition(c), counts,
                            detail::seed_of(condition, options.seed), law, ExecutorRef(executor), unobserved);
    part.finish();
    for (std::size_t k = 0; k < rows.size(); ++k) values.row(rows[k]) = own.row(static_cast<Index>(k));
  }
  return Counts(std::move(values), counts.times(), counts.names(), counts.depth(), counts.inputs())
      .annotated_as(counts);
}

}  // namespace cardamom
