#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/inference/infer.hpp>
#include <cardamom/inference/propagated_proteins.hpp>
#include <cardamom/model/named_networks.hpp>
#include <cardamom/simulation/population.hpp>

using namespace cardamom;

TEST_CASE("every estimator says the same of the data") {
  const Counts counts = simulate(fn4(), Protocol{.cells_per_time_point = 5}, {.seed = 5}).counts;
  Matrix off = counts.values();
  off.col(0).setZero();
  const Counts never(off, counts.times());
  const auto check = [&](const auto& estimator) {
    const InferenceDiagnostics varied = infer(counts, {}, estimator).diagnostics;
    CHECK(varied.constant_inputs.empty());
    CHECK(varied.sparse_time_points.size() == 10);
    CHECK(varied.assumed_rates);
    CHECK(infer(never, {}, estimator).diagnostics.constant_inputs == std::vector<Index>{0});
  };
  check(AveragedSuccessive{});
  check(PropagatedProteins{});
}

TEST_CASE("a clustering of other cells is refused by name") {
  const Counts counts = simulate(fn4(), Protocol{.cells_per_time_point = 5}, {.seed = 5}).counts;
  const Clustering clustering = cluster(counts);
  const Counts fewer(counts.values().topRows(7), counts.times().head(7));
  CHECK_THROWS_WITH_AS(check_clustering("infer", clustering, fewer), "infer: clustering.modes is 50 x 5, must be 7 x 5",
                       std::invalid_argument);
}
