/// @file
/// The successive fit (16): θ^k = argmin R_k(θ) + λ |θ − θ^{k−1}|, from θ^0, a prior network or zero.
#pragma once

#include <concepts>
#include <type_traits>
#include <utility>

#include <cardamom/core/error.hpp>
#include <cardamom/regression/regress.hpp>

namespace cardamom {

/// Which coefficients move at which time point.
enum class Release {
  once,   ///< at the first time point that can tell, then kept: β at the first, the stimulus where it first acts
  always  ///< at every time point
};

struct SuccessiveOptions {
  Penalty penalty = {};
  Release basal = Release::once;     ///< β: what the cells do before anything happens
  Release stimulus = Release::once;  ///< θ_i0: direct targets answer first; later answers have other causes
  Index sweeps = 1000;               ///< as RegressionOptions
  double tolerance = 1e-9;           ///< as RegressionOptions
};

inline void validate(const SuccessiveOptions& options, Index genes) {
  validate(RegressionOptions{options.penalty, {}, options.sweeps, options.tolerance}, genes);
}

/// Runs the chain over `count` time points. `samples_at(k)` gives the `BasicSamples` of time point k; `visit(k,
/// regression)` receives its result, which starts time point k + 1.
/// @param prior θ^0 and β^0: anchor and start of the first time point
/// @throws as `regress`
template <Loss L = LeastSquares, class Optimizer = ProximalNewton, Executor E = Sequential, class SamplesAt,
          class Visit>
requires RowOptimizer<Optimizer, RowObjective<L>> && AnySamples<std::invoke_result_t<SamplesAt&, Index>> &&
    std::invocable<Visit&, Index, const Regression&>
void regress_successively(Index count, SamplesAt&& samples_at, Visit&& visit, Coefficients prior,
                          const SuccessiveOptions& options = {}, const L& loss = {}, const Optimizer& optimizer = {},
                          const E& executor = {}) {
  validate(options, prior.genes());
  bool stimulus_seen = false;
  for (Index k = 0; k < count; ++k) {
    const auto samples = samples_at(k);
    const bool acts = samples.size() > 0 && samples.proteins.col(0).maxCoeff() > 0;
    RegressionOptions step{options.penalty, {}, options.sweeps, options.tolerance};
    step.movable.basal = options.basal == Release::always || k == 0;
    step.movable.stimulus = acts && (options.stimulus == Release::always || !stimulus_seen);
    stimulus_seen = stimulus_seen || acts;
    const Regression result = regress(samples, step, prior, prior, loss, optimizer, executor);
    visit(k, result);
    prior = result.coefficients;
  }
}

}  // namespace cardamom
