/// @file
/// Thinning with bounds that never change: the candidates then do not depend on the cell, so they are drawn, and what
/// depends on their times alone is computed, several at a time; a processor does such a run of like work much faster.
#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>
#include <vector>

#include <cardamom/core/random.hpp>
#include <cardamom/simulation/detail/candidates.hpp>
#include <cardamom/simulation/detail/held.hpp>
#include <cardamom/simulation/detail/thinning.hpp>
#include <cardamom/simulation/process.hpp>

namespace cardamom::detail {

/// @tparam Evaluator knows the proteins and the rates. What it needs of a time may be a `Moment`, valid as long as its
/// `anchor()` stays.
template <class Evaluator>
class SteadyThinning {
 public:
  static constexpr Path path = Evaluator::path;
  static constexpr Candidates candidates = Candidates::constant;

  SteadyThinning(Evaluator evaluator, ConstantCandidates picker)
      : evaluator_(std::move(evaluator)), picker_(std::move(picker)), run_(length), next_(length) {}

  void start_empty(double time, CellState& scratch, RandomStream&) {
    start_evaluator_empty(evaluator_, time, scratch);
    restart(time);
  }
  void start(const CellState& state, const HeldLevels& held, double time, RandomStream&) {
    evaluator_.start(state, held, time);
    restart(time);
  }

  /// Takes note of a change in `held`: the protein of `gene` is at `level` now. The candidates stay.
  void change(const HeldLevels& held, Index gene, double level, double time, CellState& scratch, RandomStream&) {
    evaluator_.move_to(time);
    if constexpr (HoldsStimulus<Evaluator>) {
      if (gene == 0 && is_held(held, 0)) return evaluator_.hold_stimulus(level, [](Index) {});
    }
    evaluator_.read(scratch);
    scratch.protein[gene] = level;
    evaluator_.start(scratch, held, time);
  }

  template <class Observer>
  void advance(double end, RandomStream& stream, ProcessCounters& counters, CellState& scratch, Observer& observer) {
    for (;;) {
      if (next_ == run_.size()) draw(stream);
      const Proposal& proposal = run_[next_];
      if (proposal.time > end) return;
      ++next_;
      go_to(proposal);
      ++counters.candidates;
      try_candidate(evaluator_, picker_, proposal.candidate, proposal.time, stream, counters, scratch, observer);
    }
  }

  /// The cell at a time in [last candidate, next candidate].
  void read(double time, CellState& state) {
    evaluator_.move_to(time);
    evaluator_.read(state);
  }

 private:
  static constexpr std::size_t length = 16;

  struct NoMoment {};
  template <class E>
  struct MomentOf {
    using type = NoMoment;
  };
  template <class E>
  requires requires { typename E::Moment; }
  struct MomentOf<E> {
    using type = typename E::Moment;
  };
  using Moment = typename MomentOf<Evaluator>::type;
  static constexpr bool has_moments = !std::is_same_v<Moment, NoMoment>;

  struct Proposal {
    double time;
    Candidate candidate;
    [[no_unique_address]] Moment moment;
  };

  void restart(double time) {
    drawn_until_ = time;
    next_ = run_.size();
  }

  void draw(RandomStream& stream) {
    next_ = 0;
    const double total = picker_.total();
    for (Proposal& proposal : run_) {
      drawn_until_ = total > 0.0 ? drawn_until_ + stream.exponential() / total : never;
      proposal.time = drawn_until_;
      if (total > 0.0) proposal.candidate = picker_.pick(stream);
    }
    set_moments();
  }

  void set_moments() {
    if constexpr (has_moments) {
      anchor_ = evaluator_.anchor();
      for (std::size_t k = next_; k < run_.size(); ++k) evaluator_.moment(run_[k].time, run_[k].moment);
    }
  }

  void go_to(const Proposal& proposal) {
    if constexpr (has_moments) {
      if (evaluator_.anchor() != anchor_) [[unlikely]] {
        --next_;
        set_moments();
        ++next_;
      }
      evaluator_.move_to(proposal.time, proposal.moment);
    } else {
      evaluator_.move_to(proposal.time);
    }
  }

  Evaluator evaluator_;
  ConstantCandidates picker_;
  std::vector<Proposal> run_;
  std::size_t next_;          // place in run_ of the next candidate
  double drawn_until_ = 0.0;  // time of the last candidate drawn
  double anchor_ = 0.0;       // of the moments in run_
};

}  // namespace cardamom::detail
