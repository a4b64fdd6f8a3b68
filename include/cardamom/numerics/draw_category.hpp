/// @file
/// A draw from a finite set by its weights.
#pragma once

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom {

/// The category a number between 0 and the sum of the weights falls into, never one of weight 0.
/// @param weights at least one, >= 0, not all 0
/// @param position uniform on (0, Σ weights]; a sum that rounding made smaller than the position does no harm
/// O(weights).
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline Index draw_category(const WhereUsed<VectorIn, Use>& weights, double position) {
  Index category = 0;
  for (; category + 1 < weights.size(); ++category) {
    position -= weights[category];
    if (position <= 0.0) break;
  }
  while (weights[category] == 0.0) --category;
  return category;
}

}  // namespace cardamom
