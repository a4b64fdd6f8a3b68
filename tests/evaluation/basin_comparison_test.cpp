#include <doctest/doctest.h>

#include <cardamom/evaluation/basin_comparison.hpp>

using namespace cardamom;

TEST_CASE("basins are compared by presence and order and ends") {
  const Matrix first{{1.0, 0.0, 0.0, 0.0}, {0.2, 0.8, 0.0, 0.0}, {0.0, 0.1, 0.9, 0.0}};
  const Vector times{{0.0, 1.0, 2.0}};
  const BasinComparison same = compare_basins(first, times, first, 10 * times);
  CHECK(same.both == 3);
  CHECK(same.only_first + same.only_second == 0);
  CHECK(same.start_distance == 0.0);
  CHECK(same.end_distance == 0.0);
  CHECK(same.order_agreement == 1.0);

  const Matrix second{{1.0, 0.0, 0.0, 0.0}, {0.0, 0.0, 0.5, 0.5}};
  const BasinComparison other = compare_basins(first, times, second, Vector{{0.0, 5.0}});
  CHECK(other.both == 2);
  CHECK(other.only_first == 1);
  CHECK(other.only_second == 1);
  CHECK(other.end_distance == doctest::Approx(0.5));
  CHECK(other.order_agreement == 1.0);

  const Matrix reversed = first.colwise().reverse();
  CHECK(compare_basins(first, times, reversed, times).order_agreement == 0.0);
  CHECK(compare_basins(first, times, reversed, times).start_distance == doctest::Approx(1.0));
  const Matrix constant = Matrix::Constant(3, 4, 0.25);
  CHECK(compare_basins(first, times, constant, times).order_agreement == doctest::Approx(0.5));
  CHECK(compare_basins(first, times, constant, times, {.seen = 0.5}).only_second == 0);
}

TEST_CASE("basin comparisons reject what does not match") {
  const Matrix weights = Matrix::Ones(2, 2);
  const Vector times{{0.0, 1.0}};
  CHECK_THROWS_WITH_AS((void)compare_basins(weights, times, Matrix::Ones(2, 3), times),
                       "compare_basins: second.cols() has size 3, must be 2", std::invalid_argument);
  CHECK_THROWS_WITH_AS((void)compare_basins(weights, Vector::Ones(3), weights, times),
                       "compare_basins: first_times has size 3, must be 2", std::invalid_argument);
  CHECK_THROWS_WITH_AS((void)compare_basins(-weights, times, weights, times),
                       "compare_basins: first column 0[0] is -1, must be finite and >= 0", std::domain_error);
  CHECK_THROWS_WITH_AS((void)compare_basins(weights, times, weights, times, {.seen = 2.0}),
                       "compare_basins: options.seen is 2, must be in [0, 1]", std::domain_error);
}
