/// @file
/// Activation or repression: how often an inferred network has the sign of a true edge right.
#pragma once

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/evaluation/edge_ranking.hpp>

namespace cardamom {

/// True edges j → i, i ≠ j, by the sign of the inferred θ_ij.
struct SignAccuracy {
  Index right = 0;    ///< inferred with the true sign
  Index wrong = 0;    ///< inferred with the opposite sign
  Index missing = 0;  ///< inferred as 0

  Index edges() const noexcept { return right + wrong + missing; }
  /// Share of right signs among the true edges that were found; 0 when none was.
  double among_found() const noexcept {
    return right + wrong == 0 ? 0.0 : static_cast<double>(right) / static_cast<double>(right + wrong);
  }
  /// Share of right signs among all true edges, a missing edge counting as not right; 0 without true edges.
  double among_true() const noexcept {
    return edges() == 0 ? 0.0 : static_cast<double>(right) / static_cast<double>(edges());
  }
};

/// Which nodes can be targets where signs are compared.
struct SignAccuracyOptions {
  Index inputs = 1;  ///< how many of the nodes, the first ones, are inputs: sources of edges, never targets
};

/// Compares signs on the true edges from any node to a different one that is a gene.
/// @param inferred θ, nodes × nodes, (target, source)
/// @param truth the true θ, nodes × nodes, (target, source)
/// @throws std::invalid_argument on shapes, std::domain_error on an entry that is not finite
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline SignAccuracy sign_accuracy(const WhereUsed<MatrixIn, Use>& inferred,
                                                const WhereUsed<MatrixIn, Use>& truth,
                                                const WhereUsed<SignAccuracyOptions, Use>& options = {}) {
  detail::require_square_scores("sign_accuracy", inferred);
  const Index nodes = inferred.rows();
  detail::require_inputs("sign_accuracy", options.inputs, nodes);
  check_shape("sign_accuracy", "truth", truth, nodes, nodes);
  SignAccuracy result;
  for (Index target = options.inputs; target < nodes; ++target) {
    for (Index source = 0; source < nodes; ++source) {
      if (source == target || truth(target, source) == 0.0) continue;
      check_finite("sign_accuracy", "truth", truth(target, source));
      check_finite("sign_accuracy", "inferred", inferred(target, source));
      const double product = inferred(target, source) * (truth(target, source) > 0 ? 1.0 : -1.0);
      ++(product > 0 ? result.right : product < 0 ? result.wrong : result.missing);
    }
  }
  return result;
}

}  // namespace cardamom
