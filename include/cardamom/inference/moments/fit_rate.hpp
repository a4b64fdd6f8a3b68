/// @file
/// The method of simulated moments for any burst rate with parameters.
#pragma once

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/clustering/is_on.hpp>
#include <cardamom/clustering/modes.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/convergence.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/core/progress.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/condition_groups.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/inference/moments/fit.hpp>
#include <cardamom/inference/moments/multistart.hpp>
#include <cardamom/inference/moments/observation.hpp>
#include <cardamom/inference/moments/settings.hpp>
#include <cardamom/inference/moments/targets.hpp>
#include <cardamom/mixture/negative_binomial.hpp>
#include <cardamom/model/kinetics.hpp>
#include <cardamom/regression/edge_prior.hpp>
#include <cardamom/simulation/leaping/learned_law.hpp>

namespace cardamom {

/// What `fit_rate_moments` returns.
template <LearnableBurstRate Rate>
struct RateMomentsFit {
  Rate rate;                          ///< fitted; genes without activity keep the parameters given
  double objective = 0.0;             ///< as `MomentsFit::objective`
  WhereUsed<Matrix, Rate> residuals;  ///< as `MomentsFit::residuals`
  Convergence convergence;            ///< as `MomentsFit::convergence`
};

namespace detail {

/// Kinetics with k1 raised to the rates' constant bounds, where they have some.
template <LearnableBurstRate Rate>
Kinetics bounded_by(WhereUsed<Kinetics, Rate> kinetics, const Rate& rate, const std::vector<Index>& active) {
  if constexpr (ConstantBoundBurstRate<Rate>) {
    for (std::size_t a = 0; a < active.size(); ++a) {
      double& k1 = kinetics.frequency_max[kinetics.inputs() + static_cast<Index>(a)];
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

template <LearnableBurstRate Rate>
void check_rate_moments_input(const Counts& counts, const Clustering& clustering,
                              const WhereUsed<Kinetics, Rate>& kinetics, const Rate& start, const Rate& anchor,
                              const MomentsOptions& options) {
  const char* const function = "fit_rate_moments";
  const Index nodes = counts.nodes();
  validate(options);
  refuse_edge_prior(options.edge_prior, function, "options.edge_prior");
  validate(kinetics);
  check_at_least(function, "counts.cells()", counts.cells(), 1);
  refuse_conditions(function, counts);
  check_size(function, "clustering.of_node", clustering.nodes(), nodes);
  check_shape(function, "clustering.modes", clustering.modes, counts.cells(), nodes);
  check_size(function, "kinetics.nodes()", kinetics.nodes(), nodes);
  check_size(function, "kinetics.inputs()", kinetics.inputs(), counts.inputs());
  check_size(function, "start.nodes()", start.nodes(), nodes);
  check_size(function, "anchor.nodes()", anchor.nodes(), nodes);
}

template <class = CompiledWhereUsed>
inline void check_same_parameters(const std::vector<Index>& active, const std::vector<Index>& start,
                                  const std::vector<Index>& anchor) {
  for (std::size_t a = 0; a < active.size(); ++a) {
    if (anchor[a] == start[a]) continue;
    throw std::invalid_argument("fit_rate_moments: anchor has " + to_text(anchor[a]) + " parameters of gene " +
                                to_text(active[a]) + ", must be " + to_text(start[a]) + " as in start");
  }
}

}  // namespace detail

/// Fits the parameters of any burst rate by simulated moments, as `fit_moments` does those of a linear form: cells
/// simulated with it are to have the mean statistics and covariances of the data, and the path scores, taken from
/// ∂ log kon/∂ parameter, tell how these move. Kinetics stay as given. Genes that are on in all cells count as protein
/// 1, those on in fewer than `options.min_expressed_cells` as 0. Without a parameter of an active gene nothing is
/// simulated: objective and residuals are 0, and there is `no_information`.
/// @param clustering modes of genes and cells: which genes are active, and the levels of inputs
/// @param kinetics degradation rates, burst sizes and protein synthesis to simulate with; k0 and k1 say where counts of
/// the two modes lie. A rate is cut at its own constant bound, or without one at k1: steps of time are short against
/// both
/// @param start of all nodes, finite and >= 0 everywhere
/// @param anchor what parameters are drawn to, by `options.strength` |x − anchor|; often the rate without any effect
/// @param options those of the linear form's own penalty (self_strength, basal_strength, adaptive_offset, precisions),
/// of edges and their rank (prior_inclusion, self_prior_inclusion, slab_deviation, start_weight_in_rank), empty_start
/// and role_swaps are not used, an edge prior is refused; parameters stay within ±limit
/// @param progress told of steps
/// @param family, law as in `fit_moments`
/// @throws std::invalid_argument on sizes, options and cells of conditions, std::domain_error on kinetics and on counts
/// that the family does not admit, NumericalError when the rate is not finite and >= 0 or its gradient not finite,
/// Cancelled Cost as `fit_moments` from one start, plus one evaluation of the rate per gene, cell and step of simulated
/// time, and its parameter gradient (two evaluations per parameter without one) at every other step.
template <LearnableBurstRate Rate, class Family = NegativeBinomial, class Law = PoissonCapture,
          Progress P = IgnoreProgress>
[[nodiscard]] RateMomentsFit<Rate> fit_rate_moments(const Counts& counts, const Clustering& clustering,
                                                    const WhereUsed<Kinetics, Rate>& kinetics, const Rate& start,
                                                    const Rate& anchor, const MomentsOptions& options = {},
                                                    const ExecutorRef& executor = Sequential{}, P progress = {},
                                                    const Family& family = {}, const Law& law = {}) {
  using Simulated = LearnedLeapingModel<Rate>;
  detail::check_rate_moments_input(counts, clustering, kinetics, start, anchor, options);
  const Index nodes = counts.nodes();
  const Index inputs = counts.inputs();
  const Observation observation(law);
  const WhereUsed<Vector, Rate> in_highest = cells_in_top_mode(clustering);
  const std::vector<Index> active = active_genes(in_highest, inputs, counts.cells(), options.min_expressed_cells);
  detail::check_admitted_counts("fit_rate_moments", counts, active, family);
  const std::vector<Index> sizes = detail::parameter_counts(start, active);
  detail::check_same_parameters(active, sizes, detail::parameter_counts(anchor, active));
  const WhereUsed<Kinetics, Rate> simulated = kinetics.subset(active);
  const WhereUsed<Vector, Rate> always =
      (in_highest.array() == static_cast<double>(counts.cells())).template cast<double>();
  Simulated model(detail::bounded_by(simulated, start, active), start, active, always);
  model.set_parameters(model.parameters(), options.limit);
  const WhereUsed<MomentTargets, Rate> targets =
      moment_targets(counts, clustering, active, simulated, sizes, options.joint_genes, observation, family);
  const WhereUsed<Vector, Rate> ones = Vector::Ones(model.parameters().size());
  if (ones.size() == 0) {
    return {std::move(model.burst_rate),
            0.0,
            gene_residuals(targets, {}, nodes),
            {ConvergenceStatus::no_information, 0, 0.0}};
  }
  const MomentsPenalty penalty{{options.strength * ones, 0.0 * ones,
                                Simulated(simulated, anchor, active, always).parameters(), ones, options.limit * ones},
                               ones};
  Multistart<Simulated> fits(targets, penalty, options, observation, executor, progress, 1, 0);
  fits.start(model);
  FittedModel<Simulated> fit = fits.finish();
  return {std::move(fit.model.burst_rate), fit.objective, gene_residuals(targets, fit.residuals, nodes),
          fit.convergence};
}

}  // namespace cardamom
