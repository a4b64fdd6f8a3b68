/// @file
/// What tells the type of a cell from its counts: the concept `CellClassifier`.
#pragma once

#include <concepts>
#include <string>
#include <type_traits>
#include <vector>

#include <cardamom/core/types.hpp>

namespace cardamom {

/// | expression | type | meaning |
/// | --- | --- | --- |
/// | `classifier.types()` | `Index` | number of types, >= 1 |
/// | `classifier.classify(counts)` | `Index` | the type, in [0, types()), of a cell with these counts, one per node, inputs first |
///
/// and, where the classifier has them,
///
/// | expression | type | meaning |
/// | --- | --- | --- |
/// | `classifier.names()` | `std::vector<std::string>` | of the types; "1", "2", … where it has none |
///
/// Duties no compiler checks: the answer depends on the counts alone, and cells may be classified in several threads at
/// once. Counts are those of the data and of cells simulated under the same observation law: a classifier that was
/// fitted to counts of one depth is of no use for those of another. Models: `NearestCentre`, `MultinomialLogistic`.
template <class C>
concept CellClassifier = std::copy_constructible<C> && requires(const C& classifier, const VectorIn& counts) {
  { classifier.types() } -> std::convertible_to<Index>;
  { classifier.classify(counts) } -> std::convertible_to<Index>;
};

/// The names of a classifier's types, "1", "2", … where it has none.
template <CellClassifier Classifier>
[[nodiscard]] std::vector<std::string> type_names(const Classifier& classifier) {
  if constexpr (requires {
                  { classifier.names() } -> std::convertible_to<std::vector<std::string>>;
                }) {
    return classifier.names();
  } else {
    std::vector<std::string> names;
    for (Index z = 0; z < static_cast<Index>(classifier.types()); ++z) names.push_back(std::to_string(z + 1));
    return names;
  }
}

}  // namespace cardamom
