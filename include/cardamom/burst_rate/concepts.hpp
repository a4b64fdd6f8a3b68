/// @file
/// The ladder of requirements on a burst rate kon: the more a rate says about itself, the more of the library it opens.
///
/// | rung | adds | opens |
/// | --- | --- | --- |
/// | `BurstRate` | `rate.nodes()`, `rate(gene, protein)` | deterministic limit, attractors, basins |
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
#include <cardamom/core/policies.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom {

namespace detail {

CARDAMOM_DETECT_MEMBER(nodes);

/// Nothing but an overload, or a template made to, of this very signature will do: most functions that take a
/// `VectorIn` could be called with a view, and would have all proteins computed.
template <class Function>
concept takes_views = requires {
  static_cast<double (Function::*)(Index, const ProteinView<AnyProteins>&) const>(&Function::operator());
};

}  // namespace detail

/// | expression | type | meaning |
/// | --- | --- | --- |
/// | `rate.nodes()` | `Index` | inputs and genes |
/// | `rate(gene, protein)` | `double` | kon [1/h] of the gene of node number `gene` at the levels `protein`, one per node: inputs first, then proteins |
///
/// A rate that has `rate.inputs()`, as all shipped ones do, says how many of its nodes are inputs; see `inputs_of`.
template <class R>
concept BurstRate = std::copy_constructible<R> && requires(const R& rate, Index gene, const VectorIn& protein) {
  { rate.nodes() } -> std::convertible_to<Index>;
  { rate(gene, protein) } -> std::convertible_to<double>;
};

/// How many of a rate's nodes are inputs: `rate.inputs()` where the rate says so, else 1.
template <BurstRate R>
[[nodiscard]] Index inputs_of(const R& rate) {
  if constexpr (requires {
                  { rate.inputs() } -> std::convertible_to<Index>;
                }) {
    return static_cast<Index>(rate.inputs());
  } else {
    return 1;
  }
}

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

/// `rate.regulators(gene)`: a range of the nodes j whose level the rate of `gene` may depend on.
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

/// `rate.gradient(gene, protein, out)`: writes ∂kon_gene/∂P_j to out[j] for every node j.
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

/// The role of a verb's burst rate.
struct RateRole {
  template <class T>
  static constexpr bool fits = BurstRate<T>;
  template <class T>
  static constexpr bool check() {
    static_assert(
        fits<T> || !detail::nodes_member<T>,
        "BurstRate: beside nodes(), operator()(Index gene, const VectorIn& protein) const must return double, and "
        "the rate be copyable");
    return true;
  }
};

}  // namespace cardamom
