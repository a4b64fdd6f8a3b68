/// @file
/// Number, vector and matrix types used throughout, and the two conventions every header relies on.
///
/// **Nodes.** A network has *inputs*, which the experimenter sets (a stimulus, a dose, a medium; none, one or several),
/// and *genes*. Nodes are numbered inputs first, then genes: with `inputs()`, `genes()` and `nodes() = inputs() +
/// genes()` node k is an input for k < inputs() and a gene otherwise. Arrays over nodes have one entry each. An input
/// has a protein level (its strength, 0 when off, 1 when on) but no burst rate and no kinetics: its entries are ignored
/// where they have no meaning, and it is never the target of an edge. Where nothing else is said there is one input,
/// "the stimulus".
///
/// **Orientation.** An interaction matrix is indexed (target, source): θ(i, j) is the action of node j on gene i.
#pragma once

// Every check for NaN and infinity would be compiled away.
#if (defined(__FAST_MATH__) || (defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__)) && \
    !defined(CARDAMOM_ALLOW_FAST_MATH)
#error \
    "cardamom: -ffast-math and -ffinite-math-only remove every check for NaN; leave them out, or define CARDAMOM_ALLOW_FAST_MATH to do without the checks"
#endif

#include <stdexcept>
#include <string>

#include <Eigen/Core>
#include <Eigen/SparseCore>

namespace cardamom {

/// Sizes and positions: signed, as Eigen has them.
using Index = Eigen::Index;
/// A column of doubles.
using Vector = Eigen::VectorXd;
/// A dense table of doubles, stored by columns.
using Matrix = Eigen::MatrixXd;
/// Interactions θ: one compressed row per target gene, so memory is proportional to the number of edges.
using SparseMatrix = Eigen::SparseMatrix<double, Eigen::RowMajor>;

/// Arguments: take `const VectorIn&` to read (binds to any contiguous expression without a copy), `VectorOut` to write.
using VectorIn = Eigen::Ref<const Vector>;
/// A vector, or a contiguous part of one, to write to: of the right size already.
using VectorOut = Eigen::Ref<Vector>;
/// A matrix to read; binds to an expression whose columns are contiguous without a copy.
using MatrixIn = Eigen::Ref<const Matrix>;
/// A matrix, or columns of one, to write to: of the right size already.
using MatrixOut = Eigen::Ref<Matrix>;

namespace detail {

#if defined(__GNUC__)
#define CARDAMOM_OF_THIS_IMAGE __attribute__((visibility("hidden")))
#else
#define CARDAMOM_OF_THIS_IMAGE
#endif
/// Bytes to which Eigen aligns memory in the unit whose definition the linker took; one for a program or a shared
/// library. Volatile, or a unit would take its own for it.
CARDAMOM_OF_THIS_IMAGE inline volatile int alignment_of_program = EIGEN_DEFAULT_ALIGN_BYTES;

/// Throws std::logic_error, which ends a program before `main`, when a unit aligns memory otherwise than another one:
/// it would free what the other allocated. With link-time optimisation it sees nothing.
CARDAMOM_OF_THIS_IMAGE inline bool check_alignment(int bytes) {
  if (bytes != alignment_of_program) {
    throw std::logic_error("cardamom: units of this program align memory to " + std::to_string(alignment_of_program) +
                           " and to " + std::to_string(bytes) +
                           " bytes; compile all of them with the same -march, -mavx and EIGEN_MAX_ALIGN_BYTES");
  }
  return true;
}
#undef CARDAMOM_OF_THIS_IMAGE

/// Of each unit its own, so that every unit is asked once, as the program starts.
[[maybe_unused]] static const bool aligned_as_program = check_alignment(EIGEN_DEFAULT_ALIGN_BYTES);

}  // namespace detail

}  // namespace cardamom
