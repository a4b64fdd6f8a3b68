/// @file
/// What an estimator of networks is: the open concept behind `infer`.
#pragma once

#include <concepts>
#include <type_traits>
#include <utility>

#include <cardamom/core/policies.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/inference/inference.hpp>

namespace cardamom {

namespace detail {
CARDAMOM_DETECT_MEMBER(estimate);
}  // namespace detail

/// | expression | type | meaning |
/// | --- | --- | --- |
/// | `estimator.estimate(problem)` | `Inference<Rate>` | the network of `problem.counts`, by whatever means; `problem` is an
/// `InferenceProblem`, which holds options, burst rate, family, clusterer, loss, optimizer, observation law, executor
/// and observer of the call |
/// | `estimator.plan(problem)` | `Index` | optional: units of work that `estimate` will report to `problem.progress`; without
/// it the observer hears of the end only |
/// | `E::uses_conditions` | `bool` | optional, static, constant: whether `estimate` tells the conditions of cells apart
/// (`condition_groups`); without it, or false, `infer` refuses a table with conditions |
///
/// Duties no compiler checks: a pure function of the problem, whatever the executor; scores >= 0, rows of inputs 0; the
/// model returned is the one that was fitted; a policy that is given is used or refused by a `static_assert` with the
/// reason; edges that `problem.options.edge_prior` forbids are 0 (`infer` asks for that). Models: `Successive` (the
/// paper's chain), `PropagatedProteins`, `SimulatedMoments`, `Averaged`. A result type that is named, not deduced,
/// spares a compiler the body where the estimate is already compiled.
template <class E, class Problem>
concept NetworkEstimator = std::copy_constructible<E> && requires(const E& estimator, const Problem& problem) {
  requires IsInference<std::remove_cvref_t<decltype(estimator.estimate(problem))>>::value;
};

/// The role of a verb's estimator. Whether `estimate` fits the problem is asked once the problem is known.
struct EstimatorRole {
  template <class T>
  static constexpr bool fits = detail::estimate_member<T>;
  template <class T>
  static constexpr bool check() {
    return true;
  }
};

namespace detail {

/// Whether an estimator says that it tells conditions apart.
template <class E>
constexpr bool uses_conditions() {
  if constexpr (requires { E::uses_conditions; }) {
    return E::uses_conditions;
  } else {
    return false;
  }
}

template <class E, class Problem>
Index planned_units(const E& estimator, const Problem& problem) {
  if constexpr (requires { estimator.plan(problem); }) {
    return estimator.plan(problem);
  } else {
    return 1;
  }
}

template <class E, class Problem>
using EstimateOf = std::remove_cvref_t<decltype(std::declval<const E&>().estimate(std::declval<const Problem&>()))>;

/// All that an estimator does, behind one name for each combination of policies: what `cardamom::precompiled` holds of
/// the usual ones.
template <class E, class Problem>
EstimateOf<E, Problem> estimate_by(const E& estimator, const Problem& problem) {
  return estimator.estimate(problem);
}

}  // namespace detail
}  // namespace cardamom
