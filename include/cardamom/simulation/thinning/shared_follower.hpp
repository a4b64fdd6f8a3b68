/// @file
/// Any burst rate where all genes share d0 and d1: the proteins at a candidate are differences of two products.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/simulation/process.hpp>
#include <cardamom/simulation/thinning/clamped.hpp>
#include <cardamom/simulation/thinning/gene_constants.hpp>
#include <cardamom/simulation/thinning/selective_rate.hpp>
#include <cardamom/simulation/thinning/separable_proteins.hpp>

namespace cardamom::thinning {

/// @tparam asked_for plain: every protein is computed at every candidate; sparse: what the rate looks at.
template <class Rate, Jump jump, Path asked_for>
class SharedFollower : public SeparableProteins<jump> {
  using Base = SeparableProteins<jump>;

 public:
  static constexpr Path path = asked_for;

  SharedFollower(std::shared_ptr<const Rate> rate, std::shared_ptr<const GeneConstants> constants)
      : Base(std::move(constants)), rate_(std::move(rate)), scratch_(Vector::Zero(this->constants().nodes())) {
    moving_.reserve(static_cast<std::size_t>(scratch_.size()));
  }

  const Rate& rate_function() const noexcept { return *rate_; }

  void start_empty(double time) {
    Base::start_empty(time);
    collect();
  }
  void start(const WhereUsed<CellState, Rate>& state, const ClampedLevels& clamped, double time) {
    Base::start(state, clamped, time);
    collect();
  }

  template <class Changed>
  void clamp_input(Index input, double level, Changed&&) {
    this->shift_clamp(input, level);
    scratch_[input] = level;
  }

  double rate(Index gene) {
    if constexpr (asked_for == Path::plain) {
      for (const Index j : moving_) scratch_.coeffRef(j) = this->free_protein(j);
      return (*rate_)(gene, scratch_);
    } else {
      return selective_rate(*rate_, gene, static_cast<const Base&>(*this), scratch_);
    }
  }

  void burst(Index gene, double size) {
    if (this->needs_rebase()) this->rebase();
    const bool moved = moves(gene);
    Base::burst(gene, size);
    if (!moved && moves(gene)) moving_.push_back(gene);
  }

 private:
  bool moves(Index gene) const { return !this->clamped(gene) && (this->parts(gene) != 0.0).any(); }
  /// All that do not move have their level from here on.
  void collect() {
    moving_.clear();
    for (Index j = 0; j < scratch_.size(); ++j) {
      scratch_[j] = this->protein(j);
      if (moves(j)) moving_.push_back(j);
    }
  }

  std::shared_ptr<const Rate> rate_;
  std::vector<Index> moving_;        // genes not clamped that have had a burst or protein
  WhereUsed<Vector, Rate> scratch_;  // what the rate has been asked at
};

}  // namespace cardamom::thinning
