/// @file
/// The two-state promoter, from which model (1) derives: off → on at rate kon_i(P), on → off at rate koff_i; while on,
/// M_i grows at rate s0_i; M_i' = s0_i [on] − d0_i M_i, P_i' = s1_i M_i − d1_i P_i. When koff and s0 grow with koff/s0
/// fixed the on-periods become the bursts of (1). Simulated exactly, by thinning.
#pragma once

#include <utility>
#include <variant>

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/model/kinetics.hpp>
#include <cardamom/model/model.hpp>
#include <cardamom/simulation/thinning/promoters.hpp>
#include <cardamom/simulation/thinning/thinned_process.hpp>

namespace cardamom {

/// One cell of the two-state model. The interface is that of the base class, see `BurstyProcess`; promoters start off.
/// An observer hears of every switch: `size` is 1 when a promoter turns on, 0 when it turns off; the counters count
/// switches. O(nodes) per switch.
template <ConstantBoundBurstRate Rate>
class TwoStateProcess : public thinning::ThinnedProcess<thinning::PromoterEngine<Rate>> {
  using Base = thinning::ThinnedProcess<thinning::PromoterEngine<Rate>>;

 public:
  /// @param kinetics of as many nodes as the rate; `frequency_min` and `frequency_max` are not used
  /// @param off_rate koff [1/h], one entry per node, those of inputs ignored, > 0; s0 = koff / inverse_burst_size
  /// @throws std::invalid_argument on sizes, std::domain_error on values, NumericalError on a bound that is not
  /// finite and >= 0
  TwoStateProcess(const WhereUsed<Kinetics, Rate>& kinetics, const WhereUsed<Vector, Rate>& off_rate, const Rate& rate)
      : Base(static_cast<Index>(rate.nodes()), kinetics.inputs(),
             thinning::make_promoter_engine("TwoStateProcess", kinetics, off_rate, rate)) {}

  /// The same from a model.
  TwoStateProcess(const BasicModel<Rate>& model, const WhereUsed<Vector, Rate>& off_rate)
      : TwoStateProcess(model.kinetics, off_rate, model.rate) {}

  /// M [molecules], one entry per node.
  const Vector& mrna() { return this->state().mrna; }
  /// Whether the promoter of a gene is on.
  bool is_on(Index gene) const { return std::get<0>(this->engine()).follower().is_on(gene); }
};

}  // namespace cardamom
