/// @file
/// The refinement by simulation of any model: schedule, steps, and the choice among several starts.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include <cardamom/core/executor.hpp>
#include <cardamom/core/progress.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/inference/detail/gauss_newton.hpp>
#include <cardamom/inference/detail/refinement_data.hpp>
#include <cardamom/inference/detail/refinement_step.hpp>
#include <cardamom/inference/detail/score_moments.hpp>
#include <cardamom/inference/detail/score_simulation.hpp>
#include <cardamom/inference/refinement_options.hpp>

namespace cardamom::detail {

/// One step of the schedule.
struct RefinementStep {
  Index time_points;  ///< fitted, the first so many
  Index cells;        ///< simulated
  double memory;      ///< of sensitivities
  StepBounds bounds;
};

/// The first three time points, then one more at a time, then all.
inline std::vector<RefinementStep> refinement_schedule(const RefinementData& data, const RefinementOptions& options) {
  constexpr Index few = 10;  // genes for which `cells` suffice; more have more parameters to tell apart
  const auto times = static_cast<Index>(data.snapshots.size());
  std::vector<RefinementStep> schedule;
  const Index first = data.joint ? options.cells * std::max(data.size(), few) / few : 2 * options.cells / 3;
  const Index first_steps = options.steps_per_time_point + (data.joint ? 0 : 1);
  for (Index used = std::min<Index>(3, times); used < times; ++used) {
    for (Index k = 0; k < first_steps; ++k) schedule.push_back({used, first, 0.5, {3.0, 1.5}});
  }
  const Index later = data.joint ? first : 2 * first;
  const Index steps = options.final_steps + (data.joint ? 0 : options.rival_steps);
  for (Index k = 0; k < steps; ++k) {
    schedule.push_back({times, later, options.memory, {1.0, k < steps - options.averaged ? 1.5 : 0.75}});
  }
  return schedule;
}

/// The reading of the first `time_points` snapshots.
inline ScoreProtocol score_protocol(const RefinementData& data, const ScoreKinetics& kinetics, Index time_points,
                                    const RefinementOptions& options) {
  ScoreProtocol protocol;
  protocol.burn_in = options.burn_in;
  protocol.step = leap_length(kinetics);
  protocol.fading = 0.4 * kinetics.d1.minCoeff();
  protocol.seed = options.seed;
  for (Index k = 0; k < time_points; ++k) {
    protocol.times.push_back(data.snapshots[static_cast<std::size_t>(k)].time);
    protocol.stimulus.push_back(data.snapshots[static_cast<std::size_t>(k)].stimulus);
  }
  return protocol;
}

/// A model on its way from one start.
template <ScoreModelLike Model>
class RefinementRun {
 public:
  /// Keeps references to all but the model.
  RefinementRun(const RefinementData& data, const RefinementPenalty& penalty, const RefinementOptions& options,
                Model start)
      : data_(data),
        penalty_(penalty),
        options_(options),
        model_(std::move(start)),
        solver_(data, options.independence) {
    for (const auto& snapshot : data.snapshots) shares_.push_back(snapshot.shares);
    forget_average();
  }

  /// @param pass steps of the same number see the same chance in every run
  template <Executor E>
  void take(const RefinementStep& step, std::size_t pass, const E& executor) {
    ScoreProtocol protocol = score_protocol(data_, model_, step.time_points, options_);
    protocol.cells = step.cells;
    protocol.pass = pass;
    solver_.take(simulate_scores(model_, protocol, data_.statistics, shares_, executor), step.memory, executor);
    const Vector x = model_.parameters();
    total_ += solver_.objective() * solver_.count() + penalty_.value(x);
    model_.move(solver_.step(x, penalty_, step.bounds, executor), options_.limit);
    const Vector now = model_.parameters();
    sum_ += now;
    away_ += ((now - penalty_.anchor).array().abs() > rounding).template cast<double>().matrix();
    steps_ += 1.0;
  }

  /// Averages are those of the steps from here on.
  void forget_average() {
    away_ = sum_ = Vector::Zero(model_.parameters().size());
    total_ = steps_ = 0.0;
  }
  /// Parameters that were at their anchor a quarter of the time, such as edges that come and go, stay there.
  Model average() const {
    Model result = model_;
    result.set_parameters((away_.array() > 0.75 * steps_).select(sum_ / steps_, penalty_.anchor), options_.limit);
    return result;
  }
  /// Half the squared residuals and the penalty.
  double average_total() const { return total_ / steps_; }

  /// Of the last step.
  const GaussNewton& fit() const noexcept { return solver_; }

 private:
  static constexpr double rounding = 1e-12;

  const RefinementData& data_;
  const RefinementPenalty& penalty_;
  const RefinementOptions& options_;
  Model model_;
  GaussNewton solver_;
  std::vector<Vector> shares_;  // of the data, per time point
  Vector sum_;
  Vector away_;  // steps at which a parameter was not at its anchor
  double total_ = 0.0;
  double steps_ = 0.0;
};

/// Where the starts led to.
template <ScoreModelLike Model>
struct SimulationFit {
  Model model;                    ///< the best
  double objective = 0.0;         ///< half the mean squared residual of the best
  std::vector<Vector> residuals;  ///< of the best: per time point, per statistic
  Index steps = 0;                ///< of all together
  /// The others as they were when the best went on alone, with how plausible they were beside it, at most 1.
  std::vector<std::pair<double, Model>> rivals;
};

/// Runs the schedule from every start, from the most promising one to its end.
template <ScoreModelLike Model, Executor E, Progress P>
SimulationFit<Model> fit_by_simulation(const RefinementData& data, const std::vector<Model>& starts,
                                       const RefinementPenalty& penalty, const RefinementOptions& options,
                                       const E& executor, P& progress) {
  const auto schedule = refinement_schedule(data, options);
  const auto rivals_end = schedule.size() - static_cast<std::size_t>(options.final_steps - options.rival_steps);
  const auto rivals_average = static_cast<std::size_t>((options.rival_steps + 1) / 2);
  const auto average = static_cast<std::size_t>(options.averaged);
  const auto steps = static_cast<Index>(schedule.size() + rivals_end * (starts.size() - 1));
  ProgressCounter<P> counter(progress, steps);
  std::vector<RefinementRun<Model>> runs;
  for (const Model& start : starts) runs.emplace_back(data, penalty, options, start);
  for (auto& run : runs) {
    for (std::size_t k = 0; k < rivals_end; ++k) {
      if (k + rivals_average == rivals_end) run.forget_average();
      run.take(schedule[k], k, executor);
      counter.add();
    }
  }
  const auto best = std::min_element(
      runs.begin(), runs.end(), [](const auto& a, const auto& b) { return a.average_total() < b.average_total(); });
  // Totals of equally good fits differ by chance by a few units.
  constexpr double by_chance = 5.0;
  std::vector<std::pair<double, Model>> rivals;
  for (auto run = runs.begin(); run != runs.end(); ++run) {
    if (run == best) continue;
    rivals.emplace_back(std::exp((best->average_total() - run->average_total()) / by_chance), run->average());
  }
  for (std::size_t k = rivals_end; k < schedule.size(); ++k) {
    if (k + average == schedule.size()) best->forget_average();
    best->take(schedule[k], k, executor);
    counter.add();
  }
  return {best->average(), best->fit().objective(), best->fit().residuals(), steps, std::move(rivals)};
}

/// The last residuals of single genes, in their standard errors: time points × G.
inline Matrix gene_residuals(const RefinementData& data, const std::vector<Vector>& residuals, Index genes) {
  Matrix result = Matrix::Zero(static_cast<Index>(data.snapshots.size()), genes);
  for (std::size_t q = 0; q < data.statistics.all.size(); ++q) {
    const auto& [a, b] = data.statistics.all[q];
    if (a != b) continue;
    for (Index k = 0; k < result.rows(); ++k) {
      result(k, data.gene(a)) = residuals[static_cast<std::size_t>(k)][static_cast<Index>(q)];
    }
  }
  return result;
}

}  // namespace cardamom::detail
