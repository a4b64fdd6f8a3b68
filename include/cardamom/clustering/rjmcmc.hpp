/// @file
/// Clustering with an unknown number of modes (5.2.1): reversible-jump Markov chain Monte Carlo per gene (Richardson &
/// Green 1997) on pooled observations, so that a sweep costs distinct values × modes.
///
/// Priors: number of modes geometric; weights Dirichlet(1); log a_k and log b independent normal, centred on the fit of
/// a single mode (log b is logit p where there is no exposure). Deviations: the number of modes is uniform in the
/// paper's setting; with Dirichlet(1) weights a redundant mode then costs next to nothing (on data of two
/// well-separated modes three are visited half as often as two), so the most visited number says little; `mode_ratio =
/// 1` gives it back. And the moves that change the number of modes use the likelihood with the cells' modes summed out,
/// instead of reallocating the cells.
///
/// This header holds the clusterer; its parts, usable alone, are in `rjmcmc/`: prior, state, moves, chain, summary.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <utility>

#include <cardamom/clustering/gene_clustering.hpp>
#include <cardamom/clustering/rjmcmc/chain.hpp>
#include <cardamom/clustering/rjmcmc/prior.hpp>
#include <cardamom/clustering/rjmcmc/state.hpp>
#include <cardamom/clustering/rjmcmc/summary.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/mixture/family.hpp>
#include <cardamom/mixture/sample.hpp>
#include <cardamom/mixture/shape_floor.hpp>

namespace cardamom {

/// Settings of `Rjmcmc`, the sampler of modes and their number.
struct RjmcmcOptions {
  Index sweeps = 2500;        ///< kept, per chain, >= 4: R-hat compares halves of chains
  Index burn_in = 500;        ///< dropped, per chain, >= 0; random walks adapt here and nowhere else
  Index chains = 4;           ///< >= 1, independent, from different numbers of modes
  Index min_modes = 1;        ///< the number of modes K lies between this, >= 1 …
  Index max_modes = 10;       ///< … and this; equal bounds fix it
  double mode_ratio = 0.2;    ///< prior P(K + 1)/P(K), > 0; 1: uniform
  double log_shape_sd = 3.0;  ///< prior standard deviation of log a_k, > 0: a factor of 20 either way
  double log_b_sd = 2.0;      ///< prior standard deviation of log b, > 0: a factor of 7 either way
  double r_hat_max = 1.05;    ///< chains count as converged when no summary's R-hat is above, > 0
};

/// @throws std::invalid_argument, std::domain_error when an option is out of range
template <class Use = CompiledWhereUsed>
inline void validate(const WhereUsed<RjmcmcOptions, Use>& options) {
  check_at_least("Rjmcmc", "sweeps", options.sweeps, 4);
  check_at_least("Rjmcmc", "burn_in", options.burn_in, 0);
  check_at_least("Rjmcmc", "chains", options.chains, 1);
  check_at_least("Rjmcmc", "min_modes", options.min_modes, 1);
  check_at_least("Rjmcmc", "max_modes", options.max_modes, options.min_modes);
  check_positive("Rjmcmc", "mode_ratio", options.mode_ratio);
  check_positive("Rjmcmc", "log_shape_sd", options.log_shape_sd);
  check_positive("Rjmcmc", "log_b_sd", options.log_b_sd);
  check_positive("Rjmcmc", "r_hat_max", options.r_hat_max);
}

/// Clusterer that finds the number of modes; a cell goes to the mode of highest posterior responsibility.
class Rjmcmc {
 public:
  Rjmcmc() = default;
  /// @throws std::invalid_argument, std::domain_error when an option is out of range
  explicit Rjmcmc(const RjmcmcOptions& options) : options_(options) { validate(options_); }

  const RjmcmcOptions& options() const noexcept { return options_; }

  /// The full posterior of one gene. O(sweeps · chains · distinct values · modes).
  /// @param sample at least two distinct values
  /// @throws std::invalid_argument when the sample is constant
  template <MixtureFamily Family>
  [[nodiscard]] RjmcmcResult run(const WhereUsed<GeneSample, Family>& sample, const Family& family,
                                 RandomStream& random) const {
    if (sample.constant()) {
      throw std::invalid_argument("Rjmcmc::run: sample is constant, must hold at least two distinct values");
    }
    const RjmcmcPrior prior = centred_prior(sample, family);
    RjmcmcRecorder recorder(sample.size(), options_.sweeps, options_.chains, options_.max_modes);
    for (Index chain = 0; chain < options_.chains; ++chain) {
      RandomStream stream(random(), Purpose::clustering, static_cast<std::uint64_t>(chain));
      RjmcmcChain<Family> sampler(family, sample, prior, start(prior, chain, stream));
      for (Index sweep = 0; sweep < options_.burn_in; ++sweep) sampler.sweep(stream, true);
      sampler.forget_acceptance();
      for (Index sweep = 0; sweep < options_.sweeps; ++sweep) {
        const Index modes = sampler.modes();
        sampler.sweep(stream, false);
        recorder.add(chain, sweep, sampler, modes);
      }
      recorder.finish(sampler);
    }
    return recorder.result((options_.sweeps + options_.burn_in) * options_.chains, options_.r_hat_max);
  }

  template <MixtureFamily Family>
  GeneClustering operator()(const WhereUsed<GeneSample, Family>& sample, const Family& family,
                            RandomStream& random) const {
    RjmcmcResult posterior = run(sample, family, random);
    GeneClustering result;
    result.modes = std::move(posterior.modes);
    result.of_observation = most_responsible(posterior.responsibilities);
    return result;
  }

 private:
  /// The prior of `options`, centred on the maximum-likelihood fit of a single mode.
  template <MixtureFamily Family>
  RjmcmcPrior centred_prior(const WhereUsed<GeneSample, Family>& sample, const Family& family) const {
    const SharedFit one = family.fit(sample, Matrix(sample.cells), SharedFitOptions{});
    return {.min_modes = options_.min_modes,
            .max_modes = options_.max_modes,
            .mode_ratio = options_.mode_ratio,
            .log_shape_mean = std::log(std::max(one.shapes[0], smallest_shape)),
            .log_shape_sd = options_.log_shape_sd,
            .log_b_mean = std::log(one.inverse_burst_size),
            .log_b_sd = options_.log_b_sd};
  }

  /// Chains start from min_modes, min_modes + 1, … modes, drawn from the prior but for b. Five different numbers are
  /// enough to see whether the start is forgotten.
  template <class Use = CompiledWhereUsed>
  static RjmcmcState start(const WhereUsed<RjmcmcPrior, Use>& prior, Index chain,
                           WhereUsed<RandomStream, Use>& random) {
    const Index choices = std::min<Index>(prior.max_modes - prior.min_modes + 1, 5);
    const Index modes = prior.min_modes + chain % choices;
    RjmcmcState state;
    state.weights = Vector::Constant(modes, 1.0 / static_cast<double>(modes));
    state.log_shapes.resize(modes);
    for (double& eta : state.log_shapes) eta = prior.log_shape_mean + prior.log_shape_sd * random.normal();
    std::sort(state.log_shapes.begin(), state.log_shapes.end());
    state.log_b = prior.log_b_mean;
    return state;
  }

  RjmcmcOptions options_;
};

}  // namespace cardamom
