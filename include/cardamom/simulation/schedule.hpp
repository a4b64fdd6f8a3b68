/// @file
/// What an experimenter does to a cell while it lives: levels imposed on inputs and, where a protein is clamped, on
/// genes, each from a time on.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/level_change.hpp>

namespace cardamom {

/// The changes sorted by time, later entries of the same time last, with `every_input` written out.
template <class = CompiledWhereUsed>
[[nodiscard]] inline std::vector<LevelChange> in_order(const std::vector<LevelChange>& schedule, Index inputs) {
  std::vector<LevelChange> result;
  for (const LevelChange& change : schedule) {
    if (change.node != every_input) {
      result.push_back(change);
      continue;
    }
    for (Index input = 0; input < inputs; ++input) result.push_back({change.time, change.level, input});
  }
  std::stable_sort(result.begin(), result.end(),
                   [](const LevelChange& a, const LevelChange& b) { return a.time < b.time; });
  return result;
}

/// What inputs are before a first observation, and how they change.
struct InputCourse {
  Vector before;                     ///< per input: its level until its first change, >= 0
  std::vector<LevelChange> changes;  ///< of inputs, by time
};

/// The course that observed levels tell: what an input is at an observation it has been since the one before.
/// @param times of the observations [h], increasing, at least one
/// @param levels observations × inputs
/// @throws std::invalid_argument on sizes
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline InputCourse observed_course(const WhereUsed<VectorIn, Use>& times,
                                                 const WhereUsed<Matrix, Use>& levels) {
  check_at_least("observed_course", "times.size()", times.size(), 1);
  check_size("observed_course", "levels.rows()", levels.rows(), times.size());
  InputCourse course{levels.row(0).transpose(), {}};
  for (Index k = 1; k < times.size(); ++k) {
    for (Index input = 0; input < levels.cols(); ++input) {
      if (levels(k, input) != levels(k - 1, input)) {
        course.changes.push_back({times[k - 1], levels(k, input), input});
      }
    }
  }
  return course;
}

/// A course as a list of changes, which begins with the level of every input at `start`, zeros included.
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline std::vector<LevelChange> schedule_of(const WhereUsed<InputCourse, Use>& course, double start) {
  std::vector<LevelChange> schedule;
  for (Index input = 0; input < course.before.size(); ++input) schedule.push_back({start, course.before[input], input});
  schedule.insert(schedule.end(), course.changes.begin(), course.changes.end());
  return schedule;
}

/// The course that a list of changes tells around a first observation: changes of inputs before it are what was from
/// the beginning on.
template <class = CompiledWhereUsed>
[[nodiscard]] inline InputCourse course_from(const std::vector<LevelChange>& schedule, double first_observation,
                                             Index inputs) {
  InputCourse course{Vector::Zero(inputs), {}};
  for (const LevelChange& change : in_order(schedule, inputs)) {
    if (change.node >= inputs) continue;
    if (change.time < first_observation) {
      course.before[change.node] = change.level;
    } else {
      course.changes.push_back(change);
    }
  }
  return course;
}

/// Carries one cell through a schedule.
class ScheduleFollower {
 public:
  /// @param schedule from `in_order`; must outlive the follower
  /// @param start where in time the process is
  ScheduleFollower(const std::vector<LevelChange>& schedule, double start) : schedule_(schedule), now_(start) {}

  /// Advances the process to `time`, making the changes that fall before; changes at `time` itself are left for later.
  /// @param observers none, or one that sees every burst on the way
  template <class Process, class... Observers>
  void advance_to(double time, Process& process, Observers&... observers) {
    for (; next_ < schedule_.size() && schedule_[next_].time < time; ++next_) {
      const LevelChange& change = schedule_[next_];
      if (change.time > now_) move(change.time, process, observers...);
      if (change.level < 0.0) {
        process.release(change.node);
      } else {
        process.clamp(change.node, change.level);
      }
    }
    move(time, process, observers...);
  }

 private:
  template <class Process, class... Observers>
  void move(double time, Process& process, Observers&... observers) {
    process.advance_to(time, observers...);
    now_ = time;
  }

  const std::vector<LevelChange>& schedule_;
  std::size_t next_ = 0;  // the first change not made yet
  double now_;
};

}  // namespace cardamom
