/// @file
/// A block of cells of model (1) simulated by tau-leaping, together with the path score of every cell.
///
/// Tau-leaping with a midpoint prediction: the rates of a step are those at the proteins that its start leads to by its
/// middle if nothing bursts, and the bursts of the step are Poisson given these rates; that is also what makes the path
/// score a plain sum over steps. Cells run side by side in single precision, so that everything but bursts is vector
/// arithmetic. Every gene of every cell consumes one random number per step whatever happens, so that models simulated
/// from the same seed see the same chance. Unlike thinning (`BurstyProcess`) this has an error, of the order of the
/// square of a step.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/simulation/leaping/model.hpp>
#include <cardamom/simulation/leaping/protocol.hpp>
#include <cardamom/simulation/leaping/steps.hpp>

namespace cardamom {

/// A block of cells that take the same leaps side by side.
template <LeapingModel Model>
class LeapingCells {
 public:
  /// @param model referred to
  /// @param block number of the block, which chooses its random stream; @param cells in it
  LeapingCells(const Model& model, const LeapProtocol& protocol, Index block, Index cells)
      : law_(model, cells),
        score_decay_(protocol.score_decay),
        random_(protocol.seed, Purpose::refinement, (protocol.replicate << 32U) + static_cast<std::uint64_t>(block)),
        inputs_(model.kinetics.inputs()),
        protein_(CellValues::Zero(cells, model.kinetics.genes())),
        mrna_(protein_),
        midpoint_(CellValues::Zero(cells, model.kinetics.nodes())),
        score_(CellScores::Zero(cells, model.parameters().size())),
        rate_(cells),
        bursts_(cells) {}

  /// @param levels of the inputs during these steps
  void advance(const LeapSteps& steps, const WhereUsed<VectorIn, Model>& levels) {
    for (Index j = 0; j < inputs_; ++j) midpoint_.col(j).setConstant(static_cast<float>(levels[j]));
    const auto kept = static_cast<float>(std::exp(-score_decay_ * steps.length() * static_cast<double>(clamped_steps)));
    for (Index k = 0; k < steps.count(); ++k) {
      predict_midpoint(steps);
      law_.begin_step(midpoint_, steps.length(), k % clamped_steps == 0);
      step(steps);
      if ((k + 1) % clamped_steps == 0 || k + 1 == steps.count()) flush(kept);
    }
  }

  /// Molecules, cells × genes.
  [[nodiscard]] const CellValues& mrna() const noexcept { return mrna_; }
  /// Cells × genes.
  [[nodiscard]] const CellValues& protein() const noexcept { return protein_; }
  /// Path scores, cells × parameters.
  [[nodiscard]] const CellScores& score() const noexcept { return score_; }

 private:
  // Proteins hardly move in two steps: those of the first stand for both in the scores, which halves their cost and
  // keeps them martingales.
  static constexpr Index clamped_steps = 2;
  // In a step. A Poisson number of mean 1.2, the most that `longest_leap` lets happen, exceeds it once in 10^9.
  static constexpr int most_bursts = 12;
  static constexpr float smallest_rate = 1e-12F;  // kon dt, of which an increment is divided by

  void predict_midpoint(const LeapSteps& steps) {
    for (Index a = 0; a < protein_.cols(); ++a) {
      const LeapSteps::Gene& c = steps.gene(a);
      midpoint_.col(inputs_ + a) = protein_.col(a) * c.half_protein_decay + c.half_feed * mrna_.col(a);
    }
  }

  void step(const LeapSteps& steps) {
    for (Index a = 0; a < protein_.cols(); ++a) {
      const LeapSteps::Gene& c = steps.gene(a);
      law_.rate(a, rate_);
      protein_.col(a) = protein_.col(a) * c.protein_decay + c.feed * mrna_.col(a);
      mrna_.col(a) *= c.mrna_decay;
      burst(c, a);
      bursts_ = (bursts_ - rate_) / rate_.max(smallest_rate);
      law_.accumulate(a, bursts_);
    }
  }

  // Numbers, sizes and places of bursts, from one random word per cell: its upper 24 bits give the number, bits 8 to 31
  // the size of the first burst and the lowest 6 its place. Further bursts draw from a scramble of the word.
  void burst(const LeapSteps::Gene& c, Index a) {
    bursts_.setZero();
    float* const mrna = mrna_.col(a).data();
    float* const protein = protein_.col(a).data();
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
        const auto place = static_cast<std::size_t>(word & (LeapSteps::places - 1));
        mrna[cell] += size * c.mrna[place];
        protein[cell] += size * c.protein[place];
        word = (word ^ (word >> 29U)) * 0xbf58476d1ce4e5b9U;
        word ^= word >> 32U;
      } while (uniform >= total && n < most_bursts);
      bursts_[cell] = static_cast<float>(n);
    }
    random_ = random;
  }

  void flush(float kept) {
    if (kept < 1.0F) score_ *= kept;
    law_.flush(score_);
  }

  typename Model::Law law_;
  double score_decay_;
  RandomStream random_;
  Index inputs_;
  WhereUsed<CellValues, Model> protein_, mrna_;  // at the beginning of the step, cells × genes
  WhereUsed<CellValues, Model> midpoint_;        // proteins that rates see, cells × nodes
  WhereUsed<CellScores, Model> score_;
  WhereUsed<CellValue, Model> rate_, bursts_;
};

}  // namespace cardamom
