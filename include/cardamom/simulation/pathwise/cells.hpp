/// @file
/// A block of cells of model (1) simulated by tau-leaping and differentiated through its course.
///
/// mRNA is counted in mean bursts, m = M koff/s0. In a leap of h hours a gene gains U ~ Gamma(N, 1), N ~ Poisson(a), a
/// = h kon(P) with the proteins expected at the middle of the leap, and then
///
///     m' = m e^{−d0 h} + U e^{−d0 h/2},   P' = P e^{−d1 h} + (1 − e^{−d1 h}) (m + m')/2 · d0/k1.
///
/// What is differentiated is a + (U − a): the mean of an increment moves with the parameters, its deviation U − a
/// stays. A function of the cells that is linear over a burst then has an unbiased derivative; where it is not, the
/// expected difference that one more burst makes has to stand for its slope (`one_more_burst`). The error of a leap is
/// of the order of its square.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <cardamom/core/random.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/simulation/leaping/model.hpp>
#include <cardamom/simulation/pathwise/layout.hpp>
#include <cardamom/simulation/pathwise/protocol.hpp>

namespace cardamom {

/// Decay rates as leaps use them, from parameters in the order of a layout.
struct PathwiseDecay {
  Vector mrna, protein;  ///< d0 and d1 [1/h], one per gene

  PathwiseDecay(const PathwiseLayout& layout, const Vector& x) : mrna(layout.genes()), protein(layout.genes()) {
    for (Index a = 0; a < layout.genes(); ++a) {
      mrna[a] = std::exp(x[layout.mrna_decay(a)]);
      protein[a] = std::exp(x[layout.protein_decay(a)]);
    }
  }
};

/// @tparam Law such as `PathwiseLinearLaw`
template <class Law>
class PathwiseCells {
 public:
  /// @param law, decay referred to; @param number of the block, which chooses its random stream
  PathwiseCells(const Law& law, const PathwiseDecay& decay, const PathwiseProtocol& protocol, Index number, Index cells)
      : law_(law),
        decay_(decay),
        cells_(cells),
        random_(protocol.seed, Purpose::pathwise, (protocol.replicate << 32U) + static_cast<std::uint64_t>(number)),
        mrna_(CellValues::Zero(cells, law.genes())),
        protein_(mrna_) {}

  /// @param mrna, protein per gene, where all cells start
  void start_at(const Vector& mrna, const Vector& protein) {
    mrna_.rowwise() = mrna.transpose().array().cast<float>();
    protein_.rowwise() = protein.transpose().array().cast<float>();
  }

  /// Leaps over a stretch of time and keeps what `backward` needs.
  void advance(double duration, double longest_step, const VectorIn& levels) {
    stretches_.push_back(Stretch(decay_, duration, longest_step, levels));
    const Stretch& stretch = stretches_.back();
    CellValues rate(cells_, law_.genes());
    CellValues proteins = proteins_seen(stretch);
    for (Index k = 0; k < stretch.count; ++k) {
      leaps_.emplace_back();
      Leap& leap = leaps_.back();
      leap.mrna = mrna_;
      leap.protein = protein_;
      leap.kept.resize(cells_, law_.genes());
      midpoint(stretch, leap, proteins);
      law_.rates(proteins, rate, leap.kept);
      rate *= stretch.length;
      draw_bursts(rate, leap.gain);
      move(stretch, leap.gain);
    }
  }

  /// Goes through the same course again with every deviation U − a as it was: the function of the parameters whose
  /// derivative `backward` returns. The random stream is not used.
  void replay(const PathwiseCells& course) {
    stretches_.clear();
    std::size_t next = 0;
    for (const Stretch& before : course.stretches_) {
      stretches_.push_back(Stretch(decay_, before.duration, before.longest, before.levels));
      const Stretch& stretch = stretches_.back();
      CellValues rate(cells_, law_.genes());
      CellValues kept(cells_, law_.genes());
      CellValues proteins = proteins_seen(stretch);
      for (Index k = 0; k < stretch.count; ++k) {
        const Leap& leap = course.leaps_[next++];
        Leap now{mrna_, protein_, {}, {}};
        midpoint(stretch, now, proteins);
        law_.rates(proteins, rate, kept);
        // Rates of the course, from what was kept, to get its deviations.
        CellValues old_rate(cells_, law_.genes());
        CellValues old_proteins = course.proteins_seen(before);
        course.midpoint(before, leap, old_proteins);
        course.law_.rates(old_proteins, old_rate, kept);
        now.gain = leap.gain - old_rate * before.length + rate * stretch.length;
        move(stretch, now.gain);
      }
      observed_.push_back(mrna_);
    }
  }
  /// mRNA at the end of every stretch of a `replay`.
  [[nodiscard]] const std::vector<CellValues>& replayed() const noexcept { return observed_; }

  /// mRNA in mean bursts, cells × genes.
  [[nodiscard]] const CellValues& mrna() const noexcept { return mrna_; }
  /// Cells × genes.
  [[nodiscard]] const CellValues& protein() const noexcept { return protein_; }

  /// Derivatives of a function of the observed mRNA by the parameters, but for koff/s0 and depths, which the
  /// observations know.
  /// @param by_mrna per stretch: derivative by `mrna()` at its end, cells × genes; empty: none
  /// @param gradient added to, in the order of the layout
  void backward(const std::vector<CellValues>& by_mrna, const PathwiseLayout& layout, Vector& gradient) const {
    typename Law::Adjoint adjoint(law_, cells_);
    CellValues m = CellValues::Zero(cells_, law_.genes());  // adjoints of mRNA and protein
    CellValues p = m;
    CellValues by_rate = m;
    CellValues by_midpoint = m;
    Matrix by_decay = Matrix::Zero(law_.genes(), 2);
    Vector by_scale = Vector::Zero(law_.genes());
    auto leap = leaps_.rbegin();
    for (std::size_t s = stretches_.size(); s-- > 0;) {
      const Stretch& stretch = stretches_[s];
      if (by_mrna[s].size() > 0) m += by_mrna[s];
      CellValues proteins = proteins_seen(stretch);
      for (Index k = stretch.count; k-- > 0; ++leap) {
        back_through_move(stretch, *leap, m, p, by_rate, by_decay, by_scale);
        midpoint(stretch, *leap, proteins);
        adjoint.backward(proteins, leap->kept, by_rate, by_midpoint);
        back_through_midpoint(stretch, *leap, by_midpoint, m, p, by_decay, by_scale);
      }
    }
    for (Index a = 0; a < law_.genes(); ++a) {
      gradient[layout.mrna_decay(a)] += by_decay(a, 0);
      gradient[layout.protein_decay(a)] += by_decay(a, 1);
      adjoint.add_by_protein_per_burst(a, by_scale[a]);
    }
    adjoint.add_to(layout, gradient);
  }

 private:
  // Factors of one gene over a leap.
  struct Gene {
    float mrna, half_mrna;          // e^{−d0 h}, e^{−d0 h/2}
    float protein, half_protein;    // e^{−d1 h}, e^{−d1 h/2}
    float mrna_time, protein_time;  // d0 h, d1 h
  };
  // Equal leaps over a stretch of time.
  struct Stretch {
    Stretch(const PathwiseDecay& decay, double time, double longest_step, const VectorIn& inputs)
        : duration(time), longest(longest_step), levels(inputs) {
      constexpr double rounding = 1e-9;  // of a duration that is a multiple of the longest step
      count = time > 0.0 ? static_cast<Index>(std::ceil(time / longest_step - rounding)) : 0;
      if (count == 0) return;
      const double h = time / static_cast<double>(count);
      length = static_cast<float>(h);
      for (Index a = 0; a < decay.mrna.size(); ++a) {
        const double d0 = decay.mrna[a] * h;
        const double d1 = decay.protein[a] * h;
        genes.push_back({static_cast<float>(std::exp(-d0)), static_cast<float>(std::exp(-0.5 * d0)),
                         static_cast<float>(std::exp(-d1)), static_cast<float>(std::exp(-0.5 * d1)),
                         static_cast<float>(d0), static_cast<float>(d1)});
      }
    }
    double duration, longest;
    Vector levels;
    Index count = 0;
    float length = 0.0F;  // [h]
    std::vector<Gene> genes;
  };
  // What is kept of a leap, cells × genes.
  struct Leap {
    CellValues mrna, protein;  // at its start
    CellValues kept;           // by the law
    CellValues gain;           // U
  };

  [[nodiscard]] const Gene& gene(const Stretch& stretch, Index a) const {
    return stretch.genes[static_cast<std::size_t>(a)];
  }

  // Room for the proteins that rates see, cells × nodes, its inputs set.
  [[nodiscard]] CellValues proteins_seen(const Stretch& stretch) const {
    CellValues proteins(cells_, law_.nodes());
    for (Index j = 0; j < law_.inputs(); ++j) proteins.col(j).setConstant(static_cast<float>(stretch.levels[j]));
    return proteins;
  }

  // The proteins at the middle of a leap if nothing bursts and mRNA stays.
  void midpoint(const Stretch& stretch, const Leap& leap, CellValues& proteins) const {
    for (Index a = 0; a < law_.genes(); ++a) {
      const float kept = gene(stretch, a).half_protein;
      proteins.col(law_.inputs() + a) =
          kept * leap.protein.col(a) + ((1.0F - kept) * law_.protein_per_burst(a)) * leap.mrna.col(a);
    }
  }

  void move(const Stretch& stretch, const CellValues& gain) {
    for (Index a = 0; a < law_.genes(); ++a) {
      const Gene& g = gene(stretch, a);
      const float feed = 0.5F * (1.0F - g.protein) * law_.protein_per_burst(a);
      protein_.col(a) = g.protein * protein_.col(a) + feed * mrna_.col(a);
      mrna_.col(a) = g.mrna * mrna_.col(a) + g.half_mrna * gain.col(a);
      protein_.col(a) += feed * mrna_.col(a);
    }
  }

  // From the adjoints at the end of a leap to those at its start, rates held; `by_rate` is that by kon.
  void back_through_move(const Stretch& stretch, const Leap& leap, CellValues& m, CellValues& p, CellValues& by_rate,
                         Matrix& by_decay, Vector& by_scale) const {
    for (Index a = 0; a < law_.genes(); ++a) {
      const Gene& g = gene(stretch, a);
      const float scale = law_.protein_per_burst(a);
      const float feed = 0.5F * (1.0F - g.protein) * scale;
      const CellValue both = leap.mrna.col(a) * (1.0F + g.mrna) + g.half_mrna * leap.gain.col(a);  // m + m'
      m.col(a) += feed * p.col(a);
      const float level = (p.col(a) * both).sum();
      by_scale[a] += static_cast<double>(0.5F * (1.0F - g.protein) * level);
      const float faded = (p.col(a) * leap.protein.col(a)).sum();
      by_decay(a, 1) -= static_cast<double>(g.protein_time * g.protein * (faded - 0.5F * scale * level));
      by_decay(a, 0) -= static_cast<double>(
          g.mrna_time * (m.col(a) * (g.mrna * leap.mrna.col(a) + (0.5F * g.half_mrna) * leap.gain.col(a))).sum());
      by_rate.col(a) = (g.half_mrna * stretch.length) * m.col(a);
      m.col(a) = g.mrna * m.col(a) + feed * p.col(a);
      p.col(a) *= g.protein;
    }
  }

  void back_through_midpoint(const Stretch& stretch, const Leap& leap, const CellValues& by_midpoint, CellValues& m,
                             CellValues& p, Matrix& by_decay, Vector& by_scale) const {
    for (Index a = 0; a < law_.genes(); ++a) {
      const Gene& g = gene(stretch, a);
      const float scale = law_.protein_per_burst(a);
      p.col(a) += g.half_protein * by_midpoint.col(a);
      m.col(a) += ((1.0F - g.half_protein) * scale) * by_midpoint.col(a);
      const float level = (by_midpoint.col(a) * leap.mrna.col(a)).sum();
      by_scale[a] += static_cast<double>((1.0F - g.half_protein) * level);
      by_decay(a, 1) -= static_cast<double>(0.5F * g.protein_time * g.half_protein *
                                            ((by_midpoint.col(a) * leap.protein.col(a)).sum() - scale * level));
    }
  }

  // U of every cell and gene from one random word each: its upper 24 bits give the number of bursts, bits 8 to 31 the
  // first size; further sizes come from scrambles of the word. Numbers too large to count up are drawn otherwise.
  void draw_bursts(const CellValues& mean, CellValues& gain) {
    constexpr float many = 16.0F;
    constexpr int most = 64;
    gain.setZero(cells_, law_.genes());
    RandomStream random = random_;  // kept in registers
    for (Index i = 0; i < mean.size(); ++i) {
      const float a = mean.data()[i];
      std::uint64_t word = random();
      const float uniform = static_cast<float>(word >> 40U) * 0x1.0p-24F;
      if (uniform < 1.0F - a) continue;  // that is below the chance of no burst, and needs no exponential
      if (a > many) {
        const auto number = static_cast<double>(random.poisson(static_cast<double>(a)));
        if (number > 0.0) gain.data()[i] = static_cast<float>(random.gamma(number));
        continue;
      }
      float mass = std::exp(-a);
      float total = mass;
      float sum = 0.0F;
      for (int n = 1; uniform >= total && n < most; ++n) {
        mass *= a / static_cast<float>(n);
        total += mass;
        sum -= std::log((static_cast<float>((word >> 8U) & 0xffffffU) + 0.5F) * 0x1.0p-24F);
        word = (word ^ (word >> 29U)) * 0xbf58476d1ce4e5b9U;
        word ^= word >> 32U;
      }
      gain.data()[i] = sum;
    }
    random_ = random;
  }

  const Law& law_;
  const PathwiseDecay& decay_;
  Index cells_;
  RandomStream random_;
  CellValues mrna_, protein_;
  std::vector<Stretch> stretches_;
  std::vector<Leap> leaps_;
  std::vector<CellValues> observed_;
};

}  // namespace cardamom
