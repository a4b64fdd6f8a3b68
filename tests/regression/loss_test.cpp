// Losses, alone and through links.
#include <cmath>
#include <initializer_list>
#include <limits>

#include <doctest/doctest.h>

#include <cardamom/regression/loss.hpp>

#include "support/links.hpp"

using namespace cardamom;

namespace {

/// Grows linearly where the misfit is large. Without a form of its own for any link.
struct PseudoHuber {
  LossTerm operator()(double fitted, double target) const {
    const double x = (fitted - target) / 0.3;
    const double root = std::sqrt(1.0 + x * x);
    const double curvature = 1.0 / (root * root * root);
    return {0.09 * (root - 1.0), 0.3 * x / root, curvature, 1.0 / root};
  }
};

/// The same numbers by the chain rule alone.
template <class L>
struct WithoutForms {
  L loss;
  static constexpr bool above_floor = FloorlessLoss<L>;
  LossTerm operator()(double fitted, double target) const { return loss(fitted, target); }
};

/// Calls `check(u, y, r)` on a grid of arguments, targets and floors.
template <class Check>
void on_grid(Check&& check) {
  for (const double r : {0.0, 0.1, 0.6}) {
    for (const double y : {r, 0.5 * (1.0 + r), 1.0}) {
      for (double u = -2.75; u <= 2.0; u += 0.5) check(u, y, r);
    }
  }
}

template <class L>
void check_derivatives(const L& loss) {
  on_grid([&](double x, double y, double r) {
    const double fitted = r + (1.0 - r) * (x + 3.0) / 6.0;
    const double h = 1e-5;
    const LossTerm here = loss(fitted, y);
    const LossTerm up = loss(fitted + h, y);
    const LossTerm down = loss(fitted - h, y);
    CHECK(here.slope == doctest::Approx((up.value - down.value) / (2 * h)).epsilon(1e-6).scale(1e-3));
    CHECK(here.curvature == doctest::Approx((up.slope - down.slope) / (2 * h)).epsilon(1e-6).scale(1e-3));
    CHECK(here.majorant >= here.curvature);
    CHECK(here.majorant >= 0.0);
  });
}

template <class L, class LinkType>
void check_composed(const L& loss, const LinkType& link) {
  on_grid([&](double u, double y, double r) {
    const double h = 1e-4;
    const auto at = [&](double step) { return loss_through(loss, link, u + step, y, r); };
    const LossTerm here = at(0.0);
    CHECK(here.slope == doctest::Approx((at(h).value - at(-h).value) / (2 * h)).epsilon(1e-6).scale(1e-2));
    if constexpr (CurvedLink<LinkType>) {
      CHECK(here.curvature == doctest::Approx((at(h).slope - at(-h).slope) / (2 * h)).epsilon(1e-6).scale(1e-2));
    } else {
      CHECK(here.curvature >= 0.0);
    }
    CHECK(here.majorant >= here.curvature);
    CHECK(here.majorant >= 0.0);
  });
}

template <class L>
void check_links(const L& loss) {
  check_composed(loss, Logistic{});
  check_composed(loss, support::ComplementaryLogLog{});
  check_composed(loss, support::Probit{1.3});
}

}  // namespace

TEST_CASE("losses: derivatives in the fitted share agree with central differences") {
  check_derivatives(LeastSquares{});
  check_derivatives(CrossEntropy{});
  check_derivatives(PseudoHuber{});
}

TEST_CASE("every loss through every link: derivatives in the linear form agree with central differences") {
  check_links(LeastSquares{});
  check_links(CrossEntropy{});
  check_links(PseudoHuber{});
}

TEST_CASE("a loss's own form for a link is its composition by the chain rule") {
  const auto check = [](const auto& loss) {
    on_grid([&](double u, double y, double r) {
      const LossTerm own = loss_through(loss, Logistic{}, u, y, r);
      const LossTerm chain = loss_through(WithoutForms<std::remove_cvref_t<decltype(loss)>>{loss}, Logistic{}, u, y, r);
      CHECK(own.value == doctest::Approx(chain.value).epsilon(1e-12).scale(1e-3));
      CHECK(own.slope == doctest::Approx(chain.slope).epsilon(1e-12).scale(1e-3));
      CHECK(own.curvature == doctest::Approx(chain.curvature).epsilon(1e-12).scale(1e-3));
      // Both are safe; the cross entropy's own is the smaller one.
      CHECK(own.majorant <= chain.majorant + 1e-12);
    });
  };
  static_assert(FusedLoss<LeastSquares, Logistic> && !FusedLoss<WithoutForms<LeastSquares>, Logistic>);
  check(LeastSquares{});
  check(CrossEntropy{});
}

TEST_CASE("losses stay finite however far out the linear form is") {
  const auto check = [](const auto& loss, const auto& link) {
    for (const double u : {-800.0, -38.0, -20.0, 20.0, 38.0, 800.0}) {
      for (const double y : {0.2, 1.0}) {
        const LossTerm term = loss_through(loss, link, u, y, 0.2);
        CHECK(std::isfinite(term.value));
        CHECK(std::isfinite(term.slope));
        CHECK(std::isfinite(term.curvature));
        CHECK(std::isfinite(term.majorant));
      }
    }
  };
  check(LeastSquares{}, support::Probit{1.0});
  check(CrossEntropy{}, Logistic{});
  check(CrossEntropy{}, support::Probit{1.0});
  check(CrossEntropy{}, support::ComplementaryLogLog{});
}

TEST_CASE("the cross entropy is least where the fit has the target's position above the floor") {
  const double floor = 0.25;
  const double target = 0.25 + 0.75 * 0.3;
  const double u = std::log(0.3 / 0.7);
  CHECK(std::abs(loss_through(CrossEntropy{}, Logistic{}, u, target, floor).slope) < 1e-14);
  const double log_log = std::log(-std::log1p(-0.3));
  CHECK(std::abs(loss_through(CrossEntropy{}, support::ComplementaryLogLog{}, log_log, target, floor).slope) < 1e-14);
}
