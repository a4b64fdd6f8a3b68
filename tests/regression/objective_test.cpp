#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <type_traits>

#include <doctest/doctest.h>

#include <cardamom/regression/objective.hpp>
#include <cardamom/regression/proximal_newton.hpp>
#include <cardamom/regression/samples.hpp>

#include "support/links.hpp"
#include "support/throws.hpp"
#include "synthetic.hpp"

using namespace cardamom;

TEST_CASE("row objective: gradient agrees with central differences") {
  RandomStream random(5, Purpose::user);
  const Samples samples = regression_test::binary_samples(6, 40, random);
  const Vector weights = normalised_weights(samples);
  const auto check = [&](const auto& loss, const auto& link) {
    const RowObjective<std::remove_cvref_t<decltype(loss)>, std::remove_cvref_t<decltype(link)>> objective(
        loss, link, samples.proteins, samples.targets.col(2), weights, 0.1);
    Vector x(7);
    for (Index j = 0; j < 7; ++j) x[j] = 0.5 * random.normal();
    Vector gradient(7);
    Vector unused(7);
    const double value = objective(x, gradient);
    CHECK(value == objective.value(x));
    for (Index j = 0; j < 7; ++j) {
      Vector up = x;
      Vector down = x;
      up[j] += 1e-5;
      down[j] -= 1e-5;
      CHECK(gradient[j] == doctest::Approx((objective(up, unused) - objective(down, unused)) / 2e-5).epsilon(1e-7));
    }
  };
  check(LeastSquares{}, Logistic{});
  check(LeastSquares{}, support::Probit{0.8});
  check(CrossEntropy{}, Logistic{});
  check(CrossEntropy{}, support::ComplementaryLogLog{});
}

TEST_CASE("a gradient that has no length is refused") {
  RandomStream random(5, Purpose::user);
  const Samples samples = regression_test::binary_samples(6, 40, random);
  const Vector weights = normalised_weights(samples);
  const RowObjective<LeastSquares> objective({}, {}, samples.proteins, samples.targets.col(2), weights, 0.1);
  Vector gradient;
  support::check_throws<std::invalid_argument>([&] { objective(Vector::Zero(7), gradient); },
                                               {"RowObjective: gradient has size 0, must be 7"});
  gradient.resize(7);
  support::check_throws<std::invalid_argument>([&] { objective(Vector::Zero(6), gradient); },
                                               {"RowObjective: x has size 6, must be 7"});
}

TEST_CASE("a product kept from an earlier fit bounds a new one, and changes no fit") {
  RandomStream random(6, Purpose::user);
  Samples samples = regression_test::binary_samples(30, 50, random);
  samples.proteins.col(4) *= -3.0;
  const Vector weights = normalised_weights(samples);
  const RowObjective<LeastSquares> plain({}, {}, samples.proteins, samples.targets.col(2), weights, 0.1);
  KnownProduct known;
  const SharedColumns shared = share_columns(samples.proteins, samples.targets);
  const RowObjective<LeastSquares> again({}, {}, samples.proteins, samples.targets.col(2), weights, 0.1, 2, shared,
                                         known);

  Vector v(50);
  for (Index s = 0; s < 50; ++s) v[s] = random.normal();
  Vector first(31);
  Vector error(31);
  CHECK(again.nearly_all_columns(v, 1.0, first, error) == 0.0);
  Vector exact(31);
  Vector near(31);
  for (int trial = 0; trial < 20; ++trial) {
    Vector moved = v;
    moved[trial] += 0.01;
    plain.all_columns(moved, exact);
    const double largest = again.nearly_all_columns(moved, 1.0, near, error);
    CHECK(largest == error.maxCoeff());
    CHECK(error[30] == 0.0);
    CHECK(((exact - near).cwiseAbs() - error).maxCoeff() <= 1e-12);
  }
  const Vector along = v + 0.01 * (samples.proteins.col(4).array() - samples.proteins.col(4).mean()).matrix();
  plain.all_columns(along, exact);
  again.nearly_all_columns(along, 10.0, near, error);
  CHECK(std::abs(exact[4] - near[4]) == doctest::Approx(error[4]));  // the bound is attained
  plain.all_columns(2.0 * v, exact);
  CHECK(again.nearly_all_columns(2.0 * v, 0.1, near, error) == 0.0);
  CHECK((exact - near).cwiseAbs().maxCoeff() < 1e-12);

  known = {};
  RowPenalty penalty;
  penalty.anchor = Vector::Zero(31);
  penalty.change = Vector::Constant(31, 0.01);
  penalty.magnitude = Vector::Zero(31);
  Vector x = Vector::Zero(31);
  int spared = 0;
  for (int fit = 0; fit < 10; ++fit) {
    for (Index j = 0; j < 31; ++j) penalty.magnitude[j] = (fit < 5 ? 0.02 : 1e-5) * random.uniform();
    Vector alone = x;
    CHECK(ProximalNewton{}.minimize(plain, penalty, alone).converged());
    const Vector before = known.v;
    CHECK(ProximalNewton{}.minimize(again, penalty, x).converged());
    spared += before.size() > 0 && before == known.v ? 1 : 0;
    CHECK(x == alone);
    CHECK(optimality_residual(plain, penalty, x) < 1e-9);
  }
  CHECK(spared > 0);
}

TEST_CASE("samples of equal columns are grouped without changing value or derivatives, where groups are few") {
  RandomStream random(8, Purpose::user);
  Samples samples = regression_test::binary_samples(40, 3000, random);
  samples.proteins = (samples.proteins.array() > 0.5).select(Matrix::Constant(3000, 40, 1.0), 0.1);  // bit for bit
  samples.targets = samples.proteins;
  samples.weights = Vector::NullaryExpr(3000, [&] { return random.uniform(); });
  samples.weights.head(500).setZero();
  const Vector weights = normalised_weights(samples);
  const SharedColumns shared = share_columns(samples.proteins, samples.targets);
  KnownProduct known;
  const RowObjective<LeastSquares> whole({}, {}, samples.proteins, samples.targets.col(7), weights, 0.1, 7, shared,
                                         known);
  const std::vector<Index> columns{2, 6, 8, 21, 40};
  const auto groups = whole.grouped(columns);
  REQUIRE(groups.has_value());
  const auto row = groups->row();
  CHECK(row.size() == 5);
  CHECK(row.samples() == 32);  // four columns and the target of two values each

  Vector x = Vector::Zero(41);
  for (const Index j : columns) x[j] = random.normal();
  Vector gradient(41);
  Vector of_columns(5);
  CHECK(row(x(columns), of_columns) == doctest::Approx(whole(x, gradient)).epsilon(1e-12));
  CHECK((of_columns - gradient(columns)).cwiseAbs().maxCoeff() < 1e-14);

  Vector exact(3000);
  Vector spread(3000);
  Vector of_groups(32);
  whole.slopes_at(x, exact);
  row.slopes_at(x(columns), of_groups);
  whole.spread(*groups, of_groups, spread);
  CHECK((spread - exact).cwiseAbs().maxCoeff() < 1e-17);

  std::vector<Index> all;
  for (Index j = 0; j < 41; ++j) all.push_back(j);
  CHECK_FALSE(whole.grouped(all).has_value());  // as many groups as samples
  samples.proteins.col(3) = Vector::LinSpaced(3000, 0.0, 1.0);
  const SharedColumns continuous = share_columns(samples.proteins, samples.targets);
  CHECK_FALSE(continuous.proteins.known());
  const RowObjective<LeastSquares> other({}, {}, samples.proteins, samples.targets.col(7), weights, 0.1, 7, continuous,
                                         known);
  CHECK_FALSE(other.grouped(columns).has_value());
}
