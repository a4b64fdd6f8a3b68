#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/core/random.hpp>
#include <cardamom/numerics/assignment.hpp>

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
      const Assignment assignment(costs);
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
    const Assignment assignment(costs);
    CHECK(assignment.slack() < 1e-10);
    CHECK(Assignment(Matrix(costs.array().round())).slack() < 1e-10);
  }
  CHECK(Assignment(Matrix::Ones(30, 30)).total() == doctest::Approx(30.0));
}
