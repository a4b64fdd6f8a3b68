#include "resimulate.hpp"

#include <algorithm>
#include <vector>

#include <cardamom/core/random.hpp>
#include <cardamom/simulation/experiment.hpp>

namespace support {

namespace {

/// A cell of the data as a state of the model: proteins where its modes head for (13), mRNA drawn from what mode and
/// count together say about it (continuous levels are mRNA themselves).
cardamom::CellState state_of(const cardamom::Counts& counts, const cardamom::Clustering& clustering,
                             cardamom::Index cell, bool continuous, cardamom::RandomStream& random) {
  cardamom::CellState state = cardamom::CellState::zero(counts.genes());
  for (cardamom::Index gene = 1; gene < counts.genes(); ++gene) {
    const cardamom::GeneModes& modes = clustering.gene(gene);
    const cardamom::ModeIndex mode = clustering.modes(cell, gene);
    const double value = counts.values()(cell, gene);
    const double shape = modes.shapes[mode] + value;
    state.protein[gene] = modes.level(mode);
    state.mrna[gene] = continuous ? value : shape > 0.0 ? random.gamma(shape) / (modes.inverse_burst_size + 1.0) : 0.0;
  }
  return state;
}

}  // namespace

cardamom::Counts resimulate(const cardamom::Counts& data, const cardamom::Inference& inference,
                            const cardamom::DecayRates& rates, bool continuous, std::uint64_t seed,
                            const cardamom::Threads& executor) {
  using cardamom::Index;
  constexpr Index most_cells = 200;
  const cardamom::Vector& times = data.time_points();
  cardamom::Experiment experiment;
  experiment.burn_in = 0.0;
  experiment.keep_latent = continuous;
  experiment.cells_per_time_point = std::min(most_cells, (data.cells() + times.size() - 1) / times.size());
  experiment.time_points.clear();
  experiment.schedule.clear();
  const auto stimulus = [&](Index k) { return data.values()(data.cells_at(k).front(), 0) > 0 ? 1.0 : 0.0; };
  for (Index k = 0; k < times.size(); ++k) {
    experiment.time_points.push_back(times[k] - times[0]);
    // What was on at a reading has been so since the reading before.
    experiment.schedule.push_back({k == 0 ? 0.0 : times[k - 1] - times[0], stimulus(k), 0});
  }
  cardamom::RandomStream random(seed, cardamom::Purpose::user);
  for (const Index cell : data.cells_at(0)) {
    experiment.initial_states.push_back(state_of(data, inference.clustering, cell, continuous, random));
  }
  const cardamom::Population cells = cardamom::simulate(inference.model(rates), experiment, seed, executor);
  cardamom::Vector taken(cells.counts.cells());
  for (Index c = 0; c < taken.size(); ++c) taken[c] = times[c / experiment.cells_per_time_point];
  return cardamom::Counts(continuous ? cells.mrna : cells.counts.values(), taken, data.names());
}

}  // namespace support
