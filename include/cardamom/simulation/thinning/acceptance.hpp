/// @file
/// The accepting half of thinning: a candidate becomes a burst with probability kon/bound.
#pragma once

#include <concepts>
#include <string>
#include <utility>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/simulation/process.hpp>
#include <cardamom/simulation/thinning/candidate.hpp>

namespace cardamom::thinning {

/// Throws NumericalError: the rate of a gene is no number between 0 and its own bound.
template <class Use = CompiledWhereUsed>
[[noreturn]] inline void throw_bad_rate(Index gene, double rate, double bound, double time,
                                        const WhereUsed<Vector, Use>& protein) {
  throw NumericalError("rate(" + detail::to_text(gene) + ", protein) is " + detail::to_text(rate) + " at time " +
                       detail::to_text(time) + ", must be in [0, " + detail::to_text(bound) +
                       "], its own bound; protein = " + detail::list_text(protein));
}

/// Bounds and values come from different expressions of the caller's: leave room for rounding.
inline bool within_bound(double rate, double bound) noexcept { return rate >= 0.0 && rate <= bound * (1.0 + 1e-9); }

/// Apart, so that it does not weigh on the loop.
template <class Follower>
[[noreturn]] void refuse_rate(const Follower& follower, Index gene, double rate, double bound, double time,
                              WhereUsed<CellState, Follower>& scratch) {
  follower.read(scratch);
  throw_bad_rate(gene, rate, bound, time, scratch.protein);
}

/// Accepts a candidate with probability kon/bound and lets it burst. The follower is at the candidate's time.
/// @param bounds whoever proposed it: `bounds.bound(gene)`
/// @return size of the burst, −1 for a rejection
template <class Follower, class Bounds, class Observer>
double try_candidate(Follower& follower, const Bounds& bounds, const Candidate& candidate, double time,
                     RandomStream& stream, ProcessCounters& counters, WhereUsed<CellState, Follower>& scratch,
                     Observer& observer) {
  if constexpr (requires { follower.reaches(candidate.gene, candidate.level); }) {
    if (!follower.reaches(candidate.gene, candidate.level)) return -1.0;
  } else {
    const double rate = follower.rate(candidate.gene);
    const bool accepted = candidate.level <= rate;
    // A rate below the level is below the bound.
    if (!(accepted ? within_bound(rate, bounds.bound(candidate.gene)) : rate >= 0.0)) [[unlikely]]
      refuse_rate(follower, candidate.gene, rate, bounds.bound(candidate.gene), time, scratch);
    if (!accepted) return -1.0;
  }
  ++counters.bursts;
  double size;
  if constexpr (requires { follower.next_size(candidate.gene); }) {
    size = follower.next_size(candidate.gene);
  } else {
    size = follower.constants().mean_burst.coeff(candidate.gene) * stream.exponential();
  }
  if constexpr (std::invocable<Observer&, const Burst&>) {
    observer(Burst{time, candidate.gene, size});
  } else {
    follower.read(scratch);
    observer(Burst{time, candidate.gene, size}, std::as_const(scratch));
  }
  follower.burst(candidate.gene, size);
  return size;
}

}  // namespace cardamom::thinning
