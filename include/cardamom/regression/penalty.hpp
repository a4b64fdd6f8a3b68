/// @file
/// The penalty (15)–(16) of a whole network, with weights, and what may move at all.
#pragma once

#include <cmath>
#include <utility>

#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/regression/row_penalty.hpp>

namespace cardamom {

/// β (length G) and θ (G × G, θ(i, j) the action of j on i); entry and row 0 are ignored.
struct Coefficients {
  Vector basal;
  Matrix interactions;

  Index genes() const noexcept { return basal.size(); }

  static Coefficients zero(Index genes) { return {Vector::Zero(genes), Matrix::Zero(genes, genes)}; }
};

inline void validate(const Coefficients& coefficients, std::string_view function, std::string_view argument,
                     Index genes) {
  check_size(function, std::string(argument) + ".basal", coefficients.basal.size(), genes);
  check_shape(function, std::string(argument) + ".interactions", coefficients.interactions, genes, genes);
  check_all_finite(function, std::string(argument) + ".basal", coefficients.basal, 1);
  for (Index j = 0; j < genes; ++j) {
    check_all_finite(function, std::string(argument) + ".interactions column " + detail::to_text(j),
                     coefficients.interactions.col(j), 1);
  }
}

namespace detail {

/// θ^0 and β^0 of a chain: the prior network given, checked, or zero when it is empty.
inline Coefficients prior_or_zero(const Coefficients& prior, std::string_view function, std::string_view argument,
                                  Index genes) {
  if (prior.basal.size() == 0 && prior.interactions.size() == 0) return Coefficients::zero(genes);
  validate(prior, function, argument, genes);
  return prior;
}

}  // namespace detail

/// λ Σ_i ( Σ_j w_ij |θ_ij − θ⁰_ij| + w_β |β_i − β⁰_i| ) + λ c Σ_{i<j} |θ_ij θ_ji|.
struct Penalty {
  double strength = 0.01;     ///< λ > 0, relative to a loss averaged over samples
  double self_weight = 0.0;   ///< w_ii, the self-interactions' weight; 0 stands for √G
  double basal_weight = 0.4;  ///< w_β >= 0
  double competition = 1.0;   ///< c >= 0: opposite edges compete, 1 is the size printed in (15), 0 switches it off
  Matrix weights = Matrix();  ///< G × G, multiplies w_ij: 0 leaves an edge unpenalised (required), infinity holds it at
                              ///< θ⁰ (forbidden where θ⁰ is 0); empty stands for all 1
  double limit = 50.0;  ///< coefficients stay within ±limit: far beyond where the sigmoid saturates
};

/// @param genes G
inline void validate(const Penalty& penalty, Index genes) {
  check_positive("Penalty", "strength", penalty.strength);
  check_nonnegative("Penalty", "self_weight", penalty.self_weight);
  check_nonnegative("Penalty", "basal_weight", penalty.basal_weight);
  check_nonnegative("Penalty", "competition", penalty.competition);
  check_positive("Penalty", "limit", penalty.limit);
  if (penalty.weights.size() == 0) return;
  check_shape("Penalty", "weights", penalty.weights, genes, genes);
  for (Index j = 0; j < genes; ++j) {
    for (Index i = 1; i < genes; ++i) {
      if (!(penalty.weights(i, j) >= 0.0)) {
        detail::throw_domain("Penalty", "weights(" + detail::to_text(i) + ", " + detail::to_text(j) + ")",
                             penalty.weights(i, j), ">= 0 (infinity holds the edge)");
      }
    }
  }
}

/// Which groups of coefficients a regression may move.
struct Movable {
  bool genes = true;     ///< θ_ij, j >= 1
  bool stimulus = true;  ///< θ_i0
  bool basal = true;     ///< β
};

namespace detail {

/// The penalty seen by row i, given how strongly each opposite edge competes.
/// @param interactions, basal θ⁰_i·, length G, and β⁰_i: the anchor
/// @param opposite length G: |θ_ji|, entries 0 and i ignored
inline RowPenalty row_penalty(const Penalty& penalty, const VectorIn& interactions, double basal,
                              const Movable& movable, Index i, const VectorIn& opposite) {
  const Index genes = interactions.size();
  constexpr double held = std::numeric_limits<double>::infinity();
  RowPenalty row;
  row.limit = penalty.limit;
  row.anchor.resize(genes + 1);
  row.change.resize(genes + 1);
  row.magnitude = Vector::Zero(genes + 1);
  const double self = penalty.self_weight > 0.0 ? penalty.self_weight : std::sqrt(static_cast<double>(genes));
  for (Index j = 0; j < genes; ++j) {
    row.anchor[j] = interactions[j];
    double weight = j == i ? self : 1.0;
    if (penalty.weights.size() > 0) weight *= penalty.weights(i, j);
    row.change[j] = (j == 0 ? movable.stimulus : movable.genes) ? penalty.strength * weight : held;
    if (j > 0 && j != i) row.magnitude[j] = penalty.strength * penalty.competition * opposite[j];
  }
  row.anchor[genes] = basal;
  row.change[genes] = movable.basal ? penalty.strength * penalty.basal_weight : held;
  return row;
}

}  // namespace detail
}  // namespace cardamom
