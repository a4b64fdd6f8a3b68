/// @file
/// What a fit by simulated moments has to say about every edge: strength, inclusion probability, and the score to rank
/// by.
#pragma once

#include <utility>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/inference/moments/edge_scale.hpp>
#include <cardamom/inference/moments/multistart.hpp>
#include <cardamom/inference/moments/settings.hpp>
#include <cardamom/inference/moments/targets.hpp>
#include <cardamom/simulation/leaping/linear_law.hpp>

namespace cardamom {

/// Values of the edges between nodes that take part, A × (inputs + A), put among those of all, nodes × nodes.
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline Matrix among_all_nodes(const WhereUsed<Matrix, Use>& others,
                                            const WhereUsed<MomentTargets, Use>& targets,
                                            const WhereUsed<Matrix, Use>& values) {
  WhereUsed<Matrix, Use> result = others;
  for (Index a = 0; a < targets.size(); ++a) {
    const Index i = targets.node(a);
    for (Index j = 0; j < targets.inputs; ++j) result(i, j) = values(a, j);
    for (Index b = 0; b < targets.size(); ++b) result(i, targets.node(b)) = values(a, targets.inputs + b);
  }
  return result;
}

/// The entries that belong to edges of one number per parameter of a `LinearLeapingModel`: A × (inputs + A).
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline Matrix edges_of_parameters(const WhereUsed<VectorIn, Use>& parameters, Index genes, Index inputs) {
  const Index row = genes > 0 ? parameters.size() / genes : inputs;
  return parameters.template reshaped<Eigen::RowMajor>(genes, row).leftCols(inputs + genes);
}

/// |θ| and inclusion probability of edges, A × (inputs + A) each.
struct EdgeSummary {
  Matrix strength, inclusion;
};

/// The mean over the best fit and the candidates beside it, by their weights.
template <Link LinkType>
[[nodiscard]] EdgeSummary edge_summary(const FittedModel<LinearLeapingModel<LinkType>>& fit) {
  const Index genes = fit.model.genes();
  const Index inputs = fit.model.inputs();
  EdgeSummary sum{fit.model.interactions.cwiseAbs(), edges_of_parameters(fit.inclusion, genes, inputs)};
  double weights = 1.0;
  for (const auto& candidate : fit.candidates) {
    sum.strength += candidate.relative_weight * candidate.model.interactions.cwiseAbs();
    sum.inclusion += candidate.relative_weight * edges_of_parameters(candidate.inclusion, genes, inputs);
    weights += candidate.relative_weight;
  }
  return {sum.strength / weights, sum.inclusion / weights};
}

/// Scores to rank edges by, nodes × nodes: three times their inclusion probability, and for those about as probable
/// their strength and the start's score, each in units of an edge's (`relative_scores`) and at most 2. Where the fit is
/// not joint, edges that are not in it and whose odds the data do not make three times what they were get 0.
/// @param before θ of the start, nodes × nodes
/// @param prior_inclusion prior probability of every parameter
/// @param start_scores relative scores of the start, nodes × nodes
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline Matrix edge_scores(const WhereUsed<Matrix, Use>& before,
                                        const WhereUsed<MomentTargets, Use>& targets,
                                        const WhereUsed<EdgeSummary, Use>& summary,
                                        const WhereUsed<Vector, Use>& prior_inclusion,
                                        const WhereUsed<Matrix, Use>& start_scores, double start_weight) {
  constexpr double probability_weight = 3.0;  // the probability alone gave .865 of AUPR, with the strength .875
  constexpr double most = 2.0;                // so that no strength outweighs a probability
  constexpr double substantial = 3.0;         // ratio of odds, the least that is worth a mention
  const WhereUsed<Matrix, Use> inclusion =
      among_all_nodes(Matrix::Zero(before.rows(), before.cols()), targets, summary.inclusion);
  WhereUsed<Matrix, Use> scores =
      probability_weight * inclusion +
      relative_scores(among_all_nodes(before, targets, summary.strength), targets.inputs).cwiseMin(most) +
      start_weight * start_scores.cwiseMin(most);
  if (targets.joint) return scores;
  const WhereUsed<Matrix, Use> prior = edges_of_parameters(prior_inclusion, targets.size(), targets.inputs);
  for (Index a = 0; a < targets.size(); ++a) {
    for (Index j = 0; j < summary.inclusion.cols(); ++j) {
      const double now = summary.inclusion(a, j);
      const bool likelier = now * (1.0 - prior(a, j)) >= substantial * prior(a, j) * (1.0 - now);
      const Index source = j < targets.inputs ? j : targets.node(j - targets.inputs);
      if (summary.strength(a, j) == 0.0 && !likelier) scores(targets.node(a), source) = 0.0;
    }
  }
  return scores;
}

}  // namespace cardamom
