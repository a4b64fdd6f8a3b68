// Networks that several benchmarks share.
#pragma once

#include <set>
#include <vector>

#include <cardamom/core/random.hpp>
#include <cardamom/model/model.hpp>
#include <cardamom/model/named_networks.hpp>

namespace workloads {

// Two regulators per gene, activators and repressors alike, some of them the stimulus.
inline cardamom::Model sparse(cardamom::Index nodes) {
  using cardamom::Index;
  cardamom::RandomStream stream(2, cardamom::Purpose::network);
  std::vector<cardamom::Edge> edges;
  for (Index target = 1; target < nodes; ++target) {
    const Index first = stream.below(nodes);
    Index second = stream.below(nodes);
    if (second == first) second = (first + 1) % nodes;
    edges.push_back({first, target, stream.uniform() < 0.5 ? 10.0 : -10.0});
    edges.push_back({second, target, 10.0});
    if (stream.uniform() < 0.05 && first != 0 && second != 0) edges.push_back({0, target, 10.0});
  }
  return make_model(cardamom::tree_kinetics(nodes),
                    cardamom::Network(cardamom::Vector(cardamom::Vector::Constant(nodes, -5.0)), edges));
}

// As many genes as an organism has, ten regulators each.
inline cardamom::Model genome(cardamom::Index nodes) {
  using cardamom::Index;
  cardamom::RandomStream stream(2, cardamom::Purpose::network);
  std::vector<cardamom::Edge> edges;
  for (Index target = 1; target < nodes; ++target) {
    std::set<Index> regulators;
    while (regulators.size() < 10) regulators.insert(stream.below(nodes));
    for (const Index source : regulators) edges.push_back({source, target, stream.uniform() < 0.5 ? 10.0 : -10.0});
  }
  return make_model(cardamom::tree_kinetics(nodes),
                    cardamom::Network(cardamom::Vector(cardamom::Vector::Constant(nodes, -5.0)), edges));
}

}  // namespace workloads
