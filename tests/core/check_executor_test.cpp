// An executor that breaks a duty is found out, whichever it is.
#include <functional>
#include <initializer_list>
#include <string_view>
#include <thread>

#include <doctest/doctest.h>

#include <cardamom/core/check_executor.hpp>
#include <cardamom/core/executor.hpp>
#include <support/throws.hpp>

using namespace cardamom;

namespace {

using Body = std::function<void(Index, Index)>;

/// An executor made of a function.
struct Made {
  std::function<void(Index, const Body&)> run;
  void for_ranges(Index count, const Body& body) const { run(count, body); }
};

void check_caught(const std::function<void(Index, const Body&)>& run, std::initializer_list<std::string_view> parts) {
  support::check_throws<NumericalError>([&] { check_executor(Made{run}); }, parts);
}

}  // namespace

TEST_CASE("executors that keep their duties pass") {
  check_executor(Sequential{});
  check_executor(Threads{3});
  check_executor(ExecutorRef(Threads{2}));
  check_executor(Made{[](Index count, const Body& body) {
    for (Index i = count; i-- > 0;) body(i, i + 1);
    body(0, 0);  // an empty range does no harm
  }});
}

TEST_CASE("an executor that forgets, repeats or invents indices is caught") {
  check_caught([](Index, const Body&) {}, {"check_executor: for_ranges(1, body)", "never reached index 0"});
  check_caught([](Index count, const Body& body) { body(0, count / 2 * 2); }, {"for_ranges(1, body)", "index 0"});
  check_caught(
      [](Index count, const Body& body) {
        const Index chunk = 10;
        for (Index k = 0; k < count / chunk; ++k) body(k * chunk, (k + 1) * chunk);
        if (count < chunk) body(0, count);
      },
      {"for_ranges(64, body)", "never reached index 60"});
  check_caught(
      [](Index count, const Body& body) {
        body(0, count);
        if (count == 7) body(3, 4);
      },
      {"for_ranges(7, body)", "reached index 3 2 times", "once"});
  check_caught([](Index count, const Body& body) { body(0, count + 1); }, {"for_ranges(0, body)", "body(0, 1)"});
  check_caught([](Index count, const Body& body) { body(count, 0); }, {"body(1, 0)", "begin <= end <= 1"});
}

// It races on purpose, which sanitizers would report.
#if !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)
TEST_CASE("an executor that does not wait is caught") {
  check_caught([](Index count, const Body& body) { std::thread([count, body] { body(0, count); }).detach(); },
               {"returned before its last call of body had ended"});
}
#endif

TEST_CASE("an executor that keeps exceptions to itself or changes them is caught") {
  check_caught(
      [](Index count, const Body& body) {
        try {
          body(0, count);
        } catch (...) {
        }
      },
      {"for_ranges(1, body)", "must rethrow it"});
  check_caught(
      [](Index count, const Body& body) {
        try {
          body(0, count);
        } catch (...) {
          throw 1;
        }
      },
      {"something else"});
}
