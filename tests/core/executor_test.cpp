#include <algorithm>
#include <atomic>
#include <new>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/core/executor.hpp>
#include <cardamom/core/progress.hpp>
#include <support/throws.hpp>

using namespace cardamom;

namespace {

// What a user would write to run the library on a pool of his own: one member function.
struct Backwards {
  template <class Body>
  void for_ranges(Index count, Body&& body) const {
    for (Index i = count; i-- > 0;) body(i, i + 1);
  }
};
static_assert(Executor<Sequential> && Executor<Threads> && Executor<Backwards>);
/// Calls what it was made with.
struct Ranges {
  std::vector<std::pair<Index, Index>> ranges;
  template <class Body>
  void for_ranges(Index, Body&& body) const {
    for (const auto& [begin, end] : ranges) body(begin, end);
  }
};
struct NotAnExecutor {};
/// What only this file knows how to catch.
struct Surprise {
  Index index;
};
static_assert(!Executor<NotAnExecutor>);

template <class E>
void check_covers(const E& executor, Index count) {
  std::vector<std::atomic<int>> visits(static_cast<std::size_t>(count));
  for_each_index(executor, count, [&](Index i) { ++visits[static_cast<std::size_t>(i)]; });
  for (const auto& visit : visits) CHECK(visit == 1);
}

}  // namespace

TEST_CASE("every index is visited exactly once by every executor") {
  for (const Index count : {0, 1, 2, 7, 64, 1000}) {
    CAPTURE(count);
    check_covers(Sequential{}, count);
    check_covers(Backwards{}, count);
    for (const Index threads : {1, 2, 8}) check_covers(Threads{threads}, count);
  }
}

TEST_CASE("threads serve call after call, calls from within a call and calls of several threads") {
  const Threads threads(3);
  Threads copy = threads;
  for (int round = 0; round < 500; ++round) check_covers(round % 2 == 0 ? threads : copy, 1 + round % 7);
  const Threads moved = std::move(copy);
  check_covers(copy, 10);  // NOLINT(bugprone-use-after-move): documented to work
  for_each_index(moved, 20, [&](Index) { check_covers(threads, 50); });
  {
    const std::jthread other([&] {
      for (int round = 0; round < 50; ++round) check_covers(threads, 100);
    });
    for (int round = 0; round < 50; ++round) check_covers(threads, 100);
  }
}

TEST_CASE("an exception in a worker reaches the caller after all threads have stopped") {
  for (const Index threads : {1, 2, 8}) {
    std::atomic<int> running{0};
    support::check_throws<std::runtime_error>(
        [&] {
          for_each_index(Threads{threads}, 500, [&](Index i) {
            ++running;
            if (i == 40) {
              --running;
              throw std::runtime_error("index 40");
            }
            --running;
          });
        },
        {"index 40"});
    CHECK(running == 0);
  }
}

TEST_CASE("an exception of any type reaches the caller as it is") {
  const auto surprise = [](const auto& executor) {
    try {
      for_each_index(ExecutorRef(executor), 500, [](Index i) {
        if (i == 40) throw Surprise{i};
      });
    } catch (const Surprise& caught) {
      return caught.index;
    }
    return Index{-1};
  };
  CHECK(surprise(Sequential{}) == 40);
  CHECK(surprise(Backwards{}) == 40);
  for (const Index threads : {1, 2, 8}) CHECK(surprise(Threads{threads}) == 40);
}

TEST_CASE("where threads cannot be started those that could do the work") {
  const auto check = [](Index wanted, Index possible, const auto& failure) {
    Index started = 0;
    cardamom::detail::Crew crew(wanted, [&](auto serve) {
      if (started == possible) throw failure;
      ++started;
      return std::jthread(std::move(serve));
    });
    CHECK(crew.size() == std::min(wanted, possible));
    std::atomic<Index> calls{0};
    auto work = [&] { ++calls; };
    for (int round = 0; round < 3; ++round) CHECK(crew.run(work));
    CHECK(calls == 3 * (1 + crew.size()));
  };
  const std::system_error limit(std::make_error_code(std::errc::resource_unavailable_try_again));
  for (const Index possible : {0, 1, 3, 9}) {
    check(4, possible, limit);
    check(4, possible, std::bad_alloc{});
  }
}

TEST_CASE("the number of threads is checked and may be left to the machine") {
  CHECK(Threads{}.count() >= 1);
  CHECK(Threads{3}.count() == 3);
  support::check_throws<std::invalid_argument>([] { Threads{-1}; }, {"Threads: count", "-1"});
}

TEST_CASE("progress counts every unit in order and can cancel") {
  std::vector<Index> seen;
  auto record = [&](Index done, Index total) {
    CHECK(total == 100);
    seen.push_back(done);
    return true;
  };
  static_assert(Progress<decltype(record)>);
  detail::ProgressCounter counter(record, 100);
  for_each_index(Threads{4}, 100, [&](Index) { counter.add(); });
  REQUIRE(seen.size() == 100);
  for (std::size_t i = 0; i < seen.size(); ++i) CHECK(seen[i] == static_cast<Index>(i) + 1);

  auto stop = [](Index done, Index) { return done < 10; };
  detail::ProgressCounter stopping(stop, 100);
  support::check_throws<Cancelled>([&] { for_each_index(Threads{4}, 100, [&](Index) { stopping.add(); }); },
                                   {"10 of 100"});
  // Units that other threads had in hand neither count nor reach the observer.
  support::check_throws<Cancelled>([&] { stopping.add(); }, {"10 of 100"});
}

TEST_CASE("a progress callback that does not return bool is not a progress observer") {
  const auto silent = [](Index, Index) {};
  static_assert(!Progress<decltype(silent)>);
  static_assert(Progress<IgnoreProgress>);
}

TEST_CASE("a foreign executor that leaves indices out or repeats them is found out where a verb uses it") {
  const auto run = [](std::vector<std::pair<Index, Index>> ranges) {
    const Ranges faulty{std::move(ranges)};
    for_each_index(ExecutorRef(faulty), 10, [](Index) {});
  };
  CHECK_NOTHROW(run({{5, 10}, {0, 3}, {4, 4}, {3, 5}}));
  const std::vector<std::vector<std::pair<Index, Index>>> wrong{
      {}, {{0, 9}}, {{0, 10}, {3, 4}}, {{0, 5}, {4, 9}}, {{0, 4}, {5, 10}}, {{0, 5}, {0, 5}, {5, 10}, {5, 10}}};
  for (const auto& ranges : wrong) {
    support::check_throws<NumericalError>([&] { run(ranges); },
                                          {"Executor: for_ranges(10, body) did not reach every index exactly once"});
  }
  support::check_throws<NumericalError>([&] { run({{0, 11}}); }, {"body(0, 11)", "0 <= begin <= end <= 10"});
  support::check_throws<NumericalError>([&] { run({{-1, 10}}); }, {"body(-1, 10)"});
}
