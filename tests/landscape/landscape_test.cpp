#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/burst_rate/mixture_rate.hpp>
#include <cardamom/landscape.hpp>
#include <cardamom/model/named_networks.hpp>
#include <support/statistics.hpp>

using namespace cardamom;

namespace {

Experiment stationary(Index cells, double time = 100.0) {
  Experiment experiment;
  experiment.time_points = {time};
  experiment.cells_per_time_point = cells;
  experiment.burn_in = 0.0;
  return experiment;
}

}  // namespace

TEST_CASE("half of the cells of the toggle switch are in either basin") {
  const Model model = toggle_switch();
  const auto cells = simulate_proteins(model.kinetics, sigmoid(model), stationary(1000), 1, Threads(2));
  const Landscape landscape = map_landscape(model.kinetics, sigmoid(model), cells, {}, Threads(2));
  REQUIRE(landscape.attractors.count() == 2);
  CHECK(landscape.attractors.unsettled_starts == 0);
  CHECK(landscape.cells.sum() == 1000);
  CHECK(landscape.weights.sum() == doctest::Approx(1.0));
  const double error = std::sqrt(0.25 / 1000);
  CHECK(std::abs(landscape.weights(0, 0) - 0.5) < 4 * error);
}

TEST_CASE("basins of a cascade appear one after the other") {
  const Model model = benchmark_cascade(3);
  Experiment experiment;
  experiment.time_points = {0, 10, 60};
  experiment.cells_per_time_point = 40;
  const Landscape landscape =
      map_landscape(model.kinetics, sigmoid(model), simulate_proteins(model.kinetics, sigmoid(model), experiment, 2));
  CHECK(landscape.time_points == Vector{{0.0, 10.0, 60.0}});
  // With the stimulus on there is one attractor, everything expressed, whatever the time.
  REQUIRE(landscape.attractors.count() == 1);
  CHECK(landscape.weights.isOnes());

  // Without it, cells late in the experiment relax back.
  AttractorOptions off;
  off.relaxation.stimulus = 0.0;
  const auto cells = simulate_proteins(model.kinetics, sigmoid(model), experiment, 2);
  const Landscape dark = map_landscape(model.kinetics, sigmoid(model), cells, off);
  REQUIRE(dark.attractors.count() == 1);
  CHECK(dark.attractors[0].protein.tail(2).maxCoeff() < 0.01);
}

TEST_CASE("weights over time use the union of the basins") {
  const Model model = two_toggles();
  ProteinCells cells{Matrix(4, 5), Vector{{5.0, 5.0, 1.0, 5.0}}};
  cells.proteins << 0, 1, 0, 1, 0,  //
      0, 0, 1, 1, 0,                //
      0, 1, 0, 0, 1,                //
      0, 0.3, 0.3, 1, 0;            // on a border
  const Landscape landscape = map_landscape(model.kinetics, sigmoid(model), cells);
  REQUIRE(landscape.attractors.count() == 3);
  CHECK(landscape.time_points == Vector{{1.0, 5.0}});
  CHECK(landscape.weights.row(0) == Eigen::RowVector3d(0.0, 1.0, 0.0));
  CHECK(landscape.weights.row(1) == Eigen::RowVector3d(0.5, 0.0, 0.5));
  CHECK(landscape.attractors.saddle_starts == 1);

  const GammaMixture mixture = gamma_mixture(model.kinetics, landscape, 1);
  CHECK(mixture.weights() == Vector{{0.5, 0.0, 0.5}});
  // The mean of a component is its attractor.
  for (Index z = 0; z < 3; ++z) {
    const Vector mean = mixture.with_weights(Vector::Unit(3, z)).mean();
    CHECK((mean - landscape.attractors[z].protein).tail(4).cwiseAbs().maxCoeff() < 1e-12);
  }
}

TEST_CASE("the potential falls into the wells and knows its slope") {
  const Model model = toggle_switch();
  const Matrix starts{{0.0, 1.0, 0.0}, {0.0, 0.0, 1.0}};
  const Attractors attractors = find_attractors(model.kinetics, sigmoid(model), starts);
  const GammaMixture mixture = gamma_mixture(model.kinetics, attractors, Vector{{0.5, 0.5}});
  REQUIRE(attractors.saddles.size() == 1);
  CHECK(potential(mixture, attractors[0].protein) < potential(mixture, attractors.saddles[0].protein));
  const Vector x{{0.0, 0.4, 0.7}};
  const Vector gradient = potential_gradient(mixture, x);
  for (Index i = 1; i <= 2; ++i) {
    const Vector up = x + 1e-6 * Vector::Unit(3, i);
    const Vector down = x - 1e-6 * Vector::Unit(3, i);
    CHECK(gradient[i] == doctest::Approx((potential(mixture, up) - potential(mixture, down)) / 2e-6).epsilon(1e-6));
  }
}

TEST_CASE("the impulsion vanishes for the mixture's own rate and grows with the noise") {
  const Model model = toggle_switch();
  const Matrix starts{{0.0, 1.0, 0.0}, {0.0, 0.0, 1.0}};
  const Attractors attractors = find_attractors(model.kinetics, sigmoid(model), starts);
  const Vector even{{0.5, 0.5}};
  const MixtureRate own(gamma_mixture(model.kinetics, attractors, even), model.kinetics.protein_decay);
  CHECK(impulsion(own, own, {.samples = 100}).value < 1e-12);

  const Impulsion noisy = impulsion(own, sigmoid(model), {.samples = 4000});
  CHECK(noisy.value > 0.0);
  CHECK(noisy.per_gene.sum() == doctest::Approx(noisy.value));
  CHECK(std::abs(noisy.per_gene[1] - noisy.per_gene[2]) < 8 * noisy.standard_error);
  CHECK(impulsion(own, sigmoid(model), {.samples = 4000}, Threads(3)).value == noisy.value);

  // Bursts five times as frequent and five times smaller leave the attractors in place and sharpen the mixture; the
  // impulsion relative to the burst rate falls.
  Model sharp = model;
  sharp.kinetics.frequency_min *= 5;
  sharp.kinetics.frequency_max *= 5;
  sharp.kinetics.scale_proteins();
  const Attractors same = find_attractors(sharp.kinetics, sigmoid(sharp), starts);
  CHECK((same.proteins() - attractors.proteins()).cwiseAbs().maxCoeff() < 1e-12);
  const MixtureRate sharp_own(gamma_mixture(sharp.kinetics, same, even), sharp.kinetics.protein_decay);
  const Impulsion quiet = impulsion(sharp_own, sigmoid(sharp), {.samples = 4000});
  CHECK(quiet.value / 5.0 < noisy.value);

  CHECK_THROWS_WITH_AS(impulsion(own, sigmoid(model), {.samples = 1}),
                       "impulsion: options.samples is 1, must be at least 2", std::invalid_argument);
  CHECK_THROWS_WITH_AS(impulsion(own, sigmoid(two_toggles())), "impulsion: rate.genes() has size 5, must be 3",
                       std::invalid_argument);
}

TEST_CASE("transitions between the basins of the toggle switch are symmetric") {
  const Model model = toggle_switch();
  const Matrix starts{{0.0, 1.0, 0.0}, {0.0, 0.0, 1.0}};
  const Attractors attractors = find_attractors(model.kinetics, sigmoid(model), starts);
  const TransitionOptions options{.cells = 40, .duration = 500, .interval = 2};
  const auto chain = basin_transitions(model.kinetics, sigmoid(model), attractors, options, Threads(2));
  CHECK(chain.time.sum() == doctest::Approx(40 * 500.0));
  CHECK(chain.counts.diagonal().isZero());
  const double there = chain.counts(0, 1);
  const double back = chain.counts(1, 0);
  CHECK(there > 10);
  CHECK(std::abs(there - back) < 5 * std::sqrt(there + back));
  CHECK(chain.sojourn[0] == doctest::Approx(chain.time[0] / there));
  CHECK(chain.rates()(0, 1) == doctest::Approx(1.0 / chain.sojourn[0]));
  CHECK(basin_transitions(model.kinetics, sigmoid(model), attractors, options).counts == chain.counts);

  // Less noise, longer stays.
  Model sharp = model;
  sharp.kinetics.frequency_min *= 3;
  sharp.kinetics.frequency_max *= 3;
  sharp.kinetics.scale_proteins();
  const auto rare = basin_transitions(sharp.kinetics, sigmoid(sharp), attractors, options);
  CHECK(rare.counts.sum() < 0.6 * chain.counts.sum());
}

TEST_CASE("a single basin is never left") {
  const Model model = benchmark_cascade(3);
  const Attractors attractors = find_attractors(model.kinetics, sigmoid(model), Matrix::Zero(1, 3));
  const auto chain =
      basin_transitions(model.kinetics, sigmoid(model), attractors, {.cells = 2, .duration = 20, .interval = 5});
  CHECK(chain.counts.isZero());
  CHECK(chain.time[0] == doctest::Approx(40.0));
  CHECK(std::isinf(chain.sojourn[0]));
  CHECK(chain.rates().isZero());
}

TEST_CASE("two landscapes of the same network agree and of different networks do not") {
  const Model model = two_toggles();
  const auto cells = [&](std::uint64_t seed) {
    return map_landscape(model.kinetics, sigmoid(model),
                         simulate_proteins(model.kinetics, sigmoid(model), stationary(300, 40.0), seed));
  };
  const Landscape first = cells(1);
  const Landscape second = cells(2);
  const LandscapeComparison same = compare_landscapes(first, second);
  CHECK(same.basins.both == 4);
  CHECK(same.basins.only_first == 0);
  CHECK(same.basins.end_distance < 0.15);
  CHECK(same.match == std::vector<Index>{0, 1, 2, 3});

  // One toggle repressed for good: two of the four basins remain.
  Vector basal = model.network.basal();
  basal[2] = -20.0;
  const Model other{model.kinetics, {basal, model.network.interactions()}};
  const Landscape half = map_landscape(other.kinetics, sigmoid(other),
                                       simulate_proteins(other.kinetics, sigmoid(other), stationary(300, 40.0), 3));
  const LandscapeComparison differ = compare_landscapes(first, half);
  CHECK(differ.basins.both == 2);
  CHECK(differ.basins.only_first == 2);
  CHECK(differ.basins.only_second == 0);
  CHECK(differ.basins.end_distance > 0.35);
}

TEST_CASE("landscapes reject wrong arguments") {
  const Model model = toggle_switch();
  const Sigmoid rate = sigmoid(model);
  CHECK_THROWS_WITH_AS(map_landscape(model.kinetics, rate, Matrix::Zero(2, 3), Vector::Zero(1)),
                       "map_landscape: times has size 1, must be 2", std::invalid_argument);
  CHECK_THROWS_WITH_AS(gamma_mixture(model.kinetics, Attractors{}, Vector(0)),
                       "gamma_mixture: attractors.count() is 0, must be at least 1", std::invalid_argument);
  const Attractors attractors = find_attractors(model.kinetics, rate, Matrix{{0.0, 1.0, 0.0}});
  CHECK_THROWS_WITH_AS(gamma_mixture(model.kinetics, attractors, Vector::Ones(2)),
                       "gamma_mixture: weights has size 2, must be 1", std::invalid_argument);
  CHECK_THROWS_WITH_AS(gamma_mixture(model.kinetics, Landscape{attractors, {}, {}, Matrix::Ones(1, 1)}, 1),
                       "gamma_mixture: k is 1, must be in [0, 1)", std::invalid_argument);
  CHECK_THROWS_WITH_AS(basin_transitions(model.kinetics, rate, Attractors{}),
                       "basin_transitions: attractors.count() is 0, must be at least 1", std::invalid_argument);
  CHECK_THROWS_WITH_AS(validate(TransitionOptions{.cells = 0}), "TransitionOptions: cells is 0, must be at least 1",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(validate(TransitionOptions{.duration = 1, .interval = 2}),
                       "TransitionOptions: interval is 2, must be in [0, 1]", std::domain_error);
  CHECK_THROWS_WITH_AS(match_attractors(attractors, attractors, 0.0),
                       "match_attractors: tolerance is 0, must be finite and > 0", std::domain_error);
}
