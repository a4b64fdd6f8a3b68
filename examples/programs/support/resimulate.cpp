#include "resimulate.hpp"

#include <algorithm>
#include <vector>

#include <cardamom/core/random.hpp>
#include <cardamom/inference/verdict.hpp>
#include <cardamom/simulation/first_state.hpp>
#include <cardamom/simulation/measurement.hpp>
#include <cardamom/simulation/population.hpp>

#include "support/fitted.hpp"

namespace support {

namespace {

/// A cell of the data as a state of the model: proteins where its modes head for (13), mRNA drawn from what mode and
/// count together say about it (continuous levels are mRNA themselves).
cardamom::CellState state_of(const cardamom::Counts& counts, const cardamom::Clustering& clustering,
                             cardamom::Index cell, bool continuous, cardamom::RandomStream& random) {
  cardamom::CellState state = cardamom::CellState::zero(counts.nodes());
  for (cardamom::Index gene = counts.inputs(); gene < counts.nodes(); ++gene) {
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

cardamom::Counts resimulate(const cardamom::Counts& data, const cardamom::Inference<>& inference, bool continuous,
                            std::uint64_t seed, cardamom::ExecutorRef executor) {
  using cardamom::Index;
  constexpr Index most_cells = 200;
  const cardamom::Vector& times = data.time_points();
  cardamom::Protocol protocol;
  protocol.cells_per_time_point = std::min(most_cells, (data.cells() + times.size() - 1) / times.size());
  protocol.time_points.clear();
  for (const double time : times) protocol.time_points.push_back(time - times[0]);
  cardamom::InputCourse inputs = input_course(data, inference.clustering);
  for (cardamom::LevelChange& change : inputs.changes) change.time -= times[0];
  const cardamom::FittedExperiment& experiment = inference.experiment;
  if (simulates(inference)) {
    start_from(protocol, experiment.first_state, inference.model, inputs);
  } else {
    protocol.burn_in = 0.0;
    protocol.schedule = schedule_of(inputs, 0.0);
    cardamom::RandomStream random(seed, cardamom::Purpose::user);
    for (const Index cell : data.cells_at(0)) {
      protocol.initial_states.push_back(state_of(data, inference.clustering, cell, continuous, random));
    }
  }
  const cardamom::Population cells =
      cardamom::simulate(inference.model, protocol, {.seed = seed, .keep_latent = continuous}, executor,
                         cardamom::PoissonCapture{.log_depth_deviation = experiment.depth_deviation});
  cardamom::Vector taken(cells.counts.cells());
  for (Index c = 0; c < taken.size(); ++c) taken[c] = times[c / protocol.cells_per_time_point];
  return cardamom::Counts(continuous ? cells.mrna : cells.counts.values(), taken, data.names(), {}, data.inputs());
}

cardamom::Verdict judge_fit(const cardamom::Counts& data, const cardamom::Inference<>& inference, bool continuous,
                            std::uint64_t seed, cardamom::ExecutorRef executor) {
  const cardamom::JudgeOptions options{.seed = seed};
  if (continuous) return judge(inference, data, options, executor, cardamom::ExactMeasurement{});
  return judge(inference, data, options, executor);
}

std::vector<cardamom::HeldOut> predict_held_out(const cardamom::Counts& data, const MethodSettings& settings,
                                                const cardamom::HoldOutOptions& options, bool continuous,
                                                cardamom::ExecutorRef executor, Observer progress) {
  const auto unobserved = [](cardamom::Index, cardamom::Index) { return true; };
  const auto inference_of = [&](const cardamom::Counts& rest) {
    return infer_by(rest, settings, executor, unobserved);
  };
  if (continuous) return hold_out(data, options, inference_of, executor, progress, cardamom::ExactMeasurement{});
  return hold_out(data, options, inference_of, executor, progress);
}

}  // namespace support
