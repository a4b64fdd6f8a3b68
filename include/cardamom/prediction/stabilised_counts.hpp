/// @file
/// Counts on a scale where chance is the same for all.
#pragma once

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom::detail {

/// √(x + 3/8) of every count (Anscombe): variance about 1/4 of Poisson counts, whatever their mean.
/// @param counts cells × genes, >= 0
template <class Use = CompiledWhereUsed>
inline Matrix stabilised(const WhereUsed<Matrix, Use>& counts) {
  constexpr double anscombe = 0.375;
  return (counts.array() + anscombe).sqrt();
}

}  // namespace cardamom::detail
