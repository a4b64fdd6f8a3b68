/// @file
/// Knock-out, knock-down and over-expression, as another burst rate: kon_i ← factor · kon_i + extra.
#pragma once

#include <cmath>
#include <concepts>
#include <utility>
#include <vector>

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/burst_rate/linear_rate.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/data/perturbation.hpp>

namespace cardamom {

/// Any burst rate with some genes perturbed; it stands on the same rungs of the ladder.
template <BurstRate Rate>
class PerturbedRate {
 public:
  /// @param factor, extra one entry per node, those of inputs ignored
  PerturbedRate(Rate rate, WhereUsed<Vector, Rate> factor, WhereUsed<Vector, Rate> extra)
      : rate_(std::move(rate)), factor_(std::move(factor)), extra_(std::move(extra)) {
    check_size("PerturbedRate", "factor", factor_.size(), nodes());
    check_size("PerturbedRate", "extra", extra_.size(), nodes());
    check_all_nonnegative("PerturbedRate", "factor", factor_, inputs());
    check_all_nonnegative("PerturbedRate", "extra", extra_, inputs());
  }

  [[nodiscard]] Index nodes() const { return static_cast<Index>(rate_.nodes()); }
  [[nodiscard]] Index inputs() const { return inputs_of(rate_); }
  [[nodiscard]] double operator()(Index gene, const WhereUsed<VectorIn, Rate>& protein) const {
    return change(gene, rate_(gene, protein));
  }
  template <class Source>
  requires LazyBurstRate<Rate>
  [[nodiscard]] double operator()(Index gene, const ProteinView<Source>& protein) const {
    return change(gene, rate_(gene, protein));
  }

  [[nodiscard]] double bound(Index gene) const requires ConstantBoundBurstRate<Rate> {
    return change(gene, rate_.bound(gene));
  }
  [[nodiscard]] double bound(Index gene, const WhereUsed<VectorIn, Rate>& lower,
                             const WhereUsed<VectorIn, Rate>& upper) const requires BoxBoundBurstRate<Rate> {
    return change(gene, rate_.bound(gene, lower, upper));
  }
  [[nodiscard]] decltype(auto) regulators(Index gene) const requires SparseBurstRate<Rate> {
    return rate_.regulators(gene);
  }
  void gradient(Index gene, const WhereUsed<VectorIn, Rate>& protein,
                WhereUsed<VectorOut, Rate> out) const requires DifferentiableBurstRate<Rate> {
    rate_.gradient(gene, protein, out);
    out *= factor_[gene];
  }

 private:
  double change(Index gene, double rate) const { return factor_[gene] * rate + extra_[gene]; }

  Rate rate_;
  WhereUsed<Vector, Rate> factor_;
  WhereUsed<Vector, Rate> extra_;
};

/// The rate of the perturbed cell. A `LinearRate` stays one of the same link (other k0 and k1) and keeps its fast
/// paths; several perturbations of one gene apply in order. Kinetics stay those of the wild type, s1 included.
/// @throws std::invalid_argument when a node is no gene of the rate, std::domain_error on a factor or extra out
/// of range
template <BurstRate Rate>
[[nodiscard]] auto perturb(const Rate& rate, const std::vector<Perturbation>& perturbations) {
  const auto nodes = static_cast<Index>(rate.nodes());
  WhereUsed<Vector, Rate> factor = Vector::Ones(nodes);
  WhereUsed<Vector, Rate> extra = Vector::Zero(nodes);
  for (const Perturbation& p : perturbations) {
    check_index("perturb", "gene", p.gene, nodes);
    check_at_least("perturb", "gene", p.gene, inputs_of(rate));
    check_in("perturb", "factor", p.factor, 0.0, Perturbation::largest);
    check_in("perturb", "extra", p.extra, 0.0, Perturbation::largest);
    factor[p.gene] *= p.factor;
    extra[p.gene] = p.factor * extra[p.gene] + p.extra;
  }
  if constexpr (IsLinearRate<Rate>::value) {
    const auto change = [&](const WhereUsed<Vector, Rate>& frequency) {
      return Vector(factor.cwiseProduct(frequency) + extra);
    };
    return rate.with(change(rate.frequency_min()), change(rate.frequency_max()), rate.basal(), rate.interactions(),
                     rate.inputs());
  } else {
    return PerturbedRate<Rate>(rate, std::move(factor), std::move(extra));
  }
}

}  // namespace cardamom
