/// @file
/// Thinning with bounds that never change: the candidates then do not depend on the cell, so they are drawn, and what
/// depends on their times alone is computed, several at a time; a processor does such a run of like work much faster.
#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/simulation/process.hpp>
#include <cardamom/simulation/thinning/candidate.hpp>
#include <cardamom/simulation/thinning/clamped.hpp>
#include <cardamom/simulation/thinning/constant_proposals.hpp>
#include <cardamom/simulation/thinning/engine.hpp>

namespace cardamom::thinning {

/// @tparam Follower knows the proteins and the rates. What it needs of a time may be a `Moment`, valid as long as its
/// `anchor()` stays.
template <class Follower>
class SteadyEngine {
 public:
  static constexpr Path path = Follower::path;
  static constexpr Candidates candidates = Candidates::constant;

  SteadyEngine(Follower follower, ConstantProposals proposals)
      : follower_(std::move(follower)), proposals_(std::move(proposals)), run_(length), next_(length) {}

  void start_empty(double time, WhereUsed<CellState, Follower>& scratch, RandomStream&) {
    start_empty_cell(follower_, time, scratch);
    restart(time);
  }
  void start(const WhereUsed<CellState, Follower>& state, const ClampedLevels& clamped, double time, RandomStream&) {
    follower_.start(state, clamped, time);
    restart(time);
  }

  /// Takes note of a change in `clamped`: the protein of `node` is at `level` now. The candidates stay.
  void change(const ClampedLevels& clamped, Index node, double level, double time,
              WhereUsed<CellState, Follower>& scratch, RandomStream&) {
    follower_.move_to(time);
    if constexpr (ClampsInputs<Follower>) {
      if (node < follower_.constants().inputs && is_clamped(clamped, node)) {
        return follower_.clamp_input(node, level, [](Index) {});
      }
    }
    follower_.read(scratch);
    scratch.protein[node] = level;
    follower_.start(scratch, clamped, time);
  }

  template <class Observer>
  void advance(double end, RandomStream& stream, ProcessCounters& counters, WhereUsed<CellState, Follower>& scratch,
               Observer& observer) {
    follow_anchor();
    for (;; draw(stream)) {
      for (const Proposal* proposal = run_.data() + next_; next_ < length; ++proposal) {
        if (proposal->time > end) return;
        ++counters.candidates;
        ++next_;
        go_to(*proposal);
        try_candidate(follower_, proposals_, proposal->candidate, proposal->time, stream, counters, scratch, observer);
        follow_anchor();
      }
    }
  }

  /// The cell at a time in [last candidate, next candidate].
  void read(double time, WhereUsed<CellState, Follower>& state) {
    follower_.move_to(time);
    follower_.read(state);
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
  using Moment = typename MomentOf<Follower>::type;
  static constexpr bool has_moments = !std::is_same_v<Moment, NoMoment>;

  struct Proposal {
    double time;
    Candidate candidate;
    [[no_unique_address]] Moment moment;
  };

  void restart(double time) {
    drawn_until_ = time;
    next_ = length;
  }

  /// The stream and the constants stay in registers when everything is inlined.
  [[gnu::flatten]] void draw(RandomStream& shared_stream) {
    next_ = 0;
    const double total = proposals_.total();
    if (!(total > 0.0)) {
      run_.front().time = never;  // and nobody gets past it
      return;
    }
    const double mean = 1.0 / total;
    double time = drawn_until_;
    RandomStream stream = shared_stream;
    for (Proposal& proposal : run_) {
      proposal.time = time += stream.exponential() * mean;
      proposal.candidate = proposals_.pick(stream);
    }
    shared_stream = stream;
    drawn_until_ = time;
    set_moments();
  }

  [[gnu::flatten]] void set_moments() {
    if constexpr (has_moments) {
      anchor_ = follower_.anchor();
      double time = run_[next_].time;
      Moment moment;
      follower_.moment(time, moment);
      run_[next_].moment = moment;
      for (std::size_t k = next_ + 1; k < length; ++k) {
        const double last = std::exchange(time, run_[k].time);
        if constexpr (requires { follower_.move_moment(last, time, moment); }) {
          follower_.move_moment(last, time, moment);
        } else {
          follower_.moment(time, moment);
        }
        run_[k].moment = moment;
      }
    }
  }

  /// Candidates and changes may have moved the anchor.
  void follow_anchor() {
    if constexpr (has_moments) {
      if (follower_.anchor() != anchor_ && next_ < length) [[unlikely]]
        set_moments();
    }
  }
  void go_to(const Proposal& proposal) {
    if constexpr (has_moments) {
      follower_.move_to(proposal.time, proposal.moment);
    } else {
      follower_.move_to(proposal.time);
    }
  }

  Follower follower_;
  ConstantProposals proposals_;
  std::vector<Proposal> run_;  // always `length`
  std::size_t next_;           // place in run_ of the next candidate
  double drawn_until_ = 0.0;   // time of the last candidate drawn
  double anchor_ = 0.0;        // of the moments in run_
};

}  // namespace cardamom::thinning
