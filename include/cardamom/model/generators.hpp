/// @file
/// Random and regular networks for studies of inference: uniform random trees and cascades.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <cardamom/core/error.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/model/network.hpp>

namespace cardamom {

/// What every edge and every gene of a generated network shares. Defaults: the trees of the published benchmark.
struct GeneratorOptions {
  double weight = 10.0;  ///< θ of every edge, finite and not 0
  double basal = -5.0;   ///< β of every gene, finite: off without its regulator
};

/// Throws std::domain_error on values out of range.
inline void validate(const GeneratorOptions& options) {
  if (!(std::isfinite(options.weight) && options.weight != 0.0)) {
    detail::throw_domain("GeneratorOptions", "weight", options.weight, "finite and not 0");
  }
  check_finite("GeneratorOptions", "basal", options.basal);
}

namespace detail {

/// The parent of every node 1…nodes−1 in a spanning tree of the complete graph rooted in node 0, each of the
/// nodes^(nodes−2) trees with the same probability: Wilson's algorithm (STOC 1996), loop-erased random walks from each
/// node to the tree built so far. Entry 0 is 0. Expected cost O(nodes).
inline std::vector<Index> uniform_tree_parents(Index nodes, RandomStream& stream) {
  std::vector<Index> parent(static_cast<std::size_t>(nodes), 0);
  std::vector<bool> in_tree(static_cast<std::size_t>(nodes), false);
  in_tree[0] = true;
  for (Index start = 1; start < nodes; ++start) {
    // Keeping only the last exit of every visited node erases the loops of the walk.
    for (Index node = start; !in_tree[static_cast<std::size_t>(node)];) {
      const Index step = stream.below(nodes - 1);
      const Index next = step < node ? step : step + 1;
      parent[static_cast<std::size_t>(node)] = next;
      node = next;
    }
    for (Index node = start; !in_tree[static_cast<std::size_t>(node)]; node = parent[static_cast<std::size_t>(node)]) {
      in_tree[static_cast<std::size_t>(node)] = true;
    }
  }
  return parent;
}

}  // namespace detail

/// A tree drawn uniformly among all spanning trees of stimulus and genes, its edges pointing away from the stimulus.
/// @param genes G, the stimulus included (>= 1)
/// @param seed the tree is a function of (genes, seed)
/// @throws std::invalid_argument, std::domain_error on wrong options
inline Network random_tree(Index genes, std::uint64_t seed, const GeneratorOptions& options = {}) {
  check_at_least("random_tree", "genes", genes, 1);
  validate(options);
  RandomStream stream(seed, Purpose::network);
  const std::vector<Index> parent = detail::uniform_tree_parents(genes, stream);
  std::vector<Edge> edges;
  edges.reserve(parent.size());
  for (Index gene = 1; gene < genes; ++gene) {
    edges.push_back({parent[static_cast<std::size_t>(gene)], gene, options.weight});
  }
  return {Vector::Constant(genes, options.basal), edges};
}

/// The chain 0 → 1 → 2 → … → G−1.
/// @param genes G, the stimulus included (>= 1)
/// @throws std::invalid_argument, std::domain_error on wrong options
inline Network cascade(Index genes, const GeneratorOptions& options = {}) {
  check_at_least("cascade", "genes", genes, 1);
  validate(options);
  std::vector<Edge> edges;
  for (Index gene = 1; gene < genes; ++gene) edges.push_back({gene - 1, gene, options.weight});
  return {Vector::Constant(genes, options.basal), edges};
}

}  // namespace cardamom
