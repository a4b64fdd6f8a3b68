/// @file
/// Random and regular networks for studies of inference: uniform random trees and cascades.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/model/network.hpp>

namespace cardamom {

/// What every edge and every gene of a generated network shares. Defaults: the trees of the published benchmark.
struct GeneratorOptions {
  double weight = 10.0;  ///< θ of every edge, finite and not 0
  double basal = -5.0;   ///< β of every gene, finite: off without its regulator
  Index inputs = 1;      ///< how many of the nodes, the first ones, are inputs, >= 0
};

/// Throws std::invalid_argument or std::domain_error on values out of range.
inline void validate(const GeneratorOptions& options) {
  check_at_least("GeneratorOptions", "inputs", options.inputs, 0);
  if (!(std::isfinite(options.weight) && options.weight != 0.0)) {
    detail::throw_domain("GeneratorOptions", "weight", options.weight, "finite and not 0");
  }
  check_finite("GeneratorOptions", "basal", options.basal);
}

/// The parents in a spanning forest of the complete graph whose trees are rooted in the first `roots` nodes, every such
/// forest with the same probability; of a single root these are the nodes^(nodes−2) spanning trees. Wilson's algorithm
/// (STOC 1996): loop-erased random walks from each node to the forest built so far.
/// @param roots at least 1 and at most nodes
/// @returns the parent of every node; entries of roots are 0
/// Expected cost O(nodes).
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline std::vector<Index> uniform_forest_parents(Index nodes, Index roots,
                                                               WhereUsed<RandomStream, Use>& stream) {
  std::vector<Index> parent(static_cast<std::size_t>(nodes), 0);
  std::vector<bool> in_forest(static_cast<std::size_t>(nodes), false);
  std::fill_n(in_forest.begin(), roots, true);
  for (Index start = roots; start < nodes; ++start) {
    // Keeping only the last exit of every visited node erases the loops of the walk.
    for (Index node = start; !in_forest[static_cast<std::size_t>(node)];) {
      const Index step = stream.below(nodes - 1);
      const Index next = step < node ? step : step + 1;
      parent[static_cast<std::size_t>(node)] = next;
      node = next;
    }
    for (Index node = start; !in_forest[static_cast<std::size_t>(node)];
         node = parent[static_cast<std::size_t>(node)]) {
      in_forest[static_cast<std::size_t>(node)] = true;
    }
  }
  return parent;
}

/// A tree drawn uniformly among all spanning trees of input and genes, its edges pointing away from the input. With
/// several inputs a spanning forest, uniform among those with one tree per input; without inputs a tree rooted in the
/// first gene.
/// @param nodes inputs and genes, at least as many as inputs and at least 1
/// @param seed the tree is a function of (nodes, options.inputs, seed)
/// @throws std::invalid_argument, std::domain_error on wrong options
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline Network random_tree(Index nodes, std::uint64_t seed,
                                         const WhereUsed<GeneratorOptions, Use>& options = {}) {
  validate(options);
  const Index roots = std::max<Index>(1, options.inputs);
  check_at_least("random_tree", "nodes", nodes, roots);
  RandomStream stream(seed, Purpose::network);
  const std::vector<Index> parent = uniform_forest_parents(nodes, roots, stream);
  std::vector<Edge> edges;
  edges.reserve(parent.size());
  for (Index gene = roots; gene < nodes; ++gene) {
    edges.push_back({parent[static_cast<std::size_t>(gene)], gene, options.weight});
  }
  return {Vector::Constant(nodes, options.basal), edges, {}, options.inputs};
}

/// The chain input → first gene → second gene → …; several inputs all act on the first gene.
/// @param nodes inputs and genes, at least as many as inputs and at least 1
/// @throws std::invalid_argument, std::domain_error on wrong options
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline Network cascade(Index nodes, const WhereUsed<GeneratorOptions, Use>& options = {}) {
  validate(options);
  check_at_least("cascade", "nodes", nodes, std::max<Index>(1, options.inputs));
  std::vector<Edge> edges;
  if (nodes > options.inputs) {
    for (Index input = 0; input < options.inputs; ++input) edges.push_back({input, options.inputs, options.weight});
  }
  for (Index gene = options.inputs + 1; gene < nodes; ++gene) edges.push_back({gene - 1, gene, options.weight});
  return {Vector::Constant(nodes, options.basal), edges, {}, options.inputs};
}

}  // namespace cardamom
