/// @file
/// `Condition`: what was done to some of the cells of a table, by name.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/core/visible_text.hpp>
#include <cardamom/data/level_change.hpp>
#include <cardamom/data/perturbation.hpp>

namespace cardamom {

/// What was done to cells, the same to all of a condition: data say it of cells that were seen, a simulation does it.
struct Condition {
  std::string name;
  /// Of burst rates, throughout the life of the cells, each gene at most once; none: the wild type.
  std::vector<Perturbation> perturbations = {};
  /// Levels imposed on inputs and proteins, each from a time on. An input that is not here is as it is elsewhere: in
  /// data what the table's column says, in a simulation what the protocol says.
  std::vector<LevelChange> levels = {};

  friend bool operator==(const Condition&, const Condition&) = default;
};

namespace detail {

/// Throws std::invalid_argument naming `argument`: perturbations of the same gene, or of one whose protein is clamped,
/// contradict each other.
template <class = CompiledWhereUsed>
inline void check_no_contradiction(std::string_view function, const std::string& argument, const Condition& condition) {
  for (std::size_t p = 0; p < condition.perturbations.size(); ++p) {
    const Index gene = condition.perturbations[p].gene;
    const std::string place = element(argument + ".perturbations", static_cast<Index>(p)) + ".gene";
    for (std::size_t q = 0; q < p; ++q) {
      if (condition.perturbations[q].gene != gene) continue;
      throw std::invalid_argument(subject(function, place) + " is " + to_text(gene) + ", which " +
                                  element("perturbations", static_cast<Index>(q)) +
                                  " perturbs already: perturbations of one gene contradict each other, must be one");
    }
    for (std::size_t c = 0; c < condition.levels.size(); ++c) {
      if (condition.levels[c].node != gene) continue;
      throw std::invalid_argument(subject(function, place) + " is " + to_text(gene) + ", whose protein " +
                                  element("levels", static_cast<Index>(c)) +
                                  " clamps: the two contradict each other, must be one");
    }
  }
}

}  // namespace detail

/// Throws std::invalid_argument, std::domain_error naming the condition's field, its index and value: an unknown gene
/// or input, an input as perturbed gene, numbers out of range, and what contradicts itself.
/// @param argument what to call the condition, such as `conditions[2]`
/// @param nodes, inputs of the network
template <class = CompiledWhereUsed>
inline void validate(const Condition& condition, std::string_view function, const std::string& argument, Index nodes,
                     Index inputs) {
  if (condition.name.empty()) {
    throw std::invalid_argument(detail::subject(function, argument + ".name") + " is empty, must not be");
  }
  for (std::size_t p = 0; p < condition.perturbations.size(); ++p) {
    const Perturbation& perturbation = condition.perturbations[p];
    const std::string place = detail::element(argument + ".perturbations", static_cast<Index>(p));
    check_index(function, place + ".gene", perturbation.gene, nodes);
    check_at_least(function, place + ".gene", perturbation.gene, inputs);
    check_in(function, place + ".factor", perturbation.factor, 0.0, Perturbation::largest);
    check_in(function, place + ".extra", perturbation.extra, 0.0, Perturbation::largest);
  }
  for (std::size_t c = 0; c < condition.levels.size(); ++c) {
    const LevelChange& change = condition.levels[c];
    const std::string place = detail::element(argument + ".levels", static_cast<Index>(c));
    if (change.node != every_input) check_index(function, place + ".node", change.node, nodes);
    check_finite(function, place + ".time", change.time);
    check_finite(function, place + ".level", change.level);
    if (change.node < inputs) check_nonnegative(function, place + ".level", change.level);
  }
  detail::check_no_contradiction(function, argument, condition);
}

/// The same of several, whose names must differ.
template <class = CompiledWhereUsed>
inline void validate(const std::vector<Condition>& conditions, std::string_view function, const std::string& argument,
                     Index nodes, Index inputs) {
  for (std::size_t k = 0; k < conditions.size(); ++k) {
    const std::string place = detail::element(argument, static_cast<Index>(k));
    validate(conditions[k], function, place, nodes, inputs);
    for (std::size_t l = 0; l < k; ++l) {
      if (conditions[l].name != conditions[k].name) continue;
      throw std::invalid_argument(detail::subject(function, place + ".name") + " is \"" +
                                  visible_text(conditions[k].name) + "\", which " +
                                  detail::element(argument, static_cast<Index>(l)) + " is called, must be unique");
    }
  }
}

}  // namespace cardamom
