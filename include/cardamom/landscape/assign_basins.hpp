/// @file
/// The basin of attraction a state lies in, among attractors already known.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/landscape/attractors.hpp>

namespace cardamom {

namespace detail {

template <BurstRate Rate>
std::vector<Index> assign_basins(const BasicModel<Rate>& model, const Attractors& attractors,
                                 const WhereUsed<MatrixIn, Rate>& states, const AttractorOptions& options,
                                 const ExecutorRef& executor, ProgressRef progress) {
  validate(options);
  const VectorField<Rate> field(model);
  check_states("assign_basins", "states", states, field.nodes(), field.inputs());
  // Within a hundredth of a level (or of a burst) of an attractor a state is in its basin, unless the attractor is
  // about to vanish.
  const double capture = std::max(options.merge, 1e-2);
  std::vector<Index> basins(static_cast<std::size_t>(states.rows()));
  ProgressCounter counter(progress, states.rows());
  executor.for_ranges(states.rows(), [&](Index begin, Index end) {
    Relaxation<Rate> relaxation(field, options.relaxation);
    for (Index k = begin; k < end; ++k) {
      WhereUsed<Vector, Rate> state = states.row(k);
      basins[static_cast<std::size_t>(k)] = relax_to_known(field, relaxation, attractors.stable, capture, state);
      counter.add();
    }
  });
  return basins;
}

}  // namespace detail

/// The basin of each state, by relaxation among known attractors. A relaxation stops once within 1e−2 units of an
/// attractor (see `AttractorOptions::merge`), which halves its cost.
/// @param attractors from `find_attractors` for the same model and levels of the inputs
/// @param states states × nodes, >= 0; columns of inputs are ignored
/// @param policies at most one Executor and one Progress, which counts states
/// @returns per state: index in `attractors.stable`, `unsettled`, or `at_saddle` when it comes to rest elsewhere
/// @throws as `find_attractors`
template <BurstRate Rate, class... Policies>
[[nodiscard]] std::vector<Index> assign_basins(const BasicModel<Rate>& model, const Attractors& attractors,
                                               const WhereUsed<MatrixIn, Rate>& states,
                                               const AttractorOptions& options = {}, const Policies&... policies) {
  detail::RunPolicies<Policies...> run(policies...);
  return detail::assign_basins(model, attractors, states, options, run.executor(), run.progress());
}

}  // namespace cardamom
