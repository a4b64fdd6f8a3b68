/// @file
/// `RobustConsensus`: the estimator for data of which nothing is known but counts and times.
#pragma once

#include <optional>
#include <utility>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/inference/averaged.hpp>
#include <cardamom/inference/by_lineage.hpp>
#include <cardamom/inference/edge_scores.hpp>
#include <cardamom/inference/estimator.hpp>
#include <cardamom/inference/inference.hpp>
#include <cardamom/inference/problem.hpp>
#include <cardamom/inference/propagated_proteins.hpp>
#include <cardamom/inference/thinned.hpp>
#include <cardamom/inference/usual_problem.hpp>

namespace cardamom {

/// The consensus (`Consensus`) of propagated proteins with the chain that they start from, which is run once. Network,
/// model and verdict are those of `PropagatedProteins`, and so is the cost.
struct PropagatedAndChain {
  static constexpr bool uses_conditions = true;

  PropagatedProteins<> propagated = {};
  /// Of the chain in the mean, in [0, 1]; empty: `share_by_times`.
  std::optional<double> chain_share = {};

  /// 2/(time points), at most 1. Cells of the first time point have no ancestors, and those of the second have all the
  /// same ones where cells begin alike: so many snapshots say only what goes together, which is what the chain reads.
  [[nodiscard]] static constexpr double share_by_times(Index time_points) noexcept {
    return time_points <= 2 ? 1.0 : 2.0 / static_cast<double>(time_points);
  }

  template <class Problem>
  [[nodiscard]] Index plan(const Problem& problem) const {
    return propagated.plan(problem);
  }
  template <class Problem>
  [[nodiscard]] Inference<typename Problem::Rate> estimate(const Problem& problem) const {
    auto [result, chain_scores, chain_weights] = propagated.estimate_with_first(problem);
    const double share = chain_share.value_or(share_by_times(problem.counts.time_points().size()));
    MeanOfEdges mean(result.nodes());
    mean.add(1.0 - share, balance_targets(result.scores), result.weights);
    mean.add(share, balance_targets(chain_scores), chain_weights);
    result.scores = mean.scores();
    result.weights = mean.weights(strength_of_edges(result.weights));
    return std::move(result);
  }
};

/// Throws std::domain_error on the share, and what `PropagatedProteins` throws.
template <class = CompiledWhereUsed>
inline void validate(const PropagatedAndChain& estimator, const Counts& counts, const InferenceOptions& options) {
  if (estimator.chain_share) check_in("PropagatedAndChain", "chain_share", *estimator.chain_share, 0.0, 1.0);
  validate(estimator.propagated, counts, options);
}

/// Propagated proteins and the paper's chain, thinned, by lineage where the data have lineages. Not in the paper.
/// Assumes no degradation rates and no kind of data; where the model is right and rates are known, `SelectAndFit` ranks
/// edges better. Which data say so is on the page of decisions.
///
/// The network and the model are those of `PropagatedProteins`. Cost (1 + levels · draws) times that estimator's for
/// all cells, and as much again for the lineages together; with continuous values draws cost less than the data.
struct RobustConsensus {
  static constexpr bool uses_conditions = true;  ///< of cells of no lineages

  SuccessiveOptions regression = {};  ///< penalty and chain
  PropagationOptions propagation = {};
  ThinnedOptions thinning = {};

  [[nodiscard]] auto parts() const {
    return ByLineage(
        Thinned(PropagatedAndChain{PropagatedProteins(propagation, AveragedSuccessive{regression})}, thinning));
  }
  template <class Problem>
  [[nodiscard]] Index plan(const Problem& problem) const {
    return parts().plan(problem);
  }
  template <class Problem>
  [[nodiscard]] Inference<typename Problem::Rate> estimate(const Problem& problem) const {
    return parts().estimate(problem);
  }
};

/// Throws std::invalid_argument, std::domain_error on its options.
template <class Use = CompiledWhereUsed>
inline void validate(const WhereUsed<RobustConsensus, Use>& estimator, const WhereUsed<Counts, Use>& counts,
                     const WhereUsed<InferenceOptions, Use>& options) {
  validate(estimator.parts(), counts, options);
}

}  // namespace cardamom

#ifdef CARDAMOM_PRECOMPILED
namespace cardamom {
extern template Inference<Sigmoid> detail::estimate_by(const RobustConsensus&, const UsualProblem&);
}  // namespace cardamom
#endif
