// An executor of one's own: where independent pieces of work run. One member function hands them to another library's
// pool, to OpenMP, or to the threads of the C++ standard library as here. Results never depend on it, to the last bit.
#include <algorithm>
#include <future>
#include <iostream>
#include <vector>

#include <cardamom/core/executor.hpp>
#include <cardamom/model/named_networks.hpp>
#include <cardamom/simulation/population.hpp>

using cardamom::Index;

struct AsyncTasks {
  Index tasks = 4;

  // Calls body(begin, end) on ranges that together cover [0, count), in any order, and returns when all are done. An
  // exception of the body leaves by way of `get`, once no task is running any more.
  template <class Body>
  void for_ranges(Index count, Body&& body) const {
    std::vector<std::future<void>> running;
    const Index length = (count + tasks - 1) / tasks;
    for (Index begin = 0; begin < count; begin += length) {
      const Index end = std::min(count, begin + length);
      running.push_back(std::async(std::launch::async, [&body, begin, end] { body(begin, end); }));
    }
    for (auto& task : running) task.wait();
    for (auto& task : running) task.get();
  }
};
static_assert(cardamom::Executor<AsyncTasks>);

int main() {
  cardamom::Protocol protocol;
  protocol.time_points = {0, 10, 20};
  const auto ours = simulate(cardamom::fn4(), protocol, {.seed = 1}, AsyncTasks{});
  const auto sequential = simulate(cardamom::fn4(), protocol, {.seed = 1});
  const bool same = ours.counts.values() == sequential.counts.values();
  std::cout << ours.counts.cells() << " cells by " << AsyncTasks{}.tasks
            << " tasks: " << (same ? "the same counts as by one\n" : "other counts than by one\n");
  return same ? 0 : 1;
}
