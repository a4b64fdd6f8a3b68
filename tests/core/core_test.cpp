#include <doctest/doctest.h>

#include <cardamom/core.hpp>
TEST_CASE("placeholder") { CHECK(cardamom::RandomStream(1, cardamom::Purpose::cell)() != 0); }
