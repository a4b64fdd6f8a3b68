/// @file
/// What the regression asks of an optimizer, and what it promises in return.
#pragma once

#include <cmath>
#include <concepts>
#include <string>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/convergence.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/policies.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/regression/objective.hpp>
#include <cardamom/regression/row_penalty.hpp>

namespace cardamom {

/// | expression | type | meaning |
/// | --- | --- | --- |
/// | `optimizer.minimize(objective, penalty, x)` | `Convergence` | from the start in `x`, leaves in `x` a point that
/// (locally) minimises objective + penalty |
///
/// Duties no compiler checks: a pure function of its arguments (rows run in any order on any thread); the total does
/// not increase; coefficients with infinite `penalty.change` stay at their anchor; reaching zeros exactly is what makes
/// the penalty a selection. `check_optimizer` tries these. Models: `ProximalNewton` (default, for objectives of u = X
/// x), `ProximalGradient` (any smooth objective), `SmoothedOptimizer` (adapts an ordinary smooth minimiser).
template <class O, class Objective>
concept RowOptimizer = std::copy_constructible<O> && SmoothObjective<Objective> &&
    requires(const O& optimizer, const Objective& objective, const RowPenalty& penalty, VectorOut x) {
  { optimizer.minimize(objective, penalty, x) } -> std::same_as<Convergence>;
};

namespace detail::optimizer_members {
CARDAMOM_DETECT_MEMBER(minimize);
}  // namespace detail::optimizer_members

/// The role of a verb's optimizer, for the objective that the verb will hand to it: that of the loss and the link it
/// was given, not of the default ones.
template <class Objective>
struct OptimizerRole {
  template <class T>
  static constexpr bool fits = RowOptimizer<T, Objective>;
  template <class T>
  static constexpr bool check() {
    static_assert(
        fits<T> || !detail::optimizer_members::minimize_member<T>,
        "RowOptimizer: member minimize(const Objective& objective, const RowPenalty& penalty, VectorOut x) must "
        "be const, accept the objective of the verb's loss and link, and return Convergence");
    return true;
  }
};

namespace detail {

/// Throws NumericalError unless what a fit of a row ended with is a number: NaN compares as nothing, and could pass for
/// converged.
/// @param what the value, the residual, a coefficient, …
template <class = CompiledWhereUsed>
void check_fit(const char* function, Index gene, const char* what, double number) {
  if (std::isfinite(number)) return;
  throw NumericalError(std::string(function) + ": the fit of gene " + to_text(gene) + " ended with the " + what + " " +
                       to_text(number) +
                       ", must be finite: a function of the fit or the optimizer gave something else");
}

}  // namespace detail

/// Largest |smallest subgradient| over the coefficients of a row: 0 exactly at a stationary point of
/// objective + penalty, NaN where the objective or a derivative is.
template <SmoothObjective Objective>
[[nodiscard]] double optimality_residual(const Objective& objective, const RowPenalty& penalty,
                                         const WhereUsed<VectorIn, Objective>& x) {
  WhereUsed<Vector, Objective> gradient(x.size());
  const double value = objective(x, gradient);
  double residual = std::isnan(value) ? value : 0.0;
  for (Index j = 0; j < x.size(); ++j) {
    residual = larger_or_nan(residual, std::abs(penalty.subgradient(j, x[j], gradient[j])));
  }
  return residual;
}

}  // namespace cardamom
