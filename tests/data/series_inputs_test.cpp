#include <stdexcept>

#include <doctest/doctest.h>

#include <cardamom/data/series_inputs.hpp>

using namespace cardamom;

TEST_CASE("every series has an input of its own that is on while it is perturbed") {
  Matrix values(6, 3);
  values << 0, 1, 2, 0, 3, 4, 1, 5, 6, 1, 7, 8, 1, 9, 10, 1, 11, 12;
  const Counts counts(values, Vector{{0, 0, 1, 1, 2, 2}}, {"Stimulus", "Gata1", "Spi1"});
  const Counts series = with_series_inputs(counts, {0, 1, 0, 1, 1, 0}, 0.0, 1.0);
  CHECK(series.inputs() == 2);
  CHECK(series.names() == std::vector<std::string>{"Series1", "Series2", "Gata1", "Spi1"});
  Matrix inputs(6, 2);
  inputs << 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0;
  CHECK(series.values().leftCols(2) == inputs);
  CHECK(series.values().rightCols(2) == values.rightCols(2));
  CHECK(series.times() == counts.times());

  CHECK_THROWS_WITH_AS((void)with_series_inputs(counts, {0, 1}, 0.0, 1.0),
                       "with_series_inputs: series has size 2, must be 6", std::invalid_argument);
  CHECK_THROWS_WITH_AS((void)with_series_inputs(counts, {0, 1, 0, -1, 1, 0}, 0.0, 1.0),
                       "with_series_inputs: series[3] is -1, must be at least 0", std::invalid_argument);
}
