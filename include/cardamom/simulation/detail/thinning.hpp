/// @file
/// The thinning core: candidates at a rate that bounds Σ kon, each accepted with probability kon/bound.
/// Exact, without a time step. Every process and every path but `clocks` runs this loop.
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

/// @tparam Evaluator knows the proteins and the rates, @tparam Picker proposes candidates
template <class Evaluator, class Picker>
class Thinning {
 public:
  Thinning(Evaluator evaluator, Picker picker) : evaluator_(std::move(evaluator)), picker_(std::move(picker)) {}

  static constexpr Path path = Evaluator::path;
  static constexpr Candidates candidates = Picker::kind;

  /// From a given state; the first use, a change of a held level.
  void start(const CellState& state, const HeldLevels& held, double time, RandomStream& stream) {
    evaluator_.start(state, held, time);
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
      const double rate = evaluator_.rate(candidate.gene);
      if (!within_bound(rate, candidate.bound)) {
        evaluator_.read(scratch);
        throw_bad_rate(candidate.gene, rate, candidate.bound, time, scratch.protein);
      }
      ++counters.candidates;
      if (stream.uniform() * candidate.bound <= rate) {
        ++counters.bursts;
        const double size = evaluator_.constants().mean_burst[candidate.gene] * stream.exponential();
        if constexpr (std::invocable<Observer&, const Burst&>) {
          observer(Burst{time, candidate.gene, size});
        } else {
          evaluator_.read(scratch);
          observer(Burst{time, candidate.gene, size}, std::as_const(scratch));
        }
        evaluator_.burst(candidate.gene, size);
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
