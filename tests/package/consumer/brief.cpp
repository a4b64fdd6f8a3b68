// What a route must provide, with as little to compile as shows it: the headers of the library, of Eigen and of Boost.
#include <iostream>

#include <cardamom/cardamom.hpp>

int main() {
  const cardamom::Model model = cardamom::fn4();
  const std::size_t edges = model.network().edges().size();
  std::cout << edges << " edges\n";
  return edges > 0 ? 0 : 1;
}
