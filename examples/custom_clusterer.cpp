// A clusterer of one's own: what decides how many levels of activity a gene has, and at which one every cell is. This
// one cuts at a threshold that the user knows, from controls say. It asks nothing of the law of the counts but a fit,
// so it works with any mixture family. `infer(counts, {}, Threshold{})` takes it in place of `Binarize`, and so does
// every verb that starts from counts.
#include <cstddef>
#include <iostream>

#include <cardamom/clustering/cluster.hpp>
#include <cardamom/model/named_networks.hpp>
#include <cardamom/simulation/population.hpp>

using cardamom::GeneSample;
using cardamom::Index;
using cardamom::Matrix;

struct Threshold {
  double molecules = 20.0;  // a gene is on in cells with as many, at average depth

  // Called for one gene at a time: `sample` holds the different values of the gene and how many cells show each.
  template <cardamom::MixtureFamily Family>
  cardamom::GeneClustering operator()(const GeneSample& sample, const Family& family, cardamom::RandomStream&) const {
    cardamom::GeneClustering result;
    Matrix weights = Matrix::Zero(sample.size(), 2);  // cells by observation and mode
    for (Index i = 0; i < sample.size(); ++i) {
      const bool on = sample.values[i] >= molecules * sample.exposure(i);
      result.of_observation.push_back(on ? 1 : 0);
      weights(i, on ? 1 : 0) = sample.cells[i];
    }
    if (weights.col(0).sum() == 0.0 || weights.col(1).sum() == 0.0) return constant_gene(sample);  // never off, or on

    const cardamom::SharedFit fit = family.fit(sample, weights, {});
    result.modes.shapes = fit.shapes.cwiseMax(1e-3);  // modes have positive shapes, also where no molecule was seen
    result.modes.inverse_burst_size = fit.inverse_burst_size;
    result.modes.weights = weights.colwise().sum().transpose() / weights.sum();
    result.modes.informative = true;
    result.modes.convergence = fit.convergence;
    return result;
  }
};
static_assert(cardamom::Clusterer<Threshold, cardamom::NegativeBinomial>);

int main() {
  const cardamom::Model truth = cardamom::fn4();  // four genes behind a stimulus
  const auto population = simulate(truth, cardamom::Protocol{}, {.seed = 1});
  const auto clustering = cluster(population.counts, {}, Threshold{});
  std::cout << "gene   off   on   share of cells on\n";
  for (Index gene = clustering.inputs(); gene < clustering.nodes(); ++gene) {
    const auto& modes = clustering.gene(gene);
    std::cout << gene << "   " << modes.shapes.transpose() << "   " << modes.weights(modes.count() - 1) << '\n';
  }

  // The stimulus comes at t = 0: the gene it acts on is off in most cells then, and on in most of them later.
  const auto share_on = [&](Index time_point) {
    double on = 0.0;
    const auto cells = population.counts.cells_at(time_point);
    for (const Index cell : cells) on += clustering.modes(cell, 1);
    return on / static_cast<double>(cells.size());
  };
  std::cout << "gene 1 is on in " << 100.0 * share_on(0) << " % of the cells at t = 0 and in " << 100.0 * share_on(2)
            << " % after 12 h\n";
  return share_on(0) < 0.2 && share_on(2) > 0.5 ? 0 : 1;
}
