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
/// threads at once, and never above its own bound (the simulator verifies this one as it goes). `check_rate` tries
/// them.
#pragma once

#include <concepts>
#include <ranges>
#include <type_traits>

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

/// Types of the gene and of the proteins, where the call operator is neither overloaded nor a template; of a pointer to
/// a function, too.
template <class Call>
struct RateArguments {
  using Gene = Index;
  using Protein = const VectorIn&;
};
template <class F, class Result, class G, class P, class... More>
struct RateArguments<Result (F::*)(G, P, More...) const> {
  using Gene = std::remove_cvref_t<G>;
  using Protein = std::remove_cvref_t<P>;
};
template <class F, class Result, class G, class P, class... More>
struct RateArguments<Result (F::*)(G, P, More...) const noexcept> : RateArguments<Result (F::*)(G, P, More...) const> {
};
template <class Result, class G, class P, class... More>
struct RateArguments<Result (*)(G, P, More...)> {
  using Gene = std::remove_cvref_t<G>;
  using Protein = std::remove_cvref_t<P>;
};
template <class Result, class G, class P, class... More>
struct RateArguments<Result (*)(G, P, More...) noexcept> : RateArguments<Result (*)(G, P, More...)> {};

template <class Function>
struct ArgumentsOf : RateArguments<Function> {};
template <class Function>
requires requires { &Function::operator(); }
struct ArgumentsOf<Function> : RateArguments<decltype(&Function::operator())> {};

/// An int would be truncated, a float is not precise enough for the bounds of simulation.
template <class Result>
concept exactly_double = std::same_as < std::remove_cvref_t<Result>,
double > ;

/// Not by an int, say, to which an Index is narrowed.
template <class Function, class Gene = typename ArgumentsOf<Function>::Gene>
concept takes_gene_as_index = !std::is_arithmetic_v<Gene> || (std::integral<Gene> && sizeof(Gene) >= sizeof(Index));

/// As `const VectorIn&` or `const auto&`. Into a `const Vector&` all proteins are copied at every call.
template <class Function, class Protein = typename ArgumentsOf<Function>::Protein>
concept takes_proteins_uncopied = !std::derived_from<Protein, Eigen::PlainObjectBase<Protein>>;

/// `static_assert`s about a function of `(gene, protein)`, or of `(gene, protein, parameters)`, that becomes a rate.
template <class Function, class... Parameters>
constexpr bool explain_rate_function() {
  static_assert(exactly_double<std::invoke_result_t<const Function&, Index, const VectorIn&, Parameters...>>,
                "BurstRate: the function of (gene, protein) must return double itself, neither int nor float");
  static_assert(takes_gene_as_index<Function>,
                "BurstRate: the function of (gene, protein) must take the gene as Index");
  static_assert(takes_proteins_uncopied<Function>,
                "BurstRate: the function of (gene, protein) must take the proteins as const VectorIn& or const auto&; "
                "into a const Vector& they are copied at every call");
  return true;
}

}  // namespace detail

/// | expression | type | meaning |
/// | --- | --- | --- |
/// | `rate.nodes()` | `Index` | inputs and genes |
/// | `rate(gene, protein)` | `double` | kon [1/h] of the gene of node number `gene` at the levels `protein`, one per node: inputs first, then proteins |
///
/// The result is a double itself, or a reference to one; a number of another type is refused, as are a gene taken as
/// int and proteins taken as `const Vector&`, which would be copied at every call.
///
/// A rate that has `rate.inputs()`, as all shipped ones do, says how many of its nodes are inputs; see `inputs_of`.
template <class R>
concept BurstRate = std::copy_constructible<R> && requires(const R& rate, Index gene, const VectorIn& protein) {
  { rate.nodes() } -> std::convertible_to<Index>;
  { rate(gene, protein) } -> detail::exactly_double;
} && detail::takes_gene_as_index<R> && detail::takes_proteins_uncopied<R>;

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

namespace detail {

// Whether a class has one function of this name, not a template, that it offers.
template <class R>
concept names_bound = std::is_member_function_pointer_v<decltype(&R::bound)>;
template <class R>
concept names_regulators = std::is_member_function_pointer_v<decltype(&R::regulators)>;
template <class R>
concept names_gradient = std::is_member_function_pointer_v<decltype(&R::gradient)>;
template <class R>
concept names_parameter_gradient = std::is_member_function_pointer_v<decltype(&R::parameter_gradient)>;
template <class R>
concept names_parameters = std::is_member_function_pointer_v<decltype(&R::parameters)> &&
    std::is_member_function_pointer_v<decltype(&R::set_parameters)>;
template <class R>
concept names_linear_form = std::is_member_function_pointer_v<decltype(&R::basal)> &&
    std::is_member_function_pointer_v<decltype(&R::interactions)> &&
    std::is_member_function_pointer_v<decltype(&R::link)>;
template <class R>
concept names_inputs = std::is_member_pointer_v<decltype(&R::inputs)>;

/// `static_assert`s that name what a rate has but says in a way that nothing would listen to. For the places where
/// rates enter. Templates and overloads of a wrong signature go unnoticed.
template <BurstRate R>
constexpr bool explain_rate_members() {
  static_assert(
      !names_inputs<R> || requires(const R& rate) { static_cast<Index>(rate.inputs()); },
      "BurstRate: member inputs must be a function inputs() const that returns Index");
  static_assert(!names_bound<R> || BoundedBurstRate<R>,
                "BoundedBurstRate: member bound must be bound(Index gene) const or bound(Index gene, const VectorIn& "
                "lower, const VectorIn& upper) const, and return double");
  static_assert(!names_regulators<R> || SparseBurstRate<R>,
                "SparseBurstRate: member regulators must be regulators(Index gene) const and return a range of nodes");
  static_assert(!names_gradient<R> || DifferentiableBurstRate<R>,
                "DifferentiableBurstRate: member gradient must be gradient(Index gene, const VectorIn& protein, "
                "VectorOut out) const and return void");
  static_assert(!names_linear_form<R> || LinkedBurstRate<R>,
                "LinkedBurstRate: members must be basal() const, which returns const Vector&, interactions() const, "
                "which returns const SparseMatrix&, and link(Index gene, double argument) const, which returns double");
  static_assert(!names_parameters<R> || LearnableBurstRate<R>,
                "LearnableBurstRate: members must be parameters(Index gene) const, which returns Vector, and "
                "set_parameters(Index gene, const VectorIn& x)");
  static_assert(!names_parameter_gradient<R> || ParameterGradientBurstRate<R>,
                "ParameterGradientBurstRate: member parameter_gradient must be parameter_gradient(Index gene, const "
                "VectorIn& protein, VectorOut out) const, return void, and stand beside parameters and set_parameters");
  return true;
}

}  // namespace detail

namespace detail {

/// `static_assert`s for what only simulates exactly. A bound of a wrong signature is `explain_rate_members`'s.
template <class Rate>
constexpr bool explain_bound() {
  static_assert(!BurstRate<Rate> || BoundedBurstRate<Rate>,
                "BoundedBurstRate: exact simulation needs a member bound(Index gene) const or bound(Index gene, const "
                "VectorIn& lower, const VectorIn& upper) const, which returns double; BoundedFunctionRate gives a "
                "lambda one");
  return true;
}

}  // namespace detail

/// The role of a verb's burst rate.
struct RateRole {
  template <class T>
  static constexpr bool fits = BurstRate<T>;
  template <class T>
  static constexpr bool check() {
    constexpr bool called = std::copy_constructible<T> && requires(const T& rate, Index gene, const VectorIn& protein) {
      double(rate(gene, protein));
    };
    static_assert(
        called || !detail::nodes_member<T>,
        "BurstRate: beside nodes(), operator()(Index gene, const VectorIn& protein) const must return double, and "
        "the rate be copyable");
    if constexpr (called && detail::nodes_member<T>) {
      using Result = std::invoke_result_t<const T&, Index, const VectorIn&>;
      static_assert(detail::exactly_double<Result>,
                    "BurstRate: operator()(gene, protein) const must return double itself, neither int nor float");
      static_assert(detail::takes_gene_as_index<T>,
                    "BurstRate: operator()(gene, protein) const must take the gene as Index");
      static_assert(detail::takes_proteins_uncopied<T>,
                    "BurstRate: operator()(gene, protein) const must take the proteins as const VectorIn& or const "
                    "auto&; into a const Vector& they are copied at every call");
    }
    return true;
  }
};

namespace detail {

/// `static_assert`s for a type that can be nothing but a rate: that it is one, and that all it says is heard.
template <class T>
constexpr bool explain_rate() {
  if constexpr (BurstRate<T>) {
    return explain_rate_members<T>();
  } else {
    static_assert(
        nodes_member<T>,
        "BurstRate: member nodes() const must return the number of nodes, beside operator()(Index gene, const "
        "VectorIn& protein) const; FunctionRate and BoundedFunctionRate make a rate of a lambda");
    static_assert(RateRole::check<T>());
    static_assert(BurstRate<T>, "BurstRate: member nodes() const must return Index, and the rate be copyable");
    return true;
  }
}

/// Rate itself where it is a rate that can be simulated exactly. For base classes, which a compiler reads before the
/// `static_assert`s of a class.
template <class Rate>
struct Simulated {
  static_assert(explain_rate<Rate>());
  static_assert(explain_bound<Rate>());
  using Type = Rate;
};

}  // namespace detail

}  // namespace cardamom
