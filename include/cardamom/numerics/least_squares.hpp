/// @file
/// Linear least squares by Eigen's Householder decomposition with column pivoting, behind one function: the expressions
/// of that decomposition are among the most expensive that a compiler meets here.
#pragma once

#include <Eigen/QR>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom {

/// An x that minimises ‖matrix · x − right‖₂. Where columns are linearly dependent up to rounding, x is one of the
/// minimisers, with zeros for columns that the others make superfluous.
/// @param matrix rows × unknowns, finite
/// @param right one entry per row
/// @returns one entry per unknown; not finite where the arguments are not or the matrix is zero
/// @throws std::invalid_argument when the sizes disagree
/// Cost O(rows · unknowns²).
template <class = CompiledWhereUsed>
[[nodiscard]] Vector least_squares(const Matrix& matrix, const Vector& right) {
  check_size("least_squares", "right", right.size(), matrix.rows());
  return matrix.colPivHouseholderQr().solve(right);
}

}  // namespace cardamom
