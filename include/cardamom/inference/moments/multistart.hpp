/// @file
/// The choice among several starts of a fit: all take a part of the schedule, the best goes to its end.
#pragma once

#include <cmath>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/convergence.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/core/function_ref.hpp>
#include <cardamom/core/progress.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/inference/moments/observation.hpp>
#include <cardamom/inference/moments/run.hpp>
#include <cardamom/inference/moments/schedule.hpp>
#include <cardamom/inference/moments/settings.hpp>
#include <cardamom/inference/moments/step.hpp>
#include <cardamom/inference/moments/targets.hpp>

namespace cardamom {

/// Where another start or a proposal had led to when the best went on alone.
template <MomentsModel Model>
struct Candidate {
  double relative_weight;  ///< beside the best, at most 1
  Model model;
  WhereUsed<Vector, Model> inclusion;  ///< as `FittedModel::inclusion`
};

/// Where the starts led to.
template <MomentsModel Model>
struct FittedModel {
  Model model;                         ///< the best
  WhereUsed<Vector, Model> inclusion;  ///< one per parameter: probability of being away from the anchor
  double objective = 0.0;              ///< half the mean squared residual of the best
  std::vector<Vector> residuals;       ///< of the best: per time point, per statistic
  /// Converged when the parameters drifted over the averaged steps by no more than the spread that chance in the data
  /// gives them: the residual, `MomentsRun::drift`, is at most 1. Iterations are the steps of all starts together.
  Convergence convergence;
  std::vector<Candidate<Model>> candidates;  ///< those that are not much worse than the best
};

/// Steps of the schedule that a fit plans to take; all are reported as done, those it spares too.
/// @param time_points of the data; @param joint as `MomentTargets::joint`
/// @param starts, proposals as many as `Multistart` gets
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline Index planned_steps(Index time_points, bool joint, Index starts, Index proposals,
                                         const WhereUsed<MomentsOptions, Use>& options) {
  MomentTargets targets;  // only its numbers matter here
  targets.joint = joint;
  targets.snapshots.resize(static_cast<std::size_t>(time_points));
  const auto schedule = static_cast<Index>(moments_schedule(targets, options).size());
  const Index shared = schedule - options.final_steps + options.multistart_steps;
  return schedule + shared * (starts - 1) + options.multistart_steps * proposals;
}

/// Runs models through the schedule. Call `start` for every start, then `propose` for every proposal, then `finish`.
template <MomentsModel Model>
class Multistart {
 public:
  /// Keeps references to all of these.
  Multistart(const WhereUsed<MomentTargets, Model>& targets, const MomentsPenalty& penalty,
             const MomentsOptions& options, const Observation& observation, const ExecutorRef& executor,
             FunctionRef<bool(Index, Index)> progress, Index starts, Index proposals)
      : targets_(targets),
        penalty_(penalty),
        options_(options),
        observation_(observation),
        executor_(executor),
        schedule_(moments_schedule(targets, options)),
        contest_(static_cast<std::size_t>(options.multistart_steps)),
        contest_end_(schedule_.size() - static_cast<std::size_t>(options.final_steps) + contest_),
        window_((contest_ + 1) / 2),
        progress_(progress),
        counter_(progress_, planned_steps(targets.time_points(), targets.joint, starts, proposals, options)) {}

  /// Takes the schedule from its beginning to the end of the contest.
  void start(const Model& model) { compete(enter(model, 0)); }

  /// The best so far; there must have been a start.
  [[nodiscard]] Model best() const { return runs_[best_].average(); }

  /// Takes the steps of the contest; gives up half way where the model fits far worse than the best. Nothing: there was
  /// none to propose.
  void propose(const std::optional<Model>& model) {
    // A total so much higher half way through was never made good; steps before which a total says little.
    constexpr double hopeless = 30.0;
    constexpr std::size_t settled = 3;
    if (!model) return skip(options_.multistart_steps);
    MomentsRun<Model>& run = enter(*model, contest_end_ - contest_);
    if (contest_ - window_ < settled || run.last_total() < runs_[best_].average_total() + hopeless) {
      return compete(run);
    }
    runs_.pop_back();
    skip(static_cast<Index>(window_));
  }

  /// Takes the best to the end of the schedule.
  [[nodiscard]] FittedModel<Model> finish() {
    std::vector<Candidate<Model>> candidates = weigh_candidates();
    MomentsRun<Model>& leader = runs_[best_];
    advance(leader, contest_end_, schedule_.size(), static_cast<std::size_t>(options_.averaged_steps));
    constexpr double tolerance = 1.0;  // of the chance spread: what drifts less, the data could not have told apart
    Convergence convergence{ConvergenceStatus::converged, taken_, leader.drift(executor_)};
    if (!(convergence.residual <= tolerance)) convergence.status = ConvergenceStatus::iteration_limit;
    return {leader.average(), leader.inclusion(executor_), leader.fit().objective(), leader.fit().residuals(),
            convergence,      std::move(candidates)};
  }

 private:
  void advance(MomentsRun<Model>& run, std::size_t first, std::size_t end, std::size_t averaged) {
    for (std::size_t k = first; k < end; ++k) {
      if (k + averaged == end) run.forget_average();
      run.take(schedule_[k], k, executor_);
      ++taken_;
      counter_.add();
    }
  }

  MomentsRun<Model>& enter(const Model& model, std::size_t first) {
    runs_.emplace_back(targets_, penalty_, options_, observation_, model);
    advance(runs_.back(), first, contest_end_ - window_, 0);
    return runs_.back();
  }

  // The second half of the contest is judged. @param run the last
  void compete(MomentsRun<Model>& run) {
    advance(run, contest_end_ - window_, contest_end_, window_);
    if (run.average_total() < runs_[best_].average_total()) best_ = runs_.size() - 1;
  }

  void skip(Index steps) { counter_.add(steps); }

  std::vector<Candidate<Model>> weigh_candidates() const {
    constexpr double by_chance = 5.0;    // totals of equally good fits differ by a few units
    constexpr double negligible = 0.01;  // too little to change a mean
    std::vector<Candidate<Model>> result;
    for (std::size_t k = 0; k < runs_.size(); ++k) {
      const double weight = std::exp((runs_[best_].average_total() - runs_[k].average_total()) / by_chance);
      if (k != best_ && weight > negligible) {
        result.push_back({weight, runs_[k].average(), runs_[k].inclusion(executor_)});
      }
    }
    return result;
  }

  const WhereUsed<MomentTargets, Model>& targets_;
  const MomentsPenalty& penalty_;
  const MomentsOptions& options_;
  const Observation& observation_;
  ExecutorRef executor_;
  std::vector<ScheduledStep> schedule_;
  std::size_t contest_, contest_end_;  // its number of steps, and where in the schedule it ends
  std::size_t window_;                 // steps at its end that are judged
  FunctionRef<bool(Index, Index)> progress_;
  detail::ProgressCounter<FunctionRef<bool(Index, Index)>> counter_;
  std::vector<MomentsRun<Model>> runs_;
  std::size_t best_ = 0;
  Index taken_ = 0;
};

}  // namespace cardamom
