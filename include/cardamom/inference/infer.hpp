/// @file
/// `infer`: counts in, network out (sections 5.2 and 6.5 of the paper).
#pragma once

#include <concepts>
#include <cstdint>
#include <tuple>
#include <type_traits>
#include <utility>

#include <cardamom/clustering/binarize.hpp>
#include <cardamom/clustering/cluster.hpp>
#include <cardamom/inference/chain.hpp>
#include <cardamom/inference/detail/policies.hpp>
#include <cardamom/mixture/negative_binomial.hpp>

namespace cardamom {

struct InferenceOptions {
  SuccessiveOptions regression = {};  ///< penalty and chain
  Coefficients prior = {};            ///< θ^0, β^0; empty: zero
  std::uint64_t seed = 0;             ///< for clusterers that draw random numbers
  /// With `Binarize`: run the chain for both of its estimates of the modes and rank edges by the mean of |θ|. Neither
  /// estimate is better everywhere (the time-resolved one underestimates α1 when a population splits); the network,
  /// its θ and β, is that of the clusterer's own modes. Doubles the cost.
  bool both_modes = true;
};

namespace detail {

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
concept InferencePolicyFor = IsFamily<T>::value || IsLoss<T>::value || IsOptimizer<T>::value || IsExecutor<T>::value ||
    IsProgress<T>::value || ClustererOf<Family>::template Is<T>::value;

}  // namespace detail

/// Infers a network from time-stamped counts: modes per gene, basins, and the successive fit (16) of (17).
///
/// Policies are optional, in any order, each recognised by the concept it models:
///
/// | role | concept | default |
/// | --- | --- | --- |
/// | modes of genes and cells | `Clusterer` | `Binarize` |
/// | law of the observations | `MixtureFamily` | `NegativeBinomial` |
/// | loss | `Loss` | `LeastSquares` |
/// | optimizer | `RowOptimizer` | `ProximalNewton` |
/// | where work runs | `Executor` | `Sequential` |
/// | observer | `Progress` | `IgnoreProgress`; told of finished genes, then of finished time points |
///
///     auto result = infer(counts);
///     auto same = infer(counts, {.seed = 7}, Threads(4), Binarize({.modes = BinarizeModes::pooled}));
///
/// The result depends on neither executor nor observer. Cost as `infer_from_modes`.
/// @throws std::invalid_argument, std::domain_error on data, options or prior; Cancelled when the observer asks to stop
template <class... Policies>
requires(detail::InferencePolicyFor<detail::family_of<Policies...>, Policies>&&...) Inference
    infer(const Counts& counts, const InferenceOptions& options = {}, const Policies&... policies) {
  using Family = detail::family_of<Policies...>;
  static_assert(detail::count_of<detail::IsFamily, Policies...> <= 1, "infer: more than one MixtureFamily");
  static_assert(detail::count_of<detail::IsLoss, Policies...> <= 1, "infer: more than one Loss");
  static_assert(detail::count_of<detail::IsOptimizer, Policies...> <= 1, "infer: more than one RowOptimizer");
  static_assert(detail::count_of<detail::IsExecutor, Policies...> <= 1, "infer: more than one Executor");
  static_assert(detail::count_of<detail::IsProgress, Policies...> <= 1, "infer: more than one Progress");
  static_assert(detail::count_of<detail::ClustererOf<Family>::template Is, Policies...> <= 1,
                "infer: more than one Clusterer");
  const std::tuple<Policies...> all(policies...);
  const auto family = detail::pick<detail::IsFamily>(NegativeBinomial{}, all);
  const auto clusterer = detail::pick<detail::ClustererOf<Family>::template Is>(Binarize{}, all);
  const auto loss = detail::pick<detail::IsLoss>(LeastSquares{}, all);
  const auto optimizer = detail::pick<detail::IsOptimizer>(ProximalNewton{}, all);
  const auto executor = detail::pick<detail::IsExecutor>(Sequential{}, all);
  const auto progress = detail::pick<detail::IsProgress>(IgnoreProgress{}, all);
  check_at_least("infer", "counts.cells()", counts.cells(), 1);
  validate(options.regression, counts.genes());
  detail::prior_or_zero(options.prior, "infer", "options.prior", counts.genes());
  const auto chain = [&](const auto& chosen) {
    return infer_from_modes(counts, cluster(counts, family, chosen, options.seed, executor, progress),
                            options.regression, options.prior, loss, optimizer, executor, progress);
  };
  Inference result = chain(clusterer);
  if constexpr (std::same_as<std::remove_cv_t<decltype(clusterer)>, Binarize>) {
    if (options.both_modes) {
      BinarizeOptions other = clusterer.options();
      other.modes = other.modes == BinarizeModes::pooled ? BinarizeModes::time_points : BinarizeModes::pooled;
      result.scores = 0.5 * (result.scores + chain(Binarize(other)).scores);
    }
  }
  return result;
}

}  // namespace cardamom
