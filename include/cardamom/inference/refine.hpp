/// @file
/// Refinement by simulation: a network is right when cells simulated from it look like the data.
///
/// Not in the paper. A generalised method of moments on simulated data: at every time point the mean response of
/// every gene, a bounded function of its count, and the covariances of responses between genes are compared with those
/// of simulated cells, in units of their joint sampling error. The likelihood score of the simulated paths gives the
/// sensitivity of every statistic to every parameter, edges that are absent and burst frequencies included, from one
/// set of simulations; Gauss-Newton steps with an L1 penalty follow. The first time points are fitted first, then more
/// and more of them. Not every start leads to the best fit: an empty network is tried beside the given one, and the
/// better of the two goes on.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <utility>
#include <vector>

#include <cardamom/core/error.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/core/progress.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/inference/detail/confidence.hpp>
#include <cardamom/inference/detail/refinement_data.hpp>
#include <cardamom/inference/detail/refinement_run.hpp>
#include <cardamom/inference/detail/score_simulation.hpp>
#include <cardamom/inference/inference.hpp>
#include <cardamom/inference/refinement_options.hpp>
#include <cardamom/model/decay_rates.hpp>
#include <cardamom/model/model.hpp>

namespace cardamom {

struct Refinement {
  Inference inference;     ///< the refined network as its only step
  Model model;             ///< the model that was simulated: refined burst frequencies and network
  double objective = 0.0;  ///< half the mean squared residual of the last step in joint errors; at most about ½ when
                           ///< the model is right
  Matrix residuals;        ///< time points × G: (mean response in the data − simulated) in standard errors
};

namespace detail {

/// The model without any edge, its genes mostly off.
inline ScoreModel without_edges(ScoreModel model) {
  model.interactions.setZero();
  model.basal.setConstant(-2.0);
  return model;
}

/// θ of the genes that take part, among those that the others have.
inline Matrix all_interactions(const Matrix& others, const RefinementData& data, const Matrix& interactions) {
  Matrix result = others;
  for (Index a = 0; a < data.size(); ++a) {
    const Index i = data.gene(a);
    result(i, 0) = interactions(a, 0);
    for (Index b = 0; b < data.size(); ++b) result(i, data.gene(b)) = interactions(a, b + 1);
  }
  return result;
}

/// What the starts led to.
struct RefinedFit {
  ScoreModel model;        ///< the best
  Matrix strength;         ///< |θ| of all, the worse the less: A × (A + 1)
  double objective = 0.0;  ///< half the mean squared residual of the best
  std::vector<Vector> residuals;
};

/// Runs the schedule from every start, from the most promising one to its end.
template <Executor E, class P>
RefinedFit fit_by_simulation(const RefinementData& data, const std::vector<ScoreModel>& starts,
                             const RefinementPenalty& penalty, const std::vector<RefinementStep>& schedule,
                             const RefinementOptions& options, const E& executor, ProgressCounter<P>& counter) {
  const auto rivals_end = schedule.size() - static_cast<std::size_t>(options.final_steps - options.rival_steps);
  const auto rivals_average = static_cast<std::size_t>((options.rival_steps + 1) / 2);
  const auto average = static_cast<std::size_t>(options.averaged);
  std::vector<RefinementRun> runs;
  for (const ScoreModel& start : starts) runs.emplace_back(data, penalty, options, start);
  for (RefinementRun& run : runs) {
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
  Matrix strength = Matrix::Zero(data.size(), data.size() + 1);
  double weights = 0.0;
  for (auto run = runs.begin(); run != runs.end(); ++run) {
    if (run == best) continue;
    const double weight = std::exp((best->average_total() - run->average_total()) / by_chance);
    strength += weight * run->average().interactions.cwiseAbs();
    weights += weight;
  }
  for (std::size_t k = rivals_end; k < schedule.size(); ++k) {
    if (k + average == schedule.size()) best->forget_average();
    best->take(schedule[k], k, executor);
    counter.add();
  }
  ScoreModel model = best->average();
  strength = (strength + model.interactions.cwiseAbs()) / (weights + 1.0);
  return {std::move(model), std::move(strength), best->fit().objective(), best->fit().residuals()};
}

/// Puts the refined rows among those of genes that took no part.
inline Inference refined_inference(const Inference& start, const RefinementData& data, const RefinedFit& fit,
                                   const Matrix& confidence_of_start, double time, Index steps,
                                   const RefinementOptions& options) {
  Inference result;
  result.names = start.names;
  result.clustering = start.clustering;
  result.basins = start.basins;
  result.diagnostics = start.diagnostics;
  const Matrix before(start.interactions());
  Vector basal = start.basal();
  for (Index a = 0; a < data.size(); ++a) basal[data.gene(a)] = fit.model.basal[a];
  // A small share of the start's opinion ranks edges the refinement cannot tell apart.
  result.scores = confidence(all_interactions(before, data, fit.strength)) +
                  options.trust_in_rank * confidence_of_start.cwiseMin(2.0);
  result.steps.push_back({time, std::move(basal),
                          all_interactions(before, data, fit.model.interactions).sparseView(0.0, 0.0),
                          Convergence{ConvergenceStatus::converged, steps, 0.0}});
  return result;
}

inline void check_refinement(const Counts& counts, const Inference& start, const DecayRates& rates,
                             const RefinementOptions& options) {
  const Index genes = counts.genes();
  validate(options);
  check_size("refine", "start.names", start.genes(), genes);
  check_shape("refine", "start.clustering.modes", start.clustering.modes, counts.cells(), genes);
  if (rates.mrna.size() == 0 || rates.protein.size() == 0) {
    throw std::invalid_argument(
        "refine: rates are missing; degradation rates of mRNA and protein are required, because simulated dynamics are "
        "compared with the data");
  }
  check_size("refine", "rates.mrna", rates.mrna.size(), genes);
  check_size("refine", "rates.protein", rates.protein.size(), genes);
  check_all_positive("refine", "rates.mrna", rates.mrna, 1);
  check_all_positive("refine", "rates.protein", rates.protein, 1);
}

}  // namespace detail

/// Refines a network by simulation.
/// @param start θ and β to start from, its scores as prior confidence, its clustering (two modes per gene) for kinetics
/// and thresholds: the result of `propagate` serves best
/// @param rates d0 and d1 of every gene [1/h]: required, since what is compared is dynamics
/// @throws std::invalid_argument when rates are missing, on sizes and options; std::domain_error on rates; Cancelled
/// (told of steps)
/// Cost O(steps · cells · (simulated steps of time · A² + time points · A⁴)) for A active genes, A³ above
/// `joint_genes`.
template <Executor E = Sequential, Progress P = IgnoreProgress>
Refinement refine(const Counts& counts, const Inference& start, const DecayRates& rates,
                  const RefinementOptions& options = {}, const E& executor = {}, P progress = {}) {
  detail::check_refinement(counts, start, rates, options);
  const detail::RefinementData data =
      detail::take_refinement_data(counts, start, rates, options.least_active, options.joint_genes);
  const Matrix confidence = detail::confidence(start.scores);
  const detail::RefinementPenalty penalty = detail::refinement_penalty(data, confidence, options);
  const Index times = counts.time_points().size();
  const bool joint = data.size() <= options.joint_genes;
  const auto schedule = detail::refinement_schedule(times, data.size(), options);
  std::vector<detail::ScoreModel> starts{data.model};
  if (options.also_from_nothing && joint) starts.push_back(detail::without_edges(data.model));
  const Index steps = data.size() == 0
                          ? 0
                          : static_cast<Index>(schedule.size() * starts.size()) -
                                (options.final_steps - options.rival_steps) * static_cast<Index>(starts.size() - 1);
  detail::ProgressCounter<P> counter(progress, steps);
  detail::RefinedFit fit{data.model, Matrix::Zero(0, 1), 0.0, {}};
  if (data.size() > 0) fit = detail::fit_by_simulation(data, starts, penalty, schedule, options, executor, counter);

  Refinement result;
  result.objective = fit.objective;
  result.residuals = Matrix::Zero(times, counts.genes());
  for (std::size_t q = 0; q < data.statistics.all.size(); ++q) {
    const auto& [a, b] = data.statistics.all[q];
    if (a != b) continue;
    for (Index k = 0; k < times; ++k) {
      result.residuals(k, data.gene(a)) = fit.residuals[static_cast<std::size_t>(k)][static_cast<Index>(q)];
    }
  }
  result.inference =
      detail::refined_inference(start, data, fit, confidence, counts.time_points()[times - 1], steps, options);
  Vector low = data.low;
  Vector high = data.high;
  Vector inverse = data.inverse;
  for (Index a = 0; a < data.size(); ++a) {
    low[data.gene(a)] = fit.model.k0[a] / fit.model.d0[a];
    high[data.gene(a)] = fit.model.k1[a] / fit.model.d0[a];
  }
  low[0] = high[0] = inverse[0] = 1.0;
  result.model = {Kinetics::from_modes(low, high, inverse, rates), result.inference.network()};
  return result;
}

}  // namespace cardamom
