/// @file
/// Equal steps of tau-leaping over a stretch of time, with what they do to the mRNA and protein of every gene.
///
/// Between bursts model (1) is linear, so what a step does to a cell is known in advance; the constants here are shared
/// by all cells.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/model/kinetics.hpp>

namespace cardamom {

/// The longest step that still follows every gene [h]: half the mean life of mRNA, a fifth of that of protein, and 1.2
/// bursts at the highest rate, of which `LeapingCells` draws at most 12. Steps twice as long were found too coarse in
/// fits of networks, half as long no better.
/// @return 0.5 when there are no genes
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline double longest_leap(const WhereUsed<Kinetics, Use>& kinetics) {
  const Index genes = kinetics.genes();
  if (genes == 0) return 0.5;
  return std::min({0.5 / kinetics.mrna_decay.tail(genes).maxCoeff(),
                   0.2 / kinetics.protein_decay.tail(genes).maxCoeff(),
                   1.2 / kinetics.frequency_max.tail(genes).maxCoeff()});
}

/// Equal steps of tau-leaping over some time, with what is left and what is made of mRNA and protein in each.
class LeapSteps {
 public:
  /// A burst falls into one of so many equal parts of its step: a power of two, since its place comes from a few bits
  /// of a random word; 64 parts place it to within 1/128 of a step.
  static constexpr std::size_t places = 64;

  /// Factors over one step. A burst of size Exp(1) times the mean leaves mRNA and protein at the end of the step that
  /// depend on its place within the step.
  struct Gene {
    float mrna_decay, protein_decay;          ///< what is left of mRNA and protein
    float feed;                               ///< protein at the end per mRNA at the start
    float half_protein_decay, half_feed;      ///< the same at the middle of the step, for the midpoint prediction
    std::array<float, places> mrna, protein;  ///< at the end per unit of Exp(1), by place of the burst
  };

  /// @param duration [h]; 0 or less: no steps
  /// @param longest length of a step [h], > 0
  template <class Use = CompiledWhereUsed>
  LeapSteps(const WhereUsed<Kinetics, Use>& kinetics, double duration, double longest)
      : count_(duration > 0.0 ? static_cast<Index>(std::ceil(duration / longest - rounding)) : 0) {
    if (count_ == 0) return;
    length_ = duration / static_cast<double>(count_);
    for (Index i = kinetics.inputs(); i < kinetics.nodes(); ++i) genes_.push_back(constants(kinetics, i));
  }

  [[nodiscard]] Index count() const noexcept { return count_; }
  /// Of every step [h].
  [[nodiscard]] double length() const noexcept { return length_; }
  /// @param a in 0 … genes − 1
  [[nodiscard]] const Gene& gene(Index a) const { return genes_[static_cast<std::size_t>(a)]; }

 private:
  static constexpr double rounding = 1e-9;  // of a duration that is a multiple of the longest step

  template <class Use = CompiledWhereUsed>
  Gene constants(const WhereUsed<Kinetics, Use>& kinetics, Index i) const {
    const double dt = length_;
    const double d0 = kinetics.mrna_decay[i];
    const double d1 = kinetics.protein_decay[i];
    const double burst = 1.0 / kinetics.inverse_burst_size[i];
    const auto feed = [&](double time) {
      const double gap = (d0 - d1) * time;
      // Below a gap of 1e-8 the quotient is 1 to within single precision, and d0 = d1 is safe.
      return kinetics.protein_synthesis[i] * time * std::exp(-d1 * time) *
             (std::abs(gap) < 1e-8 ? 1.0 : -std::expm1(-gap) / gap);
    };
    Gene c;
    c.mrna_decay = static_cast<float>(std::exp(-d0 * dt));
    c.protein_decay = static_cast<float>(std::exp(-d1 * dt));
    c.feed = static_cast<float>(feed(dt));
    c.half_protein_decay = static_cast<float>(std::exp(-0.5 * d1 * dt));
    c.half_feed = static_cast<float>(feed(0.5 * dt));
    for (std::size_t p = 0; p < places; ++p) {
      const double left = dt * (static_cast<double>(p) + 0.5) / static_cast<double>(places);
      c.mrna[p] = static_cast<float>(burst * std::exp(-d0 * left));
      c.protein[p] = static_cast<float>(burst * feed(left));
    }
    return c;
  }

  Index count_;
  double length_ = 0.0;
  std::vector<Gene> genes_;
};

}  // namespace cardamom
