/// @file
/// Whether an executor keeps the duties that no compiler checks.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/core/function_ref.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom {

namespace detail {

using RangesFunction = FunctionRef<void(Index, FunctionRef<void(Index, Index)>)>;

[[noreturn]] inline void fail_executor(Index count, const std::string& what) {
  throw NumericalError("check_executor: for_ranges(" + to_text(count) + ", body) " + what);
}

/// Every index once, and all of them before the call returns.
template <class Use = CompiledWhereUsed>
void check_coverage(WhereUsed<RangesFunction, Use> for_ranges, Index count) {
  std::vector<std::atomic<int>> visits(static_cast<std::size_t>(count));
  std::atomic<int> running{0};
  std::mutex mutex;
  std::string outside;  // the first range that leaves [0, count)
  const auto body = [&](Index begin, Index end) {
    ++running;
    if (begin < 0 || end < begin || end > count) {
      const std::lock_guard lock(mutex);
      if (outside.empty()) outside = "(" + to_text(begin) + ", " + to_text(end) + ")";
    } else {
      // Who does not wait for the last piece is to be found out.
      if (end == count) std::this_thread::sleep_for(std::chrono::milliseconds(5));
      for (Index i = begin; i < end; ++i) ++visits[static_cast<std::size_t>(i)];
    }
    --running;
  };
  const auto first_missed = [&] {
    Index i = 0;
    while (i < count && visits[static_cast<std::size_t>(i)] > 0) ++i;
    return i;
  };
  for_ranges(count, body);
  const bool left_early = running > 0;
  const Index missed = first_missed();
  if (left_early || missed < count) {
    // What still runs uses variables of this function.
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    if (left_early || first_missed() != missed) fail_executor(count, "returned before its last call of body had ended");
  }
  if (!outside.empty()) {
    fail_executor(count, "called body" + outside + ", must call it with 0 <= begin <= end <= " + to_text(count));
  }
  if (missed < count) fail_executor(count, "never reached index " + to_text(missed) + ", must reach every index once");
  for (Index i = 0; i < count; ++i) {
    const int times = visits[static_cast<std::size_t>(i)];
    if (times != 1) {
      fail_executor(
          count, "reached index " + to_text(i) + " " + std::to_string(times) + " times, must reach every index once");
    }
  }
}

/// Thrown by the body in `check_rethrow`.
struct ThrownAt {
  Index index;
};

/// What a body throws arrives at the caller, after all calls have ended.
template <class Use = CompiledWhereUsed>
void check_rethrow(WhereUsed<RangesFunction, Use> for_ranges, Index count) {
  std::atomic<int> running{0};
  const auto body = [&](Index begin, Index end) {
    ++running;
    if (end == count) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    --running;
    if (begin <= count / 2 && count / 2 < end) throw ThrownAt{count / 2};
  };
  bool arrived = false;
  try {
    for_ranges(count, body);
  } catch (const ThrownAt&) {
    arrived = true;
  } catch (...) {
    fail_executor(count, "threw something else than what body threw");
  }
  if (running > 0) {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    fail_executor(count, "passed on what body threw before all other calls of body had ended");
  }
  if (!arrived) fail_executor(count, "kept what body threw to itself, must rethrow it");
}

}  // namespace detail

/// Tries an executor on ranges of 0 to 1000 indices, several times each: it calls `body(begin, end)` within the range,
/// reaches every index exactly once, returns after the last call has ended, and rethrows what a body throws. What goes
/// wrong once in many calls, as races do, may go unnoticed. About 0.2 s.
///
///     check_executor(MyPool{4});
///
/// @throws NumericalError naming the call, the index and what was expected
template <Executor E>
void check_executor(const E& executor) {
  const auto for_ranges = [&executor](Index count, FunctionRef<void(Index, Index)> body) {
    executor.for_ranges(count, body);
  };
  for (const Index count : {0, 1, 2, 3, 7, 64, 1000}) {
    for (int round = 0; round < 3; ++round) detail::check_coverage(for_ranges, count);
  }
  for (const Index count : {1, 7, 1000}) detail::check_rethrow(for_ranges, count);
}

}  // namespace cardamom
