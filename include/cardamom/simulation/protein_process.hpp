/// @file
/// Model (3), the limit of fast mRNA: at rate kon_i(P) protein i jumps by an exponential burst of mean 1/c_i,
/// c_i = (koff_i/s0_i) d0_i/s1_i; between bursts P_i' = −d1_i P_i. Simulated exactly, by thinning.
#pragma once

#include <utility>

#include <cardamom/simulation/detail/thinned_process.hpp>

namespace cardamom {

/// One cell of model (3). The interface is that of the base class, see `BurstyProcess`; `state().mrna` stays zero.
template <BoundedBurstRate Rate>
class ProteinProcess : public detail::ThinnedProcess<Rate, detail::Jump::protein> {
 public:
  /// @param kinetics length G: c by `inverse_protein_burst_size()`, d1; the rest is not used
  /// @throws std::invalid_argument, std::domain_error, NumericalError as documented in the base class
  explicit ProteinProcess(const Kinetics& kinetics, Rate rate, const ProcessOptions& options = {})
      : detail::ThinnedProcess<Rate, detail::Jump::protein>("ProteinProcess", kinetics, std::move(rate), options) {}
};

}  // namespace cardamom
