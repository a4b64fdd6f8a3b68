/// @file
/// Proposals of thinning by bounds that hold for a while: `rate.bound(gene, lower, upper)` over what proteins can
/// reach.
#pragma once

#include <cmath>

#include <cardamom/core/random.hpp>
#include <cardamom/simulation/process.hpp>
#include <cardamom/simulation/thinning/candidate.hpp>

namespace cardamom::thinning {

/// Bounds over the box of protein levels that can be reached without bursts within a window; for rates that offer
/// nothing else. O(nodes) bounds per burst and per window.
class WindowProposals {
 public:
  static constexpr Candidates kind = Candidates::constant;

  template <class Rate>
  explicit WindowProposals(const Rate& rate) : bound_(Vector::Zero(rate.nodes())), lower_(bound_), upper_(bound_) {}

  template <class Follower>
  void start(const Follower& follower, double time) {
    follower.box(window(follower), lower_, upper_);
    total_ = 0.0;
    for (Index i = follower.constants().inputs; i < bound_.size(); ++i) {
      bound_[i] = follower.rate_function().bound(i, lower_, upper_);
      if (!(std::isfinite(bound_[i]) && bound_[i] >= 0.0)) throw_bad_bound(i, bound_[i]);
      total_ += bound_[i];
    }
    expiry_ = time + window(follower);
  }
  double total() const noexcept { return total_; }
  double expiry() const noexcept { return expiry_; }
  template <class Follower>
  void expire(const Follower& follower) {
    start(follower, expiry_);
  }
  template <class Follower>
  void after_burst(const Follower& follower, Index, double) {
    start(follower, follower.time());
  }
  template <class Follower>
  void after_rejection(const Follower&, Index) {}

  double bound(Index gene) const { return bound_[gene]; }
  Candidate pick(RandomStream& stream) const { return pick_linearly(bound_, total_, stream); }

 private:
  /// Proteins move by a fifth of themselves: bounds stay close, windows stay rare.
  template <class Follower>
  static double window(const Follower& follower) {
    return 0.2 / follower.constants().fastest_protein_decay;
  }

  Vector bound_;
  Vector lower_;
  Vector upper_;
  double total_ = 0.0;
  double expiry_ = never;
};

}  // namespace cardamom::thinning
