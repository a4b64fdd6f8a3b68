/// @file
/// State of the reversible-jump sampler: a mixture of one gene, with the names its parameters have in the equations.
#pragma once

#include <cardamom/core/types.hpp>

namespace cardamom {

/// A mixture of K modes: weights w, η_k = log a_k and β = log b.
struct RjmcmcState {
  Vector weights;      ///< w, per mode; > 0, sums to 1
  Vector log_shapes;   ///< η, per mode, increasing: modes are exchangeable, so their order is only a way to name them
  double log_b = 0.0;  ///< β, logarithm of the inverse burst size koff/s0

  Index modes() const noexcept { return weights.size(); }
};

}  // namespace cardamom
