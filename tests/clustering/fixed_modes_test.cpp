#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/clustering/fixed_modes.hpp>
#include <cardamom/mixture/negative_binomial.hpp>

using namespace cardamom;

namespace {

Counts mixture(const std::vector<double>& shapes, double b, Index cells, std::uint64_t seed) {
  RandomStream random(seed, Purpose::user);
  Matrix table = Matrix::Zero(cells, 2);
  for (Index cell = 0; cell < cells; ++cell) {
    const auto mode = static_cast<std::size_t>(random.below(static_cast<Index>(shapes.size())));
    table(cell, 1) = NegativeBinomial().draw(shapes[mode], b, 1.0, random);
  }
  return Counts(table, Vector::Zero(cells));
}

}  // namespace

TEST_CASE("fixed modes recover a mixture and BIC prefers its number of modes") {
  const Counts counts = mixture({0.2, 5.0, 80.0}, 0.2, 1500, 1);
  const GeneSample sample = pool_cells(counts, 1);
  RandomStream random(1, Purpose::user);
  double best = std::numeric_limits<double>::infinity();
  Index chosen = 0;
  for (Index modes = 1; modes <= 5; ++modes) {
    const FixedModesFit fit = FixedModes{modes}.fit(sample, NegativeBinomial{}, random);
    if (fit.bic < best) {
      best = fit.bic;
      chosen = modes;
    }
    CHECK((fit.responsibilities.rowwise().sum().array() - 1.0).abs().maxCoeff() < 1e-12);
    if (modes == 3) {
      CHECK(fit.modes.convergence.converged());
      CHECK(fit.modes.shapes[0] == doctest::Approx(0.2).epsilon(0.2));
      CHECK(fit.modes.shapes[1] == doctest::Approx(5.0).epsilon(0.2));
      CHECK(fit.modes.shapes[2] == doctest::Approx(80.0).epsilon(0.2));
      CHECK(fit.modes.inverse_burst_size == doctest::Approx(0.2).epsilon(0.2));
    }
  }
  CHECK(chosen == 3);
}

TEST_CASE("EM ends at a stationary point of the likelihood") {
  const Counts counts = mixture({0.3, 4.0}, 0.1, 800, 2);
  const GeneSample sample = pool_cells(counts, 1);
  RandomStream random(1, Purpose::user);
  const FixedModesFit fit =
      FixedModes{FixedModesOptions{.modes = 2, .tolerance = 1e-13}}.fit(sample, NegativeBinomial{}, random);
  const auto log_likelihood = [&](double a0, double a1, double b, double w) {
    double sum = 0.0;
    for (Index i = 0; i < sample.size(); ++i) {
      const NegativeBinomial family;
      sum += sample.cells[i] * std::log((1 - w) * std::exp(family.log_density(sample.values[i], a0, b)) +
                                        w * std::exp(family.log_density(sample.values[i], a1, b)));
    }
    return sum;
  };
  const double a0 = fit.modes.shapes[0], a1 = fit.modes.shapes[1], b = fit.modes.inverse_burst_size,
               w = fit.modes.weights[1], top = log_likelihood(a0, a1, b, w);
  CHECK(top == doctest::Approx(fit.log_likelihood).epsilon(1e-12));
  for (const double f : {0.99, 1.01}) {
    CHECK(log_likelihood(f * a0, a1, b, w) < top);
    CHECK(log_likelihood(a0, f * a1, b, w) < top);
    CHECK(log_likelihood(a0, a1, f * b, w) < top);
    CHECK(log_likelihood(a0, a1, b, f * w) < top);
  }
}

TEST_CASE("options of fixed modes out of range are refused when they are given") {
  CHECK_THROWS_WITH_AS(FixedModes{0}, "FixedModes: modes is 0, must be at least 1", std::invalid_argument);
  CHECK_THROWS_WITH_AS(FixedModes({.restarts = -1}), "FixedModes: restarts is -1, must be at least 0",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(FixedModes({.max_iterations = 0}), "FixedModes: max_iterations is 0, must be at least 1",
                       std::invalid_argument);
  CHECK_THROWS_AS(FixedModes({.shape_floor = 0.0}), std::domain_error);
  CHECK_THROWS_AS(FixedModes({.tolerance = 0.0}), std::domain_error);
  CHECK_THROWS_AS(validate(FixedModesOptions{.modes = -2}), std::invalid_argument);
}

TEST_CASE("fixed modes refuse an empty sample and give a constant one a single mode") {
  RandomStream random(1, Purpose::user);
  CHECK_THROWS_WITH_AS(static_cast<void>(FixedModes{2}.fit(GeneSample{}, NegativeBinomial{}, random)),
                       "FixedModes::fit: sample.size() is 0, must be at least 1", std::invalid_argument);
  CHECK(FixedModes{3}.fit(pool_values(Eigen::Vector3d(2, 2, 2)), NegativeBinomial{}, random).modes.count() == 1);
}
