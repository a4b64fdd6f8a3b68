/// @file
/// Edges by source: whom a burst of a gene concerns.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom::thinning {

/// A gene acted on, and the weight of the action (1 where the rate knows none).
struct Target {
  Index gene;
  double weight;
};

/// For every node, the genes it acts on.
class Targets {
 public:
  /// From θ(target, source), edges to genes for which `keep(target, source, weight)` holds.
  template <class Keep>
  Targets(const SparseMatrix& interactions, Index inputs, Keep&& keep) {
    collect(interactions.cols(), [&](auto&& edge) {
      for (Index i = inputs; i < interactions.rows(); ++i) {
        for (SparseMatrix::InnerIterator it(interactions, i); it; ++it) {
          if (keep(i, it.col(), it.value())) edge(it.col(), i, it.value());
        }
      }
    });
  }

  /// From `rate.regulators(gene)`.
  template <SparseBurstRate Rate>
  static Targets of(const Rate& rate, Index inputs) {
    Targets targets;
    targets.collect(rate.nodes(), [&](auto&& edge) {
      for (Index i = inputs; i < rate.nodes(); ++i) {
        for (const auto j : rate.regulators(i)) edge(static_cast<Index>(j), i, 1.0);
      }
    });
    return targets;
  }

  std::span<const Target> from(Index source) const {
    const std::size_t first = first_[static_cast<std::size_t>(source)];
    return {targets_.data() + first, first_[static_cast<std::size_t>(source) + 1] - first};
  }

  /// Number of edges.
  std::size_t size() const noexcept { return targets_.size(); }

 private:
  Targets() = default;

  /// Counting sort by source; `edges` calls its argument with (source, target, weight), the same each time.
  template <class Edges>
  void collect(Index nodes, Edges&& edges) {
    first_.assign(static_cast<std::size_t>(nodes) + 1, 0);
    edges([&](Index source, Index, double) { ++first_[static_cast<std::size_t>(source) + 1]; });
    for (std::size_t j = 1; j < first_.size(); ++j) first_[j] += first_[j - 1];
    targets_.resize(first_.back());
    std::vector<std::size_t> next(first_.begin(), first_.end() - 1);
    edges([&](Index source, Index target, double weight) {
      targets_[next[static_cast<std::size_t>(source)]++] = {target, weight};
    });
  }

  std::vector<std::size_t> first_;
  std::vector<Target> targets_;
};

}  // namespace cardamom::thinning
