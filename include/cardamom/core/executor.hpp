/// @file
/// Executors: where independent pieces of work run. Results never depend on the executor: every piece owns its random
/// stream and its place in the output, so one thread, eight threads and any chunking give the same bits.
#pragma once

#include <algorithm>
#include <atomic>
#include <concepts>
#include <cstddef>
#include <exception>
#include <functional>
#include <limits>
#include <mutex>
#include <thread>
#include <vector>

#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom {

/// | expression | meaning |
/// | --- | --- |
/// | `executor.for_ranges(count, body)` | calls `body(begin, end)` on disjoint ranges that cover [0, count), each once |
///
/// Duties no compiler checks: it returns after the last call has ended; calls may come from any thread, in any order
/// and chunking; when calls throw, one of the exceptions is rethrown to the caller after all threads have stopped.
/// Models: `Sequential`, `Threads`; wrapping another library's pool takes one member function.
template <class E>
concept Executor = std::copy_constructible<E> &&
    requires(const E& executor, Index count, std::function<void(Index, Index)> body) {
  executor.for_ranges(count, body);
};

/// Everything in the calling thread, in order.
struct Sequential {
  template <std::invocable<Index, Index> Body>
  void for_ranges(Index count, Body&& body) const {
    if (count > 0) body(Index{0}, count);
  }
};

/// A team of threads for each call, drawing chunks from a shared counter. Of several exceptions the one raised at the
/// lowest index wins.
class Threads {
 public:
  /// @param count number of threads; 0 asks the machine.
  explicit Threads(Index count = 0) : count_(count) {
    check_at_least("Threads", "count", count, 0);
    if (count_ == 0) count_ = std::max<Index>(1, static_cast<Index>(std::thread::hardware_concurrency()));
  }

  Index count() const noexcept { return count_; }

  template <std::invocable<Index, Index> Body>
  void for_ranges(Index count, Body&& body) const {
    const Index team = std::min(count_, count);
    if (team <= 1) return Sequential{}.for_ranges(count, body);

    // Small enough that the last chunk does not keep the others waiting, large enough that set-up per chunk is rare.
    const Index chunk = std::max<Index>(1, count / (16 * team));
    std::atomic<Index> next{0};
    std::mutex mutex;
    std::exception_ptr failure;
    Index failed_at = std::numeric_limits<Index>::max();

    const auto work = [&] {
      for (;;) {
        const Index begin = next.fetch_add(chunk, std::memory_order_relaxed);
        if (begin >= count) return;
        try {
          body(begin, std::min(begin + chunk, count));
        } catch (...) {
          const std::lock_guard lock(mutex);
          if (begin < failed_at) {
            failed_at = begin;
            failure = std::current_exception();
          }
          next.store(count, std::memory_order_relaxed);
        }
      }
    };
    {
      std::vector<std::jthread> others;
      others.reserve(static_cast<std::size_t>(team - 1));
      for (Index t = 1; t < team; ++t) others.emplace_back(work);
      work();
    }
    if (failure) std::rethrow_exception(failure);
  }

 private:
  Index count_;
};

/// `body(i)` for every i in [0, count); the convenience for work without per-range set-up.
template <Executor E, std::invocable<Index> Body>
void for_each_index(const E& executor, Index count, Body&& body) {
  executor.for_ranges(count, [&body](Index begin, Index end) {
    for (Index i = begin; i < end; ++i) body(i);
  });
}

}  // namespace cardamom
