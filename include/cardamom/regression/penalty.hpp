/// @file
/// The penalty (15)–(16) of a whole network, with weights, and what may move at all.
#pragma once

#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/regression/row_penalty.hpp>

namespace cardamom {

/// β (one entry per node) and θ (nodes × nodes, θ(i, j) the action of j on i); entries and rows of inputs are ignored.
struct Coefficients {
  Vector basal;
  Matrix interactions;

  [[nodiscard]] Index nodes() const noexcept { return basal.size(); }
  [[nodiscard]] bool empty() const noexcept { return basal.size() == 0 && interactions.size() == 0; }

  template <class = CompiledWhereUsed>
  [[nodiscard]] static Coefficients zero(Index nodes) {
    return {Vector::Zero(nodes), Matrix::Zero(nodes, nodes)};
  }
};

/// Throws std::invalid_argument when sizes differ from `nodes`, std::domain_error where a gene's entry is not finite.
/// @param function, argument what messages name
/// @param inputs how many of the nodes, the first ones, are inputs
template <class Use = CompiledWhereUsed>
inline void validate(const WhereUsed<Coefficients, Use>& coefficients, std::string_view function,
                     std::string_view argument, Index nodes, Index inputs = 1) {
  check_size(function, std::string(argument) + ".basal", coefficients.basal.size(), nodes);
  check_shape(function, std::string(argument) + ".interactions", coefficients.interactions, nodes, nodes);
  check_all_finite(function, std::string(argument) + ".basal", coefficients.basal, inputs);
  for (Index j = 0; j < nodes; ++j) {
    check_all_finite(function, std::string(argument) + ".interactions column " + detail::to_text(j),
                     coefficients.interactions.col(j), inputs);
  }
}

namespace detail {

/// θ^0 and β^0 of a chain: the prior network given, checked, or zero when it is empty.
template <class Use = CompiledWhereUsed>
inline Coefficients prior_or_zero(const WhereUsed<Coefficients, Use>& prior, std::string_view function,
                                  std::string_view argument, Index nodes, Index inputs = 1) {
  if (prior.empty()) return Coefficients::zero(nodes);
  validate(prior, function, argument, nodes, inputs);
  return prior;
}

}  // namespace detail

/// λ Σ_i ( Σ_j w_ij |θ_ij − θ⁰_ij| + w_β |β_i − β⁰_i| ) + λ c Σ_{i<j} |θ_ij θ_ji|.
struct Penalty {
  double strength = 0.01;     ///< λ > 0, relative to a loss averaged over samples
  double self_weight = 0.0;   ///< w_ii, the self-interactions' weight, >= 0; 0 stands for √nodes, as in (15)
  double basal_weight = 0.4;  ///< w_β >= 0
  double competition = 1.0;   ///< c >= 0: opposite edges compete, 1 is the size printed in (15), 0 switches it off
  Matrix weights = Matrix();  ///< nodes × nodes, multiplies w_ij: 0 leaves an edge unpenalised (required), infinity
                              ///< holds it at θ⁰ (forbidden where θ⁰ is 0); empty stands for all 1
  double limit = 50.0;        ///< coefficients stay within ±limit, > 0: far beyond where the logistic link saturates
};

/// Throws std::domain_error on values out of range, std::invalid_argument when `weights` is not nodes × nodes.
template <class Use = CompiledWhereUsed>
inline void validate(const WhereUsed<Penalty, Use>& penalty, Index nodes, Index inputs = 1) {
  check_positive("Penalty", "strength", penalty.strength);
  check_nonnegative("Penalty", "self_weight", penalty.self_weight);
  check_nonnegative("Penalty", "basal_weight", penalty.basal_weight);
  check_nonnegative("Penalty", "competition", penalty.competition);
  check_positive("Penalty", "limit", penalty.limit);
  if (penalty.weights.size() == 0) return;
  check_shape("Penalty", "weights", penalty.weights, nodes, nodes);
  for (Index j = 0; j < nodes; ++j) {
    for (Index i = inputs; i < nodes; ++i) {
      if (!(penalty.weights(i, j) >= 0.0)) {
        detail::throw_domain("Penalty", "weights(" + detail::to_text(i) + ", " + detail::to_text(j) + ")",
                             penalty.weights(i, j), ">= 0 (infinity holds the edge)");
      }
    }
  }
}

/// Which groups of coefficients a regression may move.
struct Movable {
  bool genes = true;              ///< θ_ij of genes j
  std::vector<bool> inputs = {};  ///< θ_ij of inputs j, one entry per input; empty: all move
  bool basal = true;              ///< β

  [[nodiscard]] bool input(Index j) const { return inputs.empty() || inputs[static_cast<std::size_t>(j)]; }
};

/// Throws std::invalid_argument when `movable.inputs` has a wrong number of entries.
inline void validate(const Movable& movable, Index inputs) {
  if (!movable.inputs.empty()) check_size("Movable", "inputs", static_cast<Index>(movable.inputs.size()), inputs);
}

/// The penalty as the coefficients of gene i see it, given how strongly each opposite edge competes.
/// @param interactions, basal θ⁰_i·, one entry per node, and β⁰_i: the anchor
/// @param opposite one entry per node: |θ_ji|, those of inputs and of i ignored
/// @param inputs how many of the nodes, the first ones, are inputs
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline RowPenalty row_penalty(const WhereUsed<Penalty, Use>& penalty,
                                            const WhereUsed<VectorIn, Use>& interactions, double basal,
                                            const WhereUsed<Movable, Use>& movable, Index i,
                                            const WhereUsed<VectorIn, Use>& opposite, Index inputs = 1) {
  const Index nodes = interactions.size();
  constexpr double clamped = std::numeric_limits<double>::infinity();
  RowPenalty row;
  row.limit = penalty.limit;
  row.anchor.resize(nodes + 1);
  row.change.resize(nodes + 1);
  row.magnitude = Vector::Zero(nodes + 1);
  const double self = penalty.self_weight > 0.0 ? penalty.self_weight : std::sqrt(static_cast<double>(nodes));
  for (Index j = 0; j < nodes; ++j) {
    row.anchor[j] = interactions[j];
    double weight = j == i ? self : 1.0;
    if (penalty.weights.size() > 0) weight *= penalty.weights(i, j);
    row.change[j] = (j < inputs ? movable.input(j) : movable.genes) ? penalty.strength * weight : clamped;
    if (j >= inputs && j != i) row.magnitude[j] = penalty.strength * penalty.competition * opposite[j];
  }
  row.anchor[nodes] = basal;
  row.change[nodes] = movable.basal ? penalty.strength * penalty.basal_weight : clamped;
  return row;
}
}  // namespace cardamom
