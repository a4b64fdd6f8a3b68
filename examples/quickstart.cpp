// The whole idea in one program: simulate cells of a known network, infer the network from their counts, score it, and
// simulate what was inferred to see whether it reproduces the data.
#include <algorithm>
#include <cstdint>
#include <iomanip>
#include <iostream>
#include <string>
#include <vector>

#include <cardamom/cardamom.hpp>

using cardamom::Index;
using cardamom::Matrix;
using cardamom::Vector;

namespace {

// Rows of the cells taken at one time point.
Matrix snapshot(const cardamom::Counts& counts, Index time_point) {
  const auto cells = counts.cells_at(time_point);
  Matrix rows(static_cast<Index>(cells.size()), counts.nodes());
  for (std::size_t i = 0; i < cells.size(); ++i) rows.row(static_cast<Index>(i)) = counts.values().row(cells[i]);
  return rows;
}

void print_strongest_edges(const cardamom::Inference<>& inference, const cardamom::Network& truth) {
  std::vector<cardamom::Edge> edges = inference.network().edges();
  std::erase_if(edges, [](const cardamom::Edge& edge) { return edge.source == edge.target; });
  std::stable_sort(edges.begin(), edges.end(), [&](const cardamom::Edge& a, const cardamom::Edge& b) {
    return inference.scores(a.target, a.source) > inference.scores(b.target, b.source);
  });
  std::cout << "\nStrongest edges (refined, seed 1)      inferred weight   true weight\n";
  for (std::size_t i = 0; i < std::min<std::size_t>(edges.size(), 10); ++i) {
    const auto& [source, target, weight] = edges[i];
    const double true_weight = truth.weight(target, source);
    std::cout << "  " << std::setw(9) << inference.names[static_cast<std::size_t>(source)]
              << (weight > 0 ? " -> " : " -| ") << std::left << std::setw(9)
              << inference.names[static_cast<std::size_t>(target)] << std::right << std::setw(29) << weight
              << std::setw(14);
    if (true_weight != 0.0) {
      std::cout << true_weight << '\n';
    } else {
      std::cout << "none" << '\n';
    }
  }
}

void print_comparison(const cardamom::Counts& data, const cardamom::Counts& inferred, const cardamom::Counts& twin) {
  std::cout
      << "\nDoes the inferred network reproduce the data? Wasserstein distance between counts per gene [molecules]\n"
         "                       data - simulation of the      data - independent simulation\n"
         "  time [h]   gene      inferred network              of the true network\n";
  for (const Index k : {Index{0}, data.time_points().size() - 1}) {
    const Vector distance = cardamom::marginal_wasserstein(snapshot(data, k), snapshot(inferred, k));
    const Vector floor = cardamom::marginal_wasserstein(snapshot(data, k), snapshot(twin, k));
    for (Index gene = data.inputs(); gene < data.nodes(); ++gene) {
      std::cout << std::setw(10) << data.time_points()[k] << std::setw(7)
                << data.names()[static_cast<std::size_t>(gene)] << std::setw(22) << distance[gene] << std::setw(30)
                << floor[gene] << '\n';
    }
  }
}

struct Scores {
  double aupr, average_precision, auroc, early_precision;
  cardamom::SignAccuracy signs;
};

Scores score(const cardamom::Inference<>& inference, const cardamom::Network& truth) {
  const auto ranking = cardamom::rank_edges(inference.scores, truth.edges());
  return {aupr(ranking), average_precision(ranking), auroc(ranking), early_precision(ranking),
          cardamom::sign_accuracy(Matrix(inference.interactions()), Matrix(truth.interactions()))};
}

void print_scores(const std::string& label, const Scores& scores) {
  std::cout << "  " << std::left << std::setw(16) << label << std::right << std::setw(6) << scores.aupr << std::setw(8)
            << scores.average_precision << std::setw(8) << scores.auroc << std::setw(12) << scores.early_precision
            << std::setw(13) << scores.signs.right << " of " << scores.signs.edges() << '\n';
}

}  // namespace

int main() {
  const auto [name, truth, time_points, cells, burn_in] = cardamom::named_experiment("fn4");
  cardamom::Protocol protocol;
  protocol.time_points.assign(time_points.begin(), time_points.end());
  protocol.cells_per_time_point = cells;
  protocol.burn_in = burn_in;
  const cardamom::Threads threads;

  std::cout << std::fixed << std::setprecision(2) << "Network FN4 (" << truth.genes() << " genes and a stimulus), "
            << time_points.size() << " time points, " << cells << " cells each\n\n"
            << "  The paper's method, from counts alone\n"
            << "  data set          AUPR      AP   AUROC   precision   right signs\n";

  constexpr int seeds = 5;
  double mean_aupr = 0.0;
  cardamom::Counts data;  // of the first seed
  for (int seed = 1; seed <= seeds; ++seed) {
    const auto counts = simulate(truth, protocol, {.seed = static_cast<std::uint64_t>(seed)}, threads).counts;
    const Scores scores = score(infer(counts, {}, threads), truth.network());
    mean_aupr += scores.aupr / seeds;
    print_scores("seed " + std::to_string(seed), scores);
    if (seed == 1) data = counts;
  }
  std::cout << "  mean AUPR " << mean_aupr << '\n';

  // Where degradation rates are known (counts do not determine them), simulating what was inferred and comparing it
  // with the data corrects the network and puts its weights on their scale.
  const cardamom::DecayRates rates{truth.kinetics.mrna_decay, truth.kinetics.protein_decay};
  const auto refined = infer(data, {.rates = rates}, cardamom::SimulatedMoments{}, threads);
  std::cout << "\n  With degradation rates, refined by simulation\n";
  print_scores("seed 1", score(refined, truth.network()));
  print_strongest_edges(refined, truth.network());

  print_comparison(data, simulate(refined.model, protocol, {.seed = 1001}, threads).counts,
                   simulate(truth, protocol, {.seed = 1002}, threads).counts);
}
