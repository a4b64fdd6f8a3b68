/// @file
/// What proposals of thinning have in common: a candidate, constant bounds, a pick in proportion to bounds.
#pragma once

#include <cmath>
#include <limits>

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/random.hpp>

namespace cardamom::thinning {

/// A time that does not come.
inline constexpr double never = std::numeric_limits<double>::infinity();

/// A candidate: it bursts if the gene's rate is at least `level`.
struct Candidate {
  Index gene;
  double level;  ///< uniform on (0, bound of the gene]
};

/// Throws NumericalError: the bound of a gene is no finite number >= 0.
[[noreturn]] inline void throw_bad_bound(Index gene, double bound) {
  throw NumericalError("rate.bound(" + detail::to_text(gene) + ") is " + detail::to_text(bound) +
                       ", must be finite and >= 0");
}

/// `rate.bound(gene)` of all genes, checked; 0 for inputs.
template <ConstantBoundBurstRate Rate>
Vector constant_bounds(const Rate& rate, Index inputs) {
  WhereUsed<Vector, Rate> bound = Vector::Zero(rate.nodes());
  for (Index i = inputs; i < bound.size(); ++i) {
    bound[i] = rate.bound(i);
    if (!(std::isfinite(bound[i]) && bound[i] >= 0.0)) throw_bad_bound(i, bound[i]);
  }
  return bound;
}

/// A gene in proportion to its bound, O(nodes).
template <class Use = CompiledWhereUsed>
inline Candidate pick_linearly(const WhereUsed<Vector, Use>& bound, double total,
                               WhereUsed<RandomStream, Use>& stream) {
  double u = stream.uniform() * total;
  Index last = 0;
  for (Index i = 0; i < bound.size(); ++i) {
    if (bound[i] == 0.0) continue;  // inputs among them
    last = i;
    u -= bound[i];
    if (u <= 0.0) break;
  }
  return {last, stream.uniform() * bound[last]};
}

}  // namespace cardamom::thinning
