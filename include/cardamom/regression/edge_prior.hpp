/// @file
/// What is believed of edges before the data are seen: which may be there at all, and which are likelier than others.
///
/// One statement serves penalties and probabilities alike. It multiplies the prior odds p/(1 − p) of an edge by a
/// factor r, so p becomes p r/(1 + p (r − 1)); and since an L1 weight that is inversely proportional to p is what the
/// methods of this library go by, the weight of the edge's penalty is divided by how much p has grown. r = 0 leaves the
/// edge out: its coefficient is 0, and so is its probability. r = 1 changes no digit of a result.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom {

/// Prior probability of an average edge: about one pair in ten of the networks that methods were chosen on. Where a
/// method has no probability of its own, its penalty weighs prior odds as if it had this one.
inline constexpr double average_inclusion = 0.1;

/// Prior odds of edges, relative to what a method takes them to be.
struct EdgePrior {
  /// r, nodes × nodes, odds(i, j) that of j → i, finite, >= 0; rows of inputs are ignored; empty: all 1. 0 forbids the
  /// edge. 1: no likelier than a method has it anyway.
  Matrix odds = Matrix();

  [[nodiscard]] bool empty() const noexcept { return odds.size() == 0; }
  /// Whether j → i may be there.
  [[nodiscard]] bool allows(Index i, Index j) const { return empty() || odds(i, j) > 0.0; }
  /// The prior probability of j → i where it would be p otherwise.
  /// @param p in [0, 1]
  [[nodiscard]] double probability(Index i, Index j, double p) const {
    return empty() ? p : p * odds(i, j) / (1.0 + p * (odds(i, j) - 1.0));
  }
  /// What the L1 weight of j → i is multiplied by, p/probability(i, j, p): above p, infinity where the edge is
  /// forbidden.
  /// @param p in (0, 1)
  [[nodiscard]] double penalty_weight(Index i, Index j, double p = average_inclusion) const {
    return empty() ? 1.0 : (1.0 + p * (odds(i, j) - 1.0)) / odds(i, j);
  }

  /// The same of some of the nodes: row and column a of the result belong to nodes[a].
  template <class Use = CompiledWhereUsed>
  [[nodiscard]] EdgePrior among(const std::vector<Index>& nodes) const {
    const WhereUsed<Matrix, Use>& all = odds;
    return empty() ? EdgePrior{} : EdgePrior{all(nodes, nodes)};
  }

  /// Both together: the product of the odds.
  template <class Use = CompiledWhereUsed>
  [[nodiscard]] EdgePrior combined_with(const WhereUsed<EdgePrior, Use>& other) const {
    if (empty()) return other;
    return other.empty() ? *this : EdgePrior{other.odds.cwiseProduct(odds)};
  }

  /// Values of edges, nodes × nodes, with 0 where the edge is forbidden.
  template <class Use = CompiledWhereUsed>
  [[nodiscard]] Matrix allowed(WhereUsed<Matrix, Use> values) const {
    const WhereUsed<Matrix, Use>& given = odds;
    if (!empty()) values = (given.array() > 0.0).select(values, 0.0).eval();
    return values;
  }

  /// `Penalty::weights` with those of the prior: their product, infinity for what is forbidden.
  /// @param weights nodes × nodes, or empty: all 1
  template <class Use = CompiledWhereUsed>
  [[nodiscard]] Matrix weigh(WhereUsed<Matrix, Use> weights) const {
    if (empty()) return weights;
    if (weights.size() == 0) weights = Matrix::Ones(odds.rows(), odds.cols());
    for (Index j = 0; j < weights.cols(); ++j) {
      for (Index i = 0; i < weights.rows(); ++i) {
        const double weight = penalty_weight(i, j);
        weights(i, j) = std::isinf(weight) ? weight : weights(i, j) * weight;
      }
    }
    return weights;
  }
};

/// Throws std::invalid_argument unless `odds` is empty or nodes × nodes, std::domain_error where an entry of a gene's
/// row is negative or not finite.
/// @param function, argument what messages name
/// @param inputs how many of the nodes, the first ones, are inputs
template <class Use = CompiledWhereUsed>
inline void validate(const WhereUsed<EdgePrior, Use>& prior, std::string_view function, std::string_view argument,
                     Index nodes, Index inputs = 1) {
  if (prior.empty()) return;
  const std::string name = std::string(argument) + ".odds";
  check_shape(function, name, prior.odds, nodes, nodes);
  for (Index j = 0; j < nodes; ++j) {
    for (Index i = inputs; i < nodes; ++i) {
      const double r = prior.odds(i, j);
      if (std::isfinite(r) && r >= 0.0) continue;
      detail::throw_domain(function, name + '(' + detail::to_text(i) + ", " + detail::to_text(j) + ')', r,
                           "finite and >= 0 (0 forbids the edge)");
    }
  }
}

namespace detail {

/// Throws std::invalid_argument where something is believed of edges, but the rate has no coefficient for each.
template <class Use = CompiledWhereUsed>
inline void refuse_edge_prior(const WhereUsed<EdgePrior, Use>& prior, const char* function, const char* argument) {
  if (prior.empty() || (prior.odds.array() == 1.0).all()) return;
  throw std::invalid_argument(subject(function, argument) +
                              " is about coefficients of edges, which only a LinearRate<Link> has; what another burst "
                              "rate depends on is up to the rate");
}

}  // namespace detail

/// Only inputs and some genes regulate: edges of all other genes are forbidden, those of these are as likely as
/// without a list. A gene's action on itself is an edge like any other: a gene that regulates nothing does not regulate
/// itself.
/// @param nodes inputs and genes; @param inputs how many of the nodes, the first ones, are inputs
/// @param regulators node numbers in any order; those of inputs change nothing
/// @throws std::invalid_argument where one is no node
template <class = CompiledWhereUsed>
[[nodiscard]] inline EdgePrior only_from(const std::vector<Index>& regulators, Index nodes, Index inputs = 1) {
  EdgePrior prior{Matrix::Zero(nodes, nodes)};
  prior.odds.leftCols(std::min(inputs, nodes)).setOnes();
  for (std::size_t k = 0; k < regulators.size(); ++k) {
    check_index("only_from", detail::element("regulators", static_cast<Index>(k)), regulators[k], nodes);
    prior.odds.col(regulators[k]).setOnes();
  }
  return prior;
}

}  // namespace cardamom
