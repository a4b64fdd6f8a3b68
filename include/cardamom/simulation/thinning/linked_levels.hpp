/// @file
/// Proposals of thinning by composition–rejection, for increasing links of linear forms: a bound of each gene's rate
/// holds until the next burst of one of its activators.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/simulation/process.hpp>
#include <cardamom/simulation/thinning/acceptance.hpp>
#include <cardamom/simulation/thinning/candidate.hpp>
#include <cardamom/simulation/thinning/gene_constants.hpp>
#include <cardamom/simulation/thinning/level_table.hpp>
#include <cardamom/simulation/thinning/linear_ceilings.hpp>

namespace cardamom::thinning {

/// Levels for a link of a linear form: a bound of the argument over the whole future without bursts; a burst of an
/// activator raises it by θ times all that the burst can ever add; a rejection computes it anew. Comparing arguments
/// with the arguments at which a rate reaches a cap takes no exponential.
template <LinkedBurstRate Rate>
requires ConstantBoundBurstRate<Rate>
class LinkedLevels {
 public:
  static constexpr Candidates kind = Candidates::levels;

  /// What copies of a process share.
  struct Shared : LinearCeilings {
    explicit Shared(const Rate& rate, const GeneConstants& constants, Jump jump)
        : LinearCeilings(rate, constants, jump) {
      const Index nodes = rate.nodes();
      for (Index i = inputs; i < nodes; ++i) top = std::max(top, largest_rate(rate, i));
      thresholds.resize(static_cast<std::size_t>(nodes) * stride);
      for (Index i = inputs; i < nodes; ++i) {
        for (int l = 0; l < stride; ++l) set_threshold(rate, i, l);
      }
    }

    /// Largest argument at which the rate of the gene is within the cap of level l + 1, so that a gene leaves level l
    /// downwards below it.
    double threshold(Index gene, int l) const {
      return thresholds[static_cast<std::size_t>(gene) * stride + static_cast<std::size_t>(l)];
    }

    double top = 0.0;
    std::vector<double> thresholds;

   private:
    /// What the link comes to, or the constant bound where the link would go beyond.
    static double largest_rate(const Rate& rate, Index gene) {
      const double bound = rate.bound(gene);
      if (!(std::isfinite(bound) && bound >= 0.0)) throw_bad_bound(gene, bound);
      const double reached = rate.link(gene, always);
      return within_bound(reached, bound) ? reached : bound;
    }
    void set_threshold(const Rate& rate, Index gene, int l) {
      double& slot = thresholds[static_cast<std::size_t>(gene) * stride + static_cast<std::size_t>(l)];
      const double cap = std::ldexp(top, -(l + 1));
      // Genes are often alike: try the neighbour's.
      if (gene > inputs) {
        const double guess = threshold(gene - 1, l);
        if (rate.link(gene, guess) <= cap && (guess >= always || rate.link(gene, guess + 1e-6) > cap)) {
          slot = guess;
          return;
        }
      }
      if (rate.link(gene, always) <= cap) {
        slot = always;
      } else if (rate.link(gene, -always) > cap) {
        slot = -never;
      } else {
        double low = -always;
        double high = always;
        for (int step = 0; step < 60; ++step) {
          const double middle = 0.5 * (low + high);
          (rate.link(gene, middle) <= cap ? low : high) = middle;
        }
        slot = low;
      }
    }
  };

  explicit LinkedLevels(std::shared_ptr<const Shared> shared)
      : shared_(std::move(shared)), table_(shared_->reach.size(), shared_->top), bound_(shared_->reach) {}

  /// Every cell starts alike: worked out once.
  template <class Follower>
  void start_empty(const Follower& follower, double time) {
    if (empty_) {
      table_ = empty_->first;
      bound_ = empty_->second;
    } else {
      start(follower, time);
      empty_.emplace(table_, bound_);
    }
  }
  template <class Follower>
  void start(const Follower& follower, double) {
    table_.clear();
    if (shared_->top == 0.0) return;
    for (Index i = shared_->inputs; i < bound_.size(); ++i) refresh(follower, i);
  }
  double total() const noexcept { return table_.total(); }
  double expiry() const noexcept { return never; }
  template <class Follower>
  void expire(const Follower&) {}

  template <class Follower>
  void after_burst(const Follower& follower, Index gene, double size) {
    if (follower.clamped(gene)) return;
    const double rise = shared_->reach.coeff(gene) * size;
    for (const auto& [i, weight] : shared_->raises.from(gene)) {
      bound_.coeffRef(i) += weight * rise;
      const int level = table_.level(i);
      if (level > 0 && bound_.coeff(i) > shared_->threshold(i, level - 1)) table_.put(i, level_of(i, level - 1));
    }
  }
  template <class Follower>
  void after_rejection(const Follower& follower, Index gene) {
    refresh(follower, gene);
  }
  /// An input that acts on this gene has changed.
  template <class Follower>
  void after_change(const Follower& follower, Index gene) {
    refresh(follower, gene);
  }

  double bound(Index gene) const { return table_.cap(table_.level(gene)); }
  Candidate pick(RandomStream& stream) const { return table_.pick(stream); }

 private:
  /// Beyond these arguments a logistic link is flat to the last bit.
  static constexpr double always = 800.0;
  static constexpr int stride = LevelTable::count - 1;

  /// The lowest level, not below `start`, whose cap covers the bound.
  int level_of(Index gene, int start) const {
    int level = start;
    while (level > 0 && bound_.coeff(gene) > shared_->threshold(gene, level - 1)) --level;
    return level;
  }

  template <class Follower>
  void refresh(const Follower& follower, Index gene) {
    bound_.coeffRef(gene) = shared_->argument(follower, gene);
    const int level = level_of(gene, LevelTable::count - 1);
    if (level != table_.level(gene)) table_.put(gene, level);
  }

  std::shared_ptr<const Shared> shared_;
  LevelTable table_;
  WhereUsed<Vector, Rate> bound_;  // of the argument
  std::optional<std::pair<LevelTable, Vector>> empty_;
};

}  // namespace cardamom::thinning
