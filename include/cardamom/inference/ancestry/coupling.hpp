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

/// Proteins of all states of cells, from the current fit (none at first). A coupling is the entropic transport between
/// the possible ancestors at one time point and the cells of the next, at the cost of the prediction's log loss: from
/// every ancestor the probabilities that its descendants have each gene on.
class AncestryCouplings {
 public:
  /// Keeps references to both.
  template <class = CompiledWhereUsed>
  AncestryCouplings(const DiscreteSnapshots& snapshots, const PropagationOptions& options)
      : snapshots_(snapshots), options_(options) {}

  /// Couples all time points anew. Cost O(Σ_t states_t · ancestors · (columns + transport iterations)).
  /// @param basal, interactions of the columns; empty basal: first round, predictions from the shares of cells that are
  /// on
  /// @param link turns the argument of a rate into the probability of being on
  template <class Use = CompiledWhereUsed>
  void update(const Vector& basal, const Matrix& interactions, FunctionRef<double(double)> link) {
    const auto times = static_cast<Index>(snapshots_.on.size());
    intervals_.resize(static_cast<std::size_t>(times > 0 ? times - 1 : 0));
    Matrix protein = snapshots_.level[0];
    Matrix next;
    for (Index k = 0; k + 1 < times; ++k) {
      const auto t = static_cast<std::size_t>(k);
      const Matrix ancestor_protein = rows_of(protein, snapshots_.ancestors[t]);
      Interval& interval = intervals_[t];
      interval.level = rows_of(snapshots_.level[t], snapshots_.ancestors[t]);
      const Matrix probability = basal.size() == 0
                                     ? predict_from_shares(k)
                                     : predict(k, ancestor_protein, interval.level, basal, interactions, link);
      set_costs(t, probability, interval);
      const WhereUsed<Matrix, Use>& on = snapshots_.on[t + 1];
      Matrix cost = interval.on_cost * on.transpose();
      cost.noalias() += interval.off_cost * (1.0 - on.array()).matrix().transpose();
      interval.transport.set_cost(cost, options_.entropy);
      interval.transport.set_masses(snapshots_.ancestor_share[t], snapshots_.share[t + 1]);
      interval.transport.iterate(options_.transport_iterations, false);
      propagate_interval(t, interval.transport, ancestor_protein, next);
      protein.swap(next);
    }
  }

  /// Features of all states (rows in order of time) for the target in column i: proteins propagated without regard to
  /// the target's own state, or it would leak into its predictors; column i is the target's history only.
  template <class Scalar>
  void features(Index i, Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>& out) const {
    const auto times = static_cast<Index>(snapshots_.on.size());
    out.resize(snapshots_.states(), snapshots_.columns());
    Matrix protein = snapshots_.level[0];
    Index row = protein.rows();
    out.topRows(row) = protein.template cast<Scalar>();
    out.col(i).head(row).setConstant(static_cast<Scalar>(protein.col(i).dot(snapshots_.share[0])));
    Matrix next;
    Matrix own;
    Sinkhorn transport;
    for (Index k = 0; k + 1 < times; ++k) {
      const auto t = static_cast<std::size_t>(k);
      const Interval& interval = intervals_[t];
      const WhereUsed<Matrix, Scalar> ancestor_protein = rows_of(protein, snapshots_.ancestors[t]);
      couple_without(i, t, transport);
      propagate_interval(t, transport, ancestor_protein, next);
      out.middleRows(row, next.rows()) = next.template cast<Scalar>();
      const double decay = snapshots_.decay[t][i];
      const WhereUsed<Matrix, Scalar> history = decay * ancestor_protein.col(i) + (1.0 - decay) * interval.level.col(i);
      transport.conditional_means(history, own);
      out.col(i).segment(row, next.rows()) = own.template cast<Scalar>();
      row += next.rows();
      protein.swap(next);
    }
  }

 private:
  /// From one time point to the next.
  struct Interval {
    Matrix level;        ///< of the ancestors
    Matrix on_cost;      ///< ancestors × columns: −log s, s the probability of being on
    Matrix off_cost;     ///< ancestors × columns: −log(1 − s)
    Sinkhorn transport;  ///< of ancestors to states of the next time point, at the cost of all columns
  };

  template <class = CompiledWhereUsed>
  static Matrix rows_of(const Matrix& matrix, const std::vector<Index>& rows) {
    Matrix result(static_cast<Index>(rows.size()), matrix.cols());
    for (std::size_t r = 0; r < rows.size(); ++r) result.row(static_cast<Index>(r)) = matrix.row(rows[r]);
    return result;
  }

  // With E = e^(−d1 Δt): P = E WᵀP + (1 − √E) √E Wᵀu + (1 − √E) u, half the interval towards the level u of the
  // ancestor, half towards that of the cell.
  template <class Use = CompiledWhereUsed>
  void propagate_interval(std::size_t t, const Sinkhorn& transport, const WhereUsed<Matrix, Use>& ancestor_protein,
                          Matrix& protein) const {
    const WhereUsed<Vector, Use>& half = snapshots_.half_decay[t];
    const Matrix carried = ancestor_protein * snapshots_.decay[t].asDiagonal() +
                           intervals_[t].level * ((1.0 - half.array()) * half.array()).matrix().asDiagonal();
    transport.conditional_means(carried, protein);
    protein += snapshots_.level[t + 1] * (1.0 - half.array()).matrix().asDiagonal();
  }

  // The coupling of an interval with gene i left out. That with gene i in is a good start: a third of the iterations go
  // as far.
  template <class = CompiledWhereUsed>
  void couple_without(Index i, std::size_t t, Sinkhorn& transport) const {
    const Interval& interval = intervals_[t];
    transport.set_without(interval.transport, interval.on_cost.col(i), interval.off_cost.col(i),
                          snapshots_.on[t + 1].col(i), options_.entropy);
    transport.iterate(std::max<Index>(1, options_.transport_iterations / 3), true);
  }

  // Before any fit: a gene is on with the probability at which shares of cells change least, mixed with its share.
  template <class = CompiledWhereUsed>
  Matrix predict_from_shares(Index k) const {
    constexpr double memory = 0.7;  // weight of the gene's own state
    constexpr double forgotten = 0.3;
    const auto t = static_cast<std::size_t>(k);
    const Matrix on = rows_of(snapshots_.on[t], snapshots_.ancestors[t]);
    Matrix s(on.rows(), on.cols());
    for (Index g = 0; g < on.cols(); ++g) {
      const double now = snapshots_.on[t].col(g).dot(snapshots_.share[t]);
      const double then = snapshots_.on[t + 1].col(g).dot(snapshots_.share[t + 1]);
      const double if_on = now > 0.0 ? memory * std::min(now, then) / now + forgotten * then : then;
      const double if_off = now < 1.0 ? memory * std::max(then - now, 0.0) / (1.0 - now) + forgotten * then : then;
      for (Index a = 0; a < on.rows(); ++a) s(a, g) = on(a, g) > 0.0 ? if_on : if_off;
    }
    return s;
  }

  // By the fit, at the proteins that ancestors lead to by the next time point.
  template <class Use = CompiledWhereUsed>
  Matrix predict(Index k, const WhereUsed<Matrix, Use>& protein, const WhereUsed<Matrix, Use>& level,
                 const Vector& basal, const Matrix& interactions, FunctionRef<double(double)> link) const {
    const auto t = static_cast<std::size_t>(k);
    const WhereUsed<Vector, Use>& decay = snapshots_.decay[t];
    WhereUsed<Matrix, Use> mean = protein * decay.asDiagonal() + level * (1.0 - decay.array()).matrix().asDiagonal();
    // Inputs act on descendants at the level they were read under.
    for (Index j = 0; j < snapshots_.inputs; ++j) {
      mean.col(j).setConstant(snapshots_.level[t + 1].col(j).dot(snapshots_.share[t + 1]));
    }
    WhereUsed<Matrix, Use> s(level.rows(), level.cols());
    s.noalias() = mean * interactions.transpose();
    for (Index g = 0; g < s.cols(); ++g) s.col(g) = (s.col(g).array() + basal[g]).unaryExpr(link);
    return s;
  }

  template <class Use = CompiledWhereUsed>
  void set_costs(std::size_t t, const WhereUsed<Matrix, Use>& probability, Interval& interval) const {
    constexpr double least = 0.02;  // no prediction is surer than this: one gene must not decide a coupling
    WhereUsed<Matrix, Use> s = probability.array().max(least).min(1.0 - least);
    // Cells stay under the inputs they are under: where cells of a time point were treated differently, their ancestors
    // are sought among those treated alike. Where all are under the same inputs this costs every ancestor the same.
    const WhereUsed<Matrix, Use> on = rows_of(snapshots_.on[t], snapshots_.ancestors[t]);
    s.leftCols(snapshots_.inputs) = on.leftCols(snapshots_.inputs).array().max(least).min(1.0 - least);
    interval.on_cost = -s.array().log();
    interval.off_cost = -(1.0 - s.array()).log();
    // What was done to a gene by hand says nothing of who comes from whom.
    for (Index a = snapshots_.inputs; a < s.cols(); ++a) {
      if (!snapshots_.set_by_hand[static_cast<std::size_t>(a)]) continue;
      interval.on_cost.col(a).setZero();
      interval.off_cost.col(a).setZero();
    }
  }

  const DiscreteSnapshots& snapshots_;
  const PropagationOptions& options_;
  std::vector<Interval> intervals_;
};

}  // namespace cardamom
