/// @file
/// Asking a burst rate at no more proteins than it looks at.
#pragma once

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom::thinning {

/// A rate that reads from a view, names what it looks at, or is a link of a linear form.
template <class Rate>
concept SelectiveBurstRate = LazyBurstRate<Rate> || SparseBurstRate<Rate> || LinkedBurstRate<Rate>;

/// @param proteins know `double protein(Index) const`, the level now
/// @param scratch of length nodes; where the rate names its regulators these become up to date, no others
template <SelectiveBurstRate Rate, class Proteins>
double selective_rate(const Rate& rate, Index gene, const Proteins& proteins, WhereUsed<Vector, Rate>& scratch) {
  if constexpr (LazyBurstRate<Rate>) {
    return rate(gene, detail::view_of(proteins, scratch.size()));
  } else if constexpr (!SparseBurstRate<Rate>) {
    double argument = rate.basal().coeff(gene);
    for (SparseMatrix::InnerIterator edge(rate.interactions(), gene); edge; ++edge) {
      argument += edge.value() * proteins.protein(edge.col());
    }
    return rate.link(gene, argument);
  } else {
    for (const auto regulator : rate.regulators(gene)) {
      const auto j = static_cast<Index>(regulator);
      scratch.coeffRef(j) = proteins.protein(j);
    }
    return rate(gene, scratch);
  }
}

}  // namespace cardamom::thinning
