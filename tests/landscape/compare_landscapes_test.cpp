#include <cmath>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/landscape/compare_landscapes.hpp>
#include <cardamom/model/named_networks.hpp>

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

TEST_CASE("two landscapes of the same network agree and of different networks do not") {
  const Model model = two_toggles();
  const auto cells = [&](std::uint64_t seed) {
    return map_landscape(model, simulate_proteins(model, stationary(300, 40.0), {.seed = seed}));
  };
  const Landscape first = cells(1);
  const Landscape second = cells(2);
  const LandscapeComparison same = compare_landscapes(first, second);
  CHECK(same.basins.both == 4);
  CHECK(same.basins.only_first == 0);
  CHECK(same.basins.end_distance < 0.15);
  CHECK(same.match == std::vector<Index>{0, 1, 2, 3});

  // One toggle repressed for good: two of the four basins remain.
  Vector basal = model.network().basal();
  basal[2] = -20.0;
  const Model other = make_model(model.kinetics, {basal, model.network().interactions()});
  const Landscape half = map_landscape(other, simulate_proteins(other, stationary(300, 40.0), {.seed = 3}));
  const LandscapeComparison differ = compare_landscapes(first, half);
  CHECK(differ.basins.both == 2);
  CHECK(differ.basins.only_first == 2);
  CHECK(differ.basins.only_second == 0);
  CHECK(differ.basins.end_distance > 0.35);
}

TEST_CASE("attractors are matched by the levels of their genes alone") {
  const Model model = toggle_switch();
  const Matrix starts{{0.0, 1.0, 0.0}, {0.0, 0.0, 1.0}};
  const Attractors on = find_attractors(model, starts);
  AttractorOptions off;
  off.relaxation.input_levels = Vector::Zero(1);
  // The stimulus has no effect on the toggle switch.
  CHECK(match_attractors(on, find_attractors(model, starts, off)) == std::vector<Index>{0, 1});
  CHECK_THROWS_WITH_AS(match_attractors(on, on, {.tolerance = 0.0}),
                       "match_attractors: options.tolerance is 0, must be finite and > 0", std::domain_error);
}
