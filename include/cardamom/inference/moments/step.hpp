/// @file
/// A step of the method of simulated moments: Gauss-Newton on residuals in units of their joint sampling error, with a
/// penalty.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include <Eigen/Cholesky>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/inference/moments/residuals.hpp>
#include <cardamom/inference/moments/sensitivities.hpp>
#include <cardamom/inference/moments/statistics.hpp>
#include <cardamom/inference/moments/targets.hpp>
#include <cardamom/numerics/penalised_quadratic.hpp>

namespace cardamom {

/// The penalty of a fit over its parameters, and the prior of their inclusion probabilities.
struct MomentsPenalty : AnchoredPenalty {
  Vector prior_inclusion;  ///< prior probability, in [0, 1], that a parameter is not at its anchor
};

/// ½ δᵀ(normal)δ − gradientᵀδ, the change of half the squared residuals under a step δ.
struct NormalEquations {
  Matrix normal;  ///< symmetric
  Vector gradient;
};

/// Statistics of the same cells err together: residuals are weighted by the inverse of their covariance, as in an
/// efficient method of moments. Errors of single statistics come from data and model in equal parts, their correlations
/// from the model. Sensitivities and correlations are averaged over the steps so far: each set of simulations is noisy,
/// and the model moves little from one to the next.
class GaussNewton {
 public:
  /// @param targets referred to
  /// @param shrinkage weight, in (0, 1], of the identity in the correlations
  template <class Use = CompiledWhereUsed>
  GaussNewton(const WhereUsed<MomentTargets, Use>& targets, double shrinkage)
      : targets_(targets), shrinkage_(shrinkage) {}

  /// Takes the moments of one set of simulations, of the first time points.
  /// @param decay weight, in [0, 1), of what was known before; less while that is the mean of few
  template <class = CompiledWhereUsed>
  void take(std::vector<MomentEstimates> moments, double decay, const ExecutorRef& executor) {
    residuals_.clear();
    scales_.clear();
    const std::size_t groups = targets_.statistics.groups.size();
    for (std::size_t k = 0; k < moments.size(); ++k) {
      MomentResiduals now = standardise(targets_, targets_.snapshots[k], moments[k].statistics);
      residuals_.push_back(std::move(now.residual));
      scales_.push_back(std::move(now.scale));
      remember(k, std::move(moments[k]), decay);
    }
    for_each_index(executor, static_cast<Index>(moments.size() * groups), [&](Index task) {
      const std::size_t k = static_cast<std::size_t>(task) / groups;
      const std::size_t g = static_cast<std::size_t>(task) % groups;
      factors_[k][g] = correlation_factor(known_[k].covariance[g], targets_.statistics, g, shrinkage_);
    });
  }

  /// The step of all groups at once, from the parameters x.
  template <class Use = CompiledWhereUsed>
  [[nodiscard]] Vector step(const WhereUsed<Vector, Use>& x, const WhereUsed<MomentsPenalty, Use>& penalty,
                            const WhereUsed<StepBounds, Use>& bounds, const ExecutorRef& executor) const {
    WhereUsed<Vector, Use> result(x.size());
    for_each_group(executor, residuals_, [&](Index first, const NormalEquations& all) {
      const Index size = all.gradient.size();
      result.segment(first, size) =
          penalised_step(all.normal, all.gradient, x.segment(first, size), penalty, first, bounds);
    });
    return result;
  }

  /// Half the mean squared residual, in units of joint errors.
  template <class Use = CompiledWhereUsed>
  [[nodiscard]] double objective() const {
    double sum = 0.0;
    double count = 0.0;
    for (std::size_t k = 0; k < residuals_.size(); ++k) {
      for (std::size_t g = 0; g < factors_[k].size(); ++g) {
        const WhereUsed<Vector, Use> residual = factors_[k][g].matrixL().solve(chosen(residuals_[k], g));
        sum += residual.squaredNorm();
        count += static_cast<double>(residual.size());
      }
    }
    return count > 0.0 ? 0.5 * sum / count : 0.0;
  }

  /// Statistics over all time points.
  [[nodiscard]] double count() const noexcept {
    return static_cast<double>(residuals_.size()) * static_cast<double>(targets_.statistics.all.size());
  }

  /// Residuals of the last simulations over their own errors, per time point.
  [[nodiscard]] const std::vector<Vector>& residuals() const noexcept { return residuals_; }

  /// Calls work(first parameter, equations) for every group with parameters. One group is large, many are small: the
  /// former's time points, or the latter, are worked at side by side.
  /// @param residuals per time point
  template <class Work>
  void for_each_group(const ExecutorRef& executor, const std::vector<Vector>& residuals, const Work& work) const {
    const auto& groups = targets_.statistics.groups;
    if (targets_.joint) return work(groups[0].first_parameter, all_equations(residuals, 0, executor));
    for_each_index(executor, static_cast<Index>(groups.size()), [&](Index task) {
      const auto g = static_cast<std::size_t>(task);
      if (groups[g].parameters == 0) return;  // a rate that nothing moves
      work(groups[g].first_parameter, all_equations(residuals, g, Sequential{}));
    });
  }

 private:
  template <class Use = CompiledWhereUsed>
  void remember(std::size_t k, WhereUsed<MomentEstimates, Use> now, double decay) {
    if (k >= known_.size()) {
      known_.push_back(std::move(now));
      sets_.push_back(1.0);
      factors_.emplace_back(targets_.statistics.groups.size());
      return;
    }
    const double kept = std::min(decay, sets_[k] / (sets_[k] + 1.0));
    mix(now.sensitivity, kept, known_[k].sensitivity);
    mix(now.covariance, kept, known_[k].covariance);
    sets_[k] = 1.0 / (1.0 - kept);
  }

  template <class Use = CompiledWhereUsed>
  static void mix(const WhereUsed<std::vector<Matrix>, Use>& now, double kept,
                  WhereUsed<std::vector<Matrix>, Use>& known) {
    for (std::size_t g = 0; g < known.size(); ++g) known[g] = kept * known[g] + (1.0 - kept) * now[g];
  }

  // The group's entries.
  template <class Use = CompiledWhereUsed>
  Vector chosen(const WhereUsed<Vector, Use>& all, std::size_t g) const {
    const auto& statistics = targets_.statistics.groups[g].statistics;
    WhereUsed<Vector, Use> result(static_cast<Index>(statistics.size()));
    for (Index q = 0; q < result.size(); ++q) result[q] = all[statistics[static_cast<std::size_t>(q)]];
    return result;
  }

  // One time point's part; of the normal matrix the lower triangle.
  template <class Use = CompiledWhereUsed>
  NormalEquations equations(const WhereUsed<Vector, Use>& residuals, std::size_t k, std::size_t g) const {
    WhereUsed<Matrix, Use> jacobian = chosen(scales_[k], g).asDiagonal() * known_[k].sensitivity[g];
    WhereUsed<Vector, Use> right = chosen(residuals, g);
    factors_[k][g].matrixL().solveInPlace(jacobian);
    factors_[k][g].matrixL().solveInPlace(right);
    NormalEquations result{Matrix::Zero(jacobian.cols(), jacobian.cols()), jacobian.transpose() * right};
    result.normal.template selfadjointView<Eigen::Lower>().rankUpdate(jacobian.transpose());
    return result;
  }

  // The sum over all time points, in order.
  template <class Use = CompiledWhereUsed>
  NormalEquations all_equations(const WhereUsed<std::vector<Vector>, Use>& residuals, std::size_t g,
                                const ExecutorRef& executor) const {
    std::vector<NormalEquations> parts(residuals.size());
    for_each_index(executor, static_cast<Index>(parts.size()), [&](Index time_point) {
      const auto k = static_cast<std::size_t>(time_point);
      parts[k] = equations(residuals[k], k, g);
    });
    NormalEquations result = std::move(parts[0]);
    for (std::size_t k = 1; k < parts.size(); ++k) {
      result.normal += parts[k].normal;
      result.gradient += parts[k].gradient;
    }
    result.normal.template triangularView<Eigen::StrictlyUpper>() = result.normal.transpose();
    return result;
  }

  const MomentTargets& targets_;
  double shrinkage_;
  std::vector<MomentEstimates> known_;                    // per time point: averaged sensitivities and covariances
  std::vector<double> sets_;                              // per time point: simulations that these average
  std::vector<std::vector<Eigen::LLT<Matrix>>> factors_;  // per time point, per group
  std::vector<Vector> residuals_, scales_;                // per time point
};

}  // namespace cardamom
