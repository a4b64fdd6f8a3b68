#include <cmath>
#include <stdexcept>

#include <doctest/doctest.h>

#include <cardamom/core/random.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/numerics/principal_components.hpp>

using namespace cardamom;

namespace {

Matrix normal_rows(Index rows, Index variables, std::uint64_t seed) {
  RandomStream random(seed, Purpose::user);
  Matrix values(rows, variables);
  for (Index i = 0; i < rows; ++i) {
    for (Index j = 0; j < variables; ++j) values(i, j) = static_cast<double>(j + 1) * random.normal();
  }
  return values;
}

}  // namespace

TEST_CASE("principal components of two variables are those of the closed form") {
  // Covariance [[a, b], [b, c]]: λ = (a + c)/2 ± √(((a − c)/2)² + b²), directions (b, λ − a).
  Matrix rows(4, 2);
  rows << 1, 2, 3, 3, 5, 8, 7, 4;
  const Matrix centred = rows.rowwise() - rows.colwise().mean();
  const double a = centred.col(0).squaredNorm() / 3.0;
  const double c = centred.col(1).squaredNorm() / 3.0;
  const double b = centred.col(0).dot(centred.col(1)) / 3.0;
  const double root = std::hypot(0.5 * (a - c), b);
  const PrincipalComponents found = principal_components(rows, 2);
  CHECK(found.mean == Vector{{4.0, 4.25}});
  CHECK(found.total_variance == doctest::Approx(a + c));
  for (Index k = 0; k < 2; ++k) {
    const double variance = 0.5 * (a + c) + (k == 0 ? root : -root);
    CHECK(found.variances[k] == doctest::Approx(variance));
    Vector direction{{b, variance - a}};
    direction.normalize();
    CHECK(std::abs(found.loadings.col(k).dot(direction)) == doctest::Approx(1.0));
    Index largest = 0;
    found.loadings.col(k).cwiseAbs().maxCoeff(&largest);
    CHECK(found.loadings(largest, k) > 0.0);
  }
}

TEST_CASE("scores of principal components are uncorrelated, centred, and have the variances told") {
  const Matrix rows = normal_rows(60, 5, 1);
  const PrincipalComponents found = principal_components(rows, 5);
  CHECK((found.loadings.transpose() * found.loadings - Matrix::Identity(5, 5)).norm() < 1e-12);
  const Matrix scores = found.scores(rows);
  CHECK(scores.colwise().mean().norm() < 1e-12);
  const Matrix covariance = scores.transpose() * scores / 59.0;
  CHECK((covariance - Matrix(found.variances.asDiagonal())).norm() < 1e-10);
  CHECK(found.variances.sum() == doctest::Approx(found.total_variance));
  for (Index k = 1; k < 5; ++k) CHECK(found.variances[k] <= found.variances[k - 1]);
  // All of them lose nothing; the first two are the first two of all.
  const Matrix back = (scores * found.loadings.transpose()).rowwise() + found.mean.transpose();
  CHECK((back - rows).norm() < 1e-10);
  const PrincipalComponents two = principal_components(rows, 2);
  CHECK(two.loadings == found.loadings.leftCols(2));
}

TEST_CASE("principal components follow shifts, turns and copies of the rows") {
  const Matrix rows = normal_rows(40, 3, 2);
  const PrincipalComponents found = principal_components(rows, 3);
  const Matrix scores = found.scores(rows);
  const Matrix shifted = rows.rowwise() + Eigen::RowVector3d(5, -7, 100);
  CHECK((principal_components(shifted, 3).scores(shifted) - scores).norm() < 1e-9);
  // A turn of space turns the directions: scores stay, up to the sign that the largest loading decides.
  Matrix turn(3, 3);
  turn << 0.36, 0.48, -0.8, -0.8, 0.6, 0.0, 0.48, 0.64, 0.6;
  const Matrix turned = rows * turn.transpose();
  const PrincipalComponents again = principal_components(turned, 3);
  CHECK((again.variances - found.variances).norm() < 1e-10);
  CHECK((again.scores(turned).cwiseAbs() - scores.cwiseAbs()).norm() < 1e-9);
  const Matrix order = rows.colwise().reverse();
  CHECK((principal_components(order, 3).loadings - found.loadings).norm() < 1e-10);
}

TEST_CASE("principal components of rows that do not vary, and of equal loadings") {
  const PrincipalComponents one = principal_components(Matrix::Constant(1, 3, 2.0), 2);
  CHECK(one.variances.isZero(0.0));
  CHECK(one.total_variance == 0.0);
  CHECK(one.scores(Matrix::Constant(1, 3, 2.0)).isZero(0.0));
  // Loadings 1/√2 and −1/√2 are of equal size but for rounding: the first is positive.
  Matrix line(3, 2);
  line << 1, -1, 2, -2, 4, -4;
  const PrincipalComponents opposed = principal_components(line, 1);
  CHECK(opposed.loadings(0, 0) == doctest::Approx(std::sqrt(0.5)));
  CHECK(opposed.loadings(1, 0) == doctest::Approx(-std::sqrt(0.5)));
}

TEST_CASE("principal components refuse bad arguments") {
  const Matrix rows = Matrix::Ones(3, 2);
  CHECK_THROWS_WITH_AS(principal_components(rows, 0), "principal_components: components is 0, must be at least 1",
                       std::invalid_argument);
  CHECK_THROWS_AS(principal_components(rows, 3), std::invalid_argument);
  CHECK_THROWS_AS(principal_components(Matrix::Ones(0, 2), 1), std::invalid_argument);
  Matrix bad = rows;
  bad(2, 1) = std::nan("");
  CHECK_THROWS_WITH_AS(principal_components(bad, 1), "principal_components: rows[5] is nan, must be finite",
                       std::domain_error);
  CHECK_THROWS_AS(principal_components(rows, 1).scores(Matrix::Ones(1, 3)), std::invalid_argument);
}
