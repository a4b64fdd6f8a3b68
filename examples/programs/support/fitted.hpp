// What an inference saw and fitted beside the network, for those who simulate its model.
#pragma once

#include <cardamom/clustering/modes.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/inference/inference.hpp>
#include <cardamom/simulation/fitted_experiment.hpp>
#include <cardamom/simulation/schedule.hpp>

namespace support {

/// Whether the estimator compared simulated cells with the data: then it says what cells were at the first time point.
inline bool simulates(const cardamom::InferenceBase& inference) {
  return inference.fit.known() || inference.fit.distance > 0.0 || inference.experiment != cardamom::FittedExperiment{};
}

/// The course of the inputs over the time points of a table: mean levels over the cells, relative to an input's
/// largest, as the model knows them.
inline cardamom::InputCourse input_course(const cardamom::Counts& counts, const cardamom::Clustering& clustering) {
  using cardamom::Index;
  const cardamom::Vector& times = counts.time_points();
  cardamom::Matrix levels = cardamom::Matrix::Zero(times.size(), counts.inputs());
  for (Index k = 0; k < times.size(); ++k) {
    for (Index input = 0; input < counts.inputs(); ++input) {
      const auto level = [&](Index cell) { return clustering.level(input, clustering.modes(cell, input)); };
      const auto cells = counts.cells_at(k);
      const double first = level(cells.front());
      // Around the first: cells that agree have their level exactly.
      double excess = 0.0;
      for (const Index cell : cells) excess += level(cell) - first;
      levels(k, input) = first + excess / static_cast<double>(cells.size());
    }
  }
  return cardamom::observed_course(times, levels);
}

}  // namespace support
