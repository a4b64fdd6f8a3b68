#include <cmath>
#include <stdexcept>

#include <Eigen/QR>
#include <doctest/doctest.h>

#include <cardamom/core/random.hpp>
#include <cardamom/numerics/least_squares.hpp>

using namespace cardamom;

namespace {

Matrix random_matrix(RandomStream& random, Index rows, Index columns) {
  Matrix result(rows, columns);
  for (double& value : result.reshaped()) value = random.normal();
  return result;
}

}  // namespace

TEST_CASE("solutions meet the normal equations, whatever the scale of the columns") {
  RandomStream random(1, Purpose::user);
  for (const Index rows : {6, 7, 40}) {
    for (Index unknowns = 1; unknowns <= 6; ++unknowns) {
      Matrix matrix = random_matrix(random, rows, unknowns);
      matrix.col(0) *= 1e-7;  // badly scaled, as the last steps of an extrapolation are
      const Vector right = random_matrix(random, rows, 1);
      const Vector x = least_squares(matrix, right);
      const Vector residual = right - matrix * x;
      for (Index j = 0; j < unknowns; ++j) {
        CHECK(std::abs(matrix.col(j).dot(residual)) < 1e-12 * matrix.col(j).norm() * right.norm());
      }
    }
  }
}

TEST_CASE("dependent columns share nothing: one of them takes it all") {
  RandomStream random(2, Purpose::user);
  Matrix matrix = random_matrix(random, 10, 4);
  matrix.col(2) = 2.0 * matrix.col(0) - matrix.col(3);
  const Vector right = random_matrix(random, 10, 1);
  const Vector x = least_squares(matrix, right);
  CHECK((x.array() == 0.0).count() == 1);
  CHECK((matrix.transpose() * (matrix * x - right)).norm() < 1e-12);
  // Of a matrix of zeros nothing is determined, and the answer says so.
  CHECK_FALSE(least_squares(Matrix::Zero(3, 2), Vector::Ones(3)).allFinite());
}

TEST_CASE("more unknowns than rows are fitted exactly") {
  RandomStream random(3, Purpose::user);
  const Matrix matrix = random_matrix(random, 2, 5);
  const Vector right{{1.0, -2.0}};
  CHECK((matrix * least_squares(matrix, right) - right).norm() < 1e-13);
  CHECK_THROWS_WITH_AS((void)least_squares(matrix, Vector::Ones(3)), "least_squares: right has size 3, must be 2",
                       std::invalid_argument);
}

TEST_CASE("the decomposition is that of Eigen") {
  RandomStream random(4, Purpose::user);
  for (Index rows = 1; rows <= 50; ++rows) {
    for (Index unknowns = 1; unknowns <= 8; ++unknowns) {
      Matrix matrix = random_matrix(random, rows, unknowns);
      if (unknowns > 2) matrix.col(1) = 3.0 * matrix.col(unknowns - 1);
      const Vector right = random_matrix(random, rows, 1);
      const Vector expected = matrix.colPivHouseholderQr().solve(right);
      CHECK((least_squares(matrix, right) - expected).norm() <= 1e-9 * expected.norm());
    }
  }
}
