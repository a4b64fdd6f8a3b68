/// @file
/// Residuals of moments: differences between data and simulation in units of their sampling errors, and the
/// correlations of these errors.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>

#include <Eigen/Cholesky>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/inference/moments/statistics.hpp>
#include <cardamom/inference/moments/targets.hpp>

namespace cardamom {

/// At one time point.
struct MomentResiduals {
  Vector residual;  ///< (data − simulated)/error, per statistic
  Vector scale;     ///< 1/error, per statistic
};

namespace detail {

/// The sampling error of a mean f in the data, its variance that of data and model in equal parts.
template <class = CompiledWhereUsed>
inline double mean_error(double f, double simulated, double cells, double relative_variance) {
  constexpr double model_error = 0.01;  // what the model cannot be right about: gained .02 of AUPR
  // Half a cell keeps the error off zero where all cells agree.
  const double variance = relative_variance * (0.5 * (f * (1.0 - f) + simulated * (1.0 - simulated)) + 0.5 / cells);
  return std::sqrt(variance / cells + model_error * model_error);
}

}  // namespace detail

/// Standardises the differences of the moments of one time point. The error of a product of two genes is the product of
/// their errors times √n: that of the covariance of independent genes.
/// @param simulated as `MomentStatistics::all`, A of them deviations of means from the data's
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline MomentResiduals standardise(const WhereUsed<MomentTargets, Use>& targets,
                                                 const WhereUsed<SnapshotMoments, Use>& data,
                                                 const WhereUsed<Vector, Use>& simulated) {
  const auto& all = targets.statistics.all;
  WhereUsed<Vector, Use> error(targets.size());
  for (std::size_t q = 0; q < all.size(); ++q) {
    const auto& [a, b] = all[q];
    if (a != b) continue;
    const double f = data.mean[a];
    error[a] = detail::mean_error(f, std::clamp(f + simulated[static_cast<Index>(q)], 0.0, 1.0), data.cells,
                                  targets.relative_variance[a]);
  }
  MomentResiduals result;
  result.scale.resize(simulated.size());
  for (std::size_t q = 0; q < all.size(); ++q) {
    const auto& [a, b] = all[q];
    result.scale[static_cast<Index>(q)] = a == b ? 1.0 / error[a] : 1.0 / (error[a] * error[b] * std::sqrt(data.cells));
  }
  result.residual = (data.statistics - simulated).cwiseProduct(result.scale);
  return result;
}

/// The Cholesky factor of the correlations of a group's statistics, which fade where a statistic hardly varies.
/// @param covariance of the group's statistics between cells
/// @param shrinkage weight of the identity, in (0, 1]
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline Eigen::LLT<Matrix> correlation_factor(const WhereUsed<Matrix, Use>& covariance,
                                                           const WhereUsed<MomentStatistics, Use>& statistics,
                                                           std::size_t group, double shrinkage) {
  constexpr double hardly = 0.02;  // standard deviation of φ: that of one cell in 2500 that is on
  WhereUsed<Vector, Use> inverse(covariance.rows());
  for (Index q = 0; q < inverse.size(); ++q) {
    const auto s = static_cast<std::size_t>(statistics.groups[group].statistics[static_cast<std::size_t>(q)]);
    const auto& [a, b] = statistics.all[s];
    inverse[q] = 1.0 / (std::sqrt(std::max(covariance(q, q), 0.0)) + (a == b ? hardly : hardly * hardly));
  }
  WhereUsed<Matrix, Use> correlation = (1.0 - shrinkage) * (inverse.asDiagonal() * covariance * inverse.asDiagonal());
  correlation.diagonal().setOnes();
  return Eigen::LLT<Matrix>(correlation);
}

/// The residuals of single genes in their standard errors, time points × nodes; 0 for inputs and genes that take no
/// part.
/// @param residuals per time point, per statistic; empty: all 0
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline Matrix gene_residuals(const WhereUsed<MomentTargets, Use>& targets,
                                           const WhereUsed<std::vector<Vector>, Use>& residuals, Index nodes) {
  WhereUsed<Matrix, Use> result = Matrix::Zero(static_cast<Index>(targets.snapshots.size()), nodes);
  if (residuals.empty()) return result;
  for (std::size_t q = 0; q < targets.statistics.all.size(); ++q) {
    const auto& [a, b] = targets.statistics.all[q];
    if (a != b) continue;
    for (Index k = 0; k < result.rows(); ++k) {
      result(k, targets.node(a)) = residuals[static_cast<std::size_t>(k)][static_cast<Index>(q)];
    }
  }
  return result;
}

}  // namespace cardamom
