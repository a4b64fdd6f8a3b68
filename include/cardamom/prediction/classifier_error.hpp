/// @file
/// The error of a classifier on cells that it was not fitted to, by cross-validation.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/prediction/cell_classifier.hpp>
#include <cardamom/prediction/cell_types.hpp>

namespace cardamom {

/// Settings of `classifier_error`.
struct CrossValidationOptions {
  Index folds = 10;        ///< >= 2, at most as many as there are cells
  std::uint64_t seed = 1;  ///< of the folds
};

/// What `classifier_error` found.
struct ClassifierError {
  double share = 0.0;           ///< of the cells, those of another type than the classifier says
  double standard_error = 0.0;  ///< of this share, from the number of cells
  Matrix confusion;             ///< types × types: cells by their type and by what the classifier says
};

namespace detail {

/// The fold of every cell: cells of a type are spread over the folds as evenly as can be.
template <class = CompiledWhereUsed>
inline std::vector<Index> draw_folds(const CellTypes& types, const CrossValidationOptions& options) {
  RandomStream random(options.seed, Purpose::folds);
  std::vector<Index> fold(types.of_cell.size());
  Index next = 0;
  for (Index z = 0; z < types.count(); ++z) {
    std::vector<std::size_t> cells;
    for (std::size_t cell = 0; cell < fold.size(); ++cell) {
      if (types.of_cell[cell] == z) cells.push_back(cell);
    }
    for (std::size_t c = cells.size(); c > 1; --c) {
      std::swap(cells[c - 1], cells[static_cast<std::size_t>(random.below(static_cast<Index>(c)))]);
    }
    for (const std::size_t cell : cells) fold[cell] = next++ % options.folds;
  }
  return fold;
}

}  // namespace detail

/// Holds every cell out once, in one of the folds, and classifies it by what was fitted to the cells of the others.
///
///     classifier_error(counts, types, [](const Counts& c, const CellTypes& t) { return fit_logistic(c, t); })
///
/// @param fit makes a classifier of cells and their types; of a type that the other folds lack there are none
/// @throws std::invalid_argument on sizes and counts; what `fit` throws
/// Cost of `folds` fits.
template <class Fit>
requires CellClassifier<std::invoke_result_t<const Fit&, const Counts&, const CellTypes&>>
[[nodiscard]] ClassifierError classifier_error(const Counts& counts, const CellTypes& types, const Fit& fit,
                                               const CrossValidationOptions& options = {}) {
  const char* const function = "classifier_error";
  validate(types, counts.cells());
  check_at_least(function, "options.folds", options.folds, 2);
  check_at_least(function, "counts.cells()", counts.cells(), options.folds);
  const std::vector<Index> fold = detail::draw_folds(types, options);
  ClassifierError result;
  result.confusion = Matrix::Zero(types.count(), types.count());
  for (Index held_out = 0; held_out < options.folds; ++held_out) {
    std::vector<Index> rows;
    CellTypes rest{types.names, {}};
    for (std::size_t cell = 0; cell < fold.size(); ++cell) {
      if (fold[cell] == held_out) continue;
      rows.push_back(static_cast<Index>(cell));
      rest.of_cell.push_back(types.of_cell[cell]);
    }
    const auto classifier = fit(counts.select_cells(rows), rest);
    for (std::size_t cell = 0; cell < fold.size(); ++cell) {
      if (fold[cell] != held_out) continue;
      const auto said =
          static_cast<Index>(classifier.classify(counts.values().row(static_cast<Index>(cell)).transpose()));
      check_index(function, "classifier.classify(counts)", said, types.count());
      result.confusion(types.of_cell[cell], said) += 1.0;
    }
  }
  const auto cells = static_cast<double>(counts.cells());
  result.share = 1.0 - result.confusion.trace() / cells;
  result.standard_error = std::sqrt(result.share * (1.0 - result.share) / cells);
  return result;
}

}  // namespace cardamom
