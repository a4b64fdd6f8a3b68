/// @file
/// A block of cells of model (1) simulated by tau-leaping and differentiated through its course.
///
/// mRNA is counted in mean bursts, m = M koff/s0. In a leap of h hours a gene bursts N ~ Poisson(a) times, a = h kon(P)
/// with the proteins expected at the middle of the leap where kon is still that of the leap before, every time by an
/// exponential size e of mean 1 and at a uniform age, a share u of the leap. A burst leaves e e^{−d0 h u} of mRNA at
/// the end of the leap, and makes e g(u) of protein (`protein_made`). With U and V the sums of these over the bursts,
/// each divided by its mean over u so that their means are a, and the factors of `LeapFactors`,
///
///     m' = m e^{−d0 h} + w0 U,   P' = P e^{−d1 h} + (w1 m + w2 V) d0/k1:
///
/// where the rate stays, mRNA and protein have their joint law however long the leap. What is differentiated is
/// a + (U − a) and a + (V − a): the mean of an increment moves with the parameters, its deviation stays. A function of
/// the cells that is linear over a burst then has an unbiased derivative; where it is not, the expected difference that
/// one more burst makes has to stand for its slope (`one_more_burst`). The error of a leap, of rates that move, is of
/// the order of its square.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/simulation/leaping/model.hpp>
#include <cardamom/simulation/pathwise/layout.hpp>
#include <cardamom/simulation/pathwise/leap_factors.hpp>
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
  using Values = WhereUsed<CellValues, Law>;  ///< `CellValues`, worked out where a law is known

  /// @param law, decay referred to; @param number of the block, which chooses its random stream
  PathwiseCells(const Law& law, const PathwiseDecay& decay, const PathwiseProtocol& protocol, Index number, Index cells)
      : law_(law),
        decay_(decay),
        cells_(cells),
        random_(protocol.seed, Purpose::pathwise, (protocol.replicate << 32U) + static_cast<std::uint64_t>(number)),
        mrna_(Values::Zero(cells, law.genes())),
        protein_(mrna_),
        rate_(mrna_) {}

  /// @param mrna, protein per gene, where all cells start
  void start_at(const WhereUsed<Vector, Law>& mrna, const WhereUsed<Vector, Law>& protein) {
    mrna_.rowwise() = mrna.transpose().array().template cast<float>();
    protein_.rowwise() = protein.transpose().array().template cast<float>();
    rate_.rowwise() = (mrna.array() * decay_.mrna.array()).transpose().template cast<float>();
  }

  /// Equal leaps over a stretch of time, and what they do to every gene: the same for all cells.
  class Stretch;

  /// Leaps over a stretch of time and keeps what `backward` needs.
  void advance(double duration, double longest_step, const VectorIn& levels) {
    advance(std::make_shared<const Stretch>(decay_, duration, longest_step, levels));
  }
  /// The same over a stretch that blocks of cells share.
  void advance(std::shared_ptr<const Stretch> shared) {
    stretches_.push_back(std::move(shared));
    const Stretch& stretch = *stretches_.back();
    Values proteins = proteins_seen(stretch);
    for (Index k = 0; k < stretch.count; ++k) {
      leaps_.push_back({mrna_, protein_, rate_, Values(cells_, law_.genes()), {}, {}});
      Leap& leap = leaps_.back();
      midpoint(stretch, leap, proteins);
      law_.rates(proteins, rate_, leap.kept);
      draw_bursts(stretch, leap.gain, leap.made);
      move(stretch, leap.gain, leap.made);
    }
  }

  /// Goes through the same course again with every deviation U − a and V − a as it was: the function of the parameters
  /// whose derivative `backward` returns. The random stream is not used.
  void replay(const PathwiseCells& course) {
    stretches_.clear();
    std::size_t next = 0;
    for (const auto& known : course.stretches_) {
      const Stretch& before = *known;
      stretches_.push_back(std::make_shared<const Stretch>(decay_, before.duration, before.longest, before.levels));
      const Stretch& stretch = *stretches_.back();
      Values kept(cells_, law_.genes());
      Values proteins = proteins_seen(stretch);
      for (Index k = 0; k < stretch.count; ++k) {
        const bool last = ++next == course.leaps_.size();
        const Leap& leap = course.leaps_[next - 1];
        midpoint(stretch, {mrna_, protein_, rate_, {}, {}, {}}, proteins);
        law_.rates(proteins, rate_, kept);
        const Values& rate_before = last ? course.rate_ : course.leaps_[next].rate_before;
        const Values change = rate_ * stretch.length - rate_before * before.length;
        move(stretch, leap.gain + change, leap.made + change);
      }
      observed_.push_back(mrna_);
    }
  }
  /// mRNA at the end of every stretch of a `replay`.
  [[nodiscard]] const std::vector<Values>& replayed() const noexcept { return observed_; }

  /// mRNA in mean bursts, cells × genes.
  [[nodiscard]] const Values& mrna() const noexcept { return mrna_; }
  /// Cells × genes.
  [[nodiscard]] const Values& protein() const noexcept { return protein_; }

  /// Derivatives of a function of the observed mRNA by the parameters, but for koff/s0 and depths, which the
  /// observations know.
  /// @param by_mrna per stretch: derivative by `mrna()` at its end, cells × genes; empty: none
  /// @param gradient added to, in the order of the layout
  void backward(const std::vector<Values>& by_mrna, const PathwiseLayout& layout, Vector& gradient) const {
    typename Law::Adjoint adjoint(law_, cells_);
    Values m = Values::Zero(cells_, law_.genes());  // adjoints of mRNA and protein
    Values p = m;
    Values by_rate = m;  // of this leap
    Values by_next = m;  // by the same, of the midpoint of the leap after
    Values by_midpoint = m;
    Matrix by_decay = Matrix::Zero(law_.genes(), 2);
    Vector by_scale = Vector::Zero(law_.genes());
    auto leap = leaps_.rbegin();
    for (std::size_t s = stretches_.size(); s-- > 0;) {
      const Stretch& stretch = *stretches_[s];
      if (by_mrna[s].size() > 0) m += by_mrna[s];
      Values proteins = proteins_seen(stretch);
      for (Index k = stretch.count; k-- > 0; ++leap) {
        back_through_move(stretch, *leap, m, p, by_rate, by_decay, by_scale);
        by_rate += by_next;
        midpoint(stretch, *leap, proteins);
        adjoint.backward(proteins, leap->kept, by_rate, by_midpoint);
        back_through_midpoint(stretch, *leap, by_midpoint, m, p, by_next, by_decay, by_scale);
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
  // Factors of one gene in single precision; of its protein per that of constant mRNA.
  struct Factors {
    float mrna, fresh_mrna, protein, made, made_by_fresh;
    LeapFactors exact;
    BurstMoments moments;
    float mrna_time, protein_time;  // d0 h, d1 h

    Factors(double x, double y)
        : exact(LeapFactors::of(x, y)),
          moments(BurstMoments::of(x, y)),
          mrna_time(static_cast<float>(x)),
          protein_time(static_cast<float>(y)) {
      mrna = static_cast<float>(exact.mrna.value);
      fresh_mrna = static_cast<float>(exact.fresh_mrna.value);
      protein = static_cast<float>(exact.protein.value);
      made = static_cast<float>(exact.made.value);
      made_by_fresh = static_cast<float>(exact.made_by_fresh.value);
    }
  };
  struct Gene {
    Factors leap, half;  // over a leap and half of it
  };
  // What is kept of a leap, cells × genes.
  struct Leap {
    Values mrna, protein;  // at its start
    Values rate_before;    // kon of the leap before [1/h]
    Values kept;           // by the law
    Values gain, made;     // U and V
  };

  [[nodiscard]] const Gene& gene(const Stretch& stretch, Index a) const {
    return stretch.genes[static_cast<std::size_t>(a)];
  }

  // Room for the proteins that rates see, cells × nodes, its inputs set.
  [[nodiscard]] Values proteins_seen(const Stretch& stretch) const {
    Values proteins(cells_, law_.nodes());
    for (Index j = 0; j < law_.inputs(); ++j) proteins.col(j).setConstant(static_cast<float>(stretch.levels[j]));
    return proteins;
  }

  // The proteins expected at the middle of a leap if kon stays as it was.
  void midpoint(const Stretch& stretch, const Leap& leap, Values& proteins) const {
    for (Index a = 0; a < law_.genes(); ++a) {
      const Factors& half = gene(stretch, a).half;
      const float scale = law_.protein_per_burst(a);
      proteins.col(law_.inputs() + a) = half.protein * leap.protein.col(a) + (scale * half.made) * leap.mrna.col(a) +
                                        (scale * half.made_by_fresh * 0.5F * stretch.length) * leap.rate_before.col(a);
    }
  }

  void move(const Stretch& stretch, const Values& gain, const Values& made) {
    for (Index a = 0; a < law_.genes(); ++a) {
      const Factors& leap = gene(stretch, a).leap;
      const float scale = law_.protein_per_burst(a);
      protein_.col(a) = leap.protein * protein_.col(a) + (scale * leap.made) * mrna_.col(a) +
                        (scale * leap.made_by_fresh) * made.col(a);
      mrna_.col(a) = leap.mrna * mrna_.col(a) + leap.fresh_mrna * gain.col(a);
    }
  }

  // Adds the derivatives by decay rates and scale of a protein made of `protein`, `mrna` and `fresh` bursts.
  // @param by derivative by that protein, per cell
  template <class By, class Protein, class Mrna, class Fresh>
  static void add_by_decay(const LeapFactors& exact, double scale, const By& by, const Protein& protein,
                           const Mrna& mrna, const Fresh& fresh, Index a, Matrix& by_decay, Vector& by_scale) {
    const double of_protein = dot(by, protein);
    const double of_mrna = dot(by, mrna);
    const double of_fresh = dot(by, fresh);
    by_scale[a] += exact.made.value * of_mrna + exact.made_by_fresh.value * of_fresh;
    by_decay(a, 0) += scale * (exact.made.by_mrna * of_mrna + exact.made_by_fresh.by_mrna * of_fresh);
    by_decay(a, 1) += exact.protein.by_protein * of_protein +
                      scale * (exact.made.by_protein * of_mrna + exact.made_by_fresh.by_protein * of_fresh);
  }
  template <class X, class Y>
  static double dot(const X& x, const Y& y) {
    return static_cast<double>((x * y).sum());
  }

  // From the adjoints at the end of a leap to those at its start, rates held; `by_rate` is that by kon.
  void back_through_move(const Stretch& stretch, const Leap& leap, Values& m, Values& p, Values& by_rate,
                         Matrix& by_decay, Vector& by_scale) const {
    for (Index a = 0; a < law_.genes(); ++a) {
      const Factors& by = gene(stretch, a).leap;
      const float scale = law_.protein_per_burst(a);
      add_by_decay(by.exact, static_cast<double>(scale), p.col(a), leap.protein.col(a), leap.mrna.col(a),
                   leap.made.col(a), a, by_decay, by_scale);
      by_decay(a, 0) += by.exact.mrna.by_mrna * dot(m.col(a), leap.mrna.col(a)) +
                        by.exact.fresh_mrna.by_mrna * dot(m.col(a), leap.gain.col(a));
      by_rate.col(a) =
          (stretch.length * by.fresh_mrna) * m.col(a) + (stretch.length * scale * by.made_by_fresh) * p.col(a);
      m.col(a) = by.mrna * m.col(a) + (scale * by.made) * p.col(a);
      p.col(a) *= by.protein;
    }
  }

  // @param by_rate_before written: derivative by kon of the leap before
  void back_through_midpoint(const Stretch& stretch, const Leap& leap, const Values& by_midpoint, Values& m, Values& p,
                             Values& by_rate_before, Matrix& by_decay, Vector& by_scale) const {
    const float half_length = 0.5F * stretch.length;
    for (Index a = 0; a < law_.genes(); ++a) {
      const Factors& by = gene(stretch, a).half;
      const float scale = law_.protein_per_burst(a);
      add_by_decay(by.exact, static_cast<double>(scale), by_midpoint.col(a), leap.protein.col(a), leap.mrna.col(a),
                   half_length * leap.rate_before.col(a), a, by_decay, by_scale);
      p.col(a) += by.protein * by_midpoint.col(a);
      m.col(a) += (scale * by.made) * by_midpoint.col(a);
      by_rate_before.col(a) = (scale * by.made_by_fresh * half_length) * by_midpoint.col(a);
    }
  }

  // One burst in a list of those of a gene: of which cell, and the random numbers of its size and its age.
  struct Bursts {
    std::vector<Index> cell;
    std::vector<float> size, age;

    void clear() {
      cell.clear();
      size.clear();
      age.clear();
    }
    void add(Index c, std::uint64_t word) {
      cell.push_back(c);
      size.push_back((static_cast<float>((word >> 8U) & 0xffffffU) + 0.5F) * 0x1.0p-24F);
      age.push_back(static_cast<float>((word & 0xffU) | ((word >> 24U) & 0xff00U)) * 0x1.0p-16F);
    }
  };

  // U and V of every cell and gene from one random word each: its upper 24 bits give the number of bursts, bits 8 to 31
  // the first size, 16 others its age; further ones come from scrambles of the word. Numbers too large to count up are
  // drawn otherwise: with the means and covariances of the sums.
  void draw_bursts(const Stretch& stretch, Values& gain, Values& made) {
    constexpr float many = 16.0F;
    constexpr int most = 64;
    gain.setZero(cells_, law_.genes());
    made.setZero(cells_, law_.genes());
    RandomStream random = random_;  // kept in registers
    Value mean(cells_);
    Value none(cells_);
    for (Index gene_number = 0; gene_number < law_.genes(); ++gene_number) {
      const Factors& factors = gene(stretch, gene_number).leap;
      mean = stretch.length * rate_.col(gene_number);
      none = (-mean).exp();
      bursts_.clear();
      for (Index c = 0; c < cells_; ++c) {
        const float a = mean[c];
        std::uint64_t word = random();
        if (a > many) {
          draw_many(random, static_cast<double>(a), factors, gain(c, gene_number), made(c, gene_number));
          continue;
        }
        const float uniform = static_cast<float>(word >> 40U) * 0x1.0p-24F;
        float mass = none[c];
        float total = mass;
        for (int n = 1; uniform >= total && n < most; ++n) {
          mass *= a / static_cast<float>(n);
          total += mass;
          bursts_.add(c, word);
          word = (word ^ (word >> 29U)) * 0xbf58476d1ce4e5b9U;
          word ^= word >> 32U;
        }
      }
      sum_bursts(factors, gain.col(gene_number).data(), made.col(gene_number).data());
    }
    random_ = random;
  }

  // Adds up what the listed bursts leave of mRNA and make of protein, in units of their means.
  void sum_bursts(const Factors& factors, float* gain, float* made) {
    const auto number = static_cast<Index>(bursts_.cell.size());
    if (number == 0) return;
    const Eigen::Map<const Value> age(bursts_.age.data(), number);
    const Value size = -Eigen::Map<const Value>(bursts_.size.data(), number).log();
    const Value left = (-factors.mrna_time * age).exp();
    Value protein = (-factors.protein_time * age).exp();
    const float gap = factors.mrna_time - factors.protein_time;
    constexpr float nearly_equal = 0.02F;  // the series errs by less than gap²/6, the quotient by rounding over the gap
    if (std::abs(gap) < nearly_equal) {
      protein *= factors.protein_time * age * (1.0F - 0.5F * gap * age);
    } else {
      protein = (factors.protein_time / gap) * (protein - left);
    }
    const float inverse_mrna = 1.0F / factors.fresh_mrna;
    const float inverse_protein = 1.0F / factors.made_by_fresh;
    for (Index k = 0; k < number; ++k) {
      const Index c = bursts_.cell[static_cast<std::size_t>(k)];
      gain[c] += inverse_mrna * size[k] * left[k];
      made[c] += inverse_protein * size[k] * protein[k];
    }
  }

  // U is a gamma variable and V normal given U, with the means and covariances of the sums: exact where mRNA lives much
  // shorter than the leap, and where bursts are many.
  static void draw_many(RandomStream& random, double mean, const Factors& factors, float& gain, float& made) {
    const double w = factors.exact.fresh_mrna.value;
    const double g = factors.exact.made_by_fresh.value;
    const double by_burst = 2.0 * factors.moments.mrna / (w * w);  // variance of U per burst, sizes' included
    const double slope = factors.moments.mixed * w / (factors.moments.mrna * g);  // of V by U
    const double rest = 2.0 * factors.moments.protein / (g * g) - slope * slope * by_burst;
    const double u = by_burst * random.gamma(mean / by_burst);
    const double v = mean + slope * (u - mean) + std::sqrt(std::max(rest, 0.0) * mean) * random.normal();
    gain = static_cast<float>(u);
    made = static_cast<float>(std::max(v, 0.0));
  }

  using Value = WhereUsed<CellValue, Law>;

  const Law& law_;
  const PathwiseDecay& decay_;
  Index cells_;
  RandomStream random_;
  Values mrna_, protein_;
  Values rate_;    // kon of the last leap [1/h]
  Bursts bursts_;  // of the gene at hand
  std::vector<std::shared_ptr<const Stretch>> stretches_;
  std::vector<Leap> leaps_;
  std::vector<Values> observed_;
};

/// Leaps of equal length under the same inputs, and what they need of the decay rates.
template <class Law>
class PathwiseCells<Law>::Stretch {
 public:
  Stretch(const PathwiseDecay& decay, double time, double longest_step, const VectorIn& inputs)
      : duration(time), longest(longest_step), levels(inputs) {
    constexpr double rounding = 1e-9;  // of a duration that is a multiple of the longest step
    count = time > 0.0 ? static_cast<Index>(std::ceil(time / longest_step - rounding)) : 0;
    if (count == 0) return;
    const double h = time / static_cast<double>(count);
    length = static_cast<float>(h);
    for (Index a = 0; a < decay.mrna.size(); ++a) {
      const double x = decay.mrna[a] * h;
      const double y = decay.protein[a] * h;
      genes.push_back({Factors(x, y), Factors(0.5 * x, 0.5 * y)});
    }
  }

 private:
  friend class PathwiseCells;
  double duration, longest;
  Vector levels;
  Index count = 0;
  float length = 0.0F;  // [h]
  std::vector<Gene> genes;
};

}  // namespace cardamom
