/// @file
/// What switching each regulator does to a burst rate: signed strengths of edges for rates without a linear form.
#pragma once

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom {

/// Entry (i, j) is the mean over samples of kon_i(P with P_j = 1) − kon_i(P with P_j = 0), over k1_i: signed like an
/// interaction, for any rate, monotone or not. Rows of inputs are 0. O(N nodes² · cost of a rate).
/// @param proteins N × nodes, @param weights N, >= 0, of positive sum, @param frequency_max k1 [1/h], one per node
/// @throws std::invalid_argument on sizes
template <BurstRate Rate>
[[nodiscard]] Matrix switch_effects(const Rate& rate, const WhereUsed<MatrixIn, Rate>& proteins,
                                    const WhereUsed<VectorIn, Rate>& weights,
                                    const WhereUsed<VectorIn, Rate>& frequency_max, Index inputs = 1) {
  const auto nodes = static_cast<Index>(rate.nodes());
  check_size("switch_effects", "proteins.cols()", proteins.cols(), nodes);
  check_size("switch_effects", "weights", weights.size(), proteins.rows());
  check_size("switch_effects", "frequency_max", frequency_max.size(), nodes);
  WhereUsed<Matrix, Rate> effects = Matrix::Zero(nodes, nodes);
  for (Index s = 0; s < proteins.rows(); ++s) {
    WhereUsed<Vector, Rate> protein = proteins.row(s).transpose();
    for (Index j = 0; j < nodes; ++j) {
      const double own = protein[j];
      for (const double level : {1.0, 0.0}) {
        protein[j] = level;
        const double sign = level > 0.0 ? weights[s] : -weights[s];
        for (Index i = inputs; i < nodes; ++i) effects(i, j) += sign * rate(i, protein) / frequency_max[i];
      }
      protein[j] = own;
    }
  }
  return effects / weights.sum();
}

}  // namespace cardamom
