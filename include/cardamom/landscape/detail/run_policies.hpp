/// @file
/// What the verbs of the landscape take besides their options: an executor and a progress observer.
#pragma once

#include <tuple>
#include <utility>

#include <cardamom/core/executor.hpp>
#include <cardamom/core/function_ref.hpp>
#include <cardamom/core/policies.hpp>
#include <cardamom/core/progress.hpp>

namespace cardamom::detail {

/// A progress observer of erased type: algorithms are compiled once for all observers.
using ProgressRef = FunctionRef<bool(Index, Index)>;

using RunRoles = RoleList<ExecutorRole, ProgressRole>;

/// The executor and the progress observer among a verb's policies, or their defaults; algorithms get them by reference.
template <class... Policies>
class RunPolicies {
  static_assert((policy_fits<Policies, RunRoles>() && ...));
  static_assert(count_of<ExecutorRole, RunRoles, Policies...> <= 1, "a verb takes at most one Executor");
  static_assert(count_of<ProgressRole, RunRoles, Policies...> <= 1, "a verb takes at most one Progress observer");
  using All = std::tuple<const Policies&...>;

 public:
  explicit RunPolicies(const Policies&... policies)
      : executor_(policy_or<ExecutorRole>(RunRoles{}, Sequential{}, All(policies...))),
        progress_(policy_or<ProgressRole>(RunRoles{}, IgnoreProgress{}, All(policies...))) {}

  ExecutorRef executor() const noexcept { return executor_; }
  ProgressRef progress() noexcept { return progress_; }

 private:
  decltype(policy_or<ExecutorRole>(RunRoles{}, Sequential{}, std::declval<const All&>())) executor_;
  decltype(policy_or<ProgressRole>(RunRoles{}, IgnoreProgress{}, std::declval<const All&>())) progress_;
};

}  // namespace cardamom::detail
