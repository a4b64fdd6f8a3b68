/// @file
/// Couplings between successive snapshots, under a fitted network's predictions, and proteins propagated along them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/function_ref.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/inference/ancestry/settings.hpp>
#include <cardamom/inference/ancestry/snapshots.hpp>
#include <cardamom/numerics/sinkhorn.hpp>

namespace cardamom {

/// Proteins of all cells, from the current fit (none at first). A coupling is the entropic transport between the
/// possible ancestors at one time point and the cells of the next, at the cost of the prediction's log loss: from every
/// ancestor the probabilities that its descendants have each gene on.
class AncestryCouplings {
 public:
  /// Keeps references to both.
  template <class Use = CompiledWhereUsed>
  AncestryCouplings(const WhereUsed<DiscreteSnapshots, Use>& snapshots,
                    const WhereUsed<PropagationOptions, Use>& options)
      : snapshots_(snapshots), options_(options) {}

  /// Couples all time points anew. Cost O(Σ_t n_t · ancestors · (columns + transport iterations)).
  /// @param basal, interactions of the columns; empty basal: first round, predictions from the shares of cells that are
  /// on
  /// @param link turns the argument of a rate into the probability of being on
  template <class Use = CompiledWhereUsed>
  void update(const WhereUsed<Vector, Use>& basal, const WhereUsed<Matrix, Use>& interactions,
              FunctionRef<double(double)> link) {
    const auto times = static_cast<Index>(snapshots_.on.size());
    intervals_.resize(static_cast<std::size_t>(times > 0 ? times - 1 : 0));
    WhereUsed<Matrix, Use> protein = snapshots_.level[0];
    WhereUsed<Matrix, Use> next;
    WhereUsed<Matrix, Use> weights;
    Sinkhorn transport;
    for (Index k = 0; k + 1 < times; ++k) {
      const auto t = static_cast<std::size_t>(k);
      const WhereUsed<Matrix, Use> ancestor_protein = rows_of(protein, snapshots_.ancestors[t]);
      const WhereUsed<Matrix, Use> ancestor_level = rows_of(snapshots_.level[t], snapshots_.ancestors[t]);
      Interval& interval = intervals_[t];
      const WhereUsed<Matrix, Use> probability =
          basal.size() == 0 ? predict_from_shares(k)
                            : predict(k, ancestor_protein, ancestor_level, basal, interactions, link);
      set_costs(probability, interval);
      const WhereUsed<Matrix, Use>& on = snapshots_.on[t + 1];
      interval.cost.noalias() = interval.on_cost * on.transpose();
      interval.cost.noalias() += interval.off_cost * (1.0 - on.array()).matrix().transpose();
      transport.set_cost(interval.cost, options_.entropy);
      transport.iterate(options_.transport_iterations, false);
      interval.scaling = transport.column_scaling();
      transport.conditional(weights);
      propagate_interval(t, weights, ancestor_protein, ancestor_level, next);
      protein.swap(next);
    }
  }

  /// Features of all cells (rows in order of time) for the target in column i: proteins propagated without regard to
  /// the target's own state, or it would leak into its predictors; column i is the target's history only.
  template <class Scalar>
  void features(Index i, Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>& out) const {
    const auto times = static_cast<Index>(snapshots_.on.size());
    out.resize(snapshots_.cells, snapshots_.columns());
    WhereUsed<Matrix, Scalar> protein = snapshots_.level[0];
    Index row = protein.rows();
    out.topRows(row) = protein.template cast<Scalar>();
    out.col(i).head(row).setConstant(static_cast<Scalar>(protein.col(i).mean()));
    WhereUsed<Matrix, Scalar> next;
    WhereUsed<Matrix, Scalar> weights;
    WhereUsed<Vector, Scalar> own;
    for (Index k = 0; k + 1 < times; ++k) {
      const auto t = static_cast<std::size_t>(k);
      const WhereUsed<Matrix, Scalar> ancestor_protein = rows_of(protein, snapshots_.ancestors[t]);
      const WhereUsed<Matrix, Scalar> ancestor_level = rows_of(snapshots_.level[t], snapshots_.ancestors[t]);
      couple_without(i, t, weights);
      propagate_interval(t, weights, ancestor_protein, ancestor_level, next);
      out.middleRows(row, next.rows()) = next.template cast<Scalar>();
      const WhereUsed<Vector, Scalar> history =
          snapshots_.decay[t][i] * ancestor_protein.col(i) + (1.0 - snapshots_.decay[t][i]) * ancestor_level.col(i);
      own.noalias() = weights.transpose() * history;
      out.col(i).segment(row, next.rows()) = own.template cast<Scalar>();
      row += next.rows();
      protein.swap(next);
    }
  }

 private:
  /// From one time point to the next.
  struct Interval {
    Matrix on_cost;   ///< ancestors × columns: −log s, s the probability of being on
    Matrix off_cost;  ///< ancestors × columns: −log(1 − s)
    Matrix cost;      ///< ancestors × cells of the next time point, summed over columns
    Vector scaling;   ///< of the cells, which balances the coupling
  };

  template <class Use = CompiledWhereUsed>
  static Matrix rows_of(const WhereUsed<Matrix, Use>& matrix, const std::vector<Index>& rows) {
    WhereUsed<Matrix, Use> result(static_cast<Index>(rows.size()), matrix.cols());
    for (std::size_t r = 0; r < rows.size(); ++r) result.row(static_cast<Index>(r)) = matrix.row(rows[r]);
    return result;
  }

  // With E = e^(−d1 Δt): P = E WᵀP + (1 − √E) √E Wᵀu + (1 − √E) u, half the interval towards the level u of the
  // ancestor, half towards that of the cell.
  template <class Use = CompiledWhereUsed>
  void propagate_interval(std::size_t t, const WhereUsed<Matrix, Use>& weights,
                          const WhereUsed<Matrix, Use>& ancestor_protein, const WhereUsed<Matrix, Use>& ancestor_level,
                          WhereUsed<Matrix, Use>& protein) const {
    const WhereUsed<Vector, Use>& half = snapshots_.half_decay[t];
    const WhereUsed<Matrix, Use>& level = snapshots_.level[t + 1];
    const WhereUsed<Matrix, Use> carried = ancestor_protein * snapshots_.decay[t].asDiagonal() +
                                           ancestor_level * ((1.0 - half.array()) * half.array()).matrix().asDiagonal();
    protein.resize(level.rows(), level.cols());
    protein.noalias() = weights.transpose() * carried;
    protein += level * (1.0 - half.array()).matrix().asDiagonal();
  }

  // The coupling of an interval with gene i left out.
  template <class Use = CompiledWhereUsed>
  void couple_without(Index i, std::size_t t, WhereUsed<Matrix, Use>& weights) const {
    const Interval& interval = intervals_[t];
    const WhereUsed<Matrix, Use>& on = snapshots_.on[t + 1];
    WhereUsed<Matrix, Use> cost = interval.cost;
    cost.noalias() -= interval.on_cost.col(i) * on.col(i).transpose();
    cost.noalias() -= interval.off_cost.col(i) * (1.0 - on.col(i).array()).matrix().transpose();
    Sinkhorn transport;
    transport.set_cost(cost, options_.entropy);
    // The coupling with gene i in is a good start: a third of the iterations go as far.
    transport.start_from(interval.scaling);
    transport.iterate(std::max<Index>(1, options_.transport_iterations / 3), true);
    transport.conditional(weights);
  }

  // Before any fit: a gene is on with the probability at which shares of cells change least, mixed with its share.
  template <class Use = CompiledWhereUsed>
  Matrix predict_from_shares(Index k) const {
    constexpr double memory = 0.7;  // weight of the gene's own state
    constexpr double forgotten = 0.3;
    const auto t = static_cast<std::size_t>(k);
    const WhereUsed<Matrix, Use> on = rows_of(snapshots_.on[t], snapshots_.ancestors[t]);
    WhereUsed<Matrix, Use> s(on.rows(), on.cols());
    for (Index g = 0; g < on.cols(); ++g) {
      const double now = snapshots_.on[t].col(g).mean();
      const double then = snapshots_.on[t + 1].col(g).mean();
      const double if_on = now > 0.0 ? memory * std::min(now, then) / now + forgotten * then : then;
      const double if_off = now < 1.0 ? memory * std::max(then - now, 0.0) / (1.0 - now) + forgotten * then : then;
      for (Index a = 0; a < on.rows(); ++a) s(a, g) = on(a, g) > 0.0 ? if_on : if_off;
    }
    return s;
  }

  // By the fit, at the proteins that ancestors lead to by the next time point.
  template <class Use = CompiledWhereUsed>
  Matrix predict(Index k, const WhereUsed<Matrix, Use>& protein, const WhereUsed<Matrix, Use>& level,
                 const WhereUsed<Vector, Use>& basal, const WhereUsed<Matrix, Use>& interactions,
                 FunctionRef<double(double)> link) const {
    const auto t = static_cast<std::size_t>(k);
    const WhereUsed<Vector, Use>& decay = snapshots_.decay[t];
    WhereUsed<Matrix, Use> mean = protein * decay.asDiagonal() + level * (1.0 - decay.array()).matrix().asDiagonal();
    // Inputs act on descendants at the level they were read under.
    for (Index j = 0; j < snapshots_.inputs; ++j) mean.col(j).setConstant(snapshots_.level[t + 1].col(j).mean());
    WhereUsed<Matrix, Use> s(level.rows(), level.cols());
    s.noalias() = mean * interactions.transpose();
    for (Index g = 0; g < s.cols(); ++g) s.col(g) = (s.col(g).array() + basal[g]).unaryExpr(link);
    return s;
  }

  template <class Use = CompiledWhereUsed>
  void set_costs(const WhereUsed<Matrix, Use>& probability, WhereUsed<Interval, Use>& interval) const {
    constexpr double least = 0.02;  // no prediction is surer than this: one gene must not decide a coupling
    const WhereUsed<Matrix, Use> s = probability.array().max(least).min(1.0 - least);
    interval.on_cost = -s.array().log();
    interval.off_cost = -(1.0 - s.array()).log();
    interval.on_cost.leftCols(snapshots_.inputs).setZero();
    interval.off_cost.leftCols(snapshots_.inputs).setZero();
  }

  const DiscreteSnapshots& snapshots_;
  const PropagationOptions& options_;
  std::vector<Interval> intervals_;
};

}  // namespace cardamom
