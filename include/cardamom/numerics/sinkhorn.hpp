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
  template <class = CompiledWhereUsed>
  void set_cost(const Matrix& cost, double entropy) {
    kernel_ = cost;
    for (Index i = 0; i < kernel_.rows(); ++i) kernel_.row(i).array() -= kernel_.row(i).minCoeff();
    for (Index j = 0; j < kernel_.cols(); ++j) kernel_.col(j).array() -= kernel_.col(j).minCoeff();
    kernel_ = (kernel_.array() * (-1.0 / entropy)).exp().max(smallest_entry);
    set_masses(Vector::Constant(kernel_.rows(), 1.0 / static_cast<double>(kernel_.rows())),
               Vector::Constant(kernel_.cols(), 1.0 / static_cast<double>(kernel_.cols())));
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
  template <class = CompiledWhereUsed>
  void set_without(const Sinkhorn& whole, const VectorIn& if_on, const VectorIn& if_off, const VectorIn& on,
                   double entropy) {
    // Only the difference matters, the rest rescales a. So no factor is above 1.
    const Vector more = (if_on - if_off) / entropy;
    const Vector factor_on = more.array().min(0.0).exp();
    const Vector factor_off = (-more).array().min(0.0).exp();
    kernel_.resize(whole.kernel_.rows(), whole.kernel_.cols());
    for (Index j = 0; j < kernel_.cols(); ++j) {
      const Vector& factor = on[j] > 0.0 ? factor_on : factor_off;
      kernel_.col(j) = whole.kernel_.col(j).cwiseProduct(factor).cwiseMax(smallest_entry);
    }
    row_mass_ = whole.row_mass_;
    column_mass_ = whole.column_mass_;
    b_ = whole.b_;
  }

  /// Scales rows and columns in turn; afterwards the columns have their mass exactly, the rows to the accuracy reached.
  /// @param iterations >= 1; each costs O(rows · columns)
  /// @param warm whether to start from the b found last (or that of `set_without`), which saves iterations where the
  /// cost has changed little, instead of from b equal to the masses
  template <class = CompiledWhereUsed>
  void iterate(Index iterations, bool warm) {
    // As many columns of equal mass would start: a column of twice the mass stands for two.
    if (!warm || b_.size() != kernel_.cols()) b_ = static_cast<double>(kernel_.cols()) * column_mass_;
    a_.resize(kernel_.rows());
    for (Index k = 0; k < iterations; ++k) {
      a_.noalias() = kernel_ * b_;
      a_ = row_mass_.cwiseQuotient(a_);
      b_.noalias() = kernel_.transpose() * a_;
      b_ = column_mass_.cwiseQuotient(b_);
    }
  }

  /// Means over the rows given the column, Σ_i W_ij values_i / Σ_i W_ij, after `iterate`.
  /// @param values rows × anything
  /// @param means resized to columns × the same; must not overlap `values`
  /// Cost O(rows · columns) for each of them.
  template <class = CompiledWhereUsed>
  void conditional_means(const MatrixIn& values, Matrix& means) const {
    means.resize(kernel_.cols(), values.cols());
    means.noalias() = kernel_.transpose() * (a_.asDiagonal() * values).eval();
    means = b_.cwiseQuotient(column_mass_).asDiagonal() * means;
  }

  /// The law of the row given the column, W_ij / Σ_i W_ij, after `iterate`.
  /// @param weights resized to rows × columns; every column sums to 1
  template <class = CompiledWhereUsed>
  void conditional(Matrix& weights) const {
    weights = a_.asDiagonal() * kernel_ * b_.cwiseQuotient(column_mass_).asDiagonal();
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
