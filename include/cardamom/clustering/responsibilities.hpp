/// @file
/// The soft side of a clustering: how probable each mode is for each cell, and the protein levels that follow, for a
/// regression that does not want to decide.
#pragma once

#include <algorithm>
#include <cstddef>

#include <cardamom/clustering/detail/expectation_maximisation.hpp>
#include <cardamom/clustering/modes.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/mixture/family.hpp>
#include <cardamom/mixture/sample.hpp>

namespace cardamom {

/// Probability of every mode of a gene for every cell, cells × K: rows sum to 1, proportional to weight × density.
/// @param gene in 1…G−1
/// @throws std::invalid_argument when the gene is out of range
template <MixtureFamily Family>
Matrix responsibilities(const Counts& counts, Index gene, const GeneModes& modes, const Family& family) {
  check_index("responsibilities", "gene", gene, counts.genes());
  const GeneSample sample = pool_cells(counts, gene);
  Matrix pooled = Matrix::Ones(sample.size(), 1);
  if (modes.count() > 1 && sample.size() > 0) {
    // A mode that no cell was assigned to keeps a trace of weight.
    detail::log_joint(family, sample, modes.weights.cwiseMax(1e-12), modes.shapes, modes.inverse_burst_size, pooled);
    detail::normalise_rows(pooled, sample.cells);
  }
  Matrix result(counts.cells(), pooled.cols());
  for (Index cell = 0; cell < counts.cells(); ++cell) {
    result.row(cell) = pooled.row(sample.of_cell[static_cast<std::size_t>(cell)]);
  }
  return result;
}

/// Expected protein levels, cells × G: Σ_z P_z · responsibility, with P_z of (13); the graded counterpart of
/// `Clustering::levels`. Column 0 is the stimulus, 0 or 1.
/// @throws std::invalid_argument when the sizes disagree
template <MixtureFamily Family>
Matrix expected_levels(const Counts& counts, const Clustering& clustering, const Family& family) {
  check_shape("expected_levels", "clustering.modes", clustering.modes, counts.cells(), counts.genes());
  Matrix result(counts.cells(), counts.genes());
  result.col(0) = clustering.modes.col(0).cast<double>();
  for (Index gene = 1; gene < counts.genes(); ++gene) {
    const GeneModes& modes = clustering.gene(gene);
    Vector levels(modes.shapes.size());
    for (Index k = 0; k < levels.size(); ++k) levels[k] = modes.level(static_cast<ModeIndex>(k));
    result.col(gene) = responsibilities(counts, gene, modes, family) * levels;
  }
  return result;
}

}  // namespace cardamom
