/// @file
/// Options of the refinement by simulation (refine.hpp).
#pragma once

#include <cstdint>

#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom {

struct RefinementOptions {
  double burn_in = 5.0;         ///< of the experiment, without stimulus, from M = P = 0 [h], >= 0
  double strength = 0.35;       ///< L1 weight of an average edge, in units of half a squared standardised residual, > 0
  double self_strength = 0.21;  ///< of a self-interaction, >= 0
  double basal_strength = 0.035;  ///< of a departure of β from its start, >= 0
  double trust = 1.0;             ///< an edge's weight is 1/(trust + c), c in [0, 1] its strength in the start, > 0
  double trust_of_many = 0.3;     ///< the same above `joint_genes`, > 0
  double limit = 12.0;            ///< |θ| <= limit, > 0
  /// Simulated per step; a tenth more for every gene above ten. Above `joint_genes` five sixths while time points are
  /// added, then twice that.
  Index cells = 800;               ///< >= 100
  Index steps_per_time_point = 2;  ///< twice as many above `joint_genes`, >= 1
  Index final_steps = 28;          ///< with all time points; three quarters more above `joint_genes`, >= 1
  /// Of the final steps, the last so many are averaged, 1 … final_steps − rival_steps; edges and other parameters that
  /// a quarter of them leave at their anchor (edges: 0) stay there.
  Index averaged = 10;
  /// Final steps that every start takes before the best goes on alone, 1 … final_steps − averaged. Above `joint_genes`
  /// there is one start.
  Index rival_steps = 8;
  /// Networks, the best so far with the targets of two genes exchanged, that take `rival_steps` steps before the best
  /// goes on alone, >= 0; none above `joint_genes`.
  Index exchanges = 3;
  Index joint_genes = 16;   ///< up to so many genes all sensitivities are used; above, those of a gene's own statistics
  Index least_active = 10;  ///< genes on in fewer cells keep the start's coefficients and are not simulated, >= 1
  /// Weight, in [0, 1), of the sensitivities of earlier steps in their running mean, a plain mean while steps are few:
  /// one set of simulations is noisy.
  double memory = 0.95;
  /// Prior probability of an average edge, in (0, 0.9]; more where the start believes in one, at most 0.9.
  double presence = 0.1;
  double self_presence = 0.2;     ///< of a self-interaction, in (0, 0.9]
  double typical = 8.0;           ///< prior standard deviation of coefficients where there is an edge, 1e-3 … 1e3
  double trust_in_rank = 0.1;     ///< weight of the start's scores, up to 2, beside three times the probability, >= 0
  double low_precision = 4.0;     ///< prior precision of log k0 around the estimate from the modes, > 0
  double high_precision = 10.0;   ///< of log k1, > 0
  double independence = 0.1;      ///< share, in (0, 1], of the identity in the correlations of statistics
  bool also_from_nothing = true;  ///< up to `joint_genes`: an empty network is tried as a start, too
  std::uint64_t seed = 0;
};

inline void validate(const RefinementOptions& options) {
  check_nonnegative("RefinementOptions", "burn_in", options.burn_in);
  check_positive("RefinementOptions", "strength", options.strength);
  check_nonnegative("RefinementOptions", "self_strength", options.self_strength);
  check_nonnegative("RefinementOptions", "basal_strength", options.basal_strength);
  check_positive("RefinementOptions", "trust", options.trust);
  check_positive("RefinementOptions", "trust_of_many", options.trust_of_many);
  check_positive("RefinementOptions", "limit", options.limit);
  check_at_least("RefinementOptions", "cells", options.cells, 100);
  check_at_least("RefinementOptions", "steps_per_time_point", options.steps_per_time_point, 1);
  check_at_least("RefinementOptions", "final_steps", options.final_steps, 1);
  check_at_least("RefinementOptions", "averaged", options.averaged, 1);
  check_at_least("RefinementOptions", "rival_steps", options.rival_steps, 1);
  check_at_least("RefinementOptions", "exchanges", options.exchanges, 0);
  check_at_least("RefinementOptions", "final_steps - averaged - rival_steps",
                 options.final_steps - options.averaged - options.rival_steps, 0);
  check_at_least("RefinementOptions", "joint_genes", options.joint_genes, 1);
  check_in("RefinementOptions", "memory", options.memory, 0.0, 0.999);
  check_nonnegative("RefinementOptions", "trust_in_rank", options.trust_in_rank);
  check_positive("RefinementOptions", "presence", options.presence);
  check_in("RefinementOptions", "presence", options.presence, 0.0, 0.9);
  check_positive("RefinementOptions", "self_presence", options.self_presence);
  check_in("RefinementOptions", "self_presence", options.self_presence, 0.0, 0.9);
  check_in("RefinementOptions", "typical", options.typical, 1e-3, 1e3);
  check_at_least("RefinementOptions", "least_active", options.least_active, 1);
  check_positive("RefinementOptions", "low_precision", options.low_precision);
  check_positive("RefinementOptions", "high_precision", options.high_precision);
  check_positive("RefinementOptions", "independence", options.independence);
  check_in("RefinementOptions", "independence", options.independence, 0.0, 1.0);
}

}  // namespace cardamom
