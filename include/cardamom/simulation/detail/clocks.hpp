/// @file
/// Thinning gene by gene: every gene has a clock that proposes candidates at its own constant bound, and a random
/// stream of its own. What happens to a gene depends, to the last bit, on its own draws and its regulators' course
/// alone; so a change elsewhere in the network leaves it as it was unless it is downstream.
#pragma once

#include <algorithm>
#include <concepts>
#include <utility>
#include <vector>

#include <cardamom/core/random.hpp>
#include <cardamom/simulation/detail/candidates.hpp>
#include <cardamom/simulation/detail/held.hpp>
#include <cardamom/simulation/detail/thinning.hpp>
#include <cardamom/simulation/process.hpp>

namespace cardamom::detail {

/// @tparam Evaluator computes a gene from its own bursts alone, and can hold one gene without touching others
template <class Evaluator>
class Clocks {
 public:
  static constexpr Path path = Path::clocks;
  static constexpr Candidates candidates = Candidates::constant;

  explicit Clocks(Evaluator evaluator)
      : evaluator_(std::move(evaluator)), bound_(constant_bounds(evaluator_.rate_function())) {
    const Index genes = bound_.size();
    streams_.assign(static_cast<std::size_t>(genes), RandomStream(0, Purpose::cell));
    queue_.reserve(static_cast<std::size_t>(genes));
  }

  double bound(Index gene) const { return bound_.coeff(gene); }

  void start(const CellState& state, const HeldLevels& held, double time, RandomStream& stream) {
    evaluator_.start(state, held, time);
    const std::uint64_t key = stream();
    queue_.clear();
    for (Index i = 1; i < bound_.size(); ++i) {
      RandomStream& own = streams_[static_cast<std::size_t>(i)];
      own = RandomStream(key, Purpose::cell, static_cast<std::uint64_t>(i));
      if (bound_[i] > 0.0) queue_.push_back({time + own.exponential() / bound_[i], i});
    }
    std::make_heap(queue_.begin(), queue_.end(), later);
  }

  void start_empty(double time, CellState& scratch, RandomStream& stream) {
    scratch.mrna.setZero();
    scratch.protein.setZero();
    start(scratch, {}, time, stream);
  }

  /// Touches the one gene; all clocks run on.
  void change(const HeldLevels& held, Index gene, double level, double time, CellState&, RandomStream&) {
    evaluator_.move_to(time);
    if (is_held(held, gene)) {
      evaluator_.hold(gene, level);
    } else {
      evaluator_.release(gene);
    }
  }

  template <class Observer>
  void advance(double end, RandomStream&, ProcessCounters& counters, CellState& scratch, Observer& observer) {
    while (!queue_.empty() && queue_.front().time <= end) {
      const auto [time, gene] = queue_.front();
      RandomStream& own = streams_[static_cast<std::size_t>(gene)];
      evaluator_.move_to(time);
      ++counters.candidates;
      const Candidate candidate{gene, own.uniform() * bound(gene)};
      try_candidate(evaluator_, *this, candidate, time, own, counters, scratch, observer);
      std::pop_heap(queue_.begin(), queue_.end(), later);
      queue_.back().time = time + own.exponential() / bound(gene);
      std::push_heap(queue_.begin(), queue_.end(), later);
    }
  }

  void read(double time, CellState& state) {
    evaluator_.move_to(time);
    evaluator_.read(state);
  }

 private:
  struct Tick {
    double time;
    Index gene;
  };
  static bool later(const Tick& a, const Tick& b) noexcept { return a.time > b.time; }

  Evaluator evaluator_;
  Vector bound_;
  std::vector<RandomStream> streams_;
  std::vector<Tick> queue_;  // a heap: the next candidate first
};

}  // namespace cardamom::detail
