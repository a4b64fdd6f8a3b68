/// @file
/// Which modes count as "on": the one home of a notion that has two meanings.
///
/// - *On* says something about a cell: its gene is expressed rather than silent. A gene may have many modes (`Rjmcmc`,
///   `NoClustering`), and only those of the upper half are far enough from the lowest one to say so. An input is what
///   the experimenter set, without noise: it is on at any level above 0.
/// - *In the top mode* says something about a gene's kinetics: α1 (the burst frequency of full activity, by (12) the
///   shape of the last mode) and the gene's burst size are estimated from the cells in that mode, and only their number
///   tells how well. Cells in a mode between do not bear on it.
///
/// With two modes, as `Binarize` finds them, the two agree.
#pragma once

#include <cardamom/clustering/modes.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom {

/// Whether a cell in a mode of a node is on: for an input, whether its level is above 0; for a gene, whether the mode
/// is above the lowest and in the upper half of the gene's modes (mode k of 0 … K − 1 with 2k >= K − 1). A gene of one
/// mode is never on.
/// @param node number of an input or a gene
/// @param mode one of the node's modes
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline bool is_on(const WhereUsed<Clustering, Use>& clustering, Index node,
                                WhereUsed<ModeIndex, Use> mode) {
  if (node < clustering.inputs()) return mode > 0;
  return mode > 0 && 2 * mode >= clustering.gene(node).count() - 1;
}

/// Whether some cells of a node are on and its cells are not all in the same mode: only then do snapshots show it
/// switch.
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline bool is_on_in_some(const WhereUsed<Clustering, Use>& clustering, Index node) {
  if (clustering.cells() == 0) return false;
  const auto modes = clustering.modes.col(node);
  return is_on(clustering, node, modes.maxCoeff()) && modes.minCoeff() != modes.maxCoeff();
}

/// Number of cells of each gene that are in its top mode, one entry per node; 0 for genes of one mode and for inputs,
/// which have no kinetics.
/// @throws std::invalid_argument when `modes` and `of_node` disagree
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline Vector cells_in_top_mode(const WhereUsed<Clustering, Use>& clustering) {
  check_size("cells_in_top_mode", "clustering.modes.cols()", clustering.modes.cols(), clustering.nodes());
  WhereUsed<Vector, Use> result = Vector::Zero(clustering.nodes());
  for (Index i = clustering.inputs(); i < clustering.nodes(); ++i) {
    const ModeIndex top = clustering.gene(i).count() - 1;
    if (top > 0) result[i] = static_cast<double>((clustering.modes.col(i).array() == top).count());
  }
  return result;
}

}  // namespace cardamom
