/// @file
/// `Averaged`: one estimator from several estimates of the modes, its scores their mean.
#pragma once

#include <cstddef>
#include <tuple>
#include <utility>
#include <vector>

#include <cardamom/clustering/binarize.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/progress.hpp>
#include <cardamom/inference/estimator.hpp>
#include <cardamom/inference/inference.hpp>
#include <cardamom/inference/problem.hpp>
#include <cardamom/inference/side_by_side.hpp>
#include <cardamom/inference/successive.hpp>
#include <cardamom/inference/usual_problem.hpp>

namespace cardamom {

namespace detail {

template <class Estimator, class Problem>
auto estimate_each(const Estimator& estimator, const Problem& problem, std::vector<Clustering> clusterings) {
  return estimate_side_by_side(problem, static_cast<Index>(clusterings.size()), problem.counts.time_points().size(),
                               [&](Index k, const Problem& part) {
                                 return estimator.estimate_from(part,
                                                                std::move(clusterings[static_cast<std::size_t>(k)]));
                               });
}

/// The mean of several scores.
template <class Use = CompiledWhereUsed>
Matrix average_scores(const std::vector<const Matrix*>& scores) {
  WhereUsed<Matrix, Use> sum = *scores[0];
  for (std::size_t k = 1; k < scores.size(); ++k) sum += *scores[k];
  return 1.0 / static_cast<double>(scores.size()) * sum;
}

/// Entries of a table from which estimates are made one after the other, and of all but one nothing is kept but its
/// scores: the modes of cells and basins are half a table of counts, each, and so many cells occupy threads row by row.
inline constexpr Index entries_one_by_one = Index{1} << 23;

}  // namespace detail

/// Runs an estimator once with the modes of each clusterer and ranks edges by the mean of their scores. No estimate of
/// the modes is better everywhere, and what they agree on is more often true. The network and the model are those of
/// the first clusterer.
///
///     infer(counts, {}, Averaged(Successive{}, Binarize{}, Rjmcmc{}));
///
/// @tparam Estimator offers `estimate_from(problem, clustering)`, as `Successive` does
template <class Estimator, class... Clusterers>
class Averaged {
  static_assert(sizeof...(Clusterers) >= 1, "Averaged: at least one Clusterer is needed");

 public:
  static constexpr bool uses_conditions = detail::uses_conditions<Estimator>();

  explicit Averaged(Estimator estimator, Clusterers... clusterers)
      : estimator_(std::move(estimator)), clusterers_(std::move(clusterers)...) {}

  template <class Problem>
  [[nodiscard]] Index plan(const Problem& problem) const {
    return static_cast<Index>(sizeof...(Clusterers)) * (problem.counts.genes() + problem.counts.time_points().size());
  }

  template <class Problem>
  [[nodiscard]] Inference<typename Problem::Rate> estimate(const Problem& problem) const {
    if (problem.counts.cells() * problem.counts.nodes() < detail::entries_one_by_one)
      return std::move(estimate_all(problem)[0]);
    refuse_named_clusterer<Problem>();
    ProgressPlan progress(problem.progress, plan(problem));
    std::vector<Inference<typename Problem::Rate>> result;
    std::vector<Matrix> scores(sizeof...(Clusterers));
    const auto run = [&](const auto& clusterer, std::size_t k) {
      result.clear();
      auto part = progress.part(problem.counts.genes());
      Clustering clustering = problem.find_modes(clusterer, part);
      part.finish();
      auto fit = progress.part(problem.counts.time_points().size());
      result.push_back(estimator_.estimate_from(problem.told_to(fit), std::move(clustering)));
      fit.finish();
      scores[k] = std::move(result[0].scores);
    };
    [&]<std::size_t... k>(std::index_sequence<k...>) {  // the first comes last: it is kept
      (run(std::get<sizeof...(k) - 1 - k>(clusterers_), sizeof...(k) - 1 - k), ...);
    }
    (std::index_sequence_for<Clusterers...>());
    std::vector<const Matrix*> all;
    for (const Matrix& each : scores) all.push_back(&each);
    result[0].scores = detail::average_scores(all);
    return std::move(result[0]);
  }

  /// Throws what the estimator's own validation throws.
  friend void validate(const Averaged& averaged, const Counts& counts, const InferenceOptions& options) {
    if constexpr (requires { validate(averaged.estimator_, counts, options); })
      validate(averaged.estimator_, counts, options);
  }

  /// The results from every clusterer, the first with averaged scores.
  template <class Problem>
  [[nodiscard]] auto estimate_all(const Problem& problem) const {
    refuse_named_clusterer<Problem>();
    constexpr auto count = static_cast<Index>(sizeof...(Clusterers));
    const Index genes = problem.counts.genes();
    ProgressPlan progress(problem.progress, plan(problem));
    std::vector<Clustering> clusterings;
    std::apply(
        [&](const Clusterers&... each) {
          const auto find = [&](const auto& clusterer) {
            auto part = progress.part(genes);
            clusterings.push_back(problem.find_modes(clusterer, part));
            part.finish();
          };
          (find(each), ...);
        },
        clusterers_);
    auto fits = progress.part(count * problem.counts.time_points().size());
    auto results = detail::estimate_each(estimator_, problem.told_to(fits), std::move(clusterings));
    std::vector<const Matrix*> scores;
    for (const auto& each : results) scores.push_back(&each.scores);
    results[0].scores = detail::average_scores(scores);
    return results;
  }

 private:
  template <class Problem>
  static constexpr void refuse_named_clusterer() {
    static_assert(!Problem::names_clusterer,
                  "Averaged: names its clusterers itself; leave the Clusterer out of the policies of the call");
  }

  Estimator estimator_;
  std::tuple<Clusterers...> clusterers_;
};

/// The estimator of `infer` where none is named: `Successive` with the clusterer of the call; where that names none,
/// either, `Averaged` over both of `Binarize`'s estimates of the modes. Neither of them is better everywhere: the
/// time-resolved one underestimates α1 when a population splits (mean AUPR over nine networks of the published
/// benchmark .623 alone, .635 averaged).
struct AveragedSuccessive {
  static constexpr bool uses_conditions = true;

  SuccessiveOptions options = {};  ///< penalty and chain

  [[nodiscard]] auto both() const {
    return Averaged(Successive{options}, Binarize{}, Binarize({.modes = BinarizeModes::pooled}));
  }
  template <class Problem>
  [[nodiscard]] Index plan(const Problem& problem) const {
    if constexpr (Problem::names_clusterer) {
      return Successive{options}.plan(problem);
    } else {
      return both().plan(problem);
    }
  }
  template <class Problem>
  [[nodiscard]] Inference<typename Problem::Rate> estimate(const Problem& problem) const {
    if constexpr (Problem::names_clusterer) {
      return Successive{options}.estimate(problem);
    } else {
      return both().estimate(problem);
    }
  }
};

/// Throws std::invalid_argument, std::domain_error on its options.
template <class Use = CompiledWhereUsed>
inline void validate(const WhereUsed<AveragedSuccessive, Use>& estimator, const WhereUsed<Counts, Use>& counts,
                     const WhereUsed<InferenceOptions, Use>&) {
  validate(estimator.options, counts.nodes());
}

}  // namespace cardamom

#ifdef CARDAMOM_PRECOMPILED
namespace cardamom {
extern template Inference<Sigmoid> detail::estimate_by(const AveragedSuccessive&, const UsualProblem&);
}  // namespace cardamom
#endif
