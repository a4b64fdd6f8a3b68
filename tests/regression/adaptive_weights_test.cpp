#include <stdexcept>
#include <tuple>

#include <doctest/doctest.h>

#include <cardamom/regression/adaptive_weights.hpp>

using namespace cardamom;

TEST_CASE("an edge is the cheaper the stronger it was, up to a typical one") {
  CHECK(adaptive_weight(0.0, 0.5) == 2.0);
  CHECK(adaptive_weight(0.5, 0.5) == 1.0);
  CHECK(adaptive_weight(7.0, 0.5) == adaptive_weight(1.0, 0.5));
}

TEST_CASE("adaptive weights have mean 1 over the rows of genes, inputs left alone") {
  // Two inputs, three genes: the unit is the third largest entry, 2.
  Matrix strengths = Matrix::Zero(5, 5);
  strengths.row(0).setConstant(100.0);  // of an input: ignored
  strengths(2, 0) = 4.0;
  strengths(3, 2) = 3.0;
  strengths(4, 1) = 2.0;
  strengths(4, 3) = 1.0;
  const Matrix weights = adaptive_weights(strengths, {0, 1, 2, 3, 4}, 1.0, 2);
  CHECK((weights.topRows(2).array() == 1.0).all());
  CHECK(weights.bottomRows(3).mean() == doctest::Approx(1.0).epsilon(1e-14));
  CHECK(weights(2, 0) / weights(2, 1) == doctest::Approx(0.5).epsilon(1e-14));
  CHECK(weights(2, 0) == weights(3, 2));
  CHECK(weights(4, 3) / weights(2, 1) == doctest::Approx(1.0 / 1.5).epsilon(1e-14));
  // Of a part of the nodes, in the units of the whole.
  const Matrix part = adaptive_weights(strengths, {0, 4, 3}, 1.0, 2);
  CHECK(part(1, 2) / part(2, 0) == doctest::Approx(1.0 / 1.5).epsilon(1e-14));
  CHECK(part.bottomRows(2).mean() == doctest::Approx(1.0).epsilon(1e-14));
}

TEST_CASE("adaptive weights of nothing are 1") {
  CHECK(adaptive_weights(Matrix::Zero(3, 3), {0, 1, 2}, 0.3) == Matrix::Ones(3, 3));
  CHECK(adaptive_weights(Matrix::Zero(1, 1), {0}, 0.3) == Matrix::Ones(1, 1));
  CHECK_THROWS_AS(std::ignore = adaptive_weights(Matrix::Zero(3, 3), {0, 1, 2}, 0.0), std::domain_error);
}
