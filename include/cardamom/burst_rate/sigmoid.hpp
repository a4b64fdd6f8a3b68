/// @file
/// The burst rate of the paper, equation (2): kon_i(P) = k0_i + (k1_i − k0_i) σ(β_i + Σ_j θ_ij P_j), σ(u) = 1/(1+e^−u).
#pragma once

#include <cardamom/burst_rate/linear_rate.hpp>

namespace cardamom {

/// Burst rate (2). Simulation decides about most candidates of a burst without an exponential (`Logistic::reaches`).
using Sigmoid = LinearRate<Logistic>;

static_assert(BoundedBurstRate<Sigmoid> && SparseBurstRate<Sigmoid> && LinkedBurstRate<Sigmoid> &&
              DifferentiableBurstRate<Sigmoid> && ParameterGradientBurstRate<Sigmoid>);

}  // namespace cardamom
