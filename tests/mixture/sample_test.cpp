#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/mixture/sample.hpp>

using namespace cardamom;

namespace {

/// Every cell finds its own value and exposure, and the observations are distinct and in order.
void check_pooled(const Counts& counts, const GeneSample& sample) {
  for (Index cell = 0; cell < counts.cells(); ++cell) {
    const Index i = sample.of_cell[static_cast<std::size_t>(cell)];
    CHECK(sample.values[i] == counts.values()(cell, 1));
    if (counts.depth().size() > 0) CHECK(sample.exposure(i) == counts.depth()[cell]);
  }
  for (Index i = 1; i < sample.size(); ++i) {
    CHECK((sample.values[i - 1] < sample.values[i] ||
           (sample.values[i - 1] == sample.values[i] && sample.exposure(i - 1) < sample.exposure(i))));
  }
  CHECK(sample.cells.sum() == static_cast<double>(counts.cells()));
  CHECK((sample.cells_at.rowwise().sum() - sample.cells).isZero());
}

}  // namespace

TEST_CASE("cells of equal count are pooled whichever way they are sorted") {
  Matrix values(6, 2);
  values.col(0).setZero();
  Vector times(6);
  times << 0, 3, 0, 3, 3, 0;
  for (const double scale : {1.0, 1e9, 0.25}) {
    values.col(1) << 2, 0, 7, 2, 0, 2;
    values.col(1) *= scale;
    const Counts counts(values, times);
    const GeneSample sample = pool_cells(counts, 1);
    REQUIRE(sample.size() == 3);
    CHECK(sample.cells == Eigen::Vector3d(2, 3, 1));
    CHECK(sample.cells_at.col(0) == Eigen::Vector3d(0, 2, 1));
    CHECK_FALSE(sample.constant());
    check_pooled(counts, sample);
  }
}

TEST_CASE("cells of different depth are kept apart") {
  Matrix values(5, 2);
  values.col(0).setZero();
  values.col(1) << 2, 2, 0, 2, 0;
  Vector depth(5);
  depth << 1, 2, 1, 1, 1;
  const Counts counts(values, Vector::Zero(5), {}, depth);
  const GeneSample sample = pool_cells(counts, 1);
  CHECK(sample.size() == 3);
  check_pooled(counts, sample);
}

TEST_CASE("samples of no cells and of equal cells are constant") {
  CHECK(pool_values(Vector(0)).constant());
  CHECK(pool_values(Vector::Constant(3, 5.0)).constant());
  CHECK(pool_values(Vector::Constant(1, 5.0)).size() == 1);
}

TEST_CASE("pooling a gene that is not there is refused") {
  CHECK_THROWS_WITH_AS(pool_cells(Counts(Matrix::Zero(1, 2), Vector::Zero(1)), 2),
                       "pool_cells: gene is 2, must be in [0, 2)", std::invalid_argument);
}
