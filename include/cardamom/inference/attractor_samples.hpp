/// @file
/// From discretised cells to the samples of problem (17): basins as samples, attractors (13) as proteins.
#pragma once

#include <concepts>
#include <cstddef>
#include <vector>

#include <cardamom/clustering/basins.hpp>
#include <cardamom/clustering/modes.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/condition_groups.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/regression/samples.hpp>

namespace cardamom {

/// Samples with the given shares of the basins, those of share 0 left out; proteins and targets are both α_z/α1. A gene
/// without information has protein 0 and the target ½ with floor 0: no coefficient in its row or column has a gradient,
/// so all stay where they are.
/// @param shares length `basins.count()`, >= 0
/// @throws std::invalid_argument on sizes
template <std::floating_point Scalar = double>
BasicSamples<Scalar> attractor_samples(const Clustering& clustering, const Basins& basins, const VectorIn& shares) {
  check_size("attractor_samples", "shares", shares.size(), basins.count());
  const Index nodes = basins.modes.cols();
  std::vector<Index> seen;
  for (Index z = 0; z < basins.count(); ++z) {
    if (shares[z] > 0.0) seen.push_back(z);
  }
  const auto size = static_cast<Index>(seen.size());
  using Table = typename BasicSamples<Scalar>::Table;
  BasicSamples<Scalar> samples{Table::Zero(size, nodes), Table::Constant(size, nodes, Scalar{0.5}), Vector::Zero(nodes),
                               Vector(size), clustering.inputs()};
  for (Index s = 0; s < size; ++s) samples.weights[s] = shares[seen[static_cast<std::size_t>(s)]];
  for (Index i = 0; i < nodes; ++i) {
    const bool input = i < clustering.inputs();
    const GeneModes& gene = clustering.gene(i);
    if (!input && (!gene.informative || gene.count() < 2)) continue;
    for (Index s = 0; s < size; ++s) {
      samples.proteins(s, i) = static_cast<Scalar>(gene.level(basins.modes(seen[static_cast<std::size_t>(s)], i)));
    }
    if (input) continue;
    samples.targets.col(i) = samples.proteins.col(i);
    samples.floors[i] = gene.level(0);
  }
  return samples;
}

/// Samples of time point k: one per basin seen there, weighted by its share μ_{t_k}(z).
/// @throws std::invalid_argument when k is out of range
template <std::floating_point Scalar = double>
BasicSamples<Scalar> attractor_samples(const Clustering& clustering, const Basins& basins, Index k) {
  check_index("attractor_samples", "k", k, basins.weights.rows());
  return attractor_samples<Scalar>(clustering, basins, Vector(basins.weights.row(k).transpose()));
}

/// Samples of time point k of a table with conditions: one per group of conditions (`condition_groups`) and basin seen
/// there, weighted by its share of the time point's cells. A group whose rate of a gene was perturbed is left out where
/// the gene is the target; a gene that never bursts has protein 0.
/// @param groups of the table that the basins are of
/// @throws std::invalid_argument when k is out of range
template <std::floating_point Scalar = double>
BasicSamples<Scalar> attractor_samples(const Clustering& clustering, const Basins& basins, const Counts& counts,
                                       const std::vector<ConditionGroup>& groups, Index k) {
  check_index("attractor_samples", "k", k, counts.time_points().size());
  const std::size_t cells = counts.cells_at(k).size();
  std::vector<BasicSamples<Scalar>> parts;
  Index size = 0;
  for (const ConditionGroup& group : groups) {
    Vector shares = Vector::Zero(basins.count());
    for (const Index cell : group.cells) {
      if (counts.times()[cell] != counts.time_points()[k]) continue;
      shares[basins.of_cell[static_cast<std::size_t>(cell)]] += 1.0;
    }
    shares /= static_cast<double>(cells);
    parts.push_back(attractor_samples<Scalar>(clustering, basins, shares));
    size += parts.back().size();
  }
  const Index nodes = basins.nodes();
  BasicSamples<Scalar> result{{size, nodes}, {size, nodes}, parts[0].floors, Vector(size), clustering.inputs()};
  result.left_out.setConstant(size, nodes, false);
  Index row = 0;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    BasicSamples<Scalar>& part = parts[g];
    for (const Perturbation& p : groups[g].perturbations) {
      if (p.factor == 0.0 && p.extra == 0.0) part.proteins.col(p.gene).setZero();
      result.left_out.col(p.gene).segment(row, part.size()).setConstant(true);
    }
    result.proteins.middleRows(row, part.size()) = part.proteins;
    result.targets.middleRows(row, part.size()) = part.targets;
    result.weights.segment(row, part.size()) = part.weights;
    row += part.size();
  }
  return result;
}

}  // namespace cardamom
