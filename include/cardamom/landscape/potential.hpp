/// @file
/// The potential of a landscape, V(x) = −ln û(x), with û the Gamma mixture (6): its wells are the cell types.
#pragma once

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/mixture/gamma_mixture.hpp>

namespace cardamom {

/// V(x) [nats].
/// @param mixture û, for instance from `gamma_mixture`
/// @param protein x, one level per node, >= 0; those of inputs are ignored
/// O(components · genes).
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline double potential(const WhereUsed<GammaMixture, Use>& mixture,
                                      const WhereUsed<VectorIn, Use>& protein) {
  return -mixture.log_density(protein);
}

/// ∂V/∂x_i [nats per protein], one entry per node; those of inputs are 0. O(components · genes).
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline Vector potential_gradient(const WhereUsed<GammaMixture, Use>& mixture,
                                               const WhereUsed<VectorIn, Use>& protein) {
  return -mixture.log_density_gradient(protein);
}

}  // namespace cardamom
