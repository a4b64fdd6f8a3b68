// What an inference saw and fitted beside the network, for those who simulate its model.
#pragma once

#include <cstddef>
#include <vector>

#include <cardamom/clustering/modes.hpp>
#include <cardamom/data/condition_groups.hpp>
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
/// largest, as the model knows them. Of a table with conditions those of the first group of them, the wild type where
/// there is one: conditions with inputs of their own have no course in common.
inline cardamom::InputCourse input_course(const cardamom::Counts& counts, const cardamom::Clustering& clustering) {
  using cardamom::Index;
  const cardamom::Vector& times = counts.time_points();
  std::vector<bool> counted(static_cast<std::size_t>(counts.cells()), false);
  const std::vector<cardamom::ConditionGroup> groups = cardamom::condition_groups("input_course", counts);
  for (const Index cell : groups.front().cells) {
    counted[static_cast<std::size_t>(cell)] = true;
  }
  cardamom::Matrix levels = cardamom::Matrix::Zero(times.size(), counts.inputs());
  for (Index k = 0; k < times.size(); ++k) {
    for (Index input = 0; input < counts.inputs(); ++input) {
      const auto level = [&](Index cell) { return clustering.level(input, clustering.modes(cell, input)); };
      std::vector<Index> cells;
      for (const Index cell : counts.cells_at(k)) {
        if (counted[static_cast<std::size_t>(cell)]) cells.push_back(cell);
      }
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
