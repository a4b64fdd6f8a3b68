// expect: an Executor has for_ranges
#include <cardamom/simulation/population.hpp>

struct Pool {
#ifdef KO
  void run(cardamom::Index) const {}
#else
  template <class Body>
  void for_ranges(cardamom::Index count, Body&& body) const {
    body(cardamom::Index{0}, count);
  }
#endif
};

void use(const cardamom::Model& model) {
  const auto cells = cardamom::simulate(model, {}, {.seed = 1}, Pool{});
  (void)cells;
}
