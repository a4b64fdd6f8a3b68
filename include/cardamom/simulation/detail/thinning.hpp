/// @file
/// The thinning core: candidates at a rate that bounds Σ kon, each accepted with probability kon/bound.
/// Exact, without a time step. Every process runs it; `Clocks` orders the
/// same candidates by gene.
#pragma once

#include <cmath>
#include <string>
#include <utility>

#include <cardamom/core/error.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/simulation/detail/candidates.hpp>
#include <cardamom/simulation/detail/held.hpp>
#include <cardamom/simulation/process.hpp>

namespace cardamom::detail {

[[noreturn]] inline void throw_bad_rate(Index gene, double rate, double bound, double time, const Vector& protein) {
  std::string message = "rate(" + to_text(gene) + ", protein) is " + to_text(rate) + " at time " + to_text(time) +
                        ", must be in [0, " + to_text(bound) + "], its own bound; protein = (";
  // Enough to reproduce a small system; a large one is told by its first entries.
  const Index shown = protein.size() < 20 ? protein.size() : 20;
  for (Index j = 0; j < shown; ++j) message += (j > 0 ? ", " : "") + to_text(protein[j]);
  throw NumericalError(message + (shown < protein.size() ? ", ...)" : ")"));
}

/// Bounds and values come from different expressions of the caller's: leave room for rounding.
inline bool within_bound(double rate, double bound) noexcept { return rate >= 0.0 && rate <= bound * (1.0 + 1e-9); }

/// Apart, so that it does not weigh on the loop.
template <class Evaluator>
[[noreturn]] void refuse_rate(const Evaluator& evaluator, Index gene, double rate, double bound, double time,
                              CellState& scratch) {
  evaluator.read(scratch);
  throw_bad_rate(gene, rate, bound, time, scratch.protein);
}

/// Accepts a candidate with probability kon/bound and lets it burst. The evaluator is at the candidate's time.
/// @param bounds whoever proposed it: `bounds.bound(gene)`
/// @return size of the burst, −1 for a rejection
template <class Evaluator, class Bounds, class Observer>
double try_candidate(Evaluator& evaluator, const Bounds& bounds, const Candidate& candidate, double time,
                     RandomStream& stream, ProcessCounters& counters, CellState& scratch, Observer& observer) {
  if constexpr (requires { evaluator.reaches(candidate.gene, candidate.level); }) {
    if (!evaluator.reaches(candidate.gene, candidate.level)) return -1.0;
  } else {
    const double rate = evaluator.rate(candidate.gene);
    const bool accepted = candidate.level <= rate;
    // A rate below the level is below the bound.
    if (!(accepted ? within_bound(rate, bounds.bound(candidate.gene)) : rate >= 0.0)) [[unlikely]]
      refuse_rate(evaluator, candidate.gene, rate, bounds.bound(candidate.gene), time, scratch);
    if (!accepted) return -1.0;
  }
  ++counters.bursts;
  double size;
  if constexpr (requires { evaluator.next_size(candidate.gene); }) {
    size = evaluator.next_size(candidate.gene);
  } else {
    size = evaluator.constants().mean_burst.coeff(candidate.gene) * stream.exponential();
  }
  if constexpr (std::invocable<Observer&, const Burst&>) {
    observer(Burst{time, candidate.gene, size});
  } else {
    evaluator.read(scratch);
    observer(Burst{time, candidate.gene, size}, std::as_const(scratch));
  }
  evaluator.burst(candidate.gene, size);
  return size;
}

template <class Evaluator>
void start_evaluator_empty(Evaluator& evaluator, double time, CellState& scratch) {
  if constexpr (requires { evaluator.start_empty(time); }) {
    evaluator.start_empty(time);
  } else {
    scratch.mrna.setZero();
    scratch.protein.setZero();
    evaluator.start(scratch, {}, time);
  }
}

/// Evaluators that can change the level of a held stimulus by themselves; `changed(i)` hears of every gene it acts on.
template <class Evaluator>
concept HoldsStimulus = requires(Evaluator& evaluator, void (*changed)(Index)) {
  evaluator.hold_stimulus(1.0, changed);
};

/// @tparam Evaluator knows the proteins and the rates, @tparam Picker proposes candidates
template <class Evaluator, class Picker>
class Thinning {
 public:
  Thinning(Evaluator evaluator, Picker picker) : evaluator_(std::move(evaluator)), picker_(std::move(picker)) {}

  const Evaluator& evaluator() const noexcept { return evaluator_; }

  static constexpr Path path = Evaluator::path;
  static constexpr Candidates candidates = Picker::kind;

  void start_empty(double time, CellState& scratch, RandomStream& stream) {
    start_evaluator_empty(evaluator_, time, scratch);
    if constexpr (requires { picker_.start_empty(evaluator_, time); }) {
      picker_.start_empty(evaluator_, time);
    } else {
      picker_.start(evaluator_, time);
    }
    propose(time, stream);
  }
  void start(const CellState& state, const HeldLevels& held, double time, RandomStream& stream) {
    evaluator_.start(state, held, time);
    picker_.start(evaluator_, time);
    propose(time, stream);
  }

  /// Takes note of a change in `held`: the protein of `gene` is at `level` now. Exponential waiting times have no
  /// memory: the next candidate may be drawn anew.
  void change(const HeldLevels& held, Index gene, double level, double time, CellState& scratch, RandomStream& stream) {
    evaluator_.move_to(time);
    if constexpr (HoldsStimulus<Evaluator>) {
      if (gene == 0 && is_held(held, 0)) {
        evaluator_.hold_stimulus(level, [this](Index i) { picker_.after_change(evaluator_, i); });
        return propose(time, stream);
      }
    }
    evaluator_.read(scratch);
    scratch.protein[gene] = level;
    if constexpr (requires { evaluator_.restart(scratch, held, time); }) {
      evaluator_.restart(scratch, held, time);
    } else {
      evaluator_.start(scratch, held, time);
    }
    picker_.start(evaluator_, time);
    propose(time, stream);
  }

  template <class Observer>
  void advance(double end, RandomStream& stream, ProcessCounters& counters, CellState& scratch, Observer& observer) {
    for (;;) {
      if (next_ > end && picker_.expiry() > end) break;
      if (next_ > picker_.expiry()) {
        const double time = picker_.expiry();
        evaluator_.move_to(time);
        picker_.expire(evaluator_);
        propose(time, stream);
        continue;
      }
      const double time = next_;
      evaluator_.move_to(time);
      const Candidate candidate = picker_.pick(stream);
      ++counters.candidates;
      const double size = try_candidate(evaluator_, picker_, candidate, time, stream, counters, scratch, observer);
      if (size >= 0.0) {
        picker_.after_burst(evaluator_, candidate.gene, size);
      } else {
        picker_.after_rejection(evaluator_, candidate.gene);
      }
      propose(time, stream);
    }
  }

  /// The cell at a time in [last candidate, next candidate].
  void read(double time, CellState& state) {
    evaluator_.move_to(time);
    evaluator_.read(state);
  }

 private:
  void propose(double time, RandomStream& stream) {
    const double total = picker_.total();
    next_ = total > 0.0 ? time + stream.exponential() / total : never;
  }

  Evaluator evaluator_;
  Picker picker_;
  double next_ = never;  // time of the next candidate, fixed already: where a caller stops to look changes nothing
};

}  // namespace cardamom::detail
