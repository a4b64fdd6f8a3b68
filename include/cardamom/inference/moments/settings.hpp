/// @file
/// Options of the method of simulated moments (fit.hpp). Reasons of the defaults are the experiments of
/// benchmarks/README.md: AUPR on random networks of 5 to 15 genes and on published sets.
#pragma once

#include <cstdint>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/regression/edge_prior.hpp>

namespace cardamom {

/// The fit minimises half the squared standardised residuals of the moments plus
/// Σ_j strength_j |x_j − anchor_j| + ½ precision_j (x_j − anchor_j)², |x_j| <= limit_j, over the parameters x: θ and β
/// of every gene, log k0 and log k1.
///
/// A fit is *joint* for up to `joint_genes` active genes: the sensitivities of all statistics to all parameters are
/// used. Above, a gene's parameters are fitted to its own statistics alone, from one start.
struct MomentsOptions {
  std::uint64_t seed = 0;  ///< of the simulations, and of the chain behind the inclusion probabilities
  double burn_in = 5.0;    ///< of the experiment, from M = P = 0 without inputs [h], >= 0; 5 as in the published sets
  /// L1 weight of an average edge, in units of half a squared standardised residual, > 0. Half and twice as much cost
  /// .01 to .03 of AUPR.
  double strength = 0.35;
  double self_strength = 0.21;    ///< the same of a self-interaction, >= 0: 0.6 of an edge's, since most genes have one
  double basal_strength = 0.035;  ///< the same of a departure of β from its start, >= 0: a tenth of an edge's
  /// An edge's L1 weight is proportional to 1/(adaptive_offset + c), c in [0, 1] its strength in the start: the
  /// adaptive-lasso offset, > 0. Between .3 and 4 it hardly mattered.
  double adaptive_offset = 1.0;
  /// The same where the fit is not joint, > 0: there the start deserves more weight (Trees20 .785 against .774 with 1).
  double rowwise_adaptive_offset = 0.3;
  double limit = 12.0;  ///< |θ|, |β| <= limit, > 0: beyond, the logistic link is on or off to 1e-5
  /// Cells simulated per step, >= 100; a tenth more for every gene above ten. Where the fit is not joint five sixths
  /// while time points are added, then twice that. 600 cost .01 to .03 of AUPR on the larger networks.
  Index cells = 800;
  /// Steps before the next time point is added, >= 1; twice as many where the fit is not joint. Three gained nothing.
  Index steps_per_time_point = 2;
  /// Steps with all time points, >= 1; three quarters more where the fit is not joint. 150 gained .01 to .02 of AUPR.
  Index final_steps = 28;
  /// The last so many of the final steps are averaged, 1 … final_steps − multistart_steps: single steps scatter with
  /// their simulations. Edges and other parameters that a quarter of these steps leave at their anchor (edges: 0) stay
  /// there.
  Index averaged_steps = 10;
  /// Final steps that every start takes before the best goes on alone, 1 … final_steps − averaged_steps; unused where
  /// the fit is not joint. 8 instead of 12 halved the time and cost .008.
  Index multistart_steps = 8;
  /// Role swaps: networks, the best so far with the targets of two genes of similar time courses exchanged, that take
  /// `multistart_steps` steps before the best goes on alone, >= 0; none where the fit is not joint. Three gained .012
  /// of AUPR, six .015 at twice the cost.
  Index role_swaps = 3;
  /// Up to so many active genes the fit is joint, >= 1: its cost per step grows with their fourth power.
  Index joint_genes = 16;
  /// Genes expressed in fewer cells keep the start's coefficients and are not simulated, >= 1.
  Index min_expressed_cells = 10;
  /// Weight, in [0, 0.999], of earlier steps in the moving average of sensitivities and covariances, a plain mean while
  /// steps are few: one set of simulations is noisy, and the model moves little from one to the next.
  double moving_average_decay = 0.95;
  /// Prior probability that an average edge is there, in (0, 0.9]; more where the start has one, at most 0.9. About one
  /// edge in ten is there in the networks it was chosen on; half and twice the odds changed AUPR by less than .01.
  double prior_inclusion = average_inclusion;
  double self_prior_inclusion = 0.2;  ///< the same of a self-interaction, in (0, 0.9]
  /// Standard deviation of coefficients where there is an edge (the slab of a spike and slab prior), 1e-3 … 1e3: known
  /// networks have coefficients of 5 to 10.
  double slab_deviation = 8.0;
  /// Weight of the start's scores, cut at 2, beside three times the probability in the ranking of edges, >= 0.
  double start_weight_in_rank = 0.1;
  double log_k0_precision = 4.0;   ///< prior precision of log k0 around the estimate from the modes, > 0: ± 0.5
  double log_k1_precision = 10.0;  ///< the same of log k1, > 0: ± 0.3
  /// Weight, in (0, 1], of the identity in the correlations of statistics, which are simulated and would be singular
  /// without it.
  double correlation_shrinkage = 0.1;
  /// Whether an empty network is tried as a start beside the given one, where the fit is joint. Both together gave .935
  /// where the given one alone gave .906.
  bool empty_start = true;
  /// Of edges between all nodes: changes `prior_inclusion` and `self_prior_inclusion` of each, and L1 weights in
  /// inverse proportion.
  EdgePrior edge_prior = {};
};

/// Throws std::invalid_argument on counts, std::domain_error on numbers out of range.
template <class Use = CompiledWhereUsed>
inline void validate(const WhereUsed<MomentsOptions, Use>& options) {
  const char* const name = "MomentsOptions";
  check_nonnegative(name, "burn_in", options.burn_in);
  check_positive(name, "strength", options.strength);
  check_nonnegative(name, "self_strength", options.self_strength);
  check_nonnegative(name, "basal_strength", options.basal_strength);
  check_positive(name, "adaptive_offset", options.adaptive_offset);
  check_positive(name, "rowwise_adaptive_offset", options.rowwise_adaptive_offset);
  check_positive(name, "limit", options.limit);
  check_at_least(name, "cells", options.cells, 100);
  check_at_least(name, "steps_per_time_point", options.steps_per_time_point, 1);
  check_at_least(name, "final_steps", options.final_steps, 1);
  check_at_least(name, "averaged_steps", options.averaged_steps, 1);
  check_at_least(name, "multistart_steps", options.multistart_steps, 1);
  check_at_least(name, "role_swaps", options.role_swaps, 0);
  check_at_least(name, "final_steps - averaged_steps - multistart_steps",
                 options.final_steps - options.averaged_steps - options.multistart_steps, 0);
  check_at_least(name, "joint_genes", options.joint_genes, 1);
  check_at_least(name, "min_expressed_cells", options.min_expressed_cells, 1);
  check_in(name, "moving_average_decay", options.moving_average_decay, 0.0, 0.999);
  check_positive(name, "prior_inclusion", options.prior_inclusion);
  check_in(name, "prior_inclusion", options.prior_inclusion, 0.0, 0.9);
  check_positive(name, "self_prior_inclusion", options.self_prior_inclusion);
  check_in(name, "self_prior_inclusion", options.self_prior_inclusion, 0.0, 0.9);
  check_in(name, "slab_deviation", options.slab_deviation, 1e-3, 1e3);
  check_nonnegative(name, "start_weight_in_rank", options.start_weight_in_rank);
  check_positive(name, "log_k0_precision", options.log_k0_precision);
  check_positive(name, "log_k1_precision", options.log_k1_precision);
  check_positive(name, "correlation_shrinkage", options.correlation_shrinkage);
  check_in(name, "correlation_shrinkage", options.correlation_shrinkage, 0.0, 1.0);
}

}  // namespace cardamom
