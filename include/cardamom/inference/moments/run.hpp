/// @file
/// One model on its way through the schedule of a fit.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/convergence.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/inference/moments/conditions.hpp>
#include <cardamom/inference/moments/inclusion.hpp>
#include <cardamom/inference/moments/observation.hpp>
#include <cardamom/inference/moments/schedule.hpp>
#include <cardamom/inference/moments/settings.hpp>
#include <cardamom/inference/moments/step.hpp>
#include <cardamom/inference/moments/targets.hpp>
#include <cardamom/simulation/leaping/model.hpp>

namespace cardamom {

/// A model whose parameters a fit can change.
///
/// | expression | meaning |
/// | --- | --- |
/// | `model.set_parameters(x, limit)` | replaces `model.parameters()`, within ±limit |
/// | `model.move(step, limit)` | adds to them, and may keep what else depends on their scale in step |
template <class M>
concept MomentsModel = LeapingModel<M> && requires(M& model, const Vector& x, double limit) {
  model.set_parameters(x, limit);
  model.move(x, limit);
};

/// How far parameters drifted over a window of steps: the mean of its later half minus that of its earlier one, the
/// first of an odd number of steps left out. Empty for fewer than two steps, which say nothing.
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline Vector drift_between_halves(const WhereUsed<std::vector<Vector>, Use>& steps) {
  const std::size_t half = steps.size() / 2;
  if (half == 0) return {};
  const std::size_t first = steps.size() - 2 * half;
  WhereUsed<Vector, Use> sum = Vector::Zero(steps[0].size());
  for (std::size_t k = 0; k < half; ++k) sum += steps[first + half + k] - steps[first + k];
  return sum / static_cast<double>(half);
}

/// A run of the method of simulated moments, step by step.
template <MomentsModel Model>
class MomentsRun {
 public:
  /// Keeps references to all but the model.
  MomentsRun(const WhereUsed<MomentTargets, Model>& targets, const MomentsPenalty& penalty,
             const MomentsOptions& options, const Observation& observation, Model start)
      : targets_(targets),
        penalty_(penalty),
        options_(options),
        observation_(observation),
        model_(std::move(start)),
        solver_(targets, options.correlation_shrinkage) {
    forget_average();
  }

  /// Simulates the model and moves it.
  /// @param number of the step: steps of the same number see the same chance in every run
  void take(const ScheduledStep& step, std::size_t number, const ExecutorRef& executor) {
    solver_.take(moments_under_conditions(model_, targets_, step, number, options_, observation_, executor), step.decay,
                 executor);
    const WhereUsed<Vector, Model> x = model_.parameters();
    last_total_ = solver_.objective() * solver_.count() + penalty_.value(x);
    model_.move(solver_.step(x, penalty_, step.bounds, executor), options_.limit);
    average(x, model_.parameters());
  }

  /// Averages are those of the steps from here on.
  void forget_average() {
    away_ = sum_ = visited_ = Vector::Zero(model_.parameters().size());
    residuals_.clear();
    moved_.clear();
    total_ = steps_ = 0.0;
  }
  /// The model of the average parameters. Those that were at their anchor a quarter of the time, such as edges that
  /// come and go, stay there.
  [[nodiscard]] Model average() const {
    constexpr double mostly = 0.75;
    Model result = model_;
    result.set_parameters((away_.array() > mostly * steps_).select(sum_ / steps_, penalty_.anchor), options_.limit);
    return result;
  }
  /// Probability that parameters are away from their anchors; averages must be of steps with all time points.
  [[nodiscard]] Vector inclusion(const ExecutorRef& executor) const {
    std::vector<Vector> residuals = residuals_;
    for (WhereUsed<Vector, Model>& sum : residuals) sum /= steps_;
    return inclusion_probabilities(solver_, targets_, visited_ / steps_, residuals, penalty_, options_.slab_deviation,
                                   options_.seed, executor);
  }
  /// Half the squared residuals and the penalty, on average.
  [[nodiscard]] double average_total() const { return total_ / steps_; }
  /// The same of the last step; 0 before the first.
  [[nodiscard]] double last_total() const noexcept { return last_total_; }
  /// How far the parameters drifted over the steps averaged, in units of the chance spread that the sampling errors of
  /// the data give them: √(dᵀH d/p) for the drift d between the halves of these steps, H the normal matrix in joint
  /// errors and p the number of parameters that may move. 1 for a random error of that size in every direction;
  /// infinite for fewer than two steps.
  [[nodiscard]] double drift(const ExecutorRef& executor) const {
    const WhereUsed<Vector, Model> drift = drift_between_halves(moved_);
    if (drift.size() == 0) return std::numeric_limits<double>::infinity();
    WhereUsed<Vector, Model> change = Vector::Zero(drift.size());
    solver_.for_each_group(executor, solver_.residuals(), [&](Index first, const NormalEquations& all) {
      const Index size = all.gradient.size();
      change.segment(first, size) = all.normal * drift.segment(first, size);
    });
    const auto moving = static_cast<double>((penalty_.step_scale.array() > 0.0).count());
    return std::sqrt(std::max(change.dot(drift), 0.0) / moving);
  }

  /// Objective and residuals of the last step.
  [[nodiscard]] const GaussNewton& fit() const noexcept { return solver_; }

 private:
  static constexpr double rounding = 1e-12;  // of a parameter that a step puts back to its anchor

  void average(const WhereUsed<Vector, Model>& before, const WhereUsed<Vector, Model>& now) {
    visited_ += before;
    residuals_.resize(solver_.residuals().size(), Vector::Zero(solver_.residuals()[0].size()));
    for (std::size_t k = 0; k < residuals_.size(); ++k) residuals_[k] += solver_.residuals()[k];
    sum_ += now;
    moved_.push_back(now);
    away_ += ((now - penalty_.anchor).array().abs() > rounding).template cast<double>().matrix();
    total_ += last_total_;
    steps_ += 1.0;
  }

  const WhereUsed<MomentTargets, Model>& targets_;
  const MomentsPenalty& penalty_;
  const MomentsOptions& options_;
  const Observation& observation_;
  Model model_;
  GaussNewton solver_;
  WhereUsed<Vector, Model> visited_, sum_;  // sums of parameters before and after steps
  std::vector<Vector> moved_;               // parameters after steps
  std::vector<Vector> residuals_;           // sums per time point
  WhereUsed<Vector, Model> away_;           // steps at which a parameter was not at its anchor
  double total_ = 0.0;
  double last_total_ = 0.0;
  double steps_ = 0.0;
};

}  // namespace cardamom
