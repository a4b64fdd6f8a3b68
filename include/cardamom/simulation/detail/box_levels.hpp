/// @file
/// Composition–rejection for rates that are no link of a linear form but know a bound over a box: each gene's bound
/// over all its regulators can still reach without a burst, computed anew when one of them bursts.
#pragma once

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/simulation/detail/levels.hpp>
#include <cardamom/simulation/detail/targets.hpp>

namespace cardamom::detail {

/// Needs an evaluator that knows ceilings and floors. O(regulators) per target of each burst.
template <class Rate>
requires SparseBurstRate<Rate> && BoxBoundBurstRate<Rate>
class BoxLevels {
 public:
  static constexpr Candidates kind = Candidates::levels;

  explicit BoxLevels(std::shared_ptr<const Targets> targets, Index genes)
      : targets_(std::move(targets)),
        table_(genes, 0.0),
        bound_(Vector::Zero(genes)),
        lower_(Vector::Zero(genes)),
        upper_(Vector::Zero(genes)) {}

  template <class Evaluator>
  void start(const Evaluator& evaluator, double) {
    for (Index i = 1; i < bound_.size(); ++i) set_bound(evaluator, i);
    rebuild();
  }
  double total() const noexcept { return table_.total(); }
  double expiry() const noexcept { return never; }
  template <class Evaluator>
  void expire(const Evaluator&) {}

  template <class Evaluator>
  void after_burst(const Evaluator& evaluator, Index gene, double) {
    if (evaluator.held(gene)) return;
    bool above = false;
    for (const Target& target : targets_->from(gene)) {
      set_bound(evaluator, target.gene);
      above = above || bound_[target.gene] > table_.cap(0);
      if (!above) place(target.gene);
    }
    if (above) rebuild();
  }
  template <class Evaluator>
  void after_rejection(const Evaluator& evaluator, Index gene) {
    // Rounding may leave the same bound a hair above the top.
    set_bound(evaluator, gene);
    if (bound_[gene] > table_.cap(0)) return rebuild();
    place(gene);
  }

  double bound(Index gene) const { return table_.cap(table_.level(gene)); }
  Candidate pick(RandomStream& stream) const { return table_.pick(stream); }

 private:
  template <class Evaluator>
  void set_bound(const Evaluator& evaluator, Index gene) {
    const Rate& rate = evaluator.rate_function();
    for (const auto regulator : rate.regulators(gene)) {
      const auto j = static_cast<Index>(regulator);
      lower_[j] = evaluator.floor(j);
      upper_[j] = evaluator.ceiling(j);
    }
    bound_[gene] = rate.bound(gene, lower_, upper_);
    if (!(std::isfinite(bound_[gene]) && bound_[gene] >= 0.0)) throw_bad_bound(gene, bound_[gene]);
  }

  void rebuild() {
    table_.set_top(bound_.maxCoeff());
    for (Index i = 1; i < bound_.size(); ++i) place(i);
  }

  void place(Index gene) {
    int level = -1;
    if (bound_[gene] > 0.0) {
      level = std::min(std::ilogb(table_.cap(0) / bound_[gene]), LevelTable::count - 1);
      if (level > 0 && bound_[gene] > table_.cap(level)) --level;
    }
    if (level != table_.level(gene)) table_.put(gene, level);
  }

  std::shared_ptr<const Targets> targets_;
  LevelTable table_;
  Vector bound_;
  Vector lower_;  // up to date for the regulators of the gene at hand
  Vector upper_;
};

}  // namespace cardamom::detail
