/// @file
/// Refinement by simulation for a burst rate of the user's own in place of the sigmoid.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/clustering/modes.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/core/progress.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/inference/detail/learned_scores.hpp>
#include <cardamom/inference/detail/refinement_data.hpp>
#include <cardamom/inference/detail/refinement_run.hpp>
#include <cardamom/inference/detail/refinement_step.hpp>
#include <cardamom/inference/detail/score_simulation.hpp>
#include <cardamom/inference/refinement_options.hpp>
#include <cardamom/model/kinetics.hpp>

namespace cardamom {

template <LearnableBurstRate Rate>
struct BurstRateRefinement {
  Rate rate;               ///< refined; genes without activity keep the parameters given
  double objective = 0.0;  ///< as `Refinement::objective`: at most about ½ when the model is right
  Matrix residuals;        ///< as `Refinement::residuals`: time points × G, in standard errors
};

namespace detail {

/// Of the genes that take part.
inline ScoreKinetics score_kinetics(const Kinetics& kinetics, const std::vector<Index>& active) {
  ScoreKinetics result;
  const auto chosen = [&active](const Vector& all) {
    Vector some(static_cast<Index>(active.size()));
    for (Index a = 0; a < some.size(); ++a) some[a] = all[active[static_cast<std::size_t>(a)]];
    return some;
  };
  result.d0 = chosen(kinetics.mrna_decay);
  result.d1 = chosen(kinetics.protein_decay);
  result.s1 = chosen(kinetics.protein_synthesis);
  result.k0 = chosen(kinetics.frequency_min);
  result.k1 = chosen(kinetics.frequency_max);
  result.burst = chosen(kinetics.inverse_burst_size).cwiseInverse();
  return result;
}

/// The same with k1 raised to the rates' bounds where they have some.
template <LearnableBurstRate Rate>
ScoreKinetics bounded_by(ScoreKinetics kinetics, const Rate& rate, const std::vector<Index>& active) {
  if constexpr (ConstantBoundBurstRate<Rate>) {
    for (std::size_t a = 0; a < active.size(); ++a) {
      double& k1 = kinetics.k1[static_cast<Index>(a)];
      k1 = std::max(k1, static_cast<double>(rate.bound(active[a])));
    }
  }
  return kinetics;
}

template <LearnableBurstRate Rate>
std::vector<Index> parameter_counts(const Rate& rate, const std::vector<Index>& active) {
  std::vector<Index> result;
  for (const Index i : active) result.push_back(Vector(rate.parameters(i)).size());
  return result;
}

}  // namespace detail

/// Refines the parameters of any burst rate by simulation, as `refine` does those of the sigmoid: cells simulated with
/// it are to have the mean responses and covariances of the data, and the likelihood score of their paths, taken from
/// ∂ log kon/∂ parameter, tells how these move. Kinetics stay as given. Genes that are on in all cells count as protein
/// 1, those on in fewer than `options.least_active` as 0. Without a parameter of an active gene nothing is simulated:
/// objective and residuals are 0.
///
///     auto learned = infer_burst_rate(counts, modes, kinetics.frequency_max, rate);
///     auto refined = refine_burst_rate(counts, modes, kinetics, learned.rate(), rate);
/// @param clustering modes of genes and cells: which genes are active, and the stimulus
/// @param kinetics degradation rates, burst sizes and protein synthesis to simulate with, such as
/// `inference.model(rates).kinetics`; k0 and k1 say where counts of the two modes lie. A rate is cut at its own
/// constant bound, or without one at k1: steps of time are short against both
/// @param start of G genes, finite and >= 0 everywhere
/// @param anchor what parameters are drawn to, by `options.strength` |x − anchor|; often the rate without any effect
/// @param options those of the sigmoid's own penalty (self_strength, basal_strength, trust, precisions), of edges and
/// their rank (presence, self_presence, typical, trust_in_rank), also_from_nothing and exchanges are not used;
/// parameters stay within ±limit
/// @throws std::invalid_argument on sizes and options, std::domain_error on kinetics, NumericalError when the rate is
/// not finite and >= 0 or its gradient not finite, Cancelled (told of steps)
///
/// Not in the paper. Cost as `refine`, plus one evaluation of the rate per gene, cell and step of simulated time, and
/// its parameter gradient (two evaluations per parameter without one) at every other step.
template <LearnableBurstRate Rate, Executor E = Sequential, Progress P = IgnoreProgress>
BurstRateRefinement<Rate> refine_burst_rate(const Counts& counts, const Clustering& clustering,
                                            const Kinetics& kinetics, const Rate& start, const Rate& anchor,
                                            const RefinementOptions& options = {}, const E& executor = {},
                                            P progress = {}) {
  const Index genes = counts.genes();
  validate(options);
  validate(kinetics);
  check_at_least("refine_burst_rate", "counts.cells()", counts.cells(), 1);
  check_size("refine_burst_rate", "clustering.genes", static_cast<Index>(clustering.genes.size()), genes);
  check_shape("refine_burst_rate", "clustering.modes", clustering.modes, counts.cells(), genes);
  check_size("refine_burst_rate", "kinetics.genes()", kinetics.genes(), genes);
  check_size("refine_burst_rate", "start.genes()", start.genes(), genes);
  check_size("refine_burst_rate", "anchor.genes()", anchor.genes(), genes);
  const Vector cells = detail::cells_active(clustering, genes);
  const std::vector<Index> active = detail::active_genes(cells, counts.cells(), options.least_active);
  const std::vector<Index> sizes = detail::parameter_counts(start, active);
  const std::vector<Index> drawn_to = detail::parameter_counts(anchor, active);
  for (std::size_t a = 0; a < active.size(); ++a) {
    if (drawn_to[a] == sizes[a]) continue;
    throw std::invalid_argument("refine_burst_rate: anchor has " + detail::to_text(drawn_to[a]) +
                                " parameters of gene " + detail::to_text(active[a]) + ", must be " +
                                detail::to_text(sizes[a]) + " as in start");
  }
  using Simulated = detail::LearnedScoreModel<Rate>;
  const detail::ScoreKinetics simulated = detail::score_kinetics(kinetics, active);
  const Vector always = (cells.array() == static_cast<double>(counts.cells())).template cast<double>();
  Simulated model(detail::bounded_by(simulated, start, active), start, active, always);
  model.set_parameters(model.parameters(), options.limit);
  const detail::RefinementData data =
      detail::take_refinement_data(counts, clustering, active, simulated, sizes, options.joint_genes);
  const Index size = model.parameters().size();
  const detail::RefinementPenalty penalty{Vector::Constant(size, options.strength),
                                          Vector::Zero(size),
                                          Simulated(simulated, anchor, active, always).parameters(),
                                          Vector::Ones(size),
                                          Vector::Constant(size, options.limit),
                                          Vector::Ones(size)};
  const auto nothing_else = [](const Simulated&) { return std::optional<Simulated>{}; };
  detail::SimulationFit<Simulated> fit =
      size > 0 ? detail::fit_by_simulation(data, std::vector<Simulated>{model}, nothing_else, 0, penalty, options,
                                           executor, progress)
               : detail::SimulationFit<Simulated>{model, {}, 0.0, {}, 0, {}};
  Matrix residuals = fit.residuals.empty() ? Matrix(Matrix::Zero(counts.time_points().size(), genes))
                                           : detail::gene_residuals(data, fit.residuals, genes);
  return {std::move(fit.model.burst_rate), fit.objective, std::move(residuals)};
}

}  // namespace cardamom
