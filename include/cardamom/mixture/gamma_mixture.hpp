/// @file
/// Mixture of products of Gamma laws, equation (6): the approximate law of the proteins of model (3), one component per
/// basin of attraction,
///
///     û(x) = Σ_z μ(z) Π_i Gamma(x_i; shape k_{z,i}/d1_i, rate c_i).
///
/// Everything is computed in logarithms, so hundreds of genes neither underflow nor overflow.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string_view>
#include <utility>

#include <boost/math/special_functions/gamma.hpp>

#include <cardamom/core/error.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/core/random.hpp>

namespace cardamom {

namespace detail {

/// ln Σ_z e^{values_z}; −∞ when every value is.
inline double log_sum_exp(const VectorIn& values) {
  const double largest = values.maxCoeff();
  if (largest == -std::numeric_limits<double>::infinity()) return largest;
  return largest + std::log((values.array() - largest).exp().sum());
}

/// e^{values_z} / Σ e^{values}, in place; at least one value must be finite.
inline void softmax(VectorOut values) {
  const double largest = values.maxCoeff();
  // Not Eigen's exp, which turns −∞ into a denormal number instead of 0.
  for (double& value : values) value = std::exp(value - largest);
  values /= values.sum();
}

/// The component a uniform number in (0, 1] falls to, never one of weight 0. Weights sum to 1 up to rounding.
inline Index draw_component(const VectorIn& weights, double uniform) {
  Index component = 0;
  for (; component + 1 < weights.size(); ++component) {
    uniform -= weights[component];
    if (uniform <= 0.0) break;
  }
  while (weights[component] == 0.0) --component;
  return component;
}

}  // namespace detail

/// The mixture (6). Genes 1…G−1; index 0, the stimulus, takes no part: its entries are ignored on input, 0 on output.
///
/// Protein levels of 0 are admitted, where a density may be 0 or infinite: levels below 1e−300 are read as 1e−300,
/// which makes every result finite and responsibilities those of the components that favour the edge most.
class GammaMixture {
 public:
  /// @param weights μ, one per component (m >= 1), >= 0 with a positive sum; stored divided by their sum
  /// @param shapes k_{z,i}/d1_i, m × G, > 0
  /// @param rates c, length G, > 0 [1/protein]
  /// @throws std::invalid_argument on sizes, std::domain_error on values
  GammaMixture(Vector weights, Matrix shapes, Vector rates) : shapes_(std::move(shapes)), rates_(std::move(rates)) {
    check_at_least("GammaMixture", "weights.size()", weights.size(), 1);
    check_at_least("GammaMixture", "rates.size()", rates_.size(), 1);
    check_shape("GammaMixture", "shapes", shapes_, weights.size(), genes());
    check_all_positive("GammaMixture", "rates", rates_, 1);
    for (Index z = 0; z < weights.size(); ++z) {
      for (Index i = 1; i < genes(); ++i) {
        if (!(std::isfinite(shapes_(z, i)) && shapes_(z, i) > 0)) {
          check_positive("GammaMixture", "shapes(" + detail::to_text(z) + ", " + detail::to_text(i) + ")",
                         shapes_(z, i));
        }
      }
    }
    set_weights(std::move(weights));
    shapes_.col(0).setZero();
    rates_[0] = 0.0;
    log_normalizer_ = Vector::Zero(components());
    for (Index i = 1; i < genes(); ++i) {
      const double log_rate = std::log(rates_[i]);
      for (Index z = 0; z < components(); ++z) {
        log_normalizer_[z] += shapes_(z, i) * log_rate - boost::math::lgamma(shapes_(z, i));
      }
    }
  }

  /// m, the number of components (basins).
  Index components() const noexcept { return weights_.size(); }
  /// G, the stimulus included.
  Index genes() const noexcept { return rates_.size(); }
  const Vector& weights() const noexcept { return weights_; }
  const Matrix& shapes() const noexcept { return shapes_; }
  const Vector& rates() const noexcept { return rates_; }

  /// The same components with other weights: the law μ_t of another time point. @throws as the constructor
  GammaMixture with_weights(Vector weights) const {
    check_size("GammaMixture::with_weights", "weights", weights.size(), components());
    GammaMixture result = *this;
    result.set_weights(std::move(weights));
    return result;
  }

  /// ln û(x). @param protein x, length G, >= 0. O(m · G).
  double log_density(const VectorIn& protein) const {
    const Vector logs = logarithms("GammaMixture::log_density", protein);
    return detail::log_sum_exp(scores(logs)) - shared_terms(protein, logs);
  }

  /// ln f_z(x) of every component without its weight, length m.
  Vector component_log_densities(const VectorIn& protein) const {
    const Vector logs = logarithms("GammaMixture::component_log_densities", protein);
    return (shapes_ * logs + log_normalizer_).array() - shared_terms(protein, logs);
  }

  /// P(component z | x), length m, sums to 1: the conditional law of the basin.
  Vector responsibilities(const VectorIn& protein) const {
    Vector result = scores(logarithms("GammaMixture::responsibilities", protein));
    detail::softmax(result);
    return result;
  }

  /// ∂ ln û/∂x_i, length G, entry 0 is 0.
  Vector log_density_gradient(const VectorIn& protein) const {
    const Vector mean_shape = shapes_.transpose() * responsibilities(protein);
    Vector gradient = Vector::Zero(genes());
    for (Index i = 1; i < genes(); ++i) gradient[i] = (mean_shape[i] - 1.0) / at_least_tiny(protein[i]) - rates_[i];
    return gradient;
  }

  /// ln of the marginal density of one gene at the level x >= 0. O(m).
  double log_marginal_density(Index gene, double x) const {
    check_marginal("GammaMixture::log_marginal_density", gene, x);
    const double logarithm = std::log(at_least_tiny(x));
    Vector terms(components());
    for (Index z = 0; z < components(); ++z) {
      const double shape = shapes_(z, gene);
      terms[z] = log_weights_[z] + shape * std::log(rates_[gene]) - boost::math::lgamma(shape) +
                 (shape - 1.0) * logarithm - rates_[gene] * x;
    }
    return detail::log_sum_exp(terms);
  }

  /// P(X_gene <= x). O(m).
  double marginal_cdf(Index gene, double x) const {
    check_marginal("GammaMixture::marginal_cdf", gene, x);
    double sum = 0.0;
    for (Index z = 0; z < components(); ++z) {
      if (weights_[z] > 0) sum += weights_[z] * boost::math::gamma_p(shapes_(z, gene), rates_[gene] * x);
    }
    return sum;
  }

  /// E X, length G, entry 0 is 0.
  Vector mean() const {
    Vector result = Vector::Zero(genes());
    for (Index i = 1; i < genes(); ++i) result[i] = shapes_.col(i).dot(weights_) / rates_[i];
    return result;
  }

  /// One draw, length G, entry 0 is 0.
  Vector sample(RandomStream& stream) const {
    const Index component = detail::draw_component(weights_, stream.uniform());
    Vector protein = Vector::Zero(genes());
    for (Index i = 1; i < genes(); ++i) protein[i] = stream.gamma(shapes_(component, i)) / rates_[i];
    return protein;
  }

  /// Independent draws, cells × G; draw number k depends on (seed, k) alone.
  template <Executor E = Sequential>
  Matrix sample(Index cells, std::uint64_t seed, const E& executor = {}) const {
    check_at_least("GammaMixture::sample", "cells", cells, 0);
    Matrix result(cells, genes());
    for_each_index(executor, cells, [&](Index cell) {
      RandomStream stream(seed, Purpose::landscape, static_cast<std::uint64_t>(cell));
      result.row(cell) = sample(stream).transpose();
    });
    return result;
  }

 private:
  static double at_least_tiny(double x) noexcept { return std::max(x, 1e-300); }

  void set_weights(Vector weights) {
    check_all_nonnegative("GammaMixture", "weights", weights);
    const double total = weights.sum();
    check_positive("GammaMixture", "weights.sum()", total);
    weights_ = weights / total;
    log_weights_ = weights_.array().log();
  }

  void check_marginal(std::string_view function, Index gene, double x) const {
    if (gene == 0) check_at_least(function, "gene", gene, 1);
    check_index(function, "gene", gene, genes());
    check_nonnegative(function, "x", x);
  }

  /// ln x_i; entry 0 is 0.
  Vector logarithms(std::string_view function, const VectorIn& protein) const {
    check_size(function, "protein", protein.size(), genes());
    check_all_nonnegative(function, "protein", protein, 1);
    Vector logs(genes());
    logs[0] = 0.0;
    for (Index i = 1; i < genes(); ++i) logs[i] = std::log(at_least_tiny(protein[i]));
    return logs;
  }

  /// ln μ_z f_z(x) up to the terms all components share, which would only cost the responsibilities digits.
  Vector scores(const VectorIn& logs) const { return shapes_ * logs + log_normalizer_ + log_weights_; }
  double shared_terms(const VectorIn& protein, const VectorIn& logs) const {
    double sum = 0.0;
    for (Index i = 1; i < genes(); ++i) sum += logs[i] + rates_[i] * protein[i];
    return sum;
  }

  Vector weights_;
  Matrix shapes_;
  Vector rates_;
  Vector log_weights_;
  Vector log_normalizer_;
};

}  // namespace cardamom
