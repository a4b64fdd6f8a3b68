/// @file
/// `SimulatedMoments`: the estimator that simulates what it infers until it looks like the data.
#pragma once

#include <algorithm>
#include <concepts>
#include <stdexcept>
#include <utility>

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/burst_rate/linear_rate.hpp>
#include <cardamom/clustering/basins.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/progress.hpp>
#include <cardamom/data/condition_groups.hpp>
#include <cardamom/inference/attractor_samples.hpp>
#include <cardamom/inference/diagnose.hpp>
#include <cardamom/inference/estimator.hpp>
#include <cardamom/inference/inference.hpp>
#include <cardamom/inference/moments/fit.hpp>
#include <cardamom/inference/moments/fit_rate.hpp>
#include <cardamom/inference/moments/multistart.hpp>
#include <cardamom/inference/moments/settings.hpp>
#include <cardamom/inference/problem.hpp>
#include <cardamom/inference/propagated_proteins.hpp>
#include <cardamom/inference/successive.hpp>
#include <cardamom/inference/switch_effects.hpp>
#include <cardamom/inference/usual_problem.hpp>
#include <cardamom/simulation/first_state.hpp>

namespace cardamom {

/// The start of `SimulatedMoments` where none is named: `PropagatedProteins` for a rate with a linear form,
/// `Successive` for any other.
struct DefaultStart {
  static constexpr bool uses_conditions = true;

  SuccessiveOptions options = {};  ///< of the successive fit that either begins with

  template <class Problem>
  [[nodiscard]] auto estimator(const Problem&) const {
    if constexpr (IsLinearRate<typename Problem::Rate>::value) {
      return PropagatedProteins({}, AveragedSuccessive{options});
    } else {
      return Successive{options};
    }
  }
  template <class Problem>
  [[nodiscard]] Index plan(const Problem& problem) const {
    return estimator(problem).plan(problem);
  }
  template <class Problem>
  [[nodiscard]] Inference<typename Problem::Rate> estimate(const Problem& problem) const {
    return detail::estimate_by(estimator(problem), problem);
  }
};

/// Infers a first network, then moves its parameters until cells simulated from it have the moments of the data
/// (`fit_moments`; any other `LearnableBurstRate`: `fit_rate_moments`). Not in the paper. Degradation rates are
/// required. Clusterer, loss, optimizer and storage of the call are those of the start; the penalised quadratic steps
/// that follow have a solver of their own, because they are bounded in length. Seed and edge prior are those of the
/// call.
///
/// A rate without a linear form has no probabilities of edges; its scores are its switch effects.
/// @tparam Start estimator of the first network
template <class Start = DefaultStart>
class SimulatedMoments {
 public:
  /// Moments of every condition are fitted at once, where the start can tell conditions apart, too, and the rate has a
  /// linear form.
  static constexpr bool uses_conditions = detail::uses_conditions<Start>();

  SimulatedMoments() = default;
  explicit SimulatedMoments(MomentsOptions options, Start start = {})
      : options_(std::move(options)), start_(std::move(start)) {}

  template <class Problem>
  [[nodiscard]] Index plan(const Problem& problem) const {
    return detail::planned_units(start_, problem) + most_steps(problem);
  }

  template <class Problem>
  [[nodiscard]] Inference<typename Problem::Rate> estimate(const Problem& problem) const {
    if constexpr (!IsLinearRate<typename Problem::Rate>::value) refuse_conditions("infer", problem.counts);
    ProgressPlan progress(problem.progress, plan(problem));
    auto start_part = progress.part(detail::planned_units(start_, problem));
    // The start reads cells through the family; the law has its say in the moments.
    auto start = start_.estimate(problem.without_law().told_to(start_part));
    start_part.finish();
    auto part = progress.part(most_steps(problem));
    auto result = fit(problem.told_to(part), std::move(start));
    part.finish();
    return result;
  }

  friend void validate(const SimulatedMoments& estimator, const Counts& counts, const InferenceOptions& options) {
    validate(estimator.options_);
    detail::require_prior_of_call(estimator.options_.edge_prior, "MomentsOptions");
    if (options.rates.mrna.size() == 0 || options.rates.protein.size() == 0) {
      throw std::invalid_argument(
          "infer: options.rates is missing; SimulatedMoments requires degradation rates of mRNA and protein, because "
          "simulated "
          "dynamics are compared with the data");
    }
    if constexpr (requires { validate(estimator.start_, counts, options); })
      validate(estimator.start_, counts, options);
  }

 private:
  /// How many steps there will be at most; whether the fit is joint is not known before the genes that take part are.
  template <class Problem>
  Index most_steps(const Problem& problem) const {
    const Index times = problem.counts.time_points().size();
    return std::max(planned_steps(times, true, options_.empty_start ? 2 : 1, options_.role_swaps, options_),
                    planned_steps(times, false, 1, 0, options_));
  }

  template <class Problem>
  Inference<typename Problem::Rate> fit(const Problem& problem, Inference<typename Problem::Rate> start) const {
    using Rate = typename Problem::Rate;
    const Counts& counts = problem.counts;
    MomentsOptions options = options_;
    options.seed = problem.options.seed;
    options.edge_prior = problem.options.edge_prior;
    InferenceBase result = std::move(static_cast<InferenceBase&>(start));
    result.experiment.first_state = BurnIn{options.burn_in};
    if constexpr (IsLinearRate<Rate>::value) {
      const NetworkStep& before = result.steps.back();
      auto fitted = fit_moments(counts, result.clustering, {before.basal, result.weights}, result.scores,
                                problem.options.rates, options, problem.executor, problem.progress, problem.rate,
                                problem.family, problem.observation_law());
      const double last = counts.time_points()[counts.time_points().size() - 1];
      result.steps.assign(
          1, {last, fitted.network.basal, fitted.network.interactions.sparseView(0.0, 0.0), fitted.convergence});
      result.weights = std::move(fitted.network.interactions);
      result.scores = std::move(fitted.scores);
      result.probabilities = std::move(fitted.inclusion);
      result.fit = {fitted.objective, std::move(fitted.residuals)};
      result.diagnostics.regression = fitted.convergence;
      return {std::move(result), {std::move(fitted.kinetics), std::move(fitted.rate), counts.names()}};
    } else {
      WhereUsed<Kinetics, Start> kinetics = std::move(start.model.kinetics);
      auto fitted = fit_rate_moments(counts, result.clustering, kinetics, start.model.rate, problem.rate, options,
                                     problem.executor, problem.progress, problem.family, problem.observation_law());
      const Samples samples = attractor_samples(result.clustering, result.basins,
                                                Vector(result.basins.weights.colwise().mean().transpose()));
      result.weights =
          switch_effects(fitted.rate, samples.proteins, samples.weights, kinetics.frequency_max, counts.inputs());
      result.scores = result.weights.cwiseAbs();
      result.fit = {fitted.objective, std::move(fitted.residuals)};
      result.diagnostics.regression = fitted.convergence;
      return {std::move(result), {std::move(kinetics), std::move(fitted.rate), counts.names()}};
    }
  }

  MomentsOptions options_;
  Start start_;
};

}  // namespace cardamom

#ifdef CARDAMOM_PRECOMPILED
namespace cardamom {
extern template Inference<Sigmoid> detail::estimate_by(const SimulatedMoments<>&, const UsualProblem&);
}  // namespace cardamom
#endif
