/// @file
/// The motion of a gene between bursts, prepared for many evaluations.
#pragma once

#include <algorithm>
#include <cmath>
#include <utility>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/simulation/flow.hpp>

namespace cardamom::thinning {

/// How a gene's M and P move without bursts. In the protein-only model there is no M: d0 = 0 stands for it.
class Motion {
 public:
  template <class = CompiledWhereUsed>
  Motion(double mrna_decay, double protein_decay)
      : mrna_decay_(mrna_decay),
        protein_decay_(protein_decay),
        peak_(mrna_decay > 0.0 ? peak_transfer(mrna_decay, protein_decay) : 0.0) {
    const double gap = mrna_decay - protein_decay;
    if (std::abs(gap) > 0.1 * std::max(mrna_decay, protein_decay)) inverse_gap_ = 1.0 / gap;
  }

  double mrna_decay() const noexcept { return mrna_decay_; }
  double protein_decay() const noexcept { return protein_decay_; }

  FlowFactors after(double time) const {
    if (inverse_gap_ == 0.0) return flow_factors(mrna_decay_, protein_decay_, time);
    const double protein = std::exp(-protein_decay_ * time);
    const double mrna = mrna_decay_ > 0.0 ? std::exp(-mrna_decay_ * time) : 1.0;
    return {mrna, protein, (protein - mrna) * inverse_gap_};
  }

  /// Most that P can ever be again after a time without bursts, from P and s1 M then.
  double ceiling(const FlowFactors& f, double protein, double synthesis) const {
    return f.protein * protein + (f.transfer + f.mrna * peak_) * synthesis;
  }

  friend bool operator==(const Motion& a, const Motion& b) { return a.key() == b.key(); }
  friend bool operator<(const Motion& a, const Motion& b) { return a.key() < b.key(); }

 private:
  std::pair<double, double> key() const { return {mrna_decay_, protein_decay_}; }

  double mrna_decay_;
  double protein_decay_;
  double peak_;               // most that one unit of s1 M adds to P
  double inverse_gap_ = 0.0;  // 1/(d0 − d1); 0: so close that a difference of exponentials would lose digits
};

}  // namespace cardamom::thinning
