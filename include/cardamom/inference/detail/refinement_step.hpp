/// @file
/// Parameters of the refinement by simulation, their penalty, and its penalised quadratic step.
#pragma once

#include <algorithm>
#include <cmath>

#include <cardamom/core/types.hpp>
#include <cardamom/inference/detail/score_simulation.hpp>

namespace cardamom::detail {

/// Parameters as one vector, row after row: θ_i0 … θ_iA, β_i, log k0_i, log k1_i.
inline Vector parameters_of(const ScoreModel& model) {
  const Index row = model.row_size();
  Vector x(model.genes() * row);
  for (Index a = 0; a < model.genes(); ++a) {
    auto own = x.segment(a * row, row);
    own.head(model.genes() + 1) = model.interactions.row(a).transpose();
    own[model.basal_column()] = model.basal[a];
    own[model.low_column()] = std::log(model.k0[a]);
    own[model.high_column()] = std::log(model.k1[a]);
  }
  return x;
}

/// Proteins of genes at full activity stay 1: θ of their targets, within its limit, takes up what their scale loses.
inline void set_parameters(const Vector& x, double limit, ScoreModel& model) {
  const Index row = model.row_size();
  for (Index a = 0; a < model.genes(); ++a) {
    const auto own = x.segment(a * row, row);
    model.interactions.row(a) = own.head(model.genes() + 1).transpose();
    model.basal[a] = own[model.basal_column()];
    model.k1[a] = std::min(std::exp(own[model.high_column()]), most_frequent * model.d0[a]);
    model.k0[a] = std::min(std::exp(own[model.low_column()]), largest_ratio * model.k1[a]);
  }
  for (Index a = 0; a < model.genes(); ++a) {
    const double s1 = model.d1[a] * model.d0[a] / (model.burst[a] * model.k1[a]);
    model.interactions.col(a + 1) *= model.s1[a] / s1;
    model.s1[a] = s1;
  }
  model.interactions = model.interactions.cwiseMax(-limit).cwiseMin(limit);
}

/// Σ_j strength_j |x_j − anchor_j| + ½ precision_j (x_j − anchor_j)², |x_j| <= limit_j.
struct RefinementPenalty {
  Vector strength;
  Vector precision;
  Vector anchor;
  Vector reach;  ///< of a step, relative to that of others
  Vector limit;

  double value(const Vector& x) const {
    const Vector away = (x - anchor).cwiseAbs();
    return strength.dot(away) + 0.5 * precision.dot(away.cwiseAbs2());
  }
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
  const Vector precision = penalty.precision.segment(first, size);
  Vector slope = precision.cwiseProduct(x - penalty.anchor.segment(first, size)) - gradient;
  for (int pass = 0; pass < passes; ++pass) {
    double largest = 0.0;
    for (Index j = 0; j < size; ++j) {
      const double extra = bounds.damping + precision[j];
      const double diagonal = normal(j, j) + extra;
      const double limit = penalty.limit[first + j];
      const double longest = bounds.longest * penalty.reach[first + j];
      const double point = x[j] + step[j] - (slope[j] + extra * step[j]) / diagonal;
      const double shrink = penalty.strength[first + j] / diagonal;
      const double anchor = penalty.anchor[first + j];
      const double away = point - anchor;
      double target = anchor + (std::abs(away) <= shrink ? 0.0 : away - std::copysign(shrink, away));
      target = std::clamp(target, std::max(x[j] - longest, -limit), std::min(x[j] + longest, limit));
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

}  // namespace cardamom::detail
