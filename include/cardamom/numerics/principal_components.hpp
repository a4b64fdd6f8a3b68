/// @file
/// Principal components of a table: the orthonormal directions along which its rows vary most, eigenvectors of the
/// covariance of its columns (Pearson 1901, Hotelling 1933).
#pragma once

#include <algorithm>
#include <cmath>

#include <Eigen/Eigenvalues>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom {

/// Directions of largest variance, and where they cross.
struct PrincipalComponents {
  Vector mean;                  ///< per variable
  Matrix loadings;              ///< variables × components, columns orthonormal
  Vector variances;             ///< per component, of the rows along it (with n − 1), decreasing, >= 0
  double total_variance = 0.0;  ///< over all variables: what all components together would explain

  /// Coordinates of rows.
  /// @param rows × variables
  /// @returns rows × components: (rows − mean) · loadings
  /// @throws std::invalid_argument on the number of variables
  template <class Use = CompiledWhereUsed>
  [[nodiscard]] Matrix scores(const WhereUsed<MatrixIn, Use>& rows) const {
    check_size("PrincipalComponents::scores", "rows.cols()", rows.cols(), mean.size());
    return (rows.rowwise() - mean.transpose()) * loadings;
  }
};

/// The first principal components of the rows of a table.
///
/// A direction has two signs: of each component the loading that is largest in size is positive, among equals (to 1e-9)
/// the first.
/// @param rows × variables, finite, at least one row; of one row all variances are 0
/// @param components in [1, variables]
/// @throws std::invalid_argument on sizes, std::domain_error on values that are not finite, NumericalError when the
/// eigenvalues are not found
/// O(rows · variables² + variables³), O(variables²) memory.
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline PrincipalComponents principal_components(const WhereUsed<MatrixIn, Use>& rows, Index components) {
  const char* const function = "principal_components";
  check_at_least(function, "rows.rows()", rows.rows(), 1);
  check_at_least(function, "components", components, 1);
  check_at_least(function, "rows.cols()", rows.cols(), components);
  check_all_finite(function, "rows", rows.reshaped());
  WhereUsed<PrincipalComponents, Use> result;
  result.mean = rows.colwise().mean();
  const WhereUsed<Matrix, Use> centred = rows.rowwise() - result.mean.transpose();
  const double freedom = std::max(1.0, static_cast<double>(rows.rows() - 1));
  const WhereUsed<Matrix, Use> covariance = (centred.transpose() * centred) / freedom;
  result.total_variance = covariance.trace();
  const Eigen::SelfAdjointEigenSolver<WhereUsed<Matrix, Use>> solver(covariance);  // eigenvalues in increasing order
  if (solver.info() != Eigen::Success) throw NumericalError("principal_components: the eigenvalues were not found");
  result.variances = solver.eigenvalues().tail(components).reverse().cwiseMax(0.0);
  result.loadings = solver.eigenvectors().rightCols(components).rowwise().reverse();
  for (Index k = 0; k < components; ++k) {
    constexpr double equal = 1.0 - 1e-9;
    const double largest = result.loadings.col(k).cwiseAbs().maxCoeff();
    Index first = 0;
    while (std::abs(result.loadings(first, k)) < equal * largest) ++first;
    if (result.loadings(first, k) < 0.0) result.loadings.col(k) *= -1.0;
  }
  return result;
}

}  // namespace cardamom
