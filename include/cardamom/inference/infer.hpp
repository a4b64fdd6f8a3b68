/// @file
/// `infer`: counts in, network out (sections 5.2 and 6.5 of the paper).
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <cardamom/clustering/binarize.hpp>
#include <cardamom/clustering/cluster.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/core/progress.hpp>
#include <cardamom/inference/chain.hpp>
#include <cardamom/inference/detail/policies.hpp>
#include <cardamom/inference/propagate.hpp>
#include <cardamom/mixture/negative_binomial.hpp>

namespace cardamom {

struct InferenceOptions {
  SuccessiveOptions regression = {};  ///< penalty and chain
  Coefficients prior = {};            ///< θ^0, β^0; empty: zero
  std::uint64_t seed = 0;             ///< for clusterers that draw random numbers
  /// With `Binarize`: run the chain for both of its estimates of the modes and rank edges by the mean of |θ|. Neither
  /// estimate is better everywhere (the time-resolved one underestimates α1 when a population splits); the network,
  /// its θ and β, is that of the clusterer's own modes. Costs a second chain, and a pooled mixture per gene.
  bool both_modes = true;
};

/// The proteins of a cell are at rest in the attractor of its modes (13).
struct AttractorProteins {};

/// The proteins of a cell follow from what its ancestors' genes did: the network of the chain is fitted anew by
/// `propagate`, whose options these are.
struct PropagatedProteins {
  PropagationOptions options = {};
};

/// The regression's two tables of samples are stored in single precision, half their memory; what its rows remember
/// between their fits stays double. So do sums: the fit converges as far, to the optimum of levels rounded by 1e-7 of
/// themselves.
struct SinglePrecision {};

template <class T>
concept ProteinEstimate = std::same_as<T, AttractorProteins> || std::same_as<T, PropagatedProteins>;

namespace detail {

template <class T>
struct IsProteinEstimate : std::bool_constant<ProteinEstimate<T>> {};
template <class T>
struct IsPrecision : std::bool_constant<std::same_as<T, SinglePrecision>> {};
template <class T>
struct IsFamily : std::bool_constant<MixtureFamily<T>> {};
template <class T>
struct IsLoss : std::bool_constant<Loss<T>> {};
template <class T>
struct IsOptimizer : std::bool_constant<RowOptimizer<T, RowObjective<LeastSquares>>> {};
template <class T>
struct IsExecutor : std::bool_constant<Executor<T>> {};
template <class T>
struct IsProgress : std::bool_constant<Progress<T>> {};
/// Whatever clusters genes under the family in use.
template <class Family>
struct ClustererOf {
  template <class T>
  struct Is : std::bool_constant<Clusterer<T, Family>> {};
};

template <class... Policies>
using family_of = decltype(pick<IsFamily>(NegativeBinomial{}, std::declval<std::tuple<Policies...>>()));

template <class Family, class T>
concept InferencePolicyFor =
    IsProteinEstimate<T>::value || IsPrecision<T>::value || IsFamily<T>::value || IsLoss<T>::value ||
    IsOptimizer<T>::value || IsExecutor<T>::value || IsProgress<T>::value || ClustererOf<Family>::template Is<T>::value;

/// The chain from every clustering, its samples stored as Scalar. At 100 genes a chain gains 1.1 to 1.5 times from a
/// second thread, for want of rows to fit at once: so few genes' chains run side by side.
template <class Scalar, class L, class Optimizer, class E, class P>
std::vector<Inference> run_chains(const Counts& counts, std::vector<Clustering> clusterings,
                                  const InferenceOptions& options, const L& loss, const Optimizer& optimizer,
                                  const E& executor, P progress) {
  constexpr Index few_genes = 128;
  const auto count = static_cast<Index>(clusterings.size());
  ProgressCounter<P> counter(progress, count * counts.time_points().size());
  std::vector<Inference> results(clusterings.size());
  const auto run = [&](Index k, const auto& within) {
    const auto place = static_cast<std::size_t>(k);
    const auto observer = [&counter](Index, Index) {
      counter.add();
      return true;
    };
    results[place] = infer_from_modes<Scalar>(counts, std::move(clusterings[place]), options.regression, options.prior,
                                              loss, optimizer, within, observer);
  };
  if (count > 1 && counts.genes() <= few_genes) {
    for_each_index(executor, count, [&](Index k) { run(k, Sequential{}); });
  } else {
    for (Index k = 0; k < count; ++k) run(k, executor);
  }
  return results;
}

/// The modes that serve propagation best: the pooled ones, where the clusterer offers the choice.
/// @param chains from the clusterer's own modes, then, if that was done, from its other ones
template <class Family, class ChosenClusterer, class E>
Clustering modes_to_propagate(const std::vector<Inference>& chains, const Counts& counts, const Family& family,
                              const ChosenClusterer& clusterer, std::uint64_t seed, const E& executor) {
  if constexpr (std::same_as<ChosenClusterer, Binarize>) {
    BinarizeOptions pooled = clusterer.options();
    if (pooled.modes != BinarizeModes::pooled) {
      if (chains.size() > 1) return chains[1].clustering;
      pooled.modes = BinarizeModes::pooled;
      return cluster(counts, family, Binarize(pooled), seed, executor);
    }
  }
  return chains[0].clustering;
}

}  // namespace detail

/// Infers a network from time-stamped counts: modes per gene, basins, and the successive fit (16) of (17).
///
/// Policies are optional, in any order, each recognised by the concept it models:
///
/// | role | concept | default |
/// | --- | --- | --- |
/// | proteins of a cell | `ProteinEstimate` | `AttractorProteins`, or `PropagatedProteins{options}` |
/// | modes of genes and cells | `Clusterer` | `Binarize` |
/// | law of the observations | `MixtureFamily` | `NegativeBinomial` |
/// | storage of the regression's samples | | double, or `SinglePrecision{}` |
/// | loss | `Loss` | `LeastSquares` |
/// | optimizer | `RowOptimizer` | `ProximalNewton` |
/// | where work runs | `Executor` | `Sequential` |
/// | observer | `Progress` | `IgnoreProgress`; told of genes done, then of time points, of every estimate of the modes |
///
///     auto result = infer(counts);
///     auto same = infer(counts, {.seed = 7}, Threads(4), Binarize({.modes = BinarizeModes::pooled}));
///     auto other = infer(counts, {}, PropagatedProteins{{.protein_decay = d1}});
///     auto small = infer(counts, {}, SinglePrecision{});
///
/// The result depends on neither executor nor observer. Cost as `infer_from_modes`, and as `propagate` where asked
/// for; the latter minimises its logistic loss whatever loss is given.
/// @throws std::invalid_argument, std::domain_error on data, options or prior; Cancelled when the observer asks to stop
template <class... Policies>
requires(detail::InferencePolicyFor<detail::family_of<Policies...>, Policies>&&...) Inference
    infer(const Counts& counts, const InferenceOptions& options = {}, const Policies&... policies) {
  using Family = detail::family_of<Policies...>;
  using Scalar = std::conditional_t<detail::count_of<detail::IsPrecision, Policies...> == 0, double, float>;
  static_assert(detail::count_of<detail::IsProteinEstimate, Policies...> <= 1, "infer: more than one ProteinEstimate");
  static_assert(detail::count_of<detail::IsPrecision, Policies...> <= 1, "infer: SinglePrecision twice");
  static_assert(detail::count_of<detail::IsFamily, Policies...> <= 1, "infer: more than one MixtureFamily");
  static_assert(detail::count_of<detail::IsLoss, Policies...> <= 1, "infer: more than one Loss");
  static_assert(detail::count_of<detail::IsOptimizer, Policies...> <= 1, "infer: more than one RowOptimizer");
  static_assert(detail::count_of<detail::IsExecutor, Policies...> <= 1, "infer: more than one Executor");
  static_assert(detail::count_of<detail::IsProgress, Policies...> <= 1, "infer: more than one Progress");
  static_assert(detail::count_of<detail::ClustererOf<Family>::template Is, Policies...> <= 1,
                "infer: more than one Clusterer");
  const std::tuple<Policies...> all(policies...);
  const auto proteins = detail::pick<detail::IsProteinEstimate>(AttractorProteins{}, all);
  const auto family = detail::pick<detail::IsFamily>(NegativeBinomial{}, all);
  const auto clusterer = detail::pick<detail::ClustererOf<Family>::template Is>(Binarize{}, all);
  const auto loss = detail::pick<detail::IsLoss>(LeastSquares{}, all);
  const auto optimizer = detail::pick<detail::IsOptimizer>(ProximalNewton{}, all);
  const auto executor = detail::pick<detail::IsExecutor>(Sequential{}, all);
  const auto progress = detail::pick<detail::IsProgress>(IgnoreProgress{}, all);
  check_at_least("infer", "counts.cells()", counts.cells(), 1);
  validate(options.regression, counts.genes());
  detail::prior_or_zero(options.prior, "infer", "options.prior", counts.genes());
  constexpr bool propagated = std::same_as<std::remove_cv_t<decltype(proteins)>, PropagatedProteins>;
  if constexpr (propagated) validate(proteins.options, counts.genes());
  std::vector<Clustering> clusterings{cluster(counts, family, clusterer, options.seed, executor, progress)};
  if constexpr (std::same_as<std::remove_cv_t<decltype(clusterer)>, Binarize>) {
    if (options.both_modes) {
      BinarizeOptions other = clusterer.options();
      other.modes = other.modes == BinarizeModes::pooled ? BinarizeModes::time_points : BinarizeModes::pooled;
      clusterings.push_back(cluster(counts, family, Binarize(other), options.seed, executor, progress));
    }
  }
  std::vector<Inference> chains =
      detail::run_chains<Scalar>(counts, std::move(clusterings), options, loss, optimizer, executor, progress);
  if (chains.size() > 1) chains[0].scores = 0.5 * (chains[0].scores + chains[1].scores);
  if constexpr (propagated) {
    Inference result =
        propagate(counts, detail::modes_to_propagate(chains, counts, family, clusterer, options.seed, executor),
                  chains[0].scores, proteins.options, optimizer, executor, progress);
    const Convergence regression = result.diagnostics.regression;
    result.diagnostics = chains[0].diagnostics;
    result.diagnostics.regression = regression;
    return result;
  }
  return std::move(chains[0]);
}

}  // namespace cardamom
