/// @file
/// Proximal Newton with working sets: the default optimizer, for objectives that see their coefficients through X x.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <Eigen/Cholesky>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/numerics/penalised_quadratic.hpp>
#include <cardamom/regression/optimizer.hpp>

namespace cardamom {

/// Limits of `ProximalNewton`.
struct ProximalNewtonOptions {
  Index max_iterations = 500;  ///< budget of Newton steps, >= 1: rows take tens, undecided ones more
  double tolerance = 1e-10;    ///< on the largest subgradient (units of the objective per unit coefficient), > 0
  /// Largest change of a coefficient in one step, > 0: by 4 the logistic link goes from 0.12 to 0.88, beyond which no
  /// quadratic model of it holds.
  double trust_radius = 4.0;
  /// Coefficients that may enter the working set at once, >= 1: the few regulators of a gene are found in one or two
  /// admissions, and models, whose cost grows with their square, stay small.
  Index growth = 10;
};

/// Throws when a setting is out of range; the error names it, its value and the range.
inline void validate(const ProximalNewtonOptions& options) {
  check_at_least("ProximalNewtonOptions", "max_iterations", options.max_iterations, 1);
  check_at_least("ProximalNewtonOptions", "growth", options.growth, 1);
  check_positive("ProximalNewtonOptions", "tolerance", options.tolerance);
  check_positive("ProximalNewtonOptions", "trust_radius", options.trust_radius);
}

/// Coefficients off the kinks of the penalty, and those that most want to leave one, form a working set; on it, damped
/// Newton steps minimise a quadratic model plus the exact penalty (coordinate descent, finished by a Cholesky solve
/// once the pieces of the penalty are known). A step that does not lower the total is damped more and tried again. The
/// full gradient is needed only to admit coefficients. Cost: O(N G) per admission, O(N k²) per step, k the working set.
class ProximalNewton {
 public:
  /// Many rows that will be fitted profit from products known beforehand.
  static constexpr bool asks_nearly_all_columns = true;

  ProximalNewton() = default;
  explicit ProximalNewton(const ProximalNewtonOptions& options) : options_(options) { validate(options); }

  template <LinearObjective Objective>
  Convergence minimize(const Objective& objective, const RowPenalty& penalty, WhereUsed<VectorOut, Objective> x) const {
    State state(objective.samples(), objective.size());
    for (Index j = 0; j < x.size(); ++j) {
      if (!penalty.is_free(j)) x[j] = penalty.anchor[j];
    }
    begin(objective, penalty, x, state);
    Convergence result{ConvergenceStatus::iteration_limit, 0, 0.0};
    double before = std::numeric_limits<double>::infinity();
    bool stuck = false;
    for (;;) {
      result.residual = select(objective, state);
      if (result.residual <= options_.tolerance && !std::isnan(state.value)) {
        result.status = ConvergenceStatus::converged;
        break;
      }
      if (result.iterations >= options_.max_iterations) break;
      if (std::isnan(result.residual) || std::isnan(state.value) || (stuck && result.residual >= before)) {
        result.status = ConvergenceStatus::stalled;
        break;
      }
      before = result.residual;
      if constexpr (GroupingObjective<Objective>) {
        stuck = !descend_in_groups(objective, penalty, x, state, result.iterations);
      } else {
        stuck = !descend(objective, penalty, x, state, result.iterations);
      }
      for (const Index j : state.working) at(state.slopes, j) = penalty.slopes(j, x[j]);
    }
    return result;
  }

 private:
  template <class T>
  static T& at(std::vector<T>& all, Index j) {
    return all[static_cast<std::size_t>(j)];
  }

  struct State {
    template <class = CompiledWhereUsed>
    State(Index samples, Index size)
        : argument(Vector::Zero(samples)),
          slope(samples),
          curvature(samples),
          majorant(samples),
          trial_argument(samples),
          trial_slope(samples),
          trial_curvature(samples),
          trial_majorant(samples),
          scaled(samples),
          gradient(size),
          error(size) {}

    Vector argument, slope, curvature, majorant;
    Vector trial_argument, trial_slope, trial_curvature, trial_majorant;
    Vector scaled;
    Vector gradient;
    Vector error;  // of the gradient's entries
    double value = 0.0;
    std::vector<RowPenalty::Slopes> slopes;  // of the penalty where the coefficients are
    std::vector<Index> working;
    std::vector<Index> waiting;
    std::vector<double> pull;
    Matrix hessian;
    Vector step;
    Vector model_gradient;
  };

  /// Everything in the state that belongs to the point x.
  template <class Objective>
  static void begin(const Objective& objective, const RowPenalty& penalty, const WhereUsed<VectorIn, Objective>& x,
                    State& state) {
    for (Index j = 0; j < x.size(); ++j) {
      if (x[j] != 0.0) objective.add_column(j, x[j], state.argument);
      state.slopes.push_back(penalty.slopes(j, x[j]));
    }
    state.value = objective.evaluate(state.argument, state.slope, state.curvature, state.majorant);
  }

  /// The gradient as far as the working set depends on it: entries that are not exact belong to coefficients which stay
  /// where they are for any gradient within the error.
  template <class Objective>
  static void find_gradient(const Objective& objective, State& state) {
    constexpr double any = std::numeric_limits<double>::infinity();
    if (objective.nearly_all_columns(state.slope, any, state.gradient, state.error) == 0.0) return;
    const auto stays = [&](Index j) {
      const RowPenalty::Slopes& slopes = at(state.slopes, j);
      return state.gradient[j] + slopes.high >= state.error[j] && state.gradient[j] + slopes.low <= -state.error[j];
    };
    state.waiting.clear();
    for (Index j = 0; j < state.gradient.size(); ++j) {
      if (!stays(j)) state.waiting.push_back(j);
    }
    if (static_cast<Index>(state.waiting.size()) > state.gradient.size() / 4) {
      objective.nearly_all_columns(state.slope, 0.0, state.gradient, state.error);
    } else {
      for (const Index j : state.waiting) state.gradient[j] = objective.dot_column(j, state.slope);
    }
  }

  /// Fills the working set; returns the residual over all coefficients.
  template <class Objective>
  double select(const Objective& objective, State& state) const {
    find_gradient(objective, state);
    double residual = 0.0;
    state.working.clear();
    state.waiting.clear();
    state.pull.assign(state.slopes.size(), 0.0);
    for (Index j = 0; j < state.gradient.size(); ++j) {
      const RowPenalty::Slopes& slopes = at(state.slopes, j);
      if (std::isinf(slopes.low) && std::isinf(slopes.high)) continue;  // clamped
      const double violation = std::abs(slopes.least_with(state.gradient[j]));
      residual = larger_or_nan(residual, violation);
      if (slopes.low == slopes.high) {
        state.working.push_back(j);
      } else if (violation > 0.0) {
        state.waiting.push_back(j);
        at(state.pull, j) = violation;
      }
    }
    const auto admitted = std::min<std::size_t>(state.waiting.size(), static_cast<std::size_t>(options_.growth));
    std::partial_sort(state.waiting.begin(), state.waiting.begin() + static_cast<std::ptrdiff_t>(admitted),
                      state.waiting.end(), [&](Index a, Index b) {
                        const double pa = at(state.pull, a);
                        const double pb = at(state.pull, b);
                        return pa > pb || (pa == pb && a < b);
                      });
    state.working.insert(state.working.end(), state.waiting.begin(),
                         state.waiting.begin() + static_cast<std::ptrdiff_t>(admitted));
    std::sort(state.working.begin(), state.working.end());
    return residual;
  }

  /// `descend` on the groups of samples that the coefficients at work or off zero cannot tell apart, where those are
  /// few.
  template <class Objective>
  bool descend_in_groups(const Objective& objective, const RowPenalty& penalty, WhereUsed<VectorOut, Objective> x,
                         State& state, Index& iterations) const {
    std::vector<Index> columns;
    std::vector<Index> working;  // places of the working set among the columns
    auto next = state.working.begin();
    for (Index j = 0; j < x.size(); ++j) {
      const bool works = next != state.working.end() && *next == j;
      if (works) {
        ++next;
        working.push_back(static_cast<Index>(columns.size()));
      }
      if (works || x[j] != 0.0 || j + 1 == x.size()) columns.push_back(j);
    }
    const auto groups = objective.grouped(columns);
    if (!groups) return descend(objective, penalty, x, state, iterations);
    const auto row = groups->row();
    const RowPenalty part{penalty.anchor(columns), penalty.change(columns), penalty.magnitude(columns), penalty.limit};
    WhereUsed<Vector, Objective> point = x(columns);
    State inner(row.samples(), row.size());
    begin(row, part, point, inner);
    inner.working = std::move(working);
    const bool moved = descend(row, part, point, inner, iterations);
    x(columns) = point;
    state.value = inner.value;
    state.argument.setZero();
    for (const Index j : columns) {
      if (x[j] != 0.0) objective.add_column(j, x[j], state.argument);
    }
    objective.spread(*groups, inner.slope, state.slope);
    objective.spread(*groups, inner.curvature, state.curvature);
    objective.spread(*groups, inner.majorant, state.majorant);
    return moved;
  }

  /// Newton steps on the working set until its residual is small; false when no step lowers the total any more.
  template <class Objective>
  bool descend(const Objective& objective, const RowPenalty& penalty, WhereUsed<VectorOut, Objective> x, State& state,
               Index& iterations) const {
    state.step.resize(static_cast<Index>(state.working.size()));
    state.model_gradient.resize(state.step.size());
    double damping = 0.0;
    bool moved = false;
    double first_residual = -1.0;
    while (iterations < options_.max_iterations) {
      const double residual = find_model_gradient(objective, penalty, x, state);
      if (first_residual < 0.0) first_residual = residual;
      // Far from the end it is not worth solving the sub-problem further than the coefficients still outside.
      if (residual <= std::max(inside * options_.tolerance, moved ? far_from_end * first_residual : 0.0)) return true;
      const bool close = residual < exact_below;
      if (!close || !hessian(objective, state, state.curvature)) hessian(objective, state, state.majorant);

      bool accepted = false;
      while (iterations < options_.max_iterations && !accepted) {
        ++iterations;
        solve_model(penalty, x, state, damping);
        if (state.step.isZero(0.0)) return moved;
        accepted = try_step(objective, penalty, x, state);
        if (accepted) {
          damping *= 0.1;
          if (damping < least_damping) damping = 0.0;
        } else {
          damping = std::max(4.0 * damping, first_damping * std::max(state.hessian.diagonal().maxCoeff(), 1e-6));
          if (damping > most_damping) break;
        }
      }
      if (!accepted) return moved;
      moved = true;
    }
    return moved;
  }

  /// Gradient of the objective on the working set; the largest subgradient there.
  template <class Objective>
  static double find_model_gradient(const Objective& objective, const RowPenalty& penalty,
                                    const WhereUsed<VectorIn, Objective>& x, State& state) {
    double residual = 0.0;
    for (Index a = 0; a < state.model_gradient.size(); ++a) {
      const Index j = state.working[static_cast<std::size_t>(a)];
      state.model_gradient[a] = objective.dot_column(j, state.slope);
      residual = larger_or_nan(residual, std::abs(penalty.subgradient(j, x[j], state.model_gradient[a])));
    }
    return residual;
  }

  /// Takes the step of the model if it lowers the total by a share of what the model predicts.
  template <class Objective>
  static bool try_step(const Objective& objective, const RowPenalty& penalty, WhereUsed<VectorOut, Objective> x,
                       State& state) {
    double change = 0.0;  // of the penalty
    state.trial_argument = state.argument;
    for (Index a = 0; a < state.step.size(); ++a) {
      const Index j = state.working[static_cast<std::size_t>(a)];
      const double d = state.step[a];
      if (d == 0.0) continue;
      change += penalty.value(j, x[j] + d) - penalty.value(j, x[j]);
      objective.add_column(j, d, state.trial_argument);
    }
    const double value =
        objective.evaluate(state.trial_argument, state.trial_slope, state.trial_curvature, state.trial_majorant);
    const double gain = state.value - value - change;
    const double predicted =
        -state.model_gradient.dot(state.step) - change - 0.5 * state.step.dot(state.hessian * state.step);
    // Near the optimum the gain drowns in rounding: a Newton step is then taken because its model is right.
    const double noise = rounding * std::max(state.value, 1e-3);
    const bool lowers =
        gain >= sufficient * std::max(predicted, 0.0) - noise && (gain > 0.0 || predicted <= 100.0 * noise);
    if (!lowers) return false;
    for (Index a = 0; a < state.step.size(); ++a) {
      const Index j = state.working[static_cast<std::size_t>(a)];
      x[j] = landing(penalty, j, x[j], state.step[a]);
    }
    state.argument.swap(state.trial_argument);
    state.slope.swap(state.trial_slope);
    state.curvature.swap(state.trial_curvature);
    state.majorant.swap(state.trial_majorant);
    state.value = value;
    return true;
  }

  // Adding a step rounds: land on the kink the model chose, not beside it.
  template <class Use = CompiledWhereUsed>
  static double landing(const WhereUsed<RowPenalty, Use>& penalty, Index j, double x, double step) {
    const double sum = x + step;
    if (step == -x) return 0.0;
    if (step == penalty.anchor[j] - x) return penalty.anchor[j];
    return sum;
  }

  /// X_Wᵀ diag(h) X_W; false when it is not safely positive definite.
  template <class Objective>
  static bool hessian(const Objective& objective, State& state, const WhereUsed<Vector, Objective>& h) {
    const auto size = static_cast<Index>(state.working.size());
    state.hessian.resize(size, size);
    for (Index a = 0; a < size; ++a) {
      objective.scaled_column(state.working[static_cast<std::size_t>(a)], h, state.scaled);
      for (Index b = 0; b <= a; ++b) {
        state.hessian(a, b) = objective.dot_column(state.working[static_cast<std::size_t>(b)], state.scaled);
        state.hessian(b, a) = state.hessian(a, b);
      }
    }
    const Eigen::LDLT<Matrix> factors(state.hessian);
    return factors.info() == Eigen::Success && factors.isPositive() &&
           factors.vectorD().minCoeff() > safely_definite * factors.vectorD().maxCoeff();
  }

  /// argmin_d gᵀd + ½ dᵀ(H + damping I)d + penalty(x + d), |d| <= trust.
  template <class Use = CompiledWhereUsed>
  void solve_model(const WhereUsed<RowPenalty, Use>& penalty, const WhereUsed<VectorIn, Use>& x,
                   WhereUsed<State, Use>& state, double damping) const {
    const double ridge = damping + flat;
    state.step.setZero();
    WhereUsed<Vector, Use> slope = state.model_gradient;  // g + (H + ridge I) d
    const auto move = [&](Index a) {
      const Index j = state.working[static_cast<std::size_t>(a)];
      const double diagonal = state.hessian(a, a) + ridge;
      const double current = x[j] + state.step[a];
      double target = penalty.proximal(j, current - slope[a] / diagonal, 1.0 / diagonal);
      target = std::clamp(target, x[j] - options_.trust_radius, x[j] + options_.trust_radius);
      if (target != current) state.step[a] = target - x[j];
      return target - current;
    };
    for (int round = 0; round < 20; ++round) {
      for (int i = 0; i < 8; ++i) {
        if (descend_coordinates(state.hessian, ridge, slope, move) <= 1e-13) return;
      }
      if (finish(penalty, x, state, ridge)) return;
      slope = state.model_gradient + state.hessian * state.step + ridge * state.step;
    }
  }

  /// Active-set solution of the model: solves the linear system of the pieces of the penalty the coefficients are on,
  /// walks there, and stops at the first kink or bound on the way, which then holds its coefficient. Almost equal
  /// columns make the model flat along their difference: the walk crosses such a ridge in one step, coordinate descent
  /// never.
  /// @return whether those held at kinks want to stay
  template <class Use = CompiledWhereUsed>
  bool finish(const WhereUsed<RowPenalty, Use>& penalty, const WhereUsed<VectorIn, Use>& x,
              WhereUsed<State, Use>& state, double ridge) const {
    for (auto walks = static_cast<Index>(state.working.size()); walks >= 0; --walks) {
      const std::vector<Index> moving = between_kinks(penalty, x, state);
      if (moving.empty()) break;
      const WhereUsed<Vector, Use> shift = to_stationary(penalty, x, state, moving, ridge);
      if (!shift.allFinite()) return false;
      if (!walk(penalty, x, state, moving, shift)) break;
    }
    for (std::size_t a = 0; a < state.working.size(); ++a) {
      const Index j = state.working[a];
      const auto k = static_cast<Index>(a);
      if (std::abs(state.step[k]) >= options_.trust_radius) continue;
      const double at = landing(penalty, j, x[j], state.step[k]);
      if (!penalty.at_kink(j, at)) continue;
      const double g = state.model_gradient[k] + state.hessian.row(k).dot(state.step) + ridge * state.step[k];
      if (std::abs(penalty.subgradient(j, at, g)) > 0.1 * options_.tolerance) return false;
    }
    return true;
  }

  /// Positions in the working set of the coefficients that neither a kink nor the trust region holds.
  template <class Use = CompiledWhereUsed>
  std::vector<Index> between_kinks(const WhereUsed<RowPenalty, Use>& penalty, const WhereUsed<VectorIn, Use>& x,
                                   const WhereUsed<State, Use>& state) const {
    std::vector<Index> moving;
    for (Index a = 0; a < state.step.size(); ++a) {
      const Index j = state.working[static_cast<std::size_t>(a)];
      if (std::abs(state.step[a]) >= options_.trust_radius) continue;
      if (!penalty.at_kink(j, landing(penalty, j, x[j], state.step[a]))) moving.push_back(a);
    }
    return moving;
  }

  /// From the present step to the stationary point of the moving coefficients' pieces; NaN when there is none.
  template <class Use = CompiledWhereUsed>
  static Vector to_stationary(const WhereUsed<RowPenalty, Use>& penalty, const WhereUsed<VectorIn, Use>& x,
                              const WhereUsed<State, Use>& state, const std::vector<Index>& moving, double ridge) {
    const auto free = static_cast<Index>(moving.size());
    WhereUsed<Matrix, Use> system(free, free);
    WhereUsed<Vector, Use> right(free);
    for (Index p = 0; p < free; ++p) {
      const Index a = moving[static_cast<std::size_t>(p)];
      const Index j = state.working[static_cast<std::size_t>(a)];
      const double rest =
          state.model_gradient[a] + penalty.slope(j, x[j] + state.step[a]) + state.hessian.col(a).dot(state.step);
      right[p] = -(rest + ridge * state.step[a]);
      for (Index q = 0; q < free; ++q) system(p, q) = state.hessian(a, moving[static_cast<std::size_t>(q)]);
      system(p, p) += ridge;
    }
    const Eigen::LLT<Matrix> factors(system);
    if (factors.info() != Eigen::Success) return Vector::Constant(free, std::numeric_limits<double>::quiet_NaN());
    return factors.solve(right);
  }

  /// Adds the shift as far as no coefficient leaves its piece; whether a kink or bound was in the way.
  template <class Use = CompiledWhereUsed>
  bool walk(const WhereUsed<RowPenalty, Use>& penalty, const WhereUsed<VectorIn, Use>& x, WhereUsed<State, Use>& state,
            const std::vector<Index>& moving, const WhereUsed<Vector, Use>& shift) const {
    double share = 1.0;
    Index first = -1;
    double wall = 0.0;  // step at which the first coefficient is held
    for (Index p = 0; p < shift.size(); ++p) {
      if (shift[p] == 0.0) continue;
      const Index a = moving[static_cast<std::size_t>(p)];
      const Index j = state.working[static_cast<std::size_t>(a)];
      const auto meet = [&](double step) {
        const double reach = (step - state.step[a]) / shift[p];
        if (reach > 0.0 && reach < share) {
          share = reach;
          first = a;
          wall = step;
        }
      };
      if (penalty.change[j] > 0.0) meet(penalty.anchor[j] - x[j]);
      if (penalty.magnitude[j] > 0.0) meet(-x[j]);
      meet(std::copysign(penalty.limit, shift[p]) - x[j]);
      meet(std::copysign(options_.trust_radius, shift[p]));
    }
    for (Index p = 0; p < shift.size(); ++p) state.step[moving[static_cast<std::size_t>(p)]] += share * shift[p];
    if (first >= 0) state.step[first] = wall;
    return first >= 0;
  }

  // Curvature added to every model: along the difference of equal columns, where only rounding has a slope, it holds
  // the coefficients where they are; a true slope still moves them.
  static constexpr double flat = 1e-9;
  // Below this ratio of pivots a Hessian is singular up to rounding, and steps along its flat directions are noise.
  static constexpr double safely_definite = 1e-9;
  // The working set is solved to this share of the tolerance, so that the whole row meets it;
  static constexpr double inside = 0.2;
  // or to this share of its first residual while other coefficients still wait for admission.
  static constexpr double far_from_end = 1e-3;
  // Residual below which the exact curvature is used, which may be indefinite farther out; above it, the majorant.
  static constexpr double exact_below = 1e-4;
  // Share of the predicted gain a step must bring (Armijo's condition with a usual constant).
  static constexpr double sufficient = 0.1;
  // Relative rounding error of a sum of losses: about a hundred units in the last place.
  static constexpr double rounding = 2e-14;
  // A first damping of a hundredth of the largest curvature shortens steps along flat directions only; beyond the most,
  // steps are too short to matter; below the least, damping changes no digit.
  static constexpr double first_damping = 1e-2;
  static constexpr double most_damping = 1e8;
  static constexpr double least_damping = 1e-8;

  ProximalNewtonOptions options_;
};

}  // namespace cardamom
