/// @file
/// What a clusterer returns for one gene, and steps that clusterers share, a user's own among them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include <cardamom/clustering/modes.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/convergence.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/mixture/sample.hpp>
#include <cardamom/mixture/shape_floor.hpp>

namespace cardamom {

/// What a clusterer returns for one gene.
struct GeneClustering {
  GeneModes modes;
  std::vector<ModeIndex> of_observation;  ///< mode of each distinct observation of the sample
};

/// The documented default of a gene that takes one value only: one mode with b = 1, the gene's mean (at least 10^-3
/// molecules, so that a gene that was never seen has a law nonetheless) and `informative = false`.
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline GeneClustering constant_gene(const WhereUsed<GeneSample, Use>& sample) {
  GeneClustering result;
  double mean = 0.0;
  if (sample.size() > 0) {
    double exposure = 0.0;
    for (Index i = 0; i < sample.size(); ++i) exposure += sample.cells[i] * sample.exposure(i);
    mean = sample.values[0] * sample.cells.sum() / exposure;
  }
  result.modes.shapes = Vector::Constant(1, std::max(mean, smallest_shape));
  result.modes.inverse_burst_size = 1.0;
  result.modes.weights = Vector::Ones(1);
  result.modes.informative = false;
  result.modes.convergence.status = ConvergenceStatus::no_information;
  result.of_observation.assign(static_cast<std::size_t>(sample.size()), 0);
  return result;
}

/// Sets the weights of the modes to their shares of the cells.
/// @param result shapes and `of_observation` of the sample's observations are set
template <class Use = CompiledWhereUsed>
inline void count_weights(const WhereUsed<GeneSample, Use>& sample, WhereUsed<GeneClustering, Use>& result) {
  result.modes.weights = Vector::Zero(result.modes.shapes.size());
  for (Index i = 0; i < sample.size(); ++i) {
    result.modes.weights[result.of_observation[static_cast<std::size_t>(i)]] += sample.cells[i];
  }
  result.modes.weights /= sample.cells.sum();
}

/// The mode of highest responsibility per observation, the lower one of equals.
/// @param responsibilities observations × modes, at least one mode
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline std::vector<ModeIndex> most_responsible(const WhereUsed<Matrix, Use>& responsibilities) {
  std::vector<ModeIndex> result(static_cast<std::size_t>(responsibilities.rows()));
  for (Index i = 0; i < responsibilities.rows(); ++i) {
    Index mode = 0;
    responsibilities.row(i).maxCoeff(&mode);
    result[static_cast<std::size_t>(i)] = static_cast<ModeIndex>(mode);
  }
  return result;
}

}  // namespace cardamom
