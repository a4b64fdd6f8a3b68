/// @file
/// What an experimenter does to a cell while it lives: levels imposed on inputs and, where a protein is clamped, on
/// genes, each from a time on.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include <cardamom/core/types.hpp>

namespace cardamom {

/// Stands for every input of a network in a `LevelChange`.
inline constexpr Index every_input = -1;

/// From `time` on the protein of `node` is clamped at `level`; a negative level lets the protein of a gene go again.
/// Before their first change inputs are at 0, or at their level in the cell's initial state.
struct LevelChange {
  double time = 0.0;         ///< [h]
  double level = 1.0;        ///< protein units of (11); of an input >= 0
  Index node = every_input;  ///< an input, a gene, or every input
};

/// The changes sorted by time, later entries of the same time last, with `every_input` written out.
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
