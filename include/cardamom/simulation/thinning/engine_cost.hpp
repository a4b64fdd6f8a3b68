/// @file
/// What a burst costs by each of the engines, from counts of candidates, regulators and targets.
#pragma once

#include <algorithm>

#include <cardamom/simulation/process.hpp>

namespace cardamom::thinning {

/// Counts by which the engines are weighed, per burst where nothing else is said.
struct BurstWork {
  double constant_candidates = 1.0;  ///< by bounds that always hold
  double level_candidates = 1.0;     ///< by levels
  double targets = 0.0;              ///< genes that the gene of the burst acts on
  double raised = 0.0;               ///< those whose bound it raises
  double regulators = 0.0;           ///< of a gene, on average
  double nodes = 0.0;
  double motions = 1.0;  ///< distinct pairs of d0 and d1
  bool linked = true;    ///< the rate is a link of a linear form
  bool shared = false;   ///< the rate is none, and its proteins are differences of two exponentials that all share
};

/// Nanoseconds per burst at -O2 on a machine whose kernel (`benchmarks/simulation`) takes 4.0. Terms follow what the
/// engines do; their factors are read off the rows of `benchmarks/simulation --all-paths`, which the sum meets within a
/// factor of 1.5 where paths compete. Only ratios matter.
inline double cost_of_burst(Path path, Candidates candidates, const BurstWork& work) {
  constexpr double exponentials = 9.0;    // by which a protein is brought to the present
  constexpr double drawn_in_runs = 12.0;  // a candidate of constant bounds: time, gene, acceptance
  constexpr double drawn_alone = 30.0;    // a candidate of levels, which follows from the last one
  constexpr double shared = 8.0;          // the exponentials that all proteins share, at a time of their own
  constexpr double by_run = 44.0;         // a burst that breaks a run of candidates
  constexpr double by_level = 8.0;
  constexpr double sum = 1.3;        // a target's sums
  constexpr double rise = 3.2;       // a target's bound, and now and then its level
  constexpr double ceiling = 3.3;    // a regulator's share in a bound that is computed anew
  constexpr double own_rate = 10.0;  // a rate that is written out, and its bound
  // A look at a gene that memory holds further away, the more genes there are. Levels look in four places.
  const double far = 35.0 * work.nodes / (work.nodes + 1500.0);
  const double near = 0.2 * far;

  const double constant = work.constant_candidates;
  const double levels = work.level_candidates;
  const double r = work.regulators;
  // Whether a gene has regulators that move is a branch that processors guess.
  const double unforeseen = 20.0 * std::min(1.0, 2.0 * r);
  switch (path) {
    case Path::separable:
      if (candidates == Candidates::levels) {
        return by_level + levels * (drawn_alone + shared + far) + (levels - 1.0) * r * (ceiling + far) +
               work.targets * (sum + far) + work.raised * rise;
      }
      return by_run + constant * (2.0 + drawn_in_runs + near) + work.targets * (sum + near);
    case Path::sparse:
      if (candidates == Candidates::levels && work.linked) {
        return by_level + levels * (drawn_alone + far + unforeseen + (exponentials + near) * r) +
               (levels - 1.0) * r * (exponentials + far) + work.raised * (rise + far);
      }
      if (candidates == Candidates::levels) {
        return by_level + levels * (drawn_alone + far + unforeseen + own_rate + exponentials * r) +
               (levels - 1.0 + work.raised) * (own_rate + (exponentials + ceiling + far) * r);
      }
      if (work.shared) return by_run + constant * (drawn_in_runs + near + own_rate + r);
      return 1.15 * by_run + constant * (drawn_in_runs + near + (work.linked ? 0.0 : own_rate) + exponentials * r);
    case Path::expansion:
      // With one motion the expansion is exact; else all forms are renewed from all proteins now and then.
      return 1.5 * by_run + constant * (20.0 + near) + work.targets * (4.0 + near) +
             (work.motions > 1.0 ? 2.5 * work.nodes : 0.0);
    case Path::clocks:
      return by_run + constant * (2.0 * drawn_alone + near + exponentials * r);
    case Path::plain:
    case Path::automatic:
      break;
  }
  const double brought = work.shared ? 1.0 : 1.5 * exponentials * work.motions;
  return by_run + constant * (drawn_in_runs + brought + 0.5 * work.nodes + r + (work.linked ? 0.0 : own_rate));
}

}  // namespace cardamom::thinning
