/// @file
/// Composition–rejection: genes sorted into levels whose bounds halve from one to the next, by a bound of their own
/// rate that holds until the next burst of one of their activators. A level is picked by its total, a gene within it
/// uniformly.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/simulation/detail/candidates.hpp>
#include <cardamom/simulation/detail/gene_constants.hpp>
#include <cardamom/simulation/detail/targets.hpp>

namespace cardamom::detail {

/// Who is in which level. Level l holds genes whose bound is at most cap(l) = top · 2^−l.
class LevelTable {
 public:
  /// The lowest level takes everything below top/2^11, where a gene costs next to nothing.
  static constexpr int count = 12;

  /// Units are counted in 32 bits.
  static constexpr Index most_genes = Index{1} << (32 - count);

  /// @param genes at most `most_genes`
  LevelTable(Index genes, double top) : place_(static_cast<std::size_t>(genes)) {
    for (auto& members : members_) members.reserve(static_cast<std::size_t>(genes));
    set_top(top);
  }

  /// Empties the table.
  void set_top(double top) {
    for (int l = 0; l < count; ++l) {
      caps_[static_cast<std::size_t>(l)] = std::ldexp(top, -l);
    }
    clear();
  }

  double cap(int level) const noexcept { return caps_[static_cast<std::size_t>(level)]; }
  double total() const noexcept { return static_cast<double>(units_) * caps_[count - 1]; }
  int level(Index gene) const noexcept { return place_[static_cast<std::size_t>(gene)].level; }

  void clear() {
    for (auto& members : members_) members.clear();
    for (Place& place : place_) place.level = -1;
    units_ = 0;
    occupied_ = 0;
  }

  /// Moves a gene to a level; −1 is out of all of them.
  void put(Index gene, int level) {
    Place& place = place_[static_cast<std::size_t>(gene)];
    if (place.level >= 0) {
      auto& members = members_[static_cast<std::size_t>(place.level)];
      const std::int32_t last = members.back();
      members[static_cast<std::size_t>(place.slot)] = last;
      place_[static_cast<std::size_t>(last)].slot = place.slot;
      members.pop_back();
      units_ -= units(place.level);
      if (members.empty()) occupied_ &= ~(std::uint32_t{1} << place.level);
    }
    place.level = level;
    if (level >= 0) {
      auto& members = members_[static_cast<std::size_t>(level)];
      place.slot = static_cast<std::int32_t>(members.size());
      members.push_back(static_cast<std::int32_t>(gene));
      units_ += units(level);
      occupied_ |= std::uint32_t{1} << level;
    }
  }

  /// Only when total() > 0.
  Candidate pick(RandomStream& stream) const {
    // A unit of the total picks the gene; where in the gene's units it lies is uniform again and sets the level.
    auto [unit, rest] = stream.split(units_);
    std::size_t l = 0;
    for (std::uint32_t later = occupied_;; later &= later - 1) {
      l = static_cast<std::size_t>(std::countr_zero(later));
      const auto weight = static_cast<std::uint32_t>(members_[l].size()) << shift(l);
      if (unit < weight) break;
      unit -= weight;
    }
    const std::uint32_t slot = unit >> shift(l);
    const double within = static_cast<double>(unit - (slot << shift(l))) + rest;
    return {members_[l][slot], within * caps_[count - 1]};
  }

 private:
  struct Place {
    std::int32_t level = -1;
    std::int32_t slot = 0;
  };
  /// Cap in units of the lowest: whole numbers, so that the total carries no rounding.
  static constexpr std::uint32_t units(int level) noexcept { return std::uint32_t{1} << (count - 1 - level); }
  static constexpr std::uint32_t shift(std::size_t level) noexcept {
    return count - 1 - static_cast<std::uint32_t>(level);
  }

  std::array<double, count> caps_;
  std::array<std::vector<std::int32_t>, count> members_;
  std::vector<Place> place_;
  std::uint32_t units_ = 0;     // total in units of the lowest cap
  std::uint32_t occupied_ = 0;  // one bit per level that has members
};

/// Levels for a link of a linear form: a bound of the argument over the whole future without bursts; a burst of an
/// activator raises it by θ times all that the burst can ever add; a rejection computes it anew. Comparing arguments
/// with the arguments at which a rate reaches a cap takes no exponential.
template <LinkedBurstRate Rate>
class LinkedLevels {
 public:
  static constexpr Candidates kind = Candidates::levels;

  /// What copies of a process share.
  struct Shared {
    explicit Shared(const Rate& rate, const GeneConstants& constants, Jump jump)
        : raises(rate.interactions(), [](Index, Index, double weight) { return weight > 0.0; }),
          reach(Vector::Ones(rate.genes())) {
      const Index genes = rate.genes();
      for (Index i = 1; i < genes; ++i) top = std::max(top, static_cast<double>(rate.link(i, always)));
      if (!(std::isfinite(top) && top >= 0.0)) throw_bad_bound(0, top);
      if (jump == Jump::mrna) reach = constants.peak;
      thresholds.resize(static_cast<std::size_t>(genes) * stride);
      for (Index i = 1; i < genes; ++i) {
        for (int l = 0; l < stride; ++l) set_threshold(rate, i, l);
      }
    }

    /// Largest argument at which the rate of the gene is within the cap of level l + 1, so that a gene leaves level l
    /// downwards below it.
    double threshold(Index gene, int l) const {
      return thresholds[static_cast<std::size_t>(gene) * stride + static_cast<std::size_t>(l)];
    }

    Targets raises;  // activations only
    Vector reach;    // most that a burst of size 1 adds to P
    double top = 0.0;
    std::vector<double> thresholds;

   private:
    void set_threshold(const Rate& rate, Index gene, int l) {
      double& slot = thresholds[static_cast<std::size_t>(gene) * stride + static_cast<std::size_t>(l)];
      const double cap = std::ldexp(top, -(l + 1));
      // Genes are often alike: try the neighbour's.
      if (gene > 1) {
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
  template <class Evaluator>
  void start_empty(const Evaluator& evaluator, double time) {
    if (empty_) {
      table_ = empty_->first;
      bound_ = empty_->second;
    } else {
      start(evaluator, time);
      empty_.emplace(table_, bound_);
    }
  }
  template <class Evaluator>
  void start(const Evaluator& evaluator, double) {
    table_.clear();
    if (shared_->top == 0.0) return;
    for (Index i = 1; i < bound_.size(); ++i) refresh(evaluator, i);
  }
  double total() const noexcept { return table_.total(); }
  double expiry() const noexcept { return never; }
  template <class Evaluator>
  void expire(const Evaluator&) {}

  template <class Evaluator>
  void after_burst(const Evaluator& evaluator, Index gene, double size) {
    if (evaluator.held(gene)) return;
    const double rise = shared_->reach.coeff(gene) * size;
    for (const auto& [i, weight] : shared_->raises.from(gene)) {
      bound_.coeffRef(i) += weight * rise;
      const int level = table_.level(i);
      if (level > 0 && bound_.coeff(i) > shared_->threshold(i, level - 1)) table_.put(i, level_of(i, level - 1));
    }
  }
  template <class Evaluator>
  void after_rejection(const Evaluator& evaluator, Index gene) {
    refresh(evaluator, gene);
  }
  /// The stimulus has changed for this gene.
  template <class Evaluator>
  void after_change(const Evaluator& evaluator, Index gene) {
    refresh(evaluator, gene);
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

  template <class Evaluator>
  void refresh(const Evaluator& evaluator, Index gene) {
    const Rate& rate = evaluator.rate_function();
    double sum = rate.basal().coeff(gene);
    for (SparseMatrix::InnerIterator edge(rate.interactions(), gene); edge; ++edge) {
      sum += edge.value() * (edge.value() > 0.0 ? evaluator.ceiling(edge.col()) : evaluator.floor(edge.col()));
    }
    bound_.coeffRef(gene) = sum;
    const int level = level_of(gene, LevelTable::count - 1);
    if (level != table_.level(gene)) table_.put(gene, level);
  }

  std::shared_ptr<const Shared> shared_;
  LevelTable table_;
  Vector bound_;  // of the argument
  std::optional<std::pair<LevelTable, Vector>> empty_;
};

}  // namespace cardamom::detail
