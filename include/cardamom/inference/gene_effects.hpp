/// @file
/// What is done to the genes of a fit in the cells of one group of conditions.
#pragma once

#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/condition.hpp>
#include <cardamom/data/condition_groups.hpp>

namespace cardamom {

/// What is done to the genes that take part, in one group of conditions.
struct GeneEffects {
  Vector factor;  ///< A: kon ← factor · kon + extra; empty: nothing is done
  Vector extra;   ///< A [1/h], or empty

  [[nodiscard]] bool none() const noexcept { return factor.size() == 0; }
};

/// What a group of conditions does to genes.
/// @param active node numbers of the genes that take part
template <class = CompiledWhereUsed>
[[nodiscard]] inline GeneEffects effects_on(const std::vector<Index>& active, const ConditionGroup& group) {
  if (group.perturbations.empty()) return {};
  const auto size = static_cast<Index>(active.size());
  GeneEffects result{Vector::Ones(size), Vector::Zero(size)};
  for (Index a = 0; a < size; ++a) {
    if (const Perturbation* const p = group.of(active[static_cast<std::size_t>(a)])) {
      result.factor[a] = p->factor;
      result.extra[a] = p->extra;
    }
  }
  return result;
}

}  // namespace cardamom
