/// @file
/// Turns any callable `f(gene, protein) -> double`, a lambda say, into a burst rate.
#pragma once

#include <algorithm>
#include <concepts>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>

namespace cardamom {

/// A user's function without a bound: enough for the deterministic limit and the landscape.
///
///     cardamom::FunctionRate rate{3, [](cardamom::Index gene, const cardamom::VectorIn& p) { return 1.0 / (1.0 +
///     p[gene]); }};
template <class Function>
requires std::copy_constructible<Function> && std::is_invocable_r_v<double, const Function&, Index, const VectorIn&>
class FunctionRate {
  static_assert(detail::explain_rate_function<Function>());

 public:
  /// @param nodes inputs and genes, @param inputs how many of them, the first ones, are inputs
  /// @throws std::invalid_argument when nodes < 1 or inputs is not in 0 … nodes
  FunctionRate(Index nodes, Function function, Index inputs = 1)
      : nodes_(nodes), function_(std::move(function)), inputs_(inputs) {
    check_at_least("FunctionRate", "inputs", inputs, 0);
    check_at_least("FunctionRate", "nodes", nodes, std::max<Index>(1, inputs));
  }

  [[nodiscard]] Index nodes() const noexcept { return nodes_; }
  [[nodiscard]] Index inputs() const noexcept { return inputs_; }
  [[nodiscard]] double operator()(Index gene, const WhereUsed<VectorIn, Function>& protein) const {
    return function_(gene, protein);
  }

 private:
  Index nodes_;
  Function function_;
  Index inputs_;
};

/// A user's function with one constant bound per gene: what exact simulation asks for. Of a function of
/// `(Index gene, const auto& protein)`, which reads what it needs, simulation computes no other protein.
///
///     cardamom::BoundedFunctionRate rate{f, bounds};   // bounds[i] >= f(i, protein) always [1/h]
template <class Function>
requires std::copy_constructible<Function> && std::is_invocable_r_v<double, const Function&, Index, const VectorIn&>
class BoundedFunctionRate {
  static_assert(detail::explain_rate_function<Function>());

 public:
  /// @param bounds one per node [1/h], those of inputs ignored; finite and >= 0, else std::domain_error
  /// @param inputs how many of the nodes, the first ones, are inputs
  BoundedFunctionRate(Function function, WhereUsed<Vector, Function> bounds, Index inputs = 1)
      : function_(std::move(function)), bounds_(std::move(bounds)), inputs_(inputs) {
    check_at_least("BoundedFunctionRate", "inputs", inputs, 0);
    check_at_least("BoundedFunctionRate", "bounds.size()", bounds_.size(), std::max<Index>(1, inputs));
    check_all_nonnegative("BoundedFunctionRate", "bounds", bounds_, inputs);
  }

  [[nodiscard]] Index nodes() const noexcept { return bounds_.size(); }
  [[nodiscard]] Index inputs() const noexcept { return inputs_; }
  [[nodiscard]] double operator()(Index gene, const WhereUsed<VectorIn, Function>& protein) const {
    return function_(gene, protein);
  }
  template <class Source>
  requires detail::takes_views<Function>
  [[nodiscard]] double operator()(Index gene, const ProteinView<Source>& protein) const {
    return function_(gene, protein);
  }
  [[nodiscard]] double bound(Index gene) const { return bounds_[gene]; }

 private:
  Function function_;
  WhereUsed<Vector, Function> bounds_;
  Index inputs_;
};

/// The same, knowing besides which proteins the rate of each gene may depend on: much faster to simulate when they are
/// few.
///
///     cardamom::SparseFunctionRate rate{f, bounds, {{}, {0}, {1, 3}, …}};
template <class Function>
requires std::copy_constructible<Function> && std::is_invocable_r_v<double, const Function&, Index, const VectorIn&>
class SparseFunctionRate : public BoundedFunctionRate<Function> {
 public:
  /// @param regulators one list of nodes per node, those of inputs ignored; std::invalid_argument when one does not
  /// exist. What `function` reads of other proteins is out of date: that it reads none is the caller's promise.
  SparseFunctionRate(Function function, WhereUsed<Vector, Function> bounds, std::vector<std::vector<Index>> regulators,
                     Index inputs = 1)
      : BoundedFunctionRate<Function>(std::move(function), std::move(bounds), inputs),
        regulators_(std::move(regulators)) {
    check_size("SparseFunctionRate", "regulators", static_cast<Index>(regulators_.size()), this->nodes());
    for (auto i = static_cast<std::size_t>(inputs); i < regulators_.size(); ++i) {
      for (const Index j : regulators_[i]) {
        check_index("SparseFunctionRate", detail::element("regulators", static_cast<Index>(i)), j, this->nodes());
      }
    }
  }

  [[nodiscard]] std::span<const Index> regulators(Index gene) const {
    return regulators_[static_cast<std::size_t>(gene)];
  }

 private:
  std::vector<std::vector<Index>> regulators_;
};

}  // namespace cardamom
