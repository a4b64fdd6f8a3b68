/// @file
/// Model (1): at rate kon_i(P) the mRNA of gene i jumps by an exponential burst of mean s0_i/koff_i; between bursts
/// M_i' = −d0_i M_i, P_i' = s1_i M_i − d1_i P_i. Simulated exactly, by thinning.
#pragma once

#include <cardamom/simulation/detail/paths.hpp>
#include <cardamom/simulation/detail/thinned_process.hpp>

namespace cardamom {

/// One cell of model (1).
///
///     BurstyProcess cell{kinetics, rate};
///     cell.reset(RandomStream{seed, Purpose::cell, index});
///     cell.hold(0, 1.0);                        // the stimulus is on
///     cell.advance_to(10.0, [](const Burst& burst) { … });
///     cell.mrna(); cell.protein();
///
/// The interface is that of the base class; `reset`, `advance_to` and reading allocate nothing.
template <BoundedBurstRate Rate>
class BurstyProcess : public detail::ThinnedProcess<detail::Engines<Rate, detail::Jump::mrna>> {
  using Base = detail::ThinnedProcess<detail::Engines<Rate, detail::Jump::mrna>>;

 public:
  /// @param kinetics length G; `frequency_min` and `frequency_max` are not used, the rate knows its own
  /// @throws std::invalid_argument on sizes or a path that does not fit, std::domain_error on values, NumericalError on
  /// a bound that is not finite and >= 0
  explicit BurstyProcess(const Kinetics& kinetics, const Rate& rate, const ProcessOptions& options = {})
      : Base(static_cast<Index>(rate.genes()),
             detail::make_engine<detail::Jump::mrna>("BurstyProcess", kinetics, rate, options)) {}

  /// M [molecules], length G.
  const Vector& mrna() { return this->state().mrna; }
};

}  // namespace cardamom
