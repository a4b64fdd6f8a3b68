/// @file
/// Bounds of linear forms that hold until the next burst of an activator.
#pragma once

#include <cstddef>
#include <vector>

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/simulation/thinning/gene_constants.hpp>
#include <cardamom/simulation/thinning/targets.hpp>

namespace cardamom::thinning {

/// What all cells share: whose argument a burst raises, and by how much at most.
struct LinearCeilings {
  template <LinkedBurstRate Rate>
  LinearCeilings(const Rate& rate, const GeneConstants& constants, Jump jump)
      : inputs(constants.inputs),
        raises(rate.interactions(), inputs, [](Index, Index, double weight) { return weight > 0.0; }),
        reach(Vector::Ones(rate.nodes())) {
    if (jump == Jump::mrna) reach = constants.peak;
    held_down.assign(static_cast<std::size_t>(nodes()), false);
    for (Index i = inputs; i < nodes(); ++i) {
      for (SparseMatrix::InnerIterator edge(rate.interactions(), i); edge; ++edge) {
        if (edge.value() < 0.0) held_down[static_cast<std::size_t>(i)] = true;
      }
    }
  }

  Index nodes() const noexcept { return reach.size(); }

  /// The largest argument of a gene over the whole future without bursts; O(regulators). In line: a call weighs on the
  /// loop of the engine.
  template <class Follower>
  [[gnu::always_inline]] double argument(const Follower& follower, Index gene) const {
    const auto& rate = follower.rate_function();
    double sum = rate.basal().coeff(gene);
    for (SparseMatrix::InnerIterator edge(rate.interactions(), gene); edge; ++edge) {
      sum += edge.value() * (edge.value() > 0.0 ? follower.ceiling(edge.col()) : follower.floor(edge.col()));
    }
    return sum;
  }

  Index inputs;
  Targets raises;               ///< activations only
  Vector reach;                 ///< most that a burst of size 1 adds to P
  std::vector<bool> held_down;  ///< genes with a regulator of negative weight
};

}  // namespace cardamom::thinning
