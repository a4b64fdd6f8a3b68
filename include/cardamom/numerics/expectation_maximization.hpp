/// @file
/// Expectation–maximisation (Dempster, Laird & Rubin 1977) of any finite mixture, with the squared extrapolation of
/// Varadhan & Roland (Scand. J. Stat. 35, 2008) where the problem knows how to extrapolate its parameters.
///
/// It climbs to the local maximum near its start; several starts are the caller's to make.
#pragma once

#include <cmath>
#include <concepts>
#include <limits>
#include <utility>

#include <cardamom/core/convergence.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom {

/// What expectation–maximisation works on: the data, and the responsibilities found last, with which it starts.
///
/// | expression | type | meaning |
/// | --- | --- | --- |
/// | `P::State` | copyable type | the parameters; `state.weights` has one entry per component |
/// | `problem.maximise(before)` | `State` | the most likely parameters given the responsibilities (M-step); `before` is where a search may start, `State()` at first; may drop components |
/// | `problem.expect(state)` | `double` | sets the responsibilities to those under `state` (E-step); the log-likelihood of `state` |
template <class P>
concept EmProblem = std::default_initializable<typename P::State> && std::copyable<typename P::State> &&
    requires(P& problem, const typename P::State& state) {
  { problem.maximise(state) } -> std::same_as<typename P::State>;
  { problem.expect(state) } -> std::convertible_to<double>;
  { state.weights.size() } -> std::convertible_to<Index>;
};

/// A problem that also offers `problem.extrapolate(zero, one, two)`, a `State` on the way that three successive states
/// show; never dropping components.
template <class P>
concept ExtrapolatingEmProblem = EmProblem<P> && requires(P& problem, const typename P::State& state) {
  { problem.extrapolate(state, state, state) } -> std::same_as<typename P::State>;
};

/// When an EM iteration ends.
struct EmOptions {
  double tolerance = 1e-9;      ///< converged when a step raises the log-likelihood per observation by less, > 0
  Index max_iterations = 1000;  ///< steps after the first maximisation, >= 1
};

/// Throws when a setting is out of range; the error names it, its value and the range.
inline void validate(const EmOptions& options) {
  check_positive("EmOptions", "tolerance", options.tolerance);
  check_at_least("EmOptions", "max_iterations", options.max_iterations, 1);
}

/// What an EM iteration returns: the last state, its log-likelihood, and whether it converged.
template <class State>
struct EmResult {
  State state;
  double log_likelihood = -std::numeric_limits<double>::infinity();  ///< of `state`
  Convergence convergence;  ///< residual: last gain of log-likelihood per observation
};

/// Maximises the likelihood from the responsibilities that the problem holds, and leaves in it those of the result.
///
/// Without extrapolation a step that gains less than the tolerance, or loses, ends the search. With it, two steps tell
/// where they lead (near the optimum they shrink at a constant rate), a third starts from there, and is kept when its
/// start is at least as likely as where the first had come. Such a cycle may start from a point that the M-step, with
/// its bounds on parameters, leaves downhill: there the size of the change decides.
/// @param observations over which the log-likelihood is averaged for the tolerance, > 0
template <EmProblem P>
[[nodiscard]] EmResult<typename P::State> expectation_maximization(P& problem, double observations,
                                                                   const EmOptions& options = {}) {
  using State = typename P::State;
  Convergence convergence{ConvergenceStatus::iteration_limit, 0, std::numeric_limits<double>::infinity()};
  State state = problem.maximise(State());
  double log_likelihood = problem.expect(state);
  while (convergence.iterations < options.max_iterations) {
    State next = problem.maximise(state);
    const double next_log_likelihood = problem.expect(next);
    ++convergence.iterations;
    // Likelihoods of different numbers of components do not tell how far the search still is from its end.
    if (next.weights.size() == state.weights.size()) {
      const double gain = (next_log_likelihood - log_likelihood) / observations;
      convergence.residual = ExtrapolatingEmProblem<P> ? std::abs(gain) : gain;
      if (convergence.residual <= options.tolerance) {
        convergence.status = ConvergenceStatus::converged;
        return {std::move(next), next_log_likelihood, convergence};
      }
    } else {
      convergence.residual = std::numeric_limits<double>::infinity();
    }
    if constexpr (ExtrapolatingEmProblem<P>) {
      State second = problem.maximise(next);
      const State ahead = problem.extrapolate(state, next, second);
      const double ahead_log_likelihood = problem.expect(ahead);
      State third = problem.maximise(ahead);
      convergence.iterations += 2;
      state = ahead_log_likelihood >= next_log_likelihood ? std::move(third) : std::move(second);
      log_likelihood = problem.expect(state);
    } else {
      state = std::move(next);
      log_likelihood = next_log_likelihood;
    }
  }
  return {std::move(state), log_likelihood, convergence};
}

}  // namespace cardamom
