/// @file
/// The schedule of a fit: the first three time points, then one more at a time, then all.
#pragma once

#include <algorithm>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/inference/moments/settings.hpp>
#include <cardamom/inference/moments/targets.hpp>
#include <cardamom/model/kinetics.hpp>
#include <cardamom/numerics/penalised_quadratic.hpp>
#include <cardamom/simulation/leaping/protocol.hpp>
#include <cardamom/simulation/leaping/steps.hpp>

namespace cardamom {

/// One step of the schedule.
struct ScheduledStep {
  Index time_points;  ///< fitted, the first so many
  Index cells;        ///< simulated
  double decay;       ///< of the moving average of sensitivities
  StepBounds bounds;  ///< how far parameters may go
};

/// Early time points first: later ones depend on what the early ones say, and a fit to all at once is often caught in
/// between.
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline std::vector<ScheduledStep> moments_schedule(const WhereUsed<MomentTargets, Use>& targets,
                                                                 const WhereUsed<MomentsOptions, Use>& options) {
  constexpr Index few = 10;  // genes for which `cells` suffice; more have more parameters to tell apart
  constexpr Index first_time_points = 3;
  constexpr double forgetful = 0.5;  // moving average while the model still changes
  const StepBounds careful{3.0, 1.5};
  const Index times = targets.time_points();
  std::vector<ScheduledStep> schedule;
  const Index cells = targets.joint ? options.cells * std::max(targets.size(), few) / few : 5 * options.cells / 6;
  const Index steps_each = (targets.joint ? 1 : 2) * options.steps_per_time_point;
  for (Index used = std::min<Index>(first_time_points, times); used < times; ++used) {
    for (Index k = 0; k < steps_each; ++k) schedule.push_back({used, cells, forgetful, careful});
  }
  const Index final_cells = targets.joint ? cells : 2 * cells;
  const Index final_steps = targets.joint ? options.final_steps : 7 * options.final_steps / 4;
  for (Index k = 0; k < final_steps; ++k) {
    // Steps that are averaged are half as long.
    const StepBounds bounds{1.0, k < final_steps - options.averaged_steps ? 1.5 : 0.75};
    schedule.push_back({times, final_cells, options.moving_average_decay, bounds});
  }
  return schedule;
}

/// The protocol of a step: observation at the first `time_points` time points of the data.
/// @param kinetics of the cells, perturbed or not; @param condition number of the group of conditions they are of
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline LeapProtocol moments_protocol(const WhereUsed<MomentTargets, Use>& targets,
                                                   const WhereUsed<Kinetics, Use>& kinetics, Index time_points,
                                                   const WhereUsed<MomentsOptions, Use>& options, Index condition = 0) {
  // Scores fade by 1/e in two and a half lives of the longest-lived protein; that gained .01 to .02 of AUPR.
  constexpr double score_decay_per_protein_decay = 0.4;
  LeapProtocol protocol;
  protocol.burn_in = options.burn_in;
  protocol.longest_step = longest_leap(kinetics);
  protocol.score_decay = score_decay_per_protein_decay * kinetics.protein_decay.tail(kinetics.genes()).minCoeff();
  protocol.seed = options.seed;
  protocol.levels.resize(time_points, targets.inputs);
  for (Index k = 0; k < time_points; ++k) {
    const SnapshotMoments& snapshot =
        targets
            .snapshots[static_cast<std::size_t>(k) * targets.conditions.size() + static_cast<std::size_t>(condition)];
    protocol.observation_times.push_back(snapshot.time);
    protocol.levels.row(k) = snapshot.inputs.transpose();
  }
  return protocol;
}

}  // namespace cardamom
