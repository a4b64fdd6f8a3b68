#include <stdexcept>

#include <doctest/doctest.h>

#include <cardamom/numerics/k_means_start.hpp>

using namespace cardamom;

namespace {

/// Three clouds of ten points, the second coordinate on a much larger scale.
Matrix clouds() {
  RandomStream random(1, Purpose::user);
  Matrix points(30, 2);
  for (Index i = 0; i < 30; ++i) {
    points(i, 0) = static_cast<double>(i / 10 == 1) * 50.0 + random.normal();
    points(i, 1) = 1e6 * (static_cast<double>(i / 10 == 2) * 50.0 + random.normal());
  }
  return points;
}

}  // namespace

TEST_CASE("well separated clouds are found from any stream, whatever their units") {
  for (const std::uint64_t seed : {1U, 2U, 3U, 4U}) {
    RandomStream random(seed, Purpose::user);
    const Matrix start = k_means_start(clouds(), 3, random);
    CHECK(start.rowwise().sum() == Vector::Ones(30));
    CHECK(start.colwise().sum().minCoeff() == 10.0);
    for (Index i = 0; i < 30; ++i) CHECK(start.row(i) == start.row(i / 10 * 10));
  }
}

TEST_CASE("equal points leave clusters empty") {
  RandomStream random(1, Purpose::user);
  const Matrix start = k_means_start(Matrix::Ones(5, 2), 3, random);
  CHECK(start.col(0) == Vector::Ones(5));
  CHECK(start.rightCols(2).isZero());
  CHECK_THROWS_AS((void)k_means_start(Matrix(0, 2), 1, random), std::invalid_argument);
  CHECK_THROWS_AS((void)k_means_start(Matrix::Ones(5, 2), 0, random), std::invalid_argument);
}
