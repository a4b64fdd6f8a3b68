/// @file
/// Clustering of all genes of a table: what a clusterer is, and `cluster`, which runs one over the genes.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <cardamom/clustering/modes.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/core/progress.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/mixture/family.hpp>
#include <cardamom/mixture/sample.hpp>

namespace cardamom {

/// What a clusterer returns for one gene.
struct GeneClustering {
  GeneModes modes;
  std::vector<ModeIndex> of_observation;  ///< mode of each distinct observation of the sample
};

/// | expression | type | meaning |
/// | --- | --- | --- |
/// | `clusterer(sample, family, random)` | `GeneClustering` | modes of one gene with at least two distinct values, and
/// the mode of each of its observations |
///
/// Duties no compiler checks: shapes > 0 (>= 0 where the family allows it) and not decreasing, weights that sum to 1,
/// callable from several threads at once, the random stream the only source of chance. A free function
/// `validate(clusterer)` (or `validate(family)`), where there is one, is called before any work. Models: `Binarize`,
/// `FixedModes`, `Rjmcmc`, `EachCell`.
template <class C, class Family>
concept Clusterer = MixtureFamily<Family> && std::copy_constructible<C> &&
    requires(const C& clusterer, const GeneSample& sample, const Family& family, RandomStream& random) {
  { clusterer(sample, family, random) } -> std::same_as<GeneClustering>;
};

namespace detail {

/// The documented default of a gene that takes one value only: one mode with b = 1 and the gene's mean (at least 10^-3
/// molecules, so that a gene that was never seen has a law nonetheless).
inline GeneClustering constant_gene(const GeneSample& sample) {
  GeneClustering result;
  double mean = 0.0;
  if (sample.size() > 0) {
    double exposure = 0.0;
    for (Index i = 0; i < sample.size(); ++i) exposure += sample.cells[i] * sample.exposure(i);
    mean = sample.values[0] * sample.cells.sum() / exposure;
  }
  result.modes.shapes = Vector::Constant(1, std::max(mean, 1e-3));
  result.modes.inverse_burst_size = 1.0;
  result.modes.weights = Vector::Ones(1);
  result.modes.informative = false;
  result.modes.convergence.status = ConvergenceStatus::no_information;
  result.of_observation.assign(static_cast<std::size_t>(sample.size()), 0);
  return result;
}

/// Sets the weights of the modes to their shares of the cells.
inline void count_weights(const GeneSample& sample, GeneClustering& result) {
  result.modes.weights = Vector::Zero(result.modes.shapes.size());
  for (Index i = 0; i < sample.size(); ++i) {
    result.modes.weights[result.of_observation[static_cast<std::size_t>(i)]] += sample.cells[i];
  }
  result.modes.weights /= sample.cells.sum();
}

/// Per observation, the mode of highest responsibility (the lower one of equals).
inline std::vector<ModeIndex> most_responsible(const Matrix& responsibilities) {
  std::vector<ModeIndex> result(static_cast<std::size_t>(responsibilities.rows()));
  for (Index i = 0; i < responsibilities.rows(); ++i) {
    Index mode = 0;
    responsibilities.row(i).maxCoeff(&mode);
    result[static_cast<std::size_t>(i)] = static_cast<ModeIndex>(mode);
  }
  return result;
}

inline void cluster_stimulus(const Counts& counts, Clustering& clustering) {
  GeneModes& modes = clustering.genes[0];
  modes.shapes = Eigen::Vector2d(0.0, 1.0);
  modes.weights = Eigen::Vector2d(1.0, 0.0);
  Index on = 0;
  for (Index cell = 0; cell < counts.cells(); ++cell) {
    clustering.modes(cell, 0) = counts.values()(cell, 0) > 0 ? 1 : 0;
    on += clustering.modes(cell, 0);
  }
  if (counts.cells() > 0) {
    modes.weights[1] = static_cast<double>(on) / static_cast<double>(counts.cells());
    modes.weights[0] = 1.0 - modes.weights[1];
  }
  modes.informative = on > 0 && on < counts.cells();
}

template <MixtureFamily Family>
void check_admitted(const Counts& counts, const Family& family) {
  for (Index gene = 1; gene < counts.genes(); ++gene) {
    for (Index cell = 0; cell < counts.cells(); ++cell) {
      if (!family.admits(counts.values()(cell, gene))) {
        throw_domain("cluster", "counts(cell " + to_text(cell) + ", gene " + to_text(gene) + ")",
                     counts.values()(cell, gene), family.expectation());
      }
    }
  }
}

}  // namespace detail

/// Finds the modes of every gene and the mode of every cell.
///
/// Genes are independent of each other and of their number: gene i draws from the stream (seed, clustering, i). A gene
/// that takes one value only is not handed to the clusterer; it gets one mode with the gene's mean, b = 1 and
/// `informative = false`.
/// @param progress told the number of finished genes
/// @throws std::domain_error when the family does not admit a value, naming cell and gene
template <MixtureFamily Family, Clusterer<Family> C, Executor E, Progress P = IgnoreProgress>
Clustering cluster(const Counts& counts, const Family& family, const C& clusterer, std::uint64_t seed,
                   const E& executor, P progress = {}) {
  if constexpr (requires { validate(family); }) validate(family);
  if constexpr (requires { validate(clusterer); }) validate(clusterer);
  detail::check_admitted(counts, family);
  Clustering clustering;
  clustering.genes.resize(static_cast<std::size_t>(counts.genes()));
  clustering.modes.resize(counts.cells(), counts.genes());
  detail::cluster_stimulus(counts, clustering);
  detail::ProgressCounter counter(progress, counts.genes() - 1);
  for_each_index(executor, counts.genes() - 1, [&](Index i) {
    const Index gene = i + 1;
    const GeneSample sample = pool_cells(counts, gene);
    RandomStream random(seed, Purpose::clustering, static_cast<std::uint64_t>(gene));
    GeneClustering result = sample.constant() ? detail::constant_gene(sample) : clusterer(sample, family, random);
    for (Index cell = 0; cell < counts.cells(); ++cell) {
      const Index observation = sample.of_cell[static_cast<std::size_t>(cell)];
      clustering.modes(cell, gene) = result.of_observation[static_cast<std::size_t>(observation)];
    }
    clustering.genes[static_cast<std::size_t>(gene)] = std::move(result.modes);
    counter.add();
  });
  return clustering;
}

/// The same in the calling thread.
template <MixtureFamily Family, Clusterer<Family> C>
Clustering cluster(const Counts& counts, const Family& family, const C& clusterer, std::uint64_t seed = 0) {
  return cluster(counts, family, clusterer, seed, Sequential{});
}

}  // namespace cardamom
