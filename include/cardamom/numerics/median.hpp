/// @file
/// The median.
#pragma once

#include <algorithm>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom {

/// The middle one of values in order, of an even number the mean of the middle two. At least one value, none of them
/// NaN. Cost O(size).
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline double median(WhereUsed<Vector, Use> values) {
  const auto middle = values.begin() + values.size() / 2;
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return 0.5 * (*middle + *std::max_element(values.begin(), middle));
}

}  // namespace cardamom
