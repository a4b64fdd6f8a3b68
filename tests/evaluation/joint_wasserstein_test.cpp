#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/evaluation/joint_wasserstein.hpp>

using namespace cardamom;

namespace {

Matrix random_table(RandomStream& stream, Index rows, Index genes, double shift = 0.0) {
  Matrix table(rows, genes);
  for (Index i = 0; i < rows; ++i) {
    for (Index j = 0; j < genes; ++j) table(i, j) = stream.normal() + shift;
  }
  return table;
}

double cheapest_by_brute_force(const Matrix& costs) {
  std::vector<Index> order(static_cast<std::size_t>(costs.rows()));
  std::iota(order.begin(), order.end(), Index{0});
  double best = INFINITY;
  do {
    double sum = 0.0;
    for (Index i = 0; i < costs.cols(); ++i) sum += costs(order[static_cast<std::size_t>(i)], i);
    best = std::min(best, sum);
  } while (std::next_permutation(order.begin(), order.end()));
  return best;
}

}  // namespace

TEST_CASE("assignments are optimal against brute force") {
  RandomStream stream(1, Purpose::user);
  for (Index size = 1; size <= 7; ++size) {
    for (int trial = 0; trial < 30; ++trial) {
      Matrix costs(size, size);
      // Small integers make ties, which are the hard case.
      const bool ties = trial % 2 == 0;
      for (double& cost : costs.reshaped()) cost = ties ? static_cast<double>(stream.below(4)) : stream.normal();
      const detail::Assignment assignment(costs);
      CHECK(assignment.total() == doctest::Approx(cheapest_by_brute_force(costs)).epsilon(1e-12));
      std::vector<Index> columns = assignment.columns();
      std::sort(columns.begin(), columns.end());
      for (std::size_t k = 0; k < columns.size(); ++k) CHECK(columns[k] == static_cast<Index>(k));
    }
  }
}

TEST_CASE("large assignments prove their own optimality") {
  RandomStream stream(2, Purpose::user);
  for (const Index size : {50, 400}) {
    const Matrix a = random_table(stream, size, 3);
    const Matrix b = random_table(stream, size, 3, 0.5);
    Matrix costs(size, size);
    for (Index i = 0; i < size; ++i) {
      for (Index j = 0; j < size; ++j) costs(j, i) = (a.row(i) - b.row(j)).norm();
    }
    const detail::Assignment assignment(costs);
    CHECK(assignment.slack() < 1e-10);
    CHECK(detail::Assignment(Matrix(costs.array().round())).slack() < 1e-10);
  }
  CHECK(detail::Assignment(Matrix::Ones(30, 30)).total() == doctest::Approx(30.0));
}

TEST_CASE("in one dimension the joint distance is the exact one") {
  RandomStream stream(3, Purpose::user);
  const Matrix a = random_table(stream, 200, 2);
  const Matrix b = random_table(stream, 200, 2, 0.7);
  CHECK(joint_wasserstein(a, b) == doctest::Approx(wasserstein(a.col(1), b.col(1))).epsilon(1e-12));
  CHECK(sliced_wasserstein(a, b) == doctest::Approx(wasserstein(a.col(1), b.col(1))).epsilon(1e-12));
}

TEST_CASE("a translation is as far as its length") {
  RandomStream stream(4, Purpose::user);
  const Matrix a = random_table(stream, 120, 4);
  Matrix b = a;
  b.col(0).setConstant(9.0);  // the stimulus does not count
  b.col(1).array() += 3.0;
  b.col(3).array() -= 4.0;
  CHECK(joint_wasserstein(a, b) == doctest::Approx(5.0).epsilon(1e-12));
  CHECK(joint_wasserstein(a, a) == 0.0);
  // The mean projection of a vector of length 5 on a random direction in three dimensions is 5/2.
  CHECK(sliced_wasserstein(a, b, {.projections = 4000}) == doctest::Approx(2.5).epsilon(0.05));
  CHECK(sliced_wasserstein(a, b) <= joint_wasserstein(a, b));
  CHECK(sliced_wasserstein(a, b, {}, Threads(3)) == sliced_wasserstein(a, b));
}

TEST_CASE("joint distances reject tables that do not match") {
  const Matrix a = Matrix::Ones(3, 3);
  CHECK_THROWS_WITH_AS(joint_wasserstein(a, Matrix::Ones(4, 3)), "joint_wasserstein: b.rows() has size 4, must be 3",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(joint_wasserstein(a, Matrix::Ones(3, 2)), "joint_wasserstein: b.cols() has size 2, must be 3",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(sliced_wasserstein(Matrix(0, 3), a), "sliced_wasserstein: a.rows() is 0, must be at least 1",
                       std::invalid_argument);
  Matrix broken = a;
  broken(1, 2) = NAN;
  CHECK_THROWS_WITH_AS(joint_wasserstein(a, broken), "joint_wasserstein: b column 2[1] is nan, must be finite",
                       std::domain_error);
  CHECK_THROWS_WITH_AS(sliced_wasserstein(a, a, {.projections = 0}),
                       "sliced_wasserstein: options.projections is 0, must be at least 1", std::invalid_argument);
}
