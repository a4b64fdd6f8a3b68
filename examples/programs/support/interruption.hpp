// SIGINT and SIGTERM: the program ends with exit code 130 or 143, and has written all of its files or none.
//
// While nothing is being written a signal ends the program at once. While files are being written (`write_together`) it
// waits: before they are put in place it leaves none of them, from then on all. Who sends another one, two seconds
// or more after the first, need not wait for the former; what it leaves the next run removes.
#pragma once

#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <exception>
#include <string>
#include <unistd.h>

#include <cardamom/io/file_set.hpp>

#include "support/processes.hpp"

namespace support {

namespace detail {

enum class Stage {
  computing,  ///< nothing is there that would have to be removed or finished
  ended,      ///< by a signal, in this moment
  preparing,  ///< there are temporary files
  replacing,  ///< files are being put in place
};

/// What the handler of signals knows.
struct Interruption {
  std::atomic<Stage> stage = Stage::computing;
  std::atomic<bool> written = false;  ///< all files of the program are in place
  std::atomic<int> signal = 0;        ///< the one that waits
  std::atomic<long> second = 0;       ///< when it came
  char none_written[128] = "";        ///< the last words
  char all_written[128] = "";
  static_assert(std::atomic<Stage>::is_always_lock_free && std::atomic<bool>::is_always_lock_free &&
                std::atomic<int>::is_always_lock_free && std::atomic<long>::is_always_lock_free);
};
inline Interruption interruption;

/// Only what a handler of signals may do.
[[noreturn]] inline void end_by(int signal) {
  const char* const words = interruption.written ? interruption.all_written : interruption.none_written;
  if (write(STDERR_FILENO, words, std::strlen(words)) < 0) {
    // There is nobody left to tell.
  }
  _exit(128 + signal);
}

inline long seconds() {
  struct timespec now {};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<long>(now.tv_sec);
}

inline void on_signal(int signal) {
  Stage stage = Stage::computing;
  if (interruption.stage.compare_exchange_strong(stage, Stage::ended)) end_by(signal);
  const long now = seconds();
  int none = 0;
  if (interruption.signal.compare_exchange_strong(none, signal)) {
    interruption.second = now;
  } else if (stage == Stage::preparing && now - interruption.second > 1) {
    end_by(signal);
  }
}

/// As long as it lives signals wait. One that has come ends the program then.
class Writing {
 public:
  Writing() {
    Stage stage = Stage::computing;
    // Another thread may have a signal to end by.
    while (!interruption.stage.compare_exchange_strong(stage, Stage::preparing)) {
      stage = Stage::computing;
      pause();
    }
  }
  Writing(const Writing&) = delete;
  Writing& operator=(const Writing&) = delete;
  ~Writing() {
    interruption.stage = Stage::computing;
    // An error is told before.
    if (const int signal = interruption.signal; signal != 0 && std::uncaught_exceptions() == 0) end_by(signal);
  }
};

}  // namespace detail

/// Prepares for signals, those apart that whoever called the program has it ignore, as nohup does.
inline void expect_interruption(const std::string& program) {
  // Over a line with a progress bar.
  const char* const begin = isatty(STDERR_FILENO) == 1 ? "\r\033[K" : "";
  const auto say = [&](char(&words)[128], const char* what) {
    std::snprintf(words, sizeof words, "%s%.64s: interrupted, %s\n", begin, program.c_str(), what);
  };
  say(detail::interruption.none_written, "nothing was written");
  say(detail::interruption.all_written, "all files were written");
  for (const int signal : {SIGINT, SIGTERM}) {
    struct sigaction action {};
    if (sigaction(signal, nullptr, &action) != 0 || action.sa_handler == SIG_IGN) continue;
    action = {};
    action.sa_handler = detail::on_signal;
    sigemptyset(&action.sa_mask);
    // Calls that wait, for the reader of a pipe, are not taken up again: no SA_RESTART.
    sigaction(signal, &action, nullptr);
  }
}

/// The exit code of a program that otherwise had `code`: another one after a signal.
inline int exit_code(int code) {
  const int signal = detail::interruption.signal;
  return signal == 0 ? code : 128 + signal;
}

/// Calls `add(files)`, which adds to a set all files that the program writes, and puts them in place.
template <class Add>
void write_together(Add&& add) {
  if (!is_first_process()) return;
  const detail::Writing writing;
  cardamom::FileSet files;
  add(files);
  // What a signal finds here or later is finished; one that came before leaves nothing.
  detail::interruption.stage = detail::Stage::replacing;
  if (detail::interruption.signal != 0) return;
  files.commit();
  detail::interruption.written = true;
}

/// Calls `add(files)` for a set that is not put in place, which tells whether it could be written.
template <class Add>
void try_to_write(Add&& add) {
  if (!is_first_process()) return;
  const detail::Writing writing;
  cardamom::FileSet files;
  add(files);
}

}  // namespace support
