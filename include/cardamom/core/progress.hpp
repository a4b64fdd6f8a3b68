/// @file
/// Progress observers: told how much of a long computation is done, and able to stop it.
#pragma once

#include <concepts>
#include <mutex>

#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom {

/// | expression | type | meaning |
/// | --- | --- | --- |
/// | `progress(done, total)` | `bool` | `done` of `total` units (cells, genes, …) are finished; `false` asks to stop |
///
/// Calls come from one thread at a time, with `done` increasing, but not always from the same thread. An observer that
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
