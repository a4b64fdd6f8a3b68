/// @file
/// Linear least squares by Householder reflections with column pivoting, for few unknowns. The steps are those of
/// Eigen's `ColPivHouseholderQR`, whose expressions cost a compiler a tenth of a whole program; where additions and
/// multiplications are not fused, results for up to eight unknowns are the same to the last bit.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom {

namespace detail {

/// A = Q R P': the columns of A in the order of P, those of largest remaining norm first (Businger and Golub 1965;
/// norms are updated as in LAPACK Working Note 176). Reflections H = I − τ v v', v = (1, w), stand below the diagonal
/// of R.
class PivotedQr {
 public:
  template <class = CompiledWhereUsed>
  explicit PivotedQr(Matrix matrix) : qr_(std::move(matrix)), order_(static_cast<std::size_t>(qr_.cols())) {
    const Index unknowns = qr_.cols();
    const Index steps = std::min(qr_.rows(), unknowns);
    std::iota(order_.begin(), order_.end(), Index{0});
    taus_.resize(static_cast<std::size_t>(steps));
    rank_ = steps;
    std::vector<double> norms(static_cast<std::size_t>(unknowns));  // of what is left of each column, updated
    for (Index j = 0; j < unknowns; ++j) norms[static_cast<std::size_t>(j)] = norm_below(j, 0);
    std::vector<double> exact_norms = norms;  // as last computed from the column itself
    const double largest = unknowns == 0 ? 0.0 : *std::max_element(norms.begin(), norms.end());
    const double negligible = square(largest * epsilon) / static_cast<double>(qr_.rows());

    for (Index k = 0; k < steps; ++k) {
      const auto at = static_cast<std::size_t>(k);
      const auto pivot = static_cast<std::size_t>(std::max_element(norms.begin() + k, norms.end()) - norms.begin());
      if (rank_ == steps && square(norms[pivot]) < negligible * static_cast<double>(qr_.rows() - k)) rank_ = k;
      if (pivot != at) {
        double* const column = qr_.data() + k * qr_.rows();
        std::swap_ranges(column, column + qr_.rows(), qr_.data() + static_cast<Index>(pivot) * qr_.rows());
        std::swap(norms[at], norms[pivot]);
        std::swap(exact_norms[at], exact_norms[pivot]);
        std::swap(order_[at], order_[pivot]);
      }
      taus_[at] = make_reflection(k);
      if (k + 1 < unknowns) {
        reflect(k, qr_.data() + (k + 1) * qr_.rows(), unknowns - k - 1);
      }
      for (Index j = k + 1; j < unknowns; ++j) {
        double& norm = norms[static_cast<std::size_t>(j)];
        double& exact = exact_norms[static_cast<std::size_t>(j)];
        if (norm == 0.0) continue;
        const double ratio = std::abs(qr_(k, j)) / norm;
        const double kept = std::max((1.0 + ratio) * (1.0 - ratio), 0.0);
        if (kept * square(norm / exact) <= std::sqrt(epsilon)) {
          exact = norm = norm_below(j, k + 1);  // cancellation left too few digits of the updated one
        } else {
          norm *= std::sqrt(kept);
        }
      }
    }
  }

  template <class = CompiledWhereUsed>
  Vector solve(Vector right) const {
    for (Index k = 0; k < rank_; ++k) reflect(k, right.data(), 1);
    for (Index k = rank_ - 1; k >= 0; --k) {
      if (right[k] == 0.0) continue;
      right[k] /= qr_(k, k);
      for (Index i = 0; i < k; ++i) right[i] -= right[k] * qr_(i, k);
    }
    Vector solution = Vector::Zero(qr_.cols());
    for (Index k = 0; k < rank_; ++k) solution[order_[static_cast<std::size_t>(k)]] = right[k];
    return solution;
  }

 private:
  static constexpr double epsilon = std::numeric_limits<double>::epsilon();

  static double square(double x) { return x * x; }

  // The norm of column j from a row on.
  template <class = CompiledWhereUsed>
  double norm_below(Index j, Index row) const {
    return std::sqrt(square_sum(qr_.data() + j * qr_.rows() + row, qr_.rows() - row));
  }

  // Turns column k from row k on into (β, w) and returns τ.
  template <class = CompiledWhereUsed>
  double make_reflection(Index k) {
    double* const column = qr_.data() + k * qr_.rows() + k;
    const Index below = qr_.rows() - k - 1;
    const double rest = below == 0 ? 0.0 : square_sum(column + 1, below);
    const double head = column[0];
    if (rest <= std::numeric_limits<double>::min()) {
      std::fill(column + 1, column + 1 + below, 0.0);
      return 0.0;
    }
    const double norm = std::sqrt(square(head) + rest);
    const double beta = head >= 0.0 ? -norm : norm;
    for (Index i = 1; i <= below; ++i) column[i] /= head - beta;
    column[0] = beta;
    return (beta - head) / beta;
  }

  // Applies reflection k to `count` columns of as many rows as the matrix has.
  template <class = CompiledWhereUsed>
  void reflect(Index k, double* columns, Index count) const {
    const double tau = taus_[static_cast<std::size_t>(k)];
    const Index rows = qr_.rows();
    const Index below = rows - k - 1;
    if (below == 0) {
      for (Index j = 0; j < count; ++j) columns[j * rows + k] *= 1.0 - tau;
      return;
    }
    if (tau == 0.0) return;
    const double* const w = qr_.data() + k * rows + k + 1;
    Vector products(count);
    multiply(columns + k + 1, w, below, products);
    std::vector<double> scaled(w, w + below);
    for (double& entry : scaled) entry = tau * entry;
    for (Index j = 0; j < count; ++j) {
      double* const column = columns + j * rows + k;
      const double product = products[j] + column[0];
      column[0] -= tau * product;
      for (Index i = 0; i < below; ++i) column[1 + i] -= product * scaled[static_cast<std::size_t>(i)];
    }
  }

  // products = block' w, of a block with a column every qr_.rows() entries.
  template <class = CompiledWhereUsed>
  void multiply(const double* block, const double* w, Index below, Vector& products) const {
    const Eigen::Map<const Vector> factor(w, below);
    if (products.size() == 1) {
      products[0] = factor.dot(Eigen::Map<const Vector>(block, below));
    } else {
      products.noalias() = MatrixIn(Eigen::Map<const Matrix, 0, Eigen::OuterStride<>>(block, below, products.size(),
                                                                                      Eigen::OuterStride<>(qr_.rows())))
                               .transpose() *
                           factor;
    }
  }

  static double square_sum(const double* values, Index size) {
    return Eigen::Map<const Vector>(values, size).squaredNorm();
  }

  Matrix qr_;
  std::vector<double> taus_;
  std::vector<Index> order_;
  Index rank_ = 0;
};

}  // namespace detail

/// An x that minimises ‖matrix · x − right‖₂. Where columns are linearly dependent up to rounding, x is one of the
/// minimisers, with zeros for columns that the others make superfluous.
/// @param matrix rows × unknowns, finite; few unknowns: nothing is done in blocks
/// @param right one entry per row
/// @returns one entry per unknown; not finite where the arguments are not or the matrix is zero
/// @throws std::invalid_argument when the sizes disagree
/// Cost O(rows · unknowns²).
template <class = CompiledWhereUsed>
[[nodiscard]] Vector least_squares(const Matrix& matrix, const Vector& right) {
  check_size("least_squares", "right", right.size(), matrix.rows());
  return detail::PivotedQr(matrix).solve(right);
}

}  // namespace cardamom
