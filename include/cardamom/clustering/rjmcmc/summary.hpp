/// @file
/// Draws of the reversible-jump sampler and their summary: the posterior of the number of modes, and of the parameters
/// given the most visited number, with diagnostics of the chains.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <cardamom/clustering/diagnostics.hpp>
#include <cardamom/clustering/modes.hpp>
#include <cardamom/clustering/rjmcmc/moves.hpp>
#include <cardamom/clustering/rjmcmc/state.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/convergence.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom {

/// Posterior of a scalar: mean and central 95 % interval.
struct PosteriorSummary {
  double mean = 0.0;
  double low = 0.0;   ///< 2.5 % quantile
  double high = 0.0;  ///< 97.5 % quantile
};

/// Mean and interval of draws, at least one of them.
template <class = CompiledWhereUsed>
[[nodiscard]] inline PosteriorSummary summarise_draws(std::vector<double> draws) {
  check_at_least("summarise_draws", "draws.size()", static_cast<Index>(draws.size()), 1);
  std::sort(draws.begin(), draws.end());
  const auto quantile = [&draws](double share) {
    return draws[static_cast<std::size_t>(share * static_cast<double>(draws.size() - 1) + 0.5)];
  };
  double sum = 0.0;
  for (const double x : draws) sum += x;
  return {sum / static_cast<double>(draws.size()), quantile(0.025), quantile(0.975)};
}

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
  /// The most visited number of modes, with posterior means given that number, modes sorted by shape in every draw.
  /// Convergence: the residual is the largest R-hat − 1.
  GeneModes modes;
  std::vector<PosteriorSummary> shapes;   ///< per mode of `modes`
  std::vector<PosteriorSummary> weights;  ///< per mode of `modes`
  PosteriorSummary inverse_burst_size;    ///< over the draws with that number of modes
  Matrix responsibilities;                ///< observations × modes, posterior mean over those draws
  std::vector<ChainSummary> summaries;    ///< over all draws
  Vector acceptance;                      ///< rates of the moves `rjmcmc_move_names`; NaN for a move never tried
};

/// Keeps the draws of all chains, by number of modes, and summarises them.
class RjmcmcRecorder {
 public:
  /// @param observations of the sample
  /// @param sweeps kept per chain, >= 4
  /// @param chains >= 1
  /// @param max_modes largest number of modes, >= 1
  template <class = CompiledWhereUsed>
  RjmcmcRecorder(Index observations, Index sweeps, Index chains, Index max_modes)
      : modes_(sweeps, chains),
        burst_(sweeps, chains),
        likelihood_(sweeps, chains),
        mean_shape_(sweeps, chains),
        draws_(static_cast<std::size_t>(max_modes)),
        responsibilities_(static_cast<std::size_t>(max_modes)),
        responsibility_draws_(static_cast<std::size_t>(max_modes), 0.0),
        proposed_(Vector::Zero(static_cast<Index>(rjmcmc_moves))),
        accepted_(proposed_),
        observations_(observations) {}

  /// Records the state of a chain after a sweep.
  /// @param modes_before number of modes the sweep started with: the chain's responsibilities are of that state
  template <class Chain>
  void add(Index chain, Index sweep, const Chain& sampler, Index modes_before) {
    const RjmcmcState& state = sampler.state();
    const WhereUsed<Vector, Chain> shapes = state.log_shapes.array().exp();
    modes_(sweep, chain) = static_cast<double>(sampler.modes());
    burst_(sweep, chain) = std::exp(state.log_b);
    likelihood_(sweep, chain) = sampler.log_likelihood();
    mean_shape_(sweep, chain) = state.weights.dot(shapes);
    std::vector<double>& draws = draws_[static_cast<std::size_t>(sampler.modes()) - 1];
    draws.push_back(std::exp(state.log_b));
    draws.insert(draws.end(), shapes.begin(), shapes.end());
    draws.insert(draws.end(), state.weights.begin(), state.weights.end());
    const auto before = static_cast<std::size_t>(modes_before) - 1;
    if (responsibilities_[before].size() == 0) responsibilities_[before] = Matrix::Zero(observations_, modes_before);
    responsibilities_[before] += sampler.responsibilities();
    responsibility_draws_[before] += 1.0;
  }

  /// Adds up the acceptance of a chain that has ended.
  template <class Chain>
  void finish(const Chain& sampler) {
    for (std::size_t move = 0; move < rjmcmc_moves; ++move) {
      proposed_[static_cast<Index>(move)] += sampler.proposed()[move];
      accepted_[static_cast<Index>(move)] += sampler.accepted()[move];
    }
  }

  /// @param sweeps of all chains together, the dropped ones included
  /// @param r_hat_max chains count as converged when no summary's R-hat is above
  template <class = CompiledWhereUsed>
  [[nodiscard]] RjmcmcResult result(Index sweeps, double r_hat_max) const {
    RjmcmcResult result;
    result.mode_posterior = mode_posterior();
    Index best = 0;
    result.mode_posterior.maxCoeff(&best);
    summarise_modes(best + 1, result);
    result.acceptance = accepted_.cwiseQuotient(proposed_);
    const double worst = summarise_chains(result);
    result.modes.convergence.iterations = sweeps;
    result.modes.convergence.residual = worst - 1.0;
    result.modes.convergence.status =
        worst <= r_hat_max ? ConvergenceStatus::converged : ConvergenceStatus::iteration_limit;
    return result;
  }

 private:
  /// Numbers kept of a draw with K modes: b, K shapes, K weights.
  static std::size_t width(Index modes) { return static_cast<std::size_t>(2 * modes + 1); }

  template <class Use = CompiledWhereUsed>
  Vector mode_posterior() const {
    WhereUsed<Vector, Use> result = Vector::Zero(static_cast<Index>(draws_.size()));
    const double total = static_cast<double>(modes_.rows()) * static_cast<double>(modes_.cols());
    for (Index k = 0; k < result.size(); ++k) {
      result[k] =
          static_cast<double>(draws_[static_cast<std::size_t>(k)].size()) / static_cast<double>(width(k + 1)) / total;
    }
    return result;
  }

  /// The posterior given `count` modes.
  template <class Use = CompiledWhereUsed>
  void summarise_modes(Index count, WhereUsed<RjmcmcResult, Use>& result) const {
    const auto chosen = static_cast<std::size_t>(count) - 1;
    const std::vector<double>& draws = draws_[chosen];
    const auto column = [&](Index which) {
      std::vector<double> values;
      for (auto i = static_cast<std::size_t>(which); i < draws.size(); i += width(count)) values.push_back(draws[i]);
      return summarise_draws(std::move(values));
    };
    result.inverse_burst_size = column(0);
    result.modes.inverse_burst_size = result.inverse_burst_size.mean;
    result.modes.shapes.resize(count);
    result.modes.weights.resize(count);
    for (Index k = 0; k < count; ++k) {
      result.shapes.push_back(column(1 + k));
      result.weights.push_back(column(1 + count + k));
      result.modes.shapes[k] = result.shapes.back().mean;
      result.modes.weights[k] = result.weights.back().mean;
    }
    result.modes.weights /= result.modes.weights.sum();
    result.modes.informative = count > 1;
    if (responsibility_draws_[chosen] > 0) {
      result.responsibilities = responsibilities_[chosen] / responsibility_draws_[chosen];
    } else {  // only the last sweep of a chain ended with this number of modes
      result.responsibilities = Matrix::Constant(observations_, count, 1.0 / static_cast<double>(count));
    }
  }

  /// Summaries of the scalars that do not depend on names of modes; returns their largest R-hat, at least 1.
  template <class Use = CompiledWhereUsed>
  double summarise_chains(WhereUsed<RjmcmcResult, Use>& result) const {
    double worst = 1.0;
    const std::pair<const char*, const Matrix*> summaries[] = {{"modes", &modes_},
                                                               {"inverse_burst_size", &burst_},
                                                               {"log_likelihood", &likelihood_},
                                                               {"mean_shape", &mean_shape_}};
    for (const auto& [name, values] : summaries) {
      ChainSummary summary;
      summary.name = name;
      summary.posterior = summarise_draws(std::vector<double>(values->data(), values->data() + values->size()));
      summary.r_hat = rank_normalised_r_hat(*values);
      summary.effective_size = effective_sample_size(*values);
      worst = std::max(worst, summary.r_hat);
      result.summaries.push_back(std::move(summary));
    }
    return worst;
  }

  Matrix modes_, burst_, likelihood_, mean_shape_;  // sweeps × chains
  std::vector<std::vector<double>> draws_;          // per K, one after the other: b, shapes, weights
  std::vector<Matrix> responsibilities_;            // per K, sums
  std::vector<double> responsibility_draws_;        // per K, number of summands
  Vector proposed_, accepted_;                      // per move, over the chains that have ended
  Index observations_;
};

}  // namespace cardamom
