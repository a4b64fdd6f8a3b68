// An observation law of one's own: what an instrument makes of the molecules of a cell. The library's default counts
// all of them with Poisson noise; here a gene that has few is missed altogether in some cells, as in droplets.
#include <cmath>
#include <iostream>

#include <cardamom/model/named_networks.hpp>
#include <cardamom/simulation/population.hpp>

struct Dropout {
  double half = 10.0;  // a gene of so many molecules is missed in one cell out of two

  // One gene in one cell: `depth` is how deeply the cell was sequenced, 1 on average; all chance comes from `stream`.
  double observe(double molecules, double depth, cardamom::RandomStream& stream) const {
    const bool missed = stream.uniform() < std::exp2(-molecules / half);
    const auto count = static_cast<double>(stream.poisson(molecules * depth));
    return missed ? 0.0 : count;
  }
};
static_assert(cardamom::ObservationLaw<Dropout>);

int main() {
  const cardamom::Model model = cardamom::fn4();
  const cardamom::Protocol protocol{.time_points = {0, 24, 96}};
  const auto zeros = [](const cardamom::Population& population) {
    return (population.counts.values().rightCols(4).array() == 0.0).cast<double>().mean();
  };
  // The same cells seen by two instruments: what is observed draws from other streams than what happens.
  const double with = zeros(simulate(model, protocol, {.seed = 1}, Dropout{}));
  const double without = zeros(simulate(model, protocol, {.seed = 1}));
  std::cout << "zeros among the counts: " << 100.0 * without << " %, with dropout " << 100.0 * with << " %\n";
  return with > without + 0.02 ? 0 : 1;
}
