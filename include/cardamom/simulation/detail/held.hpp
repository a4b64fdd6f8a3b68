/// @file
/// Proteins held at a level by the experiment, the stimulus among them.
#pragma once

#include <algorithm>
#include <vector>

#include <cardamom/core/types.hpp>

namespace cardamom::detail {

struct Held {
  Index gene;
  double level;
};
using HeldLevels = std::vector<Held>;

inline bool is_held(const HeldLevels& held, Index gene) {
  return std::any_of(held.begin(), held.end(), [gene](const Held& h) { return h.gene == gene; });
}

}  // namespace cardamom::detail
