/// @file
/// One regression of every gene on the levels of all nodes: (9), (17) or (20) plus the penalty (15).
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <tuple>
#include <utility>
#include <vector>

#include <cardamom/burst_rate/link.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/convergence.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/core/function_ref.hpp>
#include <cardamom/core/policies.hpp>
#include <cardamom/core/progress.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/regression/detail/competition.hpp>
#include <cardamom/regression/loss.hpp>
#include <cardamom/regression/objective.hpp>
#include <cardamom/regression/optimizer.hpp>
#include <cardamom/regression/penalty.hpp>
#include <cardamom/regression/proximal_newton.hpp>
#include <cardamom/regression/samples.hpp>
#include <cardamom/regression/shared_columns.hpp>

namespace cardamom {

/// Penalty and limits of `regress`.
struct RegressionOptions {
  Penalty penalty = {};
  Movable movable = {};
  /// Budget of passes over the genes that let opposite edges settle their competition, >= 1. Networks of hundreds of
  /// genes settle in tens of passes; the rest bounds the work on undecided pairs.
  Index max_iterations = 1000;
  double tolerance = 1e-9;   ///< on the subgradient that unsettled competition leaves, > 0
  Coefficients anchor = {};  ///< θ⁰, β⁰ of the penalty: the previous time point or a prior network; empty: zero
  Coefficients start = {};   ///< where the search starts; empty: the anchor
};

/// Throws std::invalid_argument on sizes, std::domain_error on values.
template <class Use = CompiledWhereUsed>
inline void validate(const WhereUsed<RegressionOptions, Use>& options, Index nodes, Index inputs = 1) {
  validate(options.penalty, nodes, inputs);
  validate(options.movable, inputs);
  check_at_least("RegressionOptions", "max_iterations", options.max_iterations, 1);
  check_positive("RegressionOptions", "tolerance", options.tolerance);
  if (!options.anchor.empty()) validate(options.anchor, "RegressionOptions", "anchor", nodes, inputs);
  if (!options.start.empty()) validate(options.start, "RegressionOptions", "start", nodes, inputs);
}

/// What `regress` returns: coefficients, their objective, and whether the fit converged.
struct Regression {
  Coefficients coefficients;
  double objective = 0.0;   ///< loss and penalty at the coefficients
  Convergence convergence;  ///< residual: largest subgradient over all rows, competition included
};

namespace detail {

/// What decides about the objective, asked first: the optimizer is asked about the objective that follows.
using ObjectiveRoles = RoleList<LossRole, LinkRole>;
template <class Objective>
using RegressionRoles = RoleList<LossRole, LinkRole, OptimizerRole<Objective>, ExecutorRole, ProgressRole>;

template <class... Policies>
using LossOf = decltype(policy_or<LossRole>(ObjectiveRoles{}, LeastSquares{},
                                            std::declval<const std::tuple<const Policies&...>&>()));
template <class... Policies>
using LinkOf =
    decltype(policy_or<LinkRole>(ObjectiveRoles{}, Logistic{}, std::declval<const std::tuple<const Policies&...>&>()));
template <class Scalar, class... Policies>
using ObjectiveOf = RowObjective<LossOf<Policies...>, LinkOf<Policies...>, Scalar>;

/// Passes that fit all rows at once. Few pairs are undecided after them; those are settled row after row, where every
/// fit lowers the joint objective, so that nothing can go round in circles.
inline constexpr Index simultaneous_passes = 25;

/// A regression in progress: rows of θ, fitted against one another until the competition of opposite edges is settled.
template <Loss L, Link LinkType, class Optimizer, std::floating_point Scalar>
class JointRegression {
 public:
  /// All arguments checked; samples and options must outlive this.
  JointRegression(const BasicSamples<Scalar>& samples, const RegressionOptions& options, const Coefficients& anchor,
                  const Coefficients& start, const L& loss, const LinkType& link, const Optimizer& optimizer)
      : samples_(samples),
        options_(options),
        loss_(loss),
        link_(link),
        optimizer_(optimizer),
        nodes_(samples.nodes()),
        inputs_(samples.inputs()),
        weights_(normalised_weights(samples)),
        anchors_(anchor.interactions.transpose()),
        anchor_basal_(anchor.basal),
        rows_(without_inputs(start.interactions.transpose(), inputs_)),
        basal_(start.basal),
        competition_(rows_, inputs_),
        ended_(static_cast<std::size_t>(nodes_)),
        known_(static_cast<std::size_t>(nodes_)),
        shared_(share_columns(samples.proteins, samples.targets)) {
    if (samples.left_out.size() > 0) {
      for (Index i = 0; i < nodes_; ++i) own_weights_.push_back(target_weights(samples, weights_, i));
    }
    basal_.head(inputs_).setZero();
    for (Index i = 0; i < inputs_; ++i) at(ended_, i).status = ConvergenceStatus::no_information;
  }

  Regression run(const ExecutorRef& executor, FunctionRef<bool(Index, Index)> progress) {
    const bool settled = settle(executor, progress);
    const double objective = value(executor);
    Regression result{{std::move(basal_), rows_.transpose()}, objective, {}};
    for (const Convergence& row : ended_) result.convergence = combine(result.convergence, row);
    if (!settled) result.convergence.status = ConvergenceStatus::iteration_limit;
    return result;
  }

 private:
  template <class All>
  static auto& at(All& all, Index i) {
    return all[static_cast<std::size_t>(i)];
  }
  static Matrix without_inputs(WhereUsed<Matrix, L> rows, Index inputs) {
    rows.leftCols(inputs).setZero();
    return rows;
  }

  RowObjective<L, LinkType, Scalar> objective(Index i) {
    const WhereUsed<Vector, L>& weights = own_weights_.empty() ? weights_ : at(own_weights_, i);
    return {loss_, link_,   samples_.proteins, samples_.targets.col(i), weights, samples_.floors[i],
            i,     shared_, at(known_, i)};
  }
  RowPenalty penalty(Index i, const WhereUsed<VectorIn, L>& opposite) const {
    return row_penalty(options_.penalty, anchors_.col(i), anchor_basal_[i], options_.movable, i, opposite, inputs_);
  }

  void fit_row(Index i) {
    WhereUsed<Vector, L> x(nodes_ + 1);
    x << rows_.col(i), basal_[i];
    Convergence& row = at(ended_, i);
    const Index before = row.iterations;
    row = optimizer_.minimize(objective(i), penalty(i, competition_.weights().col(i)), x);
    row.iterations += before;
    check_fit("regress", i, "residual", row.residual);
    check_fit("regress", i, "coefficients of sum", x.sum());
    rows_.col(i) = x.head(nodes_);
    basal_[i] = x[nodes_];
  }

  /// The products of many rows with all proteins, at once: a third of the time of one after the other.
  void know_products(const ExecutorRef& executor, const std::vector<Index>& todo) {
    if constexpr (requires { requires Optimizer::asks_nearly_all_columns; }) {
      constexpr Index length = 64;
      const Index chunks = static_cast<Index>(todo.size()) / length;  // what remains asks for itself
      for_each_index(executor, chunks, [&](Index chunk) {
        WhereUsed<Matrix, L> slopes(samples_.size(), length);
        WhereUsed<Vector, L> x(nodes_ + 1);
        for (Index k = 0; k < length; ++k) {
          const Index i = at(todo, chunk * length + k);
          x << rows_.col(i), basal_[i];
          objective(i).slopes_at(x, slopes.col(k));
        }
        WhereUsed<Matrix, L> products(nodes_ + 1, length);
        multiply_transposed(samples_.proteins, slopes, products);
        for (Index k = 0; k < length; ++k) at(known_, at(todo, chunk * length + k)) = {slopes.col(k), products.col(k)};
      });
    }
  }

  /// (X 1)ᵀ v, in blocks that do not keep a copy in double precision of all of X.
  static void multiply_transposed(const typename BasicSamples<Scalar>::Table& table, const WhereUsed<Matrix, L>& v,
                                  WhereUsed<Matrix, L>& out) {
    const Index nodes = table.cols();
    if constexpr (std::same_as<Scalar, double>) {
      out.topRows(nodes).noalias() = table.transpose() * v;
    } else {
      constexpr Index block = 256;
      out.topRows(nodes).setZero();
      for (Index begin = 0; begin < table.rows(); begin += block) {
        const Index size = std::min(block, table.rows() - begin);
        out.topRows(nodes).noalias() +=
            table.middleRows(begin, size).template cast<double>().transpose() * v.middleRows(begin, size);
      }
    }
    out.row(nodes) = v.colwise().sum();
  }

  /// Passes until no row has to be fitted again; false when the budget ends first. Progress counts first fits.
  bool settle(const ExecutorRef& executor, FunctionRef<bool(Index, Index)> progress) {
    ProgressCounter<FunctionRef<bool(Index, Index)>> counter(progress, nodes_ - inputs_);
    const bool competes = options_.penalty.competition > 0.0;
    const double tolerance =
        competes ? options_.tolerance / (options_.penalty.strength * options_.penalty.competition) : 0.0;
    std::vector<bool> stale(static_cast<std::size_t>(nodes_), true);
    for (Index pass = 0; pass < options_.max_iterations; ++pass) {
      std::vector<Index> todo;
      for (Index i = inputs_; i < nodes_; ++i) {
        if (stale[static_cast<std::size_t>(i)]) todo.push_back(i);
      }
      // The fits of the first pass change more than those of all the others.
      if (pass < 2) know_products(executor, todo);
      if (pass < simultaneous_passes) {
        for_each_index(executor, static_cast<Index>(todo.size()), [&](Index k) {
          fit_row(at(todo, k));
          if (pass == 0) counter.add();
        });
      } else {
        for (const Index i : todo) {
          competition_.face(i, rows_);
          fit_row(i);
          competition_.notice(i, rows_);
        }
      }
      std::fill(stale.begin(), stale.end(), false);
      if (!competes || competition_.update(rows_, todo, stale, tolerance) == 0.0) return true;
    }
    return false;
  }

  /// Loss and penalty of all rows. Both rows of a pair see its competition: each accounts for half.
  double value(const ExecutorRef& executor) {
    WhereUsed<Vector, L> values = Vector::Zero(nodes_);
    for_each_index(executor, nodes_ - inputs_, [&](Index k) {
      const Index i = k + inputs_;
      WhereUsed<Vector, L> x(nodes_ + 1);
      x << rows_.col(i), basal_[i];
      values[i] = objective(i).value(x) + penalty(i, 0.5 * rows_.row(i).transpose().cwiseAbs()).value(x);
      check_fit("regress", i, "value", values[i]);
    });
    return values.sum();
  }

  const BasicSamples<Scalar>& samples_;
  const RegressionOptions& options_;
  const L& loss_;
  const LinkType& link_;
  const Optimizer& optimizer_;
  Index nodes_;
  Index inputs_;
  WhereUsed<Vector, L> weights_;
  std::vector<Vector> own_weights_;  // per target, where samples are left out
  WhereUsed<Matrix, L> anchors_;     // θ⁰ transposed
  WhereUsed<Vector, L> anchor_basal_;
  WhereUsed<Matrix, L> rows_;  // θ transposed: a row is contiguous
  WhereUsed<Vector, L> basal_;
  Competition competition_;
  std::vector<Convergence> ended_;
  std::vector<KnownProduct> known_;
  SharedColumns shared_;
};

/// `regress` with its policies picked and anchor and start apart from the options.
template <Loss L, Link LinkType, class Optimizer, std::floating_point Scalar>
Regression regress_from(const BasicSamples<Scalar>& samples, const RegressionOptions& options,
                        const Coefficients& anchor, const Coefficients& start, const L& loss, const LinkType& link,
                        const Optimizer& optimizer, const ExecutorRef& executor,
                        FunctionRef<bool(Index, Index)> progress) {
  return JointRegression<L, LinkType, Optimizer, Scalar>(samples, options, anchor, start, loss, link, optimizer)
      .run(executor, progress);
}

}  // namespace detail

/// Minimises Σ_i Σ_s w_s loss(r_i + (1 − r_i) L(β_i + Σ_j θ_ij P_sj), y_si) + penalty(θ, β; anchor) over the genes i.
///
/// | policy | concept | default |
/// | --- | --- | --- |
/// | loss | `Loss` | `LeastSquares` |
/// | link L | `Link` | `Logistic` |
/// | optimizer | `RowOptimizer` of the objective with this loss and link | `ProximalNewton` |
/// | executor | `Executor` | `Sequential` |
/// | progress | `Progress`, told of genes fitted once | `IgnoreProgress` |
///
/// Defined for any data: constant or equal columns, more genes than samples, a single sample. Least squares of a
/// sigmoid are not convex: the result is the stationary point reached from `options.start` (θ^{k−1} in (16)). With
/// `ProximalNewton` rows remember O(N + nodes) numbers each between their fits.
/// @throws std::invalid_argument on sizes and options, std::domain_error on values, NumericalError where loss, link or
/// optimizer give no number, Cancelled
/// Cost: a few tens of fits of every gene, O(N · nodes + N k²) per step of `ProximalNewton`, k its regulators.
template <std::floating_point Scalar, class... Policies>
[[nodiscard]] Regression regress(const BasicSamples<Scalar>& samples, const RegressionOptions& options = {},
                                 const Policies&... policies) {
  using Roles = detail::RegressionRoles<detail::ObjectiveOf<Scalar, Policies...>>;
  static_assert((policy_fits<Policies, Roles>() && ...));
  static_assert(count_of<LossRole, Roles, Policies...> <= 1, "regress: more than one Loss");
  static_assert(count_of<LinkRole, Roles, Policies...> <= 1, "regress: more than one Link");
  static_assert(count_of<OptimizerRole<detail::ObjectiveOf<Scalar, Policies...>>, Roles, Policies...> <= 1,
                "regress: more than one RowOptimizer");
  static_assert(count_of<ExecutorRole, Roles, Policies...> <= 1, "regress: more than one Executor");
  static_assert(count_of<ProgressRole, Roles, Policies...> <= 1, "regress: more than one Progress");
  const std::tuple<const Policies&...> all(policies...);
  const auto loss = policy_or<LossRole>(Roles{}, LeastSquares{}, all);
  const auto link = policy_or<LinkRole>(Roles{}, Logistic{}, all);
  const auto optimizer =
      policy_or<OptimizerRole<detail::ObjectiveOf<Scalar, Policies...>>>(Roles{}, ProximalNewton{}, all);
  const auto executor = policy_or<ExecutorRole>(Roles{}, Sequential{}, all);
  auto progress = policy_or<ProgressRole>(Roles{}, IgnoreProgress{}, all);

  validate(samples);
  validate(options, samples.nodes(), samples.inputs());
  const Coefficients anchor = options.anchor.empty() ? Coefficients::zero(samples.nodes()) : options.anchor;
  return detail::regress_from(samples, options, anchor, options.start.empty() ? anchor : options.start, loss, link,
                              optimizer, ExecutorRef(executor), FunctionRef<bool(Index, Index)>(progress));
}

/// A call that left the options out compiles nowhere, and is told so.
template <std::floating_point Scalar, InPlaceOfOptions<RegressionOptions> Given, class... Rest>
auto regress(const BasicSamples<Scalar>&, const Given&, const Rest&...) {
  static_assert(!InPlaceOfOptions<Given, RegressionOptions>,
                "regress: options are left out; argument 2 must be RegressionOptions, regress(samples, {}, policies…)");
}

/// Largest |smallest subgradient| of the joint problem over all coefficients of all genes: 0 exactly at a point that no
/// single coefficient can improve. The optimality condition for tests and users. O(N nodes²).
/// @param policies at most one `Loss` and one `Link`, as of `regress`
/// @throws as `regress`
template <std::floating_point Scalar, class... Policies>
[[nodiscard]] double optimality_residual(const BasicSamples<Scalar>& samples, const Coefficients& coefficients,
                                         const RegressionOptions& options, const Policies&... policies) {
  using Roles = detail::ObjectiveRoles;
  static_assert((policy_fits<Policies, Roles>() && ...));
  static_assert(count_of<LossRole, Roles, Policies...> <= 1, "optimality_residual: more than one Loss");
  static_assert(count_of<LinkRole, Roles, Policies...> <= 1, "optimality_residual: more than one Link");
  const std::tuple<const Policies&...> all(policies...);
  const auto loss = policy_or<LossRole>(Roles{}, LeastSquares{}, all);
  const auto link = policy_or<LinkRole>(Roles{}, Logistic{}, all);

  const Index nodes = samples.nodes();
  const Index inputs = samples.inputs();
  validate(samples);
  validate(options, nodes, inputs);
  validate(coefficients, "optimality_residual", "coefficients", nodes, inputs);
  const Coefficients anchor = options.anchor.empty() ? Coefficients::zero(nodes) : options.anchor;
  const Vector weights = normalised_weights(samples);
  const Matrix opposite = coefficients.interactions.cwiseAbs().transpose();
  double residual = 0.0;
  Vector x(nodes + 1);
  for (Index i = inputs; i < nodes; ++i) {
    const Vector own = target_weights(samples, weights, i);
    const detail::ObjectiveOf<Scalar, Policies...> objective(loss, link, samples.proteins, samples.targets.col(i), own,
                                                             samples.floors[i]);
    x << coefficients.interactions.row(i).transpose(), coefficients.basal[i];
    const RowPenalty penalty = row_penalty(options.penalty, anchor.interactions.row(i).transpose(), anchor.basal[i],
                                           options.movable, i, opposite.row(i).transpose(), inputs);
    residual = larger_or_nan(residual, optimality_residual(objective, penalty, x));
  }
  return residual;
}

}  // namespace cardamom

#ifdef CARDAMOM_PRECOMPILED
namespace cardamom {
extern template Regression detail::regress_from(const BasicSamples<double>&, const RegressionOptions&,
                                                const Coefficients&, const Coefficients&, const LeastSquares&,
                                                const Logistic&, const ProximalNewton&, const ExecutorRef&,
                                                FunctionRef<bool(Index, Index)>);
}  // namespace cardamom
#endif
