/// @file
/// Options and result of fitting a mixture by expectation–maximisation: `fit_gamma_mixture`, `fit_gaussian_mixture`,
/// `fit_product_mixture`.
#pragma once

#include <cstdint>

#include <cardamom/core/convergence.hpp>
#include <cardamom/core/error.hpp>

namespace cardamom {

struct MixtureFitOptions {
  Index components = 2;     ///< m, >= 1; a component that loses all its cells is dropped
  Index restarts = 10;      ///< starts from different seeds of k-means++, the best likelihood wins; >= 1
  Index iterations = 1000;  ///< budget of each start, >= 1
  double tolerance = 1e-9;  ///< converged when an iteration raises the log-likelihood per cell by less, > 0
  std::uint64_t seed = 1;   ///< of the starts
};

/// Throws std::invalid_argument or std::domain_error naming the field.
inline void validate(const MixtureFitOptions& options) {
  check_at_least("MixtureFitOptions", "components", options.components, 1);
  check_at_least("MixtureFitOptions", "restarts", options.restarts, 1);
  check_at_least("MixtureFitOptions", "iterations", options.iterations, 1);
  check_positive("MixtureFitOptions", "tolerance", options.tolerance);
}

/// A fitted mixture and how good it is.
template <class Mixture>
struct FittedMixture {
  Mixture mixture;
  Matrix responsibilities;  ///< cells × m
  double log_likelihood;    ///< of all cells [nats]
  double bic;               ///< −2 · log_likelihood + parameters · ln cells: the smaller the better
  Index empty;              ///< components asked for that ran empty and were dropped
  Convergence convergence;  ///< of the best start; residual: last gain of log-likelihood per cell
};

}  // namespace cardamom
