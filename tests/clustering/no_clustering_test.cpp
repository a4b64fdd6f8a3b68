#include <algorithm>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/clustering/cluster.hpp>
#include <cardamom/clustering/no_clustering.hpp>
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

TEST_CASE("each cell is a mode whose level is its count over the largest") {
  const Counts counts = mixture({1.0}, 0.1, 60, 3);
  const Clustering clustering = cluster(counts, {}, NoClustering{});
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
  const Clustering clustering = cluster(counts, {}, NoClustering{.saturate = true});
  for (Index cell = 0; cell < 400; ++cell) {
    CHECK(clustering.level(1, clustering.modes(cell, 1)) == doctest::Approx(std::min(1.0, table(cell, 1) / full)));
  }
}
