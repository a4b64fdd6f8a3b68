#include <cmath>

#include <doctest/doctest.h>

#include <cardamom/numerics/derivatives.hpp>

using namespace cardamom;

TEST_CASE("free parameters have derivatives of twelve digits") {
  CHECK(derivative([](double x) { return std::exp(2.0 * x); }, 0.3) ==
        doctest::Approx(2.0 * std::exp(0.6)).epsilon(1e-11));
}

TEST_CASE("derivatives at levels never look below zero") {
  const auto rate = [](double x) {
    CHECK(x >= 0.0);
    return 1.0 / (1.0 + std::exp(-(10.0 * x - 3.0)));
  };
  const auto exact = [&](double x) { return 10.0 * rate(x) * (1.0 - rate(x)); };
  for (const double level : {0.0, 1e-3, 0.0039, 0.0041, 0.5, 2.0}) {
    const DifferenceStencil stencil = level_stencil(level, std::max(level, 1.0));
    CHECK(std::abs(derivative(rate, level, stencil) - exact(level)) < 1e-6);
  }
}

TEST_CASE("stencils are exact for the polynomials they are meant for") {
  const auto cubic = [](double x) { return 1.0 + x * (2.0 + x * (-3.0 + 0.5 * x)); };
  for (const double x : {0.0, 0.7}) {
    const double exact = 2.0 - 6.0 * x + 1.5 * x * x;
    CHECK(derivative(cubic, x, level_stencil(x, 50.0)) == doctest::Approx(exact).epsilon(1e-10));
  }
  const auto square = [](double x) { return x * x; };
  CHECK(derivative(square, 3.0, central_stencil(0.5)) == doctest::Approx(6.0).epsilon(1e-14));
  CHECK(parameter_step(0.0) == 1e-4);
  CHECK(parameter_step(-20.0) == 20.0 * 1e-4);
}
