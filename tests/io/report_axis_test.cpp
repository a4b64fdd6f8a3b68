#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/io/report/axis.hpp>

using cardamom::report::apart;
using cardamom::report::Axis;
using cardamom::report::spaced;
using cardamom::report::ticks;
using Values = std::vector<double>;

TEST_CASE("an axis shows its ends at its ends, and equal steps as equal lengths") {
  const Axis x{10.0, 30.0, 100.0, 500.0};
  CHECK(x(10.0) == 100.0);
  CHECK(x(30.0) == 500.0);
  CHECK(x(15.0) == doctest::Approx(200.0));
  CHECK(x(40.0) == doctest::Approx(700.0));  // beyond: drawn on
  const Axis up{0.0, 4.0, 200.0, 0.0};       // upwards, as coordinates of a picture grow downwards
  CHECK(up(1.0) == doctest::Approx(150.0));
  CHECK(Axis{3.0, 3.0, 0.0, 10.0}(3.0) == 5.0);
}

TEST_CASE("ticks are round, within the ends, evenly spaced, and as many as allowed at most") {
  CHECK(ticks(0.0, 10.0, 6) == Values{0, 2, 4, 6, 8, 10});
  CHECK(ticks(0.0, 10.0, 5) == Values{0, 5, 10});
  CHECK(ticks(-1.2, 1.2, 3) == Values{-1, 0, 1});
  CHECK(ticks(2.0, 2.0, 5).empty());
  for (const double first : {-250.0, -0.3, 0.0, 0.7, 12.0}) {
    for (const double length : {1e-4, 0.3, 1.0, 7.0, 960.0, 1e6}) {
      for (const cardamom::Index most : {2, 5, 9}) {
        const Values found = ticks(first, first + length, most);
        CAPTURE(first);
        CAPTURE(length);
        REQUIRE(!found.empty());
        CHECK(static_cast<cardamom::Index>(found.size()) <= most);
        if (most > 2) CHECK(found.size() >= 2);
        CHECK(found.front() >= first - 1e-9 * length);
        CHECK(found.back() <= first + length + 1e-9 * length);
        for (std::size_t k = 2; k < found.size(); ++k) {
          CHECK(found[k] - found[k - 1] == doctest::Approx(found[1] - found[0]).epsilon(1e-6));
        }
      }
    }
  }
}

TEST_CASE("labels have room") {
  const Axis x{0.0, 96.0, 0.0, 96.0};
  CHECK(spaced({0, 6, 12, 24, 36, 48, 60, 72, 84, 96}, x, 24.0) == Values{0, 24, 48, 72, 96});
  CHECK(spaced({}, x, 24.0).empty());
  // Places that have room stay; the others give way as little as in turn they must, and keep their order.
  CHECK(apart({10, 50, 90}, 12.0, 0.0, 100.0) == Values{10, 50, 90});
  CHECK(apart({52, 50}, 10.0, 0.0, 100.0) == Values{60, 50});
  CHECK(apart({98, 99}, 10.0, 0.0, 100.0) == Values{90, 100});
  // More than there is room for: evenly.
  CHECK(apart({5, 5, 5, 5, 5}, 50.0, 0.0, 100.0) == Values{0, 25, 50, 75, 100});
}
