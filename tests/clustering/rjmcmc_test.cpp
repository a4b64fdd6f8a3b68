#include <cmath>
#include <vector>

#include <Eigen/LU>
#include <doctest/doctest.h>

#include <cardamom/clustering/rjmcmc.hpp>
#include <cardamom/mixture/negative_binomial.hpp>

using namespace cardamom;

TEST_CASE("merging undoes splitting and the Jacobian of a split is the weight") {
  for (const double w : {0.1, 0.7}) {
    for (const double u : {0.05, 0.5, 0.9}) {
      for (const double delta : {0.01, 1.0, 6.0}) {
        const double eta = -0.4;
        const detail::Split pair = detail::split_mode(w, eta, u, delta);
        const detail::Merged merged = detail::merge_modes(pair);
        CHECK(merged.weight == doctest::Approx(w).epsilon(1e-13));
        CHECK(merged.log_shape == doctest::Approx(eta).epsilon(1e-12));
        CHECK(merged.u == doctest::Approx(u).epsilon(1e-13));
        CHECK(merged.delta == doctest::Approx(delta).epsilon(1e-10));
        CHECK(u * std::exp(pair.lower) + (1 - u) * std::exp(pair.upper) == doctest::Approx(std::exp(eta)));

        const double step = 1e-5;
        Eigen::Matrix4d jacobian;
        for (int column = 0; column < 4; ++column) {
          Eigen::Vector4d values[2];
          for (int side = 0; side < 2; ++side) {
            double x[4] = {w, u, eta, delta};
            x[column] += side == 0 ? -step : step;
            const detail::Split s = detail::split_mode(x[0], x[2], x[1], x[3]);
            values[side] << s.lower_weight, s.upper_weight, s.lower, s.upper;
          }
          jacobian.col(column) = (values[1] - values[0]) / (2 * step);
        }
        CHECK(std::abs(jacobian.determinant()) == doctest::Approx(w).epsilon(1e-6));
      }
    }
  }
}

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
