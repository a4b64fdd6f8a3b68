/// @file
/// Gauss-Newton on simulated moments: residuals in units of their joint sampling error, and their sensitivities.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <Eigen/Cholesky>

#include <cardamom/core/executor.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/inference/detail/presence.hpp>
#include <cardamom/inference/detail/refinement_data.hpp>
#include <cardamom/inference/detail/refinement_step.hpp>
#include <cardamom/inference/detail/score_moments.hpp>

namespace cardamom::detail {

/// Statistics of the same cells err together: residuals are weighted by the inverse of their covariance, as in an
/// efficient method of moments. Errors of single statistics come from data and model in equal parts, their correlations
/// from the model. Sensitivities and correlations are averaged over the steps so far: each set of simulations is noisy,
/// and the model moves little from one to the next.
class GaussNewton {
 public:
  /// @param independence share, in (0, 1], of the identity in the correlations
  GaussNewton(const RefinementData& data, double independence) : data_(data), independence_(independence) {}

  /// @param memory weight, in [0, 1), of what was known before; less while that is the mean of few
  template <Executor E>
  void take(std::vector<ScoreMoments> moments, double memory, const E& executor) {
    residuals_.clear();
    scales_.clear();
    const std::size_t groups = data_.statistics.groups.size();
    for (std::size_t k = 0; k < moments.size(); ++k) {
      add_residuals(data_.snapshots[k], moments[k].statistics);
      if (k >= known_.size()) {
        known_.push_back(std::move(moments[k]));
        sets_.push_back(1.0);
        factors_.emplace_back(groups);
      } else {
        const double kept = std::min(memory, sets_[k] / (sets_[k] + 1.0));
        mix(moments[k].sensitivity, kept, known_[k].sensitivity);
        mix(moments[k].covariance, kept, known_[k].covariance);
        sets_[k] = 1.0 / (1.0 - kept);
      }
    }
    for_each_index(executor, static_cast<Index>(moments.size() * groups), [&](Index task) {
      const std::size_t k = static_cast<std::size_t>(task) / groups;
      const std::size_t g = static_cast<std::size_t>(task) % groups;
      factors_[k][g] = factor(known_[k].covariance[g], g);
    });
  }

  /// The step of all groups at once.
  template <Executor E>
  Vector step(const Vector& x, const RefinementPenalty& penalty, const StepBounds& bounds, const E& executor) const {
    Vector result(x.size());
    for_each_group(executor, residuals_, [&](Index first, const NormalEquations& all) {
      const Index size = all.gradient.size();
      result.segment(first, size) =
          penalised_step(all.normal, all.gradient, x.segment(first, size), penalty, first, bounds);
    });
    return result;
  }

  /// Probability that each parameter is away from its anchor.
  /// @param x, residuals (per time point) averages of the same steps
  /// @param typical standard deviation of parameters that are
  template <Executor E>
  Vector presence(const Vector& x, const std::vector<Vector>& residuals, const RefinementPenalty& penalty,
                  double typical, std::uint64_t seed, const E& executor) const {
    Vector result = Vector::Ones(x.size());
    if ((penalty.presence.array() == 1.0).all()) return result;
    for_each_group(executor, residuals, [&](Index first, const NormalEquations& all) {
      const Index size = all.gradient.size();
      RandomStream random(seed, Purpose::refinement, presence_streams + static_cast<std::uint64_t>(first));
      const Vector away = x.segment(first, size) - penalty.anchor.segment(first, size);
      result.segment(first, size) = probability_of_presence(
          {all.normal,
           all.normal * away + all.gradient,
           penalty.precision.segment(first, size).array() + 1.0 / (typical * typical),
           penalty.presence.segment(first, size).unaryExpr([](double p) { return std::log(p / (1.0 - p)); }),
           {data_.owner.begin() + first, data_.owner.begin() + first + size}},
          away, random);
    });
    return result;
  }

  /// Half the mean squared residual, in units of joint errors.
  double objective() const {
    double sum = 0.0;
    double count = 0.0;
    for (std::size_t k = 0; k < residuals_.size(); ++k) {
      for (std::size_t g = 0; g < factors_[k].size(); ++g) {
        const Vector residual = factors_[k][g].matrixL().solve(chosen(residuals_[k], g));
        sum += residual.squaredNorm();
        count += static_cast<double>(residual.size());
      }
    }
    return count > 0.0 ? 0.5 * sum / count : 0.0;
  }

  /// Statistics over all time points.
  double count() const noexcept {
    return static_cast<double>(residuals_.size()) * static_cast<double>(data_.statistics.all.size());
  }

  /// Residuals of the last simulations over their own errors, per time point.
  const std::vector<Vector>& residuals() const noexcept { return residuals_; }

 private:
  static constexpr std::uint64_t presence_streams = std::uint64_t{1} << 63U;  // simulations use those below

  struct NormalEquations {
    Matrix normal;  ///< of one time point: the lower triangle
    Vector gradient;
  };

  // The sampling error of a mean response in the data, its variance that of data and model in equal parts; half a cell
  // keeps it off zero, one per cent stands for what the model cannot be right about.
  static double mean_error(double f, double simulated, double cells, double spread) {
    const double variance = spread * (0.5 * (f * (1.0 - f) + simulated * (1.0 - simulated)) + 0.5 / cells);
    return std::sqrt(variance / cells + 0.01 * 0.01);
  }

  void add_residuals(const Snapshot& snapshot, const Vector& simulated) {
    const auto& all = data_.statistics.all;
    Vector error(data_.size());
    for (std::size_t q = 0; q < all.size(); ++q) {
      const auto& [a, b] = all[q];
      if (a != b) continue;
      const double f = snapshot.shares[a];
      error[a] =
          mean_error(f, std::clamp(f + simulated[static_cast<Index>(q)], 0.0, 1.0), snapshot.cells, data_.spread[a]);
    }
    Vector scale(simulated.size());
    for (std::size_t q = 0; q < all.size(); ++q) {
      const auto& [a, b] = all[q];
      scale[static_cast<Index>(q)] = a == b ? 1.0 / error[a] : 1.0 / (error[a] * error[b] * std::sqrt(snapshot.cells));
    }
    residuals_.push_back((snapshot.statistics - simulated).cwiseProduct(scale));
    scales_.push_back(std::move(scale));
  }

  static void mix(const std::vector<Matrix>& now, double memory, std::vector<Matrix>& known) {
    for (std::size_t g = 0; g < known.size(); ++g) known[g] = memory * known[g] + (1.0 - memory) * now[g];
  }

  Vector chosen(const Vector& all, std::size_t g) const {
    const auto& statistics = data_.statistics.groups[g].statistics;
    Vector result(static_cast<Index>(statistics.size()));
    for (Index q = 0; q < result.size(); ++q) result[q] = all[statistics[static_cast<std::size_t>(q)]];
    return result;
  }

  // Of the correlations, which fade where a statistic hardly varies.
  Eigen::LLT<Matrix> factor(const Matrix& covariance, std::size_t g) const {
    constexpr double hardly = 0.02;  // standard deviation of a response
    Vector inverse(covariance.rows());
    for (Index q = 0; q < inverse.size(); ++q) {
      const auto s = static_cast<std::size_t>(data_.statistics.groups[g].statistics[static_cast<std::size_t>(q)]);
      const auto& [a, b] = data_.statistics.all[s];
      inverse[q] = 1.0 / (std::sqrt(std::max(covariance(q, q), 0.0)) + (a == b ? hardly : hardly * hardly));
    }
    Matrix correlation = (1.0 - independence_) * (inverse.asDiagonal() * covariance * inverse.asDiagonal());
    correlation.diagonal().setOnes();
    return Eigen::LLT<Matrix>(correlation);
  }

  NormalEquations equations(const Vector& residuals, std::size_t k, std::size_t g) const {
    Matrix jacobian = chosen(scales_[k], g).asDiagonal() * known_[k].sensitivity[g];
    Vector right = chosen(residuals, g);
    factors_[k][g].matrixL().solveInPlace(jacobian);
    factors_[k][g].matrixL().solveInPlace(right);
    NormalEquations result{Matrix::Zero(jacobian.cols(), jacobian.cols()), jacobian.transpose() * right};
    result.normal.selfadjointView<Eigen::Lower>().rankUpdate(jacobian.transpose());
    return result;
  }

  // Of all time points, added in order.
  template <Executor E>
  NormalEquations all_equations(const std::vector<Vector>& residuals, std::size_t g, const E& executor) const {
    std::vector<NormalEquations> parts(residuals.size());
    for_each_index(executor, static_cast<Index>(parts.size()), [&](Index reading) {
      const auto k = static_cast<std::size_t>(reading);
      parts[k] = equations(residuals[k], k, g);
    });
    NormalEquations result = std::move(parts[0]);
    for (std::size_t k = 1; k < parts.size(); ++k) {
      result.normal += parts[k].normal;
      result.gradient += parts[k].gradient;
    }
    result.normal.triangularView<Eigen::StrictlyUpper>() = result.normal.transpose();
    return result;
  }

  // Calls work(first parameter, equations). One group is large, many are small: the former's time points, or the
  // latter, are worked at side by side.
  template <Executor E, class Work>
  void for_each_group(const E& executor, const std::vector<Vector>& residuals, const Work& work) const {
    const auto& groups = data_.statistics.groups;
    if (data_.joint) return work(groups[0].first_parameter, all_equations(residuals, 0, executor));
    for_each_index(executor, static_cast<Index>(groups.size()), [&](Index task) {
      const auto g = static_cast<std::size_t>(task);
      if (groups[g].parameters == 0) return;  // a rate that nothing moves
      work(groups[g].first_parameter, all_equations(residuals, g, Sequential{}));
    });
  }

  const RefinementData& data_;
  double independence_;
  std::vector<ScoreMoments> known_;                       // per time point: averaged sensitivities and covariances
  std::vector<double> sets_;                              // per time point: simulations that these average
  std::vector<std::vector<Eigen::LLT<Matrix>>> factors_;  // per time point, per group
  std::vector<Vector> residuals_, scales_;                // per time point
};

}  // namespace cardamom::detail
