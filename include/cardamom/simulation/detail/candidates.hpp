/// @file
/// Ways to propose the next candidate of thinning: a total rate that bounds the sum of all kon for as long as no burst
/// happens (or until `expiry`), and a gene picked in proportion to its own bound.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/simulation/process.hpp>

namespace cardamom::detail {

inline constexpr double never = std::numeric_limits<double>::infinity();

/// A candidate: it bursts if the gene's rate is at least `level`.
struct Candidate {
  Index gene;
  double level;  ///< uniform on (0, bound of the gene]
};

[[noreturn]] inline void throw_bad_bound(Index gene, double bound) {
  throw NumericalError("rate.bound(" + to_text(gene) + ") is " + to_text(bound) + ", must be finite and >= 0");
}

/// `rate.bound(gene)` of all genes, checked; 0 for the stimulus.
template <ConstantBoundBurstRate Rate>
Vector constant_bounds(const Rate& rate) {
  Vector bound = Vector::Zero(rate.genes());
  for (Index i = 1; i < bound.size(); ++i) {
    bound[i] = rate.bound(i);
    if (!(std::isfinite(bound[i]) && bound[i] >= 0.0)) throw_bad_bound(i, bound[i]);
  }
  return bound;
}

/// A gene in proportion to its bound, O(G).
inline Candidate pick_linearly(const Vector& bound, double total, RandomStream& stream) {
  double u = stream.uniform() * total;
  Index last = 1;
  for (Index i = 1; i < bound.size(); ++i) {
    if (bound[i] == 0.0) continue;
    last = i;
    u -= bound[i];
    if (u <= 0.0) break;
  }
  return {last, stream.uniform() * bound[last]};
}

/// One constant bound per gene. Equal bounds: a uniform pick; else Walker's alias table. O(1) per candidate.
class ConstantCandidates {
 public:
  template <class Rate>
  explicit ConstantCandidates(const Rate& rate) : bound_(constant_bounds(rate)) {
    for (Index i = 1; i < bound_.size(); ++i) {
      total_ += bound_[i];
      if (bound_[i] > 0.0) slots_.push_back({i, i, bound_[i], 1.0});
    }
    build_alias_table();
  }

  double total() const noexcept { return total_; }
  double bound(Index gene) const { return bound_.coeff(gene); }

  /// Only when total() > 0.
  Candidate pick(RandomStream& stream) const {
    const auto [place, rest] = stream.split(count_);
    const Slot& slot = slots_[place];
    if (uniform_) return {slot.gene, rest * slot.bound};
    return pick_unequal(slot, rest, stream);
  }

 private:
  struct Slot {
    Index gene;
    Index alias;
    double bound;  // of `gene`
    double share;  // of `gene` in its slot
  };

  /// Apart, so that it does not weigh on the loop.
  [[gnu::noinline]] Candidate pick_unequal(const Slot& slot, double rest, RandomStream& stream) const {
    const Index gene = rest <= slot.share ? slot.gene : slot.alias;
    return {gene, stream.uniform() * bound(gene)};
  }

  void build_alias_table() {
    count_ = static_cast<std::uint32_t>(slots_.size());
    const double mean = slots_.empty() ? 0.0 : total_ / static_cast<double>(slots_.size());
    std::vector<double> weight;
    std::vector<std::size_t> poor;
    std::vector<std::size_t> rich;
    for (std::size_t s = 0; s < slots_.size(); ++s) {
      weight.push_back(bound_[slots_[s].gene] / mean);
      (weight[s] < 1.0 ? poor : rich).push_back(s);
      uniform_ = uniform_ && bound_[slots_[s].gene] == bound_[slots_[0].gene];
    }
    while (!poor.empty() && !rich.empty() && !uniform_) {
      const std::size_t p = poor.back();
      const std::size_t r = rich.back();
      poor.pop_back();
      slots_[p].share = weight[p];
      slots_[p].alias = slots_[r].gene;
      weight[r] -= 1.0 - weight[p];
      if (weight[r] < 1.0) {
        rich.pop_back();
        poor.push_back(r);
      }
    }
  }

  Vector bound_;
  double total_ = 0.0;
  bool uniform_ = true;
  std::vector<Slot> slots_;
  std::uint32_t count_ = 0;  // of slots_
};

/// Bounds over the box of protein levels that can be reached without bursts within a window; for rates that offer
/// nothing else. O(genes) bounds per burst and per window.
class WindowCandidates {
 public:
  static constexpr Candidates kind = Candidates::constant;

  template <class Rate>
  explicit WindowCandidates(const Rate& rate) : bound_(Vector::Zero(rate.genes())), lower_(bound_), upper_(bound_) {}

  template <class Evaluator>
  void start(const Evaluator& evaluator, double time) {
    evaluator.box(window(evaluator), lower_, upper_);
    total_ = 0.0;
    for (Index i = 1; i < bound_.size(); ++i) {
      bound_[i] = evaluator.rate_function().bound(i, lower_, upper_);
      if (!(std::isfinite(bound_[i]) && bound_[i] >= 0.0)) throw_bad_bound(i, bound_[i]);
      total_ += bound_[i];
    }
    expiry_ = time + window(evaluator);
  }
  double total() const noexcept { return total_; }
  double expiry() const noexcept { return expiry_; }
  template <class Evaluator>
  void expire(const Evaluator& evaluator) {
    start(evaluator, expiry_);
  }
  template <class Evaluator>
  void after_burst(const Evaluator& evaluator, Index, double) {
    start(evaluator, evaluator.time());
  }
  template <class Evaluator>
  void after_rejection(const Evaluator&, Index) {}

  double bound(Index gene) const { return bound_[gene]; }
  Candidate pick(RandomStream& stream) const { return pick_linearly(bound_, total_, stream); }

 private:
  /// Proteins move by a fifth of themselves: bounds stay close, windows stay rare.
  template <class Evaluator>
  static double window(const Evaluator& evaluator) {
    return 0.2 / evaluator.constants().fastest_protein_decay;
  }

  Vector bound_;
  Vector lower_;
  Vector upper_;
  double total_ = 0.0;
  double expiry_ = never;
};

}  // namespace cardamom::detail
