#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include <cardamom/core/random.hpp>
#include <cardamom/regression/row_penalty.hpp>

namespace {

cardamom::RowPenalty one(double anchor, double change, double magnitude, double limit = 50.0) {
  return {cardamom::Vector::Constant(1, anchor), cardamom::Vector::Constant(1, change),
          cardamom::Vector::Constant(1, magnitude), limit};
}

double draw(cardamom::RandomStream& random, double scale) { return scale * (2.0 * random.uniform() - 1.0); }

}  // namespace

TEST_CASE("the proximal point is better than every point of a fine grid and both kinks") {
  cardamom::RandomStream random(1, cardamom::Purpose::user);
  int at_zero = 0;
  int at_anchor = 0;
  for (int trial = 0; trial < 2000; ++trial) {
    const double anchor = trial % 4 == 0 ? 0.0 : draw(random, 2.0);
    const double step = 0.1 + random.uniform();
    const double point = draw(random, 4.0);
    const auto penalty = one(anchor, random.uniform(), trial % 3 == 0 ? 0.0 : random.uniform(), 3.0);
    const auto objective = [&](double x) { return (x - point) * (x - point) / (2.0 * step) + penalty.value(0, x); };
    const double best = penalty.proximal(0, point, step);
    at_zero += best == 0.0;
    at_anchor += anchor != 0.0 && best == anchor;
    CHECK(std::abs(best) <= 3.0);
    for (double x = -3.0; x <= 3.0; x += 0.01) REQUIRE(objective(best) <= objective(x) + 1e-14);
    REQUIRE(objective(best) <= objective(0.0));
    REQUIRE(objective(best) <= objective(anchor));
    // The optimality residual agrees.
    REQUIRE(std::abs(penalty.subgradient(0, best, (best - point) / step)) < 1e-13);
  }
  CHECK(at_zero > 100);
  CHECK(at_anchor > 100);
}

TEST_CASE("the proximal point mirrors with its arguments") {
  cardamom::RandomStream random(2, cardamom::Purpose::user);
  for (int trial = 0; trial < 500; ++trial) {
    const double anchor = draw(random, 2.0);
    const double point = draw(random, 3.0);
    const double a = random.uniform();
    const double b = random.uniform();
    CHECK(one(anchor, a, b).proximal(0, point, 0.7) == -one(-anchor, a, b).proximal(0, -point, 0.7));
  }
}

TEST_CASE("a held coefficient stays at its anchor and has no residual") {
  const auto penalty = one(1.25, std::numeric_limits<double>::infinity(), 0.5);
  CHECK(!penalty.is_free(0));
  CHECK(penalty.proximal(0, -7.0, 0.1) == 1.25);
  CHECK(penalty.subgradient(0, 1.25, 100.0) == 0.0);
  CHECK(penalty.value(0, 1.25) == 0.0);
}

TEST_CASE("the box counts as a kink and holds back only outwards") {
  const auto penalty = one(0.0, 0.1, 0.0, 2.0);
  CHECK(penalty.at_kink(0, 2.0));
  CHECK(penalty.subgradient(0, 2.0, -5.0) == 0.0);
  CHECK(penalty.subgradient(0, 2.0, 5.0) == doctest::Approx(5.1));
  CHECK(penalty.proximal(0, 100.0, 1.0) == 2.0);
}
