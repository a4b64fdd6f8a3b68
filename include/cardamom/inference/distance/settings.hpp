/// @file
/// Options of the fit by simulated minimum distance (fit.hpp).
#pragma once

#include <cstdint>
#include <optional>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/regression/edge_prior.hpp>
#include <cardamom/simulation/first_state.hpp>

namespace cardamom {

/// Settings of the fit by `SimulatedDistance`.
struct DistanceOptions {
  std::uint64_t seed = 0;  ///< of the simulations
  /// What cells were at the first time point; none: the kind that explains the first snapshots better, found by a fit
  /// of a few iterations with either.
  std::optional<FirstState> first_state = {};
  Index cells = 400;  ///< simulated per iteration, >= 10; 200: half the time, W1 .171, not .153 [Semrau, seed 0]
  /// Weight of Σ |θ|, >= 0, in units of what chance adds to the distance by one gene at one time point.
  double sparsity = 0.14;
  double limit = 12.0;  ///< |θ|, |β| <= limit, > 0: beyond, the logistic link is on or off to 1e-5
  /// Whether d0 and d1 are parameters, with the given ones as prior, or those on the data's own time scale; they stay
  /// within a factor of ten of these.
  bool fit_rates = true;
  /// Whether genes have the same d0 and the same d1, with the medians of the given ones as prior: where single genes'
  /// rates are less certain than what they have in common.
  bool shared_rates = false;
  double rate_width = 0.5;  ///< prior scale of the logarithm of a gene's rate around the one given, > 0
  /// Prior scale of the logarithm of a factor that rates which genes share have in common, d0 and d1 alike, >= 0: such
  /// as the unit of time, or cells that do everything faster than those of which the rates are known. With a quarter of
  /// the right rates 0 gave .853 of AUPR, 2 gave .875 (`SelectAndFit`, random networks 701 to 708).
  double common_rate_width = 2.0;
  bool fit_depth = true;  ///< whether cells have depths of their own, their spread a parameter; where none are known
  double interaction_step = 0.1;  ///< length of a step of θ, > 0
  double basal_step = 0.05;       ///< of β, > 0
  double kinetic_step = 0.03;     ///< of the logarithms of α0, α1, koff/s0, d0, d1 and of the depths' spread, > 0
  EdgePrior edge_prior = {};      ///< of edges between the nodes that take part: holds them at 0, weighs `sparsity`
};

/// Throws std::invalid_argument on counts, std::domain_error on numbers out of range.
template <class Use = CompiledWhereUsed>
inline void validate(const WhereUsed<DistanceOptions, Use>& options) {
  const char* const name = "DistanceOptions";
  if (options.first_state) validate(*options.first_state);
  check_at_least(name, "cells", options.cells, 10);
  check_nonnegative(name, "sparsity", options.sparsity);
  check_positive(name, "limit", options.limit);
  check_positive(name, "rate_width", options.rate_width);
  check_nonnegative(name, "common_rate_width", options.common_rate_width);
  check_positive(name, "interaction_step", options.interaction_step);
  check_positive(name, "basal_step", options.basal_step);
  check_positive(name, "kinetic_step", options.kinetic_step);
}

}  // namespace cardamom
