#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/burst_rate/function_rate.hpp>
#include <cardamom/landscape/landscape.hpp>
#include <cardamom/landscape/potential.hpp>
#include <cardamom/model/named_networks.hpp>
#include <support/statistics.hpp>

using namespace cardamom;

namespace {

Protocol stationary(Index cells, double time = 100.0) {
  Protocol protocol;
  protocol.time_points = {time};
  protocol.cells_per_time_point = cells;
  protocol.burn_in = 0.0;
  return protocol;
}

}  // namespace

TEST_CASE("half of the cells of the toggle switch are in either basin") {
  const Model model = toggle_switch();
  const auto cells = simulate_proteins(model, stationary(1000), {.seed = 1}, Threads(2));
  const Landscape landscape = map_landscape(model, cells, {}, Threads(2));
  REQUIRE(landscape.attractors.count() == 2);
  CHECK(landscape.attractors.unsettled_starts == 0);
  CHECK(landscape.cells.sum() == 1000);
  CHECK(landscape.weights.sum() == doctest::Approx(1.0));
  const double error = std::sqrt(0.25 / 1000);
  CHECK(std::abs(landscape.weights(0, 0) - 0.5) < 4 * error);
}

TEST_CASE("basins of a cascade appear one after the other") {
  const Model model = benchmark_cascade(3);
  Protocol protocol;
  protocol.time_points = {0, 10, 60};
  protocol.cells_per_time_point = 40;
  const Landscape landscape = map_landscape(model, simulate_proteins(model, protocol, {.seed = 2}));
  CHECK(landscape.time_points == Vector{{0.0, 10.0, 60.0}});
  // With the stimulus on there is one attractor, everything expressed, whatever the time.
  REQUIRE(landscape.attractors.count() == 1);
  CHECK(landscape.weights.isOnes());

  // Without it, cells late in the protocol relax back.
  AttractorOptions off;
  off.relaxation.input_levels = Vector::Zero(1);
  const auto cells = simulate_proteins(model, protocol, {.seed = 2});
  const Landscape dark = map_landscape(model, cells, off);
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
  const Landscape landscape = map_landscape(model, cells);
  REQUIRE(landscape.attractors.count() == 3);
  CHECK(landscape.time_points == Vector{{1.0, 5.0}});
  CHECK(landscape.weights.row(0) == Eigen::RowVector3d(0.0, 1.0, 0.0));
  CHECK(landscape.weights.row(1) == Eigen::RowVector3d(0.5, 0.0, 0.5));
  CHECK(landscape.attractors.saddle_starts == 1);

  const GammaMixture mixture = gamma_mixture(model, landscape, 1);
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
  const Attractors attractors = find_attractors(model, starts);
  const GammaMixture mixture = gamma_mixture(model, attractors, Vector{{0.5, 0.5}});
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

TEST_CASE("landscapes reject wrong arguments") {
  const Model model = toggle_switch();
  CHECK_THROWS_WITH_AS(map_landscape(model, Matrix::Zero(2, 3), Vector::Zero(1)),
                       "map_landscape: times has size 1, must be 2", std::invalid_argument);
  CHECK_THROWS_WITH_AS(gamma_mixture(model, Attractors{}, Vector(0)),
                       "gamma_mixture: attractors.count() is 0, must be at least 1", std::invalid_argument);
  const Attractors attractors = find_attractors(model, Matrix{{0.0, 1.0, 0.0}});
  CHECK_THROWS_WITH_AS(gamma_mixture(model, attractors, Vector::Ones(2)),
                       "gamma_mixture: weights has size 2, must be 1", std::invalid_argument);
  CHECK_THROWS_WITH_AS(gamma_mixture(model, Landscape{attractors, {}, {}, Matrix::Ones(1, 1)}, 1),
                       "gamma_mixture: k is 1, must be in [0, 1)", std::invalid_argument);
}

namespace {

/// Two inputs act on the first of two genes, which acts on the second.
BasicModel<BoundedFunctionRate<double (*)(Index, const VectorIn&)>> two_inputs() {
  using Rate = BoundedFunctionRate<double (*)(Index, const VectorIn&)>;
  const auto kon = [](Index gene, const VectorIn& p) {
    return gene == 2 ? 0.2 + 0.9 * p[0] + 0.9 * p[1] : 0.2 + 1.8 / (1.0 + std::exp(-10.0 * (p[2] - 0.5)));
  };
  return {paper_kinetics(4, 2), Rate(kon, Vector::Constant(4, 2.1), 2)};
}

}  // namespace

TEST_CASE("a landscape of two inputs, from cells to mixture") {
  const auto model = two_inputs();
  Protocol protocol = stationary(200, 60.0);
  protocol.schedule = {{.time = 0.0, .level = 1.0, .node = 0}, {.time = 10.0, .level = 0.5, .node = 1}};
  const ProteinCells cells = simulate_proteins(model, protocol, {.seed = 4});
  CHECK((cells.proteins.col(0).array() == 1.0).all());
  CHECK((cells.proteins.col(1).array() == 0.5).all());
  AttractorOptions options;
  options.relaxation.input_levels = Vector{{1.0, 0.5}};
  const Landscape landscape = map_landscape(model, cells, options, Threads(2));
  REQUIRE(landscape.attractors.count() == 1);
  CHECK(landscape.attractors[0].protein[2] == doctest::Approx((0.2 + 0.9 * 1.5) / 2.0));
  const GammaMixture mixture = gamma_mixture(model, landscape, 0);
  CHECK(mixture.inputs() == 2);
  CHECK((mixture.mean() - landscape.attractors[0].protein).tail(2).cwiseAbs().maxCoeff() < 1e-12);
  // The mean over cells of the first gene, whose rate is constant, is its attractor.
  const double error = mixture.mean()[2] / std::sqrt(mixture.shapes()(0, 2) * 200.0);
  CHECK(std::abs(cells.proteins.col(2).mean() - mixture.mean()[2]) < 5.0 * error);
}
