/// @file
/// Model (3), the limit of fast mRNA: at rate kon_i(P) protein i jumps by an exponential burst of mean 1/c_i,
/// c_i = (koff_i/s0_i) d0_i/s1_i; between bursts P_i' = −d1_i P_i. Simulated exactly, by thinning.
#pragma once

#include <cstdint>

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/model/kinetics.hpp>
#include <cardamom/model/model.hpp>
#include <cardamom/simulation/thinning/engine_choice.hpp>
#include <cardamom/simulation/thinning/thinned_process.hpp>

namespace cardamom {

/// One cell of model (3). The interface is that of the base class, see `BurstyProcess`; `state().mrna` stays zero.
template <class Rate>
class ProteinProcess : public thinning::ThinnedProcess<
                           thinning::Engines<typename detail::Simulated<Rate>::Type, thinning::Jump::protein>> {
  using Base = thinning::ThinnedProcess<thinning::Engines<Rate, thinning::Jump::protein>>;

 public:
  /// @param kinetics of as many nodes as the rate: c by `inverse_protein_burst_size()`, d1; the rest is not used
  /// @throws std::invalid_argument on sizes or a path that does not fit, std::domain_error on values, NumericalError on
  /// a bound that is not finite and >= 0
  explicit ProteinProcess(const WhereUsed<Kinetics, Rate>& kinetics, const Rate& rate,
                          const ProcessOptions& options = {})
      : Base(static_cast<Index>(rate.nodes()), kinetics.inputs(),
             thinning::make_engine<thinning::Jump::protein>("ProteinProcess", kinetics, rate, options)),
        kinetics_(kinetics),
        rate_(rate),
        mrna_(Vector::Zero(kinetics.nodes())) {}

  /// The same from a model.
  explicit ProteinProcess(const BasicModel<Rate>& model, const ProcessOptions& options = {})
      : ProteinProcess(model.kinetics, model.rate, options) {}

  /// mRNA given the proteins, in the limit in which it is fast: M_i ~ Gamma(kon_i(P)/d0_i, rate koff_i/s0_i),
  /// independent [molecules]. Each gene draws from the stream (key, Purpose::counts, gene).
  const Vector& draw_mrna(std::uint64_t key) {
    const WhereUsed<Vector, Rate>& protein = this->protein();
    for (Index i = kinetics_.inputs(); i < mrna_.size(); ++i) {
      const double shape = rate_(i, protein) / kinetics_.mrna_decay[i];
      RandomStream own(key, Purpose::counts, static_cast<std::uint64_t>(i));
      mrna_[i] = shape > 0.0 ? own.gamma(shape) / kinetics_.inverse_burst_size[i] : 0.0;
    }
    return mrna_;
  }

 private:
  WhereUsed<Kinetics, Rate> kinetics_;
  Rate rate_;
  WhereUsed<Vector, Rate> mrna_;
};

}  // namespace cardamom

#ifdef CARDAMOM_PRECOMPILED
namespace cardamom::thinning {
extern template ChosenEngine<Sigmoid, Jump::protein> make_engine<Jump::protein>(const char*, const Kinetics&, Sigmoid,
                                                                                const ProcessOptions&);
extern template class ThinnedProcess<Engines<Sigmoid, Jump::protein>>;
}  // namespace cardamom::thinning
#endif
