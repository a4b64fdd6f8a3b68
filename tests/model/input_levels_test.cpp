#include <stdexcept>

#include <doctest/doctest.h>

#include <cardamom/model/input_levels.hpp>

using namespace cardamom;

TEST_CASE("inputs are on unless their levels are given") {
  CHECK(input_levels("f", "levels", Vector(), 2) == Vector{{1.0, 1.0}});
  CHECK(input_levels("f", "levels", Vector(), 0).size() == 0);
  CHECK(input_levels("f", "levels", Vector{{0.5, 0.0}}, 2) == Vector{{0.5, 0.0}});
}

TEST_CASE("levels must be one per input and not negative") {
  CHECK_THROWS_WITH_AS(input_levels("f", "levels", Vector{{1.0}}, 2), "f: levels has size 1, must be 2",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(input_levels("f", "levels", Vector{{1.0, -1.0}}, 2),
                       "f: levels[1] is -1, must be finite and >= 0", std::domain_error);
}
