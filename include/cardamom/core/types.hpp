/// @file
/// Number, vector and matrix types used throughout, and the two conventions every header relies on.
///
/// **Gene index.** Arrays over genes have length G = 1 + n: index 0 is the stimulus, 1…n are the genes. The stimulus
/// has a protein level (its strength, 0 when off, 1 when on) but no burst rate and no kinetics; entries of index 0 are
/// ignored where they have no meaning. A system without stimulus simply has no edge out of 0.
///
/// **Orientation.** An interaction matrix is indexed (target, source): θ(i, j) is the action of gene j on gene i.
#pragma once

#include <Eigen/Core>
#include <Eigen/SparseCore>

namespace cardamom {

using Index = Eigen::Index;
using Vector = Eigen::VectorXd;
using Matrix = Eigen::MatrixXd;
/// Interactions θ: one compressed row per target gene, so memory is proportional to the number of edges.
using SparseMatrix = Eigen::SparseMatrix<double, Eigen::RowMajor>;

/// Arguments: take `const VectorIn&` to read (binds to any contiguous expression without a copy), `VectorOut` to write.
using VectorIn = Eigen::Ref<const Vector>;
using VectorOut = Eigen::Ref<Vector>;
using MatrixIn = Eigen::Ref<const Matrix>;
using MatrixOut = Eigen::Ref<Matrix>;

}  // namespace cardamom
