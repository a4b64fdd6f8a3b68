// Cells of the verbs of the landscape that simulate cells: they take any bounded rate.
#include <matrix/cells.hpp>
#include <utility>

#include <cardamom/burst_rate/function_rate.hpp>
#include <cardamom/landscape/attractors.hpp>
#include <cardamom/landscape/landscape.hpp>
#include <cardamom/landscape/protein_cells.hpp>
#include <cardamom/landscape/transitions.hpp>
#include <cardamom/model/named_networks.hpp>

using namespace matrix;

namespace {

/// Either gene switches the other off, though not for long.
const auto toggle = [](Index gene, const VectorIn& protein) {
  const double other = protein[3 - gene] / 0.3;
  return 0.1 + 1.9 / (1.0 + other * other * other * other);
};

/// Cells of the model, once for all policies.
template <class Rate>
Matrix check_verbs(const BasicModel<Rate>& model) {
  const Protocol protocol{.time_points = {0, 10}, .cells_per_time_point = 10};
  const ProteinCells cells = simulate_proteins(model, protocol, {.seed = 2});
  check_run_policies(
      [&](const auto&... policies) { return simulate_proteins(model, protocol, {.seed = 2}, policies...).proteins; });
  const Landscape landscape = map_landscape(model, cells);
  CHECK(landscape.cells.sum() > 0.0);
  const TransitionOptions options{.seed = 2, .cells = 8, .duration = 60.0};
  check_run_policies([&](const auto&... policies) {
    const BasinTransitions seen = basin_transitions(model, landscape.attractors, options, policies...);
    return std::pair(seen.counts, seen.time);
  });
  CHECK(basin_transitions(model, landscape.attractors, options).time.sum() == doctest::Approx(480.0));
  return cells.proteins;
}

template <class Rate>
Matrix check_verbs(const Rate& rate) {
  return check_verbs(BasicModel{paper_kinetics(3), rate});
}

}  // namespace

TEST_CASE("simulated proteins and basins take any bounded rate") {
  const Matrix chain = check_verbs(archetypes::BoundedRate(3));
  CHECK(check_verbs(archetypes::BoxBoundedRate(3)) != chain);
  CHECK(check_verbs(BoundedFunctionRate(toggle, Vector::Constant(3, 2.0))) != chain);
}

TEST_CASE("simulated proteins and basins take any link") {
  const Model model = toggle_switch();
  const BasicModel own{model.kinetics, LinearRate(archetypes::Link(0))
                                           .with(model.rate.frequency_min(), model.rate.frequency_max(),
                                                 model.rate.basal(), model.rate.interactions())};
  CHECK(check_verbs(own) !=
        simulate_proteins(model, {.time_points = {0, 10}, .cells_per_time_point = 10}, {.seed = 2}).proteins);
}
