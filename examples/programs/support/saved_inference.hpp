// An inference as a model directory keeps it.
#pragma once

#include <algorithm>
#include <cstddef>

#include <cardamom/inference/inference.hpp>
#include <cardamom/io/model_directory.hpp>

namespace support {

inline cardamom::SavedModel to_saved(const cardamom::Inference<>& inference) {
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
  return saved;
}

}  // namespace support
