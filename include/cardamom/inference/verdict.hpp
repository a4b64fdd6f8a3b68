/// @file
/// A verdict on an inference: how close cells simulated from the inferred model come to the data. It needs no truth.
#pragma once

#include <cmath>
#include <tuple>
#include <type_traits>

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/burst_rate/linear_rate.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/core/policies.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/inference/inference.hpp>
#include <cardamom/inference/verdict/compare.hpp>
#include <cardamom/inference/verdict/result.hpp>
#include <cardamom/inference/verdict/simulate_anew.hpp>
#include <cardamom/inference/verdict/text.hpp>

namespace cardamom {

/// Share of the weights other than 0 that are at the limit, or so close that only averaging kept them from it.
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline double share_at_limit(const WhereUsed<Matrix, Use>& weights, double limit) {
  constexpr double at = 0.99;
  const Index edges = (weights.array() != 0.0).count();
  if (edges == 0) return 0.0;
  return static_cast<double>((weights.array().abs() >= at * limit).count()) / static_cast<double>(edges);
}

/// Simulates the cells of the table from the inferred model by `simulate_anew`, and judges them by the data. The table
/// may be the one that was inferred from, or one of further cells of the same experiment.
///
///     std::cerr << verdict_line(judge(inference, counts, {.seed = 1}, Threads{})) << '\n';
///
/// @param policies those of `simulate_anew`
/// @throws what `simulate_anew` and `judge` of two tables throw
/// Cost of the simulation, as a rule the larger part, and of `judge` of two tables.
template <BurstRate Rate, class... Policies>
[[nodiscard]] Verdict judge(const Inference<Rate>& inference, const Counts& counts, const JudgeOptions& options = {},
                            const Policies&... policies) {
  static_assert(detail::explain_bound<Rate>());
  using Roles = RoleList<ObservationRole, ExecutorRole, ProgressRole>;
  static_assert((policy_fits<Policies, Roles>() && ...));
  validate(options);
  check_at_least("judge", "counts.cells()", counts.cells(), 1);
  check_size("judge", "counts.nodes()", counts.nodes(), inference.model.nodes());
  check_size("judge", "counts.inputs()", counts.inputs(), inference.model.inputs());
  const std::tuple<const Policies&...> all(policies...);
  const auto executor = policy_or<ExecutorRole>(Roles{}, Sequential{}, all);
  Verdict verdict =
      judge(counts, simulate_anew(inference, counts, {.seed = options.seed}, policies...), options, executor);
  if constexpr (IsLinearRate<Rate>::value) {
    verdict.weights_at_limit = share_at_limit(inference.weights, options.limit);
  }
  return verdict;
}

}  // namespace cardamom
