/// @file
/// Options of the inference with propagated proteins (propagate.hpp). Reasons of the defaults are the experiments of
/// benchmarks/README.md.
#pragma once

#include <cstdint>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/regression/edge_prior.hpp>

namespace cardamom {

/// Settings of `propagate` and of `PropagatedProteins`.
struct PropagationOptions {
  std::uint64_t seed = 0;  ///< draws the subset of `ancestors`
  /// d1, one entry per node [1/h], > 0; empty: 1/(median time step) for every gene.
  Vector protein_decay = {};
  /// λ of the penalty (15), > 0. Between .005 and .008 AUPR changed by less than chance.
  double strength = 0.006;
  /// An edge's penalty is proportional to 1/(adaptive_offset + c), c in [0, 1] its strength in the first fit: the
  /// adaptive-lasso offset, > 0. At 0.5 an edge of the first fit is three times cheaper than one that is not in it.
  double adaptive_offset = 0.5;
  double competition = 1.0;  ///< as in `Penalty`, >= 0: 1 as in the paper; 1.3 times as much gained nothing
  /// Entropy of the couplings, in units of log-likelihood, > 0: ancestors that explain a cell by that much better are
  /// e times as likely.
  double entropy = 0.5;
  Index rounds = 4;  ///< of coupling and regression, >= 1; a fifth changed AUPR by .004
  /// Of Sinkhorn's algorithm for the couplings of all genes, >= 1; those of a single target start from these and take a
  /// third. Thirty from scratch for each target changed nothing.
  Index transport_iterations = 30;
  /// Distinct cells per time point that may be ancestors, >= 2: of more, a random subset. Bounds the cost.
  Index ancestors = 200;
  EdgePrior edge_prior = {};  ///< of edges between all nodes
};

/// Throws std::invalid_argument on sizes and counts, std::domain_error on numbers out of range.
template <class Use = CompiledWhereUsed>
inline void validate(const WhereUsed<PropagationOptions, Use>& options, Index nodes, Index inputs = 1) {
  const char* const name = "PropagationOptions";
  if (options.protein_decay.size() > 0) {
    check_size(name, "protein_decay", options.protein_decay.size(), nodes);
    check_all_positive(name, "protein_decay", options.protein_decay, inputs);
  }
  validate(options.edge_prior, name, "edge_prior", nodes, inputs);
  check_positive(name, "strength", options.strength);
  check_positive(name, "adaptive_offset", options.adaptive_offset);
  check_nonnegative(name, "competition", options.competition);
  check_positive(name, "entropy", options.entropy);
  check_at_least(name, "rounds", options.rounds, 1);
  check_at_least(name, "transport_iterations", options.transport_iterations, 1);
  check_at_least(name, "ancestors", options.ancestors, 2);
}

}  // namespace cardamom
