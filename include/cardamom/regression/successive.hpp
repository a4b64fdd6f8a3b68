/// @file
/// The successive fit (16): θ^k = argmin R_k(θ) + λ |θ − θ^{k−1}|, from θ^0, a prior network or zero.
#pragma once

#include <concepts>
#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/regression/regress.hpp>

namespace cardamom {

/// Which coefficients move at which time point.
enum class Release {
  once,   ///< at the first time point that can tell, then kept: β at the first, θ of an input where that input first
          ///< acts
  always  ///< at every time point
};

/// Penalty, limits, and what may move after the first time point, of `regress_successively`.
struct SuccessiveOptions {
  Penalty penalty = {};
  Release basal = Release::once;   ///< β: what the cells do before anything happens
  Release inputs = Release::once;  ///< θ_ij of inputs j: direct targets answer first; later answers have other causes
  Index max_iterations = 1000;     ///< per time point, as `RegressionOptions`
  double tolerance = 1e-9;         ///< as `RegressionOptions`
};

/// Throws std::invalid_argument on sizes, std::domain_error on values.
template <class Use = CompiledWhereUsed>
inline void validate(const WhereUsed<SuccessiveOptions, Use>& options, Index nodes, Index inputs = 1) {
  validate(RegressionOptions{options.penalty, {}, options.max_iterations, options.tolerance}, nodes, inputs);
}

namespace detail {

/// Which inputs act at a time point, and which have acted before it.
class ActingInputs {
 public:
  /// What may move at the time point of these samples; counts it as seen.
  template <std::floating_point Scalar>
  Movable release(const BasicSamples<Scalar>& samples, const SuccessiveOptions& options) {
    Movable movable;
    movable.basal = options.basal == Release::always || !started_;
    if (!started_) seen_.assign(static_cast<std::size_t>(samples.inputs()), false);
    started_ = true;
    check_size("regress_successively", "inputs of the samples", samples.inputs(), static_cast<Index>(seen_.size()));
    for (std::size_t j = 0; j < seen_.size(); ++j) {
      const bool acts = samples.proteins.col(static_cast<Index>(j)).maxCoeff() > 0;
      movable.inputs.push_back(acts && (options.inputs == Release::always || !seen_[j]));
      seen_[j] = seen_[j] || acts;
    }
    return movable;
  }

 private:
  bool started_ = false;
  std::vector<bool> seen_;
};

}  // namespace detail

/// Runs the chain over `count` time points. `samples_at(k)` gives the `BasicSamples` of time point k; `visit(k,
/// regression)` receives its result, which starts time point k + 1.
/// @param prior θ^0 and β^0, one entry per node: anchor and start of the first time point
/// @param policies as of `regress`; progress is told of nodes × time points
/// @throws as `regress`
template <class SamplesAt, class Visit, class... Policies>
requires AnySamples<std::invoke_result_t<SamplesAt&, Index>> && std::invocable<Visit&, Index, const Regression&>
void regress_successively(Index count, SamplesAt&& samples_at, Visit&& visit, Coefficients prior,
                          const SuccessiveOptions& options = {}, const Policies&... policies) {
  using Scalar = typename std::invoke_result_t<SamplesAt&, Index>::Table::Scalar;
  using Objective = detail::ObjectiveOf<Scalar, Policies...>;
  using Roles = detail::RegressionRoles<Objective>;
  static_assert((policy_fits<Policies, Roles>() && ...));
  static_assert(count_of<LossRole, Roles, Policies...> <= 1, "regress_successively: more than one Loss");
  static_assert(count_of<LinkRole, Roles, Policies...> <= 1, "regress_successively: more than one Link");
  static_assert(count_of<OptimizerRole<Objective>, Roles, Policies...> <= 1,
                "regress_successively: more than one RowOptimizer");
  static_assert(count_of<ExecutorRole, Roles, Policies...> <= 1, "regress_successively: more than one Executor");
  static_assert(count_of<ProgressRole, Roles, Policies...> <= 1, "regress_successively: more than one Progress");
  const std::tuple<const Policies&...> all(policies...);
  const auto loss = policy_or<LossRole>(Roles{}, LeastSquares{}, all);
  const auto link = policy_or<LinkRole>(Roles{}, Logistic{}, all);
  const auto optimizer = policy_or<OptimizerRole<Objective>>(Roles{}, ProximalNewton{}, all);
  const auto executor = policy_or<ExecutorRole>(Roles{}, Sequential{}, all);
  auto progress = policy_or<ProgressRole>(Roles{}, IgnoreProgress{}, all);

  const Index nodes = prior.nodes();
  ProgressPlan plan(progress, count * nodes);
  detail::ActingInputs acting;
  RegressionOptions step{options.penalty, {}, options.max_iterations, options.tolerance};
  for (Index k = 0; k < count; ++k) {
    const auto samples = samples_at(k);
    validate(samples);
    step.movable = acting.release(samples, options);
    validate(step, samples.nodes(), samples.inputs());
    validate(prior, "regress_successively", "prior", samples.nodes(), samples.inputs());
    ProgressPlan::Part part = plan.part(nodes);
    const Regression result = detail::regress_from(samples, step, prior, prior, loss, link, optimizer,
                                                   ExecutorRef(executor), FunctionRef<bool(Index, Index)>(part));
    part.finish();
    visit(k, result);
    prior = result.coefficients;
  }
}

}  // namespace cardamom
