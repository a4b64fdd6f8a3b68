/// @file
/// `Successive`: the paper's estimator (sections 5.2 and 6.5). Cells are discretised into modes and grouped into
/// basins; problem (17) is fitted along the time course by (16), every time point starting from the one before.
#pragma once

#include <algorithm>
#include <concepts>
#include <limits>
#include <utility>
#include <vector>

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/burst_rate/linear_rate.hpp>
#include <cardamom/clustering/basins.hpp>
#include <cardamom/clustering/binarize.hpp>
#include <cardamom/clustering/modes.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/progress.hpp>
#include <cardamom/data/condition_groups.hpp>
#include <cardamom/inference/attractor_samples.hpp>
#include <cardamom/inference/diagnose.hpp>
#include <cardamom/inference/estimator.hpp>
#include <cardamom/inference/inference.hpp>
#include <cardamom/inference/mode_kinetics.hpp>
#include <cardamom/inference/problem.hpp>
#include <cardamom/inference/switch_effects.hpp>
#include <cardamom/regression/learn.hpp>
#include <cardamom/regression/proximal_gradient.hpp>
#include <cardamom/regression/proximal_newton.hpp>
#include <cardamom/regression/successive.hpp>

namespace cardamom {

/// Infers from the modes of cells: proteins are taken to be at rest in the attractor of a cell's modes (13).
///
/// For a rate with a linear form, any link: the successive fit (16) of (17), with `LeastSquares` and `ProximalNewton`
/// where the caller names no other loss or optimizer. For any other `LearnableBurstRate`: (17) over the basins of all
/// time points at once, from the parameters given, drawn to them by λ of `options.penalty`; what the parameters mean,
/// such as which of them are basal, is not asked, and a gene's own protein is shown to its rate as 0, since at rest a
/// gene would explain itself. `ProximalGradient` where no other optimizer is named.
///
/// Cost O(time points · basins · nodes²) times a few tens, after the clustering.
///
/// Cells of conditions (`Counts::conditions`) are samples of their own, left out where the gene asked about was
/// perturbed; a rate without a linear form refuses them.
struct Successive {
  static constexpr bool uses_conditions = true;

  SuccessiveOptions options = {};  ///< penalty and chain

  template <class Problem>
  [[nodiscard]] Index plan(const Problem& problem) const {
    return problem.counts.genes() + problem.counts.time_points().size();
  }

  /// With the clusterer of the problem, `Binarize` where none is named.
  template <class Problem>
  [[nodiscard]] Inference<typename Problem::Rate> estimate(const Problem& problem) const {
    ProgressPlan progress(problem.progress, plan(problem));
    auto clustering_part = progress.part(problem.counts.genes());
    Clustering clustering = problem.find_modes(problem.clusterer_or(Binarize{}), clustering_part);
    clustering_part.finish();
    auto fit_part = progress.part(problem.counts.time_points().size());
    return estimate_from(problem.told_to(fit_part), std::move(clustering));
  }

  /// The same from cells whose modes are known. Reports time points.
  /// @throws std::invalid_argument when the sizes of clustering and counts disagree
  template <class Problem>
  [[nodiscard]] Inference<typename Problem::Rate> estimate_from(const Problem& problem, Clustering clustering) const {
    using Rate = typename Problem::Rate;
    static_assert(!Problem::names_law,
                  "Successive: an ObservationLaw has no say, cells are read through the MixtureFamily: give a family "
                  "of that law, or "
                  "use SimulatedMoments");
    const Counts& counts = problem.counts;
    InferenceBase result = describe_data(counts, std::move(clustering), problem.options.rates);
    WhereUsed<Kinetics, Problem> kinetics = mode_kinetics(result.clustering, problem.options.rates, counts.inputs());
    if constexpr (IsLinearRate<Rate>::value) {
      fit_chain(problem, result);
      const NetworkStep& last = result.steps.back();
      result.weights = Matrix(last.interactions);
      result.scores = result.weights.cwiseAbs();
      Rate rate = problem.rate.with(kinetics.frequency_min, kinetics.frequency_max, last.basal, last.interactions,
                                    counts.inputs());
      return {std::move(result), {std::move(kinetics), std::move(rate), counts.names()}};
    } else {
      static_assert(LearnableBurstRate<Rate>,
                    "Successive: the burst rate has nothing to fit: LinearRate<Link> or members parameters(gene) and "
                    "set_parameters(gene, x) (LearnableBurstRate) are needed");
      detail::refuse_edge_prior(problem.options.edge_prior, "infer", "options.edge_prior");
      refuse_conditions("infer", counts);
      static_assert(
          std::same_as<typename Problem::Real, double>,
          "Successive: SinglePrecision stores the samples of a LinearRate; another rate is learnt from few samples");
      check_size("infer", "rate.nodes()", static_cast<Index>(problem.rate.nodes()), counts.nodes());
      kinetics = on_scale_of(std::move(kinetics), problem.rate);
      Rate rate = learn_rate(problem, kinetics.frequency_max, result);
      result.scores = result.weights.cwiseAbs();
      return {std::move(result), {std::move(kinetics), std::move(rate), counts.names()}};
    }
  }

 private:
  template <class Problem>
  void fit_chain(const Problem& problem, InferenceBase& result) const {
    using Real = typename Problem::Real;
    const Counts& counts = problem.counts;
    const Index count = counts.time_points().size();
    std::vector<ConditionGroup> conditions;
    if (!counts.conditions().empty()) conditions = condition_groups("infer", counts);
    SuccessiveOptions chain = options;
    chain.penalty.weights = problem.options.edge_prior.weigh(std::move(chain.penalty.weights));
    detail::ProgressCounter counter(problem.progress, count);
    regress_successively(
        count,
        [&](Index k) {
          return conditions.empty() ? attractor_samples<Real>(result.clustering, result.basins, k)
                                    : attractor_samples<Real>(result.clustering, result.basins, counts, conditions, k);
        },
        [&](Index k, const Regression& regression) {
          result.steps.push_back({counts.time_points()[k], regression.coefficients.basal,
                                  regression.coefficients.interactions.sparseView(0.0, 0.0), regression.convergence});
          result.diagnostics.regression = combine(result.diagnostics.regression, regression.convergence);
          counter.add();
        },
        detail::prior_or_zero(problem.options.prior, "infer", "options.prior", counts.nodes()), chain,
        problem.loss_or(LeastSquares{}), problem.optimizer_or(ProximalNewton{}), problem.rate.link(), problem.executor);
  }

  template <class Problem>
  typename Problem::Rate learn_rate(const Problem& problem, const WhereUsed<Vector, Problem>& frequency_max,
                                    InferenceBase& result) const {
    const Counts& counts = problem.counts;
    LearningOptions learning{
        .strength = options.penalty.strength, .limit = options.penalty.limit, .self_interactions = false};
    learning.weights.resize(static_cast<std::size_t>(counts.nodes()));
    for (Index i = counts.inputs(); i < counts.nodes(); ++i) {
      const GeneModes& modes = result.clustering.gene(i);
      if (modes.informative && modes.count() > 1) continue;  // others keep the parameters given
      learning.weights[static_cast<std::size_t>(i)] =
          Vector::Constant(Vector(problem.rate.parameters(i)).size(), std::numeric_limits<double>::infinity());
    }
    const Samples samples =
        attractor_samples(result.clustering, result.basins, Vector(result.basins.weights.colwise().mean().transpose()));
    auto learned = learn(samples, frequency_max, problem.rate, learning, problem.loss_or(LeastSquares{}),
                         problem.optimizer_or(ProximalGradient{}), problem.executor);
    result.weights = switch_effects(learned.rate, samples.proteins, samples.weights, frequency_max, counts.inputs());
    result.diagnostics.regression = learned.convergence;
    return std::move(learned.rate);
  }
};

/// Throws std::invalid_argument, std::domain_error on its options.
template <class Use = CompiledWhereUsed>
inline void validate(const WhereUsed<Successive, Use>& estimator, const WhereUsed<Counts, Use>& counts,
                     const WhereUsed<InferenceOptions, Use>&) {
  validate(estimator.options, counts.nodes());
}

}  // namespace cardamom
