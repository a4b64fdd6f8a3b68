/// @file
/// The soft side of a clustering: how probable each mode is for each cell, and the protein levels that follow, for a
/// regression that does not want to decide.
#pragma once

#include <algorithm>
#include <cstddef>
#include <stdexcept>

#include <cardamom/clustering/modes.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/mixture/family.hpp>
#include <cardamom/mixture/gene_mixture.hpp>
#include <cardamom/mixture/sample.hpp>
#include <cardamom/numerics/log_sum_exp.hpp>

namespace cardamom {

/// Probability of every mode of a gene for every cell, cells × K: rows sum to 1, proportional to weight × density.
/// @param gene number of a node that is a gene
/// @param modes its modes, K >= 1
/// @throws std::invalid_argument when there is no such gene
/// O(cells + distinct values · K)
template <MixtureFamily Family>
[[nodiscard]] Matrix responsibilities(const Counts& counts, Index gene, const GeneModes& modes, const Family& family) {
  if (gene < counts.inputs() || gene >= counts.nodes()) {
    throw std::invalid_argument("responsibilities: gene is " + detail::to_text(gene) + ", must be in [" +
                                detail::to_text(counts.inputs()) + ", " + detail::to_text(counts.nodes()) + ")");
  }
  const WhereUsed<GeneSample, Family> sample = pool_cells(counts, gene);
  WhereUsed<Matrix, Family> pooled = Matrix::Ones(sample.size(), 1);
  if (modes.count() > 1 && sample.size() > 0) {
    // A mode that no cell was assigned to keeps a trace of weight, so that its logarithm exists.
    log_joint(family, sample, modes.weights.cwiseMax(1e-12), modes.shapes, modes.inverse_burst_size, pooled);
    softmax_rows(pooled);
  }
  WhereUsed<Matrix, Family> result(counts.cells(), pooled.cols());
  for (Index cell = 0; cell < counts.cells(); ++cell) {
    result.row(cell) = pooled.row(sample.of_cell[static_cast<std::size_t>(cell)]);
  }
  return result;
}

/// Expected levels, cells × nodes: protein levels of genes, Σ_z P_z · responsibility with P_z of (13), the graded
/// counterpart of `Clustering::levels`; inputs as they are there.
/// @throws std::invalid_argument when sizes or numbers of inputs disagree
template <MixtureFamily Family>
[[nodiscard]] Matrix expected_levels(const Counts& counts, const Clustering& clustering, const Family& family) {
  check_shape("expected_levels", "clustering.modes", clustering.modes, counts.cells(), counts.nodes());
  check_size("expected_levels", "clustering.of_node", clustering.nodes(), counts.nodes());
  check_size("expected_levels", "clustering.inputs()", clustering.inputs(), counts.inputs());
  WhereUsed<Matrix, Family> result(counts.cells(), counts.nodes());
  for (Index input = 0; input < counts.inputs(); ++input) {
    for (Index cell = 0; cell < counts.cells(); ++cell) {
      result(cell, input) = clustering.level(input, clustering.modes(cell, input));
    }
  }
  for (Index gene = counts.inputs(); gene < counts.nodes(); ++gene) {
    const GeneModes& modes = clustering.gene(gene);
    WhereUsed<Vector, Family> levels(modes.shapes.size());
    for (Index k = 0; k < levels.size(); ++k) levels[k] = modes.level(static_cast<ModeIndex>(k));
    result.col(gene) = responsibilities(counts, gene, modes, family) * levels;
  }
  return result;
}

}  // namespace cardamom
