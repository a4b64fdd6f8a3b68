/// @file
/// Several estimates of one call, side by side where that pays.
#pragma once

#include <cstddef>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include <cardamom/core/executor.hpp>
#include <cardamom/core/progress.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom::detail {

/// A chain of few genes has too few rows to fit at once: at 100 genes it gains 1.1 to 1.5 times from a second thread.
/// So up to so many genes whole estimates run side by side.
inline constexpr Index side_by_side_genes = 128;

/// The results of several estimates, in order. Each reports to a part of the problem's observer and counts alike.
/// @param units of each
/// @param estimate called with the number of the estimate and the problem it is to run on
template <class Problem, class Estimate>
auto estimate_side_by_side(const Problem& problem, Index count, Index units, const Estimate& estimate) {
  using Result = std::remove_cvref_t<std::invoke_result_t<const Estimate&, Index, const Problem&>>;
  ProgressPlan progress(problem.progress, count * units);
  std::vector<ProgressPlan::Part> parts(static_cast<std::size_t>(count), progress.part(units));
  std::vector<std::optional<Result>> results(static_cast<std::size_t>(count));
  const auto run = [&](Index k, ExecutorRef executor) {
    const auto place = static_cast<std::size_t>(k);
    results[place].emplace(estimate(k, problem.told_to(parts[place]).run_by(executor)));
    parts[place].finish();
  };
  if (count > 1 && problem.counts.nodes() <= side_by_side_genes) {
    const Sequential alone;
    for_each_index(problem.executor, count, [&](Index k) { run(k, alone); });
  } else {
    for (Index k = 0; k < count; ++k) run(k, problem.executor);
  }
  std::vector<Result> all;
  all.reserve(results.size());
  for (auto& result : results) all.push_back(std::move(*result));
  return all;
}

}  // namespace cardamom::detail
