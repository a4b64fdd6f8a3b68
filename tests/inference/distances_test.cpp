// Distances between observed and simulated cells.
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/core/random.hpp>
#include <cardamom/inference/distance/distances.hpp>
#include <cardamom/inference/distance/objective.hpp>
#include <cardamom/inference/distance/starts.hpp>

#include "support/statistics.hpp"

using namespace cardamom;

namespace {

CellValues counts_of(double shape, double inverse, std::uint64_t seed, Index cells = 200, Index genes = 3) {
  RandomStream random(seed, Purpose::user);
  CellValues counts(cells, genes);
  for (float& x : counts.reshaped()) x = static_cast<float>(random.poisson(random.gamma(shape) / inverse));
  return counts;
}

std::vector<Matrix> observed(std::uint64_t seed) { return {counts_of(1.5, 0.2, seed).cast<double>().matrix()}; }

// With bursts too small to matter the slopes are derivatives.
template <class Distance>
void check_gradient(const Distance& distance) {
  const auto prepared = distance.prepare(observed(1), 200);
  CellValues counts = counts_of(1.0, 0.3, 2) + 0.37F;  // between the observed numbers, where W1 has a derivative
  const Vector burst = Vector::Constant(3, 1e-3);
  CellValues gradient = CellValues::Zero(200, 3);
  prepared.add(0, {counts, burst}, gradient);
  CellValues unused = gradient;
  for (const Index cell : {0, 17, 111}) {
    for (Index gene = 0; gene < 3; ++gene) {
      constexpr float step = 0.05F;
      const float before = counts(cell, gene);
      counts(cell, gene) = before + step;
      const double up = prepared.add(0, {counts, burst}, unused);
      counts(cell, gene) = before - step;
      const double down = prepared.add(0, {counts, burst}, unused);
      counts(cell, gene) = before;
      CHECK(static_cast<double>(gradient(cell, gene)) ==
            doctest::Approx((up - down) / static_cast<double>(2.0F * step)).epsilon(0.02).scale(1e-3));
    }
  }
}

}  // namespace

TEST_CASE("gradients of distances agree with differences") {
  check_gradient(SortedCounts{});
  check_gradient(LogMeans{});
  check_gradient(LogCovariances{});
  check_gradient(MarginalsAndPairs(SortedCounts{.weight = 2.0}, LogMeans{}, LogCovariances{}));
}

TEST_CASE("a distance is nothing between equal cells, and grows with what it measures") {
  const auto data = observed(1);
  const CellValues same = data[0].cast<float>().array();
  const Vector burst = Vector::Ones(3);
  CellValues gradient = CellValues::Zero(200, 3);
  const MarginalsAndPairs distance;
  CHECK(distance.prepare(data, 200).add(0, {same, burst}, gradient) == doctest::Approx(0.0));
  // One molecule more in every cell: W1 is 1, in units of √(mean + 0.1) per gene.
  const CellValues more = same + 1.0F;
  double expected = 0.0;
  for (Index a = 0; a < 3; ++a) expected += 1.0 / std::sqrt(data[0].col(a).mean() + 0.1);
  CHECK(SortedCounts{}.prepare(data, 200).add(0, {more, burst}, gradient) == doctest::Approx(expected).epsilon(1e-4));
  // Shuffled cells have the same marginals and lose their covariances.
  CellValues paired(200, 2);
  paired.col(0) = same.col(0);
  paired.col(1) = same.col(0);
  CellValues shuffled = paired;
  shuffled.col(1) = paired.col(1).reverse().eval();
  const std::vector<Matrix> pairs{paired.cast<double>().matrix()};
  CellValues two = CellValues::Zero(200, 2);
  CHECK(LogMeans{}.prepare(pairs, 200).add(0, {shuffled, Vector::Ones(2)}, two) == doctest::Approx(0.0).scale(1e-3));
  CHECK(LogCovariances{}.prepare(pairs, 200).add(0, {shuffled, Vector::Ones(2)}, two) > 0.1);
}

TEST_CASE("one more burst: the slope is the derivative of the mean logarithm by the frequency of bursts") {
  // Bursts of mean size 50 at rest: M ~ Gamma(α, 1/50). d E log(1 + M)/dα against the mean slope times the 50 molecules
  // that a burst brings in its life; the derivative at a point would be 2.5 times too large here.
  constexpr double alpha = 0.8;
  constexpr double burst = 50.0;
  constexpr int draws = 400000;
  RandomStream random(3, Purpose::user);
  double slope = 0.0;
  double naive = 0.0;
  double up = 0.0;
  double down = 0.0;
  constexpr double step = 0.1;
  for (int k = 0; k < draws; ++k) {
    const double m = burst * random.gamma(alpha);
    slope += burst * static_cast<double>(one_more_burst(static_cast<float>(m), static_cast<float>(burst)));
    naive += burst / (1.0 + m);
    // Sums of independent Gamma variables share most of their chance.
    const double low = burst * random.gamma(alpha - step);
    down += std::log1p(low);
    up += std::log1p(low + burst * random.gamma(2.0 * step));
  }
  const double difference = (up - down) / (2.0 * step * draws);
  CHECK(slope / draws == doctest::Approx(difference).epsilon(0.1));
  CHECK(naive / draws > 1.5 * difference);
}

TEST_CASE("free shapes are those of the negative binomials that were drawn") {
  std::vector<Vector> snapshots;
  const std::vector<double> shapes = {0.3, 1.0, 3.0};
  for (std::size_t k = 0; k < shapes.size(); ++k) {
    snapshots.push_back(counts_of(shapes[k], 0.1, 10 + k, 4000, 1).cast<double>().col(0).matrix());
  }
  const FreeShapes fit = fit_free_shapes(snapshots);
  // 5 % is about four standard errors of koff/s0 from 12,000 cells.
  CHECK(fit.inverse_burst_size == doctest::Approx(0.1).epsilon(0.05));
  for (std::size_t k = 0; k < shapes.size(); ++k) {
    CHECK(fit.shape[static_cast<Index>(k)] == doctest::Approx(shapes[k]).epsilon(0.15));
  }
}

TEST_CASE("the distance by chance of means is that of the normal law") {
  // |difference| of a mean of n draws has the mean σ√(2/(π n)) and the deviation σ√((1 − 2/π)/n). Many time points
  // with the same data: the false-alarm rate is that of z_p_value, and 5 % more would be caught.
  constexpr Index cells = 400;
  constexpr std::size_t times = 20000;
  DistanceTargets targets;
  targets.counts.assign(times, counts_of(1.5, 0.2, 1, 100, 1).cast<double>().matrix());
  targets.times.assign(times, 0.0);
  const Vector logs = targets.counts[0].col(0).array().log1p().matrix();
  const double deviation = std::sqrt((logs.array() - logs.mean()).square().mean() / static_cast<double>(cells));
  const double pi = std::acos(-1.0);
  const double expected = deviation * std::sqrt(2.0 / pi);
  const double error = deviation * std::sqrt((1.0 - 2.0 / pi) / static_cast<double>(times));
  const double found = distance_by_chance(LogMeans{.weight = 1.0}.prepare(targets.counts, cells), targets, cells, 7);
  CHECK(support::z_p_value(found, expected, error) > support::false_alarm);
  CHECK(support::z_p_value(found, 1.05 * expected, error) < support::false_alarm);
}
