/// @file
/// Knock-out, knock-down and over-expression, as another burst rate: kon_i ← factor · kon_i + extra.
#pragma once

#include <cmath>
#include <concepts>
#include <utility>
#include <vector>

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/burst_rate/sigmoid.hpp>
#include <cardamom/core/error.hpp>

namespace cardamom {

/// What is done to one gene.
struct Perturbation {
  Index gene;
  double factor = 1.0;  ///< >= 0
  double extra = 0.0;   ///< bursts added whatever the regulators do [1/h], >= 0
};

/// The gene never bursts.
inline Perturbation knock_out(Index gene) { return {gene, 0.0, 0.0}; }
/// The gene bursts at `remaining` in [0, 1] of its rate.
inline Perturbation knock_down(Index gene, double remaining) {
  check_in("knock_down", "remaining", remaining, 0.0, 1.0);
  return {gene, remaining, 0.0};
}
/// The gene bursts `extra` times per hour more.
inline Perturbation over_express(Index gene, double extra) {
  check_nonnegative("over_express", "extra", extra);
  return {gene, 1.0, extra};
}

/// Any burst rate with some genes perturbed; it stands on the same rungs of the ladder.
template <BurstRate Rate>
class PerturbedRate {
 public:
  /// @param factor, extra length G, entry 0 ignored
  PerturbedRate(Rate rate, Vector factor, Vector extra)
      : rate_(std::move(rate)), factor_(std::move(factor)), extra_(std::move(extra)) {
    check_size("PerturbedRate", "factor", factor_.size(), genes());
    check_size("PerturbedRate", "extra", extra_.size(), genes());
    check_all_nonnegative("PerturbedRate", "factor", factor_, 1);
    check_all_nonnegative("PerturbedRate", "extra", extra_, 1);
  }

  Index genes() const { return static_cast<Index>(rate_.genes()); }
  double operator()(Index gene, const VectorIn& protein) const { return change(gene, rate_(gene, protein)); }
  template <class Source>
  requires LazyBurstRate<Rate>
  double operator()(Index gene, const ProteinView<Source>& protein) const { return change(gene, rate_(gene, protein)); }

  double bound(Index gene) const requires ConstantBoundBurstRate<Rate> { return change(gene, rate_.bound(gene)); }
  double bound(Index gene, const VectorIn& lower, const VectorIn& upper) const requires BoxBoundBurstRate<Rate> {
    return change(gene, rate_.bound(gene, lower, upper));
  }
  decltype(auto) regulators(Index gene) const requires SparseBurstRate<Rate> { return rate_.regulators(gene); }
  void gradient(Index gene, const VectorIn& protein, VectorOut out) const requires DifferentiableBurstRate<Rate> {
    rate_.gradient(gene, protein, out);
    out *= factor_[gene];
  }

 private:
  double change(Index gene, double rate) const { return factor_[gene] * rate + extra_[gene]; }

  Rate rate_;
  Vector factor_;
  Vector extra_;
};

/// The rate of the perturbed cell. A `Sigmoid` stays a `Sigmoid` (other k0 and k1) and keeps its fast paths; several
/// perturbations of one gene apply in order. Kinetics stay those of the wild type, s1 included.
/// @throws std::invalid_argument when a gene is not in 1…G−1, std::domain_error on negative factor or extra
template <BurstRate Rate>
auto perturb(const Rate& rate, const std::vector<Perturbation>& perturbations) {
  const auto genes = static_cast<Index>(rate.genes());
  Vector factor = Vector::Ones(genes);
  Vector extra = Vector::Zero(genes);
  for (const Perturbation& p : perturbations) {
    check_index("perturb", "gene", p.gene, genes);
    check_at_least("perturb", "gene", p.gene, 1);
    check_nonnegative("perturb", "factor", p.factor);
    check_nonnegative("perturb", "extra", p.extra);
    factor[p.gene] *= p.factor;
    extra[p.gene] = p.factor * extra[p.gene] + p.extra;
  }
  if constexpr (std::same_as<Rate, Sigmoid>) {
    const auto change = [&](const Vector& frequency) { return Vector(factor.cwiseProduct(frequency) + extra); };
    return Sigmoid(change(rate.frequency_min()), change(rate.frequency_max()), rate.basal(), rate.interactions());
  } else {
    return PerturbedRate<Rate>(rate, std::move(factor), std::move(extra));
  }
}

}  // namespace cardamom
