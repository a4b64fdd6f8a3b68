/// @file
/// Proteins that the protocol clamps at a level, inputs among them.
#pragma once

#include <algorithm>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom::thinning {

/// A node that is held at a level.
struct Clamp {
  Index node;
  double level;
};
/// The nodes that are held, and at which levels.
using ClampedLevels = std::vector<Clamp>;

/// Whether the node is held.
template <class Use = CompiledWhereUsed>
inline bool is_clamped(const WhereUsed<ClampedLevels, Use>& clamped, Index node) {
  return std::any_of(clamped.begin(), clamped.end(), [node](const Clamp& c) { return c.node == node; });
}

}  // namespace cardamom::thinning
