/// @file
/// Simulation of many cells of model (1) with burst rate (2), together with the likelihood score of every path.
///
/// Time is leapt in steps short against the lives of mRNA and protein: bursts of a step are Poisson given its rates,
/// those at the proteins that its start leads to by its middle if nothing bursts, which is also what makes the score a
/// plain sum. Cells run side by side, in single precision, so that everything but bursts is vector arithmetic. Every
/// gene of every cell consumes one random number per step whatever happens, so that models simulated from the same seed
/// see the same chance.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <cardamom/core/random.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom::detail {

/// Most bursts in the life of an mRNA, k1/d0: what comes in smaller and more frequent bursts looks no different, and
/// would have to be simulated in tiny steps.
inline constexpr double most_frequent = 20.0;
/// Of k0/k1.
inline constexpr double largest_ratio = 0.9;

/// Model of the A genes that take part; column 0 of `interactions` is the stimulus.
struct ScoreModel {
  Vector basal;         ///< β, A
  Matrix interactions;  ///< θ, A × (A + 1)
  Vector k0, k1;        ///< [1/h]
  Vector burst;         ///< s0/koff [molecules]
  Vector d0, d1, s1;

  Index genes() const noexcept { return basal.size(); }
  /// Parameters of a row: θ_i0 … θ_iA, β_i, log k0_i, log k1_i.
  Index row_size() const noexcept { return genes() + 4; }
  Index basal_column() const noexcept { return genes() + 1; }
  Index low_column() const noexcept { return genes() + 2; }
  Index high_column() const noexcept { return genes() + 3; }
};

struct ScoreProtocol {
  std::vector<double> times;     ///< readings, increasing [h]
  std::vector<double> stimulus;  ///< its level up to each reading since the one before
  double burn_in = 5.0;
  double step = 0.5;  ///< longest leap [h]
  Index cells = 1000;
  /// Rate at which scores fade [1/h]. At 0 sensitivities are unbiased; what happened long ago, whose trace proteins
  /// have lost, then adds noise alone.
  double fading = 0.0;
  std::uint64_t seed = 0;
  std::uint64_t pass = 0;  ///< passes of the same seed are independent
};

/// A leap that follows mRNA (two to its life), protein and bursts of every gene [h].
inline double leap_length(const ScoreModel& model) {
  if (model.genes() == 0) return 0.5;
  return std::min({0.5 / model.d0.maxCoeff(), 0.2 / model.d1.maxCoeff(), 1.2 / model.k1.maxCoeff()});
}

/// One block of cells, advanced together.
class ScoreBlock {
 public:
  using Values = Eigen::ArrayXXf;

  ScoreBlock(const ScoreModel& model, const ScoreProtocol& protocol, Index block, Index count)
      : model_(model),
        fading_(protocol.fading),
        random_(protocol.seed, Purpose::refinement, (protocol.pass << 32U) + static_cast<std::uint64_t>(block)),
        protein_(Values::Zero(count, model.genes())),
        mrna_(protein_),
        middle_(Values::Zero(count, model.genes() + 1)),
        held_(middle_),
        weight_(protein_),
        low_(weight_),
        high_(weight_),
        score_(Eigen::MatrixXf::Zero(count, model.genes() * model.row_size())),
        sigma_(count),
        rate_(count),
        none_(count),
        bursts_(count) {
    constants_.resize(static_cast<std::size_t>(model.genes()));
  }

  void advance(double duration, double longest, double stimulus) {
    if (!(duration > 0.0)) return;
    middle_.col(0).setConstant(static_cast<float>(stimulus));
    const auto steps = static_cast<Index>(std::ceil(duration / longest - 1e-9));
    const double dt = duration / static_cast<double>(steps);
    set_constants(dt);
    const auto kept = static_cast<float>(std::exp(-fading_ * dt * static_cast<double>(scored_together)));
    for (Index k = 0; k < steps; ++k) {
      look_ahead();
      if (k % scored_together == 0) held_ = middle_;
      step();
      if ((k + 1) % scored_together == 0 || k + 1 == steps) collect_score(kept);
    }
  }

  const Values& mrna() const noexcept { return mrna_; }
  const Eigen::MatrixXf& score() const noexcept { return score_; }

 private:
  // Proteins hardly move in so many steps; those of the first stand for all, which keeps the score a martingale.
  static constexpr Index scored_together = 2;
  static constexpr std::size_t positions = 64;  // of a burst within a step
  static constexpr int most_bursts = 12;        // in a step, of a mean of at most 1.2

  struct Constants {
    float least, range;                          // k0 dt, (k1 − k0) dt
    float decay0, decay1;                        // over a step
    float feed;                                  // protein at the end per mRNA at the start
    float half_decay1, half_feed;                // by the middle of the step
    std::array<float, positions> mrna, protein;  // at the end of the step per unit of Exp(1), by position of the burst
  };

  void set_constants(double dt) {
    if (dt == set_for_) return;
    set_for_ = dt;
    for (Index i = 0; i < model_.genes(); ++i) {
      Constants& c = constants_[static_cast<std::size_t>(i)];
      const auto feed = [&](double time) {
        const double gap = (model_.d0[i] - model_.d1[i]) * time;
        return model_.s1[i] * time * std::exp(-model_.d1[i] * time) *
               (std::abs(gap) < 1e-8 ? 1.0 : -std::expm1(-gap) / gap);
      };
      c.least = static_cast<float>(model_.k0[i] * dt);
      c.range = static_cast<float>((model_.k1[i] - model_.k0[i]) * dt);
      c.decay0 = static_cast<float>(std::exp(-model_.d0[i] * dt));
      c.decay1 = static_cast<float>(std::exp(-model_.d1[i] * dt));
      c.feed = static_cast<float>(feed(dt));
      c.half_decay1 = static_cast<float>(std::exp(-0.5 * model_.d1[i] * dt));
      c.half_feed = static_cast<float>(feed(0.5 * dt));
      for (std::size_t p = 0; p < positions; ++p) {
        const double left = dt * (static_cast<double>(p) + 0.5) / static_cast<double>(positions);
        c.mrna[p] = static_cast<float>(model_.burst[i] * std::exp(-model_.d0[i] * left));
        c.protein[p] = static_cast<float>(model_.burst[i] * feed(left));
      }
    }
  }

  void look_ahead() {
    for (Index i = 0; i < model_.genes(); ++i) {
      const Constants& c = constants_[static_cast<std::size_t>(i)];
      middle_.col(i + 1) = protein_.col(i) * c.half_decay1 + c.half_feed * mrna_.col(i);
    }
  }

  void step() {
    const Index genes = model_.genes();
    for (Index i = 0; i < genes; ++i) {
      const Constants& c = constants_[static_cast<std::size_t>(i)];
      sigma_.setConstant(static_cast<float>(-model_.basal[i]));
      for (Index j = 0; j <= genes; ++j) {
        const double theta = model_.interactions(i, j);
        if (theta != 0.0) sigma_ -= static_cast<float>(theta) * middle_.col(j);
      }
      sigma_ = 1.0F / (1.0F + sigma_.min(80.0F).exp());
      rate_ = c.least + c.range * sigma_;
      none_ = (-rate_).exp();
      protein_.col(i) = protein_.col(i) * c.decay1 + c.feed * mrna_.col(i);
      mrna_.col(i) *= c.decay0;
      burst(c, i);
      // ∂ log-likelihood/∂ log(rate), to be multiplied by ∂ log(rate)/∂ parameter.
      bursts_ = (bursts_ - rate_) / rate_.max(1e-12F);
      low_.col(i) += bursts_ * c.least * (1.0F - sigma_);
      high_.col(i) += bursts_ * (c.least + c.range) * sigma_;
      weight_.col(i) += bursts_ * c.range * sigma_ * (1.0F - sigma_);
    }
  }

  // Numbers, sizes and positions of bursts: 24 bits of a random word for the number, 32 for the size of the first and 6
  // for its position; further bursts draw from a scramble of the word.
  void burst(const Constants& c, Index i) {
    bursts_.setZero();
    float* const mrna = mrna_.col(i).data();
    float* const protein = protein_.col(i).data();
    for (Index cell = 0; cell < bursts_.size(); ++cell) {
      std::uint64_t word = random_();
      const float uniform = static_cast<float>(word >> 40U) * 0x1.0p-24F;
      if (uniform < none_[cell]) continue;
      float mass = none_[cell];
      float total = mass;
      int n = 0;
      do {
        ++n;
        mass *= rate_[cell] / static_cast<float>(n);
        total += mass;
        const float size = -std::log((static_cast<float>((word >> 8U) & 0xffffffU) + 0.5F) * 0x1.0p-24F);
        const auto position = static_cast<std::size_t>(word & (positions - 1));
        mrna[cell] += size * c.mrna[position];
        protein[cell] += size * c.protein[position];
        word = (word ^ (word >> 29U)) * 0xbf58476d1ce4e5b9U;
        word ^= word >> 32U;
      } while (uniform >= total && n < most_bursts);
      bursts_[cell] = static_cast<float>(n);
    }
  }

  void collect_score(float kept) {
    if (kept < 1.0F) score_ *= kept;
    const Index genes = model_.genes();
    const Index row = model_.row_size();
    for (Index i = 0; i < genes; ++i) {
      for (Index j = 0; j <= genes; ++j) score_.col(i * row + j).array() += weight_.col(i) * held_.col(j);
      score_.col(i * row + model_.basal_column()).array() += weight_.col(i);
      score_.col(i * row + model_.low_column()).array() += low_.col(i);
      score_.col(i * row + model_.high_column()).array() += high_.col(i);
    }
    weight_.setZero();
    low_.setZero();
    high_.setZero();
  }

  const ScoreModel& model_;
  double fading_;
  RandomStream random_;
  std::vector<Constants> constants_;
  double set_for_ = 0.0;        // the step that these are for
  Values protein_, mrna_;       // at the beginning of the step, genes alone
  Values middle_, held_;        // proteins that rates and scores see, the stimulus first
  Values weight_, low_, high_;  // scores of β, log k0 and log k1 not yet collected
  Eigen::MatrixXf score_;
  Eigen::ArrayXf sigma_, rate_, none_, bursts_;
};

}  // namespace cardamom::detail
