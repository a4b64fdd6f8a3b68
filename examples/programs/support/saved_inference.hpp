// An inference as a model directory keeps it.
#pragma once

#include <algorithm>
#include <cstddef>

#include <cardamom/data/counts.hpp>
#include <cardamom/inference/inference.hpp>
#include <cardamom/io/model_directory.hpp>

#include "support/fitted.hpp"

namespace support {

/// @param counts what the inference is from
inline cardamom::SavedModel to_saved(const cardamom::Inference<>& inference, const cardamom::Counts& counts) {
  using cardamom::Index;
  cardamom::SavedModel saved = cardamom::to_saved(inference.model);
  const cardamom::Clustering& clustering = inference.clustering;
  saved.modes.resize(clustering.cells(), inference.nodes());
  for (Index gene = 0; gene < inference.nodes(); ++gene) {
    for (Index cell = 0; cell < clustering.cells(); ++cell) {
      saved.modes(cell, gene) = clustering.gene(gene).shapes[clustering.modes(cell, gene)];
    }
  }
  for (const cardamom::NetworkStep& step : inference.steps) {
    saved.history.emplace_back(step.basal, step.interactions, saved.network.names(), saved.network.inputs());
  }
  // Typical rates are what a directory without any has; estimators that simulate have fitted with those they have.
  if (inference.diagnostics.assumed_rates && !simulates(inference)) saved.rates = {};
  saved.experiment = inference.experiment;
  saved.first_observation = counts.time_points()[0];
  // What is before the first observation was so from the beginning; of cells that live no time an hour stands for it.
  const double before = std::max(1.0, hours_before(saved.experiment.first_state));
  saved.schedule = schedule_of(input_course(counts, clustering), saved.first_observation - before);
  return saved;
}

}  // namespace support
