/// @file
/// Simulation of many cells of model (1), together with the likelihood score of every path.
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
#include <concepts>
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

/// Cells side by side: one row each.
using CellValues = Eigen::ArrayXXf;

/// Of the A genes that take part.
struct ScoreKinetics {
  Vector k0, k1;  ///< [1/h]
  Vector burst;   ///< s0/koff [molecules]
  Vector d0, d1, s1;

  Index genes() const noexcept { return burst.size(); }
};

/// A simulated model: kinetics and a burst rate with parameters.
///
/// | expression | meaning |
/// | --- | --- |
/// | `M::Law(model, cells)` | rates and scores of a block of cells of this model, below |
/// | `model.parameters()` | all parameters, gene after gene |
/// | `model.set_parameters(x, limit)` | replaces them, within ±limit |
/// | `model.move(step, limit)` | adds to them, and may keep what else depends on their scale in step |
/// | `law.begin_step(proteins, dt, held)` | proteins that rates see, stimulus first; if `held`, scores from now on, too |
/// | `law.rate(gene, rate)` | writes kon dt of every cell |
/// | `law.credit(gene, surplus)` | takes (bursts − kon dt)/(kon dt) of every cell |
/// | `law.collect(score)` | adds the scores of all parameters since the last time: cells × parameters |
template <class M>
concept ScoreModelLike = std::derived_from<M, ScoreKinetics> && std::copy_constructible<M> &&
    requires(const M& model, M& changed, typename M::Law& law, const Vector& x, const CellValues& proteins,
             Eigen::ArrayXf& values, Eigen::MatrixXf& score, Index index, double number) {
  requires std::constructible_from<typename M::Law, const M&, Index>;
  { model.parameters() } -> std::same_as<Vector>;
  changed.set_parameters(x, number);
  changed.move(x, number);
  law.begin_step(proteins, number, true);
  law.rate(index, values);
  law.credit(index, values);
  law.collect(score);
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
inline double leap_length(const ScoreKinetics& kinetics) {
  if (kinetics.genes() == 0) return 0.5;
  return std::min({0.5 / kinetics.d0.maxCoeff(), 0.2 / kinetics.d1.maxCoeff(), 1.2 / kinetics.k1.maxCoeff()});
}

/// Equal steps over a duration, with what they do to mRNA and protein of every gene: the same for all cells.
class Leaps {
 public:
  static constexpr std::size_t positions = 64;  // of a burst within a step

  struct Gene {
    float decay0, decay1;                        // over a step
    float feed;                                  // protein at the end per mRNA at the start
    float half_decay1, half_feed;                // by the middle of the step
    std::array<float, positions> mrna, protein;  // at the end of the step per unit of Exp(1), by position of the burst
  };

  /// @param longest step; a duration of 0 takes none
  Leaps(const ScoreKinetics& kinetics, double duration, double longest)
      : count_(duration > 0.0 ? static_cast<Index>(std::ceil(duration / longest - 1e-9)) : 0) {
    if (count_ == 0) return;
    length_ = duration / static_cast<double>(count_);
    for (Index i = 0; i < kinetics.genes(); ++i) genes_.push_back(constants(kinetics, i));
  }

  Index count() const noexcept { return count_; }
  double length() const noexcept { return length_; }
  const Gene& gene(Index i) const { return genes_[static_cast<std::size_t>(i)]; }

 private:
  Gene constants(const ScoreKinetics& kinetics, Index i) const {
    const double dt = length_;
    const auto feed = [&](double time) {
      const double gap = (kinetics.d0[i] - kinetics.d1[i]) * time;
      return kinetics.s1[i] * time * std::exp(-kinetics.d1[i] * time) *
             (std::abs(gap) < 1e-8 ? 1.0 : -std::expm1(-gap) / gap);
    };
    Gene c;
    c.decay0 = static_cast<float>(std::exp(-kinetics.d0[i] * dt));
    c.decay1 = static_cast<float>(std::exp(-kinetics.d1[i] * dt));
    c.feed = static_cast<float>(feed(dt));
    c.half_decay1 = static_cast<float>(std::exp(-0.5 * kinetics.d1[i] * dt));
    c.half_feed = static_cast<float>(feed(0.5 * dt));
    for (std::size_t p = 0; p < positions; ++p) {
      const double left = dt * (static_cast<double>(p) + 0.5) / static_cast<double>(positions);
      c.mrna[p] = static_cast<float>(kinetics.burst[i] * std::exp(-kinetics.d0[i] * left));
      c.protein[p] = static_cast<float>(kinetics.burst[i] * feed(left));
    }
    return c;
  }

  Index count_;
  double length_ = 0.0;
  std::vector<Gene> genes_;
};

/// One block of cells, advanced together.
template <ScoreModelLike Model>
class ScoreBlock {
 public:
  ScoreBlock(const Model& model, const ScoreProtocol& protocol, Index block, Index count)
      : law_(model, count),
        fading_(protocol.fading),
        random_(protocol.seed, Purpose::refinement, (protocol.pass << 32U) + static_cast<std::uint64_t>(block)),
        protein_(CellValues::Zero(count, model.genes())),
        mrna_(protein_),
        middle_(CellValues::Zero(count, model.genes() + 1)),
        score_(Eigen::MatrixXf::Zero(count, model.parameters().size())),
        rate_(count),
        bursts_(count) {}

  void advance(const Leaps& leaps, double stimulus) {
    middle_.col(0).setConstant(static_cast<float>(stimulus));
    const auto kept = static_cast<float>(std::exp(-fading_ * leaps.length() * static_cast<double>(scored_together)));
    for (Index k = 0; k < leaps.count(); ++k) {
      look_ahead(leaps);
      law_.begin_step(middle_, leaps.length(), k % scored_together == 0);
      step(leaps);
      if ((k + 1) % scored_together == 0 || k + 1 == leaps.count()) collect_score(kept);
    }
  }

  const CellValues& mrna() const noexcept { return mrna_; }
  const Eigen::MatrixXf& score() const noexcept { return score_; }

 private:
  // Proteins hardly move in so many steps; those of the first stand for all, which keeps the score a martingale.
  static constexpr Index scored_together = 2;
  static constexpr int most_bursts = 12;  // in a step, of a mean of at most 1.2

  void look_ahead(const Leaps& leaps) {
    for (Index i = 0; i < protein_.cols(); ++i) {
      const Leaps::Gene& c = leaps.gene(i);
      middle_.col(i + 1) = protein_.col(i) * c.half_decay1 + c.half_feed * mrna_.col(i);
    }
  }

  void step(const Leaps& leaps) {
    for (Index i = 0; i < protein_.cols(); ++i) {
      const Leaps::Gene& c = leaps.gene(i);
      law_.rate(i, rate_);
      protein_.col(i) = protein_.col(i) * c.decay1 + c.feed * mrna_.col(i);
      mrna_.col(i) *= c.decay0;
      burst(c, i);
      bursts_ = (bursts_ - rate_) / rate_.max(1e-12F);
      law_.credit(i, bursts_);
    }
  }

  // Numbers, sizes and positions of bursts: 24 bits of a random word for the number, 32 for the size of the first and 6
  // for its position; further bursts draw from a scramble of the word.
  void burst(const Leaps::Gene& c, Index i) {
    bursts_.setZero();
    float* const mrna = mrna_.col(i).data();
    float* const protein = protein_.col(i).data();
    RandomStream random = random_;  // kept in registers
    for (Index cell = 0; cell < bursts_.size(); ++cell) {
      std::uint64_t word = random();
      const float uniform = static_cast<float>(word >> 40U) * 0x1.0p-24F;
      const float rate = rate_[cell];
      if (uniform < 1.0F - rate) continue;  // that is below the chance of no burst, and needs no exponential
      float mass = std::exp(-rate);
      if (uniform < mass) continue;
      float total = mass;
      int n = 0;
      do {
        ++n;
        mass *= rate / static_cast<float>(n);
        total += mass;
        const float size = -std::log((static_cast<float>((word >> 8U) & 0xffffffU) + 0.5F) * 0x1.0p-24F);
        const auto position = static_cast<std::size_t>(word & (Leaps::positions - 1));
        mrna[cell] += size * c.mrna[position];
        protein[cell] += size * c.protein[position];
        word = (word ^ (word >> 29U)) * 0xbf58476d1ce4e5b9U;
        word ^= word >> 32U;
      } while (uniform >= total && n < most_bursts);
      bursts_[cell] = static_cast<float>(n);
    }
    random_ = random;
  }

  void collect_score(float kept) {
    if (kept < 1.0F) score_ *= kept;
    law_.collect(score_);
  }

  typename Model::Law law_;
  double fading_;
  RandomStream random_;
  CellValues protein_, mrna_;  // at the beginning of the step, genes alone
  CellValues middle_;          // proteins that rates see, the stimulus first
  Eigen::MatrixXf score_;
  Eigen::ArrayXf rate_, bursts_;
};

}  // namespace cardamom::detail
