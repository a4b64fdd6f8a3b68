// A progress bar with the time left, on standard error, when that is a terminal; nothing when it is piped.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <memory>
#include <string>
#include <unistd.h>
#include <utility>

#include <cardamom/core/types.hpp>

#include "support/processes.hpp"

namespace support {

inline bool error_is_terminal() { return is_first_process() && isatty(STDERR_FILENO) == 1; }

/// "7 s", "3 min 20 s", "2 h 05 min".
inline std::string duration_text(double seconds) {
  const auto whole = static_cast<long>(std::ceil(std::max(seconds, 0.0)));
  char text[64];
  if (whole < 60) {
    std::snprintf(text, sizeof text, "%ld s", whole);
  } else if (whole < 3600) {
    std::snprintf(text, sizeof text, "%ld min %02ld s", whole / 60, whole % 60);
  } else {
    std::snprintf(text, sizeof text, "%ld h %02ld min", whole / 3600, whole / 60 % 60);
  }
  return text;
}

/// A progress observer of the library; copies share one bar, which disappears with the last of them. A count that
/// starts again is another stage of the work.
class ProgressBar {
 public:
  /// @param label what is being done, e.g. "simulating"
  explicit ProgressBar(std::string label, bool visible = error_is_terminal())
      : bar_(visible ? std::make_shared<Bar>(std::move(label)) : nullptr) {}

  bool operator()(cardamom::Index done, cardamom::Index total) const {
    if (bar_) bar_->show(done, total);
    return true;
  }

 private:
  class Bar {
   public:
    explicit Bar(std::string label) : label_(std::move(label)) {}
    Bar(const Bar&) = delete;
    Bar& operator=(const Bar&) = delete;
    ~Bar() { std::fputs("\r\033[K", stderr); }

    void show(cardamom::Index done, cardamom::Index total) {
      const auto now = Clock::now();
      if (done <= done_ || total != total_) start_ = now;
      done_ = done;
      total_ = total;
      if (now - shown_ < std::chrono::milliseconds(100) && done < total) return;
      shown_ = now;
      const double share = total > 0 ? static_cast<double>(done) / static_cast<double>(total) : 1.0;
      constexpr int width = 30;
      const auto filled = static_cast<std::size_t>(std::floor(share * width));
      const std::string bar = std::string(filled, '#') + std::string(width - filled, '.');
      const double elapsed = std::chrono::duration<double>(now - start_).count();
      const std::string left =
          elapsed > 0.0 && done > 0 ? ", " + duration_text(elapsed * (1.0 - share) / share) + " left" : "";
      std::fprintf(stderr, "\r\033[K%s [%s] %3d %%%s", label_.c_str(), bar.c_str(),
                   static_cast<int>(std::floor(100.0 * share)), left.c_str());
      std::fflush(stderr);
    }

   private:
    using Clock = std::chrono::steady_clock;
    std::string label_;
    Clock::time_point start_ = Clock::now();
    Clock::time_point shown_{};
    cardamom::Index done_ = 0;
    cardamom::Index total_ = 0;
  };

  std::shared_ptr<Bar> bar_;
};

}  // namespace support
