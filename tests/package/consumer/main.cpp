#include <iostream>

#include <cardamom/cardamom.hpp>

int main() {
  // Counts, cells × genes, simulated from a known network; with your own: cardamom::read_panel("counts.tsv").
  const cardamom::Model truth = cardamom::fn4();
  const cardamom::Experiment experiment{.time_points = {0, 6, 12, 24, 48, 96}, .cells_per_time_point = 100};
  const cardamom::Counts counts = cardamom::simulate(truth, experiment, /*seed=*/1, cardamom::Threads{}).counts;

  // From counts to a network; policies (clusterer, family, optimizer, executor …) follow in any order.
  const cardamom::Inference inference = cardamom::infer(counts, {}, cardamom::Threads{});
  for (const auto& [source, target, weight] : inference.network().edges()) {
    std::cout << counts.names()[source] << " -> " << counts.names()[target] << '\t' << weight << '\n';
  }
  std::cout << "AUPR " << cardamom::aupr(cardamom::rank_edges(inference.scores, truth.network.edges())) << '\n';

  // A model ready to simulate; degradation rates are not in the counts, here they are known.
  const cardamom::Model model = inference.model({truth.kinetics.mrna_decay, truth.kinetics.protein_decay});
  const cardamom::Counts again = cardamom::simulate(model, experiment, 2).counts;
  std::cout << cardamom::marginal_wasserstein(counts.values(), again.values()).transpose() << '\n';
}
