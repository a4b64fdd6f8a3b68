/// @file
/// Relaxation: following the deterministic limit (4) from a state until it rests.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include <cardamom/core/convergence.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/landscape/detail/drift.hpp>

namespace cardamom {

/// Levels are measured in units of max(P_i, 1/c_i), a level or one protein burst, so nothing depends on the scale of
/// the proteins.
struct RelaxationOptions {
  double stimulus = 1.0;      ///< level of the stimulus, held; >= 0
  double accuracy = 1e-8;     ///< local error allowed per step of the integrator, in (0, 1e-2]
  double rest = 1e-6;         ///< at rest when |kon_i/(c_i d1_i) − P_i| <= rest for all genes; >= 100 · accuracy
  double time_limit = 200;    ///< in lifetimes 1/min d1 of the most stable protein, > 0: longer is "did not settle"
  Index step_limit = 100000;  ///< integrator steps, >= 1: ends what a discontinuous rate would drag out
};

/// Throws std::domain_error on values out of range.
inline void validate(const RelaxationOptions& options) {
  check_nonnegative("RelaxationOptions", "stimulus", options.stimulus);
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

namespace detail {

/// Dormand and Prince's 5(4) pair, stepped by errors in units of max(P_i, 1/c_i), with a look at every step and a
/// budget of steps: what a search for rest needs and `DeterministicLimit`, made to arrive at given times, does not
/// offer.
template <BurstRate Rate>
class Relaxation {
 public:
  Relaxation(const Drift<Rate>& drift, const RelaxationOptions& options)
      : drift_(drift),
        options_(options),
        time_limit_(drift.genes() > 1 ? options.time_limit / drift.decay().tail(drift.genes() - 1).minCoeff() : 0.0),
        first_step_(drift.genes() > 1 ? 0.01 / drift.decay().tail(drift.genes() - 1).maxCoeff() : 1.0),
        inside_(drift.genes()) {
    for (State* state : {&state_, &slope_, &next_, &next_slope_, &error_}) {
      state->resize(static_cast<std::size_t>(drift.genes()));
    }
  }

  /// Follows the flow from `protein`, in place. `visit(time, protein, unrest)` sees the start and every accepted step
  /// and may return true to stop there; that counts as converged. Entry 0 is set to the stimulus.
  template <class Visitor>
  Convergence run(Vector& protein, Visitor&& visit) {
    protein[0] = options_.stimulus;
    std::copy(protein.begin(), protein.end(), state_.begin());
    const auto system = [this](const State& state, State& slope, double) {
      // Stages of a step may leave the positive levels, where a rate need not exist; the flow itself stays.
      inside_ = view(state).cwiseMax(0.0);
      drift_(inside_, Eigen::Map<Vector>(slope.data(), drift_.genes()));
    };
    system(state_, slope_, 0.0);
    Convergence result{ConvergenceStatus::iteration_limit, 0, 0.0};
    double time = 0.0;
    double step = first_step_;
    for (;;) {
      result.residual = drift_.unrest(protein, view(slope_));
      if (visit(time, protein, result.residual) || result.residual <= options_.rest) {
        result.status = ConvergenceStatus::converged;
        return result;
      }
      if (time >= time_limit_ || result.iterations >= options_.step_limit) return result;
      for (double error = 0.0;;) {
        stepper_.do_step(system, state_, slope_, time, next_, next_slope_, step, error_);
        error = relative_error(protein);
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

  Eigen::Map<const Vector> view(const State& state) const { return {state.data(), drift_.genes()}; }

  /// Estimated error of the last step over the one allowed.
  double relative_error(const Vector& protein) const {
    double largest = 0.0;
    for (Index i = 1; i < protein.size(); ++i) {
      largest = std::max(largest, std::abs(error_[static_cast<std::size_t>(i)]) / drift_.scale(i, protein[i]));
    }
    return largest / options_.accuracy;
  }

  const Drift<Rate>& drift_;
  const RelaxationOptions& options_;
  double time_limit_;
  double first_step_;
  boost::numeric::odeint::runge_kutta_dopri5<State> stepper_;
  State state_, slope_, next_, next_slope_, error_;
  Vector inside_;
};

}  // namespace detail

/// A relaxation as a curve: states at the integrator's own steps.
struct RelaxationPath {
  Vector times;             ///< [h] since the start
  Matrix proteins;          ///< steps × G
  Convergence convergence;  ///< iteration_limit when the path did not come to rest within the time limit
};

/// Follows (4) from `start` until it rests.
/// @param start length G, >= 0; entry 0 is ignored, the stimulus is held at the option's level
/// @throws std::invalid_argument, std::domain_error on the arguments, NumericalError on a rate that is not finite or
/// negative
template <BurstRate Rate>
RelaxationPath relax(const Kinetics& kinetics, const Rate& rate, const VectorIn& start,
                     const RelaxationOptions& options = {}) {
  validate(options);
  const detail::Drift<Rate> drift(kinetics, rate);
  check_size("relax", "start", start.size(), drift.genes());
  check_all_nonnegative("relax", "start", start, 1);
  std::vector<double> times;
  std::vector<Vector> states;
  Vector protein = start;
  RelaxationPath path;
  path.convergence =
      detail::Relaxation<Rate>(drift, options).run(protein, [&](double time, const Vector& state, double) {
        times.push_back(time);
        states.push_back(state);
        return false;
      });
  path.times = Eigen::Map<const Vector>(times.data(), static_cast<Index>(times.size()));
  path.proteins.resize(path.times.size(), drift.genes());
  for (Index k = 0; k < path.times.size(); ++k) path.proteins.row(k) = states[static_cast<std::size_t>(k)].transpose();
  return path;
}

}  // namespace cardamom
