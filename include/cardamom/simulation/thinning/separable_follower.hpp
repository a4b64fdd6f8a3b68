/// @file
/// Linear forms of all proteins kept up to date at the price of the bursts alone.
///
/// When all genes share d0 and d1, P_j(t) = e^(−d1 t) U_j − e^(−d0 t) V_j with U, V constant between bursts, so the
/// argument of gene i is β_i + e^(−d1 t) X_i − e^(−d0 t) Y_i, X_i = Σ_j θ_ij U_j, Y_i = Σ_j θ_ij V_j: a candidate costs
/// two products whatever the number of regulators, a burst one multiply-add pair per target.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/simulation/process.hpp>
#include <cardamom/simulation/thinning/clamped.hpp>
#include <cardamom/simulation/thinning/gene_constants.hpp>
#include <cardamom/simulation/thinning/link_reaches.hpp>
#include <cardamom/simulation/thinning/separable_proteins.hpp>
#include <cardamom/simulation/thinning/targets.hpp>

namespace cardamom::thinning {

/// For a link of a linear form; needs `fits(constants)`.
template <LinkedBurstRate Rate, Jump jump>
class SeparableFollower : public SeparableProteins<jump> {
  using Base = SeparableProteins<jump>;
  using Parts = typename Base::Parts;

 public:
  static constexpr Path path = Path::separable;

  SeparableFollower(std::shared_ptr<const Rate> rate, std::shared_ptr<const GeneConstants> constants,
                    std::shared_ptr<const Targets> targets)
      : Base(std::move(constants)), rate_(std::move(rate)), targets_(std::move(targets)) {
    sums_.assign(static_cast<std::size_t>(this->constants().nodes()), Parts::Zero());
  }

  const Rate& rate_function() const noexcept { return *rate_; }

  void start_empty(double time) {
    Base::start_empty(time);
    sums_.assign(sums_.size(), Parts::Zero());
    base_ = rate_->basal();
  }
  void start(const WhereUsed<CellState, Rate>& state, const ClampedLevels& clamped, double time) {
    Base::start(state, clamped, time);
    sums_.assign(sums_.size(), Parts::Zero());
    base_ = rate_->basal();
    for (Index j = 0; j < base_.size(); ++j) {
      if (this->clamped(j)) {
        add_clamped(j, this->floor(j), [](Index) {});
      } else if ((this->parts(j) != 0.0).any()) {
        add(j, this->parts(j));
      }
    }
  }

  /// Changes the level of an input at the time of the last `move_to`; `changed(i)` hears of every gene it acts on.
  template <class Changed>
  void clamp_input(Index input, double level, Changed&& changed) {
    add_clamped(input, this->shift_clamp(input, level), changed);
  }

  /// The largest argument over the whole future without bursts, of a gene that no interaction holds down.
  double ceiling_of_excited(Index gene) const {
    return base_.coeff(gene) + this->ceiling_of(sums_[static_cast<std::size_t>(gene)]);
  }

  double rate(Index gene) const { return rate_->link(gene, argument(gene)); }
  /// Whether the rate is at least `level`.
  bool reaches(Index gene, double level) const requires ComparableLink<Rate> {
    return rate_->link_reaches(gene, argument(gene), level);
  }

  void burst(Index gene, double size) {
    if (this->needs_rebase()) {
      const Parts factors = this->rebase();
      for (Parts& sum : sums_) sum *= factors;
    }
    const Parts part = Base::burst(gene, size);
    // The mRNA of a clamped gene lives on; its protein moves nobody.
    if (!this->clamped(gene)) add(gene, part);
  }

 private:
  double argument(Index gene) const {
    const Parts& sum = sums_[static_cast<std::size_t>(gene)];
    return base_.coeff(gene) + this->now().coeff(0) * sum.coeff(0) - this->now().coeff(1) * sum.coeff(1);
  }

  void add(Index source, const Parts& part) {
    const Parts change = part;  // nobody else's memory
    for (const Target& target : targets_->from(source)) {
      sums_[static_cast<std::size_t>(target.gene)] += target.weight * change;
    }
  }
  template <class Changed>
  void add_clamped(Index source, double level, Changed&& changed) {
    for (const Target& target : targets_->from(source)) {
      base_.coeffRef(target.gene) += target.weight * level;
      changed(target.gene);
    }
  }

  std::shared_ptr<const Rate> rate_;
  std::shared_ptr<const Targets> targets_;
  std::vector<Parts> sums_;       // per gene (X, Y)
  WhereUsed<Vector, Rate> base_;  // β and what clamped proteins contribute
};

}  // namespace cardamom::thinning
