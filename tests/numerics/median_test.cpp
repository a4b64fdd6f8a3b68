#include <doctest/doctest.h>

#include <cardamom/core/types.hpp>
#include <cardamom/numerics/median.hpp>

using namespace cardamom;

TEST_CASE("median: the middle value, of an even number the mean of the middle two, in any order") {
  CHECK(median(Vector::Constant(1, 3.0)) == 3.0);
  Vector odd(5);
  odd << 9.0, -1.0, 4.0, 100.0, 2.0;
  CHECK(median(odd) == 4.0);
  Vector even(4);
  even << 7.0, 1.0, 3.0, 100.0;
  CHECK(median(even) == 5.0);
  const Vector reversed = even.reverse();
  CHECK(median(reversed) == 5.0);
  CHECK(median(Vector(-even)) == -5.0);
  Vector ties(6);
  ties << 2.0, 2.0, 2.0, 8.0, 8.0, 8.0;
  CHECK(median(ties) == 5.0);
}
