/// @file
/// Options of the fit by simulated minimum distance (fit.hpp).
#pragma once

#include <cstdint>

#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom {

struct DistanceOptions {
  std::uint64_t seed = 0;  ///< of the simulations
  bool from_rest = true;   ///< cells were at rest under the first snapshot's inputs; else M = P = 0 `burn_in` before it
  double burn_in = 300.0;  ///< before the first snapshot [h], >= 0
  Index cells = 400;       ///< simulated per iteration, >= 10
  double sparsity = 0.003;    ///< weight of Σ |θ|, >= 0, beside the distance of an average time point
  double limit = 12.0;        ///< |θ|, |β| <= limit, > 0: beyond, the logistic link is on or off to 1e-5
  bool fit_rates = true;      ///< whether d0 and d1 are parameters, with the given ones as prior
  double rate_width = 0.5;    ///< prior scale of the logarithm of a gene's rate around the one given, > 0
  double rate_weight = 0.01;  ///< weight of half a squared standardised deviation of a rate, >= 0
  bool fit_depth = true;  ///< whether cells have depths of their own, their spread a parameter; where none are known
  double interaction_step = 0.1;  ///< length of a step of θ, > 0
  double basal_step = 0.05;       ///< of β, > 0
  double kinetic_step = 0.03;     ///< of the logarithms of α0, α1, koff/s0, d0, d1 and of the depths' spread, > 0
};

/// Throws std::invalid_argument on counts, std::domain_error on numbers out of range.
inline void validate(const DistanceOptions& options) {
  const char* const name = "DistanceOptions";
  check_nonnegative(name, "burn_in", options.burn_in);
  check_at_least(name, "cells", options.cells, 10);
  check_nonnegative(name, "sparsity", options.sparsity);
  check_positive(name, "limit", options.limit);
  check_positive(name, "rate_width", options.rate_width);
  check_nonnegative(name, "rate_weight", options.rate_weight);
  check_positive(name, "interaction_step", options.interaction_step);
  check_positive(name, "basal_step", options.basal_step);
  check_positive(name, "kinetic_step", options.kinetic_step);
}

}  // namespace cardamom
