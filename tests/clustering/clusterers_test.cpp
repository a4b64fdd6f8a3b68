// Duties of every clusterer, and what is particular to each.
#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/clustering.hpp>
#include <cardamom/mixture/negative_binomial.hpp>

using namespace cardamom;

namespace {

const Rjmcmc quick_rjmcmc{RjmcmcOptions{.sweeps = 150, .burn_in = 50, .chains = 2, .max_modes = 5}};

template <class C>
void check_duties(const Counts& counts, const C& clusterer) {
  const Clustering clustering = cluster(counts, NegativeBinomial{}, clusterer, 3, Sequential{});
  for (Index gene = 0; gene < counts.genes(); ++gene) {
    const GeneModes& modes = clustering.gene(gene);
    CHECK(modes.count() >= 1);
    CHECK(modes.shapes.allFinite());
    CHECK(modes.shapes.minCoeff() >= 0.0);
    for (Index k = 1; k < modes.count(); ++k) CHECK(modes.shapes[k - 1] <= modes.shapes[k]);
    CHECK(modes.weights.size() == modes.shapes.size());
    CHECK(modes.weights.sum() == doctest::Approx(1.0));
    CHECK(std::isfinite(modes.inverse_burst_size));
    CHECK(modes.inverse_burst_size > 0);
    for (Index cell = 0; cell < counts.cells(); ++cell) {
      CHECK(clustering.modes(cell, gene) >= 0);
      CHECK(clustering.modes(cell, gene) < modes.count());
    }
  }
  CHECK(clustering.levels().allFinite());
  const Clustering threaded = cluster(counts, NegativeBinomial{}, clusterer, 3, Threads(2));
  CHECK(threaded.modes == clustering.modes);
  for (Index gene = 0; gene < counts.genes(); ++gene) {
    CHECK(threaded.gene(gene).shapes == clustering.gene(gene).shapes);
  }
}

Counts awkward(const Vector& depth) {
  Matrix table = Matrix::Zero(6, 8);
  Vector time(6);
  time << 0, 0, 0, 5, 5, 5;
  table.col(2).setConstant(7);
  table(3, 3) = 1;
  table(4, 4) = 1e9;
  table.col(5).setConstant(1e9);
  table.col(6) << 0, 1e9, 3, 1, 1e8, 1;
  table.col(7) << 1, 2, 3, 1, 2, 3;
  return Counts(table, time, {}, depth);
}

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

TEST_CASE("every clusterer gives defined answers on genes that say little") {
  Vector depth(6);
  depth << 1, 0.5, 2, 1, 1, 3;
  for (const Vector& exposure : {Vector(), depth}) {
    const Counts counts = awkward(exposure);
    check_duties(counts, Binarize{});
    check_duties(counts, Binarize{{.modes = BinarizeModes::pooled}});
    check_duties(counts, FixedModes{1});
    check_duties(counts, FixedModes{3});
    check_duties(counts, EachCell{});
    check_duties(counts, EachCell{.saturate = true});
    check_duties(counts, quick_rjmcmc);
  }
  const Counts one_cell(Matrix::Ones(1, 2), Vector::Zero(1));
  check_duties(one_cell, FixedModes{2});
  check_duties(one_cell, EachCell{});
  check_duties(one_cell, quick_rjmcmc);
}

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

TEST_CASE("each cell is a mode whose level is its count over the largest") {
  const Counts counts = mixture({1.0}, 0.1, 60, 3);
  const Clustering clustering = cluster(counts, NegativeBinomial{}, EachCell{});
  const double largest = counts.values().col(1).maxCoeff();
  for (Index cell = 0; cell < 60; ++cell) {
    CHECK(clustering.level(1, clustering.modes(cell, 1)) ==
          doctest::Approx(counts.values()(cell, 1) / largest).epsilon(1e-12));
  }
}

TEST_CASE("saturated levels are full from the mean of the most active time point on") {
  RandomStream random(6, Purpose::user);
  Matrix table = Matrix::Zero(400, 2);
  Vector time(400);
  for (Index cell = 0; cell < 400; ++cell) {
    time[cell] = cell < 200 ? 0.0 : 5.0;
    table(cell, 1) = NegativeBinomial().draw(cell < 200 ? 0.1 : 2.0, 0.05, 1.0, random);
  }
  const Counts counts(table, time);
  const GeneSample sample = pool_cells(counts, 1);
  const SharedFit fit = NegativeBinomial{}.fit(sample, sample.cells_at);
  const double full = fit.shapes[1] / fit.inverse_burst_size;
  const Clustering clustering = cluster(counts, NegativeBinomial{}, EachCell{.saturate = true});
  for (Index cell = 0; cell < 400; ++cell) {
    CHECK(clustering.level(1, clustering.modes(cell, 1)) == doctest::Approx(std::min(1.0, table(cell, 1) / full)));
  }
}

TEST_CASE("options of the clusterers out of range are refused") {
  const Counts counts(Matrix::Zero(1, 1), Vector::Zero(1));
  CHECK_THROWS_WITH_AS(cluster(counts, NegativeBinomial{}, FixedModes{0}), "FixedModes: modes is 0, must be at least 1",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(cluster(counts, NegativeBinomial{}, Rjmcmc{{.sweeps = 3}}),
                       "Rjmcmc: sweeps is 3, must be at least 4", std::invalid_argument);
  CHECK_THROWS_WITH_AS(cluster(counts, NegativeBinomial{}, Rjmcmc{{.min_modes = 3, .max_modes = 2}}),
                       "Rjmcmc: max_modes is 2, must be at least 3", std::invalid_argument);
  CHECK_THROWS_WITH_AS(cluster(counts, NegativeBinomial{}, Rjmcmc{{.mode_ratio = 0.0}}),
                       "Rjmcmc: mode_ratio is 0, must be finite and > 0", std::domain_error);
}
