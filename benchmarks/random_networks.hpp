// Random signed networks with the experiment that observes them, for benchmarks of inference: networks nobody drew.
//
// A backbone in which every gene has one parent (the stimulus, or a gene before it), then further edges, each kind with
// its own chance: feedback from late to early genes, feed-forward loops, pairs that repress each other, hubs,
// self-activation. Parents repress now and then; their children start on. Promoters may leak, decay rates differ
// between genes, time points are even or dense at the beginning. Scale and protocol are those of the published
// benchmark: k1/d0 = 2, bursts of 50 molecules, θ = ±10, 100 cells at each of ten times after 5 h without stimulus.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>

#include <cardamom/core/random.hpp>
#include <cardamom/model/model.hpp>
#include <cardamom/simulation/population.hpp>

namespace cardamom::benchmarks {

struct RandomExperiment {
  Model model;
  Protocol protocol;
  Counts counts;
};

namespace detail {

inline double between(RandomStream& random, double low, double high) { return low + (high - low) * random.uniform(); }

// Parent of every gene: trees that are neither stars nor chains. The stimulus acts on one or two genes in ten.
inline Index draw_parent(Index gene, Index hub, RandomStream& random) {
  if (gene == 1 || random.uniform() < 0.1) return 0;
  if (hub < gene && random.uniform() < 0.25) return hub;
  const Index reach = std::min<Index>(gene - 1, 4);  // recent genes: some depth
  return gene - 1 - random.below(reach);
}

inline Model draw_model(Index genes, RandomStream& random) {
  const Index size = genes + 1;
  Matrix theta = Matrix::Zero(size, size);
  Vector basal = Vector::Constant(size, -5.0);
  const double repressed = between(random, 0.1, 0.3);  // chance that the parent represses
  const Index hub = 1 + random.below(std::max<Index>(genes / 2, 1));
  const auto weight = [&](double sign) { return sign * between(random, 8.0, 12.0); };
  for (Index gene = 1; gene <= genes; ++gene) {
    const Index parent = draw_parent(gene, hub, random);
    const bool off = gene > 1 && random.uniform() < repressed;
    theta(gene, parent) = weight(off ? -1.0 : 1.0);
    basal[gene] = off ? between(random, 3.0, 5.0) : between(random, -6.0, -4.0);
    if (random.uniform() < 0.1) theta(gene, gene) = between(random, 4.0, 10.0);
  }
  const auto extra = static_cast<Index>(std::lround(between(random, 0.2, 0.7) * static_cast<double>(genes)));
  for (Index k = 0; k < extra; ++k) {
    Index early = 1 + random.below(genes);
    Index late = 1 + random.below(genes);
    if (early > late) std::swap(early, late);
    if (early == late) continue;
    const double kind = random.uniform();
    if (kind < 0.45) {  // feedback, mostly negative
      if (theta(early, late) == 0.0) theta(early, late) = weight(random.uniform() < 0.7 ? -1.0 : 1.0);
    } else if (kind < 0.85) {  // feed-forward
      if (theta(late, early) == 0.0) theta(late, early) = weight(random.uniform() < 0.5 ? -1.0 : 1.0);
    } else if (theta(early, late) == 0.0 && theta(late, early) == 0.0) {  // toggle
      theta(early, late) = weight(-1.0);
      theta(late, early) = weight(-1.0);
      theta(early, early) = theta(late, late) = between(random, 4.0, 6.0);
    }
  }
  const bool leaky = random.uniform() < 0.3;
  const double slow = std::exp(between(random, std::log(0.04), std::log(0.25)));  // d1 [1/h]
  Kinetics kinetics = Kinetics::uniform(size, 5.0 * slow, slow, 0.02, 0.0, 10.0 * slow);
  for (Index gene = 1; gene <= genes; ++gene) {
    kinetics.protein_decay[gene] = slow * std::exp(between(random, -0.35, 0.35));
    kinetics.mrna_decay[gene] = 5.0 * slow * std::exp(between(random, -0.35, 0.35));
    kinetics.frequency_max[gene] = between(random, 1.6, 2.6) * kinetics.mrna_decay[gene];
    kinetics.frequency_min[gene] = leaky ? between(random, 0.0, 0.08) * kinetics.frequency_max[gene] : 0.0;
    kinetics.inverse_burst_size[gene] = 1.0 / between(random, 35.0, 70.0);
  }
  kinetics.scale_proteins();
  return make_model(std::move(kinetics),
                    Network(std::move(basal), Eigen::SparseMatrix<double, Eigen::RowMajor>(theta.sparseView())));
}

// Every gene is seen on in some cells and off in others.
inline bool all_respond(const Counts& counts) {
  for (Index gene = 1; gene < counts.nodes(); ++gene) {
    const double share = (counts.values().col(gene).array() > 5.0).cast<double>().mean();
    if (share < 0.04 || share > 0.96) return false;
  }
  return true;
}

}  // namespace detail

/// A network of `genes` genes (the stimulus not counted) and its data, functions of (genes, seed). Small networks in
/// which a gene never turns on or off are drawn again; large ones (above 15 genes) are taken as they come.
template <Executor E = Sequential>
RandomExperiment random_experiment(Index genes, std::uint64_t seed, const E& executor = {}) {
  RandomStream random(seed, Purpose::network, 0x5eed + static_cast<std::uint64_t>(genes));
  for (int attempt = 0;; ++attempt) {
    RandomExperiment result;
    result.model = detail::draw_model(genes, random);
    const double duration = detail::between(random, 4.5, 7.0) / result.model.kinetics.protein_decay[1];
    const double power = random.uniform() < 0.5 ? 1.0 : detail::between(random, 1.2, 1.8);
    for (std::size_t k = 0; k < result.protocol.time_points.size(); ++k) {
      result.protocol.time_points[k] = duration * std::pow(static_cast<double>(k) / 9.0, power);
    }
    result.counts = simulate(result.model, result.protocol, {.seed = random()}, executor).counts;
    if (genes > 15 || attempt == 200 || detail::all_respond(result.counts)) return result;
  }
}

/// How many genes the network of a seed has, when numbers from `fewest` to `most` take turns.
inline Index genes_of(int seed, Index fewest, Index most) { return fewest + seed % (most - fewest + 1); }

/// "A..B" or "A" on a command line: numbers of genes.
/// @return whether the text is such a range
inline bool read_range(const std::string& text, Index& low, Index& high) {
  const std::size_t dots = text.find("..");
  low = std::atoi(text.c_str());
  high = dots == std::string::npos ? low : std::atoi(text.c_str() + dots + 2);
  return low >= 1 && high >= low;
}

}  // namespace cardamom::benchmarks
