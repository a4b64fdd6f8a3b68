#include <stdexcept>

#include <doctest/doctest.h>

#include <cardamom/clustering/is_on.hpp>

using namespace cardamom;

namespace {

/// Nodes: an input of four levels, then genes of 1, 2, 3 and 4 modes, the last of which never leaves mode 1.
Clustering example() {
  Clustering clustering;
  clustering.of_node.resize(5);
  for (Index i = 0; i < 5; ++i) {
    const Index modes = i == 0 ? 4 : i;
    clustering.of_node[static_cast<std::size_t>(i)].shapes = Vector::LinSpaced(modes, 0, 1);
  }
  clustering.modes.resize(4, 5);
  clustering.modes << 0, 0, 0, 0, 1,  //
      1, 0, 1, 1, 1,                  //
      2, 0, 1, 2, 1,                  //
      3, 0, 0, 2, 1;
  return clustering;
}

}  // namespace

TEST_CASE("a gene is on in the upper half of its modes, an input at any level above zero") {
  const Clustering clustering = example();
  CHECK_FALSE(is_on(clustering, 0, 0));
  for (const ModeIndex level : {1, 2, 3}) CHECK(is_on(clustering, 0, level));
  CHECK_FALSE(is_on(clustering, 1, 0));  // the only mode
  CHECK_FALSE(is_on(clustering, 2, 0));
  CHECK(is_on(clustering, 2, 1));
  CHECK_FALSE(is_on(clustering, 3, 0));
  CHECK(is_on(clustering, 3, 1));
  CHECK_FALSE(is_on(clustering, 4, 1));
  CHECK(is_on(clustering, 4, 2));
}

TEST_CASE("only nodes that switch to on are on in some cells") {
  const Clustering clustering = example();
  CHECK(is_on_in_some(clustering, 0));
  CHECK_FALSE(is_on_in_some(clustering, 1));
  CHECK(is_on_in_some(clustering, 2));
  CHECK(is_on_in_some(clustering, 3));
  CHECK_FALSE(is_on_in_some(clustering, 4));
  Clustering always = clustering;
  always.modes.col(2).setConstant(1);
  CHECK_FALSE(is_on_in_some(always, 2));
  always.modes.resize(0, 5);
  CHECK_FALSE(is_on_in_some(always, 2));
}

TEST_CASE("cells in the top mode are those the kinetics of full activity come from") {
  Vector expected(5);
  expected << 0, 0, 2, 2, 0;
  CHECK(cells_in_top_mode(example()) == expected);
  Clustering two_inputs = example();
  two_inputs.number_of_inputs = 3;
  expected << 0, 0, 0, 2, 0;
  CHECK(cells_in_top_mode(two_inputs) == expected);
  two_inputs.of_node.pop_back();
  CHECK_THROWS_AS(static_cast<void>(cells_in_top_mode(two_inputs)), std::invalid_argument);
}
