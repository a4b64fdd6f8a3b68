/// @file
/// The coarse-grained chain on the basins (section 2.3 of the paper): how often simulated cells go from one basin to
/// another, and how long they stay.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include <cardamom/landscape/attractors.hpp>
#include <cardamom/simulation/protein_process.hpp>

namespace cardamom {

struct TransitionOptions {
  Index cells = 100;        ///< cell k starts at attractor k mod m; >= 1
  double duration = 500.0;  ///< of each trajectory [h], > 0
  double interval = 1.0;    ///< between looks at a cell [h], in (0, duration]; a fraction of a protein's lifetime
  /// A cell has changed basin when so many looks in a row find it in the same other one, >= 1. Cells on a border fall
  /// to either side at random; more confirmations count fewer of these recrossings.
  Index confirmations = 3;
  std::uint64_t seed = 1;
  AttractorOptions attractors = {};  ///< how looks are assigned; its stimulus is held in the simulation too
};

/// Throws std::invalid_argument or std::domain_error naming the field.
inline void validate(const TransitionOptions& options) {
  check_at_least("TransitionOptions", "cells", options.cells, 1);
  check_positive("TransitionOptions", "duration", options.duration);
  check_positive("TransitionOptions", "interval", options.interval);
  check_in("TransitionOptions", "interval", options.interval, 0.0, options.duration);
  check_at_least("TransitionOptions", "confirmations", options.confirmations, 1);
  validate(options.attractors);
}

/// m basins, in the order of the attractors.
struct BasinTransitions {
  Matrix counts;         ///< m × m, (from, to): changes of basin over all cells
  Vector time;           ///< total time spent in each basin [h]
  Vector sojourn;        ///< mean stay [h]: time over departures (cut-off stays included); infinite without departure
  Index unassigned = 0;  ///< looks that came to rest at no attractor; they count as no change

  /// Transition rates [1/h], (from, to): counts over the time spent in `from`; 0 where none was spent.
  Matrix rates() const {
    Matrix result = counts;
    for (Index z = 0; z < time.size(); ++z) result.row(z) *= time[z] > 0 ? 1.0 / time[z] : 0.0;
    return result;
  }
};

/// Follows cells of model (3) and assigns them to basins by relaxation at regular looks.
/// @param attractors from `find_attractors` for the same kinetics, rate and stimulus; at least one
/// @throws std::invalid_argument, std::domain_error on the arguments, NumericalError on a misbehaving rate
/// O(cells · duration · (bursts per hour + relaxation/interval)); the result does not depend on the executor.
template <BoundedBurstRate Rate, Executor E = Sequential>
BasinTransitions basin_transitions(const Kinetics& kinetics, const Rate& rate, const Attractors& attractors,
                                   const TransitionOptions& options = {}, const E& executor = {}) {
  validate(options);
  const Index basins = attractors.count();
  check_at_least("basin_transitions", "attractors.count()", basins, 1);
  const ProteinProcess<Rate> process(kinetics, rate);
  const auto looks = static_cast<Index>(options.duration / options.interval * (1.0 + 1e-12));

  struct Course {
    std::vector<Index> visited;  // basin at each look, as confirmed
    Index unassigned = 0;
  };
  std::vector<Course> courses(static_cast<std::size_t>(options.cells));
  executor.for_ranges(options.cells, [&](Index begin, Index end) {
    ProteinProcess<Rate> cell(process);
    Matrix states(looks, process.genes());
    for (Index k = begin; k < end; ++k) {
      CellState start = CellState::zero(process.genes());
      start.protein = attractors[k % basins].protein;
      cell.reset(RandomStream(options.seed, Purpose::landscape, static_cast<std::uint64_t>(k)), 0.0, start);
      cell.hold(0, options.attractors.relaxation.stimulus);
      for (Index look = 0; look < looks; ++look) {
        cell.advance_to(static_cast<double>(look + 1) * options.interval);
        states.row(look) = cell.protein().transpose();
      }
      Course& course = courses[static_cast<std::size_t>(k)];
      Index current = k % basins;
      Index candidate = current;
      Index streak = 0;
      for (const Index seen : assign_basins(kinetics, rate, attractors, states, options.attractors)) {
        if (seen < 0) {
          ++course.unassigned;
        } else if (seen == current) {
          streak = 0;
        } else {
          streak = seen == candidate ? streak + 1 : 1;
          candidate = seen;
          if (streak >= options.confirmations) {
            current = seen;
            streak = 0;
          }
        }
        course.visited.push_back(current);
      }
    }
  });

  BasinTransitions result{Matrix::Zero(basins, basins), Vector::Zero(basins), Vector::Zero(basins)};
  for (std::size_t k = 0; k < courses.size(); ++k) {
    Index current = static_cast<Index>(k) % basins;
    for (const Index next : courses[k].visited) {
      result.time[current] += options.interval;
      if (next != current) result.counts(current, next) += 1.0;
      current = next;
    }
    result.unassigned += courses[k].unassigned;
  }
  for (Index z = 0; z < basins; ++z) {
    const double departures = result.counts.row(z).sum();
    result.sojourn[z] = departures > 0 ? result.time[z] / departures : std::numeric_limits<double>::infinity();
  }
  return result;
}

}  // namespace cardamom
