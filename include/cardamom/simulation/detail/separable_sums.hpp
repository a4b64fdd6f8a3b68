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
#include <cardamom/simulation/detail/link.hpp>
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
      : rate_(std::move(rate)), constants_(std::move(constants)), targets_(std::move(targets)), decay_(*constants_) {
    const Index genes = constants_->genes();
    parts_.setZero(2, genes);
    sums_.assign(static_cast<std::size_t>(genes), Pair::Zero());
    base_.setZero(genes);
    held_level_.setConstant(genes, -1.0);
    burst_scale_.setOnes(genes);
    part_peak_.setZero(genes);
    if constexpr (jump == Jump::mrna) {
      burst_scale_ = constants_->protein_synthesis / decay_.gap();
      part_peak_.tail(genes - 1) = constants_->peak.tail(genes - 1).cwiseQuotient(burst_scale_.tail(genes - 1));
    }
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
    sums_.assign(sums_.size(), Pair::Zero());
    base_ = rate_->basal();
  }
  void start(const CellState& state, const HeldLevels& held, double time) {
    anchor_ = time;
    set_time(time);
    held_level_.setConstant(-1.0);
    held_level_[0] = state.protein[0];
    for (const Held& h : held) held_level_[h.gene] = h.level;
    parts_.setZero();
    sums_.assign(sums_.size(), Pair::Zero());
    base_ = rate_->basal();
    for (Index j = 0; j < base_.size(); ++j) {
      if (jump == Jump::mrna && j > 0) parts_(1, j) = burst_scale_[j] * state.mrna[j];
      parts_(0, j) = parts_(1, j) + state.protein[j];
      if (held_level_[j] >= 0.0) {
        if (held_level_[j] > 0.0) {
          for (const Target& target : targets_->from(j)) base_[target.gene] += target.weight * held_level_[j];
        }
      } else if (parts_(0, j) != 0.0 || parts_(1, j) != 0.0) {
        add(j, Pair(parts_(0, j), parts_(1, j)));
      }
    }
  }

  /// Changes the level of the stimulus at the time of the last `move_to`; `changed(i)` hears of every gene it acts on.
  template <class Changed>
  void hold_stimulus(double level, Changed&& changed) {
    const double change = level - held_level_[0];
    held_level_[0] = level;
    for (const Target& target : targets_->from(0)) {
      base_.coeffRef(target.gene) += target.weight * change;
      changed(target.gene);
    }
  }

  void move_to(double time) { set_time(time); }

  /// The exponentials at a time, good while `anchor()` stays.
  struct Moment {
    double protein = 1.0;
    double mrna = 1.0;
  };
  double anchor() const noexcept { return anchor_; }
  void moment(double time, Moment& out) const { decay_.at(time - anchor_, out.protein, out.mrna); }
  void move_to(double time, const Moment& moment) {
    time_ = time;
    now_ = moment;
  }

  double rate(Index gene) const { return rate_->link(gene, argument(gene)); }
  /// Whether the rate is at least `level`.
  bool reaches(Index gene, double level) const requires ComparableLink<Rate> {
    return rate_->link_reaches(gene, argument(gene), level);
  }

  void burst(Index gene, double size) {
    // The exponentials grow: start afresh long before they overflow.
    if ((time_ - anchor_) * decay_.fastest() > 200.0) rebase();
    const double scaled = burst_scale_.coeff(gene) * size;
    Pair part(scaled / now_.protein, 0.0);
    if constexpr (jump == Jump::mrna) part.coeffRef(1) = scaled / now_.mrna;
    parts_.coeffRef(0, gene) += part.coeff(0);
    parts_.coeffRef(1, gene) += part.coeff(1);
    // The mRNA of a held gene still lives in parts_; its protein moves nobody.
    if (!held(gene)) add(gene, part);
  }

  double ceiling(Index gene) const {
    if (held(gene)) return held_level_.coeff(gene);
    const double first = now_.protein * parts_.coeff(0, gene);
    if constexpr (jump == Jump::protein) return first;
    const double second = now_.mrna * parts_.coeff(1, gene);
    return std::max(0.0, first - second) + second * part_peak_.coeff(gene);
  }
  double floor(Index gene) const { return std::max(held_level_.coeff(gene), 0.0); }
  bool held(Index gene) const { return held_level_.coeff(gene) >= 0.0; }

  /// Levels are differences of numbers that grow: rounding may leave a hair below zero.
  void read(CellState& state) const {
    state.protein = (now_.protein * parts_.row(0) - now_.mrna * parts_.row(1)).cwiseMax(0.0).transpose();
    if constexpr (jump == Jump::mrna) {
      state.mrna = (now_.mrna * parts_.row(1)).transpose() / burst_scale_.array();
      state.mrna[0] = 0.0;
    } else {
      state.mrna.setZero();
    }
    state.protein = (held_level_.array() >= 0.0).select(held_level_, state.protein);
  }

 private:
  using Pair = Eigen::Array2d;

  double argument(Index gene) const {
    const Pair& sum = sums_[static_cast<std::size_t>(gene)];
    return base_.coeff(gene) + now_.protein * sum.coeff(0) - now_.mrna * sum.coeff(1);
  }

  void add(Index source, const Pair& part) {
    const Pair change = part;  // nobody else's memory
    for (const Target& target : targets_->from(source)) {
      sums_[static_cast<std::size_t>(target.gene)] += target.weight * change;
    }
  }

  void rebase() {
    const Pair factors(now_.protein, now_.mrna);
    parts_.colwise() *= factors;
    for (Pair& sum : sums_) sum *= factors;
    anchor_ = time_;
    set_time(time_);
  }

  void set_time(double time) {
    time_ = time;
    decay_.at(time - anchor_, now_.protein, now_.mrna);
  }

  std::shared_ptr<const Rate> rate_;
  std::shared_ptr<const GeneConstants> constants_;
  std::shared_ptr<const Targets> targets_;
  SharedDecay decay_;
  Moment now_;
  double anchor_ = 0.0;
  double time_ = 0.0;
  Eigen::Array<double, 2, Eigen::Dynamic> parts_;  // per gene (U, V)
  std::vector<Pair> sums_;                         // per gene (X, Y)
  Vector base_;                                    // β and what held proteins contribute
  Vector held_level_;                              // < 0: free
  Vector burst_scale_;  // s1/(d0 − d1): what one molecule adds to U and V at the anchor; 1 in the protein-only model
  Vector part_peak_;    // most that one unit of V(t) can still add to P
};

}  // namespace cardamom::detail
