/// @file
/// Linear forms of all proteins kept up to date at the price of the bursts alone.
///
/// When all genes share d0 and d1, P_j(t) = e^(−d1 t) U_j − e^(−d0 t) V_j with U, V constant between bursts, so the
/// argument of gene i is β_i + e^(−d1 t) X_i − e^(−d0 t) Y_i, X_i = Σ_j θ_ij U_j, Y_i = Σ_j θ_ij V_j: a candidate costs
/// two products whatever the number of regulators, a burst one multiply-add pair per target.
#pragma once

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>
#include <vector>

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/simulation/detail/gene_constants.hpp>
#include <cardamom/simulation/detail/held.hpp>
#include <cardamom/simulation/detail/shared_decay.hpp>
#include <cardamom/simulation/detail/targets.hpp>
#include <cardamom/simulation/process.hpp>

namespace cardamom::detail {

/// For a link of a linear form; needs `fits(constants)`.
template <LinkedBurstRate Rate, Jump jump>
class SeparableSums {
 public:
  static constexpr Path path = Path::separable;

  static bool fits(const GeneConstants& constants) { return SharedDecay::fits(constants, jump); }

  SeparableSums(std::shared_ptr<const Rate> rate, std::shared_ptr<const GeneConstants> constants,
                std::shared_ptr<const Targets> targets)
      : rate_(std::move(rate)),
        constants_(std::move(constants)),
        targets_(std::move(targets)),
        decay_(*constants_, jump) {
    const Index genes = constants_->genes();
    parts_.setZero(2, genes);
    sums_.setZero(2, genes);
    base_.setZero(genes);
    held_level_.setConstant(genes, -1.0);
    burst_scale_.setOnes(genes);
    if constexpr (jump == Jump::mrna) burst_scale_ = constants_->protein_synthesis / decay_.gap();
  }

  const Rate& rate_function() const noexcept { return *rate_; }
  const GeneConstants& constants() const noexcept { return *constants_; }
  double time() const noexcept { return time_; }

  void start_empty(double time) {
    anchor_ = time;
    set_time(time);
    held_level_.setConstant(-1.0);
    held_level_[0] = 0.0;
    parts_.setZero();
    sums_.setZero();
    base_ = rate_->basal();
  }
  void start(const CellState& state, const HeldLevels& held, double time) {
    anchor_ = time;
    set_time(time);
    held_level_.setConstant(-1.0);
    held_level_[0] = state.protein[0];
    for (const Held& h : held) held_level_[h.gene] = h.level;
    parts_.setZero();
    sums_.setZero();
    base_ = rate_->basal();
    for (Index j = 0; j < base_.size(); ++j) {
      if (jump == Jump::mrna && j > 0) parts_(1, j) = burst_scale_[j] * state.mrna[j];
      parts_(0, j) = parts_(1, j) + state.protein[j];
      if (held_level_[j] >= 0.0) {
        if (held_level_[j] > 0.0) {
          targets_->for_each(j, [&](Index i, double weight) { base_[i] += weight * held_level_[j]; });
        }
      } else if (parts_(0, j) != 0.0 || parts_(1, j) != 0.0) {
        add(j, parts_.col(j));
      }
    }
  }

  /// Changes the level of the stimulus at the time of the last `move_to`; `changed(i)` hears of every gene it acts on.
  template <class Changed>
  void hold_stimulus(double level, Changed&& changed) {
    const double change = level - held_level_[0];
    held_level_[0] = level;
    targets_->for_each(0, [&](Index i, double weight) {
      base_[i] += weight * change;
      changed(i);
    });
  }

  void move_to(double time) { set_time(time); }

  double rate(Index gene) const { return rate_->link(gene, argument(gene)); }
  /// Whether the rate is at least `level`; saves an exponential where the link knows how.
  bool reaches(Index gene, double level) const requires requires(const Rate& rate) {
    rate.link_reaches(gene, 0.0, level);
  }
  { return rate_->link_reaches(gene, argument(gene), level); }

  void burst(Index gene, double size) {
    // The exponentials grow: start afresh long before they overflow.
    if ((time_ - anchor_) * decay_.fastest() > 200.0) rebase();
    const double scaled = burst_scale_[gene] * size;
    Eigen::Array2d part(scaled / decay_.protein, 0.0);
    if constexpr (jump == Jump::mrna) part[1] = scaled / decay_.mrna;
    if (held_level_[gene] >= 0.0) {
      // The mRNA of a held gene still lives in parts_; its protein moves nobody.
      if constexpr (jump == Jump::mrna) parts_.col(gene) += part;
      return;
    }
    parts_.col(gene) += part;
    add(gene, part);
  }

  double ceiling(Index gene) const {
    if (held_level_[gene] >= 0.0) return held_level_[gene];
    double top = protein(gene);
    if constexpr (jump == Jump::mrna) top += mrna(gene) * constants_->peak[gene];
    return top;
  }
  double floor(Index gene) const { return std::max(held_level_[gene], 0.0); }
  bool held(Index gene) const { return held_level_[gene] >= 0.0; }

  void read(CellState& state) const {
    for (Index j = 0; j < base_.size(); ++j) {
      state.protein[j] = held_level_[j] >= 0.0 ? held_level_[j] : protein(j);
      state.mrna[j] = jump == Jump::mrna && parts_(1, j) != 0.0 ? mrna(j) : 0.0;
    }
  }

 private:
  double argument(Index gene) const {
    return base_[gene] + decay_.protein * sums_(0, gene) - decay_.mrna * sums_(1, gene);
  }

  /// Both are differences or quotients of numbers that grow: rounding may leave a hair below zero.
  double protein(Index gene) const {
    return std::max(0.0, decay_.protein * parts_(0, gene) - decay_.mrna * parts_(1, gene));
  }
  double mrna(Index gene) const { return decay_.mrna * parts_(1, gene) / burst_scale_[gene]; }

  template <class Part>
  void add(Index source, const Part& part) {
    const Eigen::Array2d change = part;
    targets_->for_each(source, [&](Index i, double weight) { sums_.col(i) += weight * change; });
  }

  void rebase() {
    const Eigen::Array2d factors(decay_.protein, decay_.mrna);
    parts_.colwise() *= factors;
    sums_.colwise() *= factors;
    anchor_ = time_;
    set_time(time_);
  }

  void set_time(double time) {
    time_ = time;
    decay_.set(time - anchor_);
  }

  using Pairs = Eigen::Array<double, 2, Eigen::Dynamic>;

  std::shared_ptr<const Rate> rate_;
  std::shared_ptr<const GeneConstants> constants_;
  std::shared_ptr<const Targets> targets_;
  SharedDecay decay_;
  double anchor_ = 0.0;
  double time_ = 0.0;
  Pairs parts_;         // per gene (U, V)
  Pairs sums_;          // per gene (X, Y)
  Vector base_;         // β and what held proteins contribute
  Vector held_level_;   // < 0: free
  Vector burst_scale_;  // s1/(d0 − d1): what one molecule adds to U and V at the anchor; 1 in the protein-only model
};

}  // namespace cardamom::detail
