/// @file
/// Entropic optimal transport between two distributions by Sinkhorn's algorithm (Cuturi, NeurIPS 2013): the coupling W
/// with the marginals given that minimises Σ_ij W_ij cost_ij + entropy · Σ_ij W_ij log W_ij.
///
/// It does not test whether the marginals are met: the caller chooses the number of iterations.
#pragma once

#include <utility>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom {

/// A coupling of rows ("ancestors") with columns ("cells"): W = diag(a) K diag(b), K = exp(−cost/entropy).
///
///     Sinkhorn transport;
///     transport.set_cost(cost, 0.5);
///     transport.set_masses(shares_of_ancestors, shares_of_cells);  // uniform where it is left out
///     transport.iterate(30, false);
///     transport.conditional(weights);
class Sinkhorn {
 public:
  /// Sets K = exp(−cost/entropy), after subtracting each row's and then each column's minimum, which only rescales a
  /// and b and leaves no row or column whose entries all vanish in floating point. Masses are uniform until
  /// `set_masses`.
  /// @param cost rows × columns, at least one each, finite, of any sign
  /// @param entropy > 0, in the units of the cost
  /// Cost O(rows · columns) exponentials.
  template <class Use = CompiledWhereUsed>
  void set_cost(const Matrix& cost, double entropy) {
    WhereUsed<Matrix, Use>& kernel = kernel_;
    kernel = cost;
    for (Index i = 0; i < kernel.rows(); ++i) kernel.row(i).array() -= kernel.row(i).minCoeff();
    for (Index j = 0; j < kernel.cols(); ++j) kernel.col(j).array() -= kernel.col(j).minCoeff();
    kernel = (kernel.array() * (-1.0 / entropy)).exp().max(smallest_entry);
    using UsedVector = WhereUsed<Vector, Use>;
    set_masses(UsedVector::Constant(kernel.rows(), 1.0 / static_cast<double>(kernel.rows())),
               UsedVector::Constant(kernel.cols(), 1.0 / static_cast<double>(kernel.cols())));
  }

  /// Sets the marginals of the coupling.
  /// @param rows, columns as many as the cost has, > 0; each sum to 1
  void set_masses(Vector rows, Vector columns) {
    row_mass_ = std::move(rows);
    column_mass_ = std::move(columns);
  }

  /// The transport at the cost of `whole` less a term of two kinds of columns, between the same masses and from its b:
  /// cost_ij − if_on_i where on_j > 0, cost_ij − if_off_i elsewhere.
  /// @param if_on, if_off one entry per row, finite
  /// @param on one entry per column
  /// @param entropy that of `whole`
  /// Cost O(rows · columns), without exponentials.
  template <class Use = CompiledWhereUsed>
  void set_without(const Sinkhorn& whole, const WhereUsed<VectorIn, Use>& if_on, const WhereUsed<VectorIn, Use>& if_off,
                   const VectorIn& on, double entropy) {
    // Only the difference matters, the rest rescales a. So no factor is above 1.
    const WhereUsed<Vector, Use> more = (if_on - if_off) / entropy;
    const WhereUsed<Vector, Use> factor_on = more.array().min(0.0).exp();
    const WhereUsed<Vector, Use> factor_off = (-more).array().min(0.0).exp();
    WhereUsed<Matrix, Use>& kernel = kernel_;
    kernel.resize(whole.kernel_.rows(), whole.kernel_.cols());
    for (Index j = 0; j < kernel.cols(); ++j) {
      const WhereUsed<Vector, Use>& factor = on[j] > 0.0 ? factor_on : factor_off;
      const WhereUsed<Matrix, Use>& whole_kernel = whole.kernel_;
      kernel.col(j) = whole_kernel.col(j).cwiseProduct(factor).cwiseMax(smallest_entry);
    }
    row_mass_ = whole.row_mass_;
    column_mass_ = whole.column_mass_;
    b_ = whole.b_;
  }

  /// Scales rows and columns in turn; afterwards the columns have their mass exactly, the rows to the accuracy reached.
  /// @param iterations >= 1; each costs O(rows · columns)
  /// @param warm whether to start from the b found last (or that of `set_without`), which saves iterations where the
  /// cost has changed little, instead of from b equal to the masses
  template <class Use = CompiledWhereUsed>
  void iterate(Index iterations, bool warm) {
    const WhereUsed<Matrix, Use>& kernel = kernel_;
    const WhereUsed<Vector, Use>& row_mass = row_mass_;
    const WhereUsed<Vector, Use>& column_mass = column_mass_;
    WhereUsed<Vector, Use>& a = a_;
    WhereUsed<Vector, Use>& b = b_;
    // As many columns of equal mass would start: a column of twice the mass stands for two.
    if (!warm || b.size() != kernel.cols()) b = static_cast<double>(kernel.cols()) * column_mass;
    a.resize(kernel.rows());
    for (Index k = 0; k < iterations; ++k) {
      a.noalias() = kernel * b;
      a = row_mass.cwiseQuotient(a);
      b.noalias() = kernel.transpose() * a;
      b = column_mass.cwiseQuotient(b);
    }
  }

  /// Means over the rows given the column, Σ_i W_ij values_i / Σ_i W_ij, after `iterate`.
  /// @param values rows × anything
  /// @param means resized to columns × the same; must not overlap `values`
  /// Cost O(rows · columns) for each of them.
  template <class Use = CompiledWhereUsed>
  void conditional_means(const WhereUsed<MatrixIn, Use>& values, WhereUsed<Matrix, Use>& means) const {
    const WhereUsed<Vector, Use>& a = a_;
    const WhereUsed<Vector, Use>& b = b_;
    means.resize(kernel_.cols(), values.cols());
    means.noalias() = kernel_.transpose() * (a.asDiagonal() * values).eval();
    means = b.cwiseQuotient(column_mass_).asDiagonal() * means;
  }

  /// The law of the row given the column, W_ij / Σ_i W_ij, after `iterate`.
  /// @param weights resized to rows × columns; every column sums to 1
  template <class Use = CompiledWhereUsed>
  void conditional(WhereUsed<Matrix, Use>& weights) const {
    const WhereUsed<Vector, Use>& a = a_;
    const WhereUsed<Vector, Use>& b = b_;
    weights = a.asDiagonal() * kernel_ * b.cwiseQuotient(column_mass_).asDiagonal();
  }

 private:
  /// Least entry of K. Exponentials of costs hundreds of entropies above the least would be 0 and leave rows without
  /// mass; sums of products of such entries with the scalings stay within the range of a double, 1e-308 … 1e308.
  static constexpr double smallest_entry = 1e-250;

  Matrix kernel_;
  Vector row_mass_;
  Vector column_mass_;
  Vector a_;
  Vector b_;
};

}  // namespace cardamom
