#include <cmath>
#include <stdexcept>
#include <string>

#include <doctest/doctest.h>

#include <cardamom/clustering/binarize.hpp>
#include <cardamom/clustering/cluster.hpp>
#include <cardamom/mixture/negative_binomial.hpp>

using namespace cardamom;

namespace {

/// Genes that switch from shape 0.05 to shape 2 in a share of the cells that grows with time; gene 0 the stimulus.
Counts switching_genes(Index cells, Index genes, Index times, double b, std::uint64_t seed, const Vector& depth = {}) {
  RandomStream random(seed, Purpose::user);
  Matrix table = Matrix::Zero(cells, genes + 1);
  Vector time(cells);
  for (Index cell = 0; cell < cells; ++cell) {
    time[cell] = static_cast<double>(cell % times);
    table(cell, 0) = time[cell] > 0 ? 1.0 : 0.0;
    for (Index gene = 1; gene <= genes; ++gene) {
      const bool on = random.uniform() * static_cast<double>(times - 1) < time[cell];
      table(cell, gene) = NegativeBinomial().draw(on ? 2.0 : 0.05, b, depth.size() > 0 ? depth[cell] : 1.0, random);
    }
  }
  return Counts(table, time, {}, depth);
}

void check_finite_everywhere(const Clustering& clustering) {
  for (const GeneModes& gene : clustering.of_node) {
    CHECK(gene.count() >= 1);
    CHECK(gene.shapes.allFinite());
    CHECK(gene.weights.allFinite());
    CHECK(gene.weights.sum() == doctest::Approx(1.0));
    CHECK(std::isfinite(gene.inverse_burst_size));
    CHECK(gene.inverse_burst_size > 0);
  }
  CHECK(clustering.levels().allFinite());
  CHECK(clustering.levels().minCoeff() >= 0.0);
  CHECK(clustering.levels().maxCoeff() <= 1.0);
}

}  // namespace

TEST_CASE("binarised modes are the extremes of the time points") {
  const Counts counts = switching_genes(3000, 2, 2, 0.05, 1);
  const Clustering clustering = cluster(counts);
  REQUIRE(clustering.of_node.size() == 3);
  for (Index gene = 1; gene <= 2; ++gene) {
    const GeneSample sample = pool_cells(counts, gene);
    const SharedFit fit = NegativeBinomial{}.fit(sample, sample.cells_at);
    const GeneModes& modes = clustering.gene(gene);
    CHECK(modes.informative);
    CHECK(modes.shape_min() == fit.shapes.minCoeff());
    CHECK(modes.shape_max() == fit.shapes.maxCoeff());
    CHECK(modes.shape_max() == doctest::Approx(2.0).epsilon(0.15));
    CHECK(modes.shape_min() == doctest::Approx(0.05).epsilon(0.3));
  }
}

TEST_CASE("pooled modes find the active cells where no time point is fully active") {
  RandomStream random(4, Purpose::user);
  Matrix table = Matrix::Zero(2000, 2);
  Vector time(2000);
  for (Index cell = 0; cell < 2000; ++cell) {
    time[cell] = static_cast<double>(cell % 2);
    const bool on = random.uniform() < 0.1 + 0.2 * time[cell];
    table(cell, 1) = NegativeBinomial().draw(on ? 2.0 : 0.05, 0.02, 1.0, random);
  }
  const Counts counts(table, time);
  const Clustering pooled = cluster(counts, {}, Binarize{{.modes = BinarizeModes::pooled}});
  CHECK(pooled.gene(1).shape_max() == doctest::Approx(2.0).epsilon(0.15));
  CHECK(pooled.gene(1).shape_min() == doctest::Approx(0.05).epsilon(0.25));
  const Clustering by_time = cluster(counts);
  CHECK(by_time.gene(1).shape_max() < 1.0);
}

TEST_CASE("assignment is the likelihood ratio of the two modes") {
  Vector depth(600);
  RandomStream random(3, Purpose::user);
  for (double& d : depth) d = 0.5 + random.uniform();
  for (const Vector& exposure : {Vector(), depth}) {
    const Counts counts = switching_genes(600, 3, 3, 0.1, 2, exposure);
    const Clustering clustering = cluster(counts);
    const NegativeBinomial family;
    for (Index gene = 1; gene <= 3; ++gene) {
      const GeneModes& modes = clustering.gene(gene);
      for (Index cell = 0; cell < counts.cells(); ++cell) {
        const double e = exposure.size() > 0 ? exposure[cell] : 1.0;
        const double x = counts.values()(cell, gene);
        const bool on = family.log_density(x, modes.shape_max(), modes.inverse_burst_size, e) >
                        family.log_density(x, modes.shape_min(), modes.inverse_burst_size, e);
        CHECK(clustering.modes(cell, gene) == (on ? 1 : 0));
      }
    }
  }
}

TEST_CASE("the stimulus is its own mode") {
  const Counts counts = switching_genes(90, 1, 3, 0.1, 5);
  const Clustering clustering = cluster(counts);
  CHECK(clustering.gene(0).shapes == Eigen::Vector2d(0, 1));
  CHECK(clustering.gene(0).weights[1] == doctest::Approx(2.0 / 3.0));
  for (Index cell = 0; cell < 90; ++cell) {
    CHECK(clustering.modes(cell, 0) == (counts.times()[cell] > 0 ? 1 : 0));
    CHECK(clustering.level(0, clustering.modes(cell, 0)) == counts.values()(cell, 0));
  }
}

TEST_CASE("genes without information are kept and everything stays finite") {
  Matrix table = Matrix::Zero(6, 8);
  Vector time(6);
  time << 0, 0, 0, 5, 5, 5;
  table.col(2).setConstant(7);      // constant
  table(3, 3) = 1;                  // a single molecule
  table(4, 4) = 1e9;                // a single huge count
  table.col(5).setConstant(1e9);    // constant and huge
  table.col(6).tail(3) << 1, 1, 1;  // constant within time points
  table.col(7) << 1, 2, 3, 1, 2, 3;
  const Counts counts(table, time);
  for (const BinarizeModes modes : {BinarizeModes::time_points, BinarizeModes::pooled}) {
    const Clustering clustering = cluster(counts, {}, Binarize{{.modes = modes}});
    check_finite_everywhere(clustering);
    for (const Index gene : {1, 2, 5}) {
      CHECK_FALSE(clustering.gene(gene).informative);
      CHECK(clustering.gene(gene).count() == 1);
      CHECK(clustering.gene(gene).convergence.status == ConvergenceStatus::no_information);
    }
    CHECK(clustering.gene(2).shapes[0] == 7.0);
    CHECK(clustering.gene(3).informative);
    CHECK(clustering.gene(4).informative);
    CHECK(clustering.modes(4, 4) == 1);
  }
}

TEST_CASE("one cell and one time point and no cells are defined") {
  Matrix table(1, 2);
  table << 1, 4;
  const Clustering one = cluster(Counts(table, Vector::Zero(1)), {}, Binarize{});
  check_finite_everywhere(one);
  CHECK_FALSE(one.gene(1).informative);

  const Counts snapshot = switching_genes(500, 2, 3, 0.1, 6);
  const Clustering single = cluster(Counts(snapshot.values(), Vector::Zero(500)), {}, Binarize{});
  check_finite_everywhere(single);
  CHECK(single.gene(1).informative);
  CHECK(single.gene(1).shape_max() > 5 * single.gene(1).shape_min());

  const Clustering none = cluster(Counts(Matrix(0, 3), Vector(0)), {}, Binarize{});
  CHECK(none.modes.rows() == 0);
  CHECK(none.of_node.size() == 3);
}

TEST_CASE("the order of cells does not matter to the modes") {
  const Counts counts = switching_genes(200, 2, 3, 0.1, 8);
  std::vector<Index> reversed(200);
  for (std::size_t i = 0; i < 200; ++i) reversed[i] = static_cast<Index>(199 - i);
  const Clustering forward = cluster(counts);
  const Clustering backward = cluster(counts.select_cells(reversed), {}, Binarize{});
  CHECK(forward.gene(1).shapes == backward.gene(1).shapes);
  CHECK(forward.modes.row(0) == backward.modes.row(199));
}

TEST_CASE("binarisation refuses options out of range when it is made") {
  CHECK_THROWS_WITH_AS(Binarize({.shape_floor = 0.0}), "Binarize: shape_floor is 0, must be finite and > 0",
                       std::domain_error);
  CHECK_THROWS_AS(validate(BinarizeOptions{.shape_floor = -1.0}), std::domain_error);
}
