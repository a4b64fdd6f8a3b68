/// @file
/// Whether an optimizer keeps the duties that no compiler checks.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

#include <cardamom/burst_rate/link.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/convergence.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/regression/loss.hpp>
#include <cardamom/regression/objective.hpp>
#include <cardamom/regression/optimizer.hpp>
#include <cardamom/regression/row_penalty.hpp>

namespace cardamom {

/// How closely `check_optimizer` looks.
struct CheckOptimizerOptions {
  double tolerance = 1e-3;  ///< largest subgradient at the end; the curvature of the objective is about 0.1
  Index rows = 5;           ///< random rows looked at
  std::uint64_t seed = 0;
};

/// Throws when a setting is out of range; the error names it, its value and the range.
inline void validate(const CheckOptimizerOptions& options) {
  check_positive("CheckOptimizerOptions", "tolerance", options.tolerance);
  check_at_least("CheckOptimizerOptions", "rows", options.rows, 1);
}

namespace detail {

/// Convex, so that a point without subgradient is the optimum.
using ConvexRow = RowObjective<CrossEntropy, Logistic>;

/// Proteins, targets and penalty of a row of which some coefficients have to go, one is held and one starts elsewhere.
struct OptimizerTrial {
  Matrix proteins;
  Vector targets;
  Vector weights;
  RowPenalty penalty;
  Vector start;
};

template <class Use = CompiledWhereUsed>
[[nodiscard]] OptimizerTrial draw_trial(WhereUsed<RandomStream, Use>& random) {
  constexpr Index samples = 60;
  constexpr Index nodes = 8;
  OptimizerTrial trial{Matrix(samples, nodes), Vector(samples), Vector::Constant(samples, 1.0 / samples), {}, {}};
  WhereUsed<Vector, Use> truth = Vector::Zero(nodes);
  for (Index j = 0; j < 3; ++j) truth[j] = (j == 1 ? -1.0 : 1.0) * (2.0 + random.uniform());
  for (Index s = 0; s < samples; ++s) {
    for (Index j = 0; j < nodes; ++j) trial.proteins(s, j) = random.uniform() < 0.5 ? random.uniform() : 1.0;
    trial.targets[s] = 0.1 + 0.8 * logistic(trial.proteins.row(s).dot(truth) - 0.5 + 0.3 * random.normal());
  }
  trial.penalty.anchor = Vector::Zero(nodes + 1);
  trial.penalty.change = Vector::Constant(nodes + 1, 0.002);
  trial.penalty.magnitude = Vector::Zero(nodes + 1);
  trial.penalty.anchor[3] = 0.7;
  trial.penalty.change[3] = std::numeric_limits<double>::infinity();  // held
  trial.penalty.anchor[4] = -0.5;
  trial.penalty.magnitude[4] = 0.002;
  trial.penalty.magnitude[5] = 0.5;   // has to go
  trial.penalty.change[nodes] = 0.0;  // the basal level
  trial.start = trial.penalty.anchor;
  for (const Index j : {Index{0}, Index{5}, Index{6}}) trial.start[j] = random.normal();
  return trial;
}

}  // namespace detail

/// Tries an optimizer on rows of the regression of which one point alone is optimal: cross-entropy of a logistic link,
/// with a penalty that holds one coefficient and forces another one to zero. From a start elsewhere it must end there,
/// not increase the total, leave the coefficient that is held at its anchor, set the other to zero exactly, and give
/// the same result again. A few milliseconds per row for a good one.
///
///     check_optimizer(PlainProximalGradient{});
///
/// @throws NumericalError naming the row, the coefficient, the value and what was expected; std::invalid_argument or
/// std::domain_error on options out of range
template <RowOptimizer<detail::ConvexRow> Optimizer>
void check_optimizer(const Optimizer& optimizer, const CheckOptimizerOptions& options = {}) {
  validate(options);
  RandomStream random(options.seed, Purpose::checks);
  for (Index row = 0; row < options.rows; ++row) {
    const detail::OptimizerTrial trial = detail::draw_trial(random);
    const RowPenalty& penalty = trial.penalty;
    const detail::ConvexRow objective(CrossEntropy{}, Logistic{}, trial.proteins, trial.targets, trial.weights, 0.0);
    const auto fail = [row](const std::string& what) {
      throw NumericalError("check_optimizer: minimize, row " + detail::to_text(row) + ", " + what);
    };
    WhereUsed<Vector, Optimizer> gradient(trial.start.size());
    const auto total = [&](const WhereUsed<Vector, Optimizer>& x) { return objective(x, gradient) + penalty.value(x); };
    WhereUsed<Vector, Optimizer> x = trial.start;
    const Convergence ended = optimizer.minimize(objective, penalty, x);
    if (!x.allFinite()) fail("ends at x = " + detail::list_text(x) + ", must be finite");
    if (!(total(x) <= total(trial.start) + 1e-12)) {
      fail("goes from the total " + detail::to_text(total(trial.start)) + " to " + detail::to_text(total(x)) +
           ", must not increase it");
    }
    for (Index j = 0; j < x.size(); ++j) {
      if (!penalty.is_free(j) && x[j] != penalty.anchor[j]) {
        fail("ends at x[" + detail::to_text(j) + "] = " + detail::to_text(x[j]) + ", must be held at its anchor " +
             detail::to_text(penalty.anchor[j]));
      }
      if (penalty.magnitude[j] > 0.1 && x[j] != 0.0) {
        fail("ends at x[" + detail::to_text(j) + "] = " + detail::to_text(x[j]) +
             ", must be 0 exactly: the penalty there exceeds the slope");
      }
    }
    const double residual = optimality_residual(objective, penalty, x);
    if (!(residual <= options.tolerance)) {
      fail("ends at x = " + detail::list_text(x) + " with a subgradient of " + detail::to_text(residual) +
           " and the status \"" + std::string(to_string(ended.status)) + "\", must be at most " +
           detail::to_text(options.tolerance));
    }
    WhereUsed<Vector, Optimizer> again = trial.start;
    static_cast<void>(optimizer.minimize(objective, penalty, again));
    if (again != x) {
      fail("ends at x = " + detail::list_text(again) + " when called again, must be " + detail::list_text(x) +
           " as before");
    }
  }
}

}  // namespace cardamom
