/// @file
/// The sigmoid (2) as the refinement simulates it: parameters θ, β, log k0 and log k1.
#pragma once

#include <algorithm>
#include <cmath>

#include <cardamom/core/types.hpp>
#include <cardamom/inference/detail/score_simulation.hpp>

namespace cardamom::detail {

class SigmoidScores;

/// Column 0 of `interactions` is the stimulus.
struct ScoreModel : ScoreKinetics {
  using Law = SigmoidScores;

  Vector basal;         ///< β, A
  Matrix interactions;  ///< θ, A × (A + 1)

  /// Parameters of a row: θ_i0 … θ_iA, β_i, log k0_i, log k1_i.
  Index row_size() const noexcept { return genes() + 4; }
  Index basal_column() const noexcept { return genes() + 1; }
  Index low_column() const noexcept { return genes() + 2; }
  Index high_column() const noexcept { return genes() + 3; }

  Vector parameters() const {
    Vector x(genes() * row_size());
    for (Index a = 0; a < genes(); ++a) {
      auto own = x.segment(a * row_size(), row_size());
      own.head(genes() + 1) = interactions.row(a).transpose();
      own[basal_column()] = basal[a];
      own[low_column()] = std::log(k0[a]);
      own[high_column()] = std::log(k1[a]);
    }
    return x;
  }

  /// (11): proteins of genes at full activity are 1.
  void scale_proteins() { s1 = d1.array() * d0.array() / (burst.array() * k1.array()); }

  void set_parameters(const Vector& x, double limit) {
    for (Index a = 0; a < genes(); ++a) {
      const auto own = x.segment(a * row_size(), row_size());
      interactions.row(a) = own.head(genes() + 1).transpose();
      basal[a] = std::clamp(own[basal_column()], -limit, limit);
      k1[a] = std::min(std::exp(own[high_column()]), most_frequent * d0[a]);
      k0[a] = std::min(std::exp(own[low_column()]), largest_ratio * k1[a]);
    }
    scale_proteins();
    interactions = interactions.cwiseMax(-limit).cwiseMin(limit);
  }

  /// θ of a gene's targets takes up what the scale of its proteins loses.
  void move(const Vector& step, double limit) {
    const Vector before = s1;
    set_parameters(parameters() + step, limit);
    for (Index a = 0; a < genes(); ++a) interactions.col(a + 1) *= before[a] / s1[a];
    interactions = interactions.cwiseMax(-limit).cwiseMin(limit);
  }
};

/// Rates and scores of a block of cells, as `ScoreModelLike` asks.
class SigmoidScores {
 public:
  SigmoidScores(const ScoreModel& model, Index cells)
      : model_(model),
        held_(CellValues::Zero(cells, model.genes() + 1)),
        weight_(CellValues::Zero(cells, model.genes())),
        low_(weight_),
        high_(weight_),
        sigma_(cells) {}

  void begin_step(const CellValues& proteins, double dt, bool held) {
    proteins_ = &proteins;
    dt_ = dt;
    if (held) held_ = proteins;
  }

  void rate(Index i, Eigen::ArrayXf& rate) {
    sigma_.setConstant(static_cast<float>(-model_.basal[i]));
    for (Index j = 0; j <= model_.genes(); ++j) {
      const double theta = model_.interactions(i, j);
      if (theta != 0.0) sigma_ -= static_cast<float>(theta) * proteins_->col(j);
    }
    sigma_ = 1.0F / (1.0F + sigma_.min(80.0F).exp());
    least_ = static_cast<float>(model_.k0[i] * dt_);
    range_ = static_cast<float>((model_.k1[i] - model_.k0[i]) * dt_);
    rate = least_ + range_ * sigma_;
  }

  /// Of the gene whose rate was asked for last.
  void credit(Index i, const Eigen::ArrayXf& surplus) {
    low_.col(i) += surplus * least_ * (1.0F - sigma_);
    high_.col(i) += surplus * (least_ + range_) * sigma_;
    weight_.col(i) += surplus * range_ * sigma_ * (1.0F - sigma_);
  }

  void collect(Eigen::MatrixXf& score) {
    const Index row = model_.row_size();
    for (Index i = 0; i < model_.genes(); ++i) {
      for (Index j = 0; j <= model_.genes(); ++j) score.col(i * row + j).array() += weight_.col(i) * held_.col(j);
      score.col(i * row + model_.basal_column()).array() += weight_.col(i);
      score.col(i * row + model_.low_column()).array() += low_.col(i);
      score.col(i * row + model_.high_column()).array() += high_.col(i);
    }
    weight_.setZero();
    low_.setZero();
    high_.setZero();
  }

 private:
  const ScoreModel& model_;
  const CellValues* proteins_ = nullptr;
  double dt_ = 0.0;
  CellValues held_;
  CellValues weight_, low_, high_;  // scores of β, log k0 and log k1 not yet collected
  Eigen::ArrayXf sigma_;
  float least_ = 0.0F;  // k0 dt
  float range_ = 0.0F;  // (k1 − k0) dt
};

static_assert(ScoreModelLike<ScoreModel>);

}  // namespace cardamom::detail
