#include <iostream>

#include <cardamom/cardamom.hpp>

int main() {
  // Counts, cells × nodes (a stimulus, then genes), simulated from a known network; with your own: read_panel(file).
  const cardamom::Model truth = cardamom::fn4();
  const cardamom::Protocol protocol{.time_points = {0, 6, 12, 24, 48, 96}, .cells_per_time_point = 100};
  const cardamom::Counts counts = cardamom::simulate(truth, protocol, {.seed = 1}, cardamom::Threads{}).counts;

  // From counts to a network; policies (estimator, burst rate, family, clusterer, executor …) follow in any order.
  // Degradation rates are not in the counts: here they are known, else the model returned has typical ones.
  const cardamom::DecayRates rates{truth.kinetics.mrna_decay, truth.kinetics.protein_decay};
  const cardamom::Inference inference = cardamom::infer(counts, {.rates = rates}, cardamom::Threads{});
  for (const auto& [source, target, weight] : inference.network().edges()) {
    std::cout << counts.names()[source] << " -> " << counts.names()[target] << '\t' << weight << '\n';
  }
  std::cout << "AUPR " << cardamom::aupr(cardamom::rank_edges(inference.scores, truth.network().edges())) << '\n';

  // The model that was fitted, ready to simulate.
  const cardamom::Counts again = cardamom::simulate(inference.model, protocol, {.seed = 2}).counts;
  std::cout << cardamom::marginal_wasserstein(counts.values(), again.values()).transpose() << '\n';
}
