/// @file
/// Refinement by simulation: a network is right when cells simulated from it look like the data.
///
/// Not in the paper. A generalised method of moments on simulated data: at every time point the mean response of
/// every gene, a bounded function of its count, and the covariances of responses between genes are compared with those
/// of simulated cells, in units of their joint sampling error. The likelihood score of the simulated paths gives the
/// sensitivity of every statistic to every parameter, edges that are absent and burst frequencies included, from one
/// set of simulations; Gauss-Newton steps with an L1 penalty follow. The first time points are fitted first, then more
/// and more of them. Not every start leads to the best fit: an empty network is tried beside the given one, then
/// networks in which two genes of similar time courses exchange their targets, and the best goes on.
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <stdexcept>
#include <utility>
#include <vector>

#include <cardamom/core/error.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/core/progress.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/inference/detail/confidence.hpp>
#include <cardamom/inference/detail/edge_opinion.hpp>
#include <cardamom/inference/detail/refinement_data.hpp>
#include <cardamom/inference/detail/refinement_run.hpp>
#include <cardamom/inference/detail/refinement_step.hpp>
#include <cardamom/inference/detail/role_exchange.hpp>
#include <cardamom/inference/detail/score_simulation.hpp>
#include <cardamom/inference/detail/sigmoid_scores.hpp>
#include <cardamom/inference/inference.hpp>
#include <cardamom/inference/refinement_options.hpp>
#include <cardamom/model/decay_rates.hpp>
#include <cardamom/model/model.hpp>

namespace cardamom {

struct Refinement {
  /// The refined network as its only step, and probabilities of edges, where the fit is approximated by a quadratic
  /// model in which edges may take each other's place; 0 for genes that take no part.
  Inference inference;
  Model model;             ///< the model that was simulated: refined burst frequencies and network
  double objective = 0.0;  ///< half the mean squared residual of the last step in joint errors; at most about ½ when
                           ///< the model is right
  Matrix residuals;        ///< time points × G: (mean response in the data − simulated) in standard errors
};

namespace detail {

/// The network found so far, with kinetics as the modes have them.
inline ScoreModel sigmoid_start(const Inference& start, const ModeKinetics& modes, const std::vector<Index>& active,
                                const DecayRates& rates, double limit) {
  const auto size = static_cast<Index>(active.size());
  ScoreModel model;
  model.interactions = Matrix::Zero(size, size + 1);
  for (Vector* field : {&model.basal, &model.k0, &model.k1, &model.burst, &model.d0, &model.d1}) {
    field->resize(size);
  }
  for (Index a = 0; a < size; ++a) {
    const Index i = active[static_cast<std::size_t>(a)];
    model.d0[a] = rates.mrna[i];
    model.d1[a] = rates.protein[i];
    model.k0[a] = std::min(modes.low[i], largest_ratio * modes.high[i]) * model.d0[a];
    model.k1[a] = modes.high[i] * model.d0[a];
    model.burst[a] = 1.0 / modes.inverse[i];
    model.basal[a] = start.basal()[i];
    model.interactions(a, 0) = start.interactions().coeff(i, 0);
    for (Index b = 0; b < size; ++b) {
      model.interactions(a, b + 1) = start.interactions().coeff(i, active[static_cast<std::size_t>(b)]);
    }
  }
  model.scale_proteins();
  model.interactions = model.interactions.cwiseMax(-limit).cwiseMin(limit);
  model.basal = model.basal.cwiseMax(-limit).cwiseMin(limit);
  return model;
}

/// The model without any edge, its genes mostly off.
inline ScoreModel without_edges(ScoreModel model, double limit) {
  model.interactions.setZero();
  model.basal.setConstant(std::max(-2.0, -limit));
  return model;
}

/// Edges the start believes in are cheaper, and more probable.
/// @param confidence of the start, G × G
inline RefinementPenalty refinement_penalty(const RefinementData& data, const ScoreModel& start,
                                            const Matrix& confidence, const RefinementOptions& options) {
  const Index size = data.size();
  const Index row = start.row_size();
  RefinementPenalty penalty{Vector::Zero(size * row),
                            Vector::Zero(size * row),
                            start.parameters(),
                            Vector::Ones(size * row),
                            Vector::Constant(size * row, options.limit),
                            Vector::Ones(size * row)};
  const double trust = data.joint ? options.trust : options.trust_of_many;
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
    penalty.presence.segment(own(0), size + 1) =
        (options.presence * options.strength / penalty.strength.segment(own(0), size + 1).array()).min(0.9);
    penalty.strength[own(a + 1)] = options.self_strength;
    penalty.presence[own(a + 1)] = options.self_presence;
    penalty.strength[own(start.basal_column())] = options.basal_strength;
    penalty.precision[own(start.low_column())] = options.low_precision;
    penalty.precision[own(start.high_column())] = options.high_precision;
    penalty.limit.segment(own(start.low_column()), 2).setConstant(std::numeric_limits<double>::infinity());
    penalty.reach[own(start.low_column())] = 0.2;
    penalty.reach[own(start.high_column())] = 0.1;
  }
  return penalty;
}

/// Puts the refined rows among those of genes that took no part.
inline Inference refined_inference(const Inference& start, const RefinementData& data,
                                   const SimulationFit<ScoreModel>& fit, const EdgeOpinion& opinion, Matrix scores,
                                   double time) {
  Inference result;
  result.names = start.names;
  result.clustering = start.clustering;
  result.basins = start.basins;
  result.diagnostics = start.diagnostics;
  Vector basal = start.basal();
  for (Index a = 0; a < data.size(); ++a) basal[data.gene(a)] = fit.model.basal[a];
  result.scores = std::move(scores);
  result.probabilities = all_edges(Matrix::Zero(start.genes(), start.genes()), data, opinion.presence);
  result.steps.push_back({time, std::move(basal),
                          all_edges(Matrix(start.interactions()), data, fit.model.interactions).sparseView(0.0, 0.0),
                          Convergence{ConvergenceStatus::converged, fit.steps, 0.0}});
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
/// `joint_genes`; probabilities, after the last step told of, a few per cent of it.
template <Executor E = Sequential, Progress P = IgnoreProgress>
Refinement refine(const Counts& counts, const Inference& start, const DecayRates& rates,
                  const RefinementOptions& options = {}, const E& executor = {}, P progress = {}) {
  detail::check_refinement(counts, start, rates, options);
  const Index genes = counts.genes();
  const Vector cells = detail::cells_active(start.clustering, genes);
  const std::vector<Index> active = detail::active_genes(cells, counts.cells(), options.least_active);
  const detail::ModeKinetics modes = detail::mode_kinetics(start.clustering, cells, active);
  const detail::ScoreModel first = detail::sigmoid_start(start, modes, active, rates, options.limit);
  const detail::RefinementData data =
      detail::take_refinement_data(counts, start.clustering, active, first,
                                   std::vector<Index>(active.size(), first.row_size()), options.joint_genes);
  const Matrix confidence = detail::confidence(start.scores);
  const detail::RefinementPenalty penalty = detail::refinement_penalty(data, first, confidence, options);
  std::vector<detail::ScoreModel> starts{first};
  if (options.also_from_nothing && data.joint) starts.push_back(detail::without_edges(first, options.limit));
  detail::SimulationFit<detail::ScoreModel> fit{first, {}, 0.0, {}, 0, {}};
  if (data.size() > 0) {
    fit = detail::fit_by_simulation(data, starts, detail::RoleExchange(data), data.joint ? options.exchanges : 0,
                                    penalty, options, executor, progress);
  }

  Refinement result;
  result.objective = fit.objective;
  result.residuals = detail::gene_residuals(data, fit.residuals, genes);
  const double last = counts.time_points()[counts.time_points().size() - 1];
  const detail::EdgeOpinion opinion = detail::mean_opinion(fit);
  result.inference =
      detail::refined_inference(start, data, fit, opinion,
                                detail::refined_scores(Matrix(start.interactions()), data, opinion, penalty.presence,
                                                       confidence, options.trust_in_rank),
                                last);
  Vector low = modes.low;
  Vector high = modes.high;
  Vector inverse = modes.inverse;
  for (Index a = 0; a < data.size(); ++a) {
    low[data.gene(a)] = fit.model.k0[a] / fit.model.d0[a];
    high[data.gene(a)] = fit.model.k1[a] / fit.model.d0[a];
  }
  low[0] = high[0] = inverse[0] = 1.0;
  result.model = {Kinetics::from_modes(low, high, inverse, rates), result.inference.network()};
  return result;
}

}  // namespace cardamom
