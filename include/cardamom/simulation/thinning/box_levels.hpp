/// @file
/// Composition–rejection for rates that are no link of a linear form but know a bound over a box: each gene's bound
/// over all its regulators can still reach without a burst, computed anew when one of them bursts.
#pragma once

#include <cmath>
#include <memory>
#include <utility>

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/simulation/process.hpp>
#include <cardamom/simulation/thinning/candidate.hpp>
#include <cardamom/simulation/thinning/level_table.hpp>
#include <cardamom/simulation/thinning/targets.hpp>

namespace cardamom::thinning {

/// Needs an follower that knows ceilings and floors. O(regulators) per target of each burst.
template <class Rate>
requires SparseBurstRate<Rate> && BoxBoundBurstRate<Rate>
class BoxLevels {
 public:
  static constexpr Candidates kind = Candidates::levels;

  BoxLevels(std::shared_ptr<const Targets> targets, Index nodes, Index inputs)
      : targets_(std::move(targets)),
        inputs_(inputs),
        table_(nodes, 0.0),
        bound_(Vector::Zero(nodes)),
        lower_(Vector::Zero(nodes)),
        upper_(Vector::Zero(nodes)) {}

  template <class Follower>
  void start(const Follower& follower, double) {
    for (Index i = inputs_; i < bound_.size(); ++i) set_bound(follower, i);
    rebuild();
  }
  double total() const noexcept { return table_.total(); }
  double expiry() const noexcept { return never; }
  template <class Follower>
  void expire(const Follower&) {}

  template <class Follower>
  void after_burst(const Follower& follower, Index gene, double) {
    if (follower.clamped(gene)) return;
    bool above = false;
    for (const Target& target : targets_->from(gene)) {
      set_bound(follower, target.gene);
      above = above || bound_[target.gene] > table_.cap(0);
      if (!above) place(target.gene);
    }
    if (above) rebuild();
  }
  template <class Follower>
  void after_rejection(const Follower& follower, Index gene) {
    // Rounding may leave the same bound a hair above the top.
    set_bound(follower, gene);
    if (bound_[gene] > table_.cap(0)) return rebuild();
    place(gene);
  }

  double bound(Index gene) const { return table_.cap(table_.level(gene)); }
  Candidate pick(RandomStream& stream) const { return table_.pick(stream); }

 private:
  template <class Follower>
  void set_bound(const Follower& follower, Index gene) {
    const Rate& rate = follower.rate_function();
    for (const auto regulator : rate.regulators(gene)) {
      const auto j = static_cast<Index>(regulator);
      lower_[j] = follower.floor(j);
      upper_[j] = follower.ceiling(j);
    }
    bound_[gene] = rate.bound(gene, lower_, upper_);
    if (!(std::isfinite(bound_[gene]) && bound_[gene] >= 0.0)) throw_bad_bound(gene, bound_[gene]);
  }

  void rebuild() {
    table_.set_top(bound_.size() > 0 ? bound_.maxCoeff() : 0.0);
    for (Index i = inputs_; i < bound_.size(); ++i) place(i);
  }

  void place(Index gene) {
    const int level = table_.lowest(bound_[gene]);
    if (level != table_.level(gene)) table_.put(gene, level);
  }

  std::shared_ptr<const Targets> targets_;
  Index inputs_;
  LevelTable table_;
  WhereUsed<Vector, Rate> bound_;
  WhereUsed<Vector, Rate> lower_;  // up to date for the regulators of the gene at hand
  WhereUsed<Vector, Rate> upper_;
};

}  // namespace cardamom::thinning
