/// @file
/// What a clusterer says about the data: the burst-frequency modes of every gene, and the mode of every cell.
///
/// A mode is a level of promoter activity, α_z = k_z/d0: the shape of the Gamma (or negative binomial) law of a gene's
/// mRNA, the second parameter koff/s0 being shared by the modes of a gene (10). Modes of a gene count from 0 and
/// increase with their shape, so mode 0 is α0 and the last mode is α1, the extremes of (12).
#pragma once

#include <cstdint>
#include <vector>

#include <cardamom/core/convergence.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom {

/// Number of a mode within its gene, 0 the least active.
using ModeIndex = std::int32_t;
/// Modes of cells (or of basins), one column per gene as everywhere: column 0 is the stimulus, 0 off and 1 on.
using ModeTable = Eigen::Matrix<ModeIndex, Eigen::Dynamic, Eigen::Dynamic>;

/// The modes of one gene.
struct GeneModes {
  Vector shapes;                    ///< α_z = k_z/d0 per mode, K >= 1 of them, increasing
  double inverse_burst_size = 1.0;  ///< koff/s0 = p/(1 − p), shared by the modes [1/molecule], > 0
  Vector weights;                   ///< per mode, its share of the cells; sums to 1
  /// False when the gene takes one value only (all zero, constant, a single cell): nothing can be learnt from it, it
  /// has one mode, and parameters the data do not determine hold the documented defaults of the clusterer.
  bool informative = false;
  Convergence convergence;  ///< of the fit behind the modes

  ModeIndex count() const noexcept { return static_cast<ModeIndex>(shapes.size()); }
  double shape_min() const { return shapes[0]; }
  double shape_max() const { return shapes[shapes.size() - 1]; }

  /// (13): P_z = α_z/α1 in [0, 1], the protein level a cell in mode z is heading for.
  double level(ModeIndex mode) const { return shape_max() > 0 ? shapes[mode] / shape_max() : 1.0; }
};

/// Modes of all genes and cells.
struct Clustering {
  std::vector<GeneModes> genes;  ///< length G; [0] is the stimulus, with shapes (0, 1)
  ModeTable modes;               ///< cells × G; column 0 is [stimulus > 0]

  Index cells() const noexcept { return modes.rows(); }
  const GeneModes& gene(Index i) const { return genes[static_cast<std::size_t>(i)]; }
  /// (13): protein level of a mode of a gene, in [0, 1].
  double level(Index i, ModeIndex mode) const { return gene(i).level(mode); }

  /// Protein levels of all cells, cells × G: `level` of every entry of `modes`.
  Matrix levels() const {
    Matrix result(modes.rows(), modes.cols());
    for (Index i = 0; i < modes.cols(); ++i) {
      for (Index cell = 0; cell < modes.rows(); ++cell) result(cell, i) = level(i, modes(cell, i));
    }
    return result;
  }
};

}  // namespace cardamom
