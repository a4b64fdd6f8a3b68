/// @file
/// Stability selection: how often an edge is found again when the cells are drawn anew.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <functional>
#include <type_traits>
#include <utility>
#include <vector>

#include <cardamom/core/error.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/core/progress.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/data/counts.hpp>

namespace cardamom {

struct StabilityOptions {
  Index resamples = 50;  ///< >= 1
  Index top = 0;         ///< an edge counts as found when among so many of the highest scores; 0: the number of genes
  std::uint64_t seed = 0;
};

inline void validate(const StabilityOptions& options) {
  check_at_least("StabilityOptions", "resamples", options.resamples, 1);
  check_at_least("StabilityOptions", "top", options.top, 0);
}

/// Draws the cells of each time point with replacement, infers, and counts.
/// @param scores_of `scores_of(counts)` returns G × G scores, e.g. `[](const Counts& c) { return infer(c).scores; }`;
/// called from several threads
/// @return G × G: share of the resamples in which each edge j → i, i ≠ j, is among the highest scores; edges that tie
/// with the last place are all left out, and edges without score never count
/// @throws std::invalid_argument on options; whatever `scores_of` throws; Cancelled (told of finished resamples)
template <class ScoresOf, Executor E = Sequential, Progress P = IgnoreProgress>
requires std::is_invocable_r_v<Matrix, const ScoresOf&, const Counts&> Matrix
stability(const Counts& counts, const ScoresOf& scores_of, const StabilityOptions& options = {}, const E& executor = {},
          P progress = {}) {
  validate(options);
  const Index genes = counts.genes();
  std::vector<std::vector<std::pair<Index, Index>>> found(static_cast<std::size_t>(options.resamples));
  detail::ProgressCounter<P> counter(progress, options.resamples);
  for_each_index(executor, options.resamples, [&](Index r) {
    RandomStream random(options.seed, Purpose::bootstrap, static_cast<std::uint64_t>(r));
    std::vector<Index> rows;
    rows.reserve(static_cast<std::size_t>(counts.cells()));
    for (Index k = 0; k < counts.time_points().size(); ++k) {
      const auto cells = counts.cells_at(k);
      for (std::size_t c = 0; c < cells.size(); ++c) {
        rows.push_back(cells[static_cast<std::size_t>(random.below(static_cast<Index>(cells.size())))]);
      }
    }
    const Matrix scores = scores_of(counts.select_cells(rows));
    check_shape("stability", "scores_of(counts)", scores, genes, genes);
    std::vector<double> entries;
    for (Index j = 0; j < genes; ++j) {
      for (Index i = 1; i < genes; ++i) {
        if (i != j) entries.push_back(scores(i, j));
      }
    }
    const auto top = static_cast<std::size_t>(options.top > 0 ? options.top : std::max<Index>(genes - 1, 1));
    double bar = 0.0;  // scores above it are among the highest
    if (entries.size() > top) {
      std::nth_element(entries.begin(), entries.begin() + static_cast<std::ptrdiff_t>(top), entries.end(),
                       std::greater<>());
      bar = std::max(0.0, entries[top]);
    }
    for (Index j = 0; j < genes; ++j) {
      for (Index i = 1; i < genes; ++i) {
        if (i != j && scores(i, j) > bar) found[static_cast<std::size_t>(r)].emplace_back(i, j);
      }
    }
    counter.add();
  });
  Matrix frequency = Matrix::Zero(genes, genes);
  for (const auto& edges : found) {
    for (const auto& [i, j] : edges) frequency(i, j) += 1.0;
  }
  return frequency / static_cast<double>(options.resamples);
}

}  // namespace cardamom
