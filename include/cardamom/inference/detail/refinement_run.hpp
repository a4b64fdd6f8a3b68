/// @file
/// The refinement by simulation of any model: schedule, steps, and the choice among several starts.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
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
  const Index first = data.joint ? options.cells * std::max(data.size(), few) / few : 5 * options.cells / 6;
  const Index first_steps = (data.joint ? 1 : 2) * options.steps_per_time_point;
  for (Index used = std::min<Index>(3, times); used < times; ++used) {
    for (Index k = 0; k < first_steps; ++k) schedule.push_back({used, first, 0.5, {3.0, 1.5}});
  }
  const Index later = data.joint ? first : 2 * first;
  const Index steps = data.joint ? options.final_steps : 7 * options.final_steps / 4;
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
    last_total_ = solver_.objective() * solver_.count() + penalty_.value(x);
    total_ += last_total_;
    model_.move(solver_.step(x, penalty_, step.bounds, executor), options_.limit);
    const Vector now = model_.parameters();
    visited_ += x;
    residuals_.resize(solver_.residuals().size(), Vector::Zero(solver_.residuals()[0].size()));
    for (std::size_t k = 0; k < residuals_.size(); ++k) residuals_[k] += solver_.residuals()[k];
    sum_ += now;
    away_ += ((now - penalty_.anchor).array().abs() > rounding).template cast<double>().matrix();
    steps_ += 1.0;
  }

  /// Averages are those of the steps from here on.
  void forget_average() {
    away_ = sum_ = visited_ = Vector::Zero(model_.parameters().size());
    residuals_.clear();
    total_ = steps_ = 0.0;
  }
  /// Parameters that were at their anchor a quarter of the time, such as edges that come and go, stay there.
  Model average() const {
    Model result = model_;
    result.set_parameters((away_.array() > 0.75 * steps_).select(sum_ / steps_, penalty_.anchor), options_.limit);
    return result;
  }
  /// Probability that parameters are away from their anchors; averages must be of steps with all time points.
  template <Executor E>
  Vector presence(const E& executor) const {
    std::vector<Vector> residuals = residuals_;
    for (Vector& sum : residuals) sum /= steps_;
    return solver_.presence(visited_ / steps_, residuals, penalty_, options_.typical, options_.seed, executor);
  }
  /// Half the squared residuals and the penalty.
  double average_total() const { return total_ / steps_; }
  /// Of the last step; 0 before the first.
  double last_total() const noexcept { return last_total_; }

  /// Of the last step.
  const GaussNewton& fit() const noexcept { return solver_; }

 private:
  static constexpr double rounding = 1e-12;

  const RefinementData& data_;
  const RefinementPenalty& penalty_;
  const RefinementOptions& options_;
  Model model_;
  GaussNewton solver_;
  std::vector<Vector> shares_;     // of the data, per time point
  Vector visited_, sum_;           // of parameters before and after steps
  std::vector<Vector> residuals_;  // sums per time point
  Vector away_;                    // steps at which a parameter was not at its anchor
  double total_ = 0.0;
  double last_total_ = 0.0;
  double steps_ = 0.0;
};

/// Where another start or a proposal led to when the best went on alone.
template <ScoreModelLike Model>
struct RivalFit {
  double plausibility;  ///< beside the best, at most 1
  Model model;
  Vector presence;
};

/// Where the starts led to.
template <ScoreModelLike Model>
struct SimulationFit {
  Model model;                    ///< the best
  Vector presence;                ///< of its parameters: probability of being away from the anchor
  double objective = 0.0;         ///< half the mean squared residual of the best
  std::vector<Vector> residuals;  ///< of the best: per time point, per statistic
  Index steps = 0;                ///< of all together
  std::vector<RivalFit<Model>> rivals;
};

/// Runs the schedule from every start. Models that `propose` makes of the best one take its last steps, too, and the
/// most promising of all goes to the end.
/// @param propose std::optional<Model>(const Model& best), asked at most so many times
template <ScoreModelLike Model, class Propose, Executor E, Progress P>
SimulationFit<Model> fit_by_simulation(const RefinementData& data, const std::vector<Model>& starts, Propose propose,
                                       Index proposals, const RefinementPenalty& penalty,
                                       const RefinementOptions& options, const E& executor, P& progress) {
  const auto schedule = refinement_schedule(data, options);
  const auto contest = static_cast<std::size_t>(options.rival_steps);
  const auto contest_end = schedule.size() - static_cast<std::size_t>(options.final_steps) + contest;
  Index steps = static_cast<Index>(schedule.size() + contest_end * (starts.size() - 1) +
                                   contest * static_cast<std::size_t>(proposals));
  ProgressCounter<P> counter(progress, steps);
  std::vector<RefinementRun<Model>> runs;
  const auto advance = [&](RefinementRun<Model>& run, std::size_t first, std::size_t end, std::size_t averaged) {
    for (std::size_t k = first; k < end; ++k) {
      if (k + averaged == end) run.forget_average();
      run.take(schedule[k], k, executor);
      counter.add();
    }
  };
  std::size_t best = 0;
  const std::size_t window = (contest + 1) / 2;
  const auto enter = [&](const Model& model, std::size_t first) -> RefinementRun<Model>& {
    runs.emplace_back(data, penalty, options, model);
    advance(runs.back(), first, contest_end - window, 0);
    return runs.back();
  };
  const auto compete = [&](RefinementRun<Model>& run) {
    advance(run, contest_end - window, contest_end, window);
    if (run.average_total() < runs[best].average_total()) best = runs.size() - 1;
  };
  for (const Model& start : starts) compete(enter(start, 0));
  for (Index k = 0; k < proposals; ++k) {
    constexpr double hopeless = 30.0;   // a total so much higher half way through
    constexpr std::size_t settled = 3;  // steps before which a total says little
    const std::optional<Model> proposed = propose(runs[best].average());
    Index spared = options.rival_steps;
    if (proposed) {
      auto& run = enter(*proposed, contest_end - contest);
      spared = static_cast<Index>(window);
      if (contest - window < settled || run.last_total() < runs[best].average_total() + hopeless) {
        compete(run);
        continue;
      }
      runs.pop_back();
    }
    counter.add(spared);
    steps -= spared;
  }
  // Totals of equally good fits differ by chance by a few units.
  constexpr double by_chance = 5.0;
  constexpr double implausible = 0.01;  // too little to change a mean
  std::vector<RivalFit<Model>> rivals;
  for (std::size_t k = 0; k < runs.size(); ++k) {
    const double plausibility = std::exp((runs[best].average_total() - runs[k].average_total()) / by_chance);
    if (k != best && plausibility > implausible) {
      rivals.push_back({plausibility, runs[k].average(), runs[k].presence(executor)});
    }
  }
  RefinementRun<Model>& leader = runs[best];
  advance(leader, contest_end, schedule.size(), static_cast<std::size_t>(options.averaged));
  return {leader.average(), leader.presence(executor), leader.fit().objective(), leader.fit().residuals(), steps,
          std::move(rivals)};
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
