// What a route must provide, with as little to compile as shows it: the headers of the library, of Eigen and of Boost,
// and threads.
#include <atomic>
#include <iostream>

#include <cardamom/cardamom.hpp>

int main() {
  const cardamom::Index edges = static_cast<cardamom::Index>(cardamom::fn4().network().edges().size());
  std::atomic<cardamom::Index> counted = 0;
  cardamom::Threads{2}.for_ranges(edges, [&](cardamom::Index begin, cardamom::Index end) { counted += end - begin; });
  std::cout << counted << " edges\n";
  return edges > 0 && counted == edges ? 0 : 1;
}
