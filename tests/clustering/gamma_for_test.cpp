#include <cmath>

#include <doctest/doctest.h>

#include <cardamom/clustering/binarize.hpp>
#include <cardamom/clustering/cluster.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/mixture/gamma_for.hpp>

using namespace cardamom;

namespace {

/// Two genes that are on in half of the cells, and off, or below anything that can be seen, in the others.
Counts levels(double unit) {
  constexpr Index cells = 200;
  RandomStream random(5, Purpose::user);
  Matrix values = Matrix::Zero(cells, 3);
  for (Index cell = 0; cell < cells; ++cell) {
    values(cell, 1) = unit * (cell % 2 == 0 ? random.gamma(4.0) : 0.01 * random.gamma(1.0));
    values(cell, 2) = unit * (cell % 4 < 2 ? random.gamma(9.0) : 0.0);
  }
  return Counts(values, Vector::Constant(cells, 0.0));
}

}  // namespace

TEST_CASE("modes of levels do not depend on their unit") {
  const Counts plain = levels(1.0);
  const Gamma family = gamma_for(plain);
  // A twentieth of the mean of both genes' levels, which are a + 1 for Gamma laws of shape a; standard error 4 %.
  CHECK(family.detection_limit == doctest::Approx(0.05 * 0.5 * (5.0 + 10.0)).epsilon(0.15));
  const Clustering modes = cluster(plain, {}, family, Binarize{});
  for (Index cell = 0; cell < plain.cells(); ++cell) {
    if (plain.values()(cell, 1) > 2.0 * family.detection_limit) CHECK(modes.modes(cell, 1) == 1);
    if (plain.values()(cell, 2) == 0.0) CHECK(modes.modes(cell, 2) == 0);
  }
  for (const double unit : {1.0 / 1024.0, 1024.0}) {
    const Counts scaled = levels(unit);
    CHECK(gamma_for(scaled).detection_limit == unit * family.detection_limit);
    CHECK(cluster(scaled, {}, gamma_for(scaled), Binarize{}).modes == modes.modes);
  }
  CHECK(gamma_for(Counts(Matrix::Zero(3, 2), Vector::Zero(3))).detection_limit == Gamma{}.detection_limit);
}
