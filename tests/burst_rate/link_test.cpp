#include <cmath>

#include <doctest/doctest.h>

#include <cardamom/burst_rate/link.hpp>

#include "support/links.hpp"

using namespace cardamom;

namespace {

struct ValueOnly {
  double value(double u) const { return u; }
};

template <class L>
void check_link(const L& link) {
  double previous = 0.0;
  for (double u = -6.0; u <= 6.0; u += 0.25) {
    const double h = 1e-4;
    CHECK(link.value(u) >= previous);
    CHECK(link.value(u) <= 1.0);
    previous = link.value(u);
    CHECK(link.slope(u) ==
          doctest::Approx((link.value(u + h) - link.value(u - h)) / (2 * h)).epsilon(1e-6).scale(1e-3));
    if constexpr (CurvedLink<L>) {
      CHECK(link.curvature(u) ==
            doctest::Approx((link.slope(u + h) - link.slope(u - h)) / (2 * h)).epsilon(1e-6).scale(1e-3));
    }
  }
  for (const double u : {-800.0, 800.0}) {
    CHECK(link.value(u) == doctest::Approx(u > 0.0 ? 1.0 : 0.0).epsilon(1e-12));
    CHECK(link.slope(u) == doctest::Approx(0.0));
  }
}

}  // namespace

TEST_CASE("links increase from 0 to 1 and have the derivatives they say") {
  check_link(Logistic{});
  check_link(support::ComplementaryLogLog{});
  check_link(support::Probit{0.7});
}

TEST_CASE("the concepts of links tell what a link offers") {
  static_assert(Link<support::Probit> && !CurvedLink<support::Probit> && !ComparingLink<support::Probit>);
  static_assert(CurvedLink<support::ComplementaryLogLog> && ComparingLink<Logistic>);
  static_assert(!Link<ValueOnly> && !Link<double>);
  static_assert(LinkRole::fits<support::Probit> && !LinkRole::fits<ValueOnly>);
  CHECK(logistic(0.0) == 0.5);
}
