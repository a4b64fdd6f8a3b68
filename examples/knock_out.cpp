// Knocks a gene out and looks at the rest of the network. With common random numbers (one clock and one random stream
// per gene) wild type and mutant are the same cells: whatever is not downstream of the knocked gene keeps its counts
// exactly, so that every difference seen is an effect and none is noise.
#include <cstdio>
#include <vector>

#include <cardamom/burst_rate/perturbed_rate.hpp>
#include <cardamom/model/named_networks.hpp>
#include <cardamom/simulation/population.hpp>

using cardamom::Index;

namespace {

/// Genes that `gene` acts on, at any number of steps, itself included.
std::vector<bool> downstream_of(Index gene, const cardamom::Network& network) {
  std::vector<bool> reached(static_cast<std::size_t>(network.nodes()));
  reached[static_cast<std::size_t>(gene)] = true;
  for (bool grew = true; grew;) {
    grew = false;
    for (const cardamom::Edge& edge : network.edges()) {
      const auto target = static_cast<std::size_t>(edge.target);
      if (reached[static_cast<std::size_t>(edge.source)] && !reached[target]) reached[target] = grew = true;
    }
  }
  return reached;
}

}  // namespace

int main() {
  const cardamom::Model model = cardamom::benchmark_tree(11, 4);  // ten genes
  const Index knocked = 1;
  const cardamom::Protocol protocol{.time_points = {0, 6, 12, 24, 48}, .cells_per_time_point = 200};
  const cardamom::SimulateOptions clocks{.seed = 1, .process = {.path = cardamom::Path::clocks}};
  const cardamom::BasicModel knock_out{model.kinetics, perturb(model.rate, {cardamom::knock_out(knocked)})};
  const cardamom::Counts wild = simulate(model, protocol, clocks).counts;
  const cardamom::Counts mutant = simulate(knock_out, protocol, clocks).counts;

  std::printf("Tree of ten genes, gene %ld knocked out; mean counts over all cells\n", static_cast<long>(knocked));
  std::printf("%6s %11s %10s %10s %15s\n", "gene", "downstream", "wild type", "knock-out", "cells changed");
  const std::vector<bool> downstream = downstream_of(knocked, model.network());
  bool as_promised = true;
  for (Index gene = model.inputs(); gene < model.nodes(); ++gene) {
    const auto before = wild.values().col(gene);
    const auto after = mutant.values().col(gene);
    const Index changed = (before.array() != after.array()).count();
    const bool reached = downstream[static_cast<std::size_t>(gene)];
    as_promised = as_promised && (reached || changed == 0);
    std::printf("%6ld %11s %10.2f %10.2f %15ld\n", static_cast<long>(gene), reached ? "yes" : "no", before.mean(),
                after.mean(), static_cast<long>(changed));
  }
  return as_promised ? 0 : 1;
}
