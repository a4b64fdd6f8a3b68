/// @file
/// The potential of a landscape, V(x) = −ln û(x), with û the Gamma mixture (6): its wells are the cell types.
#pragma once

#include <cardamom/mixture/gamma_mixture.hpp>

namespace cardamom {

/// V(x) [nats]. @param protein x, length G, >= 0. O(m · G).
inline double potential(const GammaMixture& mixture, const VectorIn& protein) { return -mixture.log_density(protein); }

/// ∂V/∂x_i, length G, entry 0 is 0. O(m · G).
inline Vector potential_gradient(const GammaMixture& mixture, const VectorIn& protein) {
  return -mixture.log_density_gradient(protein);
}

}  // namespace cardamom
