/// @file
/// Refinement by simulation: a network is right when cells simulated from it look like the data.
///
/// Not in the paper. A generalised method of moments on simulated data: at every time point the mean response of
/// every gene, a bounded function of its count, and the covariances of responses between genes are compared with those
/// of simulated cells, in units of their joint sampling error. The likelihood score of the simulated paths gives the
/// sensitivity of every statistic to every parameter, edges that are absent and burst frequencies included, from one
/// set of simulations; Gauss-Newton steps with an L1 penalty follow. The first time points are fitted first, then more
/// and more of them. Not every start leads to the best fit: an empty network is tried beside the given one.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <utility>
#include <vector>

#include <cardamom/core/error.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/core/progress.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/inference/detail/confidence.hpp>
#include <cardamom/inference/detail/gauss_newton.hpp>
#include <cardamom/inference/detail/refinement_data.hpp>
#include <cardamom/inference/detail/refinement_step.hpp>
#include <cardamom/inference/detail/score_moments.hpp>
#include <cardamom/inference/detail/score_simulation.hpp>
#include <cardamom/inference/inference.hpp>
#include <cardamom/model/decay_rates.hpp>
#include <cardamom/model/model.hpp>

namespace cardamom {

struct RefinementOptions {
  double burn_in = 5.0;         ///< of the experiment, without stimulus, from M = P = 0 [h], >= 0
  double strength = 0.35;       ///< L1 weight of an average edge, in units of half a squared standardised residual, > 0
  double self_strength = 0.21;  ///< of a self-interaction, >= 0
  double basal_strength = 0.035;  ///< of a departure of β from its start, >= 0
  double trust = 1.0;             ///< an edge's weight is 1/(trust + c), c in [0, 1] its strength in the start, > 0
  double trust_of_many = 0.3;     ///< the same above `joint_genes`, > 0
  double limit = 12.0;            ///< |θ| <= limit, > 0
  /// Simulated per step while time points are added, twice as many at the end; half of each above `joint_genes`.
  Index cells = 1000;              ///< >= 100
  Index steps_per_time_point = 3;  ///< >= 1
  Index final_steps = 48;          ///< with all time points, >= 1
  Index averaged = 12;             ///< of the final steps, the last so many are averaged, 1 … final_steps
  Index joint_genes = 16;   ///< up to so many genes all sensitivities are used; above, those of a gene's own statistics
  Index least_active = 10;  ///< genes on in fewer cells keep the start's coefficients and are not simulated, >= 1
  /// Weight, in [0, 1), of the sensitivities of earlier steps in their running mean: one set of simulations is noisy.
  double memory = 0.9;
  double trust_in_rank = 0.1;     ///< share of the start's scores in those of the result, >= 0
  double low_precision = 4.0;     ///< prior precision of log k0 around the estimate from the modes, > 0
  double high_precision = 10.0;   ///< of log k1, > 0
  double independence = 0.1;      ///< share, in (0, 1], of the identity in the correlations of statistics
  bool also_from_nothing = true;  ///< up to `joint_genes`: an empty network is tried as a start, too
  std::uint64_t seed = 0;
};

inline void validate(const RefinementOptions& options) {
  check_nonnegative("RefinementOptions", "burn_in", options.burn_in);
  check_positive("RefinementOptions", "strength", options.strength);
  check_nonnegative("RefinementOptions", "self_strength", options.self_strength);
  check_nonnegative("RefinementOptions", "basal_strength", options.basal_strength);
  check_positive("RefinementOptions", "trust", options.trust);
  check_positive("RefinementOptions", "trust_of_many", options.trust_of_many);
  check_positive("RefinementOptions", "limit", options.limit);
  check_at_least("RefinementOptions", "cells", options.cells, 100);
  check_at_least("RefinementOptions", "steps_per_time_point", options.steps_per_time_point, 1);
  check_at_least("RefinementOptions", "final_steps", options.final_steps, 1);
  check_at_least("RefinementOptions", "averaged", options.averaged, 1);
  check_at_least("RefinementOptions", "final_steps - averaged", options.final_steps - options.averaged, 0);
  check_at_least("RefinementOptions", "joint_genes", options.joint_genes, 1);
  check_in("RefinementOptions", "memory", options.memory, 0.0, 0.999);
  check_nonnegative("RefinementOptions", "trust_in_rank", options.trust_in_rank);
  check_at_least("RefinementOptions", "least_active", options.least_active, 1);
  check_positive("RefinementOptions", "low_precision", options.low_precision);
  check_positive("RefinementOptions", "high_precision", options.high_precision);
  check_positive("RefinementOptions", "independence", options.independence);
  check_in("RefinementOptions", "independence", options.independence, 0.0, 1.0);
}

struct Refinement {
  Inference inference;     ///< the refined network as its only step
  Model model;             ///< the model that was simulated: refined burst frequencies and network
  double objective = 0.0;  ///< half the mean squared residual of the last step in joint errors; at most about ½ when
                           ///< the model is right
  Matrix residuals;        ///< time points × G: (mean response in the data − simulated) in standard errors
};

namespace detail {

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
  bool averaged;      ///< its outcome enters the result
  StepBounds bounds;
};

/// The first three time points, then one more at a time, then all.
inline std::vector<RefinementStep> refinement_schedule(Index times, bool joint, const RefinementOptions& options) {
  const Index cells = joint ? options.cells : options.cells / 2;
  std::vector<RefinementStep> schedule;
  for (Index used = std::min<Index>(3, times); used < times; ++used) {
    for (Index k = 0; k < options.steps_per_time_point; ++k) {
      schedule.push_back({used, cells, 0.5, false, {3.0, 1.5}});
    }
  }
  for (Index k = 0; k < options.final_steps; ++k) {
    const bool averaged = k >= options.final_steps - options.averaged;
    schedule.push_back({times, 2 * cells, options.memory, averaged, {1.0, averaged ? 0.75 : 1.5}});
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

/// What one start led to.
struct RefinedFit {
  ScoreModel model;
  double objective = 0.0;
  double total = 0.0;  ///< half the squared residuals and the penalty, mean of the averaged steps
  std::vector<Vector> residuals;
};

/// Runs the schedule.
template <Executor E, class P>
RefinedFit fit_by_simulation(const RefinementData& data, ScoreModel model, const RefinementPenalty& penalty,
                             const std::vector<RefinementStep>& schedule, const RefinementOptions& options,
                             const E& executor, ProgressCounter<P>& counter) {
  std::vector<Vector> shares;
  for (const auto& snapshot : data.snapshots) shares.push_back(snapshot.shares);
  RefinedFit result;
  Vector average = Vector::Zero(model.genes() * model.row_size());
  model.interactions = model.interactions.cwiseMax(-options.limit).cwiseMin(options.limit);
  model.basal = model.basal.cwiseMax(-options.limit).cwiseMin(options.limit);
  GaussNewton solver(data, options.independence);
  for (std::size_t k = 0; k < schedule.size(); ++k) {
    const RefinementStep& now = schedule[k];
    ScoreProtocol protocol = score_protocol(data, model, now.time_points, options);
    protocol.cells = now.cells;
    protocol.pass = k;
    solver.take(simulate_scores(model, protocol, data.statistics, shares, executor), now.memory);
    const Vector x = parameters_of(model);
    if (now.averaged) result.total += solver.objective() * solver.count() + penalty.value(x);
    set_parameters(x + solver.step(x, penalty, now.bounds), options.limit, model);
    if (now.averaged) average += parameters_of(model);
    counter.add();
  }
  const auto averaged = static_cast<double>(options.averaged);
  set_parameters(average / averaged, options.limit, model);
  result.total /= averaged;
  result.objective = solver.objective();
  result.residuals = solver.residuals();
  result.model = std::move(model);
  return result;
}

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

/// |θ| of all fits, each the rarer the worse it is than the best: their totals differ by chance by a few units.
inline Matrix weighted_interactions(const std::vector<RefinedFit>& fits, const RefinedFit& best) {
  constexpr double by_chance = 5.0;
  Matrix sum = Matrix::Zero(best.model.interactions.rows(), best.model.interactions.cols());
  double weights = 0.0;
  for (const RefinedFit& fit : fits) {
    const double weight = std::exp((best.total - fit.total) / by_chance);
    sum += weight * fit.model.interactions.cwiseAbs();
    weights += weight;
  }
  return sum / weights;
}

/// Puts the refined rows among those of genes that took no part.
inline Inference refined_inference(const Inference& start, const RefinementData& data,
                                   const std::vector<RefinedFit>& fits, const RefinedFit& best,
                                   const Matrix& confidence_of_start, double time, Index steps,
                                   const RefinementOptions& options) {
  Inference result;
  result.names = start.names;
  result.clustering = start.clustering;
  result.basins = start.basins;
  result.diagnostics = start.diagnostics;
  const Matrix before(start.interactions());
  Vector basal = start.basal();
  for (Index a = 0; a < data.size(); ++a) basal[data.gene(a)] = best.model.basal[a];
  // A small share of the start's opinion ranks edges the refinement cannot tell apart.
  result.scores = confidence(all_interactions(before, data, weighted_interactions(fits, best))) +
                  options.trust_in_rank * confidence_of_start.cwiseMin(2.0);
  result.steps.push_back({time, std::move(basal),
                          all_interactions(before, data, best.model.interactions).sparseView(0.0, 0.0),
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
  const auto schedule = data.size() == 0
                            ? std::vector<detail::RefinementStep>{}
                            : detail::refinement_schedule(times, data.size() <= options.joint_genes, options);
  std::vector<detail::ScoreModel> starts{data.model};
  if (options.also_from_nothing && data.size() <= options.joint_genes) {
    starts.push_back(detail::without_edges(data.model));
  }
  const auto steps = static_cast<Index>(schedule.size() * starts.size());
  detail::ProgressCounter<P> counter(progress, steps);
  std::vector<detail::RefinedFit> fits;
  for (detail::ScoreModel& model : starts) {
    fits.push_back(detail::fit_by_simulation(data, std::move(model), penalty, schedule, options, executor, counter));
  }
  const detail::RefinedFit& best =
      *std::min_element(fits.begin(), fits.end(), [](const auto& a, const auto& b) { return a.total < b.total; });

  Refinement result;
  result.objective = best.objective;
  result.residuals = Matrix::Zero(times, counts.genes());
  for (std::size_t q = 0; q < data.statistics.all.size(); ++q) {
    const auto& [a, b] = data.statistics.all[q];
    if (a != b) continue;
    for (Index k = 0; k < times; ++k) {
      result.residuals(k, data.gene(a)) = best.residuals[static_cast<std::size_t>(k)][static_cast<Index>(q)];
    }
  }
  result.inference =
      detail::refined_inference(start, data, fits, best, confidence, counts.time_points()[times - 1], steps, options);
  Vector low = data.low;
  Vector high = data.high;
  Vector inverse = data.inverse;
  for (Index a = 0; a < data.size(); ++a) {
    low[data.gene(a)] = best.model.k0[a] / best.model.d0[a];
    high[data.gene(a)] = best.model.k1[a] / best.model.d0[a];
  }
  low[0] = high[0] = inverse[0] = 1.0;
  result.model = {Kinetics::from_modes(low, high, inverse, rates), result.inference.network()};
  return result;
}

}  // namespace cardamom
