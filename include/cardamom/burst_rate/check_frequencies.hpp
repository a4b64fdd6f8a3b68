/// @file
/// What every burst rate between k0 and k1 asks of them.
#pragma once

#include <algorithm>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom {

/// At least one node, and 0 <= k0 <= k1 < ∞ for every gene.
/// @param function in whose name errors are thrown
/// @param frequency_min k0, @param frequency_max k1 [1/h], one per node, those of inputs ignored
/// @throws std::invalid_argument on sizes, std::domain_error on values
template <class Use = CompiledWhereUsed>
inline void check_frequencies(const char* function, const WhereUsed<VectorIn, Use>& frequency_min,
                              const WhereUsed<VectorIn, Use>& frequency_max, Index inputs) {
  const Index nodes = frequency_max.size();
  check_at_least(function, "inputs", inputs, 0);
  check_at_least(function, "frequency_max.size()", nodes, std::max<Index>(1, inputs));
  check_size(function, "frequency_min", frequency_min.size(), nodes);
  check_all_nonnegative(function, "frequency_min", frequency_min, inputs);
  check_all_finite(function, "frequency_max", frequency_max, inputs);
  for (Index i = inputs; i < nodes; ++i) {
    check_in(function, detail::element("frequency_min", i), frequency_min[i], 0.0, frequency_max[i]);
  }
}

}  // namespace cardamom
