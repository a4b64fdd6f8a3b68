// A burst rate of one's own: Hill functions with AND logic. Two genes that the stimulus switches on at different speeds
// both have to be present before a third is expressed. The struct below is all the library asks for.
#include <cmath>
#include <iomanip>
#include <iostream>

#include <cardamom/cardamom.hpp>

using cardamom::Index;

// kon of genes 1 and 2: a Hill function of the stimulus; of gene 3: the product of two Hill functions.
struct AndGate {
  double k1 = 2.0;    // largest burst frequency [1/h]
  double half = 0.5;  // protein level of half activation
  double n = 4.0;     // Hill coefficient

  Index nodes() const { return 4; }  // the stimulus and three genes
  // `const auto&`: the simulator computes the proteins that are read here, and no others.
  double operator()(Index gene, const auto& protein) const {
    return gene == 3 ? k1 * hill(protein[1]) * hill(protein[2]) : k1 * hill(protein[0]);
  }
  double bound(Index) const { return k1; }  // never exceeded: exact simulation needs no more

 private:
  double hill(double p) const { return std::pow(p, n) / (std::pow(half, n) + std::pow(p, n)); }
};
static_assert(cardamom::BoundedBurstRate<AndGate> && cardamom::LazyBurstRate<AndGate>);

int main() {
  // d0 = 1 /h, d1 = 0.2 /h, bursts of 50 molecules, k0 = 0, k1 = 2 /h; the protein of gene 2 is four times slower.
  auto kinetics = cardamom::Kinetics::uniform(4, 1.0, 0.2, 0.02, 0.0, 2.0);
  kinetics.protein_decay[2] = 0.05;
  kinetics.scale_proteins();

  cardamom::Protocol protocol;
  protocol.time_points = {0, 2, 5, 10, 20, 40, 80};
  protocol.cells_per_time_point = 500;
  const auto population = simulate(cardamom::BasicModel{kinetics, AndGate{}}, protocol,
                                   {.seed = 1, .keep_latent = true}, cardamom::Threads{});

  std::cout << "mean protein level of 500 cells (gene 3 = gene 1 AND gene 2)\n  time [h]   gene 1   gene 2   gene 3\n"
            << std::fixed << std::setprecision(3);
  const auto& counts = population.counts;
  for (Index k = 0; k < counts.time_points().size(); ++k) {
    std::cout << std::setw(10) << counts.time_points()[k];
    for (Index gene = counts.inputs(); gene < counts.nodes(); ++gene) {
      double sum = 0.0;
      for (const Index cell : counts.cells_at(k)) sum += population.protein(cell, gene);
      std::cout << std::setw(9) << sum / 500.0;
    }
    std::cout << '\n';
  }
}
