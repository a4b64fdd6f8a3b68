// A progress observer of one's own: it is told how much of a computation is done, and may stop it. Any function of two
// numbers that returns a bool is one; this one draws a bar and gives up when the time is over.
#include <chrono>
#include <iostream>
#include <string>

#include <cardamom/core/executor.hpp>
#include <cardamom/core/progress.hpp>
#include <cardamom/model/named_networks.hpp>
#include <cardamom/simulation/population.hpp>

using cardamom::Index;
using Clock = std::chrono::steady_clock;

struct BarWithDeadline {
  Clock::time_point deadline = Clock::time_point::max();
  int drawn = -1;

  // Calls come from one thread at a time, `done` rises, `total` stays. `false` asks to stop.
  bool operator()(Index done, Index total) {
    const int width = static_cast<int>(40 * done / total);
    if (width != drawn) {
      drawn = width;
      const auto length = static_cast<std::string::size_type>(width);
      std::cout << '\r' << '[' << std::string(length, '#') << std::string(40 - length, ' ') << ']' << std::flush;
      if (done == total) std::cout << '\n';
    }
    return Clock::now() < deadline;
  }
};
static_assert(cardamom::Progress<BarWithDeadline>);

int main() {
  const cardamom::Model model = cardamom::fn4();
  cardamom::Protocol protocol;
  const auto population = simulate(model, protocol, {.seed = 1}, BarWithDeadline{}, cardamom::Threads{2});
  std::cout << population.counts.cells() << " cells in time\n";

  protocol.cells_per_time_point = 100'000;
  try {
    const auto soon = Clock::now() + std::chrono::milliseconds(50);
    (void)simulate(model, protocol, {.seed = 1}, BarWithDeadline{soon});
  } catch (const cardamom::Cancelled& cancelled) {
    std::cout << "\na million cells in 50 ms: " << cancelled.what() << '\n';  // and no half of a result
    return 0;
  }
  return 1;
}
