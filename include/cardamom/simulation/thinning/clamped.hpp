/// @file
/// Proteins that the protocol clamps at a level, inputs among them.
#pragma once

#include <algorithm>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom::thinning {

struct Clamp {
  Index node;
  double level;
};
using ClampedLevels = std::vector<Clamp>;

template <class Use = CompiledWhereUsed>
inline bool is_clamped(const WhereUsed<ClampedLevels, Use>& clamped, Index node) {
  return std::any_of(clamped.begin(), clamped.end(), [node](const Clamp& c) { return c.node == node; });
}

}  // namespace cardamom::thinning
