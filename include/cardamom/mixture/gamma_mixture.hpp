/// @file
/// Mixture of products of Gamma laws, equation (6): the approximate law of the proteins of model (3), one component per
/// basin of attraction,
///
///     û(x) = Σ_z μ(z) Π_i Gamma(x_i; shape k_{z,i}/d1_i, rate c_i).
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>

#include <boost/math/special_functions/gamma.hpp>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/mixture/mixture.hpp>

namespace cardamom {

struct GammaProduct;

/// The components of (6): shapes k_{z,i}/d1_i, components × nodes, and rates c, one per node [1/protein].
///
/// Protein levels of 0 are admitted, where a density may be 0 or infinite: levels below 1e−300 are read as 1e−300,
/// which makes every result finite and responsibilities those of the components that favour the edge most.
class GammaLaws {
 public:
  using Second = Vector;

  /// @param components number of rows of the shapes
  /// @param shapes > 0, @param rates > 0; those of inputs are ignored and stored as 0
  /// @throws std::invalid_argument on sizes, std::domain_error on values
  template <class Use = CompiledWhereUsed>
  GammaLaws(const WhereUsed<GammaProduct, Use>&, Index components, WhereUsed<Matrix, Use> shapes,
            WhereUsed<Vector, Use> rates, Index inputs)
      : shapes_(std::move(shapes)), rates_(std::move(rates)), inputs_(inputs) {
    check_at_least("GammaMixture", "inputs", inputs_, 0);
    check_at_least("GammaMixture", "rates.size()", rates_.size(), std::max<Index>(1, inputs_));
    check_shape("GammaMixture", "shapes", shapes_, components, nodes());
    check_all_positive("GammaMixture", "rates", rates_, inputs_);
    for (Index z = 0; z < components; ++z) {
      for (Index i = inputs_; i < nodes(); ++i) {
        if (!(std::isfinite(shapes_(z, i)) && shapes_(z, i) > 0)) {
          check_positive("GammaMixture", "shapes(" + detail::to_text(z) + ", " + detail::to_text(i) + ")",
                         shapes_(z, i));
        }
      }
    }
    shapes_.leftCols(inputs_).setZero();
    rates_.head(inputs_).setZero();
    log_normalizer_ = Vector::Zero(components);
    for (Index i = inputs_; i < nodes(); ++i) {
      const double log_rate = std::log(rates_[i]);
      for (Index z = 0; z < components; ++z) {
        log_normalizer_[z] += shapes_(z, i) * log_rate - boost::math::lgamma(shapes_(z, i));
      }
    }
  }

  [[nodiscard]] Index nodes() const noexcept { return rates_.size(); }
  [[nodiscard]] Index inputs() const noexcept { return inputs_; }
  [[nodiscard]] const Matrix& shapes() const noexcept { return shapes_; }
  [[nodiscard]] const Vector& rates() const noexcept { return rates_; }

  /// O(components · genes).
  template <class Use = CompiledWhereUsed>
  [[nodiscard]] Vector scores(std::string_view function, const WhereUsed<VectorIn, Use>& protein) const {
    check_size(function, "protein", protein.size(), nodes());
    check_all_nonnegative(function, "protein", protein, inputs_);
    return shapes_ * logarithms(protein) + log_normalizer_;
  }
  template <class Use = CompiledWhereUsed>
  [[nodiscard]] double shared_term(const WhereUsed<VectorIn, Use>& protein) const {
    double sum = 0.0;
    for (Index i = inputs_; i < nodes(); ++i) sum += std::log(at_least_tiny(protein[i])) + rates_[i] * protein[i];
    return sum;
  }
  template <class Use = CompiledWhereUsed>
  [[nodiscard]] Vector draw(Index component, WhereUsed<RandomStream, Use>& stream) const {
    WhereUsed<Vector, Use> protein = Vector::Zero(nodes());
    for (Index i = inputs_; i < nodes(); ++i) protein[i] = stream.gamma(shapes_(component, i)) / rates_[i];
    return protein;
  }

  template <class Use = CompiledWhereUsed>
  [[nodiscard]] Vector mean(const WhereUsed<Vector, Use>& weights) const {
    WhereUsed<Vector, Use> result = Vector::Zero(nodes());
    for (Index i = inputs_; i < nodes(); ++i) result[i] = shapes_.col(i).dot(weights) / rates_[i];
    return result;
  }
  template <class Use = CompiledWhereUsed>
  [[nodiscard]] Vector log_density_gradient(const WhereUsed<VectorIn, Use>& protein,
                                            const WhereUsed<Vector, Use>& responsibilities) const {
    const WhereUsed<Vector, Use> mean_shape = shapes_.transpose() * responsibilities;
    WhereUsed<Vector, Use> gradient = Vector::Zero(nodes());
    for (Index i = inputs_; i < nodes(); ++i) {
      gradient[i] = (mean_shape[i] - 1.0) / at_least_tiny(protein[i]) - rates_[i];
    }
    return gradient;
  }
  template <class Use = CompiledWhereUsed>
  [[nodiscard]] double log_marginal_density(std::string_view function, Index gene, double x,
                                            const WhereUsed<Vector, Use>& log_weights) const {
    check_marginal(function, gene, x);
    const double logarithm = std::log(at_least_tiny(x));
    WhereUsed<Vector, Use> terms(shapes_.rows());
    for (Index z = 0; z < terms.size(); ++z) {
      const double shape = shapes_(z, gene);
      terms[z] = log_weights[z] + shape * std::log(rates_[gene]) - boost::math::lgamma(shape) +
                 (shape - 1.0) * logarithm - rates_[gene] * x;
    }
    return log_sum_exp(terms);
  }
  template <class Use = CompiledWhereUsed>
  [[nodiscard]] double marginal_cdf(std::string_view function, Index gene, double x,
                                    const WhereUsed<Vector, Use>& weights) const {
    check_marginal(function, gene, x);
    double sum = 0.0;
    for (Index z = 0; z < weights.size(); ++z) {
      if (weights[z] > 0) sum += weights[z] * boost::math::gamma_p(shapes_(z, gene), rates_[gene] * x);
    }
    return sum;
  }

 private:
  static double at_least_tiny(double x) noexcept { return std::max(x, 1e-300); }

  void check_marginal(std::string_view function, Index gene, double x) const {
    check_at_least(function, "gene", gene, inputs_);
    check_index(function, "gene", gene, nodes());
    check_nonnegative(function, "x", x);
  }

  template <class Use = CompiledWhereUsed>
  Vector logarithms(const WhereUsed<VectorIn, Use>& protein) const {
    WhereUsed<Vector, Use> logs = Vector::Zero(nodes());
    for (Index i = inputs_; i < nodes(); ++i) logs[i] = std::log(at_least_tiny(protein[i]));
    return logs;
  }

  Matrix shapes_;
  Vector rates_;
  Index inputs_;
  Vector log_normalizer_;
};

/// The component of (6).
struct GammaProduct {
  static constexpr std::string_view name = "GammaMixture";
  using Laws = GammaLaws;

  /// Levels below this share of a gene's largest count as "below", see `Gamma`; in (0, 1). Simulated proteins decay
  /// towards 0 without reaching it, so it only has to be small enough never to cut what a mode is made of.
  double relative_detection_limit = 1e-9;
};

/// Throws when a setting is out of range; the error names it, its value and the range.
inline void validate(const GammaProduct& component) {
  check_in("GammaProduct", "relative_detection_limit", component.relative_detection_limit, 0.0, 1.0);
  check_positive("GammaProduct", "relative_detection_limit", component.relative_detection_limit);
}

/// The mixture (6): GammaMixture(weights, shapes, rates, inputs).
using GammaMixture = Mixture<GammaProduct>;

}  // namespace cardamom
