// An inference as a model directory keeps it.
#pragma once

#include <algorithm>
#include <cstddef>

#include <cardamom/inference/inference.hpp>
#include <cardamom/io/model_directory.hpp>

namespace support {

inline cardamom::SavedModel to_saved(const cardamom::Inference& inference) {
  using cardamom::Index;
  // Neutral degradation rates: what is kept is relative to d0.
  const cardamom::Vector ones = cardamom::Vector::Ones(inference.genes());
  cardamom::SavedModel saved = cardamom::to_saved(inference.model({ones, ones}));
  const cardamom::Clustering& clustering = inference.clustering;
  saved.modes.resize(clustering.cells(), inference.genes());
  for (Index gene = 0; gene < inference.genes(); ++gene) {
    for (Index cell = 0; cell < clustering.cells(); ++cell) {
      saved.modes(cell, gene) = clustering.gene(gene).shapes[clustering.modes(cell, gene)];
    }
  }
  for (const cardamom::NetworkStep& step : inference.steps) {
    saved.history.emplace_back(step.basal, step.interactions);
  }
  return saved;
}

}  // namespace support
