/// @file
/// Impulsion of a mixture in a model (Lemma 2): how fast a population that starts in the mixture û^α is driven away
/// from it,
///
///     ∫ |∂_t u|_{t=0} dx <= 2 E_û ‖kon^θ(X) − kon^α(X)‖₁,   u_0 = û^α.
#pragma once

#include <cmath>
#include <cstdint>

#include <cardamom/burst_rate/mixture_rate.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/landscape/detail/run_policies.hpp>
#include <cardamom/model/input_levels.hpp>
#include <cardamom/model/model.hpp>

namespace cardamom {

/// Settings of `impulsion`.
struct ImpulsionOptions {
  std::uint64_t seed = 1;    ///< draw k is a function of (seed, k)
  Index samples = 10000;     ///< draws from the mixture, >= 2; the relative error is of order 1/√samples, 1 %
  Vector input_levels = {};  ///< levels of the inputs, one each, >= 0; empty: all at 1
};

/// The right-hand side of Lemma 2 [1/h], by Monte Carlo.
struct Impulsion {
  double value;
  double standard_error;
  Vector per_gene;  ///< its terms 2 E |kon^θ_i − kon^α_i|, one per node; those of inputs are 0
};

namespace detail {

template <BurstRate Rate>
Impulsion impulsion(const BasicModel<Rate>& model, const GammaMixture& mixture, const ImpulsionOptions& options,
                    const ExecutorRef& executor, ProgressRef progress) {
  const char* const function = "impulsion";
  validate(model);
  check_size(function, "mixture.nodes()", mixture.nodes(), model.nodes());
  check_size(function, "mixture.inputs()", mixture.inputs(), model.inputs());
  check_at_least(function, "options.samples", options.samples, 2);
  const WhereUsed<Vector, Rate> levels =
      input_levels(function, "options.input_levels", options.input_levels, model.inputs());
  const MixtureRate rate_of_mixture(mixture, model.kinetics.protein_decay);
  WhereUsed<Matrix, Rate> terms = Matrix::Zero(options.samples, model.nodes());
  ProgressCounter counter(progress, options.samples);
  executor.for_ranges(options.samples, [&](Index begin, Index end) {
    for (Index k = begin; k < end; ++k) {
      RandomStream stream(options.seed, Purpose::impulsion, static_cast<std::uint64_t>(k));
      WhereUsed<Vector, Rate> protein = mixture.sample(stream);
      protein.head(model.inputs()) = levels;
      const WhereUsed<Vector, Rate> responsibilities = mixture.responsibilities(protein);
      for (Index i = model.inputs(); i < model.nodes(); ++i) {
        terms(k, i) =
            2.0 * std::abs(model.rate(i, protein) - rate_of_mixture.frequencies().col(i).dot(responsibilities));
      }
      counter.add();
    }
  });
  const WhereUsed<Vector, Rate> totals = terms.rowwise().sum();
  const auto count = static_cast<double>(options.samples);
  const double variance = (totals.array() - totals.mean()).square().sum() / (count - 1.0);
  return {totals.mean(), std::sqrt(variance / count), terms.colwise().mean().transpose()};
}

}  // namespace detail

/// How far the burst rate of a model is from the one that would keep a mixture as it is.
/// @param model of which the rate is kon^θ; its protein decay d1 makes kon^α of the mixture, by (19)
/// @param mixture û^α, for instance from `gamma_mixture`
/// @param policies at most one Executor and one Progress, which counts draws
/// @throws std::invalid_argument, std::domain_error on the arguments
/// O(samples · genes · (components + cost of the rate)).
template <BurstRate Rate, class... Policies>
[[nodiscard]] Impulsion impulsion(const BasicModel<Rate>& model, const GammaMixture& mixture,
                                  const ImpulsionOptions& options = {}, const Policies&... policies) {
  detail::RunPolicies<Policies...> run(policies...);
  return detail::impulsion(model, mixture, options, run.executor(), run.progress());
}

}  // namespace cardamom
