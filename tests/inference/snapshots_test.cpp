#include <doctest/doctest.h>

#include <cardamom/inference/ancestry/snapshots.hpp>

using cardamom::Counts;
using cardamom::Matrix;
using cardamom::Vector;

TEST_CASE("the step of time that stands for all is the median, of an even number the mean of the middle two") {
  const auto median_of = [](const Vector& times) {
    return cardamom::detail::median_step(Counts(Matrix::Ones(times.size(), 2), times, {"Stimulus", "Sox2"}));
  };
  CHECK(median_of(Vector{{0, 1, 3, 7, 8}}) == 1.5);
  CHECK(median_of(Vector{{0, 1, 3, 7}}) == 2.0);
  CHECK(median_of(Vector{{5, 5}}) == 1.0);
}
