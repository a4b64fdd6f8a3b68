// Lemma 1: model (3) driven by the burst rate (19) of a mixture has exactly that mixture as its stationary law. No
// approximation and no fit: simulator, rate and mixture must all be right.
#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/burst_rate/mixture_rate.hpp>
#include <cardamom/evaluation/joint_wasserstein.hpp>
#include <cardamom/landscape.hpp>
#include <cardamom/mixture/fit_mixture.hpp>
#include <cardamom/mixture/gaussian_mixture.hpp>
#include <cardamom/model/named_networks.hpp>
#include <cardamom/simulation/protein_process.hpp>
#include <support/statistics.hpp>

using namespace cardamom;

namespace {

/// Cells that start in the mixture and follow model (3) under `rate` for `duration` hours.
Matrix evolve(const GammaMixture& start, const MixtureRate& rate, Index cells, double duration) {
  const Kinetics kinetics = paper_kinetics(start.nodes());
  ProteinProcess process(kinetics, rate);
  const Matrix first = start.sample(cells, 17);
  Matrix last(cells, start.nodes());
  for (Index cell = 0; cell < cells; ++cell) {
    CellState state = CellState::zero(start.nodes());
    state.protein = first.row(cell).transpose();
    process.reset(RandomStream(18, Purpose::cell, static_cast<std::uint64_t>(cell)), 0.0, state);
    process.advance_to(duration);
    last.row(cell) = process.protein().transpose();
  }
  return last;
}

std::vector<double> column(const Matrix& table, Index gene) { return {table.col(gene).begin(), table.col(gene).end()}; }

}  // namespace

TEST_CASE("a mixture is stationary under its own burst rate") {
  // c = 10 and d1 = 0.2 are those of the kinetics.
  const GammaMixture mixture(Vector{{0.3, 0.7}}, Matrix{{0.0, 9.9, 1.0}, {0.0, 1.5, 6.0}}, Vector{{0.0, 10.0, 10.0}});
  const Vector decay = paper_kinetics(3).protein_decay;
  const Matrix cells = evolve(mixture, MixtureRate(mixture, decay), 24000, 15.0);
  // The twin's bursts are 5 % too frequent.
  const GammaMixture faster(mixture.weights(), Matrix{{1.0, 1.05 * 9.9, 1.05 * 1.0}, {1.0, 1.05 * 1.5, 1.05 * 6.0}},
                            Vector{{1.0, 10.0, 10.0}});
  const Matrix wrong = evolve(mixture, MixtureRate(faster, decay), 24000, 15.0);
  for (Index gene = 1; gene <= 2; ++gene) {
    const auto cdf = [&](double x) { return mixture.marginal_cdf(gene, x); };
    CHECK(support::ks_p_value(column(cells, gene), cdf) > support::false_alarm);
    CHECK(support::ks_p_value(column(wrong, gene), cdf) < support::false_alarm);
  }
  // The joint law too: the share of cells that are probably in the first component.
  std::vector<double> share;
  for (Index cell = 0; cell < cells.rows(); ++cell) {
    share.push_back(mixture.responsibilities(cells.row(cell).transpose())[0]);
  }
  const auto mean = support::mean(share);
  CHECK(support::z_p_value(mean.value, 0.3, mean.standard_error) > support::false_alarm);
}

TEST_CASE("the gamma mixture is closer to the toggle switch than a gaussian mixture") {
  const Model model = toggle_switch();
  Protocol protocol;
  protocol.time_points = {100.0};
  protocol.cells_per_time_point = 600;
  protocol.burn_in = 0.0;
  const auto cells = simulate_proteins(model, protocol);
  const Landscape landscape = map_landscape(model, cells);
  const GammaMixture gamma = gamma_mixture(model, landscape, 0);
  const auto gaussian = fit_mixture(cells.proteins, Gaussian{}, {.restarts = 3});
  double to_gamma = 0.0;
  double to_gaussian = 0.0;
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    to_gamma += joint_wasserstein(cells.proteins, gamma.sample(600, seed)) / 4.0;
    to_gaussian += joint_wasserstein(cells.proteins, gaussian.mixture.sample(600, seed)) / 4.0;
  }
  CHECK(to_gamma < to_gaussian);
}
