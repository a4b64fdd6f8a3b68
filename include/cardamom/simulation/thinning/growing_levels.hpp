/// @file
/// Composition–rejection for increasing links of linear forms that no constant bounds, as of a Hawkes process: the caps
/// of the levels grow with the rates that are met.
#pragma once

#include <cmath>
#include <memory>
#include <utility>

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/simulation/process.hpp>
#include <cardamom/simulation/thinning/candidate.hpp>
#include <cardamom/simulation/thinning/gene_constants.hpp>
#include <cardamom/simulation/thinning/level_table.hpp>
#include <cardamom/simulation/thinning/linear_ceilings.hpp>

namespace cardamom::thinning {

/// As `LinkedLevels`; without a largest rate there are no thresholds of arguments, so a burst asks the link once per
/// target.
template <LinkedBurstRate Rate>
class GrowingLevels {
 public:
  static constexpr Candidates kind = Candidates::levels;

  explicit GrowingLevels(std::shared_ptr<const LinearCeilings> ceilings)
      : ceilings_(std::move(ceilings)),
        table_(ceilings_->nodes(), 0.0),
        argument_(Vector::Zero(ceilings_->nodes())),
        bound_(argument_) {}

  template <class Follower>
  void start(const Follower& follower, double) {
    for (Index i = ceilings_->inputs; i < bound_.size(); ++i) set_bound(follower, i);
    rebuild();
  }
  double total() const noexcept { return table_.total(); }
  double expiry() const noexcept { return never; }
  template <class Follower>
  void expire(const Follower&) {}

  template <class Follower>
  void after_burst(const Follower& follower, Index gene, double size) {
    if (follower.clamped(gene)) return;
    const double rise = ceilings_->reach.coeff(gene) * size;
    bool above = false;
    for (const auto& [i, weight] : ceilings_->raises.from(gene)) {
      if (!has_ceilings<Follower> || ceilings_->held_down[static_cast<std::size_t>(i)]) {
        argument_.coeffRef(i) += weight * rise;
      } else {
        argument_.coeffRef(i) = ceiling(follower, i);
      }
      const double bound = follower.rate_function().link(i, argument_.coeff(i));
      bound_.coeffRef(i) = bound;
      const int level = table_.level(i);
      if (level >= 0 && bound <= table_.cap(level)) continue;
      check(i);
      above = above || bound > table_.cap(0);
      if (!above) place(i);
    }
    if (above) rebuild();
  }
  template <class Follower>
  void after_rejection(const Follower& follower, Index gene) {
    set_bound(follower, gene);
    // Rounding may leave the same bound a hair above the top.
    if (bound_[gene] > table_.cap(0)) return rebuild();
    place(gene);
  }
  /// An input that acts on this gene has changed.
  template <class Follower>
  void after_change(const Follower& follower, Index gene) {
    after_rejection(follower, gene);
  }

  double bound(Index gene) const { return table_.cap(table_.level(gene)); }
  Candidate pick(RandomStream& stream) const { return table_.pick(stream); }

 private:
  /// Whether it knows the ceiling of a gene that nothing holds down without a look at all regulators.
  template <class Follower>
  static constexpr bool has_ceilings = requires(const Follower& follower) {
    follower.ceiling_of_excited(Index{0});
  };
  template <class Follower>
  double ceiling(const Follower& follower, Index gene) const {
    if constexpr (has_ceilings<Follower>) {
      if (!ceilings_->held_down[static_cast<std::size_t>(gene)]) return follower.ceiling_of_excited(gene);
    }
    return ceilings_->argument(follower, gene);
  }
  template <class Follower>
  void set_bound(const Follower& follower, Index gene) {
    argument_[gene] = ceiling(follower, gene);
    bound_[gene] = follower.rate_function().link(gene, argument_[gene]);
    check(gene);
  }
  void check(Index gene) const {
    if (!(std::isfinite(bound_.coeff(gene)) && bound_.coeff(gene) >= 0.0)) throw_bad_bound(gene, bound_.coeff(gene));
  }

  /// Room for twice the largest rate, so that rebuilding is rare.
  void rebuild() {
    table_.set_top(bound_.size() > 0 ? 2.0 * bound_.maxCoeff() : 0.0);
    for (Index i = ceilings_->inputs; i < bound_.size(); ++i) place(i);
  }

  void place(Index gene) {
    const int level = table_.lowest(bound_.coeff(gene));
    if (level != table_.level(gene)) table_.put(gene, level);
  }

  std::shared_ptr<const LinearCeilings> ceilings_;
  LevelTable table_;
  WhereUsed<Vector, Rate> argument_;  // at most what it can become until the next burst of an activator
  WhereUsed<Vector, Rate> bound_;     // the rate there
};

}  // namespace cardamom::thinning
