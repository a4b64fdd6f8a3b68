/// @file
/// Inference with propagated proteins: what a cell's proteins are depends on what its genes did before. Snapshots
/// destroy the cell, but couplings between successive snapshots recover its likely ancestors.
///
/// Not in the paper, whose attractors (13) take the proteins of a cell to be at rest. Steps, repeated a few times:
/// predict from every cell which genes its descendants have on; couple successive time points by entropic transport
/// under that prediction; propagate proteins along the couplings (P' = d1 (u − P), u the attractor level of the cell's
/// modes); regress all cells of all times on the propagated proteins. For each target its own state is left out of the
/// couplings, or it would leak into its predictors.
///
/// Cells of different conditions (`Counts::conditions`) are not coupled, and all of them are regressed together; those
/// of a condition that perturbs a gene are left out where its regulators are asked for.
#pragma once

#include <cmath>
#include <concepts>
#include <cstddef>
#include <utility>
#include <vector>

#include <cardamom/clustering/modes.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/convergence.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/core/function_ref.hpp>
#include <cardamom/core/progress.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/inference/ancestry/coupling.hpp>
#include <cardamom/inference/ancestry/settings.hpp>
#include <cardamom/inference/ancestry/snapshots.hpp>
#include <cardamom/regression/adaptive_weights.hpp>
#include <cardamom/regression/regress.hpp>
#include <cardamom/simulation/leaping/linear_law.hpp>

namespace cardamom {

/// What `propagate` returns.
struct Propagation {
  Coefficients coefficients;  ///< β and θ of all nodes; genes that are never or always on have no edges
  Convergence convergence;    ///< of the last round's regressions; `no_information` when no gene is active
  Matrix scores;              ///< nodes × nodes: |θ|, to rank edges by
};

namespace detail {

/// Scores among some nodes.
template <class = CompiledWhereUsed>
inline Matrix scores_among(const MatrixIn& scores, const std::vector<Index>& nodes) {
  const auto size = static_cast<Index>(nodes.size());
  Matrix result(size, size);
  for (Index a = 0; a < size; ++a) {
    for (Index b = 0; b < size; ++b) {
      result(a, b) = scores(nodes[static_cast<std::size_t>(a)], nodes[static_cast<std::size_t>(b)]);
    }
  }
  return result;
}

template <class = CompiledWhereUsed>
inline Penalty propagation_penalty(const MatrixIn& first_scores, const DiscreteSnapshots& snapshots,
                                   const PropagationOptions& options) {
  Penalty penalty;
  penalty.strength = options.strength;
  penalty.self_weight = 1.0;   // a gene's history says as much as any other protein
  penalty.basal_weight = 0.0;  // β is free: there is no fit before to stay near
  penalty.competition = options.competition;
  penalty.limit = 20.0;  // beyond it a gene is on or off whatever the others do
  penalty.weights =
      adaptive_weights(first_scores, snapshots.active, options.adaptive_offset, snapshots.inputs, options.edge_prior);
  return penalty;
}

/// States of all groups together.
template <class = CompiledWhereUsed>
inline Index states_of(const std::vector<DiscreteSnapshots>& groups) {
  Index states = 0;
  for (const DiscreteSnapshots& snapshots : groups) states += snapshots.states();
  return states;
}

/// On or off, all states of group after group in order of time × columns.
template <class Scalar>
Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic> propagation_targets(
    const std::vector<DiscreteSnapshots>& groups) {
  Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic> on(states_of(groups), groups[0].columns());
  Index row = 0;
  for (const DiscreteSnapshots& snapshots : groups) {
    for (const Matrix& part : snapshots.on) {
      on.middleRows(row, part.rows()) = part.template cast<Scalar>();
      row += part.rows();
    }
  }
  return on;
}

/// Weights of all states for the gene of column i, summing to 1; 0 where the gene was set by hand, everywhere if in all
/// groups.
template <class = CompiledWhereUsed>
inline Vector propagation_weights(const std::vector<DiscreteSnapshots>& groups, Index i) {
  Vector result(states_of(groups));
  Index row = 0;
  bool left_out = false;
  for (const DiscreteSnapshots& snapshots : groups) {
    auto part = result.segment(row, snapshots.states());
    part = snapshots.weight;
    if (snapshots.set_by_hand[static_cast<std::size_t>(i)]) {
      part.setZero();
      left_out = true;
    }
    row += snapshots.states();
  }
  if (left_out && result.sum() > 0.0) result /= result.sum();
  return result;
}

/// Features of all states for the target in column i.
template <class Scalar>
void stacked_features(const std::vector<AncestryCouplings>& couplings, const std::vector<DiscreteSnapshots>& groups,
                      Index i, Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>& out) {
  if (groups.size() == 1) return couplings[0].features(i, out);
  out.resize(states_of(groups), groups[0].columns());
  Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic> part;
  Index row = 0;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    couplings[g].features(i, part);
    out.middleRows(row, part.rows()) = part;
    row += part.rows();
  }
}

template <class = CompiledWhereUsed>
inline Propagation assemble_propagation(const Coefficients& fit, const std::vector<Convergence>& rows,
                                        const DiscreteSnapshots& snapshots, Index nodes) {
  Propagation result{Coefficients::zero(nodes), {ConvergenceStatus::no_information, 0, 0.0}, {}};
  for (Index a = snapshots.inputs; a < snapshots.columns(); ++a) {
    const Index i = snapshots.node(a);
    result.coefficients.basal[i] = fit.basal[a];
    for (Index b = 0; b < snapshots.columns(); ++b) {
      result.coefficients.interactions(i, snapshots.node(b)) = fit.interactions(a, b);
    }
    result.convergence = combine(result.convergence, rows[static_cast<std::size_t>(a)]);
  }
  result.scores = result.coefficients.interactions.cwiseAbs();
  return result;
}

/// `propagate` with its policies picked.
template <std::floating_point Scalar, Loss L, class Optimizer, Link LinkType>
Propagation propagate_genes(const Counts& counts, const Clustering& clustering, const MatrixIn& first_scores,
                            const PropagationOptions& options, const L& loss, const Optimizer& optimizer,
                            const ExecutorRef& executor, FunctionRef<bool(Index, Index)> progress,
                            const LinkType& link) {
  const Index nodes = counts.nodes();
  check_at_least("propagate", "counts.cells()", counts.cells(), 1);
  check_at_least("propagate", "counts.genes()", counts.genes(), 1);
  check_size("propagate", "clustering.of_node", clustering.nodes(), nodes);
  check_shape("propagate", "clustering.modes", clustering.modes, counts.cells(), nodes);
  check_shape("propagate", "first_scores", first_scores, nodes, nodes);
  validate(options, nodes, counts.inputs());

  const Matrix first = options.edge_prior.allowed(first_scores.cwiseAbs());
  const std::vector<DiscreteSnapshots> groups = snapshots_of_conditions(counts, clustering, options);
  const DiscreteSnapshots& snapshots = groups[0];  // its columns are those of all
  const Index columns = snapshots.columns();
  const Index genes = columns - snapshots.inputs;
  const Penalty penalty = propagation_penalty(first, snapshots, options);
  const auto on = propagation_targets<Scalar>(groups);
  const Vector zero = Vector::Zero(columns);
  const auto probability = [&link](double u) { return static_cast<double>(link.value(u)); };
  Coefficients fit = Coefficients::zero(columns);
  std::vector<Convergence> rows(static_cast<std::size_t>(columns));
  std::vector<AncestryCouplings> couplings;
  for (const DiscreteSnapshots& group : groups) couplings.emplace_back(group, options);
  ProgressCounter counter(progress, options.rounds * genes);
  for (Index round = 0; round < options.rounds; ++round) {
    for (AncestryCouplings& group : couplings) {
      group.update(round == 0 ? Vector() : fit.basal, fit.interactions, probability);
    }
    const Matrix opposite = round == 0 ? scores_among(first, snapshots.active) : Matrix(fit.interactions.cwiseAbs());
    executor.for_ranges(genes, [&](Index begin, Index end) {
      Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic> features;
      Vector x(columns + 1);
      for (Index k = begin; k < end; ++k) {
        const Index i = snapshots.inputs + k;
        stacked_features(couplings, groups, i, features);
        const Vector weights = propagation_weights(groups, i);
        const RowObjective<L, LinkType, Scalar> objective(loss, link, features, on.col(i), weights, 0.0);
        const RowPenalty row = row_penalty(penalty, zero, 0.0, {}, i, opposite.col(i), snapshots.inputs);
        x << fit.interactions.row(i).transpose(), fit.basal[i];
        rows[static_cast<std::size_t>(i)] = optimizer.minimize(objective, row, x);
        fit.interactions.row(i) = x.head(columns).transpose();
        fit.basal[i] = x[columns];
        counter.add();
      }
    });
  }
  return assemble_propagation(fit, rows, snapshots, nodes);
}

}  // namespace detail

/// A network from propagated proteins: a step function, which finds neither modes nor first scores.
/// @tparam Scalar in which a target's features are stored; sums are double
/// @param clustering modes of genes and cells; those of `Binarize` with pooled modes serve best
/// @param first_scores of a first fit (nodes × nodes), such as `infer(counts).scores`: edges strong there are penalised
/// less
/// @param loss between a cell's genes being on or off and the fitted probability; the default, cross entropy, is that
/// of such data
/// @param link turns the argument of a rate into that probability
/// @param progress told of genes × rounds
/// @throws std::invalid_argument, std::domain_error on sizes, options and conditions; Cancelled
/// Memory O(states · active genes) per thread; time O(rounds · active genes · Σ_t n_t · ancestors · active genes), n_t
/// the states at a time point: cells that differ in the mode of a gene.
template <std::floating_point Scalar = double, Loss L = CrossEntropy, class Optimizer = ProximalNewton,
          Progress P = IgnoreProgress, Link LinkType = Logistic>
requires RowOptimizer<Optimizer, RowObjective<L, LinkType, Scalar>>
[[nodiscard]] Propagation propagate(const Counts& counts, const Clustering& clustering, const MatrixIn& first_scores,
                                    const PropagationOptions& options = {}, const L& loss = {},
                                    const Optimizer& optimizer = {}, const ExecutorRef& executor = Sequential{},
                                    P progress = {}, const LinkType& link = {}) {
  return detail::propagate_genes<Scalar>(counts, clustering, first_scores, options, loss, optimizer, executor, progress,
                                         link);
}

}  // namespace cardamom

#ifdef CARDAMOM_PRECOMPILED
namespace cardamom {
extern template Propagation detail::propagate_genes<double>(const Counts&, const Clustering&, const MatrixIn&,
                                                            const PropagationOptions&, const CrossEntropy&,
                                                            const ProximalNewton&, const ExecutorRef&,
                                                            FunctionRef<bool(Index, Index)>, const Logistic&);
}  // namespace cardamom
#endif
