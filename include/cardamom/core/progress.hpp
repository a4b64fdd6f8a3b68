/// @file
/// Progress observers: told how much of a long computation is done, and able to stop it.
#pragma once

#include <algorithm>
#include <concepts>
#include <mutex>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/function_ref.hpp>
#include <cardamom/core/policies.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom {

/// | expression | type | meaning |
/// | --- | --- | --- |
/// | `progress(done, total)` | `bool` | `done` of `total` units (cells, genes, …) are finished; `false` asks to stop |
///
/// Calls come from one thread at a time, with `done` increasing and `total` the same from the first call to the last,
/// but not always from the same thread. An observer that
/// asks to stop is not called again; the computation throws `Cancelled`, and nothing is returned. Models:
/// `IgnoreProgress`, any lambda.
template <class P>
concept Progress = std::copy_constructible<P> && requires(P& progress, Index done, Index total) {
  { progress(done, total) } -> std::same_as<bool>;
};

/// The null observer.
struct IgnoreProgress {
  constexpr bool operator()(Index, Index) const noexcept { return true; }
};

/// The role of a verb's progress observer; `IgnoreProgress` where none is given.
struct ProgressRole {
  template <class T>
  static constexpr bool fits = Progress<T>;
  template <class T>
  static constexpr bool check() {
    static_assert(
        fits<T> || !std::is_invocable_v<T&, Index, Index>,
        "Progress: operator()(Index done, Index total) must return bool (false asks to stop), and the observer be "
        "copyable");
    return true;
  }
};

/// The observer of a computation of several parts, each of which reports its own progress: the total is planned before
/// the first part starts, and every part moves `done` over its share. Parts may run side by side.
class ProgressPlan {
 public:
  /// @param observer must outlive the plan
  /// @param total units of all parts together, >= 0
  template <Progress P>
  ProgressPlan(P& observer, Index total)
      : observer_(observer), total_(total), silent_(std::same_as<P, IgnoreProgress>) {}
  ProgressPlan(const ProgressPlan&) = delete;
  ProgressPlan& operator=(const ProgressPlan&) = delete;

  Index total() const noexcept { return total_; }

  /// A part of the plan, itself an observer: what a computation reports as done of *its* total counts as that share of
  /// `units`. Copies share nothing but the plan, so a part is reported by one computation.
  class Part {
   public:
    Part(ProgressPlan& plan, Index units) : plan_(&plan), units_(units) {}
    bool operator()(Index done, Index total) {
      // In floating point: done · units may be beyond an Index.
      const double share = total > 0 ? static_cast<double>(done) / static_cast<double>(total) : 1.0;
      const Index reached = std::min(units_, static_cast<Index>(share * static_cast<double>(units_) + 1e-9));
      const Index step = std::max<Index>(0, reached - reached_);
      reached_ = std::max(reached, reached_);
      return plan_->advance(step);
    }
    /// Counts what is left of the part as done, for computations that had less to do than planned.
    bool finish() { return (*this)(1, 1); }

   private:
    ProgressPlan* plan_;
    Index units_;
    Index reached_ = 0;
  };

  Part part(Index units) { return {*this, units}; }

 private:
  template <class = CompiledWhereUsed>
  bool advance(Index units) {
    if (silent_) return true;
    const std::lock_guard lock(mutex_);
    if (!stopped_ && units > 0) {
      done_ = std::min(total_, done_ + units);
      stopped_ = !observer_(done_, total_);
    }
    return !stopped_;
  }

  FunctionRef<bool(Index, Index)> observer_;
  Index total_;
  bool silent_;
  Index done_ = 0;
  bool stopped_ = false;
  std::mutex mutex_;
};

namespace detail {

/// Counts finished units from any thread and forwards them, one call at a time, to the observer.
template <Progress P>
class ProgressCounter {
 public:
  ProgressCounter(P& observer, Index total) : observer_(observer), total_(total) {}

  /// Throws Cancelled when the observer asks to stop, and from then on without asking it again: other threads may have
  /// units in hand.
  void add(Index units = 1) {
    if constexpr (!std::same_as<P, IgnoreProgress>) {
      const std::lock_guard lock(mutex_);
      if (!stopped_) {
        done_ += units;
        stopped_ = !observer_(done_, total_);
      }
      if (stopped_) {
        throw Cancelled("stopped by the progress observer after " + to_text(done_) + " of " + to_text(total_) +
                        " units");
      }
    }
  }

 private:
  P& observer_;
  Index total_;
  Index done_ = 0;
  bool stopped_ = false;
  std::mutex mutex_;
};

}  // namespace detail
}  // namespace cardamom
