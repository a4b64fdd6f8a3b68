/// @file
/// Inference with propagated proteins: what a cell's proteins are depends on what its genes did before. Snapshots
/// destroy the cell, but couplings between successive snapshots recover its likely ancestors.
///
/// Not in the paper, whose attractors (13) take the proteins of a cell to be at rest. Steps, repeated a few times:
/// predict from every cell which genes its descendants have on; couple successive time points by entropic transport
/// under that prediction; propagate proteins along the couplings (P' = d1 (u − P), u the attractor level of the cell's
/// modes); regress all cells of all times on the propagated proteins. For each target its own state is left out of the
/// couplings, or it would leak into its predictors.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <utility>
#include <vector>

#include <cardamom/core/error.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/core/progress.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/inference/detail/coupling.hpp>
#include <cardamom/inference/inference.hpp>
#include <cardamom/regression/regress.hpp>

namespace cardamom {

struct PropagationOptions {
  Vector protein_decay = {};  ///< d1 per gene [1/h], length G, > 0; empty: 1/(median time step) for every gene
  double strength = 0.006;    ///< λ
  double trust = 0.5;         ///< an edge is penalised by 1/(trust + c), c in [0, 1] its strength in the first fit, > 0
  double competition = 1.0;   ///< as in Penalty
  double entropy = 0.5;       ///< of the couplings, in units of log-likelihood, > 0
  Index rounds = 4;           ///< >= 1
  Index transport_iterations = 30;  ///< of Sinkhorn's algorithm, >= 1
  Index ancestors = 200;            ///< cells per time point that may be ancestors; of more, a random subset, >= 2
  std::uint64_t seed = 0;           ///< draws that subset
};

inline void validate(const PropagationOptions& options, Index genes) {
  if (options.protein_decay.size() > 0) {
    check_size("PropagationOptions", "protein_decay", options.protein_decay.size(), genes);
    check_all_positive("PropagationOptions", "protein_decay", options.protein_decay, 1);
  }
  check_positive("PropagationOptions", "strength", options.strength);
  check_positive("PropagationOptions", "trust", options.trust);
  check_nonnegative("PropagationOptions", "competition", options.competition);
  check_positive("PropagationOptions", "entropy", options.entropy);
  check_at_least("PropagationOptions", "rounds", options.rounds, 1);
  check_at_least("PropagationOptions", "transport_iterations", options.transport_iterations, 1);
  check_at_least("PropagationOptions", "ancestors", options.ancestors, 2);
}

namespace detail {

/// Everything about the snapshots that stays the same from round to round. Columns are the active genes only (those
/// that are on in some cells and off in others), the stimulus first.
struct Snapshots {
  std::vector<Index> active;                  ///< gene of each column; [0] = 0
  std::vector<Matrix> on;                     ///< per time point: cells × columns, 0 or 1
  std::vector<Matrix> level;                  ///< the same, attractor levels α/α1
  std::vector<std::vector<Index>> ancestors;  ///< per time point: rows that may be ancestors
  std::vector<Vector> decay;       ///< per interval and column: e^(−d1 Δt), 0 for the stimulus (follows at once)
  std::vector<Vector> half_decay;  ///< e^(−d1 Δt/2)
  Index cells = 0;
};

inline Snapshots take_snapshots(const Counts& counts, const Clustering& clustering, const PropagationOptions& options) {
  Snapshots shots;
  shots.cells = counts.cells();
  const Index times = counts.time_points().size();
  shots.active.push_back(0);
  for (Index i = 1; i < counts.genes(); ++i) {
    if (clustering.gene(i).count() < 2) continue;
    const auto column = clustering.modes.col(i);
    const ModeIndex top = clustering.gene(i).count() - 1;
    if (2 * column.maxCoeff() >= top && column.minCoeff() != column.maxCoeff()) shots.active.push_back(i);
  }
  std::vector<double> gaps;
  for (Index k = 0; k + 1 < times; ++k) gaps.push_back(counts.time_points()[k + 1] - counts.time_points()[k]);
  std::sort(gaps.begin(), gaps.end());
  const double median_gap = gaps.empty() ? 1.0 : gaps[gaps.size() / 2];
  const auto columns = static_cast<Index>(shots.active.size());
  for (Index k = 0; k < times; ++k) {
    const auto cells = counts.cells_at(k);
    const auto size = static_cast<Index>(cells.size());
    Matrix on(size, columns);
    Matrix level(size, columns);
    for (Index a = 0; a < columns; ++a) {
      const Index i = shots.active[static_cast<std::size_t>(a)];
      const ModeIndex top = clustering.gene(i).count() - 1;
      for (Index c = 0; c < size; ++c) {
        const ModeIndex mode = clustering.modes(cells[static_cast<std::size_t>(c)], i);
        on(c, a) = 2 * mode >= top && mode > 0 ? 1.0 : 0.0;
        level(c, a) = clustering.level(i, mode);
      }
    }
    shots.on.push_back(std::move(on));
    shots.level.push_back(std::move(level));
    std::vector<Index> rows(static_cast<std::size_t>(size));
    for (Index c = 0; c < size; ++c) rows[static_cast<std::size_t>(c)] = c;
    if (size > options.ancestors) {
      RandomStream random(options.seed, Purpose::regression, static_cast<std::uint64_t>(k));
      for (Index c = 0; c < options.ancestors; ++c) {
        std::swap(rows[static_cast<std::size_t>(c)], rows[static_cast<std::size_t>(c + random.below(size - c))]);
      }
      rows.resize(static_cast<std::size_t>(options.ancestors));
      std::sort(rows.begin(), rows.end());
    }
    shots.ancestors.push_back(std::move(rows));
    if (k + 1 == times) break;
    Vector decay = Vector::Zero(columns);
    const double gap = counts.time_points()[k + 1] - counts.time_points()[k];
    for (Index a = 1; a < columns; ++a) {
      const double d1 = options.protein_decay.size() > 0
                            ? options.protein_decay[shots.active[static_cast<std::size_t>(a)]]
                            : 1.0 / median_gap;
      decay[a] = std::exp(-d1 * gap);
    }
    shots.half_decay.push_back(decay.array().sqrt());
    shots.decay.push_back(std::move(decay));
  }
  return shots;
}

inline Matrix rows_of(const Matrix& matrix, const std::vector<Index>& rows) {
  Matrix result(static_cast<Index>(rows.size()), matrix.cols());
  for (std::size_t r = 0; r < rows.size(); ++r) result.row(static_cast<Index>(r)) = matrix.row(rows[r]);
  return result;
}

/// The couplings of one round: for every interval the log-odds of each gene as predicted from each ancestor, the cost
/// summed over genes, and the scaling that balances it.
struct Interval {
  Matrix on_cost;   ///< ancestors × columns: −log s
  Matrix off_cost;  ///< ancestors × columns: −log(1 − s)
  Matrix cost;      ///< ancestors × cells of the next time point
  Vector scaling;
};

/// One step of the proteins along a coupling, for the given columns.
inline void propagate_step(const Matrix& weights, const Matrix& ancestor_protein, const Matrix& ancestor_level,
                           const Matrix& level, const Vector& decay, const Vector& half, Matrix& protein) {
  // E WᵀP + (1 − E½) E½ Wᵀu + (1 − E½) u: half the interval as the ancestor was, half as the cell is.
  const Matrix carried = ancestor_protein * decay.asDiagonal() +
                         ancestor_level * ((1.0 - half.array()) * half.array()).matrix().asDiagonal();
  protein.noalias() = weights.transpose() * carried;
  protein += level * (1.0 - half.array()).matrix().asDiagonal();
}

/// Proteins of all cells along the full couplings, and the intervals themselves, from the current fit (none at first).
class Propagator {
 public:
  Propagator(const Snapshots& shots, const PropagationOptions& options) : shots_(shots), options_(options) {}

  /// @param basal, interactions of the active columns; empty basal: first round, from the shares of active cells
  void update(const Vector& basal, const Matrix& interactions) {
    const auto times = static_cast<Index>(shots_.on.size());
    intervals_.resize(static_cast<std::size_t>(times > 0 ? times - 1 : 0));
    Matrix protein = shots_.level[0];
    Matrix next;
    Matrix weights;
    Sinkhorn transport;
    for (Index k = 0; k + 1 < times; ++k) {
      const auto t = static_cast<std::size_t>(k);
      const Matrix ancestor_protein = rows_of(protein, shots_.ancestors[t]);
      const Matrix ancestor_level = rows_of(shots_.level[t], shots_.ancestors[t]);
      Interval& interval = intervals_[t];
      predict(k, ancestor_protein, ancestor_level, basal, interactions, interval);
      const Matrix& on = shots_.on[t + 1];
      interval.cost.noalias() = interval.on_cost * on.transpose();
      interval.cost.noalias() += interval.off_cost * (1.0 - on.array()).matrix().transpose();
      transport.set_cost(interval.cost, options_.entropy);
      transport.iterate(options_.transport_iterations, false);
      interval.scaling = transport.column_scaling();
      transport.conditional(weights);
      next.resize(on.rows(), on.cols());
      propagate_step(weights, ancestor_protein, ancestor_level, shots_.level[t + 1], shots_.decay[t],
                     shots_.half_decay[t], next);
      protein.swap(next);
    }
  }

  /// Features of all cells (rows in order of time) for target column i: proteins propagated without regard to the
  /// target's own state; column i is the target's history only.
  void features(Index i, Matrix& out) const {
    const auto times = static_cast<Index>(shots_.on.size());
    const auto columns = static_cast<Index>(shots_.active.size());
    out.resize(shots_.cells, columns);
    Matrix protein = shots_.level[0];
    Index row = protein.rows();
    out.topRows(row) = protein;
    out.col(i).head(row).setConstant(protein.col(i).mean());
    Matrix next;
    Matrix weights;
    Matrix cost;
    Sinkhorn transport;
    for (Index k = 0; k + 1 < times; ++k) {
      const auto t = static_cast<std::size_t>(k);
      const Matrix ancestor_protein = rows_of(protein, shots_.ancestors[t]);
      const Matrix ancestor_level = rows_of(shots_.level[t], shots_.ancestors[t]);
      const Interval& interval = intervals_[t];
      const Matrix& on = shots_.on[t + 1];
      cost = interval.cost;
      cost.noalias() -= interval.on_cost.col(i) * on.col(i).transpose();
      cost.noalias() -= interval.off_cost.col(i) * (1.0 - on.col(i).array()).matrix().transpose();
      transport.set_cost(cost, options_.entropy);
      // The coupling with gene i in is a good start: a third of the iterations go as far.
      transport.start_from(interval.scaling);
      transport.iterate(std::max<Index>(1, options_.transport_iterations / 3), true);
      transport.conditional(weights);
      next.resize(on.rows(), columns);
      propagate_step(weights, ancestor_protein, ancestor_level, shots_.level[t + 1], shots_.decay[t],
                     shots_.half_decay[t], next);
      out.middleRows(row, on.rows()) = next;
      const Vector history =
          shots_.decay[t][i] * ancestor_protein.col(i) + (1.0 - shots_.decay[t][i]) * ancestor_level.col(i);
      out.col(i).segment(row, on.rows()).noalias() = weights.transpose() * history;
      row += on.rows();
      protein.swap(next);
    }
  }

 private:
  static constexpr double least = 0.02;  // no prediction is surer than this: one gene must not decide a coupling

  void predict(Index k, const Matrix& protein, const Matrix& level, const Vector& basal, const Matrix& interactions,
               Interval& interval) const {
    const auto t = static_cast<std::size_t>(k);
    const Index columns = level.cols();
    Matrix s(level.rows(), columns);
    if (basal.size() == 0) {
      const Matrix on = rows_of(shots_.on[t], shots_.ancestors[t]);
      for (Index g = 0; g < columns; ++g) {
        const double now = shots_.on[t].col(g).mean();
        const double then = shots_.on[t + 1].col(g).mean();
        const double if_on = now > 0.0 ? 0.7 * std::min(now, then) / now + 0.3 * then : then;
        const double if_off = now < 1.0 ? 0.7 * std::max(then - now, 0.0) / (1.0 - now) + 0.3 * then : then;
        for (Index a = 0; a < level.rows(); ++a) s(a, g) = on(a, g) > 0.0 ? if_on : if_off;
      }
    } else {
      Matrix mean =
          protein * shots_.decay[t].asDiagonal() + level * (1.0 - shots_.decay[t].array()).matrix().asDiagonal();
      // The stimulus acts on descendants at the level they were read under.
      mean.col(0).setConstant(shots_.level[t + 1].col(0).mean());
      s.noalias() = mean * interactions.transpose();
      for (Index g = 0; g < columns; ++g) s.col(g) = (s.col(g).array() + basal[g]).unaryExpr(&logistic);
    }
    s = s.array().max(least).min(1.0 - least);
    interval.on_cost = -s.array().log();
    interval.off_cost = -(1.0 - s.array()).log();
    interval.on_cost.col(0).setZero();
    interval.off_cost.col(0).setZero();
  }

  const Snapshots& shots_;
  const PropagationOptions& options_;
  std::vector<Interval> intervals_;
};

/// |scores| among the active columns.
inline Matrix active_scores(const MatrixIn& scores, const std::vector<Index>& active) {
  const auto columns = static_cast<Index>(active.size());
  Matrix result(columns, columns);
  for (Index a = 0; a < columns; ++a) {
    for (Index b = 0; b < columns; ++b) {
      result(a, b) = std::abs(scores(active[static_cast<std::size_t>(a)], active[static_cast<std::size_t>(b)]));
    }
  }
  return result;
}

/// Weights of the adaptive lasso over the active columns: 1/(trust + c), c = |θ| over the n-th largest off-diagonal
/// entry, n the number of genes, capped at 1; divided by their mean.
inline Matrix adaptive_weights(const Matrix& scores, const std::vector<Index>& active, double trust) {
  const Index genes = scores.rows();
  std::vector<double> entries;
  for (Index j = 0; j < genes; ++j) {
    for (Index i = 1; i < genes; ++i) entries.push_back(scores(i, j));
  }
  const auto rank = std::min(entries.size(), static_cast<std::size_t>(std::max<Index>(genes - 1, 1))) - 1;
  std::nth_element(entries.begin(), entries.begin() + static_cast<std::ptrdiff_t>(rank), entries.end(),
                   std::greater<>());
  const double scale = entries[rank];
  const auto columns = static_cast<Index>(active.size());
  Matrix weights = Matrix::Ones(columns, columns);
  double sum = 0.0;
  for (Index a = 1; a < columns; ++a) {
    for (Index b = 0; b < columns; ++b) {
      const double score = scores(active[static_cast<std::size_t>(a)], active[static_cast<std::size_t>(b)]);
      const double c = score > 0.0 ? (scale > 0.0 ? std::min(score / scale, 1.0) : 1.0) : 0.0;
      weights(a, b) = 1.0 / (trust + c);
      sum += weights(a, b);
    }
  }
  return weights * (static_cast<double>((columns - 1) * columns) / sum);
}

}  // namespace detail

/// A network from propagated proteins.
/// @param first scores of a first fit (G × G), `infer(counts).scores`: edges strong there are penalised less
/// @param clustering modes of genes and cells; those of `Binarize` with pooled modes serve best
/// @return one step, at the last time point. Genes that are never or always on have no edges.
/// @throws std::invalid_argument, std::domain_error on sizes and options; Cancelled (told of genes × rounds)
/// Memory O(cells · active genes) per thread; time O(rounds · active genes · Σ_t n_t · ancestors · active genes).
template <class Optimizer = ProximalNewton, Executor E = Sequential, Progress P = IgnoreProgress>
requires RowOptimizer<Optimizer, RowObjective<Logistic>> Inference
propagate(const Counts& counts, Clustering clustering, const MatrixIn& first, const PropagationOptions& options = {},
          const Optimizer& optimizer = {}, const E& executor = {}, P progress = {}) {
  const Index genes = counts.genes();
  check_at_least("propagate", "counts.cells()", counts.cells(), 1);
  check_shape("propagate", "clustering.modes", clustering.modes, counts.cells(), genes);
  check_shape("propagate", "first", first, genes, genes);
  validate(options, genes);

  const detail::Snapshots shots = detail::take_snapshots(counts, clustering, options);
  const auto columns = static_cast<Index>(shots.active.size());
  Penalty penalty;
  penalty.strength = options.strength;
  penalty.self_weight = 1.0;
  penalty.basal_weight = 0.0;
  penalty.competition = options.competition;
  penalty.limit = 20.0;
  penalty.weights = detail::adaptive_weights(first.cwiseAbs(), shots.active, options.trust);

  Matrix on(counts.cells(), columns);
  for (Index k = 0, row = 0; k < static_cast<Index>(shots.on.size()); ++k) {
    const Matrix& part = shots.on[static_cast<std::size_t>(k)];
    on.middleRows(row, part.rows()) = part;
    row += part.rows();
  }
  const Vector weights = Vector::Constant(counts.cells(), 1.0 / static_cast<double>(counts.cells()));
  const Vector zero = Vector::Zero(columns);
  Coefficients fit = Coefficients::zero(columns);
  std::vector<Convergence> rows(static_cast<std::size_t>(columns));
  detail::Propagator propagator(shots, options);
  detail::ProgressCounter<P> counter(progress, options.rounds * std::max<Index>(columns - 1, 0));
  for (Index round = 0; round < options.rounds; ++round) {
    propagator.update(round == 0 ? Vector() : fit.basal, fit.interactions);
    const Matrix opposite =
        round == 0 ? detail::active_scores(first, shots.active) : Matrix(fit.interactions.cwiseAbs());
    executor.for_ranges(columns - 1, [&](Index begin, Index end) {
      Matrix features;
      Vector x(columns + 1);
      for (Index k = begin; k < end; ++k) {
        const Index i = k + 1;
        propagator.features(i, features);
        const RowObjective<Logistic> objective({}, features, on.col(i), weights, 0.0);
        const RowPenalty row = detail::row_penalty(penalty, zero, 0.0, {}, i, opposite.col(i));
        x << fit.interactions.row(i).transpose(), fit.basal[i];
        rows[static_cast<std::size_t>(i)] = optimizer.minimize(objective, row, x);
        fit.interactions.row(i) = x.head(columns).transpose();
        fit.basal[i] = x[columns];
        counter.add();
      }
    });
  }

  Inference result;
  result.names = counts.names();
  result.basins = group_into_basins(clustering, counts);
  result.clustering = std::move(clustering);
  Vector basal = Vector::Zero(genes);
  std::vector<Eigen::Triplet<double>> edges;
  for (Index a = 1; a < columns; ++a) {
    const Index i = shots.active[static_cast<std::size_t>(a)];
    basal[i] = fit.basal[a];
    for (Index b = 0; b < columns; ++b) {
      if (fit.interactions(a, b) == 0.0) continue;
      edges.emplace_back(static_cast<int>(i), static_cast<int>(shots.active[static_cast<std::size_t>(b)]),
                         fit.interactions(a, b));
    }
    result.diagnostics.regression = combine(result.diagnostics.regression, rows[static_cast<std::size_t>(a)]);
  }
  SparseMatrix interactions(genes, genes);
  interactions.setFromTriplets(edges.begin(), edges.end());
  result.scores = Matrix(interactions).cwiseAbs();
  result.steps.push_back(
      {counts.time_points()[counts.time_points().size() - 1], basal, interactions, result.diagnostics.regression});
  return result;
}

}  // namespace cardamom
