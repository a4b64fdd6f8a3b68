/// @file
/// Entropic optimal transport between two uniform distributions by Sinkhorn's algorithm (Cuturi, NeurIPS 2013): the
/// coupling W with uniform marginals that minimises Σ_ij W_ij cost_ij + entropy · Σ_ij W_ij log W_ij.
///
/// It does not test whether the marginals are met: the caller chooses the number of iterations.
#pragma once

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom {

/// A coupling of rows ("ancestors") with columns ("cells"): W = diag(a) K diag(b), K = exp(−cost/entropy).
///
///     Sinkhorn transport;
///     transport.set_cost(cost, 0.5);
///     transport.iterate(30, false);
///     transport.conditional(weights);
class Sinkhorn {
 public:
  /// Sets K = exp(−cost/entropy), after subtracting each row's and then each column's minimum, which only rescales a
  /// and b and leaves no row or column whose entries all vanish in floating point.
  /// @param cost rows × columns, at least one each, finite, of any sign
  /// @param entropy > 0, in the units of the cost
  /// Cost O(rows · columns) exponentials.
  template <class Use = CompiledWhereUsed>
  void set_cost(const WhereUsed<Matrix, Use>& cost, double entropy) {
    kernel_ = cost;
    for (Index i = 0; i < kernel_.rows(); ++i) kernel_.row(i).array() -= kernel_.row(i).minCoeff();
    for (Index j = 0; j < kernel_.cols(); ++j) kernel_.col(j).array() -= kernel_.col(j).minCoeff();
    kernel_ = (kernel_.array() * (-1.0 / entropy)).exp().max(smallest_entry);
    row_sums_.resize(kernel_.rows());
    column_sums_.resize(kernel_.cols());
  }

  /// Scales rows and columns in turn; afterwards the columns have their mass exactly, the rows to the accuracy reached.
  /// @param iterations >= 1; each costs O(rows · columns)
  /// @param warm whether to start from the b found last (or given by `start_from`), which saves iterations where the
  /// cost has changed little, instead of from b = 1
  template <class = CompiledWhereUsed>
  void iterate(Index iterations, bool warm) {
    if (!warm || b_.size() != kernel_.cols()) b_ = Vector::Ones(kernel_.cols());
    const double row_mass = 1.0 / static_cast<double>(kernel_.rows());
    const double column_mass = 1.0 / static_cast<double>(kernel_.cols());
    for (Index k = 0; k < iterations; ++k) {
      row_sums_.noalias() = kernel_ * b_;
      a_ = row_mass / row_sums_.array();
      column_sums_.noalias() = kernel_.transpose() * a_;
      b_ = column_mass / column_sums_.array();
    }
  }

  /// The law of the row given the column, W_ij / Σ_i W_ij, after `iterate`.
  /// @param weights resized to rows × columns; every column sums to 1
  template <class Use = CompiledWhereUsed>
  void conditional(WhereUsed<Matrix, Use>& weights) const {
    weights = a_.asDiagonal() * kernel_;
    for (Index j = 0; j < weights.cols(); ++j) weights.col(j) /= weights.col(j).sum();
  }

  /// b, one entry per column: what `start_from` of another transport takes.
  [[nodiscard]] const Vector& column_scaling() const noexcept { return b_; }
  /// Sets the b from which the next warm `iterate` starts. @param b one entry per column, > 0
  void start_from(const Vector& b) { b_ = b; }

 private:
  /// Least entry of K. Exponentials of costs hundreds of entropies above the least would be 0 and leave rows without
  /// mass; sums of products of such entries with the scalings stay within the range of a double, 1e-308 … 1e308.
  static constexpr double smallest_entry = 1e-250;

  Matrix kernel_;
  Vector a_;
  Vector b_;
  Vector row_sums_;
  Vector column_sums_;
};

}  // namespace cardamom
