/// @file
/// A rest point of the deterministic limit (4): an attractor, a saddle, or a state more unstable than that.
#pragma once

#include <algorithm>
#include <utility>

#include <Eigen/Eigenvalues>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/landscape/vector_field.hpp>

namespace cardamom {

/// A solution of (5), where the deterministic limit (4) rests.
struct Equilibrium {
  Vector protein;                ///< P_z, one entry per node; those of inputs are their levels
  Vector frequency;              ///< k_z = kon(P_z) [1/h], one entry per node; those of inputs are 0
  Eigen::VectorXcd eigenvalues;  ///< of the Jacobian of (4) [1/h], one per gene, largest real part first
  Index unstable = 0;            ///< number of eigenvalues whose real part is not negative: 0 for an attractor
  double residual = 0.0;  ///< max_i |kon_i/(c_i d1_i) − P_i| in units of max(P_i, 1/c_i), after Newton's method
  Index starts = 0;       ///< number of starts that came to rest here

  [[nodiscard]] bool stable() const noexcept { return unstable == 0; }
};

/// Frequencies and stability at a rest point of the field. O(genes³).
/// @param protein where the field rests, one entry per node, >= 0
/// @param residual of the field at that point, passed on to the result
template <BurstRate Rate>
[[nodiscard]] Equilibrium examine_equilibrium(const VectorField<Rate>& field, WhereUsed<Vector, Rate> protein,
                                              double residual) {
  Equilibrium result;
  result.frequency = Vector::Zero(protein.size());
  for (Index i = field.inputs(); i < protein.size(); ++i) result.frequency[i] = field.rate(i, protein);
  const WhereUsed<Matrix, Rate> jacobian = field.jacobian(protein);
  result.eigenvalues.resize(jacobian.rows());
  if (jacobian.rows() > 0) result.eigenvalues = Eigen::EigenSolver<Matrix>(jacobian, false).eigenvalues();
  std::sort(result.eigenvalues.begin(), result.eigenvalues.end(), [](const auto& a, const auto& b) {
    return a.real() != b.real() ? a.real() > b.real() : a.imag() > b.imag();
  });
  for (const auto& eigenvalue : result.eigenvalues) result.unstable += eigenvalue.real() < 0.0 ? 0 : 1;
  result.protein = std::move(protein);
  result.residual = residual;
  return result;
}

}  // namespace cardamom
