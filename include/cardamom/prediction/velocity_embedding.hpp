/// @file
/// Cells and their velocities in few coordinates: principal components of log(1 + count), and how fast a cell's
/// expected place in them moves,
///
///     d/dt log(1 + s M) = s dM/dt / (1 + s M),
///
/// with M and dM/dt as expected of the cell and s its depth. It is linear: no neighbours and no parameters.
#pragma once

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/numerics/principal_components.hpp>
#include <cardamom/prediction/nearest_centre.hpp>
#include <cardamom/prediction/velocity.hpp>

namespace cardamom {

/// What `embed_velocities` returns.
struct VelocityEmbedding {
  Matrix cells;                    ///< cells × components
  Matrix velocities;               ///< cells × components [1/h]
  PrincipalComponents components;  ///< of log(1 + count), genes without the inputs
};

/// Places and velocities of cells in the principal components of log(1 + count).
/// @param velocities of the cells of the table, by `expected_velocity`
/// @param components in [1, counts.genes()]
/// @throws std::invalid_argument on sizes and what `principal_components` throws, whose cost it has
template <class = CompiledWhereUsed>
[[nodiscard]] VelocityEmbedding embed_velocities(const Counts& counts, const CellVelocities& velocities,
                                                 Index components) {
  const char* const function = "embed_velocities";
  check_shape(function, "velocities.mrna", velocities.mrna, counts.cells(), counts.nodes());
  check_shape(function, "velocities.mrna_velocity", velocities.mrna_velocity, counts.cells(), counts.nodes());
  const Matrix logs = log_counts(counts.values(), counts.inputs());
  VelocityEmbedding result{{}, {}, principal_components(logs, components)};
  result.cells = result.components.scores(logs);
  Vector depth = Vector::Ones(counts.cells());
  if (counts.depth().size() > 0) depth = counts.depth();
  const Matrix expected = depth.asDiagonal() * velocities.mrna.rightCols(counts.genes());
  const Matrix speed = depth.asDiagonal() * velocities.mrna_velocity.rightCols(counts.genes());
  result.velocities = speed.cwiseQuotient((1.0 + expected.array()).matrix()) * result.components.loadings;
  return result;
}

}  // namespace cardamom

#ifdef CARDAMOM_PRECOMPILED
namespace cardamom {
extern template VelocityEmbedding embed_velocities(const Counts&, const CellVelocities&, Index);
}  // namespace cardamom
#endif
