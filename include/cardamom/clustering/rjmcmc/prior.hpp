/// @file
/// Prior of the reversible-jump sampler: number of modes geometric between two bounds; weights Dirichlet(1); logarithms
/// of the shapes and of b independent normal.
#pragma once

#include <cmath>

#include <cardamom/clustering/rjmcmc/state.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/numerics/gamma_functions.hpp>

namespace cardamom {

/// The prior in full; its means are known once the data of a gene are (`Rjmcmc` takes them from the fit of a single
/// mode).
struct RjmcmcPrior {
  Index min_modes = 1;          ///< the number of modes K is at least this, >= 1 …
  Index max_modes = 10;         ///< … and at most this
  double mode_ratio = 1.0;      ///< P(K + 1)/P(K), > 0
  double log_shape_mean = 0.0;  ///< mean of η = log a
  double log_shape_sd = 2.0;    ///< standard deviation of η, > 0
  double log_b_mean = 0.0;      ///< mean of β = log b
  double log_b_sd = 2.0;        ///< standard deviation of β, > 0

  /// Log density of η and of β.
  double log_density_of_shape(double eta) const { return log_normal(eta, log_shape_mean, log_shape_sd); }
  double log_density_of_b(double beta) const { return log_normal(beta, log_b_mean, log_b_sd); }

  /// log p(next)/p(now) of all η and β, the parts of the prior that a move of the sampler changes in ways of its own.
  template <class Use = CompiledWhereUsed>
  double log_ratio(const WhereUsed<RjmcmcState, Use>& next, const WhereUsed<RjmcmcState, Use>& now) const {
    double ratio = log_density_of_b(next.log_b) - log_density_of_b(now.log_b);
    for (const double eta : next.log_shapes) ratio += log_density_of_shape(eta);
    for (const double eta : now.log_shapes) ratio -= log_density_of_shape(eta);
    return ratio;
  }
  /// log p(state shifted)/p(state) when all η and β grow by `shift`.
  template <class Use = CompiledWhereUsed>
  double log_ratio_of_shift(const WhereUsed<RjmcmcState, Use>& state, double shift) const {
    double ratio = log_density_of_b(state.log_b + shift) - log_density_of_b(state.log_b);
    for (const double eta : state.log_shapes) ratio += log_density_of_shape(eta + shift) - log_density_of_shape(eta);
    return ratio;
  }

 private:
  template <class = CompiledWhereUsed>
  static double log_normal(double x, double mean, double sd) {
    const double z = (x - mean) / sd;
    return -0.5 * z * z - std::log(sd) - half_log_two_pi;
  }
};

/// Throws std::invalid_argument or std::domain_error when a field is out of range.
template <class Use = CompiledWhereUsed>
inline void validate(const WhereUsed<RjmcmcPrior, Use>& prior) {
  check_at_least("RjmcmcPrior", "min_modes", prior.min_modes, 1);
  check_at_least("RjmcmcPrior", "max_modes", prior.max_modes, prior.min_modes);
  check_positive("RjmcmcPrior", "mode_ratio", prior.mode_ratio);
  check_finite("RjmcmcPrior", "log_shape_mean", prior.log_shape_mean);
  check_positive("RjmcmcPrior", "log_shape_sd", prior.log_shape_sd);
  check_finite("RjmcmcPrior", "log_b_mean", prior.log_b_mean);
  check_positive("RjmcmcPrior", "log_b_sd", prior.log_b_sd);
}

}  // namespace cardamom
