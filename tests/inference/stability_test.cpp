#include <cmath>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/inference/stability.hpp>
#include <cardamom/model/named_networks.hpp>
#include <cardamom/simulation/population.hpp>

using namespace cardamom;

TEST_CASE("stability is a frequency that depends on the seed alone") {
  const Counts counts = simulate(fn4(), Protocol{.cells_per_time_point = 30}, {.seed = 6}).counts;
  StabilityOptions options;
  options.resamples = 8;
  const Matrix alone = stability(counts, options, Successive{});
  CHECK(alone.minCoeff() >= 0.0);
  CHECK(alone.maxCoeff() <= 1.0);
  CHECK(alone.maxCoeff() > 0.5);
  CHECK(alone.diagonal().isZero(0.0));
  // At most `top` edges count per resample, as many as genes.
  CHECK(alone.sum() <= 4.0 + 1e-12);
  CHECK(stability(counts, options, Successive{}, Threads(3)) == alone);
  // A function of one's own serves as well.
  const auto scores = [](const Counts& sample) { return infer(sample, {}, Successive{}).scores; };
  CHECK(stability(counts, options, Threads(2), scores) == alone);
  Index last = 0;
  const auto observer = [&last](Index done, Index total) {
    CHECK(total == 8);
    last = done;
    return true;
  };
  CHECK(stability(counts, options, observer, Successive{}) == alone);
  CHECK(last == 8);
  options.seed = 9;
  CHECK(stability(counts, options, Successive{}) != alone);
  const auto broken = [](const Counts& sample) {
    Matrix result = Matrix::Zero(sample.nodes(), sample.nodes());
    result(0, 1) = NAN;  // into an input: no edge
    result(2, 1) = NAN;
    return result;
  };
  CHECK_THROWS_WITH_AS(static_cast<void>(stability(counts, options, broken)),
                       "stability: scores_of(counts)(2, 1) is nan, must be a number", std::domain_error);
  options.resamples = 0;
  CHECK_THROWS_WITH_AS(static_cast<void>(stability(counts, options)),
                       "StabilityOptions: resamples is 0, must be at least 1", std::invalid_argument);
}

TEST_CASE("cells are drawn among those of their condition, however few these are") {
  const Counts all = simulate(fn4(), Protocol{.time_points = {0, 24}, .cells_per_time_point = 20}, {.seed = 6}).counts;
  std::vector<Index> of_cell(40, 0);
  of_cell[3] = of_cell[30] = 1;  // one at each of the times
  const Counts counts = all.with_conditions({{"control"}, {"no 1", {knock_out(1)}}}, of_cell);
  const auto scores = [&](const Counts& sample) {
    CHECK(sample.of_condition(1).values().row(0) == counts.values().row(3));
    CHECK(sample.of_condition(1).values().row(1) == counts.values().row(30));
    CHECK(sample.of_condition(0).cells() == 38);
    return Matrix(Matrix::Zero(sample.nodes(), sample.nodes()));
  };
  CHECK(stability(counts, {.resamples = 20}, scores).isZero());
}
