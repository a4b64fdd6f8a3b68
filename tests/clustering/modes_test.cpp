#include <doctest/doctest.h>

#include <cardamom/clustering/modes.hpp>

using namespace cardamom;

TEST_CASE("levels of modes are their shapes over the largest") {
  Clustering clustering;
  clustering.of_node.resize(2);
  clustering.of_node[0].shapes = Eigen::Vector2d(0, 1);
  clustering.of_node[1].shapes = Eigen::Vector3d(0.5, 1, 2);
  clustering.modes.resize(2, 2);
  clustering.modes << 0, 1, 1, 2;
  Matrix expected(2, 2);
  expected << 0, 0.5, 1, 1;
  CHECK(clustering.levels() == expected);
  CHECK(clustering.level(1, 0) == 0.25);
}

TEST_CASE("a clustering counts its inputs and genes") {
  Clustering clustering;
  clustering.of_node.resize(5);
  CHECK(clustering.inputs() == 1);
  CHECK(clustering.genes() == 4);
  clustering.number_of_inputs = 2;
  CHECK(clustering.nodes() == 5);
  CHECK(clustering.genes() == 3);
}
