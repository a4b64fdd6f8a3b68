#include <doctest/doctest.h>

#include <cardamom/numerics/draw_category.hpp>

using namespace cardamom;

TEST_CASE("categories are drawn by their weights") {
  const Vector weights{{0.0, 2.0, 0.0, 1.0, 0.0}};
  CHECK(draw_category(weights, 1e-12) == 1);
  CHECK(draw_category(weights, 2.0) == 1);
  CHECK(draw_category(weights, 2.1) == 3);
  CHECK(draw_category(weights, 3.0) == 3);
}

TEST_CASE("a position beyond the sum takes the last category with a weight") {
  CHECK(draw_category(Vector{{1.0, 1.0, 0.0}}, 2.0 + 1e-9) == 1);
  CHECK(draw_category(Vector{{1.0}}, 1.5) == 0);
}
