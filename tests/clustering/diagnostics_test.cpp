#include <cmath>
#include <limits>
#include <stdexcept>

#include <doctest/doctest.h>

#include <cardamom/clustering/diagnostics.hpp>
#include <cardamom/core/random.hpp>

using namespace cardamom;

namespace {

/// Autoregressive chains of coefficient phi, variance 1.
Matrix autoregressive(Index draws, Index chains, double phi, std::uint64_t seed) {
  RandomStream random(seed, Purpose::user);
  Matrix result(draws, chains);
  for (Index chain = 0; chain < chains; ++chain) {
    double x = random.normal();
    for (Index i = 0; i < draws; ++i) {
      result(i, chain) = x;
      x = phi * x + std::sqrt(1 - phi * phi) * random.normal();
    }
  }
  return result;
}

}  // namespace

TEST_CASE("effective sample size of autoregressive chains is the known one") {
  for (const double phi : {0.0, 0.5, 0.9}) {
    const Matrix draws = autoregressive(20000, 4, phi, 1);
    CHECK(effective_sample_size(draws) == doctest::Approx(80000 * (1 - phi) / (1 + phi)).epsilon(0.1));
    CHECK(rank_normalised_r_hat(draws) < 1.01);
  }
}

TEST_CASE("R-hat notices chains that differ in location and in spread and within themselves") {
  const Matrix draws = autoregressive(1000, 4, 0.3, 2);
  CHECK(rank_normalised_r_hat(draws) < 1.02);
  Matrix shifted = draws;
  shifted.col(2).array() += 1.0;
  CHECK(rank_normalised_r_hat(shifted) > 1.05);
  Matrix wider = draws;
  wider.col(1) *= 3.0;
  CHECK(rank_normalised_r_hat(wider) > 1.05);
  Matrix drifting = draws;
  for (Index i = 0; i < 1000; ++i) drifting.row(i).array() += 0.002 * static_cast<double>(i);
  CHECK(rank_normalised_r_hat(drifting) > 1.05);
}

TEST_CASE("diagnostics do not depend on monotone transformations and are defined for constants") {
  const Matrix draws = autoregressive(500, 2, 0.5, 3);
  CHECK(effective_sample_size(draws) == doctest::Approx(effective_sample_size(draws.array().exp().matrix())));
  CHECK(effective_sample_size(Matrix::Ones(100, 2)) == 200.0);
  CHECK(rank_normalised_r_hat(Matrix::Ones(100, 2)) == 1.0);
  Matrix stuck = Matrix::Zero(100, 2);
  stuck.col(1).setOnes();
  CHECK(rank_normalised_r_hat(stuck) == std::numeric_limits<double>::infinity());
  CHECK_THROWS_WITH_AS(static_cast<void>(effective_sample_size(Matrix::Ones(3, 1))),
                       "effective_sample_size: draws.rows() is 3, must be at least 4", std::invalid_argument);
}
