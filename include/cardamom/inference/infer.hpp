/// @file
/// `infer`: counts in, network out. The one way in; how is a policy.
#pragma once

#include <concepts>
#include <tuple>
#include <type_traits>
#include <utility>

#include <cardamom/burst_rate/linear_rate.hpp>
#include <cardamom/burst_rate/sigmoid.hpp>
#include <cardamom/clustering/cluster.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/core/policies.hpp>
#include <cardamom/core/progress.hpp>
#include <cardamom/data/condition_groups.hpp>
#include <cardamom/inference/averaged.hpp>
#include <cardamom/inference/estimator.hpp>
#include <cardamom/inference/inference.hpp>
#include <cardamom/inference/problem.hpp>
#include <cardamom/mixture/family.hpp>
#include <cardamom/mixture/negative_binomial.hpp>
#include <cardamom/regression/loss.hpp>
#include <cardamom/regression/optimizer.hpp>
#include <cardamom/simulation/measurement.hpp>

namespace cardamom {

/// A regression's tables of samples are stored in single precision, half their memory; what its rows remember between
/// their fits stays double. So do sums: the fit converges as far, to the optimum of levels rounded by 1e-7 of
/// themselves.
struct SinglePrecision {};

/// The role of `SinglePrecision` among the policies of `infer`.
struct PrecisionRole {
  template <class T>
  static constexpr bool fits = std::same_as<T, SinglePrecision>;
  template <class T>
  static constexpr bool check() {
    return true;
  }
};

namespace detail {

/// An optimizer, whatever its objective: which it will be handed is known to the estimator, whose regression asks.
struct MinimizerRole {
  template <class T>
  static constexpr bool fits = optimizer_members::minimize_member<T>;
  template <class T>
  static constexpr bool check() {
    return true;
  }
};

template <class Family>
using InferenceRoles = RoleList<EstimatorRole, RateRole, FamilyRole, ObservationRole, PrecisionRole,
                                ClustererRole<Family>, MinimizerRole, LossRole, ExecutorRole, ProgressRole>;

template <class... Policies>
using FamilyOf = decltype(policy_or<FamilyRole>(RoleList<EstimatorRole, RateRole, FamilyRole>{}, NegativeBinomial{},
                                                std::declval<const std::tuple<const Policies&...>&>()));

template <class Roles, class... Policies>
constexpr bool at_most_one_each() {
  static_assert(count_of<EstimatorRole, Roles, Policies...> <= 1, "infer: more than one NetworkEstimator");
  static_assert(count_of<RateRole, Roles, Policies...> <= 1, "infer: more than one BurstRate");
  static_assert(count_of<FamilyRole, Roles, Policies...> <= 1, "infer: more than one MixtureFamily");
  static_assert(count_of<ObservationRole, Roles, Policies...> <= 1, "infer: more than one ObservationLaw");
  static_assert(count_of<PrecisionRole, Roles, Policies...> <= 1, "infer: SinglePrecision twice");
  static_assert(count_of<MinimizerRole, Roles, Policies...> <= 1, "infer: more than one RowOptimizer");
  static_assert(count_of<LossRole, Roles, Policies...> <= 1, "infer: more than one Loss");
  static_assert(count_of<ExecutorRole, Roles, Policies...> <= 1, "infer: more than one Executor");
  static_assert(count_of<ProgressRole, Roles, Policies...> <= 1, "infer: more than one Progress");
  return true;
}

}  // namespace detail

/// Infers a network from time-stamped counts.
///
/// Policies are optional, in any order, each recognised by the concept it models:
///
/// | role | concept | default |
/// | --- | --- | --- |
/// | method | `NetworkEstimator` | `AveragedSuccessive`, the paper's; `PropagatedProteins`, `SimulatedMoments`, your own |
/// | burst rate | `BurstRate` | `Sigmoid`; `LinearRate<Link>{}` for another link; any `LearnableBurstRate` |
/// | law of mRNA or counts in a mode | `MixtureFamily` | `NegativeBinomial` |
/// | law of an observation given mRNA | `ObservationLaw` | that of the family, `PoissonCapture` for counts |
/// | modes of genes and cells | `Clusterer` | the estimator's |
/// | loss of the regression | `Loss` | the estimator's |
/// | optimizer of the regression | `RowOptimizer` | the estimator's |
/// | storage of the regression's samples | | double, or `SinglePrecision{}` |
/// | where work runs | `Executor` | `Sequential` |
/// | observer | `Progress` | `IgnoreProgress`; the total is known from the first call on |
///
///     auto result = infer(counts);
///     auto same = infer(counts, {.seed = 7}, Threads(4), Binarize({.modes = BinarizeModes::pooled}));
///     auto other = infer(counts, {.rates = {d0, d1}}, SimulatedMoments{});
///
/// The result depends on neither executor nor observer. Cost: that of the estimator.
/// @return what the estimator returns, an `Inference<Rate>`
/// @throws std::invalid_argument, std::domain_error on data and options, on conditions where the estimator cannot tell
/// them apart; Cancelled when the observer asks to stop
template <class... Policies>
[[nodiscard]] auto infer(const Counts& counts, const InferenceOptions& options = {}, const Policies&... policies) {
  using Family = detail::FamilyOf<Policies...>;
  using Roles = detail::InferenceRoles<Family>;
  static_assert((policy_fits<Policies, Roles>() && ...));
  static_assert(detail::at_most_one_each<Roles, Policies...>());
  static_assert(count_of<ClustererRole<Family>, Roles, Policies...> <= 1, "infer: more than one Clusterer");
  const std::tuple<const Policies&...> all(policies...);
  const auto estimator = policy_or<EstimatorRole>(Roles{}, AveragedSuccessive{}, all);
  const auto rate = policy_or<RateRole>(Roles{}, Sigmoid{}, all);
  const auto family = policy_or<FamilyRole>(Roles{}, NegativeBinomial{}, all);
  const auto law = policy_or<ObservationRole>(Roles{}, Unspecified{}, all);
  const auto clusterer = policy_or<ClustererRole<Family>>(Roles{}, Unspecified{}, all);
  const auto loss = policy_or<LossRole>(Roles{}, Unspecified{}, all);
  const auto optimizer = policy_or<detail::MinimizerRole>(Roles{}, Unspecified{}, all);
  const auto executor = policy_or<ExecutorRole>(Roles{}, Sequential{}, all);
  auto progress = policy_or<ProgressRole>(Roles{}, IgnoreProgress{}, all);
  using Real = std::conditional_t<count_of<PrecisionRole, Roles, Policies...> == 0, double, float>;
  using Problem = InferenceProblem<std::remove_cv_t<decltype(rate)>, Family, std::remove_cv_t<decltype(law)>,
                                   std::remove_cv_t<decltype(clusterer)>, std::remove_cv_t<decltype(loss)>,
                                   std::remove_cv_t<decltype(optimizer)>, Real>;
  static_assert(NetworkEstimator<std::remove_cv_t<decltype(estimator)>, Problem>,
                "NetworkEstimator: member estimate(problem) must be const, take any InferenceProblem and return an "
                "Inference<Rate>");

  check_at_least("infer", "counts.cells()", counts.cells(), 1);
  validate(options, counts);
  if constexpr (detail::uses_conditions<std::remove_cv_t<decltype(estimator)>>()) {
    (void)condition_groups("infer", counts);
  } else {
    refuse_conditions("infer", counts);
  }
  if constexpr (requires { validate(law); }) validate(law);
  if constexpr (requires { validate(estimator, counts, options); }) validate(estimator, counts, options);
  const auto ignore = [](Index, Index) { return true; };
  Problem problem{counts, options, rate, family, law, clusterer, loss, optimizer, ExecutorRef(executor), ignore};
  ProgressPlan plan(progress, detail::planned_units(estimator, problem));
  auto part = plan.part(plan.total());
  auto result = detail::estimate_by(estimator, problem.told_to(part));
  for (const auto& [name, values] :
       {std::pair{"the estimator's scores", &result.scores}, std::pair{"the estimator's weights", &result.weights}}) {
    detail::check_allowed(options.edge_prior, *values, name, counts.inputs());
  }
  if (!part.finish()) throw Cancelled("infer: stopped by the progress observer at the end");
  return result;
}

/// A call that left the options out compiles nowhere, and is told so.
template <InPlaceOfOptions<InferenceOptions> Given, class... Rest>
auto infer(const Counts&, const Given&, const Rest&...) {
  static_assert(!InPlaceOfOptions<Given, InferenceOptions>,
                "infer: options are left out; argument 2 must be InferenceOptions, infer(counts, {}, policies…)");
}

}  // namespace cardamom
