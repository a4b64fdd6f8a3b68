/// @file
/// Turns any callable `f(gene, protein) -> double`, a lambda say, into a burst rate.
#pragma once

#include <concepts>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/core/error.hpp>

namespace cardamom {

/// A user's function without a bound: enough for the deterministic limit and the landscape.
///
///     cardamom::FunctionRate rate{3, [](cardamom::Index gene, const cardamom::VectorIn& p) { return 1.0 / (1.0 +
///     p[gene]); }};
template <class Function>
requires std::copy_constructible<Function> && std::is_invocable_r_v<double, const Function&, Index, const VectorIn&>
class FunctionRate {
 public:
  /// @param genes G, the stimulus included (>= 1, else std::invalid_argument)
  FunctionRate(Index genes, Function function) : genes_(genes), function_(std::move(function)) {
    check_at_least("FunctionRate", "genes", genes, 1);
  }

  Index genes() const noexcept { return genes_; }
  double operator()(Index gene, const VectorIn& protein) const { return function_(gene, protein); }

 private:
  Index genes_;
  Function function_;
};

/// A user's function with one constant bound per gene: what exact simulation asks for. Of a function of
/// `(Index gene, const auto& protein)`, which reads what it needs, simulation computes no other protein.
///
///     cardamom::BoundedFunctionRate rate{f, bounds};   // bounds[i] >= f(i, protein) always [1/h]
template <class Function>
requires std::copy_constructible<Function> && std::is_invocable_r_v<double, const Function&, Index, const VectorIn&>
class BoundedFunctionRate {
 public:
  /// @param bounds length G [1/h], entry 0 ignored; finite and >= 0, else std::domain_error
  BoundedFunctionRate(Function function, Vector bounds) : function_(std::move(function)), bounds_(std::move(bounds)) {
    check_at_least("BoundedFunctionRate", "bounds.size()", bounds_.size(), 1);
    check_all_nonnegative("BoundedFunctionRate", "bounds", bounds_, 1);
  }

  Index genes() const noexcept { return bounds_.size(); }
  double operator()(Index gene, const VectorIn& protein) const { return function_(gene, protein); }
  template <class Source>
  requires detail::takes_views<Function>
  double operator()(Index gene, const ProteinView<Source>& protein) const { return function_(gene, protein); }
  double bound(Index gene) const { return bounds_[gene]; }

 private:
  Function function_;
  Vector bounds_;
};

/// The same, knowing besides which proteins the rate of each gene may depend on: much faster to simulate when they are
/// few.
///
///     cardamom::SparseFunctionRate rate{f, bounds, {{}, {0}, {1, 3}, …}};
template <class Function>
requires std::copy_constructible<Function> && std::is_invocable_r_v<double, const Function&, Index, const VectorIn&>
class SparseFunctionRate : public BoundedFunctionRate<Function> {
 public:
  /// @param regulators per gene (length G, entry 0 ignored), indices in 0…G−1, else std::invalid_argument. What
  /// `function` reads of other proteins is out of date: that it does not is the caller's promise.
  SparseFunctionRate(Function function, Vector bounds, std::vector<std::vector<Index>> regulators)
      : BoundedFunctionRate<Function>(std::move(function), std::move(bounds)), regulators_(std::move(regulators)) {
    check_size("SparseFunctionRate", "regulators", static_cast<Index>(regulators_.size()), this->genes());
    for (std::size_t i = 1; i < regulators_.size(); ++i) {
      for (const Index j : regulators_[i]) {
        check_index("SparseFunctionRate", detail::element("regulators", static_cast<Index>(i)), j, this->genes());
      }
    }
  }

  std::span<const Index> regulators(Index gene) const { return regulators_[static_cast<std::size_t>(gene)]; }

 private:
  std::vector<std::vector<Index>> regulators_;
};

}  // namespace cardamom
