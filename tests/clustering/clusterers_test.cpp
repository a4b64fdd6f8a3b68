// Duties of every clusterer, and what is particular to each.
#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/clustering.hpp>
#include <cardamom/mixture/negative_binomial.hpp>
#include <support/awkward_counts.hpp>

using namespace cardamom;

namespace {

const Rjmcmc quick_rjmcmc{RjmcmcOptions{.sweeps = 150, .burn_in = 50, .chains = 2, .max_modes = 5}};

template <class C>
void check_duties(const Counts& counts, const C& clusterer) {
  const Clustering clustering = cluster(counts, {.seed = 3}, clusterer);
  for (Index gene = 0; gene < counts.nodes(); ++gene) {
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
  const Clustering threaded = cluster(counts, {.seed = 3}, Threads(2), clusterer);
  CHECK(threaded.modes == clustering.modes);
  for (Index gene = 0; gene < counts.nodes(); ++gene) {
    CHECK(threaded.gene(gene).shapes == clustering.gene(gene).shapes);
  }
}

}  // namespace

TEST_CASE("every clusterer gives defined answers on genes that say little") {
  for (const Vector& depth : {Vector(), support::awkward_depths()}) {
    const Counts counts = support::awkward_counts(depth);
    check_duties(counts, Binarize{});
    check_duties(counts, Binarize{{.modes = BinarizeModes::pooled}});
    check_duties(counts, FixedModes{1});
    check_duties(counts, FixedModes{3});
    check_duties(counts, NoClustering{});
    check_duties(counts, NoClustering{.saturate = true});
    check_duties(counts, quick_rjmcmc);
  }
  const Counts one_cell(Matrix::Ones(1, 2), Vector::Zero(1));
  check_duties(one_cell, FixedModes{2});
  check_duties(one_cell, NoClustering{});
  check_duties(one_cell, quick_rjmcmc);
}
