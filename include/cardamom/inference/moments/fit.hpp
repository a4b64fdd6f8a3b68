/// @file
/// The method of simulated moments for rates with a linear form: a network is right when cells simulated from it look
/// like the data.
///
/// Not in the paper. A generalised method of moments on simulated data (McFadden 1989): at every time point the mean
/// summary statistic of every gene, a bounded function of its count, and the covariances of these between genes are
/// compared with those of simulated cells, in units of their joint sampling error. The path scores of the simulated
/// cells give the sensitivity of every moment to every parameter, edges that are absent and burst frequencies included,
/// from one set of simulations; Gauss-Newton steps with an L1 penalty follow. The first time points are fitted first,
/// then more and more of them. Not every start leads to the best fit: an empty network is tried beside the given one,
/// then networks in which two genes of similar time courses swap their targets, and the best goes on.
///
/// Cells of conditions (`Counts::conditions`) are simulated as what was done to them says, each group of conditions by
/// itself, and the moments of all are fitted at once. What is perturbed is the burst rate, throughout the life of a
/// cell, the burn-in included; where nothing is left of a gene's own rate, its cells say nothing about its regulators.
/// The perturbed rate may have up to `most_frequent_bursts` times the bursts, or as many more per life of an mRNA.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <cardamom/burst_rate/sigmoid.hpp>
#include <cardamom/clustering/is_on.hpp>
#include <cardamom/clustering/modes.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/convergence.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/core/progress.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/inference/moments/edge_scale.hpp>
#include <cardamom/inference/moments/edge_summary.hpp>
#include <cardamom/inference/moments/multistart.hpp>
#include <cardamom/inference/moments/observation.hpp>
#include <cardamom/inference/moments/settings.hpp>
#include <cardamom/inference/moments/starts.hpp>
#include <cardamom/inference/moments/targets.hpp>
#include <cardamom/mixture/negative_binomial.hpp>
#include <cardamom/model/decay_rates.hpp>
#include <cardamom/model/kinetics.hpp>
#include <cardamom/model/model.hpp>
#include <cardamom/regression/adaptive_weights.hpp>
#include <cardamom/regression/penalty.hpp>

namespace cardamom {

/// What `fit_moments` returns. Genes that take no part keep the start's coefficients and the modes' kinetics.
template <class Rate = Sigmoid>
struct MomentsFit {
  Rate rate;                           ///< of all nodes: fitted network and burst frequencies
  WhereUsed<Kinetics, Rate> kinetics;  ///< of all nodes; with the rate, the model that was simulated
  Coefficients network;                ///< β and θ of all nodes
  /// Half the mean squared residual of the last step in joint errors; at most about ½ when the model is right.
  double objective = 0.0;
  WhereUsed<Matrix, Rate>
      residuals;  ///< time points × nodes: (mean statistic in the data − simulated) in standard errors; with
                  ///< conditions a row per group of them (`condition_groups`) and time point, groups running first
  /// Converged when the parameters drifted over the averaged steps by no more than the spread that chance in the data
  /// gives them; the residual is that drift in units of that spread (`MomentsRun::drift`). `no_information` when no
  /// gene takes part.
  Convergence convergence;
  /// Nodes × nodes: probability of each edge j → i, where the fit is approximated by a quadratic model in which edges
  /// may take each other's place; 0 for inputs and genes that take no part.
  WhereUsed<Matrix, Rate> inclusion;
  WhereUsed<Matrix, Rate> scores;  ///< nodes × nodes, >= 0: to rank edges by
};

namespace detail {

template <class Family>
void check_admitted_counts(const char* function, const Counts& counts, const std::vector<Index>& active,
                           const Family& family) {
  for (const Index i : active) {
    for (Index cell = 0; cell < counts.cells(); ++cell) {
      const double value = counts.values()(cell, i);
      if (family.admits(value)) continue;
      throw std::domain_error(std::string(function) + ": counts.values()(" + to_text(cell) + ", " + to_text(i) +
                              ") is " + to_text(value) + ", which the mixture family does not admit");
    }
  }
}

template <class Use = CompiledWhereUsed>
inline void check_moments_input(const WhereUsed<Counts, Use>& counts, const WhereUsed<Clustering, Use>& clustering,
                                const WhereUsed<Coefficients, Use>& start, const WhereUsed<MatrixIn, Use>& start_scores,
                                const WhereUsed<DecayRates, Use>& rates,
                                const WhereUsed<MomentsOptions, Use>& options) {
  const char* const function = "fit_moments";
  const Index nodes = counts.nodes();
  validate(options);
  validate(options.edge_prior, function, "options.edge_prior", nodes, counts.inputs());
  check_at_least(function, "counts.cells()", counts.cells(), 1);
  check_size(function, "clustering.of_node", clustering.nodes(), nodes);
  check_shape(function, "clustering.modes", clustering.modes, counts.cells(), nodes);
  check_size(function, "start.basal", start.basal.size(), nodes);
  check_shape(function, "start.interactions", start.interactions, nodes, nodes);
  check_shape(function, "start_scores", start_scores, nodes, nodes);
  if (rates.mrna.size() == 0 || rates.protein.size() == 0) {
    throw std::invalid_argument(std::string(function) +
                                ": rates are missing; degradation rates of mRNA and protein are required, because "
                                "simulated dynamics are compared with the data");
  }
  check_size(function, "rates.mrna", rates.mrna.size(), nodes);
  check_size(function, "rates.protein", rates.protein.size(), nodes);
  check_all_positive(function, "rates.mrna", rates.mrna, counts.inputs());
  check_all_positive(function, "rates.protein", rates.protein, counts.inputs());
  for (std::size_t c = 0; c < counts.conditions().size(); ++c) {
    const Condition& condition = counts.conditions()[c];
    for (std::size_t p = 0; p < condition.perturbations.size(); ++p) {
      const Perturbation& perturbation = condition.perturbations[p];
      const std::string argument =
          element("counts.conditions()", static_cast<Index>(c)) + '.' + element("perturbations", static_cast<Index>(p));
      // Leaps are short against bursts, those of perturbed genes, too.
      check_in(function, argument + ".factor", perturbation.factor, 0.0, most_frequent_bursts);
      check_in(function, argument + ".extra", perturbation.extra, 0.0,
               most_frequent_bursts * rates.mrna[perturbation.gene]);
    }
  }
}

/// Edges that the start or the prior believes in are cheaper, and more probable; those that the prior forbids are held
/// at 0.
/// @param start_scores relative scores of the start, nodes × nodes
template <Link LinkType>
MomentsPenalty linear_penalty(const WhereUsed<MomentTargets, LinkType>& targets,
                              const LinearLeapingModel<LinkType>& start,
                              const WhereUsed<Matrix, LinkType>& start_scores, const MomentsOptions& options) {
  // Burst frequencies move in smaller steps than θ: on their log scale 0.3 and 0.15 are much.
  constexpr double low_step = 0.2;
  constexpr double high_step = 0.1;
  constexpr double largest_prior = 0.9;
  const Index size = targets.size();
  const Index sources = targets.inputs + size;
  const Index row = start.row_size();
  const WhereUsed<Vector, LinkType> ones = Vector::Ones(size * row);
  MomentsPenalty penalty{{0.0 * ones, 0.0 * ones, start.parameters(), ones, options.limit * ones}, ones};
  const double offset = targets.joint ? options.adaptive_offset : options.rowwise_adaptive_offset;
  const auto node = [&](Index j) { return j < targets.inputs ? j : targets.node(j - targets.inputs); };
  double sum = 0.0;
  for (Index a = 0; a < size; ++a) {
    for (Index j = 0; j < sources; ++j) {
      if (j == targets.inputs + a) continue;
      const double c = start_scores(targets.node(a), node(j));
      sum += penalty.strength[a * row + j] = adaptive_weight(c, offset);
    }
  }
  if (sum > 0.0) penalty.strength *= options.strength * static_cast<double>(size * (sources - 1)) / sum;
  for (Index a = 0; a < size; ++a) {
    const auto own = [&](Index column) { return a * row + column; };
    penalty.anchor.segment(own(0), sources).setZero();
    penalty.prior_inclusion.segment(own(0), sources) =
        (options.prior_inclusion * options.strength / penalty.strength.segment(own(0), sources).array())
            .min(largest_prior);
    penalty.strength[own(targets.inputs + a)] = options.self_strength;
    penalty.prior_inclusion[own(targets.inputs + a)] = options.self_prior_inclusion;
    for (Index j = 0; j < sources; ++j) {
      const Index i = targets.node(a);
      double& p = penalty.prior_inclusion[own(j)];
      if (options.edge_prior.allows(i, node(j))) {
        penalty.strength[own(j)] *= options.edge_prior.penalty_weight(i, node(j), p);
      } else {
        penalty.step_scale[own(j)] = 0.0;
      }
      p = options.edge_prior.probability(i, node(j), p);
    }
    penalty.strength[own(start.basal_column())] = options.basal_strength;
    penalty.precision[own(start.low_column())] = options.log_k0_precision;
    penalty.precision[own(start.high_column())] = options.log_k1_precision;
    penalty.limit.segment(own(start.low_column()), 2).setConstant(std::numeric_limits<double>::infinity());
    penalty.step_scale[own(start.low_column())] = low_step;
    penalty.step_scale[own(start.high_column())] = high_step;
  }
  return penalty;
}

/// The fit of the genes that take part.
template <Link LinkType>
FittedModel<LinearLeapingModel<LinkType>> fit_linear_model(const WhereUsed<MomentTargets, LinkType>& targets,
                                                           const LinearLeapingModel<LinkType>& first,
                                                           const MomentsPenalty& penalty, const MomentsOptions& options,
                                                           const Observation& observation, const ExecutorRef& executor,
                                                           FunctionRef<bool(Index, Index)> progress) {
  using Model = LinearLeapingModel<LinkType>;
  if (targets.size() == 0) return {first, {}, 0.0, {}, {ConvergenceStatus::no_information, 0, 0.0}, {}};
  const Index starts = options.empty_start && targets.joint ? 2 : 1;
  const Index proposals = targets.joint ? options.role_swaps : 0;
  Multistart<Model> fits(targets, penalty, options, observation, executor, progress, starts, proposals);
  fits.start(first);
  if (starts > 1) fits.start(without_edges(first, options.limit));
  RoleSwaps swaps(targets, options.edge_prior);
  for (Index k = 0; k < proposals; ++k) fits.propose(swaps(fits.best()));
  return fits.finish();
}

/// The kinetics of all nodes: as fitted, else as the modes have them, in molecules.
template <Link LinkType>
Kinetics fitted_kinetics(ExtremeModes modes, const WhereUsed<MomentTargets, LinkType>& targets,
                         const LinearLeapingModel<LinkType>& model, const DecayRates& rates,
                         const Observation& observation) {
  for (Index a = 0; a < targets.size(); ++a) {
    const Index k = targets.inputs + a;
    modes.low[targets.node(a)] = model.kinetics.frequency_min[k] / model.kinetics.mrna_decay[k];
    modes.high[targets.node(a)] = model.kinetics.frequency_max[k] / model.kinetics.mrna_decay[k];
  }
  modes.inverse_burst_size *= observation.observed_per_molecule();
  for (Vector* field : {&modes.low, &modes.high, &modes.inverse_burst_size}) field->head(targets.inputs).setOnes();
  return Kinetics::from_modes(modes.low, modes.high, modes.inverse_burst_size, rates, targets.inputs);
}

/// Puts the fitted rows among those of genes that took no part.
template <class Rate, Link LinkType>
MomentsFit<Rate> assemble_fit(const Rate& like, const Coefficients& start, const WhereUsed<Matrix, Rate>& start_scores,
                              const WhereUsed<MomentTargets, Rate>& targets, const ExtremeModes& modes,
                              const DecayRates& rates, const MomentsPenalty& penalty, const MomentsOptions& options,
                              const Observation& observation, const FittedModel<LinearLeapingModel<LinkType>>& fit) {
  const Index nodes = start.nodes();
  const EdgeSummary summary = edge_summary(fit);
  Coefficients network{start.basal, among_all_nodes(start.interactions, targets, fit.model.interactions)};
  for (Index a = 0; a < targets.size(); ++a) network.basal[targets.node(a)] = fit.model.basal[a];
  WhereUsed<Kinetics, Rate> kinetics = fitted_kinetics(modes, targets, fit.model, rates, observation);
  Rate rate = like.with(kinetics.frequency_min, kinetics.frequency_max, network.basal,
                        network.interactions.sparseView(0.0, 0.0), targets.inputs);
  return {std::move(rate),
          std::move(kinetics),
          std::move(network),
          fit.objective,
          gene_residuals(targets, fit.residuals, nodes),
          fit.convergence,
          among_all_nodes(Matrix::Zero(nodes, nodes), targets, summary.inclusion),
          edge_scores(start.interactions, targets, summary, penalty.prior_inclusion, start_scores,
                      options.start_weight_in_rank)};
}

}  // namespace detail

/// Fits a network by simulated moments: a step function, which finds neither modes nor start.
/// @param clustering modes of genes and cells, for kinetics and thresholds, and the levels of inputs; those of
/// `Binarize` with pooled modes serve best
/// @param start θ and β to start from; @param start_scores nodes × nodes, its scores as prior confidence; of either
/// what `options.edge_prior` forbids counts as 0
/// @param rates d0 and d1 of every gene [1/h]: required, since what is compared is dynamics
/// @param progress told of steps
/// @param rate any rate of the link to fit, one without nodes too; its values are not used
/// @param family, law of the observations: those that the clustering used, and its law given the mRNA
/// @throws std::invalid_argument when rates are missing, on sizes, options and conditions; std::domain_error on rates
/// and on counts that the family does not admit; Cancelled Cost O(steps · cells · (simulated steps of time · A² + time
/// points · A⁴)) for A active genes, A³ where the fit is not joint, times the groups of conditions; probabilities,
/// after the last step told of, a few per cent of it.
template <class Rate = Sigmoid, class Family = NegativeBinomial, class Law = PoissonCapture,
          Progress P = IgnoreProgress>
[[nodiscard]] MomentsFit<Rate> fit_moments(const Counts& counts, const Clustering& clustering,
                                           const Coefficients& start, const WhereUsed<MatrixIn, Rate>& start_scores,
                                           const DecayRates& rates, const MomentsOptions& options = {},
                                           const ExecutorRef& executor = Sequential{}, P progress = {},
                                           const Rate& rate = {}, const Family& family = {}, const Law& law = {}) {
  detail::check_moments_input(counts, clustering, start, start_scores, rates, options);
  const Index inputs = counts.inputs();
  const Observation observation(law);
  const WhereUsed<Vector, Rate> in_highest = cells_in_top_mode(clustering);
  const std::vector<Index> active = active_genes(in_highest, inputs, counts.cells(), options.min_expressed_cells);
  detail::check_admitted_counts("fit_moments", counts, active, family);
  const ExtremeModes modes = extreme_modes(clustering, inputs, in_highest, active);
  const Coefficients network{start.basal, options.edge_prior.allowed(start.interactions)};
  const auto first = linear_start(network, modes, active, inputs, rates, options.limit, observation, rate.link());
  const WhereUsed<MomentTargets, Rate> targets =
      moment_targets(counts, clustering, active, first.kinetics, std::vector<Index>(active.size(), first.row_size()),
                     options.joint_genes, observation, family);
  const WhereUsed<Matrix, Rate> relative = relative_scores(options.edge_prior.allowed(start_scores), inputs);
  const MomentsPenalty penalty = detail::linear_penalty(targets, first, relative, options);
  const auto fit = detail::fit_linear_model(targets, first, penalty, options, observation, executor, progress);
  return detail::assemble_fit(rate, network, relative, targets, modes, rates, penalty, options, observation, fit);
}

}  // namespace cardamom

#ifdef CARDAMOM_PRECOMPILED
namespace cardamom {
extern template FittedModel<LinearLeapingModel<Logistic>> detail::fit_linear_model<Logistic>(
    const MomentTargets&, const LinearLeapingModel<Logistic>&, const MomentsPenalty&, const MomentsOptions&,
    const Observation&, const ExecutorRef&, FunctionRef<bool(Index, Index)>);
}  // namespace cardamom
#endif
