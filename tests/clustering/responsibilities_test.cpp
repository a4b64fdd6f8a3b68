#include <cmath>
#include <stdexcept>

#include <doctest/doctest.h>

#include <cardamom/clustering/cluster.hpp>
#include <cardamom/clustering/responsibilities.hpp>
#include <cardamom/mixture/negative_binomial.hpp>

using namespace cardamom;

namespace {

Counts example() {
  RandomStream random(1, Purpose::user);
  Matrix table = Matrix::Zero(300, 3);
  Vector time(300);
  for (Index cell = 0; cell < 300; ++cell) {
    time[cell] = cell < 150 ? 0.0 : 6.0;
    table(cell, 0) = time[cell] > 0 ? 1.0 : 0.0;
    table(cell, 1) = NegativeBinomial().draw(cell < 150 ? 0.1 : 2.0, 0.1, 1.0, random);
    table(cell, 2) = 4.0;
  }
  return Counts(table, time);
}

}  // namespace

TEST_CASE("responsibilities are Bayes' rule") {
  const Counts counts = example();
  const NegativeBinomial family;
  const Clustering clustering = cluster(counts, {}, family);
  const GeneModes& modes = clustering.gene(1);
  const Matrix soft = responsibilities(counts, 1, modes, family);
  REQUIRE(soft.rows() == 300);
  REQUIRE(soft.cols() == 2);
  for (Index cell = 0; cell < 300; ++cell) {
    const double x = counts.values()(cell, 1);
    const double low = modes.weights[0] * std::exp(family.log_density(x, modes.shapes[0], modes.inverse_burst_size));
    const double high = modes.weights[1] * std::exp(family.log_density(x, modes.shapes[1], modes.inverse_burst_size));
    CHECK(soft(cell, 1) == doctest::Approx(high / (low + high)).epsilon(1e-10));
    CHECK(soft.row(cell).sum() == doctest::Approx(1.0));
  }
}

TEST_CASE("expected levels lie between the levels of the modes") {
  const Counts counts = example();
  const Clustering clustering = cluster(counts);
  const Matrix levels = expected_levels(counts, clustering, NegativeBinomial{});
  CHECK(levels.col(0) == counts.values().col(0));
  CHECK((levels.col(2).array() == 1.0).all());
  CHECK(levels.col(1).minCoeff() >= clustering.level(1, 0));
  CHECK(levels.col(1).maxCoeff() <= 1.0);
  CHECK(levels.col(1).head(150).mean() < 0.4);
  CHECK(levels.col(1).tail(150).mean() > 0.6);
}

TEST_CASE("responsibilities of a gene that is not there are refused") {
  const Counts counts = example();
  const Clustering clustering = cluster(counts);
  CHECK_THROWS_WITH_AS(static_cast<void>(responsibilities(counts, 3, clustering.gene(1), NegativeBinomial{})),
                       "responsibilities: gene is 3, must be in [1, 3)", std::invalid_argument);
  CHECK_THROWS_AS(
      static_cast<void>(expected_levels(Counts(Matrix::Zero(2, 3), Vector::Zero(2)), clustering, NegativeBinomial{})),
      std::invalid_argument);
}
