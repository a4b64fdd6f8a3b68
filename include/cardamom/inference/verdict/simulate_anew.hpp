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

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/core/policies.hpp>
#include <cardamom/core/progress.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/condition_groups.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/data/mean_input_levels.hpp>
#include <cardamom/inference/inference.hpp>
#include <cardamom/simulation/cells.hpp>
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

/// The protocol of a table: its first time point is 0; as many cells per time point as the fullest has.
template <BurstRate Rate>
Protocol protocol_of(const Counts& counts, const FirstState& first, const BasicModel<Rate>& model) {
  const WhereUsed<Matrix, Rate> levels = mean_input_levels(counts);
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

}  // namespace detail

/// Simulates the cells of a table from the inferred model, exactly: each row stands for the row of the table with its
/// time, inputs and depth.
///
/// Cells begin as `inference.experiment.first_state` says, under the inputs of the first time point; a level that is
/// read at a time point holds from the time point before on. Depths are the table's, else log-normal with
/// `inference.experiment.depth_deviation`.
/// @param policies in any order, at most one per role: an ObservationLaw (`PoissonCapture`; `ExactMeasurement` for
/// continuous data), an Executor (`Sequential`), a Progress observer (`IgnoreProgress`), told of simulated cells
/// @throws std::invalid_argument when there are no cells, on cells of conditions (take those of one), or the nodes of
/// table and model disagree; what `simulate` throws
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
  refuse_conditions(function, counts);
  check_size(function, "counts.nodes()", counts.nodes(), inference.model.nodes());
  check_size(function, "counts.inputs()", counts.inputs(), inference.model.inputs());
  check_nonnegative(function, "inference.experiment.depth_deviation", experiment.depth_deviation);
  if constexpr (requires { validate(law); }) validate(law);

  const Protocol protocol = detail::protocol_of(counts, experiment.first_state, inference.model);
  const Population molecules =
      simulate(inference.model, protocol, {.seed = options.seed}, ExactMeasurement{}, ExecutorRef(executor), progress);
  const bool known = counts.depth().size() > 0;
  WhereUsed<Matrix, Rate> values = counts.values();
  for (Index k = 0; k < counts.time_points().size(); ++k) {
    const auto cells = counts.cells_at(k);
    for_each_index(executor, static_cast<Index>(cells.size()), [&](Index c) {
      const Index row = cells[static_cast<std::size_t>(c)];
      const Index cell = k * protocol.cells_per_time_point + c;
      RandomStream noise(options.seed, Purpose::counts, static_cast<std::uint64_t>(cell));
      const detail::DeepenedLaw<std::remove_cv_t<decltype(law)>> own{law, known ? counts.depth()[row] : 1.0,
                                                                     known ? 0.0 : experiment.depth_deviation};
      const WhereUsed<Vector, Rate> mrna = molecules.counts.values().row(cell).transpose();
      name_cell(function, cell, protocol.time_of(cell),
                [&] { observe_cell(own, mrna, counts.inputs(), noise, values.row(row)); });
    });
  }
  return Counts(std::move(values), counts.times(), counts.names(), counts.depth(), counts.inputs());
}

}  // namespace cardamom
