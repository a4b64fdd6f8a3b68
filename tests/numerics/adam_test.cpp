// Descent along noisy gradients.
#include <cmath>
#include <stdexcept>

#include <doctest/doctest.h>

#include <cardamom/core/random.hpp>
#include <cardamom/numerics/adam.hpp>

using namespace cardamom;

TEST_CASE("Adam finds the minimum of a quadratic whose gradients are noisy") {
  RandomStream random(1, Purpose::user);
  const Vector minimum = (Vector(3) << 1.0, -2.0, 0.5).finished();
  Vector x = Vector::Zero(3);
  Adam({.iterations = 600})
      .minimize(
          [&](const Vector& at, Index, Vector& gradient) {
            for (Index p = 0; p < 3; ++p) gradient[p] += 4.0 * (at[p] - minimum[p]) + random.normal();
            return 0.0;
          },
          x, Vector::Constant(3, 0.1), [](Vector&) {});
  CHECK((x - minimum).norm() < 0.1);
}

TEST_CASE("Adam holds parameters without a step, keeps constraints and passes over what is not finite") {
  Vector x = Vector::Zero(3);
  Adam({.iterations = 200})
      .minimize(
          [](const Vector& at, Index, Vector& gradient) {
            gradient = (Vector(3) << at[0] - 5.0, at[1] - 5.0, std::nan("")).finished();
            return 0.0;
          },
          x, (Vector(3) << 0.1, 0.0, 0.1).finished(), [](Vector& y) { y = y.cwiseMin(2.0).eval(); });
  CHECK(x[0] == doctest::Approx(2.0));
  CHECK(x[1] == 0.0);
  CHECK(x[2] == 0.0);
}

TEST_CASE("options of Adam are checked") {
  CHECK_THROWS_AS(Adam({.iterations = 0}), std::invalid_argument);
  CHECK_THROWS_AS(Adam({.first_decay = 1.0}), std::domain_error);
  CHECK_THROWS_AS(Adam({.clip_norm = 0.0}), std::domain_error);
}

TEST_CASE("Adam shortened takes a share of its iterations") {
  CHECK(Adam({.iterations = 400}).shortened(0.4).iterations() == 160);
  CHECK(Adam({.iterations = 1}).shortened(0.4).iterations() == 1);
  CHECK(Adam({.iterations = 10, .clip_norm = 3.0}).shortened(0.5).options().clip_norm == 3.0);
}
