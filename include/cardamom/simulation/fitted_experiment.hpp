/// @file
/// What an inference says about the experiment beside the network.
#pragma once

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/simulation/first_state.hpp>

namespace cardamom {

/// What an inference says about the experiment beside the network, from estimators that simulate: to simulate the data
/// anew takes both.
struct FittedExperiment {
  FirstState first_state = BurnIn{};  ///< what cells were at the first time point
  /// Standard deviation of the logarithm of depths between cells, in [0, 5]; 0 where cells are alike or depths are
  /// known. `PoissonCapture::log_depth_deviation` draws such depths.
  double depth_deviation = 0.0;

  friend bool operator==(const FittedExperiment&, const FittedExperiment&) = default;
};

/// Throws std::domain_error naming the field.
template <class Use = CompiledWhereUsed>
inline void validate(const WhereUsed<FittedExperiment, Use>& experiment) {
  validate(experiment.first_state);
  check_in("FittedExperiment", "depth_deviation", experiment.depth_deviation, 0.0, 5.0);
}

}  // namespace cardamom
