#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/burst_rate/function_rate.hpp>
#include <cardamom/landscape/transitions.hpp>
#include <cardamom/model/named_networks.hpp>
#include <support/large_sample.hpp>

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

TEST_CASE("rates are those between the cores of basins" * support::large_sample()) {
  // Where a cell is on the way from one attractor to the other, by its proteins alone, and without relaxation: a change
  // is made when it comes within a fifth of the way of the other one. The same cells, so that chance is nearly the
  // same.
  const Model model = toggle_switch();
  const Attractors attractors = find_attractors(model, Matrix{{0.0, 1.0, 0.0}, {0.0, 0.0, 1.0}});
  const TransitionOptions options{.seed = 7, .cells = 40, .duration = 12000, .interval = 2.5};
  const Vector way = attractors[1].protein - attractors[0].protein;
  double changes = 0.0;
  for (Index k = 0; k < options.cells; ++k) {
    ProteinProcess cell(model);
    CellState start = CellState::zero(3);
    start.protein = attractors[k % 2].protein;
    cell.reset(RandomStream(options.seed, Purpose::transitions, static_cast<std::uint64_t>(k)), 0.0, start);
    cell.clamp(0, 1.0);
    Index in = k % 2;
    for (double time = 0.0; time <= options.duration; time += 0.5) {
      cell.advance_to(time);
      const double share = (cell.protein() - attractors[0].protein).dot(way) / way.squaredNorm();
      const Index core = share < 0.2 ? 0 : share > 0.8 ? 1 : in;
      if (core != in) changes += 1.0;
      in = core;
    }
  }
  const auto off = [&](double confirmation) {
    TransitionOptions other = options;
    other.confirmation = confirmation;
    const double found = basin_transitions(model, attractors, other, Threads(2)).counts.sum();
    return std::abs(found / changes - 1.0);
  };
  // Over 25 seeds of a quarter as long, off was .002 +- .014 for three lives and .075 +- .024 for two, so that one
  // right answer in 2000 fails here, and an error of 5 % is caught.
  CHECK(changes > 600);
  CHECK(off(3.0) < 0.025);
  CHECK(off(2.0) > 0.025);
}

TEST_CASE("a change counts from the first look that saw it, once enough have") {
  const std::vector<Index> looks{0, 1, -1, 1, 1, 1, -1, 0, 1, 0, 0, 0};
  const auto visited = [&](Index confirmations, Index kept) {
    return detail::confirm_basins(looks, 0, confirmations, kept).visited;
  };
  using Course = std::vector<Index>;
  CHECK(visited(1, 12) == Course{0, 1, 1, 1, 1, 1, 1, 0, 1, 0, 0, 0});
  CHECK(visited(3, 12) == Course{0, 0, 0, 1, 1, 1, 1, 1, 1, 0, 0, 0});
  CHECK(visited(3, 10) == Course{0, 0, 0, 1, 1, 1, 1, 1, 1, 0});  // what comes after confirms it
  CHECK(visited(4, 12) == Course(12, 0));
  CHECK(detail::confirm_basins(looks, 0, 1, 5).unassigned == 1);
  CHECK(detail::confirm_basins(looks, 0, 1, 7).unassigned == 2);
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
  CHECK_THROWS_WITH_AS(validate(TransitionOptions{.confirmation = -1.0}),
                       "TransitionOptions: confirmation is -1, must be finite and >= 0", std::domain_error);
  CHECK_THROWS_WITH_AS(validate(TransitionOptions{.duration = 1, .interval = 2}),
                       "TransitionOptions: interval is 2, must be in [0, 1]", std::domain_error);
}
