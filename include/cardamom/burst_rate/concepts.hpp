/// @file
/// The ladder of requirements on a burst rate kon: the more a rate says about itself, the more of the library it opens.
///
/// | rung | adds | opens |
/// | --- | --- | --- |
/// | `BurstRate` | `rate.genes()`, `rate(gene, protein)` | deterministic limit, attractors, basins |
/// | `BoundedBurstRate` | `rate.bound(gene)` or `rate.bound(gene, lower, upper)` | exact simulation |
/// | `LazyBurstRate` | `rate(gene, protein)` for `const auto& protein` | simulation that computes only what the rate reads |
/// | `SparseBurstRate` | `rate.regulators(gene)` | simulation that touches only a gene's regulators |
/// | `LinkedBurstRate` | `rate.basal()`, `rate.interactions()`, `rate.link(gene, argument)` | sums shared by all candidates |
/// | `DifferentiableBurstRate` | `rate.gradient(gene, protein, out)` | analytic Jacobians |
///
/// and, beside the ladder, `LearnableBurstRate`: a rate with parameters that data can choose.
///
/// A rate is a plain value: no base class, no registration. A lambda becomes one through `FunctionRate`.
/// Duties no compiler checks: pure, finite and >= 0 for every non-negative protein vector, callable from several
/// threads at once, and never above its own bound (the simulator verifies this one as it goes).
#pragma once

#include <concepts>
#include <ranges>

#include <cardamom/burst_rate/protein_view.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom {

namespace detail {

/// Nothing but an overload, or a template made to, of this very signature will do: most functions that take a
/// `VectorIn` could be called with a view, and would have all proteins computed.
template <class Function>
concept takes_views = requires {
  static_cast<double (Function::*)(Index, const ProteinView<AnyProteins>&) const>(&Function::operator());
};

}  // namespace detail

/// | expression | type | meaning |
/// | --- | --- | --- |
/// | `rate.genes()` | `Index` | G, the stimulus included |
/// | `rate(gene, protein)` | `double` | kon of `gene` in 1…G−1 [1/h] at protein levels of length G, `protein[0]` the stimulus |
template <class R>
concept BurstRate = std::copy_constructible<R> && requires(const R& rate, Index gene, const VectorIn& protein) {
  { rate.genes() } -> std::convertible_to<Index>;
  { rate(gene, protein) } -> std::convertible_to<double>;
};

/// `rate.bound(gene)`: a number never exceeded by `rate(gene, protein)`, whatever the protein levels [1/h].
template <class R>
concept ConstantBoundBurstRate = BurstRate<R> && requires(const R& rate, Index gene) {
  { rate.bound(gene) } -> std::convertible_to<double>;
};

/// `rate.bound(gene, lower, upper)`: never exceeded while lower <= protein <= upper, entry by entry [1/h].
template <class R>
concept BoxBoundBurstRate = BurstRate<R> &&
    requires(const R& rate, Index gene, const VectorIn& lower, const VectorIn& upper) {
  { rate.bound(gene, lower, upper) } -> std::convertible_to<double>;
};

/// A burst rate with a bound of either kind: all that exact simulation by thinning needs.
template <class R>
concept BoundedBurstRate = BurstRate<R> &&(ConstantBoundBurstRate<R> || BoxBoundBurstRate<R>);

/// A rate whose call operator takes `const ProteinView<S>&` as it is, not by way of a `VectorIn`: a template such as
/// `double operator()(Index gene, const auto& protein) const`, which serves `BurstRate` at the same time. Exactly these
/// arguments and this result, so that no other rate is taken for one.
template <class R>
concept LazyBurstRate = BurstRate<R> && detail::takes_views<R>;

/// `rate.regulators(gene)`: a range of the indices j (0 = stimulus) whose protein the rate of `gene` may depend on.
template <class R>
concept SparseBurstRate = BurstRate<R> && requires(const R& rate, Index gene) {
  { rate.regulators(gene) } -> std::ranges::forward_range;
};

/// An increasing link of a linear form: `rate(gene, P) = rate.link(gene, rate.basal()[gene] + Σ_j θ(gene, j) P_j)` with
/// θ = `rate.interactions()`. That the link increases is a duty of the rate.
template <class R>
concept LinkedBurstRate = BurstRate<R> && requires(const R& rate, Index gene, double argument) {
  { rate.basal() } -> std::same_as<const Vector&>;
  { rate.interactions() } -> std::same_as<const SparseMatrix&>;
  { rate.link(gene, argument) } -> std::same_as<double>;
};

/// `rate.gradient(gene, protein, out)`: writes ∂kon_gene/∂P_j to out[j], j = 0…G−1.
template <class R>
concept DifferentiableBurstRate = BurstRate<R> &&
    requires(const R& rate, Index gene, const VectorIn& protein, VectorOut out) {
  { rate.gradient(gene, protein, out) } -> std::same_as<void>;
};

/// A rate whose dependence on the proteins is set by parameters, gene by gene; a gene may have none.
///
/// | expression | type | meaning |
/// | --- | --- | --- |
/// | `rate.parameters(gene)` | `Vector` | the parameters of `gene`, on a scale where changes of about 1 matter |
/// | `rate.set_parameters(gene, x)` | | replaces them; any finite x of the same length is allowed |
template <class R>
concept LearnableBurstRate = BurstRate<R> && requires(const R& rate, R& changed, Index gene, const VectorIn& x) {
  { rate.parameters(gene) } -> std::convertible_to<Vector>;
  changed.set_parameters(gene, x);
};

/// `rate.parameter_gradient(gene, protein, out)`: writes ∂kon_gene/∂x_p to out[p], as long as `rate.parameters(gene)`.
/// Learning differentiates numerically what lacks it.
template <class R>
concept ParameterGradientBurstRate = LearnableBurstRate<R> &&
    requires(const R& rate, Index gene, const VectorIn& protein, VectorOut out) {
  { rate.parameter_gradient(gene, protein, out) } -> std::same_as<void>;
};

}  // namespace cardamom
