#include <cmath>
#include <numbers>

#include <doctest/doctest.h>

#include <cardamom/core/random.hpp>
#include <cardamom/evaluation/energy_distance.hpp>

using namespace cardamom;

namespace {

Matrix normal_sample(RandomStream& random, Index cells, double mean) {
  Matrix table = Matrix::Constant(cells, 2, 7.0);  // the stimulus does not count
  for (Index c = 0; c < cells; ++c) table(c, 1) = random.normal() + mean;
  return table;
}

}  // namespace

TEST_CASE("the energy distance of two points is twice how far they are apart") {
  Matrix a(2, 3);
  a << 0.0, 1.0, 2.0, 5.0, 1.0, 2.0;
  Matrix b(3, 3);
  b << 9.0, 4.0, 6.0, 9.0, 4.0, 6.0, 9.0, 4.0, 6.0;
  CHECK(energy_distance(a, b) == doctest::Approx(10.0).epsilon(1e-12));
  CHECK(energy_distance(a, b, {.inputs = 0}) > 10.0);
}

TEST_CASE("the energy distance of normal samples has the mean of their laws") {
  // E|N(m, s²)| = s √(2/π) exp(−m²/2s²) + m erf(m/(s √2)); differences of two have s = √2.
  const auto mean_modulus = [](double m) {
    return 2.0 / std::sqrt(std::numbers::pi) * std::exp(-m * m / 4.0) + m * std::erf(m / 2.0);
  };
  const double expected = 2.0 * mean_modulus(1.0) - 2.0 * mean_modulus(0.0);
  RandomStream random(5, Purpose::user);
  constexpr Index repeats = 10000;
  Vector apart(repeats);
  Vector alike(repeats);
  for (Index r = 0; r < repeats; ++r) {
    const Matrix a = normal_sample(random, 12, 0.0);
    apart[r] = energy_distance(a, normal_sample(random, 18, 1.0));
    alike[r] = energy_distance(a, normal_sample(random, 18, 0.0));
  }
  const auto standard_error = [](const Vector& values) {
    const Vector deviations = values.array() - values.mean();
    return deviations.norm() / static_cast<double>(values.size());
  };
  // Five standard errors: a false alarm in 2 of a million seeds.
  const double allowed = 5.0 * standard_error(apart);
  CHECK(std::abs(apart.mean() - expected) < allowed);
  CHECK(std::abs(1.05 * apart.mean() - expected) > allowed);
  CHECK(std::abs(alike.mean()) < 5.0 * standard_error(alike));
}

TEST_CASE("the energy distance sees dependence that no marginal shows") {
  RandomStream random(6, Purpose::user);
  Matrix together(300, 3);
  Matrix apart(300, 3);
  for (Index c = 0; c < 300; ++c) {
    const double x = random.normal();
    together.row(c) << 0.0, x, x;
    apart.row(c) << 0.0, random.normal(), random.normal();
  }
  const double distance = energy_distance(together, apart);
  CHECK(distance > 0.05);
  CHECK(energy_distance(apart, together) == doctest::Approx(distance).epsilon(1e-12));
  CHECK(energy_distance(together, apart, {}, Threads(3)) == distance);
}

TEST_CASE("energy distances reject tables that do not match") {
  const Matrix a = Matrix::Ones(3, 3);
  CHECK_THROWS_WITH_AS((void)energy_distance(a, Matrix::Ones(3, 2)), "energy_distance: b.cols() has size 2, must be 3",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS((void)energy_distance(Matrix::Ones(1, 3), a),
                       "energy_distance: a.rows() is 1, must be at least 2", std::invalid_argument);
  Matrix broken = a;
  broken(1, 2) = NAN;
  CHECK_THROWS_WITH_AS((void)energy_distance(a, broken),
                       "energy_distance: b(1, 2) is nan, must be in [-1e+150, 1e+150]", std::domain_error);
}
