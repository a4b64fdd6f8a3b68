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
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <cardamom/clustering/cluster.hpp>
#include <cardamom/clustering/detail/rjmcmc_chain.hpp>
#include <cardamom/clustering/diagnostics.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/mixture/family.hpp>

namespace cardamom {

struct RjmcmcOptions {
  Index sweeps = 2500;        ///< kept, per chain
  Index burn_in = 500;        ///< dropped, per chain; random walks adapt here and nowhere else
  Index chains = 4;           ///< independent, from different numbers of modes
  Index min_modes = 1;        ///< the number of modes K lies between this …
  Index max_modes = 10;       ///< … and this; equal bounds fix it
  double mode_ratio = 0.2;    ///< prior P(K + 1)/P(K), > 0; 1: uniform
  double log_shape_sd = 3.0;  ///< prior standard deviation of log a_k: a factor of 20 either way
  double log_b_sd = 2.0;      ///< prior standard deviation of log b
  double r_hat_max = 1.05;    ///< chains count as converged when no summary's R-hat is above
};

/// Posterior of a scalar: mean and central 95 % interval.
struct PosteriorSummary {
  double mean = 0.0;
  double low = 0.0;   ///< 2.5 % quantile
  double high = 0.0;  ///< 97.5 % quantile
};

/// A scalar that does not depend on how modes are named, with what the chains say about their own reliability.
struct ChainSummary {
  std::string name;  ///< "modes", "inverse_burst_size", "log_likelihood", "mean_shape"
  PosteriorSummary posterior;
  double r_hat = 1.0;           ///< rank-normalised, split
  double effective_size = 0.0;  ///< effective sample size over all chains
};

/// Posterior of one gene's mixture.
struct RjmcmcResult {
  Vector mode_posterior;  ///< probability of K modes at [K − 1], K = 1…max_modes
  /// The most visited number of modes; its posterior means, modes sorted by shape in every draw. Convergence: the
  /// residual is the largest R-hat − 1.
  GeneModes modes;
  std::vector<PosteriorSummary> shapes;   ///< per mode of `modes`
  std::vector<PosteriorSummary> weights;  ///< per mode of `modes`
  PosteriorSummary inverse_burst_size;    ///< over the draws with that number of modes
  Matrix responsibilities;                ///< observations × modes, posterior mean over those draws
  std::vector<ChainSummary> summaries;    ///< over all draws
  Vector acceptance;                      ///< rates of the moves `rjmcmc_move_names`; NaN for a move never tried
};

inline constexpr std::array<const char*, detail::mixture_moves> rjmcmc_move_names{"shape", "burst", "scale", "split",
                                                                                  "merge", "birth", "death"};

/// Clusterer that finds the number of modes; a cell goes to the mode of highest posterior responsibility.
class Rjmcmc {
 public:
  Rjmcmc() = default;
  explicit Rjmcmc(const RjmcmcOptions& options) : options_(options) {}

  const RjmcmcOptions& options() const noexcept { return options_; }

  /// The full posterior of one gene. O(sweeps · chains · distinct values · modes).
  /// @param sample at least two distinct values
  template <MixtureFamily Family>
  RjmcmcResult run(const GeneSample& sample, const Family& family, RandomStream& random) const {
    const detail::MixturePrior prior = centred_prior(sample, family);
    Recorder recorder(sample.size(), options_);
    for (Index chain = 0; chain < options_.chains; ++chain) {
      RandomStream stream(random(), Purpose::clustering, static_cast<std::uint64_t>(chain));
      detail::RjmcmcChain<Family> sampler(family, sample, prior, start(prior, chain, stream));
      for (Index sweep = 0; sweep < options_.burn_in; ++sweep) sampler.sweep(stream, true);
      sampler.forget_acceptance();
      for (Index sweep = 0; sweep < options_.sweeps; ++sweep) {
        const Index modes = sampler.modes();
        sampler.sweep(stream, false);
        recorder.add(chain, sweep, sampler, modes);
      }
      recorder.finish(sampler);
    }
    return recorder.result(options_);
  }

  template <MixtureFamily Family>
  GeneClustering operator()(const GeneSample& sample, const Family& family, RandomStream& random) const {
    RjmcmcResult posterior = run(sample, family, random);
    GeneClustering result;
    result.modes = std::move(posterior.modes);
    result.of_observation = detail::most_responsible(posterior.responsibilities);
    return result;
  }

 private:
  template <MixtureFamily Family>
  detail::MixturePrior centred_prior(const GeneSample& sample, const Family& family) const {
    const SharedFit one = family.fit(sample, Matrix(sample.cells), SharedFitOptions{});
    detail::MixturePrior prior;
    prior.min_modes = options_.min_modes;
    prior.max_modes = options_.max_modes;
    prior.mode_ratio = options_.mode_ratio;
    prior.log_shape_mean = std::log(std::max(one.shapes[0], 1e-3));
    prior.log_shape_sd = options_.log_shape_sd;
    prior.log_b_mean = std::log(one.inverse_burst_size);
    prior.log_b_sd = options_.log_b_sd;
    return prior;
  }

  /// Chains start from min_modes, min_modes + 1, … modes (at most five), drawn from the prior but for b.
  static detail::MixtureState start(const detail::MixturePrior& prior, Index chain, RandomStream& random) {
    const Index choices = std::min<Index>(prior.max_modes - prior.min_modes + 1, 5);
    const Index modes = prior.min_modes + chain % choices;
    detail::MixtureState state;
    state.weights = Vector::Constant(modes, 1.0 / static_cast<double>(modes));
    state.log_shapes.resize(modes);
    for (double& eta : state.log_shapes) eta = prior.log_shape_mean + prior.log_shape_sd * random.normal();
    std::sort(state.log_shapes.begin(), state.log_shapes.end());
    state.log_b = prior.log_b_mean;
    return state;
  }

  static PosteriorSummary summarise(std::vector<double> draws) {
    std::sort(draws.begin(), draws.end());
    const auto quantile = [&draws](double share) {
      return draws[static_cast<std::size_t>(share * static_cast<double>(draws.size() - 1) + 0.5)];
    };
    double sum = 0.0;
    for (const double x : draws) sum += x;
    return {sum / static_cast<double>(draws.size()), quantile(0.025), quantile(0.975)};
  }

  /// Draws of all chains, by number of modes.
  class Recorder {
   public:
    Recorder(Index observations, const RjmcmcOptions& options)
        : modes_(options.sweeps, options.chains),
          burst_(options.sweeps, options.chains),
          likelihood_(options.sweeps, options.chains),
          mean_shape_(options.sweeps, options.chains),
          draws_(static_cast<std::size_t>(options.max_modes)),
          responsibilities_(static_cast<std::size_t>(options.max_modes)),
          responsibility_draws_(static_cast<std::size_t>(options.max_modes), 0.0),
          proposed_(Vector::Zero(static_cast<Index>(detail::mixture_moves))),
          accepted_(proposed_),
          observations_(observations) {}

    template <class Chain>
    void add(Index chain, Index sweep, const Chain& sampler, Index modes_before) {
      const detail::MixtureState& state = sampler.state();
      const Vector shapes = state.log_shapes.array().exp();
      modes_(sweep, chain) = static_cast<double>(sampler.modes());
      burst_(sweep, chain) = std::exp(state.log_b);
      likelihood_(sweep, chain) = sampler.log_likelihood();
      mean_shape_(sweep, chain) = state.weights.dot(shapes);
      std::vector<double>& draws = draws_[static_cast<std::size_t>(sampler.modes()) - 1];
      draws.push_back(std::exp(state.log_b));
      draws.insert(draws.end(), shapes.begin(), shapes.end());
      draws.insert(draws.end(), state.weights.begin(), state.weights.end());
      // The responsibilities a sweep has computed are those of the state it started from.
      const auto before = static_cast<std::size_t>(modes_before) - 1;
      if (responsibilities_[before].size() == 0) responsibilities_[before] = Matrix::Zero(observations_, modes_before);
      responsibilities_[before] += sampler.responsibilities();
      responsibility_draws_[before] += 1.0;
    }

    template <class Chain>
    void finish(const Chain& sampler) {
      for (std::size_t move = 0; move < detail::mixture_moves; ++move) {
        proposed_[static_cast<Index>(move)] += sampler.proposed()[move];
        accepted_[static_cast<Index>(move)] += sampler.accepted()[move];
      }
    }

    RjmcmcResult result(const RjmcmcOptions& options) const {
      RjmcmcResult result;
      const double total = static_cast<double>(options.sweeps) * static_cast<double>(options.chains);
      result.mode_posterior = Vector::Zero(options.max_modes);
      for (Index k = 0; k < options.max_modes; ++k) {
        result.mode_posterior[k] =
            static_cast<double>(draws_[static_cast<std::size_t>(k)].size()) / static_cast<double>(2 * k + 3) / total;
      }
      Index best = 0;
      result.mode_posterior.maxCoeff(&best);
      const Index count = best + 1;
      const auto chosen = static_cast<std::size_t>(best);

      const std::vector<double>& draws = draws_[chosen];
      const auto width = static_cast<std::size_t>(2 * count + 1);
      const auto column = [&](std::size_t which) {
        std::vector<double> values;
        for (std::size_t i = which; i < draws.size(); i += width) values.push_back(draws[i]);
        return summarise(std::move(values));
      };
      result.inverse_burst_size = column(0);
      result.modes.inverse_burst_size = result.inverse_burst_size.mean;
      result.modes.shapes.resize(count);
      result.modes.weights.resize(count);
      for (Index k = 0; k < count; ++k) {
        result.shapes.push_back(column(static_cast<std::size_t>(1 + k)));
        result.weights.push_back(column(static_cast<std::size_t>(1 + count + k)));
        result.modes.shapes[k] = result.shapes.back().mean;
        result.modes.weights[k] = result.weights.back().mean;
      }
      result.modes.weights /= result.modes.weights.sum();
      result.modes.informative = count > 1;
      if (responsibility_draws_[chosen] > 0) {
        result.responsibilities = responsibilities_[chosen] / responsibility_draws_[chosen];
      } else {  // visited by a last sweep only
        result.responsibilities = Matrix::Constant(observations_, count, 1.0 / static_cast<double>(count));
      }
      result.acceptance = accepted_.cwiseQuotient(proposed_);

      double worst = 1.0;
      const std::pair<const char*, const Matrix*> summaries[] = {{"modes", &modes_},
                                                                 {"inverse_burst_size", &burst_},
                                                                 {"log_likelihood", &likelihood_},
                                                                 {"mean_shape", &mean_shape_}};
      for (const auto& [name, values] : summaries) {
        ChainSummary summary;
        summary.name = name;
        summary.posterior = summarise(std::vector<double>(values->data(), values->data() + values->size()));
        summary.r_hat = rank_normalised_r_hat(*values);
        summary.effective_size = effective_sample_size(*values);
        worst = std::max(worst, summary.r_hat);
        result.summaries.push_back(std::move(summary));
      }
      result.modes.convergence.iterations = (options.sweeps + options.burn_in) * options.chains;
      result.modes.convergence.residual = worst - 1.0;
      result.modes.convergence.status =
          worst <= options.r_hat_max ? ConvergenceStatus::converged : ConvergenceStatus::iteration_limit;
      return result;
    }

   private:
    Matrix modes_, burst_, likelihood_, mean_shape_;  // sweeps × chains
    std::vector<std::vector<double>> draws_;          // per K, one after the other: b, shapes, weights
    std::vector<Matrix> responsibilities_;            // per K, sums
    std::vector<double> responsibility_draws_;
    Vector proposed_, accepted_;
    Index observations_;
  };

  RjmcmcOptions options_;
};

inline void validate(const Rjmcmc& clusterer) {
  const RjmcmcOptions& options = clusterer.options();
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

}  // namespace cardamom
