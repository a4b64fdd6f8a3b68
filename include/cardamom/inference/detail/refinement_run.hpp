/// @file
/// The refinement by simulation from one start: penalty, schedule and steps.
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include <cardamom/core/executor.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/inference/detail/gauss_newton.hpp>
#include <cardamom/inference/detail/refinement_data.hpp>
#include <cardamom/inference/detail/refinement_step.hpp>
#include <cardamom/inference/detail/score_moments.hpp>
#include <cardamom/inference/detail/score_simulation.hpp>
#include <cardamom/inference/refinement_options.hpp>

namespace cardamom::detail {

/// Edges the start believes in are cheaper.
/// @param confidence of the start, G × G
inline RefinementPenalty refinement_penalty(const RefinementData& data, const Matrix& confidence,
                                            const RefinementOptions& options) {
  const Index size = data.size();
  const Index row = data.model.row_size();
  RefinementPenalty penalty{Vector::Zero(size * row), Vector::Zero(size * row), parameters_of(data.model),
                            Vector::Ones(size * row), Vector::Constant(size * row, options.limit)};
  const double trust = size <= options.joint_genes ? options.trust : options.trust_of_many;
  double sum = 0.0;
  for (Index a = 0; a < size; ++a) {
    for (Index b = 0; b <= size; ++b) {
      if (b == a + 1) continue;
      const double c = confidence(data.gene(a), b == 0 ? 0 : data.gene(b - 1));
      sum += penalty.strength[a * row + b] = 1.0 / (trust + std::min(c, 1.0));
    }
  }
  if (sum > 0.0) penalty.strength *= options.strength * static_cast<double>(size * size) / sum;
  for (Index a = 0; a < size; ++a) {
    const auto own = [&](Index column) { return a * row + column; };
    penalty.anchor.segment(own(0), size + 1).setZero();
    penalty.strength[own(a + 1)] = options.self_strength;
    penalty.strength[own(data.model.basal_column())] = options.basal_strength;
    penalty.precision[own(data.model.low_column())] = options.low_precision;
    penalty.precision[own(data.model.high_column())] = options.high_precision;
    penalty.limit.segment(own(data.model.low_column()), 2).setConstant(std::numeric_limits<double>::infinity());
    penalty.reach[own(data.model.low_column())] = 0.2;
    penalty.reach[own(data.model.high_column())] = 0.1;
  }
  return penalty;
}

/// One step of the schedule.
struct RefinementStep {
  Index time_points;  ///< fitted, the first so many
  Index cells;        ///< simulated
  double memory;      ///< of sensitivities
  StepBounds bounds;
};

/// The first three time points, then one more at a time, then all.
/// @param size genes that take part
inline std::vector<RefinementStep> refinement_schedule(Index times, Index size, const RefinementOptions& options) {
  constexpr Index few = 10;  // genes for which `cells` suffice; more have more parameters to tell apart
  const bool joint = size <= options.joint_genes;
  std::vector<RefinementStep> schedule;
  const Index first = joint ? options.cells * std::max(size, few) / few : 2 * options.cells / 3;
  const Index first_steps = options.steps_per_time_point + (joint ? 0 : 1);
  for (Index used = std::min<Index>(3, times); used < times; ++used) {
    for (Index k = 0; k < first_steps; ++k) schedule.push_back({used, first, 0.5, {3.0, 1.5}});
  }
  const Index later = joint ? first : 2 * first;
  const Index steps = options.final_steps + (joint ? 0 : options.rival_steps);
  for (Index k = 0; k < steps; ++k) {
    schedule.push_back({times, later, options.memory, {1.0, k < steps - options.averaged ? 1.5 : 0.75}});
  }
  return schedule;
}

/// The reading of the first `time_points` snapshots.
inline ScoreProtocol score_protocol(const RefinementData& data, const ScoreModel& model, Index time_points,
                                    const RefinementOptions& options) {
  ScoreProtocol protocol;
  protocol.burn_in = options.burn_in;
  protocol.step = leap_length(model);
  if (data.size() > 0) protocol.fading = 0.4 * data.model.d1.minCoeff();
  protocol.seed = options.seed;
  for (Index k = 0; k < time_points; ++k) {
    protocol.times.push_back(data.snapshots[static_cast<std::size_t>(k)].time);
    protocol.stimulus.push_back(data.snapshots[static_cast<std::size_t>(k)].stimulus);
  }
  return protocol;
}

/// A model on its way from one start.
class RefinementRun {
 public:
  /// Keeps references to all but the model.
  RefinementRun(const RefinementData& data, const RefinementPenalty& penalty, const RefinementOptions& options,
                ScoreModel start)
      : data_(data),
        penalty_(penalty),
        options_(options),
        model_(std::move(start)),
        solver_(data, options.independence) {
    for (const auto& snapshot : data.snapshots) shares_.push_back(snapshot.shares);
    model_.interactions = model_.interactions.cwiseMax(-options.limit).cwiseMin(options.limit);
    model_.basal = model_.basal.cwiseMax(-options.limit).cwiseMin(options.limit);
    forget_average();
  }

  /// @param pass steps of the same number see the same chance in every run
  template <Executor E>
  void take(const RefinementStep& step, std::size_t pass, const E& executor) {
    ScoreProtocol protocol = score_protocol(data_, model_, step.time_points, options_);
    protocol.cells = step.cells;
    protocol.pass = pass;
    solver_.take(simulate_scores(model_, protocol, data_.statistics, shares_, executor), step.memory);
    const Vector x = parameters_of(model_);
    total_ += solver_.objective() * solver_.count() + penalty_.value(x);
    set_parameters(x + solver_.step(x, penalty_, step.bounds), options_.limit, model_);
    sum_ += parameters_of(model_);
    steps_ += 1.0;
  }

  /// Averages are those of the steps from here on.
  void forget_average() {
    sum_ = Vector::Zero(model_.genes() * model_.row_size());
    total_ = steps_ = 0.0;
  }
  ScoreModel average() const {
    ScoreModel result = model_;
    set_parameters(sum_ / steps_, options_.limit, result);
    return result;
  }
  /// Half the squared residuals and the penalty.
  double average_total() const { return total_ / steps_; }

  /// Of the last step.
  const GaussNewton& fit() const noexcept { return solver_; }

 private:
  const RefinementData& data_;
  const RefinementPenalty& penalty_;
  const RefinementOptions& options_;
  ScoreModel model_;
  GaussNewton solver_;
  std::vector<Vector> shares_;  // of the data, per time point
  Vector sum_;
  double total_ = 0.0;
  double steps_ = 0.0;
};

}  // namespace cardamom::detail
