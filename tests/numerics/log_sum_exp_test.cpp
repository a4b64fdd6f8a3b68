#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include <cardamom/numerics/log_sum_exp.hpp>

using namespace cardamom;

namespace {
constexpr double nothing = -std::numeric_limits<double>::infinity();
}

TEST_CASE("sums of exponentials neither overflow nor underflow") {
  CHECK(log_sum_exp(Vector{{0.0, std::log(2.0)}}) == doctest::Approx(std::log(3.0)).epsilon(1e-15));
  CHECK(log_sum_exp(Vector{{1000.0, 1000.0}}) == doctest::Approx(1000.0 + std::log(2.0)).epsilon(1e-15));
  CHECK(log_sum_exp(Vector{{-2000.0, nothing}}) == doctest::Approx(-2000.0));
  CHECK(log_sum_exp(Vector{{nothing, nothing}}) == nothing);
}

TEST_CASE("shares sum to one and what is impossible has none") {
  Vector shares{{-1000.0, nothing, -1000.0 + std::log(3.0)}};
  softmax(shares);
  CHECK(shares[0] == doctest::Approx(0.25).epsilon(1e-12));
  CHECK(shares[1] == 0.0);
  CHECK(shares.sum() == doctest::Approx(1.0).epsilon(1e-15));
}

TEST_CASE("rows are normalised as one by one") {
  Matrix rows(3, 3);
  rows << 0.0, 1.0, -2.0, 700.0, 701.0, 699.5, -800.0, -800.0, nothing;
  Matrix expected = rows;
  Vector sums(3);
  for (Index i = 0; i < 3; ++i) {
    Vector row = rows.row(i);
    sums[i] = log_sum_exp(row);
    softmax(row);
    expected.row(i) = row;
  }
  const Vector logs = softmax_rows(rows);
  CHECK((logs - sums).cwiseAbs().maxCoeff() < 1e-12);
  CHECK((rows - expected).cwiseAbs().maxCoeff() < 1e-14);
}
