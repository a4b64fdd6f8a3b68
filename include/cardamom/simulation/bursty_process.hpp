/// @file
/// Model (1): at rate kon_i(P) the mRNA of gene i jumps by an exponential burst of mean s0_i/koff_i; between bursts
/// M_i' = −d0_i M_i, P_i' = s1_i M_i − d1_i P_i. Simulated exactly, by thinning.
#pragma once

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/model/kinetics.hpp>
#include <cardamom/model/model.hpp>
#include <cardamom/simulation/thinning/engine_choice.hpp>
#include <cardamom/simulation/thinning/thinned_process.hpp>

namespace cardamom {

/// One cell of model (1).
///
///     BurstyProcess cell{kinetics, rate};
///     cell.reset(RandomStream{seed, Purpose::cell, index});
///     cell.clamp(0, 1.0);                        // the first input is on
///     cell.advance_to(10.0, [](const Burst& burst) { … });
///     cell.mrna(); cell.protein();
///
/// The interface is that of the base class; `reset`, `advance_to` and looking at the cell allocate nothing.
template <class Rate>
class BurstyProcess
    : public thinning::ThinnedProcess<thinning::Engines<typename detail::Simulated<Rate>::Type, thinning::Jump::mrna>> {
  using Base = thinning::ThinnedProcess<thinning::Engines<Rate, thinning::Jump::mrna>>;

 public:
  /// @param kinetics of as many nodes as the rate; `frequency_min` and `frequency_max` are not used, the rate knows
  /// its own
  /// @throws std::invalid_argument on sizes or a path that does not fit, std::domain_error on values, NumericalError on
  /// a bound that is not finite and >= 0
  explicit BurstyProcess(const WhereUsed<Kinetics, Rate>& kinetics, const Rate& rate,
                         const ProcessOptions& options = {})
      : Base(static_cast<Index>(rate.nodes()), kinetics.inputs(),
             thinning::make_engine<thinning::Jump::mrna>("BurstyProcess", kinetics, rate, options)) {}

  /// The same from a model.
  explicit BurstyProcess(const BasicModel<Rate>& model, const ProcessOptions& options = {})
      : BurstyProcess(model.kinetics, model.rate, options) {}

  /// M [molecules], one entry per node.
  const Vector& mrna() { return this->state().mrna; }
};

}  // namespace cardamom

#ifdef CARDAMOM_PRECOMPILED
namespace cardamom::thinning {
extern template ChosenEngine<Sigmoid, Jump::mrna> make_engine<Jump::mrna>(const char*, const Kinetics&, Sigmoid,
                                                                          const ProcessOptions&);
extern template class ThinnedProcess<Engines<Sigmoid, Jump::mrna>>;
}  // namespace cardamom::thinning
#endif
