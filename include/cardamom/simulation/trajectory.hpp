/// @file
/// The course of a single cell through an experiment, and its bursts.
#pragma once

#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include <cardamom/core/error.hpp>
#include <cardamom/simulation/experiment.hpp>
#include <cardamom/simulation/process.hpp>

namespace cardamom {

/// One row per time asked for.
struct Trajectory {
  Vector times;               ///< [h]
  Matrix mrna;                ///< M, times × G
  Matrix protein;             ///< P, times × G; column 0 the stimulus, just before a change at the same time
  std::vector<Burst> bursts;  ///< all of them, burn-in included, in order
};

/// Follows cell `cell` of the population that `simulate` with the same process, experiment and seed yields: same
/// course, bit for bit up to its reading there. The experiment's time points play no part.
/// @param times [h], increasing, from −burn_in on (std::invalid_argument otherwise)
/// @throws as `simulate`
template <class Process>
Trajectory follow_cell(Process process, const Experiment& experiment, const std::vector<double>& times,
                       std::uint64_t seed, Index cell = 0) {
  validate(experiment, process.genes());
  check_at_least("follow_cell", "cell", cell, 0);
  double last = -experiment.burn_in;
  for (std::size_t k = 0; k < times.size(); ++k) {
    if (!(std::isfinite(times[k]) && times[k] >= last)) {
      throw std::invalid_argument("follow_cell: " + detail::element("times", static_cast<Index>(k)) + " is " +
                                  detail::to_text(times[k]) + ", must be finite and at least " + detail::to_text(last));
    }
    last = times[k];
  }

  const auto rows = static_cast<Index>(times.size());
  Trajectory result{
      Eigen::Map<const Vector>(times.data(), rows), Matrix(rows, process.genes()), Matrix(rows, process.genes()), {}};
  const std::vector<LevelChange> schedule = detail::in_order(experiment.schedule);
  const auto record = [&](const Burst& burst) { result.bursts.push_back(burst); };
  std::size_t next = 0;
  detail::name_cell(cell, last, [&] {
    detail::start_cell(process, experiment, seed, cell);
    for (Index k = 0; k < rows; ++k) {
      detail::follow_schedule(process, schedule, next, result.times[k], record);
      result.mrna.row(k) = process.state().mrna;
      result.protein.row(k) = process.state().protein;
    }
  });
  return result;
}

}  // namespace cardamom
