/// @file
/// The coarse-grained chain on the basins (section 2.3 of the paper): how often simulated cells go from one basin to
/// another, and how long they stay.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/landscape/assign_basins.hpp>
#include <cardamom/landscape/attractors.hpp>
#include <cardamom/simulation/protein_process.hpp>
#include <cardamom/simulation/protocol.hpp>

namespace cardamom {

/// Settings of `basin_transitions`.
struct TransitionOptions {
  std::uint64_t seed = 1;   ///< cell k is a function of (seed, k)
  Index cells = 100;        ///< cell k starts at attractor k mod m; >= 1
  double duration = 500.0;  ///< of each trajectory [h], in (0, longest_time]
  double interval = 1.0;    ///< between looks at a cell [h], in (0, duration]; a fraction of a protein's lifetime
  /// A cell has changed basin when all looks over so long find it in the same other one, in lives of the longest-lived
  /// protein, >= 0; 0: one look will do. Cells on a border fall to either side at random. On the toggle switch rates
  /// were 2.4 times those between the cores of basins with one look, 4 to 7 % too high after two lives and right to 1 %
  /// after three; stays shorter than that are not counted.
  double confirmation = 3.0;
  AttractorOptions attractors = {};  ///< how looks are assigned; its inputs are held in the simulation too
};

/// Throws std::invalid_argument or std::domain_error naming the field.
template <class Use = CompiledWhereUsed>
inline void validate(const WhereUsed<TransitionOptions, Use>& options) {
  check_at_least("TransitionOptions", "cells", options.cells, 1);
  check_positive("TransitionOptions", "duration", options.duration);
  check_in("TransitionOptions", "duration", options.duration, 0.0, longest_time);
  check_positive("TransitionOptions", "interval", options.interval);
  check_in("TransitionOptions", "interval", options.interval, 0.0, options.duration);
  check_nonnegative("TransitionOptions", "confirmation", options.confirmation);
  validate(options.attractors);
}

/// m basins, in the order of the attractors.
struct BasinTransitions {
  Matrix counts;         ///< m × m, (from, to): changes of basin over all cells
  Vector time;           ///< total time spent in each basin [h]
  Vector sojourn;        ///< mean stay [h]: time over departures (cut-off stays included); infinite without departure
  Index unassigned = 0;  ///< looks that came to rest at no attractor; they count as no change

  /// Transition rates [1/h], (from, to): counts over the time spent in `from`; 0 where none was spent.
  template <class Use = CompiledWhereUsed>
  [[nodiscard]] Matrix rates() const {
    WhereUsed<Matrix, Use> result = counts;
    for (Index z = 0; z < time.size(); ++z) result.row(z) *= time[z] > 0 ? 1.0 / time[z] : 0.0;
    return result;
  }
};

namespace detail {

/// The basin a cell is in at each look, as confirmed.
struct BasinCourse {
  std::vector<Index> visited;
  Index unassigned = 0;
};

/// Turns what each look sees into a course: a change is made at the first of `confirmations` looks in a row that agree.
/// @param kept looks of the course; those after it can confirm a change alone
template <class = CompiledWhereUsed>
inline BasinCourse confirm_basins(const std::vector<Index>& looks, Index start, Index confirmations, Index kept) {
  BasinCourse course;
  course.visited.reserve(looks.size());
  Index current = start;
  Index candidate = start;
  Index streak = 0;
  std::size_t first = 0;
  for (std::size_t look = 0; look < looks.size(); ++look) {
    const Index seen = looks[look];
    course.visited.push_back(current);
    if (seen < 0) {
      if (static_cast<Index>(look) < kept) ++course.unassigned;
      streak = 0;
    } else if (seen == current) {
      streak = 0;
    } else {
      streak = streak > 0 && seen == candidate ? streak + 1 : 1;
      candidate = seen;
      if (streak == 1) first = look;
      if (streak >= confirmations) {
        current = seen;
        streak = 0;
        std::fill(course.visited.begin() + static_cast<std::ptrdiff_t>(first), course.visited.end(), current);
      }
    }
  }
  course.visited.resize(static_cast<std::size_t>(kept));
  return course;
}

/// Cell k starts in basin k mod `basins`.
template <class = CompiledWhereUsed>
inline BasinTransitions count_transitions(const std::vector<BasinCourse>& courses, Index basins, double interval) {
  BasinTransitions result{Matrix::Zero(basins, basins), Vector::Zero(basins), Vector::Zero(basins)};
  for (std::size_t k = 0; k < courses.size(); ++k) {
    Index current = static_cast<Index>(k) % basins;
    for (const Index next : courses[k].visited) {
      result.time[current] += interval;
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

/// Looks in a row that confirm a change.
template <class Use = CompiledWhereUsed>
inline Index looks_to_confirm(const WhereUsed<Kinetics, Use>& kinetics,
                              const WhereUsed<TransitionOptions, Use>& options) {
  constexpr double rounding = 1e-9;  // of a number of looks that is whole
  if (kinetics.genes() == 0) return 1;
  const double life = 1.0 / kinetics.protein_decay.tail(kinetics.genes()).minCoeff();
  const double looks = std::ceil(options.confirmation * life / options.interval - rounding);
  return static_cast<Index>(std::clamp(looks, 1.0, longest_time));
}

template <BoundedBurstRate Rate>
BasinTransitions basin_transitions(const BasicModel<Rate>& model, const Attractors& attractors,
                                   const TransitionOptions& options, const ExecutorRef& executor,
                                   ProgressRef progress) {
  validate(options);
  validate(model);
  const Index basins = attractors.count();
  check_at_least("basin_transitions", "attractors.count()", basins, 1);
  check_size("basin_transitions", "attractors[0].protein", attractors[0].protein.size(), model.nodes());
  const WhereUsed<Vector, Rate> levels =
      input_levels("RelaxationOptions", "input_levels", options.attractors.relaxation.input_levels, model.inputs());
  const ProteinProcess<Rate> process(model);
  // A last look that falls on the end but for rounding still counts.
  const auto kept = static_cast<Index>(options.duration / options.interval * (1.0 + 1e-12));
  const Index confirmations = looks_to_confirm(model.kinetics, options);
  const Index looks = kept + confirmations - 1;
  std::vector<BasinCourse> courses(static_cast<std::size_t>(options.cells));
  ProgressCounter counter(progress, options.cells);
  executor.for_ranges(options.cells, [&](Index begin, Index end) {
    ProteinProcess<Rate> cell(process);
    WhereUsed<Matrix, Rate> states(looks, model.nodes());
    for (Index k = begin; k < end; ++k) {
      WhereUsed<CellState, Rate> start = CellState::zero(model.nodes());
      start.protein = attractors[k % basins].protein;
      cell.reset(RandomStream(options.seed, Purpose::transitions, static_cast<std::uint64_t>(k)), 0.0, start);
      for (Index input = 0; input < model.inputs(); ++input) cell.clamp(input, levels[input]);
      for (Index look = 0; look < looks; ++look) {
        cell.advance_to(static_cast<double>(look + 1) * options.interval);
        states.row(look) = cell.protein().transpose();
      }
      const std::vector<Index> seen = cardamom::assign_basins(model, attractors, states, options.attractors);
      courses[static_cast<std::size_t>(k)] = confirm_basins(seen, k % basins, confirmations, kept);
      counter.add();
    }
  });
  return count_transitions(courses, basins, options.interval);
}

}  // namespace detail

/// Follows cells of model (3) and assigns them to basins by relaxation at regular looks, beyond the duration until what
/// was seen at its end is confirmed.
/// @param attractors from `find_attractors` for the same model and levels of the inputs; at least one
/// @param policies at most one Executor and one Progress, which counts cells
/// @throws std::invalid_argument, std::domain_error on the arguments, NumericalError on a misbehaving rate
/// O(cells · (duration + confirmation) · (bursts per hour + relaxation/interval)); the result does not depend on the
/// executor.
template <BurstRate Rate, class... Policies>
[[nodiscard]] BasinTransitions basin_transitions(const BasicModel<Rate>& model, const Attractors& attractors,
                                                 const TransitionOptions& options = {}, const Policies&... policies) {
  static_assert(detail::explain_bound<Rate>());
  detail::RunPolicies<Policies...> run(policies...);
  return detail::basin_transitions(model, attractors, options, run.executor(), run.progress());
}

}  // namespace cardamom
