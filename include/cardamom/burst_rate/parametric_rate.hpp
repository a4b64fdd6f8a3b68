/// @file
/// Turns any callable `f(gene, protein, parameters) -> double` into a burst rate whose parameters can be learned.
#pragma once

#include <concepts>
#include <cstddef>
#include <type_traits>
#include <utility>
#include <vector>

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/core/error.hpp>

namespace cardamom {

/// A user's family of burst rates, at given parameters.
///
///     // Gene 1 follows the stimulus and gene 2, x holding a basal level and two weights.
///     cardamom::ParametricRate rate{[](Index gene, const VectorIn& protein, const VectorIn& x) { … }, bounds,
///                                   {{}, Vector::Zero(3), Vector::Zero(3)}};
template <class Function>
requires std::copy_constructible<Function> &&
    std::is_invocable_r_v<double, const Function&, Index, const VectorIn&, const VectorIn&>
class ParametricRate {
 public:
  /// @param function kon of a gene [1/h] at protein levels of length G, given the gene's parameters
  /// @param bounds length G [1/h], entry 0 ignored; bounds[i] >= function(i, protein, x) for all parameters x
  /// @param parameters per gene (length G, entry 0 ignored), finite; any length, 0 included
  /// @throws std::invalid_argument on sizes, std::domain_error on values
  ParametricRate(Function function, Vector bounds, std::vector<Vector> parameters)
      : function_(std::move(function)), bounds_(std::move(bounds)), parameters_(std::move(parameters)) {
    check_at_least("ParametricRate", "bounds.size()", genes(), 1);
    check_all_nonnegative("ParametricRate", "bounds", bounds_, 1);
    check_size("ParametricRate", "parameters", static_cast<Index>(parameters_.size()), genes());
    for (Index i = 1; i < genes(); ++i) {
      check_all_finite("ParametricRate", detail::element("parameters", i), parameters_[static_cast<std::size_t>(i)]);
    }
  }

  Index genes() const noexcept { return bounds_.size(); }
  double operator()(Index gene, const VectorIn& protein) const { return function_(gene, protein, parameters(gene)); }
  double bound(Index gene) const { return bounds_[gene]; }

  const Vector& parameters(Index gene) const { return parameters_[static_cast<std::size_t>(gene)]; }
  /// @param x of the same length as the present ones (else std::invalid_argument), finite (else std::domain_error)
  void set_parameters(Index gene, const VectorIn& x) {
    check_size("ParametricRate::set_parameters", "x", x.size(), parameters(gene).size());
    check_all_finite("ParametricRate::set_parameters", "x", x);
    parameters_[static_cast<std::size_t>(gene)] = x;
  }

 private:
  Function function_;
  Vector bounds_;
  std::vector<Vector> parameters_;
};

}  // namespace cardamom
