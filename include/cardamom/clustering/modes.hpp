/// @file
/// What a clusterer says about the data: the burst-frequency modes of every gene, and the mode of every cell.
///
/// A mode is a level of promoter activity, α_z = k_z/d0: the shape of the Gamma (or negative binomial) law of a gene's
/// mRNA, the second parameter koff/s0 being shared by the modes of a gene (10). Modes of a gene count from 0 and
/// increase with their shape, so mode 0 is α0 and the last mode is α1, the extremes of (12).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/convergence.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom {

/// Number of a mode within its gene, 0 the least active.
using ModeIndex = std::int32_t;
/// Modes of cells (or of basins), one column per node as everywhere: inputs, whose modes are their levels, then genes.
using ModeTable = Eigen::Matrix<ModeIndex, Eigen::Dynamic, Eigen::Dynamic>;

/// The modes of one gene, or the levels of one input (`input_modes`): then the shapes are levels over the largest, from
/// 0 to 1, and b is without meaning.
struct GeneModes {
  Vector shapes;                    ///< α_z = k_z/d0 per mode, K >= 1 of them, increasing
  double inverse_burst_size = 1.0;  ///< koff/s0 = p/(1 − p), shared by the modes [1/molecule], > 0
  Vector weights;                   ///< per mode, its share of the cells; sums to 1
  /// False when the gene takes one value only (all zero, constant, a single cell): nothing can be learnt from it, it
  /// has one mode, and parameters the data do not determine hold the documented defaults of the clusterer. False for an
  /// input that has the same level in all cells. A clusterer, which is asked about other genes only, may leave it.
  bool informative = true;
  Convergence convergence;  ///< of the fit behind the modes

  ModeIndex count() const noexcept { return static_cast<ModeIndex>(shapes.size()); }
  double shape_min() const { return shapes[0]; }
  double shape_max() const { return shapes[shapes.size() - 1]; }

  /// (13): P_z = α_z/α1 in [0, 1], the protein level a cell in mode z is heading for.
  double level(ModeIndex mode) const { return shape_max() > 0 ? shapes[mode] / shape_max() : 1.0; }
};

/// Modes of all nodes and cells.
struct Clustering {
  std::vector<GeneModes> of_node;  ///< one entry per node: levels of the inputs, then modes of the genes
  ModeTable modes;                 ///< cells × nodes
  Index number_of_inputs = 1;      ///< how many of the nodes, the first ones, are inputs

  Index cells() const noexcept { return modes.rows(); }
  Index nodes() const noexcept { return static_cast<Index>(of_node.size()); }
  Index inputs() const noexcept { return number_of_inputs; }
  Index genes() const noexcept { return nodes() - inputs(); }
  /// Modes of the node with number i (inputs first).
  const GeneModes& gene(Index i) const { return of_node[static_cast<std::size_t>(i)]; }
  /// (13): protein level of a mode of a gene, level of an input, in [0, 1].
  double level(Index i, ModeIndex mode) const { return gene(i).level(mode); }

  /// Levels of all cells, cells × nodes: `level` of every entry of `modes`.
  template <class Use = CompiledWhereUsed>
  Matrix levels() const {
    WhereUsed<Matrix, Use> result(modes.rows(), modes.cols());
    for (Index i = 0; i < modes.cols(); ++i) {
      for (Index cell = 0; cell < modes.rows(); ++cell) result(cell, i) = level(i, modes(cell, i));
    }
    return result;
  }
};

}  // namespace cardamom
