/// @file
/// Sums and shares of numbers known by their logarithms, without overflow or underflow.
#pragma once

#include <cmath>
#include <limits>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom {

/// ln Σ_k e^{values_k}, −∞ when every value is −∞. At least one value.
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline double log_sum_exp(const WhereUsed<VectorIn, Use>& values) {
  const double largest = values.maxCoeff();
  if (largest == -std::numeric_limits<double>::infinity()) return largest;
  return largest + std::log((values.array() - largest).exp().sum());
}

/// Replaces values by e^{values_k} / Σ e^{values}. At least one value must be finite; those of −∞ become exactly 0.
template <class Use = CompiledWhereUsed>
inline void softmax(WhereUsed<VectorOut, Use> values) {
  const double largest = values.maxCoeff();
  // Not Eigen's exp, which turns −∞ into a denormal number instead of 0.
  for (double& value : values) value = std::exp(value - largest);
  values /= values.sum();
}

/// Softmax of every row, in place; returns ln Σ_k e^{values_ik} per row. Every row needs a finite value.
/// Goes column by column, so that exponentials are computed several at a time; unlike
/// `softmax` it may turn −∞ into a denormal number instead of 0.
template <class Use = CompiledWhereUsed>
inline Vector softmax_rows(WhereUsed<Matrix, Use>& values) {
  WhereUsed<Vector, Use> top = values.col(0);
  for (Index k = 1; k < values.cols(); ++k) top = top.cwiseMax(values.col(k));
  WhereUsed<Vector, Use> sum = Vector::Zero(values.rows());
  for (Index k = 0; k < values.cols(); ++k) {
    values.col(k) = (values.col(k) - top).array().exp();
    sum += values.col(k);
  }
  for (Index k = 0; k < values.cols(); ++k) values.col(k).array() /= sum.array();
  return top.array() + sum.array().log();
}

}  // namespace cardamom
