/// @file
/// The penalised Gauss-Newton step of the refinement by simulation.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include <cardamom/core/types.hpp>
#include <cardamom/inference/detail/refinement_data.hpp>
#include <cardamom/inference/detail/score_simulation.hpp>

namespace cardamom::detail {

/// Parameters as one vector, row after row: θ_i0 … θ_iA, β_i.
inline Vector parameters_of(const ScoreModel& model) {
  const Index row = model.row_size();
  Vector x(model.genes() * row);
  for (Index a = 0; a < model.genes(); ++a) {
    x.segment(a * row, row - 1) = model.interactions.row(a).transpose();
    x[(a + 1) * row - 1] = model.basal[a];
  }
  return x;
}

inline void set_parameters(const Vector& x, ScoreModel& model) {
  const Index row = model.row_size();
  for (Index a = 0; a < model.genes(); ++a) {
    model.interactions.row(a) = x.segment(a * row, row - 1).transpose();
    model.basal[a] = x[(a + 1) * row - 1];
  }
}

/// Σ_j strength_j |x_j − anchor_j|, |x| <= limit.
struct RefinementPenalty {
  Vector strength;
  Vector anchor;
  double limit = 12.0;
};

/// How far a step may go.
struct StepBounds {
  double damping = 1.0;  ///< added to the diagonal of the normal matrix
  double longest = 1.5;  ///< of every coordinate
};

/// Minimises ½ δᵀ(H + damping)δ − gᵀδ + penalty(x + δ) over one group of parameters, by coordinate descent.
inline Vector penalised_step(const Matrix& normal, const Vector& gradient, const VectorIn& x,
                             const RefinementPenalty& penalty, Index first, const StepBounds& bounds) {
  constexpr int passes = 200;
  constexpr double tolerance = 1e-6;
  const Index size = x.size();
  Vector step = Vector::Zero(size);
  Vector slope = -gradient;
  for (int pass = 0; pass < passes; ++pass) {
    double largest = 0.0;
    for (Index j = 0; j < size; ++j) {
      const double diagonal = normal(j, j) + bounds.damping;
      const double point = x[j] + step[j] - (slope[j] + bounds.damping * step[j]) / diagonal;
      const double shrink = penalty.strength[first + j] / diagonal;
      const double anchor = penalty.anchor[first + j];
      const double away = point - anchor;
      double target = anchor + (std::abs(away) <= shrink ? 0.0 : away - std::copysign(shrink, away));
      target = std::clamp(target, std::max(x[j] - bounds.longest, -penalty.limit),
                          std::min(x[j] + bounds.longest, penalty.limit));
      const double change = target - x[j] - step[j];
      if (change == 0.0) continue;
      step[j] += change;
      slope += change * normal.col(j);
      largest = std::max(largest, std::abs(change));
    }
    if (largest < tolerance) break;
  }
  return step;
}

/// Residuals of all statistics, and sensitivities averaged over the steps so far: each set of simulations is noisy, the
/// model moves little from one to the next.
class GaussNewton {
 public:
  explicit GaussNewton(const RefinementData& data) : data_(data) {}

  /// @param memory weight of what was known before, in [0, 1)
  void take(std::vector<ScoreMoments> moments, double memory) {
    residuals_.clear();
    scales_.clear();
    for (std::size_t k = 0; k < moments.size(); ++k) {
      add_residuals(data_.snapshots[k], moments[k].statistics);
      if (k >= sensitivity_.size()) {
        sensitivity_.push_back(std::move(moments[k].sensitivity));
        continue;
      }
      for (std::size_t g = 0; g < sensitivity_[k].size(); ++g) {
        sensitivity_[k][g] = memory * sensitivity_[k][g] + (1.0 - memory) * moments[k].sensitivity[g];
      }
    }
  }

  /// The step of all groups at once.
  Vector step(const Vector& x, const RefinementPenalty& penalty, const StepBounds& bounds) const {
    Vector result = Vector::Zero(x.size());
    for (std::size_t g = 0; g < data_.statistics.groups.size(); ++g) {
      const auto& group = data_.statistics.groups[g];
      Matrix normal = Matrix::Zero(group.parameters, group.parameters);
      Vector gradient = Vector::Zero(group.parameters);
      for (std::size_t k = 0; k < residuals_.size(); ++k) add_normal(k, g, normal, gradient);
      normal.triangularView<Eigen::StrictlyUpper>() = normal.transpose();
      result.segment(group.first_parameter, group.parameters) = penalised_step(
          normal, gradient, x.segment(group.first_parameter, group.parameters), penalty, group.first_parameter, bounds);
    }
    return result;
  }

  /// Half the mean squared residual.
  double objective() const {
    double sum = 0.0;
    double count = 0.0;
    for (const Vector& residual : residuals_) {
      sum += residual.squaredNorm();
      count += static_cast<double>(residual.size());
    }
    return count > 0.0 ? 0.5 * sum / count : 0.0;
  }

  /// Standardised residuals of the last simulations, per time point.
  const std::vector<Vector>& residuals() const noexcept { return residuals_; }

 private:
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

  // The lower triangle of the normal matrix.
  void add_normal(std::size_t k, std::size_t g, Matrix& normal, Vector& gradient) const {
    const auto& chosen = data_.statistics.groups[g].statistics;
    Matrix jacobian = sensitivity_[k][g];
    Vector right(jacobian.rows());
    for (Index q = 0; q < jacobian.rows(); ++q) {
      const Index s = chosen[static_cast<std::size_t>(q)];
      jacobian.row(q) *= scales_[k][s];
      right[q] = residuals_[k][s];
    }
    normal.selfadjointView<Eigen::Lower>().rankUpdate(jacobian.transpose());
    gradient.noalias() += jacobian.transpose() * right;
  }

  const RefinementData& data_;
  std::vector<std::vector<Matrix>> sensitivity_;  // per time point, per group
  std::vector<Vector> residuals_, scales_;        // per time point
};

}  // namespace cardamom::detail
