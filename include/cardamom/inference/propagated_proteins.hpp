/// @file
/// `PropagatedProteins`: the estimator for proteins that outlive the gaps between time points. What a cell's proteins
/// are depends on what its genes did before; couplings between successive snapshots recover its likely ancestors.
#pragma once

#include <concepts>
#include <utility>

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/burst_rate/linear_rate.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/progress.hpp>
#include <cardamom/inference/ancestry/propagate.hpp>
#include <cardamom/inference/averaged.hpp>
#include <cardamom/inference/diagnose.hpp>
#include <cardamom/inference/estimator.hpp>
#include <cardamom/inference/inference.hpp>
#include <cardamom/inference/mode_kinetics.hpp>
#include <cardamom/inference/problem.hpp>
#include <cardamom/inference/usual_problem.hpp>
#include <cardamom/regression/loss.hpp>
#include <cardamom/regression/proximal_newton.hpp>

namespace cardamom {

/// Infers a first network, then one from all cells with proteins propagated along couplings of the snapshots
/// (`propagate`). Not in the paper. `CrossEntropy` and `ProximalNewton` where the caller names no other loss or
/// optimizer; modes are those of the caller's clusterer, else `Binarize`'s pooled ones, which serve propagation best
/// (decisions page). d1 is `options.protein_decay`, else that of `InferenceOptions::rates`, else 1/(median time step).
/// Seed and edge prior are those of the call.
///
/// Cost that of the first estimator and of `propagate`.
/// @tparam First estimator of the first network, whose scores say which edges are penalised less
template <class First = AveragedSuccessive>
class PropagatedProteins {
 public:
  static constexpr bool uses_conditions = detail::uses_conditions<First>();

  PropagatedProteins() = default;
  explicit PropagatedProteins(PropagationOptions options, First first = {})
      : options_(std::move(options)), first_(std::move(first)) {}

  template <class Problem>
  [[nodiscard]] Index plan(const Problem& problem) const {
    return detail::planned_units(first_, problem) + options_.rounds * problem.counts.genes();
  }

  template <class Problem>
  [[nodiscard]] Inference<typename Problem::Rate> estimate(const Problem& problem) const {
    return std::move(estimate_with_first(problem).propagated);
  }

  /// What `estimate_with_first` returns.
  template <class Rate>
  struct Both {
    Inference<Rate> propagated;
    Matrix first_scores;   ///< nodes × nodes, of the first network
    Matrix first_weights;  ///< likewise
  };

  /// The same, with the edges of the first network.
  template <class Problem>
  [[nodiscard]] Both<typename Problem::Rate> estimate_with_first(const Problem& problem) const {
    using Rate = typename Problem::Rate;
    static_assert(!Problem::names_law,
                  "PropagatedProteins: an ObservationLaw has no say, cells are read through the MixtureFamily: give a "
                  "family of that law, or "
                  "use SimulatedMoments");
    static_assert(
        IsLinearRate<Rate>::value,
        "PropagatedProteins: couplings are predicted by a linear form of the proteins, so the burst rate must be a "
        "LinearRate<Link>; fit another rate with Successive or SimulatedMoments");
    const Counts& counts = problem.counts;
    ProgressPlan progress(problem.progress, plan(problem));
    auto first_part = progress.part(detail::planned_units(first_, problem));
    FirstFit first = first_fit(problem.told_to(first_part));
    first_part.finish();

    PropagationOptions options = options_;
    options.seed = problem.options.seed;
    if (options.protein_decay.size() == 0) options.protein_decay = problem.options.rates.protein;
    options.edge_prior = problem.options.edge_prior;
    auto part = progress.part(options_.rounds * counts.genes());
    const Propagation fit = propagate<typename Problem::Real>(
        counts, first.clustering, first.scores, options, problem.loss_or(CrossEntropy{}),
        problem.optimizer_or(ProximalNewton{}), problem.executor, part, problem.rate.link());
    part.finish();

    InferenceBase result = describe_data(counts, std::move(first.clustering), problem.options.rates);
    result.diagnostics.regression = fit.convergence;
    WhereUsed<Kinetics, First> kinetics = mode_kinetics(result.clustering, problem.options.rates, counts.inputs());
    SparseMatrix interactions = fit.coefficients.interactions.sparseView(0.0, 0.0);
    const double last = counts.time_points()[counts.time_points().size() - 1];
    result.steps.push_back({last, fit.coefficients.basal, interactions, fit.convergence});
    result.weights = fit.coefficients.interactions;
    result.scores = result.weights.cwiseAbs();
    Rate rate = problem.rate.with(kinetics.frequency_min, kinetics.frequency_max, fit.coefficients.basal,
                                  std::move(interactions), counts.inputs());
    return {{std::move(result), {std::move(kinetics), std::move(rate), counts.names()}},
            std::move(first.scores),
            std::move(first.weights)};
  }

  friend void validate(const PropagatedProteins& estimator, const Counts& counts, const InferenceOptions& options) {
    validate(estimator.options_, counts.nodes());
    detail::require_prior_of_call(estimator.options_.edge_prior, "PropagationOptions");
    if constexpr (requires { validate(estimator.first_, counts, options); })
      validate(estimator.first_, counts, options);
  }

 private:
  struct FirstFit {
    Clustering clustering;  ///< modes to propagate
    Matrix scores;
    Matrix weights;
  };

  template <class Problem>
  FirstFit first_fit(const Problem& problem) const {
    if constexpr (std::same_as<First, AveragedSuccessive> && !Problem::names_clusterer) {
      auto fits = first_.both().estimate_all(problem);
      return {std::move(fits[1].clustering), std::move(fits[0].scores),
              std::move(fits[0].weights)};  // the pooled modes
    } else {
      auto fit = first_.estimate(problem);
      return {std::move(fit.clustering), std::move(fit.scores), std::move(fit.weights)};
    }
  }

  PropagationOptions options_;
  First first_;
};

}  // namespace cardamom

#ifdef CARDAMOM_PRECOMPILED
namespace cardamom {
extern template Inference<Sigmoid> detail::estimate_by(const PropagatedProteins<>&, const UsualProblem&);
}  // namespace cardamom
#endif
