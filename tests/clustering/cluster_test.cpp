#include <cmath>
#include <stdexcept>
#include <string>

#include <doctest/doctest.h>

#include <cardamom/clustering/cluster.hpp>
#include <cardamom/clustering/fixed_modes.hpp>
#include <cardamom/mixture/gamma.hpp>
#include <cardamom/mixture/negative_binomial.hpp>

using namespace cardamom;

namespace {

/// Genes that switch from shape 0.05 to shape 2 in a share of the cells that grows with time, after the columns of
/// inputs, which are on from the second time point on.
Counts switching_genes(Index cells, Index inputs, Index genes, std::uint64_t seed) {
  RandomStream random(seed, Purpose::user);
  Matrix table = Matrix::Zero(cells, inputs + genes);
  Vector time(cells);
  for (Index cell = 0; cell < cells; ++cell) {
    time[cell] = static_cast<double>(cell % 3);
    table.row(cell).head(inputs).setConstant(time[cell] > 0 ? 1.0 : 0.0);
    for (Index gene = inputs; gene < inputs + genes; ++gene) {
      const bool on = 2.0 * random.uniform() < time[cell];
      table(cell, gene) = NegativeBinomial().draw(on ? 2.0 : 0.05, 0.1, 1.0, random);
    }
  }
  return Counts(table, time, {}, {}, inputs);
}

void check_same(const Clustering& a, const Clustering& b) {
  CHECK(a.inputs() == b.inputs());
  CHECK(a.modes == b.modes);
  REQUIRE(a.nodes() == b.nodes());
  for (Index i = 0; i < a.nodes(); ++i) {
    CHECK(a.gene(i).shapes == b.gene(i).shapes);
    CHECK(a.gene(i).inverse_burst_size == b.gene(i).inverse_burst_size);
  }
}

/// A clusterer with a mistake.
struct Mistaken {
  bool no_modes = false;
  bool too_short = false;
  ModeIndex mode = 0;
  template <class Family>
  GeneClustering operator()(const GeneSample& sample, const Family&, RandomStream&) const {
    GeneClustering result = constant_gene(sample);
    if (no_modes) result.modes.shapes.resize(0);
    if (too_short) result.of_observation.pop_back();
    if (!result.of_observation.empty()) result.of_observation.back() = mode;
    return result;
  }
};

/// A clusterer with an option that it does not check itself.
struct Unchecked : Mistaken {
  double option = 1.0;
};
void validate(const Unchecked& clusterer) { check_positive("Unchecked", "option", clusterer.option); }

}  // namespace

TEST_CASE("policies of cluster come in any order and have defaults") {
  const Counts counts = switching_genes(300, 1, 3, 1);
  const Clustering defaults = cluster(counts);
  check_same(cluster(counts, {}, NegativeBinomial{}, Binarize{}), defaults);
  check_same(cluster(counts, {}, Binarize{}, Sequential{}, NegativeBinomial{}), defaults);

  const FixedModes three{3};
  const auto silent = [](Index, Index) { return true; };
  const Clustering fixed = cluster(counts, {.seed = 5}, three, Gamma{}, Threads{2}, silent);
  check_same(cluster(counts, {.seed = 5}, silent, Threads{2}, Gamma{}, three), fixed);
  CHECK(fixed.gene(1).count() == 3);
  CHECK(fixed.gene(1).inverse_burst_size !=
        cluster(counts, {.seed = 5}, three).gene(1).inverse_burst_size);  // the family is used
}

TEST_CASE("a generic lambda is a clusterer") {
  const Counts counts = switching_genes(90, 1, 2, 2);
  const auto above_zero = [](const auto& sample, const auto&, auto&) {
    GeneClustering result;
    result.modes.shapes = Eigen::Vector2d(0.1, 1.0);
    result.modes.informative = true;
    for (Index i = 0; i < sample.size(); ++i) result.of_observation.push_back(sample.values[i] > 0 ? 1 : 0);
    count_weights(sample, result);
    return result;
  };
  const Clustering clustering = cluster(counts, {}, above_zero, Threads{2});
  for (Index cell = 0; cell < 90; ++cell) {
    CHECK(clustering.modes(cell, 2) == (counts.values()(cell, 2) > 0 ? 1 : 0));
  }
  check_same(cluster(counts, {}, Gamma{}, above_zero), clustering);
}

TEST_CASE("a gene of which a clusterer says nothing else is informative") {
  const auto above_zero = [](const auto& sample, const auto&, auto&) {
    GeneClustering result;
    result.modes.shapes = Eigen::Vector2d(0.1, 1.0);
    for (Index i = 0; i < sample.size(); ++i) result.of_observation.push_back(sample.values[i] > 0 ? 1 : 0);
    count_weights(sample, result);
    return result;
  };
  const Clustering clustering = cluster(switching_genes(90, 1, 2, 2), {}, above_zero);
  for (Index gene = 0; gene < clustering.nodes(); ++gene) CHECK(clustering.gene(gene).informative);
  Matrix constant(3, 2);
  constant << 0, 4, 1, 4, 1, 4;
  CHECK_FALSE(cluster(Counts(constant, Vector::Zero(3)), {}, above_zero).gene(1).informative);
}

TEST_CASE("the seed reaches the clusterer and nothing else does") {
  const Counts counts = switching_genes(30, 1, 2, 3);
  const auto random_shape = [](const auto& sample, const auto&, auto& random) {
    GeneClustering result = constant_gene(sample);
    result.modes.shapes[0] = 1.0 + random.uniform();
    return result;
  };
  const Clustering one = cluster(counts, {.seed = 1}, random_shape);
  CHECK(cluster(counts, {.seed = 2}, random_shape).gene(1).shapes != one.gene(1).shapes);
  CHECK(one.gene(1).shapes != one.gene(2).shapes);
  check_same(cluster(counts, {.seed = 1}, random_shape, Threads{3}), one);

  // The number of inputs leaves the genes as they are.
  for (const Index inputs : {0, 2, 3}) {
    Matrix table(30, inputs + 2);
    table.leftCols(inputs).setZero();
    table.rightCols(2) = counts.values().rightCols(2);
    const Clustering other = cluster(Counts(table, counts.times(), {}, {}, inputs), {.seed = 1}, random_shape);
    CHECK(other.inputs() == inputs);
    CHECK(other.gene(inputs).shapes == one.gene(1).shapes);
    CHECK(other.gene(inputs + 1).shapes == one.gene(2).shapes);
  }
}

TEST_CASE("clustering does not depend on threads or on the other genes") {
  const Counts counts = switching_genes(400, 1, 9, 7);
  const Clustering one = cluster(counts, {.seed = 1});
  check_same(cluster(counts, {.seed = 1}, Threads(3)), one);
  const Clustering fewer = cluster(Counts(counts.values().leftCols(4), counts.times()));
  CHECK(fewer.modes == one.modes.leftCols(4));
}

TEST_CASE("tables without inputs and with several are clustered") {
  const Counts none = switching_genes(120, 0, 2, 4);
  const Clustering without = cluster(none);
  CHECK(without.inputs() == 0);
  CHECK(without.genes() == 2);
  CHECK(without.gene(0).count() == 2);
  CHECK(without.gene(0).informative);

  Counts both = switching_genes(120, 2, 2, 4);
  Matrix table = both.values();
  for (Index cell = 0; cell < 120; ++cell) table(cell, 1) = 0.5 * both.times()[cell];  // 0, 0.5, 1
  const Clustering clustering = cluster(Counts(table, both.times(), {}, {}, 2));
  CHECK(clustering.inputs() == 2);
  CHECK(clustering.gene(0).shapes == Eigen::Vector2d(0, 1));
  CHECK(clustering.gene(1).shapes == Eigen::Vector3d(0, 0.5, 1));
  CHECK(clustering.levels().leftCols(2) == table.leftCols(2));
  // The genes are those of the table without inputs.
  CHECK(clustering.gene(2).shapes == without.gene(0).shapes);
  CHECK(clustering.modes.rightCols(2) == without.modes);
}

TEST_CASE("clustering refuses values the family does not admit, of genes only") {
  Matrix table = Matrix::Zero(3, 3);
  table(2, 1) = 0.5;
  CHECK_THROWS_WITH_AS(static_cast<void>(cluster(Counts(table, Vector::Zero(3)))),
                       "cluster: counts(cell 2, gene 1) is 0.5, must be a whole number of molecules",
                       std::domain_error);
  CHECK_NOTHROW(static_cast<void>(cluster(Counts(table, Vector::Zero(3), {}, {}, 2))));
}

TEST_CASE("clusterers that break their duties are named, with the gene") {
  const Counts counts = switching_genes(60, 1, 2, 5);
  CHECK_THROWS_WITH_AS(static_cast<void>(cluster(counts, {}, Mistaken{.no_modes = true})),
                       "cluster: the clusterer's result for gene 1 has no mode, must be at least 1", NumericalError);
  CHECK_THROWS_AS(static_cast<void>(cluster(counts, {}, Mistaken{.too_short = true})), NumericalError);
  CHECK_THROWS_WITH_AS(static_cast<void>(cluster(counts, {}, Mistaken{.mode = 1})),
                       "cluster: the clusterer's result for gene 1 has an observation in mode 1, must be in [0, 1)",
                       NumericalError);
  CHECK_THROWS_AS(static_cast<void>(cluster(counts, {}, Mistaken{.mode = -1})), NumericalError);
  CHECK_NOTHROW(static_cast<void>(cluster(counts, {}, Mistaken{})));
  CHECK_THROWS_WITH_AS(static_cast<void>(cluster(counts, {}, Unchecked{{}, 0.0})),
                       "Unchecked: option is 0, must be finite and > 0", std::domain_error);
}

TEST_CASE("clustering reports genes and can be stopped") {
  const Counts counts = switching_genes(50, 2, 4, 9);
  Index last = 0;
  const auto watch = [&last](Index done, Index total) {
    CHECK(total == 4);
    CHECK(done == last + 1);
    last = done;
    return true;
  };
  CHECK(cluster(counts, {}, watch).genes() == 4);
  CHECK(last == 4);
  const auto stop = [](Index done, Index) { return done < 2; };
  CHECK_THROWS_AS(static_cast<void>(cluster(counts, {}, stop)), Cancelled);
}
