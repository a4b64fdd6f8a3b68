/// @file
/// Levels at which the inputs of a network are held, where a function describes the network in constant conditions.
#pragma once

#include <string_view>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom {

/// The level of every input.
/// @param levels one per input, finite and >= 0; empty: every input is fully on, at level 1
/// @param inputs number of inputs
/// @param function, argument what the caller calls itself and `levels`, for messages
/// @returns length inputs
/// @throws std::invalid_argument on the size, std::domain_error on a level out of range
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline Vector input_levels(std::string_view function, std::string_view argument,
                                         const WhereUsed<VectorIn, Use>& levels, Index inputs) {
  if (levels.size() == 0) return Vector::Ones(inputs);
  check_size(function, argument, levels.size(), inputs);
  check_all_nonnegative(function, argument, levels);
  return levels;
}

}  // namespace cardamom
