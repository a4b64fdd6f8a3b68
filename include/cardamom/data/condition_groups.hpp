/// @file
/// The cells of a table by what was done to them: conditions that are the same but for their names are one.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/core/visible_text.hpp>
#include <cardamom/data/condition.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/data/mean_input_levels.hpp>

namespace cardamom {

/// Cells to which the same was done.
struct ConditionGroup {
  std::vector<Perturbation> perturbations;  ///< by gene; those that change nothing are left out
  std::vector<Index> cells;                 ///< rows of the table, in its order
  std::vector<Index> conditions;            ///< numbers of the conditions that are one here; empty of a table without

  /// What is done to a gene, or nothing.
  [[nodiscard]] const Perturbation* of(Index gene) const {
    for (const Perturbation& p : perturbations) {
      if (p.gene == gene) return &p;
    }
    return nullptr;
  }
};

/// Throws std::invalid_argument, naming `function`, where the cells of a table are of conditions.
template <class = CompiledWhereUsed>
inline void refuse_conditions(std::string_view function, const Counts& counts) {
  if (counts.conditions().empty()) return;
  throw std::invalid_argument(std::string(function) + ": counts has conditions, the first called \"" +
                              visible_text(counts.conditions()[0].name) +
                              "\", which cannot be told apart here: take the cells of one, counts.of_condition(k)");
}

/// The groups of a table, in an order that depends neither on that of its conditions nor on their names: the wild type
/// first. Conditions are one group where the same genes are perturbed in the same way and inputs have the same mean
/// levels at every time point. A table without conditions is one group.
/// @throws std::invalid_argument, naming `function`, on a condition without cells at a time point (cells may have been
/// left out), and on a clamped protein, which is for simulations
/// Cost O(cells · (conditions + inputs)).
template <class = CompiledWhereUsed>
[[nodiscard]] inline std::vector<ConditionGroup> condition_groups(std::string_view function, const Counts& counts) {
  const std::vector<Condition>& conditions = counts.conditions();
  if (conditions.empty()) {
    ConditionGroup all;
    for (Index cell = 0; cell < counts.cells(); ++cell) all.cells.push_back(cell);
    return {std::move(all)};
  }
  counts.check_condition_times(function);
  // Numbers that two conditions have in common exactly where the same was done: perturbations, then levels of inputs.
  using Key = std::pair<std::vector<double>, std::vector<double>>;
  std::map<Key, ConditionGroup> groups;
  std::vector<ConditionGroup*> of_condition;
  for (std::size_t c = 0; c < conditions.size(); ++c) {
    for (std::size_t l = 0; l < conditions[c].levels.size(); ++l) {
      if (conditions[c].levels[l].node < counts.inputs()) continue;
      throw std::invalid_argument(
          detail::subject(function, detail::element("conditions", static_cast<Index>(c))) + "." +
          detail::element("levels", static_cast<Index>(l)) +
          " clamps a protein, must be of an input: clamped proteins can be simulated, but not be inferred from");
    }
    ConditionGroup group;
    for (const Perturbation& p : conditions[c].perturbations) {
      if (p.factor != 1.0 || p.extra != 0.0) group.perturbations.push_back(p);
    }
    std::sort(group.perturbations.begin(), group.perturbations.end(),
              [](const Perturbation& a, const Perturbation& b) { return a.gene < b.gene; });
    Key key;
    for (const Perturbation& p : group.perturbations) {
      key.first.insert(key.first.end(), {static_cast<double>(p.gene), p.factor, p.extra});
    }
    const Matrix levels = mean_input_levels(counts.of_condition(static_cast<Index>(c)), counts);
    key.second.assign(levels.data(), levels.data() + levels.size());
    ConditionGroup& same = groups.try_emplace(std::move(key), std::move(group)).first->second;
    same.conditions.push_back(static_cast<Index>(c));
    of_condition.push_back(&same);
  }
  for (Index cell = 0; cell < counts.cells(); ++cell) {
    const Index condition = counts.condition_of_cell()[static_cast<std::size_t>(cell)];
    of_condition[static_cast<std::size_t>(condition)]->cells.push_back(cell);
  }
  std::vector<ConditionGroup> result;
  for (auto& [key, group] : groups) result.push_back(std::move(group));
  return result;
}

}  // namespace cardamom
