/// @file
/// Finite mixtures over the genes of a cell: Σ_z μ(z) f_z(x), one component z per basin or cell type. What f is says a
/// component type: `GammaProduct` (6), `Product<Family>` (10), `Gaussian`, or a user's.
///
/// Everything is computed in logarithms, so hundreds of genes neither underflow nor overflow.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/numerics/draw_category.hpp>
#include <cardamom/numerics/log_sum_exp.hpp>

namespace cardamom {

/// A kind of law whose mixtures are `Mixture<C>`. `C::Laws` are the laws f_z of all components; C itself holds what
/// they have in common and does not depend on data (nothing, a detection limit, …).
///
/// | expression | type | meaning |
/// | --- | --- | --- |
/// | `C::name` | text | of its mixtures, in error messages |
/// | `C::Laws(component, components, first, second, inputs)` | | checks and keeps the parameters; `first` is a `Matrix`, components × nodes, of shapes or means, `second` a `C::Laws::Second` of what sets the scale |
/// | `laws.nodes()`, `laws.inputs()` | `Index` | sizes |
/// | `laws.scores(function, x)` | `Vector` | ln f_z(x) of every z up to a term that all share; checks x, naming the function |
/// | `laws.shared_term(x)` | `double` | that term |
/// | `laws.draw(z, stream)` | `Vector` | a draw from f_z, one entry per node, 0 for inputs |
template <class C>
concept MixtureComponent = std::copy_constructible<C> && std::copy_constructible<typename C::Laws> &&
    requires(const C& component, const typename C::Laws& laws, Matrix first, typename C::Laws::Second second, Index n,
             const Vector& x, RandomStream& stream) {
  { C::name } -> std::convertible_to<std::string_view>;
  typename C::Laws;
  requires std::constructible_from<typename C::Laws, const C&, Index, Matrix, typename C::Laws::Second, Index>;
  { laws.nodes() } -> std::convertible_to<Index>;
  { laws.inputs() } -> std::convertible_to<Index>;
  { laws.scores(std::string_view(), x) } -> std::convertible_to<Vector>;
  { laws.shared_term(x) } -> std::convertible_to<double>;
  { laws.draw(n, stream) } -> std::convertible_to<Vector>;
};

/// A mixture. Arrays over nodes have one entry per node; inputs take no part: their entries are ignored in arguments
/// and 0 in results.
///
/// Members that only some laws have (`shapes`, `rates`, `means`, `covariances`, `mean`, marginals, the gradient) exist
/// where the laws offer them.
template <MixtureComponent Component>
class Mixture {
 public:
  using Laws = typename Component::Laws;

  /// @param weights μ, one per component (at least one), >= 0 with a positive sum; stored divided by their sum
  /// @param first, second parameters of the laws: shapes and rates of `GammaMixture`, means and covariances of
  /// `GaussianMixture`; see there
  /// @param inputs how many of the nodes, the first ones, are inputs
  /// @throws std::invalid_argument on sizes, std::domain_error on values
  Mixture(WhereUsed<Vector, Component> weights, WhereUsed<Matrix, Component> first, typename Laws::Second second,
          Index inputs = 1, Component component = {})
      : laws_(component, checked_size(weights), std::move(first), std::move(second), inputs) {
    set_weights(std::move(weights));
  }
  /// @throws as above
  Mixture(WhereUsed<Vector, Component> weights, Laws laws) : laws_(std::move(laws)) {
    (void)checked_size(weights);
    set_weights(std::move(weights));
  }

  /// The number of components (basins).
  [[nodiscard]] Index components() const noexcept { return weights_.size(); }
  [[nodiscard]] Index nodes() const noexcept { return laws_.nodes(); }
  [[nodiscard]] Index inputs() const noexcept { return laws_.inputs(); }
  [[nodiscard]] const Vector& weights() const noexcept { return weights_; }
  /// The laws f_z.
  [[nodiscard]] const Laws& laws() const noexcept { return laws_; }

  /// The same components with other weights: the law of another time point. @throws as the constructor
  [[nodiscard]] Mixture with_weights(WhereUsed<Vector, Component> weights) const {
    check_size(function("with_weights"), "weights", weights.size(), components());
    Mixture result = *this;
    result.set_weights(std::move(weights));
    return result;
  }

  /// ln of the density (or mass) at x.
  /// @throws std::invalid_argument on sizes, std::domain_error on values outside the support
  [[nodiscard]] double log_density(const WhereUsed<VectorIn, Component>& x) const {
    const WhereUsed<Vector, Component> scores = laws_.scores(function("log_density"), x) + log_weights_;
    return log_sum_exp(scores) - laws_.shared_term(x);
  }

  /// ln f_z(x) of every component without its weight. @throws as log_density
  [[nodiscard]] Vector component_log_densities(const WhereUsed<VectorIn, Component>& x) const {
    return laws_.scores(function("component_log_densities"), x).array() - laws_.shared_term(x);
  }

  /// P(component z | x), one entry per component, sums to 1. @throws as log_density
  [[nodiscard]] Vector responsibilities(const WhereUsed<VectorIn, Component>& x) const {
    WhereUsed<Vector, Component> result = laws_.scores(function("responsibilities"), x) + log_weights_;
    softmax(result);
    return result;
  }

  /// One draw, one entry per node.
  [[nodiscard]] Vector sample(RandomStream& stream) const {
    const Index component = draw_category(weights_, stream.uniform());
    return laws_.draw(component, stream);
  }

  /// Independent draws, cells × nodes; draw number k depends on (seed, k) alone.
  /// @throws std::invalid_argument when cells < 0
  template <Executor E = Sequential>
  [[nodiscard]] Matrix sample(Index cells, std::uint64_t seed, const E& executor = {}) const {
    check_at_least(function("sample"), "cells", cells, 0);
    WhereUsed<Matrix, Component> result(cells, nodes());
    for_each_index(ExecutorRef(executor), cells, [&](Index cell) {
      RandomStream stream(seed, Purpose::mixture_sample, static_cast<std::uint64_t>(cell));
      result.row(cell) = sample(stream).transpose();
    });
    return result;
  }

  [[nodiscard]] const Matrix& shapes() const noexcept requires requires(const Laws& l) { l.shapes(); }
  { return laws_.shapes(); }
  [[nodiscard]] const Vector& rates() const noexcept requires requires(const Laws& l) { l.rates(); }
  { return laws_.rates(); }
  [[nodiscard]] const Matrix& means() const noexcept requires requires(const Laws& l) { l.means(); }
  { return laws_.means(); }
  [[nodiscard]] const auto& covariances() const noexcept requires requires(const Laws& l) { l.covariances(); }
  { return laws_.covariances(); }

  /// E X, one entry per node.
  [[nodiscard]] Vector mean() const requires requires(const Laws& l, WhereUsed<Vector, Component> w) { l.mean(w); }
  { return laws_.mean(weights_); }
  /// ∂ ln density/∂x_i, one entry per node.
  [[nodiscard]] Vector log_density_gradient(const WhereUsed<VectorIn, Component>& x) const requires
      requires(const Laws& l, WhereUsed<Vector, Component> w) {
    l.log_density_gradient(w, w);
  }
  { return laws_.log_density_gradient(x, responsibilities(x)); }
  /// ln of the marginal density of one gene at the level x. O(components).
  [[nodiscard]] double log_marginal_density(Index gene, double x) const requires
      requires(const Laws& l, WhereUsed<Vector, Component> w) {
    l.log_marginal_density(std::string_view(), gene, x, w);
  }
  { return laws_.log_marginal_density(function("log_marginal_density"), gene, x, log_weights_); }
  /// P(X_gene <= x). O(components).
  [[nodiscard]] double marginal_cdf(Index gene, double x) const requires
      requires(const Laws& l, WhereUsed<Vector, Component> w) {
    l.marginal_cdf(std::string_view(), gene, x, w);
  }
  { return laws_.marginal_cdf(function("marginal_cdf"), gene, x, weights_); }

 private:
  static std::string function(std::string_view member) {
    std::string text(Component::name);
    text += "::";
    text += member;
    return text;
  }
  static Index checked_size(const WhereUsed<Vector, Component>& weights) {
    check_at_least(Component::name, "weights.size()", weights.size(), 1);
    return weights.size();
  }

  void set_weights(WhereUsed<Vector, Component> weights) {
    check_all_nonnegative(Component::name, "weights", weights);
    const double total = weights.sum();
    check_positive(Component::name, "weights.sum()", total);
    weights_ = weights / total;
    log_weights_ = weights_.array().log();
  }

  Laws laws_;
  WhereUsed<Vector, Component> weights_;
  WhereUsed<Vector, Component> log_weights_;
};

}  // namespace cardamom
