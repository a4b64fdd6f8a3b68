/// @file
/// Thinning: candidates at a rate that bounds Σ kon, each accepted with probability kon/bound. Exact, without a time
/// step. `ThinningEngine` serves bounds that follow the cell, `SteadyEngine` bounds that never change, and `Clocks`
/// proposes the same candidates gene by gene.
///
/// An engine is a loop over a *follower*, which knows the proteins and the rates, and *proposals*, which know bounds.
/// What it asks of them:
///
/// | expression | meaning |
/// | --- | --- |
/// | `follower.start(state, clamped, time)` | a cell in the given state; `follower.start_empty(time)` where it is cheaper, `follower.restart(state, clamped, time)` where promoters are to stay as they are |
/// | `follower.move_to(time)` | brings it to the time of a candidate |
/// | `follower.rate(gene)` or `follower.reaches(gene, level)` | kon now, or whether it is at least `level` |
/// | `follower.burst(gene, size)` | lets a gene burst |
/// | `follower.read(state)` | the whole cell now |
/// | `follower.clamp_input(input, level, changed)` | where it can change an input without a new start |
/// | `follower.constants()`, `follower.rate_function()` | `GeneConstants`, the burst rate |
/// | `proposals.start(follower, time)`, `after_burst(follower, gene, size)`, `after_rejection(follower, gene)`, `after_change(follower, gene)` | keep the bounds |
/// | `proposals.total()`, `expiry()`, `expire(follower)` | the sum of all bounds, and until when it holds |
/// | `proposals.pick(stream)`, `bound(gene)` | a `Candidate` in proportion to its bound, and that bound |
#pragma once

#include <utility>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/simulation/process.hpp>
#include <cardamom/simulation/thinning/acceptance.hpp>
#include <cardamom/simulation/thinning/candidate.hpp>
#include <cardamom/simulation/thinning/clamped.hpp>

namespace cardamom::thinning {

/// Starts a cell without mRNA and protein.
template <class Follower>
void start_empty_cell(Follower& follower, double time, WhereUsed<CellState, Follower>& scratch) {
  if constexpr (requires { follower.start_empty(time); }) {
    follower.start_empty(time);
  } else {
    scratch.mrna.setZero();
    scratch.protein.setZero();
    follower.start(scratch, {}, time);
  }
}

/// Followers that can change the level of an input by themselves; `changed(i)` hears of every gene it acts on.
template <class Follower>
concept ClampsInputs = requires(Follower& follower, void (*changed)(Index)) {
  follower.clamp_input(Index{0}, 1.0, changed);
};

/// @tparam Follower knows the proteins and the rates, @tparam Proposals proposes candidates
template <class Follower, class Proposals>
class ThinningEngine {
 public:
  ThinningEngine(Follower follower, Proposals proposals)
      : follower_(std::move(follower)), proposals_(std::move(proposals)) {}

  const Follower& follower() const noexcept { return follower_; }

  static constexpr Path path = Follower::path;
  static constexpr Candidates candidates = Proposals::kind;

  void start_empty(double time, WhereUsed<CellState, Follower>& scratch, RandomStream& stream) {
    start_empty_cell(follower_, time, scratch);
    if constexpr (requires { proposals_.start_empty(follower_, time); }) {
      proposals_.start_empty(follower_, time);
    } else {
      proposals_.start(follower_, time);
    }
    propose(time, stream);
  }
  void start(const WhereUsed<CellState, Follower>& state, const ClampedLevels& clamped, double time,
             RandomStream& stream) {
    follower_.start(state, clamped, time);
    proposals_.start(follower_, time);
    propose(time, stream);
  }

  /// Takes note of a change in `clamped`: the protein of `node` is at `level` now. Exponential waiting times have no
  /// memory: the next candidate may be drawn anew.
  void change(const ClampedLevels& clamped, Index node, double level, double time,
              WhereUsed<CellState, Follower>& scratch, RandomStream& stream) {
    follower_.move_to(time);
    if constexpr (ClampsInputs<Follower>) {
      if (node < follower_.constants().inputs && is_clamped(clamped, node)) {
        follower_.clamp_input(node, level, [this](Index i) { proposals_.after_change(follower_, i); });
        return propose(time, stream);
      }
    }
    follower_.read(scratch);
    scratch.protein[node] = level;
    if constexpr (requires { follower_.restart(scratch, clamped, time); }) {
      follower_.restart(scratch, clamped, time);
    } else {
      follower_.start(scratch, clamped, time);
    }
    proposals_.start(follower_, time);
    propose(time, stream);
  }

  template <class Observer>
  void advance(double end, RandomStream& stream, ProcessCounters& counters, WhereUsed<CellState, Follower>& scratch,
               Observer& observer) {
    for (;;) {
      if (next_ > end && proposals_.expiry() > end) break;
      if (next_ > proposals_.expiry()) {
        const double time = proposals_.expiry();
        follower_.move_to(time);
        proposals_.expire(follower_);
        propose(time, stream);
        continue;
      }
      const double time = next_;
      follower_.move_to(time);
      const Candidate candidate = proposals_.pick(stream);
      ++counters.candidates;
      const double size = try_candidate(follower_, proposals_, candidate, time, stream, counters, scratch, observer);
      if (size >= 0.0) {
        proposals_.after_burst(follower_, candidate.gene, size);
      } else {
        proposals_.after_rejection(follower_, candidate.gene);
      }
      propose(time, stream);
    }
  }

  /// The cell at a time in [last candidate, next candidate].
  void read(double time, WhereUsed<CellState, Follower>& state) {
    follower_.move_to(time);
    follower_.read(state);
  }

 private:
  void propose(double time, RandomStream& stream) {
    const double total = proposals_.total();
    next_ = total > 0.0 ? time + stream.exponential() / total : never;
  }

  Follower follower_;
  Proposals proposals_;
  double next_ = never;  // time of the next candidate, fixed already: where a caller stops to look changes nothing
};

}  // namespace cardamom::thinning
