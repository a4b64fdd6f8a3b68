/// @file
/// Thinning gene by gene: every gene has a clock that proposes candidates at its own constant bound, and a random
/// stream of its own. What happens to a gene depends, to the last bit, on its own draws and its regulators' course
/// alone; so a change elsewhere in the network leaves it as it was unless it is downstream.
#pragma once

#include <algorithm>
#include <concepts>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/simulation/process.hpp>
#include <cardamom/simulation/thinning/acceptance.hpp>
#include <cardamom/simulation/thinning/candidate.hpp>
#include <cardamom/simulation/thinning/clamped.hpp>

namespace cardamom::thinning {

/// @tparam Follower computes a gene from its own bursts alone, and can clamp one gene without touching others
template <class Follower>
class Clocks {
 public:
  static constexpr Path path = Path::clocks;
  static constexpr Candidates candidates = Candidates::constant;

  explicit Clocks(Follower follower)
      : follower_(std::move(follower)),
        bound_(constant_bounds(follower_.rate_function(), follower_.constants().inputs)) {
    const Index nodes = bound_.size();
    streams_.assign(static_cast<std::size_t>(nodes), RandomStream(0, Purpose::cell));
    queue_.reserve(static_cast<std::size_t>(nodes));
  }

  double bound(Index gene) const { return bound_.coeff(gene); }

  void start(const WhereUsed<CellState, Follower>& state, const ClampedLevels& clamped, double time,
             RandomStream& stream) {
    follower_.start(state, clamped, time);
    const std::uint64_t key = stream();
    queue_.clear();
    for (Index i = follower_.constants().inputs; i < bound_.size(); ++i) {
      RandomStream& own = streams_[static_cast<std::size_t>(i)];
      own = RandomStream(key, Purpose::cell, static_cast<std::uint64_t>(i));
      if (bound_[i] > 0.0) queue_.push_back({time + own.exponential() / bound_[i], i});
    }
    std::make_heap(queue_.begin(), queue_.end(), later);
  }

  void start_empty(double time, WhereUsed<CellState, Follower>& scratch, RandomStream& stream) {
    scratch.mrna.setZero();
    scratch.protein.setZero();
    start(scratch, {}, time, stream);
  }

  /// Touches the one node; all clocks run on.
  void change(const ClampedLevels& clamped, Index node, double level, double time, CellState&, RandomStream&) {
    follower_.move_to(time);
    if (is_clamped(clamped, node)) {
      follower_.clamp(node, level);
    } else {
      follower_.release(node);
    }
  }

  template <class Observer>
  void advance(double end, RandomStream&, ProcessCounters& counters, WhereUsed<CellState, Follower>& scratch,
               Observer& observer) {
    while (!queue_.empty() && queue_.front().time <= end) {
      const auto [time, gene] = queue_.front();
      RandomStream& own = streams_[static_cast<std::size_t>(gene)];
      follower_.move_to(time);
      ++counters.candidates;
      const Candidate candidate{gene, own.uniform() * bound(gene)};
      try_candidate(follower_, *this, candidate, time, own, counters, scratch, observer);
      std::pop_heap(queue_.begin(), queue_.end(), later);
      queue_.back().time = time + own.exponential() / bound(gene);
      std::push_heap(queue_.begin(), queue_.end(), later);
    }
  }

  void read(double time, WhereUsed<CellState, Follower>& state) {
    follower_.move_to(time);
    follower_.read(state);
  }

 private:
  struct Tick {
    double time;
    Index gene;
  };
  static bool later(const Tick& a, const Tick& b) noexcept { return a.time > b.time; }

  Follower follower_;
  WhereUsed<Vector, Follower> bound_;
  std::vector<RandomStream> streams_;
  std::vector<Tick> queue_;  // a heap: the next candidate first
};

}  // namespace cardamom::thinning
