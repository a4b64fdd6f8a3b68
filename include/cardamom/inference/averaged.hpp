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

/// The mean of the scores, in the first of the results.
template <class Rate>
void average_scores(std::vector<Inference<Rate>>& results) {
  WhereUsed<Matrix, Rate> sum = results[0].scores;
  for (std::size_t k = 1; k < results.size(); ++k) sum += results[k].scores;
  results[0].scores = 1.0 / static_cast<double>(results.size()) * sum;
}

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
    return std::move(estimate_all(problem)[0]);
  }

  /// Throws what the estimator's own validation throws.
  friend void validate(const Averaged& averaged, const Counts& counts, const InferenceOptions& options) {
    if constexpr (requires { validate(averaged.estimator_, counts, options); })
      validate(averaged.estimator_, counts, options);
  }

  /// The results from every clusterer, the first with averaged scores.
  template <class Problem>
  [[nodiscard]] auto estimate_all(const Problem& problem) const {
    static_assert(!Problem::names_clusterer,
                  "Averaged: names its clusterers itself; leave the Clusterer out of the policies of the call");
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
    detail::average_scores(results);
    return results;
  }

 private:
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
