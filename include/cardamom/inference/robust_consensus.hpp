/// @file
/// `RobustConsensus`: the estimator for data of which nothing is known but counts and times.
#pragma once

#include <utility>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/inference/averaged.hpp>
#include <cardamom/inference/by_lineage.hpp>
#include <cardamom/inference/consensus.hpp>
#include <cardamom/inference/estimator.hpp>
#include <cardamom/inference/inference.hpp>
#include <cardamom/inference/problem.hpp>
#include <cardamom/inference/propagated_proteins.hpp>
#include <cardamom/inference/thinned.hpp>
#include <cardamom/inference/usual_problem.hpp>

namespace cardamom {

/// The consensus of propagated proteins, thinned, and the paper's chain, by lineage where the data have lineages. Not
/// in the paper. Assumes no degradation rates and no kind of data; where the model is right and rates are known,
/// `SelectAndFit` ranks edges better. Which data say so is on the page of decisions.
///
/// The network and the model are those of `PropagatedProteins`. Cost some fourteen times that estimator's for all
/// cells, and as much again for the lineages together.
struct RobustConsensus {
  SuccessiveOptions regression = {};  ///< penalty and chain
  PropagationOptions propagation = {};
  ThinnedOptions thinning = {};

  [[nodiscard]] auto parts() const {
    // Every level of thinning counts as much as the chain: what the two know of is different, and there are five of
    // one for one of the other.
    return ByLineage(Consensus({static_cast<double>(thinning.levels.size() + 1), 1.0},
                               Thinned(PropagatedProteins(propagation, AveragedSuccessive{regression}), thinning),
                               AveragedSuccessive{regression}));
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
