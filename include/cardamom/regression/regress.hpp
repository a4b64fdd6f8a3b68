/// @file
/// One regression of every gene on the proteins of all: (9), (17) or (20) plus the penalty (15).
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <utility>
#include <vector>

#include <cardamom/core/convergence.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/regression/detail/competition.hpp>
#include <cardamom/regression/loss.hpp>
#include <cardamom/regression/objective.hpp>
#include <cardamom/regression/optimizer.hpp>
#include <cardamom/regression/penalty.hpp>
#include <cardamom/regression/proximal_newton.hpp>
#include <cardamom/regression/samples.hpp>

namespace cardamom {

struct RegressionOptions {
  Penalty penalty = {};
  Movable movable = {};
  Index sweeps = 1000;      ///< budget of passes that let opposite edges settle their competition, >= 1
  double tolerance = 1e-9;  ///< on the subgradient that unsettled competition leaves, > 0
};

inline void validate(const RegressionOptions& options, Index genes) {
  validate(options.penalty, genes);
  check_at_least("RegressionOptions", "sweeps", options.sweeps, 1);
  check_positive("RegressionOptions", "tolerance", options.tolerance);
}

struct Regression {
  Coefficients coefficients;
  double objective = 0.0;   ///< loss and penalty at the coefficients
  Convergence convergence;  ///< residual: largest subgradient over all rows, competition included
};

/// Largest |smallest subgradient| of the joint problem over all coefficients of all genes: 0 exactly at a point that no
/// single coefficient can improve. The optimality condition for tests and users. O(N G²).
/// @throws as `regress`
template <Loss L = LeastSquares, std::floating_point Scalar>
double optimality_residual(const BasicSamples<Scalar>& samples, const Coefficients& coefficients,
                           const RegressionOptions& options, const Coefficients& anchor, const L& loss = {}) {
  validate(samples);
  validate(options, samples.genes());
  validate(coefficients, "optimality_residual", "coefficients", samples.genes());
  validate(anchor, "optimality_residual", "anchor", samples.genes());
  const Vector weights = detail::normalised_weights(samples);
  const Matrix opposite = coefficients.interactions.cwiseAbs().transpose();
  double residual = 0.0;
  Vector x(samples.genes() + 1);
  for (Index i = 1; i < samples.genes(); ++i) {
    const RowObjective<L, Scalar> objective(loss, samples.proteins, samples.targets.col(i), weights, samples.floors[i]);
    x << coefficients.interactions.row(i).transpose(), coefficients.basal[i];
    const RowPenalty penalty = detail::row_penalty(options.penalty, anchor.interactions.row(i).transpose(),
                                                   anchor.basal[i], options.movable, i, opposite.row(i).transpose());
    residual = std::max(residual, optimality_residual(objective, penalty, x));
  }
  return residual;
}

namespace detail {

/// Passes that fit all rows at once. Few contests outlive them; those are settled row after row, where every fit lowers
/// the joint objective, so that nothing can go round in circles.
inline constexpr Index together = 25;

}  // namespace detail

/// Minimises Σ_i Σ_s w_s loss(β_i + Σ_j θ_ij P_sj, y_si, r_i) + penalty(θ, β; anchor), from `start`.
///
/// Defined for any data: constant or equal columns, more genes than samples, a single sample. Least squares of a
/// sigmoid are not convex: the result is the stationary point reached from `start` (θ^{k−1} in (16)). With
/// `ProximalNewton` rows remember O(N + G) numbers each between their fits.
/// @param anchor θ⁰, β⁰ of the penalty: the previous time point or a prior network
/// @throws std::invalid_argument on sizes and options, std::domain_error on values
template <Loss L = LeastSquares, class Optimizer = ProximalNewton, Executor E = Sequential, std::floating_point Scalar>
requires RowOptimizer<Optimizer, RowObjective<L, Scalar>> Regression
regress(const BasicSamples<Scalar>& samples, const RegressionOptions& options, const Coefficients& anchor,
        const Coefficients& start, const L& loss = {}, const Optimizer& optimizer = {}, const E& executor = {}) {
  const Index genes = samples.genes();
  validate(samples);
  validate(options, genes);
  validate(anchor, "regress", "anchor", genes);
  validate(start, "regress", "start", genes);
  const Vector weights = detail::normalised_weights(samples);

  // A row of θ is a column here: contiguous.
  Matrix rows = start.interactions.transpose();
  const Matrix anchors = anchor.interactions.transpose();
  rows.col(0).setZero();
  Vector basal = start.basal;
  basal[0] = 0.0;
  detail::Competition competition(rows);
  std::vector<bool> stale(static_cast<std::size_t>(genes), true);
  std::vector<Convergence> ended(static_cast<std::size_t>(genes));
  ended[0].status = ConvergenceStatus::no_information;
  std::vector<KnownProduct> known(static_cast<std::size_t>(genes));
  const double reach = std::max(1.0, static_cast<double>(samples.proteins.cwiseAbs().maxCoeff()));
  const auto objective_of = [&](Index i) {
    return RowObjective<L, Scalar>(loss, samples.proteins, samples.targets.col(i), weights, samples.floors[i], reach,
                                   known[static_cast<std::size_t>(i)]);
  };
  const auto penalty_of = [&](Index i, const VectorIn& opposite) {
    return detail::row_penalty(options.penalty, anchors.col(i), anchor.basal[i], options.movable, i, opposite);
  };
  const auto fit_row = [&](Index i) {
    Vector x(genes + 1);
    x << rows.col(i), basal[i];
    Convergence& row = ended[static_cast<std::size_t>(i)];
    const Index before = row.iterations;
    row = optimizer.minimize(objective_of(i), penalty_of(i, competition.weights().col(i)), x);
    row.iterations += before;
    rows.col(i) = x.head(genes);
    basal[i] = x[genes];
  };
  const bool competes = options.penalty.competition > 0.0;
  const double tolerance =
      competes ? options.tolerance / (options.penalty.strength * options.penalty.competition) : 0.0;
  bool settled = false;
  for (Index sweep = 0; sweep < options.sweeps && !settled; ++sweep) {
    std::vector<Index> todo;
    for (Index i = 1; i < genes; ++i) {
      if (stale[static_cast<std::size_t>(i)]) todo.push_back(i);
    }
    if (sweep < detail::together) {
      for_each_index(executor, static_cast<Index>(todo.size()),
                     [&](Index k) { fit_row(todo[static_cast<std::size_t>(k)]); });
    } else {
      for (const Index i : todo) {
        competition.face(i, rows);
        fit_row(i);
      }
    }
    std::fill(stale.begin(), stale.end(), false);
    settled = !competes || competition.update(rows, todo, stale, tolerance) == 0.0;
  }
  Vector values = Vector::Zero(genes);
  for_each_index(executor, genes - 1, [&](Index k) {
    const Index i = k + 1;
    Vector x(genes + 1);
    x << rows.col(i), basal[i];
    // Both rows of a pair see its competition: each accounts for half.
    values[i] = objective_of(i).value(x) + penalty_of(i, 0.5 * rows.row(i).transpose().cwiseAbs()).value(x);
  });
  Regression result{{std::move(basal), rows.transpose()}, 0.0, {}};
  for (const Convergence& row : ended) result.convergence = combine(result.convergence, row);
  result.objective = values.sum();
  if (!settled) result.convergence.status = ConvergenceStatus::iteration_limit;
  return result;
}

/// The same anchored at and started from zero: no prior network.
template <Loss L = LeastSquares, class Optimizer = ProximalNewton, Executor E = Sequential, std::floating_point Scalar>
requires RowOptimizer<Optimizer, RowObjective<L, Scalar>> Regression regress(const BasicSamples<Scalar>& samples,
                                                                             const RegressionOptions& options = {},
                                                                             const L& loss = {},
                                                                             const Optimizer& optimizer = {},
                                                                             const E& executor = {}) {
  const Coefficients zero = Coefficients::zero(std::max<Index>(samples.genes(), 1));
  return regress(samples, options, zero, zero, loss, optimizer, executor);
}

}  // namespace cardamom
