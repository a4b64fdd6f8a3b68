#include <cmath>
#include <stdexcept>

#include <doctest/doctest.h>

#include <cardamom/clustering/rjmcmc.hpp>
#include <cardamom/mixture/negative_binomial.hpp>

using namespace cardamom;

TEST_CASE("the posterior of a clear mixture of two modes is complete and in order") {
  RandomStream random(7, Purpose::user);
  Vector values(600);
  for (Index cell = 0; cell < 600; ++cell) {
    values[cell] = NegativeBinomial().draw(random.uniform() < 0.4 ? 20.0 : 1.0, 0.2, 1.0, random);
  }
  const GeneSample sample = pool_values(values);
  const Rjmcmc sampler{{.sweeps = 600, .burn_in = 300, .chains = 3}};
  RandomStream a(1, Purpose::clustering);
  const RjmcmcResult result = sampler.run(sample, NegativeBinomial{}, a);
  REQUIRE(result.modes.count() == 2);
  CHECK(result.mode_posterior.sum() == doctest::Approx(1.0));
  CHECK(result.mode_posterior[1] > 0.5);
  CHECK(result.responsibilities.cols() == 2);
  CHECK((result.responsibilities.rowwise().sum().array() - 1.0).abs().maxCoeff() < 1e-9);
  CHECK(result.shapes[0].low < 1.0);
  CHECK(result.shapes[0].high > 1.0);
  CHECK(result.shapes[1].low < 20.0);
  CHECK(result.shapes[1].high > 20.0);
  CHECK(result.weights[1].low < 0.4);
  CHECK(result.weights[1].high > 0.4);
  REQUIRE(result.summaries.size() == 4);
  for (const ChainSummary& summary : result.summaries) {
    CHECK(summary.effective_size > 10);
    CHECK(summary.posterior.low <= summary.posterior.high);
  }
  CHECK(result.acceptance.allFinite());
  CHECK(result.acceptance.minCoeff() > 0.0);
  CHECK(result.acceptance.head(3).minCoeff() > 0.2);

  RandomStream b(1, Purpose::clustering);
  const RjmcmcResult again = sampler.run(sample, NegativeBinomial{}, b);
  CHECK(again.modes.shapes == result.modes.shapes);
  CHECK(again.mode_posterior == result.mode_posterior);
}

TEST_CASE("equal bounds fix the number of modes") {
  const GeneSample sample = pool_values(Eigen::Vector4d(0, 3, 9, 40));
  RandomStream random(2, Purpose::clustering);
  const RjmcmcResult result =
      Rjmcmc{{.sweeps = 100, .burn_in = 50, .min_modes = 3, .max_modes = 3}}.run(sample, NegativeBinomial{}, random);
  CHECK(result.modes.count() == 3);
  CHECK(result.mode_posterior == Eigen::Vector3d(0, 0, 1));
  CHECK(std::isnan(result.acceptance[3]));
}

TEST_CASE("a sampler refuses options out of range when it is made, before any run") {
  CHECK_THROWS_WITH_AS(Rjmcmc({.sweeps = 0}), "Rjmcmc: sweeps is 0, must be at least 4", std::invalid_argument);
  CHECK_THROWS_WITH_AS(Rjmcmc({.burn_in = -1}), "Rjmcmc: burn_in is -1, must be at least 0", std::invalid_argument);
  CHECK_THROWS_WITH_AS(Rjmcmc({.chains = 0}), "Rjmcmc: chains is 0, must be at least 1", std::invalid_argument);
  CHECK_THROWS_WITH_AS(Rjmcmc({.min_modes = 0}), "Rjmcmc: min_modes is 0, must be at least 1", std::invalid_argument);
  CHECK_THROWS_WITH_AS(Rjmcmc({.min_modes = 3, .max_modes = 2}), "Rjmcmc: max_modes is 2, must be at least 3",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(Rjmcmc({.mode_ratio = 0.0}), "Rjmcmc: mode_ratio is 0, must be finite and > 0",
                       std::domain_error);
  CHECK_THROWS_AS(Rjmcmc({.log_shape_sd = 0.0}), std::domain_error);
  CHECK_THROWS_AS(Rjmcmc({.log_b_sd = -1.0}), std::domain_error);
  CHECK_THROWS_AS(Rjmcmc({.r_hat_max = std::nan("")}), std::domain_error);
  CHECK_NOTHROW(validate(RjmcmcOptions{}));
  CHECK_THROWS_AS(validate(RjmcmcOptions{.sweeps = 3}), std::invalid_argument);
}

TEST_CASE("the smallest sampler allowed runs, and a constant sample is refused") {
  RandomStream random(2, Purpose::clustering);
  const Rjmcmc small({.sweeps = 4, .burn_in = 0, .chains = 1, .max_modes = 1});
  const RjmcmcResult result = small.run(pool_values(Eigen::Vector3d(0, 3, 9)), NegativeBinomial{}, random);
  CHECK(result.modes.count() == 1);
  CHECK(result.modes.shapes.allFinite());
  CHECK_THROWS_WITH_AS(static_cast<void>(small.run(pool_values(Eigen::Vector3d(2, 2, 2)), NegativeBinomial{}, random)),
                       "Rjmcmc::run: sample is constant, must hold at least two distinct values",
                       std::invalid_argument);
}
