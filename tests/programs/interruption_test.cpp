#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include <doctest/doctest.h>

#include <support/files.hpp>
#include <support/interruption.hpp>

using List = std::vector<std::string>;

namespace {

/// Starts a process that runs `body` as a program would and then waits for signals.
template <class Body>
pid_t start(Body&& body) {
  const pid_t child = fork();
  if (child != 0) return child;
  for (const int signal : {SIGINT, SIGTERM}) std::signal(signal, SIG_DFL);
  support::expect_interruption("program");
  try {
    body();
  } catch (...) {
    _exit(1);
  }
  std::this_thread::sleep_for(std::chrono::seconds(20));
  _exit(0);
}

int exit_code(pid_t child) {
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

}  // namespace

TEST_CASE("a signal while files are prepared leaves none of them") {
  const support::TemporaryDirectory directory;
  directory.write("a", "old");
  for (const int signal : {SIGINT, SIGTERM}) {
    const pid_t child = start([&] {
      support::write_together([&](cardamom::FileSet& files) {
        files.add_directory(directory / "sub");
        files.add(directory / "sub/c", "new");
        files.add(directory / "a", "new");
        std::raise(signal);
        std::raise(signal);
        files.add(directory / "b", "new");
      });
    });
    CHECK(exit_code(child) == 128 + signal);
    CHECK(directory.list() == List{"a"});
    CHECK(support::content(directory / "a") == "old");
  }
}

TEST_CASE("a signal while a file is tried leaves nothing") {
  const support::TemporaryDirectory directory;
  const pid_t child = start([&] {
    support::try_to_write([&](cardamom::FileSet& files) {
      files.add(directory / "a", "");
      std::raise(SIGINT);
    });
  });
  CHECK(exit_code(child) == 130);
  CHECK(directory.list().empty());
}

TEST_CASE("a signal while files are put in place waits for the last of them") {
  const support::TemporaryDirectory directory;
  constexpr int count = 500;
  const pid_t child = start([&] {
    support::write_together([&](cardamom::FileSet& files) {
      for (int k = 0; k < count; ++k) files.add(directory / std::to_string(k), "new");
    });
  });
  int polls = 0;
  while (!std::filesystem::exists(directory / "0") && ++polls < 100'000) {
    std::this_thread::sleep_for(std::chrono::microseconds(20));
  }
  kill(child, SIGTERM);
  CHECK(exit_code(child) == 143);
  CHECK(directory.list().size() == count);
  CHECK(std::filesystem::exists(directory / std::to_string(count - 1)));
}

TEST_CASE("a second signal later does not wait for files that are prepared") {
  const support::TemporaryDirectory directory;
  const pid_t child = start([&] {
    support::write_together([&](cardamom::FileSet& files) {
      files.add(directory / "a", "new");
      std::raise(SIGINT);
      std::this_thread::sleep_for(std::chrono::milliseconds(2100));
      std::raise(SIGINT);
      files.add(directory / "b", "new");
      directory.write("after", "");
    });
  });
  CHECK(exit_code(child) == 130);
  CHECK(directory.list() == List{"a.cardamom.part0"});
}

TEST_CASE("a signal while nothing is written ends the program, one that is ignored does not") {
  const support::TemporaryDirectory directory;
  const pid_t child = start([] { std::raise(SIGTERM); });
  CHECK(exit_code(child) == 143);
  const pid_t ignoring = fork();
  if (ignoring == 0) {
    std::signal(SIGINT, SIG_IGN);
    support::expect_interruption("program");
    std::raise(SIGINT);
    _exit(7);
  }
  CHECK(exit_code(ignoring) == 7);
}
