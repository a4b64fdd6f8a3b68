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

}  // namespace

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
  CHECK_THROWS_WITH_AS((void)joint_wasserstein(a, Matrix::Ones(4, 3)),
                       "joint_wasserstein: b.rows() has size 4, must be 3", std::invalid_argument);
  CHECK_THROWS_WITH_AS((void)joint_wasserstein(a, Matrix::Ones(3, 2)),
                       "joint_wasserstein: b.cols() has size 2, must be 3", std::invalid_argument);
  CHECK_THROWS_WITH_AS((void)sliced_wasserstein(Matrix(0, 3), a),
                       "sliced_wasserstein: a.rows() is 0, must be at least 1", std::invalid_argument);
  Matrix broken = a;
  broken(1, 2) = NAN;
  CHECK_THROWS_WITH_AS((void)joint_wasserstein(a, broken),
                       "joint_wasserstein: b(1, 2) is nan, must be in [-1e+150, 1e+150]", std::domain_error);
  broken(1, 2) = 1e308;
  CHECK_THROWS_WITH_AS((void)sliced_wasserstein(broken, a),
                       "sliced_wasserstein: a(1, 2) is 1e+308, must be in [-1e+150, 1e+150]", std::domain_error);
  broken(1, 2) = 1e150;
  CHECK(joint_wasserstein(a, broken) > 1e149);
  CHECK_THROWS_WITH_AS((void)sliced_wasserstein(a, a, {.projections = 0}),
                       "sliced_wasserstein: options.projections is 0, must be at least 1", std::invalid_argument);
}

TEST_CASE("inputs take no part, however many there are, and the executor does not matter") {
  RandomStream stream(5, Purpose::user);
  const Matrix a = random_table(stream, 40, 3);
  const Matrix b = random_table(stream, 40, 3, 0.5);
  const auto with_inputs = [](const Matrix& genes, Index inputs, double level) {
    Matrix table(genes.rows(), genes.cols() + inputs);
    table << Matrix::Constant(genes.rows(), inputs, level), genes;
    return table;
  };
  const double joint = joint_wasserstein(a, b, {.inputs = 0});
  const double sliced = sliced_wasserstein(a, b, {.inputs = 0});
  CHECK(joint_wasserstein(with_inputs(a, 2, 0.0), with_inputs(b, 2, 9.0), {.inputs = 2}) == joint);
  CHECK(sliced_wasserstein(with_inputs(a, 2, 0.0), with_inputs(b, 2, NAN), {.inputs = 2}) == sliced);
  CHECK(joint_wasserstein(a, b) != joint);
  CHECK(joint_wasserstein(a, b, {.inputs = 0}, Threads(3)) == joint);
  CHECK_THROWS_WITH_AS((void)joint_wasserstein(a, b, {.inputs = 4}),
                       "joint_wasserstein: a.cols() is 3, must be at least 4", std::invalid_argument);
}
