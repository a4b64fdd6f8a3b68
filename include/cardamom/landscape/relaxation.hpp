/// @file
/// Relaxation: following the deterministic limit (4) from a state until it rests.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/convergence.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/landscape/vector_field.hpp>
#include <cardamom/model/input_levels.hpp>
#include <cardamom/model/model.hpp>

namespace cardamom {

/// Levels are measured in units of max(P_i, 1/c_i), a level or one protein burst, so nothing depends on the scale of
/// the proteins.
struct RelaxationOptions {
  Vector input_levels = {};  ///< level at which each input is held, one per input, >= 0; empty: all at 1
  /// Local error allowed per step of the integrator, in (0, 1e-2]: one hundredth of `rest`, so that the integrator
  /// does not mistake its own error for movement.
  double accuracy = 1e-8;
  /// At rest when |kon_i/(c_i d1_i) − P_i| <= rest for all genes; >= 100 · accuracy. Newton's method starts there, and
  /// converges from much further away.
  double rest = 1e-6;
  /// In lifetimes 1/min d1 of the most stable protein, > 0; what takes longer did not settle. The distance to an
  /// attractor falls like e^(−t·|eigenvalue|): 200 lifetimes are enough for eigenvalues down to d1/15.
  double time_limit = 200;
  Index step_limit = 100000;  ///< integrator steps, >= 1: ends what a discontinuous rate would drag out
};

/// Throws std::invalid_argument or std::domain_error on values out of range.
template <class Use = CompiledWhereUsed>
inline void validate(const WhereUsed<RelaxationOptions, Use>& options) {
  check_all_nonnegative("RelaxationOptions", "input_levels", options.input_levels);
  check_positive("RelaxationOptions", "accuracy", options.accuracy);
  check_in("RelaxationOptions", "accuracy", options.accuracy, 0.0, 1e-2);
  check_positive("RelaxationOptions", "rest", options.rest);
  // An explicit integrator hovers around a rest point at a distance of its own local error.
  if (!(options.rest >= 100.0 * options.accuracy && options.rest < 1.0)) {
    detail::throw_domain("RelaxationOptions", "rest", options.rest, "at least 100 accuracy and below 1");
  }
  check_positive("RelaxationOptions", "time_limit", options.time_limit);
  check_at_least("RelaxationOptions", "step_limit", options.step_limit, 1);
}

/// Integrates a vector field towards rest, by Dormand and Prince's 5(4) pair, stepped by errors in units of
/// max(P_i, 1/c_i), with a look at every step and a budget of steps. `DeterministicLimit`, made to arrive at given
/// times, offers neither. One object serves many starts, one after the other.
template <BurstRate Rate>
class Relaxation {
 public:
  /// @param field must outlive the relaxation
  /// @throws std::invalid_argument, std::domain_error on the options
  Relaxation(const VectorField<Rate>& field, const RelaxationOptions& options)
      : field_(field),
        options_((validate(options), options)),
        input_levels_(input_levels("RelaxationOptions", "input_levels", options.input_levels, field.inputs())),
        time_limit_(field.genes() > 0 ? options.time_limit / field.decay().tail(field.genes()).minCoeff() : 0.0),
        // A first guess only, a hundredth of the shortest lifetime: the step is adapted from there.
        first_step_(field.genes() > 0 ? 0.01 / field.decay().tail(field.genes()).maxCoeff() : 1.0),
        inside_(field.nodes()) {
    for (State* state : {&state_, &slope_, &next_, &next_slope_, &error_}) {
      state->resize(static_cast<std::size_t>(field.nodes()));
    }
  }

  /// Follows the flow from `protein`, in place; entries of inputs are set to their levels.
  /// @param visit `visit(time, protein, residual)` sees the start and every accepted step and may return true to stop
  /// there, which counts as converged
  /// @returns the number of steps, the residual reached, and `iteration_limit` where time or steps ran out
  template <class Visitor>
  Convergence run(WhereUsed<Vector, Rate>& protein, Visitor&& visit) {
    protein.head(field_.inputs()) = input_levels_;
    std::copy(protein.begin(), protein.end(), state_.begin());
    const auto system = [this](const State& state, State& slope, double) {
      // Stages of a step may leave the positive levels, where a rate need not exist; the flow itself stays.
      inside_ = view(state).cwiseMax(0.0);
      field_(inside_, Eigen::Map<Vector>(slope.data(), field_.nodes()));
    };
    system(state_, slope_, 0.0);
    Convergence result{ConvergenceStatus::iteration_limit, 0, 0.0};
    double time = 0.0;
    double step = first_step_;
    for (;;) {
      result.residual = field_.residual(protein, view(slope_));
      if (visit(time, protein, result.residual) || result.residual <= options_.rest) {
        result.status = ConvergenceStatus::converged;
        return result;
      }
      if (time >= time_limit_ || result.iterations >= options_.step_limit) return result;
      for (double error = 0.0;;) {
        stepper_.do_step(system, state_, slope_, time, next_, next_slope_, step, error_);
        error = relative_error(protein);
        // The usual control of a fifth-order method: a safety factor of 0.9, steps grow at most fivefold and shrink at
        // most to a fifth.
        const double factor = 0.9 * std::pow(std::max(error, 1e-10), -0.2);
        if (error <= 1.0) {
          time += step;
          step *= std::min(5.0, factor);
          break;
        }
        step *= std::max(0.2, factor);
      }
      for (double& level : next_) level = std::max(level, 0.0);
      state_.swap(next_);
      slope_.swap(next_slope_);
      protein = view(state_);
      ++result.iterations;
    }
  }

 private:
  using State = std::vector<double>;

  Eigen::Map<const Vector> view(const State& state) const { return {state.data(), field_.nodes()}; }

  /// Estimated error of the last step over the one allowed.
  double relative_error(const WhereUsed<Vector, Rate>& protein) const {
    double largest = 0.0;
    for (Index i = field_.inputs(); i < protein.size(); ++i) {
      largest = std::max(largest, std::abs(error_[static_cast<std::size_t>(i)]) / field_.unit(i, protein[i]));
    }
    return largest / options_.accuracy;
  }

  const VectorField<Rate>& field_;
  RelaxationOptions options_;
  WhereUsed<Vector, Rate> input_levels_;
  double time_limit_;
  double first_step_;
  boost::numeric::odeint::runge_kutta_dopri5<State> stepper_;
  State state_, slope_, next_, next_slope_, error_;
  WhereUsed<Vector, Rate> inside_;
};

/// A relaxation as a curve: states at the integrator's own steps.
struct RelaxationPath {
  Vector times;             ///< [h] since the start
  Matrix proteins;          ///< steps × nodes
  Convergence convergence;  ///< iteration_limit when the path did not come to rest within the time limit
};

/// Follows (4) from `start` until it rests.
/// @param start one level per node, >= 0; entries of inputs are ignored, inputs are held at the options' levels
/// @throws std::invalid_argument, std::domain_error on the arguments, NumericalError on a rate that is not finite or
/// negative
template <BurstRate Rate>
[[nodiscard]] RelaxationPath relax(const BasicModel<Rate>& model, const WhereUsed<VectorIn, Rate>& start,
                                   const RelaxationOptions& options = {}) {
  const VectorField<Rate> field(model);
  check_size("relax", "start", start.size(), field.nodes());
  check_all_nonnegative("relax", "start", start, field.inputs());
  std::vector<double> times;
  std::vector<Vector> states;
  WhereUsed<Vector, Rate> protein = start;
  RelaxationPath path;
  path.convergence =
      Relaxation<Rate>(field, options).run(protein, [&](double time, const WhereUsed<Vector, Rate>& state, double) {
        times.push_back(time);
        states.push_back(state);
        return false;
      });
  path.times = Eigen::Map<const Vector>(times.data(), static_cast<Index>(times.size()));
  path.proteins.resize(path.times.size(), field.nodes());
  for (Index k = 0; k < path.times.size(); ++k) path.proteins.row(k) = states[static_cast<std::size_t>(k)].transpose();
  return path;
}

}  // namespace cardamom
