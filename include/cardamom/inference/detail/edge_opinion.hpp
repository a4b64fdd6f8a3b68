/// @file
/// What the refinement by simulation has to say about every edge: strength, probability, and the score to rank by.
#pragma once

#include <cardamom/core/types.hpp>
#include <cardamom/inference/detail/confidence.hpp>
#include <cardamom/inference/detail/refinement_data.hpp>
#include <cardamom/inference/detail/refinement_run.hpp>
#include <cardamom/inference/detail/sigmoid_scores.hpp>

namespace cardamom::detail {

/// Values of the edges between genes that take part, A × (A + 1), put into those of all, G × G.
inline Matrix all_edges(const Matrix& others, const RefinementData& data, const Matrix& values) {
  Matrix result = others;
  for (Index a = 0; a < data.size(); ++a) {
    const Index i = data.gene(a);
    result(i, 0) = values(a, 0);
    for (Index b = 0; b < data.size(); ++b) result(i, data.gene(b)) = values(a, b + 1);
  }
  return result;
}

/// The rows of parameters' edges, A × (A + 1).
inline Matrix edge_columns(const VectorIn& parameters, Index size) {
  const Index row = size > 0 ? parameters.size() / size : 1;
  return parameters.reshaped<Eigen::RowMajor>(size, row).leftCols(size + 1);
}

/// |θ| and presence of edges, A × (A + 1) each.
struct EdgeOpinion {
  Matrix strength, presence;
};

/// The mean over the best fit and its rivals, the less plausible the less.
inline EdgeOpinion mean_opinion(const SimulationFit<ScoreModel>& fit) {
  const Index size = fit.model.genes();
  EdgeOpinion sum{fit.model.interactions.cwiseAbs(), edge_columns(fit.presence, size)};
  double weights = 1.0;
  for (const auto& rival : fit.rivals) {
    sum.strength += rival.plausibility * rival.model.interactions.cwiseAbs();
    sum.presence += rival.plausibility * edge_columns(rival.presence, size);
    weights += rival.plausibility;
  }
  return {sum.strength / weights, sum.presence / weights};
}

/// Scores to rank edges by: their probability, with shares of their strength and of the start's opinion for those that
/// are about as probable. Where only a gene's own statistics speak, edges that are not in the fit and whose odds the
/// data do not make three times what they were get 0.
/// @param before θ of the start, G × G
/// @param prior_presence probability of presence of every parameter
/// @param confidence_of_start G × G
inline Matrix refined_scores(const Matrix& before, const RefinementData& data, const EdgeOpinion& opinion,
                             const Vector& prior_presence, const Matrix& confidence_of_start, double trust_in_rank) {
  constexpr double probability_in_rank = 3.0;
  constexpr double most = 2.0;         // of strength and of the start's opinion, in units of an edge's
  constexpr double substantial = 3.0;  // ratio of odds
  const Matrix presence = all_edges(Matrix::Zero(before.rows(), before.cols()), data, opinion.presence);
  Matrix scores = probability_in_rank * presence +
                  confidence(all_edges(before, data, opinion.strength)).cwiseMin(most) +
                  trust_in_rank * confidence_of_start.cwiseMin(most);
  if (data.joint) return scores;
  const Matrix prior = edge_columns(prior_presence, data.size());
  for (Index a = 0; a < data.size(); ++a) {
    for (Index b = 0; b <= data.size(); ++b) {
      const double now = opinion.presence(a, b);
      const bool likelier = now * (1.0 - prior(a, b)) >= substantial * prior(a, b) * (1.0 - now);
      if (opinion.strength(a, b) == 0.0 && !likelier) scores(data.gene(a), b == 0 ? 0 : data.gene(b - 1)) = 0.0;
    }
  }
  return scores;
}

}  // namespace cardamom::detail
