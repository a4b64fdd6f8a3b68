/// @file
/// Turns any callable `f(gene, protein) -> double`, a lambda say, into a burst rate.
#pragma once

#include <concepts>
#include <utility>

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

/// A user's function with one constant bound per gene: what exact simulation asks for.
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
  double bound(Index gene) const { return bounds_[gene]; }

 private:
  Function function_;
  Vector bounds_;
};

}  // namespace cardamom
