/// @file
/// Burst rates of a linear form as leaping simulates them: kon = k0 + (k1 − k0) L(β + Σ_j θ_j P_j), equation (2) for
/// the logistic link L, with the parameters θ, β, log k0 and log k1 of every gene.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <utility>

#include <cardamom/burst_rate/link.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/model/kinetics.hpp>
#include <cardamom/simulation/leaping/model.hpp>

namespace cardamom {

/// Most bursts in the life of an mRNA, k1/d0: what comes in smaller and more frequent bursts looks no different, and
/// would have to be simulated in tiny steps.
inline constexpr double most_frequent_bursts = 20.0;
/// Largest k0/k1: a gene whose two rates are closer than that says nothing about its regulators.
inline constexpr double largest_floor = 0.9;

template <Link LinkType>
class LinearLaw;

/// A model of genes with a linear form each. Genes are counted from 0; columns of `interactions` are nodes, inputs
/// first.
template <Link LinkType = Logistic>
struct LinearLeapingModel {
  using Law = LinearLaw<LinkType>;

  WhereUsed<Kinetics, LinkType> kinetics;    ///< of the nodes; k0 and k1 are parameters
  WhereUsed<Vector, LinkType> basal;         ///< β, one entry per gene
  WhereUsed<Matrix, LinkType> interactions;  ///< θ, genes × nodes
  LinkType link;

  [[nodiscard]] Index genes() const noexcept { return basal.size(); }
  [[nodiscard]] Index inputs() const noexcept { return interactions.cols() - genes(); }

  /// Parameters of a gene: θ of every node, β, log k0, log k1.
  [[nodiscard]] Index row_size() const noexcept { return interactions.cols() + 3; }
  [[nodiscard]] Index basal_column() const noexcept { return interactions.cols(); }
  [[nodiscard]] Index low_column() const noexcept { return interactions.cols() + 1; }
  [[nodiscard]] Index high_column() const noexcept { return interactions.cols() + 2; }

  /// All parameters, gene after gene.
  [[nodiscard]] Vector parameters() const {
    WhereUsed<Vector, LinkType> x(genes() * row_size());
    for (Index a = 0; a < genes(); ++a) {
      auto own = x.segment(a * row_size(), row_size());
      own.head(interactions.cols()) = interactions.row(a).transpose();
      own[basal_column()] = basal[a];
      own[low_column()] = std::log(kinetics.frequency_min[inputs() + a]);
      own[high_column()] = std::log(kinetics.frequency_max[inputs() + a]);
    }
    return x;
  }

  /// Replaces all parameters, θ and β cut at ±limit, k1 at `most_frequent_bursts`, k0 at `largest_floor` k1; s1 follows
  /// by (11).
  void set_parameters(const WhereUsed<Vector, LinkType>& x, double limit) {
    for (Index a = 0; a < genes(); ++a) {
      const auto own = x.segment(a * row_size(), row_size());
      double& low = kinetics.frequency_min[inputs() + a];
      double& high = kinetics.frequency_max[inputs() + a];
      interactions.row(a) = own.head(interactions.cols()).transpose();
      basal[a] = std::clamp(own[basal_column()], -limit, limit);
      high = std::min(std::exp(own[high_column()]), most_frequent_bursts * kinetics.mrna_decay[inputs() + a]);
      low = std::min(std::exp(own[low_column()]), largest_floor * high);
    }
    kinetics.scale_proteins();
    interactions = interactions.cwiseMax(-limit).cwiseMin(limit);
  }

  /// Adds to the parameters. θ of a gene's targets takes up what the scale of its proteins loses.
  void move(const WhereUsed<Vector, LinkType>& step, double limit) {
    const WhereUsed<Vector, LinkType> before = kinetics.protein_synthesis;
    set_parameters(parameters() + step, limit);
    for (Index j = inputs(); j < interactions.cols(); ++j) {
      interactions.col(j) *= before[j] / kinetics.protein_synthesis[j];
    }
    interactions = interactions.cwiseMax(-limit).cwiseMin(limit);
  }
};

/// Rates and scores of a block of cells, as `LeapingModel` asks. With any link but the logistic one value and slope are
/// called cell by cell.
template <Link LinkType>
class LinearLaw {
 public:
  LinearLaw(const LinearLeapingModel<LinkType>& model, Index cells)
      : model_(model),
        clamped_(CellValues::Zero(cells, model.interactions.cols())),
        weight_(CellValues::Zero(cells, model.genes())),
        low_(weight_),
        high_(weight_),
        share_(cells),
        slope_(vectorised ? 0 : cells) {}

  void begin_step(const WhereUsed<CellValues, LinkType>& proteins, double dt, bool clamp) {
    proteins_ = &proteins;
    dt_ = dt;
    if (clamp) clamped_ = proteins;
  }

  void rate(Index a, WhereUsed<CellValue, LinkType>& rate) {
    share_.setConstant(static_cast<float>(model_.basal[a]));
    for (Index j = 0; j < model_.interactions.cols(); ++j) {
      const double theta = model_.interactions(a, j);
      if (theta != 0.0) share_ += static_cast<float>(theta) * proteins_->col(j);
    }
    apply_link();
    const double low = model_.kinetics.frequency_min[model_.inputs() + a];
    const double high = model_.kinetics.frequency_max[model_.inputs() + a];
    least_ = static_cast<float>(low * dt_);
    range_ = static_cast<float>((high - low) * dt_);
    rate = least_ + range_ * share_;
  }

  void accumulate(Index a, const WhereUsed<CellValue, LinkType>& increment) {
    low_.col(a) += increment * least_ * (1.0F - share_);
    high_.col(a) += increment * (least_ + range_) * share_;
    if constexpr (vectorised) {
      weight_.col(a) += increment * range_ * share_ * (1.0F - share_);
    } else {
      weight_.col(a) += increment * range_ * slope_;
    }
  }

  void flush(WhereUsed<CellScores, LinkType>& score) {
    const Index row = model_.row_size();
    for (Index a = 0; a < model_.genes(); ++a) {
      for (Index j = 0; j < model_.interactions.cols(); ++j) {
        score.col(a * row + j).array() += weight_.col(a) * clamped_.col(j);
      }
      score.col(a * row + model_.basal_column()).array() += weight_.col(a);
      score.col(a * row + model_.low_column()).array() += low_.col(a);
      score.col(a * row + model_.high_column()).array() += high_.col(a);
    }
    weight_.setZero();
    low_.setZero();
    high_.setZero();
  }

 private:
  static constexpr bool vectorised = std::same_as<LinkType, Logistic>;
  static constexpr float largest_exponent = 80.0F;  // its exponential is still finite in single precision

  // From the argument of the link, which `share_` holds, to its value.
  void apply_link() {
    if constexpr (vectorised) {
      share_ = 1.0F / (1.0F + (-share_).min(largest_exponent).exp());
    } else {
      for (Index c = 0; c < share_.size(); ++c) {
        const auto u = static_cast<double>(share_[c]);
        share_[c] = static_cast<float>(model_.link.value(u));
        slope_[c] = static_cast<float>(model_.link.slope(u));
      }
    }
  }

  const LinearLeapingModel<LinkType>& model_;
  const CellValues* proteins_ = nullptr;
  double dt_ = 0.0;
  WhereUsed<CellValues, LinkType> clamped_;  // proteins that scores use, cells × nodes
  WhereUsed<CellValues, LinkType> weight_, low_,
      high_;                              // scores of β, log k0 and log k1 since the last flush, cells × genes
  WhereUsed<CellValue, LinkType> share_;  // value of the link for the gene asked for last
  WhereUsed<CellValue, LinkType> slope_;  // its slope
  float least_ = 0.0F;                    // k0 dt
  float range_ = 0.0F;                    // (k1 − k0) dt
};

static_assert(LeapingModel<LinearLeapingModel<>>);

}  // namespace cardamom
