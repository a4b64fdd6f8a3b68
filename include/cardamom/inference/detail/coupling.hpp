/// @file
/// Couplings between the cells of two successive snapshots: who is whose likely ancestor.
#pragma once

#include <algorithm>
#include <cmath>

#include <cardamom/core/types.hpp>

namespace cardamom::detail {

/// Entropic optimal transport with uniform marginals (Sinkhorn's algorithm).
class Sinkhorn {
 public:
  /// K = exp(−cost/entropy) after subtracting each row's and then each column's minimum, floored so that no row or
  /// column vanishes. Entries of the coupling are a_i K_ij b_j; subtracting minima only rescales a and b.
  /// @param cost ancestors × cells
  void set_cost(const Matrix& cost, double entropy) {
    kernel_ = cost;
    for (Index i = 0; i < kernel_.rows(); ++i) row_minimum_of(i);
    for (Index j = 0; j < kernel_.cols(); ++j) {
      kernel_.col(j).array() -= kernel_.col(j).minCoeff();
    }
    kernel_ = (kernel_.array() * (-1.0 / entropy)).exp().max(smallest);
    row_sums_.resize(kernel_.rows());
    column_sums_.resize(kernel_.cols());
  }

  /// Starts from b = 1 or, to refine a coupling of a similar cost, from the b found last.
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

  /// W(ancestor | cell): columns sum to 1.
  void conditional(Matrix& weights) const {
    weights = a_.asDiagonal() * kernel_;
    for (Index j = 0; j < weights.cols(); ++j) weights.col(j) /= weights.col(j).sum();
  }

  const Vector& column_scaling() const noexcept { return b_; }
  void start_from(const Vector& b) { b_ = b; }

 private:
  static constexpr double smallest = 1e-250;

  void row_minimum_of(Index i) { kernel_.row(i).array() -= kernel_.row(i).minCoeff(); }

  Matrix kernel_;
  Vector a_;
  Vector b_;
  Vector row_sums_;
  Vector column_sums_;
};

}  // namespace cardamom::detail
