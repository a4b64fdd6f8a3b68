/// @file
/// What is done to the burst rate of one gene: knock-out, knock-down, over-expression.
#pragma once

#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom {

/// What is done to one gene: kon ← factor · kon + extra.
struct Perturbation {
  /// Largest factor, and largest number of bursts added [1/h]: of more, simulations would not end.
  static constexpr double largest = 1e6;

  Index gene;
  double factor = 1.0;  ///< in [0, largest]
  double extra = 0.0;   ///< bursts added whatever the regulators do [1/h], in [0, largest]

  friend bool operator==(const Perturbation&, const Perturbation&) = default;
};

/// The gene never bursts.
[[nodiscard]] inline Perturbation knock_out(Index gene) { return {gene, 0.0, 0.0}; }
/// The gene bursts at `remaining` in [0, 1] of its rate.
[[nodiscard]] inline Perturbation knock_down(Index gene, double remaining) {
  check_in("knock_down", "remaining", remaining, 0.0, 1.0);
  return {gene, remaining, 0.0};
}
/// The gene bursts `extra` times per hour more.
[[nodiscard]] inline Perturbation over_express(Index gene, double extra) {
  check_in("over_express", "extra", extra, 0.0, Perturbation::largest);
  return {gene, 1.0, extra};
}

}  // namespace cardamom
