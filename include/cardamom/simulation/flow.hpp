/// @file
/// The explicit motion of one gene between bursts, the deterministic part of (1):
/// M' = −d0 M, P' = s1 M − d1 P, solved in closed form for every d0 and d1, equal or not.
#pragma once

#include <cmath>

#include <cardamom/core/compiled_where_used.hpp>

namespace cardamom {

/// After a time without bursts: M ← mrna · M and P ← protein · P + transfer · s1 M.
struct FlowFactors {
  double mrna;      ///< e^(−d0 t)
  double protein;   ///< e^(−d1 t)
  double transfer;  ///< (e^(−d1 t) − e^(−d0 t))/(d0 − d1), t e^(−d t) when d0 = d1 [h]
};

/// @param mrna_decay d0 > 0, @param protein_decay d1 > 0 [1/h], @param duration t >= 0 [h]
/// Accurate to a few units in the last place, also for d0 ≈ d1; two transcendental functions.
template <class = CompiledWhereUsed>
inline FlowFactors flow_factors(double mrna_decay, double protein_decay, double duration) noexcept {
  const bool mrna_faster = mrna_decay >= protein_decay;
  const double slow = mrna_faster ? protein_decay : mrna_decay;
  const double gap = mrna_faster ? mrna_decay - protein_decay : protein_decay - mrna_decay;
  const double slow_factor = std::exp(-slow * duration);
  const double x = gap * duration;
  double ratio;     // e^(−x)
  double quotient;  // (1 − e^(−x))/x
  if (x < 0.5) {
    // Here 1 − e^(−x) would cancel.
    const double small = std::expm1(-x);
    ratio = 1.0 + small;
    quotient = x > 0.0 ? -small / x : 1.0;
  } else {
    ratio = std::exp(-x);
    quotient = (1.0 - ratio) / x;
  }
  const double fast_factor = slow_factor * ratio;
  return {mrna_faster ? fast_factor : slow_factor, mrna_faster ? slow_factor : fast_factor,
          slow_factor * duration * quotient};
}

/// Largest value of `transfer` over all durations [h]: a burst of h molecules raises P by at most s1 h times this.
/// It is reached after t = ln(d0/d1)/(d0 − d1).
template <class = CompiledWhereUsed>
inline double peak_transfer(double mrna_decay, double protein_decay) noexcept {
  const double gap = mrna_decay - protein_decay;
  const double x = gap / protein_decay;
  const double duration = x != 0.0 ? std::log1p(x) / gap : 1.0 / protein_decay;
  return flow_factors(mrna_decay, protein_decay, duration).transfer;
}

}  // namespace cardamom
