#include <cmath>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/burst_rate/function_rate.hpp>
#include <cardamom/landscape/transitions.hpp>
#include <cardamom/model/named_networks.hpp>

using namespace cardamom;

namespace {

/// Bursts more frequent and smaller by the same factor: less noise, the same attractors.
Model with_frequent_bursts(const Model& model, double factor) {
  Kinetics kinetics = model.kinetics;
  kinetics.frequency_min *= factor;
  kinetics.frequency_max *= factor;
  kinetics.scale_proteins();
  return make_model(kinetics, model.network());
}

}  // namespace

TEST_CASE("transitions between the basins of the toggle switch are symmetric") {
  const Model model = toggle_switch();
  const Matrix starts{{0.0, 1.0, 0.0}, {0.0, 0.0, 1.0}};
  const Attractors attractors = find_attractors(model, starts);
  const TransitionOptions options{.cells = 40, .duration = 500, .interval = 2};
  const auto chain = basin_transitions(model, attractors, options, Threads(2));
  CHECK(chain.time.sum() == doctest::Approx(40 * 500.0));
  CHECK(chain.counts.diagonal().isZero());
  const double there = chain.counts(0, 1);
  const double back = chain.counts(1, 0);
  CHECK(there > 10);
  CHECK(std::abs(there - back) < 5 * std::sqrt(there + back));
  CHECK(chain.sojourn[0] == doctest::Approx(chain.time[0] / there));
  CHECK(chain.rates()(0, 1) == doctest::Approx(1.0 / chain.sojourn[0]));
  CHECK(basin_transitions(model, attractors, options).counts == chain.counts);

  // Less noise, longer stays.
  const Model sharp = with_frequent_bursts(model, 3.0);
  const auto rare = basin_transitions(sharp, attractors, options);
  CHECK(rare.counts.sum() < 0.6 * chain.counts.sum());
}

TEST_CASE("a single basin is never left") {
  const Model model = benchmark_cascade(3);
  const Attractors attractors = find_attractors(model, Matrix::Zero(1, 3));
  const auto chain = basin_transitions(model, attractors, {.cells = 2, .duration = 20, .interval = 5});
  CHECK(chain.counts.isZero());
  CHECK(chain.time[0] == doctest::Approx(40.0));
  CHECK(std::isinf(chain.sojourn[0]));
  CHECK(chain.rates().isZero());
}

TEST_CASE("cells of a network without inputs change basins too") {
  // The toggle switch by a rate that reads nothing but its two genes.
  const BasicModel model{paper_kinetics(2, 0), BoundedFunctionRate(
                                                   [](Index gene, const VectorIn& p) {
                                                     return 0.1 +
                                                            1.9 / (1.0 + std::exp(-5.0 * p[gene] + 7.0 * p[1 - gene]));
                                                   },
                                                   Vector::Constant(2, 2.0), 0)};
  const Attractors attractors = find_attractors(model, Matrix{{1.0, 0.0}, {0.0, 1.0}});
  REQUIRE(attractors.count() == 2);
  const auto chain = basin_transitions(model, attractors, {.cells = 20, .duration = 300, .interval = 2});
  CHECK(chain.time.sum() == doctest::Approx(20 * 300.0));
  CHECK(chain.counts(0, 1) > 0);
  CHECK(chain.counts(1, 0) > 0);
}

TEST_CASE("transitions reject wrong arguments") {
  const Model model = toggle_switch();
  CHECK_THROWS_WITH_AS(basin_transitions(model, Attractors{}),
                       "basin_transitions: attractors.count() is 0, must be at least 1", std::invalid_argument);
  CHECK_THROWS_WITH_AS(validate(TransitionOptions{.cells = 0}), "TransitionOptions: cells is 0, must be at least 1",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(validate(TransitionOptions{.duration = 1, .interval = 2}),
                       "TransitionOptions: interval is 2, must be in [0, 1]", std::domain_error);
}
