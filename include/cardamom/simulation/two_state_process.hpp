/// @file
/// The two-state promoter, from which model (1) derives: off → on at rate kon_i(P), on → off at rate koff_i; while on,
/// M_i grows at rate s0_i; M_i' = s0_i [on] − d0_i M_i, P_i' = s1_i M_i − d1_i P_i. When koff and s0 grow with koff/s0
/// fixed the on-periods become the bursts of (1). Simulated exactly, by thinning.
#pragma once

#include <utility>
#include <variant>

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/simulation/detail/promoters.hpp>
#include <cardamom/simulation/detail/thinned_process.hpp>

namespace cardamom {

/// One cell of the two-state model. The interface is that of the base class, see `BurstyProcess`; promoters start off.
/// An observer hears of every switch: `size` is 1 when a promoter turns on, 0 when it turns off; the counters count
/// switches. O(G) per switch.
template <ConstantBoundBurstRate Rate>
class TwoStateProcess : public detail::ThinnedProcess<detail::PromoterEngine<Rate>> {
  using Base = detail::ThinnedProcess<detail::PromoterEngine<Rate>>;

 public:
  /// @param kinetics length G; `frequency_min` and `frequency_max` are not used
  /// @param off_rate koff [1/h], length G, entry 0 ignored, > 0; s0 = koff / inverse_burst_size
  /// @throws std::invalid_argument on sizes, std::domain_error on values, NumericalError on a bound that is not finite
  /// and
  /// >= 0
  TwoStateProcess(const Kinetics& kinetics, const Vector& off_rate, const Rate& rate)
      : Base(static_cast<Index>(rate.genes()),
             detail::make_promoter_engine("TwoStateProcess", kinetics, off_rate, rate)) {}

  /// M [molecules], length G.
  const Vector& mrna() { return this->state().mrna; }
  /// Whether the promoter of a gene in 1…G−1 is on.
  bool is_on(Index gene) const { return std::get<0>(this->engine()).evaluator().is_on(gene); }
};

}  // namespace cardamom
