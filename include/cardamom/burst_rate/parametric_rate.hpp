/// @file
/// Turns any callable `f(gene, protein, parameters) -> double` into a burst rate whose parameters can be learned.
#pragma once

#include <algorithm>
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
///     // Gene 1 follows the input and gene 2, x holding a basal level and two weights.
///     cardamom::ParametricRate rate{[](Index gene, const VectorIn& protein, const VectorIn& x) { … }, bounds,
///                                   {{}, Vector::Zero(3), Vector::Zero(3)}};
template <class Function>
requires std::copy_constructible<Function> &&
    std::is_invocable_r_v<double, const Function&, Index, const VectorIn&, const VectorIn&>
class ParametricRate {
  static_assert(detail::explain_rate_function<Function, const VectorIn&>());

 public:
  /// @param function kon of a gene [1/h] at the levels of all nodes, given the gene's parameters
  /// @param bounds one per node [1/h], those of inputs ignored; bounds[i] >= function(i, protein, x) for all parameters
  /// x
  /// @param parameters one vector per node, those of inputs ignored, finite; any length, 0 included
  /// @param inputs how many of the nodes, the first ones, are inputs
  /// @throws std::invalid_argument on sizes, std::domain_error on values
  ParametricRate(Function function, Vector bounds, std::vector<Vector> parameters, Index inputs = 1)
      : function_(std::move(function)),
        bounds_(std::move(bounds)),
        parameters_(std::move(parameters)),
        inputs_(inputs) {
    check_at_least("ParametricRate", "inputs", inputs, 0);
    check_at_least("ParametricRate", "bounds.size()", nodes(), std::max<Index>(1, inputs));
    check_all_nonnegative("ParametricRate", "bounds", bounds_, inputs);
    check_size("ParametricRate", "parameters", static_cast<Index>(parameters_.size()), nodes());
    for (Index i = inputs; i < nodes(); ++i) {
      check_all_finite("ParametricRate", detail::element("parameters", i), parameters_[static_cast<std::size_t>(i)]);
    }
  }

  [[nodiscard]] Index nodes() const noexcept { return bounds_.size(); }
  [[nodiscard]] Index inputs() const noexcept { return inputs_; }
  [[nodiscard]] double operator()(Index gene, const VectorIn& protein) const {
    return function_(gene, protein, parameters(gene));
  }
  [[nodiscard]] double bound(Index gene) const { return bounds_[gene]; }

  [[nodiscard]] const Vector& parameters(Index gene) const { return parameters_[static_cast<std::size_t>(gene)]; }
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
  Index inputs_;
};

}  // namespace cardamom
