#include <cmath>

#include <boost/multiprecision/cpp_bin_float.hpp>
#include <doctest/doctest.h>

#include <cardamom/simulation/flow.hpp>

namespace {

using Wide = boost::multiprecision::cpp_bin_float_100;

// (e^(−d1 t) − e^(−d0 t))/(d0 − d1) with digits to spare.
double wide_transfer(double d0, double d1, double t) {
  if (d0 == d1) return static_cast<double>(Wide(t) * exp(-Wide(d0) * Wide(t)));
  return static_cast<double>((exp(-Wide(d1) * Wide(t)) - exp(-Wide(d0) * Wide(t))) / (Wide(d0) - Wide(d1)));
}

}  // namespace

TEST_CASE("flow factors are exact for separate and equal and nearly equal rates") {
  for (const double d1 : {0.02, 0.2, 3.0}) {
    for (const double ratio : {0.1, 0.999999, 1.0 - 1e-14, 1.0, 1.0 + 1e-15, 1.0 + 1e-9, 1.001, 1.4, 5.0, 1000.0}) {
      for (const double t : {0.0, 1e-12, 1e-3, 0.3, 2.0, 50.0}) {
        const double d0 = d1 * ratio;
        CAPTURE(d0);
        CAPTURE(d1);
        CAPTURE(t);
        const cardamom::FlowFactors f = cardamom::flow_factors(d0, d1, t);
        CHECK(f.mrna == doctest::Approx(std::exp(-d0 * t)).epsilon(1e-12));
        CHECK(f.protein == doctest::Approx(std::exp(-d1 * t)).epsilon(1e-12));
        const double expected = wide_transfer(d0, d1, t);
        CHECK(std::abs(f.transfer - expected) <= 4e-15 * std::max(1.0, d0 * t) * expected);
      }
    }
  }
}

TEST_CASE("the flow of two steps is the flow of their sum") {
  for (const double d0 : {0.3, 0.2, 1.0}) {
    const double d1 = 0.2;
    const double s1 = 0.7;
    const auto first = cardamom::flow_factors(d0, d1, 1.3);
    const auto second = cardamom::flow_factors(d0, d1, 0.4);
    const auto both = cardamom::flow_factors(d0, d1, 1.7);
    const double m = 12.0;
    const double p = 0.5;
    const double m1 = first.mrna * m;
    const double p1 = first.protein * p + first.transfer * s1 * m;
    CHECK(second.mrna * m1 == doctest::Approx(both.mrna * m).epsilon(1e-14));
    CHECK(second.protein * p1 + second.transfer * s1 * m1 ==
          doctest::Approx(both.protein * p + both.transfer * s1 * m).epsilon(1e-14));
  }
}

TEST_CASE("the peak transfer is the largest") {
  for (const double d0 : {0.04, 0.2, 0.2 * (1 + 1e-13), 0.25, 7.0}) {
    const double d1 = 0.2;
    const double peak = cardamom::peak_transfer(d0, d1);
    double largest = 0.0;
    for (int i = 1; i < 4000; ++i) largest = std::max(largest, cardamom::flow_factors(d0, d1, 0.01 * i).transfer);
    CHECK(peak >= largest * (1 - 1e-15));
    CHECK(peak == doctest::Approx(largest).epsilon(1e-4));
  }
}
