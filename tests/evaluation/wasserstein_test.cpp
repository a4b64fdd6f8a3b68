#include <algorithm>
#include <cmath>

#include <doctest/doctest.h>

#include <cardamom/core/random.hpp>
#include <cardamom/evaluation/wasserstein.hpp>

using namespace cardamom;

namespace {

Vector sample(RandomStream& stream, Index size, double shift = 0.0) {
  Vector values(size);
  for (double& value : values) value = stream.exponential() + shift;
  return values;
}

}  // namespace

TEST_CASE("wasserstein distances worked by hand") {
  const Vector a{{0.0, 1.0, 3.0}};
  const Vector b{{5.0, 6.0, 8.0}};
  CHECK(wasserstein(a, b) == doctest::Approx(5.0));
  CHECK(wasserstein(Vector{{0.0, 1.0}}, Vector{{0.0}}) == doctest::Approx(0.5));
  CHECK(wasserstein(Vector{{0.0, 0.0, 0.0, 1.0}}, Vector{{0.0, 1.0}}) == doctest::Approx(0.25));
  CHECK(wasserstein(Vector{{2.0}}, Vector{{2.0, 2.0}}) == 0.0);
}

TEST_CASE("equal sizes pair the sorted values") {
  RandomStream stream(1, Purpose::user);
  Vector a = sample(stream, 300);
  Vector b = sample(stream, 300, 0.3);
  const double distance = wasserstein(a, b);
  std::sort(a.begin(), a.end());
  std::sort(b.begin(), b.end());
  CHECK(distance == doctest::Approx((a - b).cwiseAbs().mean()).epsilon(1e-12));
}

TEST_CASE("different sizes agree with repeating every value") {
  RandomStream stream(2, Purpose::user);
  const Vector a = sample(stream, 40);
  const Vector b = sample(stream, 60);
  Vector a3 = a.replicate(3, 1);
  Vector b2 = b.replicate(2, 1);
  std::sort(a3.begin(), a3.end());
  std::sort(b2.begin(), b2.end());
  CHECK(wasserstein(a, b) == doctest::Approx((a3 - b2).cwiseAbs().mean()).epsilon(1e-12));
  CHECK(wasserstein(a, b) == doctest::Approx(wasserstein(b, a)).epsilon(1e-13));
  CHECK(wasserstein(a, a) == 0.0);
}

TEST_CASE("a shift moves the distance by itself") {
  RandomStream stream(3, Purpose::user);
  const Vector a = sample(stream, 101);
  CHECK(wasserstein(a, (a.array() + 2.5).matrix()) == doctest::Approx(2.5).epsilon(1e-13));
}

TEST_CASE("marginal distances skip the stimulus") {
  const Matrix a{{0.0, 1.0, 4.0}, {0.0, 2.0, 4.0}};
  const Matrix b{{1.0, 2.0, 4.0}, {1.0, 3.0, 5.0}};
  const Vector distances = marginal_wasserstein(a, b);
  CHECK(distances[0] == 0.0);
  CHECK(distances[1] == doctest::Approx(1.0));
  CHECK(distances[2] == doctest::Approx(0.5));
}

TEST_CASE("wasserstein rejects empty and broken samples") {
  const Vector good{{1.0, 2.0}};
  CHECK_THROWS_WITH_AS((void)wasserstein(Vector(0), good), "wasserstein: a.size() is 0, must be at least 1",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS((void)wasserstein(good, Vector{{1.0, NAN}}), "wasserstein: b[1] is nan, must be finite",
                       std::domain_error);
  CHECK_THROWS_WITH_AS((void)marginal_wasserstein(Matrix::Ones(2, 3), Matrix::Ones(2, 2)),
                       "marginal_wasserstein: b.cols() has size 2, must be 3", std::invalid_argument);
}

TEST_CASE("marginals of several inputs or none") {
  const Matrix a{{0.0, 1.0, 2.0}};
  const Matrix b{{5.0, 1.5, 4.0}};
  CHECK(marginal_wasserstein(a, b) == Vector{{0.0, 0.5, 2.0}});
  CHECK(marginal_wasserstein(a, b, {.inputs = 0}) == Vector{{5.0, 0.5, 2.0}});
  CHECK(marginal_wasserstein(a, b, {.inputs = 2}) == Vector{{0.0, 0.0, 2.0}});
}
