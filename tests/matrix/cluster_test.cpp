// Cells of `cluster`.
#include <matrix/cells.hpp>
#include <stdexcept>

#include <cardamom/clustering/binarize.hpp>
#include <cardamom/clustering/cluster.hpp>
#include <cardamom/clustering/fixed_modes.hpp>
#include <cardamom/clustering/no_clustering.hpp>
#include <cardamom/mixture/negative_binomial.hpp>
#include <support/throws.hpp>

using namespace matrix;

namespace {

/// Three genes, each in one of two modes of negative binomial counts.
const Counts& counts() {
  static const Counts table = [] {
    RandomStream random(6, Purpose::user);
    Matrix values = Matrix::Ones(60, 4);
    Vector times(60);
    for (Index cell = 0; cell < 60; ++cell) {
      times[cell] = cell < 30 ? 0.0 : 10.0;
      for (Index gene = 1; gene < 4; ++gene) {
        const double shape = random.uniform() < 0.4 ? 0.5 : 4.0;
        values(cell, gene) = NegativeBinomial{}.draw(shape, 0.1, 1.0, random);
      }
    }
    return Counts(values, times);
  }();
  return table;
}

/// What `cluster` finds, in one table: modes of cells, then shapes of every gene.
template <class... Policies>
Matrix found(const Policies&... policies) {
  const Clustering clustering = cluster(counts(), {.seed = 3}, policies...);
  Matrix result = Matrix::Zero(counts().cells() + 60, 4);
  result.topRows(counts().cells()) = clustering.modes.cast<double>();
  for (Index gene = 1; gene < 4; ++gene) {
    const Vector& shapes = clustering.gene(gene).shapes;
    CHECK(shapes.allFinite());
    result.col(gene).segment(counts().cells(), shapes.size()) = shapes;
  }
  return result;
}

}  // namespace

TEST_CASE("cluster takes any family, whatever the clusterer") {
  const archetypes::Family poisson(0);
  CHECK(found(poisson) != found());
  CHECK(found(poisson, FixedModes(2)) != found(FixedModes(2)));
  CHECK(found(poisson, NoClustering{}) != found(NoClustering{}));
  CHECK(found(poisson, archetypes::Clusterer(0)) != found(archetypes::Clusterer(0)));
  // The family says what it admits.
  Matrix halves = counts().values();
  halves(0, 1) = 0.5;
  support::check_throws<std::domain_error>([&] { (void)cluster(Counts(halves, counts().times()), {}, poisson); },
                                           {"cluster: counts(cell 0, gene 1) is 0.5, must be a whole number"});
}

TEST_CASE("cluster takes any clusterer, whatever the family") {
  CHECK(found(archetypes::Clusterer(0)) != found());
  CHECK(found(archetypes::Clusterer(0), archetypes::Family(0)) != found(archetypes::Family(0)));
  const auto generic = [](const auto& sample, const auto& family, auto& random) -> GeneClustering {
    return archetypes::Clusterer(0)(sample, family, random);
  };
  CHECK(found(generic) == found(archetypes::Clusterer(0)));
  CHECK(found(generic, archetypes::Family(0)) == found(archetypes::Family(0), archetypes::Clusterer(0)));
}

TEST_CASE("cluster takes any executor and observer") {
  check_run_policies([](const auto&... policies) { return found(policies...); });
  check_run_policies(
      [](const auto&... policies) { return found(archetypes::Clusterer(0), policies..., archetypes::Family(0)); });
}
