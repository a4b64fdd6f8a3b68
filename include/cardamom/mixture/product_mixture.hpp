/// @file
/// Mixtures whose components are products over genes of laws of one mixture family, (10) for counts: within a gene the
/// components differ in shape and share the second parameter,
///
///     Σ_z μ(z) Π_i f(x_i; shape a_{z,i}, b_i).
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/mixture/family.hpp>
#include <cardamom/mixture/mixture.hpp>
#include <cardamom/mixture/sample.hpp>

namespace cardamom {

template <MixtureFamily Family>
struct Product;

/// The laws: shapes a, components × nodes, and b, one per node ([1/molecule] for mRNA). All cells have exposure 1.
template <MixtureFamily Family>
class ProductLaws {
 public:
  using Second = Vector;

  /// @param shapes > 0, @param rates > 0; those of inputs are ignored and stored as 0
  /// @throws std::invalid_argument on sizes, std::domain_error on values
  ProductLaws(const Product<Family>& component, Index components, WhereUsed<Matrix, Family> shapes,
              WhereUsed<Vector, Family> rates, Index inputs);

  [[nodiscard]] Index nodes() const noexcept { return rates_.size(); }
  [[nodiscard]] Index inputs() const noexcept { return inputs_; }
  [[nodiscard]] const Matrix& shapes() const noexcept { return shapes_; }
  [[nodiscard]] const Vector& rates() const noexcept { return rates_; }

  /// O(components · genes) densities of the family.
  [[nodiscard]] Vector scores(std::string_view function, const WhereUsed<VectorIn, Family>& x) const {
    check_size(function, "x", x.size(), nodes());
    WhereUsed<Vector, Family> result = Vector::Zero(shapes_.rows());
    for (Index i = inputs_; i < nodes(); ++i) {
      if (!family_.admits(x[i])) detail::throw_domain(function, detail::element("x", i), x[i], family_.support());
      for (Index z = 0; z < result.size(); ++z) result[z] += family_.log_density(x[i], shapes_(z, i), rates_[i], 1.0);
    }
    return result;
  }
  [[nodiscard]] double shared_term(const VectorIn&) const noexcept { return 0.0; }
  [[nodiscard]] Vector draw(Index component, RandomStream& stream) const {
    WhereUsed<Vector, Family> x = Vector::Zero(nodes());
    for (Index i = inputs_; i < nodes(); ++i) x[i] = family_.draw(shapes_(component, i), rates_[i], 1.0, stream);
    return x;
  }
  [[nodiscard]] Vector mean(const WhereUsed<Vector, Family>& weights) const {
    WhereUsed<Vector, Family> result = Vector::Zero(nodes());
    for (Index i = inputs_; i < nodes(); ++i) result[i] = shapes_.col(i).dot(weights) / rates_[i];
    return result;
  }

 private:
  Family family_;
  WhereUsed<Matrix, Family> shapes_;
  WhereUsed<Vector, Family> rates_;
  Index inputs_;
};

/// The component: a product of laws of a family.
template <MixtureFamily Family>
struct Product {
  static constexpr std::string_view name = "ProductMixture";
  using Laws = ProductLaws<Family>;

  Family family = {};
  /// Smallest shape of a fit, > 0: a component all of whose cells are zero at a gene would make every other cell
  /// impossible. Below `smallest_shape`, which separates modes of one gene: here a component is a whole cell type,
  /// whose silent genes should speak against a cell that shows a molecule as loudly as the cells at hand allow.
  double shape_floor = 1e-6;
};

template <MixtureFamily Family>
Product(Family) -> Product<Family>;
template <MixtureFamily Family>
Product(Family, double) -> Product<Family>;

/// Throws when a setting is out of range; the error names it, its value and the range.
template <MixtureFamily Family>
void validate(const Product<Family>& component) {
  if constexpr (requires { validate(component.family); }) validate(component.family);
  check_positive("Product", "shape_floor", component.shape_floor);
}

template <MixtureFamily Family>
ProductLaws<Family>::ProductLaws(const Product<Family>& component, Index components, WhereUsed<Matrix, Family> shapes,
                                 WhereUsed<Vector, Family> rates, Index inputs)
    : family_(component.family), shapes_(std::move(shapes)), rates_(std::move(rates)), inputs_(inputs) {
  check_at_least("ProductMixture", "inputs", inputs_, 0);
  check_at_least("ProductMixture", "rates.size()", rates_.size(), std::max<Index>(1, inputs_));
  check_shape("ProductMixture", "shapes", shapes_, components, nodes());
  check_all_positive("ProductMixture", "rates", rates_, inputs_);
  for (Index i = inputs_; i < nodes(); ++i) {
    check_all_positive("ProductMixture", "shapes column " + detail::to_text(i), shapes_.col(i));
  }
  shapes_.leftCols(inputs_).setZero();
  rates_.head(inputs_).setZero();
}

/// ProductMixture<Family>(weights, shapes, rates, inputs).
template <MixtureFamily Family>
using ProductMixture = Mixture<Product<Family>>;

namespace detail {

/// How products are fitted, gene by gene, by the family's own maximum likelihood; see `FittableComponent`.
template <MixtureFamily Family>
class ProductFitter {
 public:
  struct Parameters {
    std::vector<SharedFit> fits;       ///< per gene, shapes as the family found them: where its next search starts
    WhereUsed<Matrix, Family> shapes;  ///< components × genes, at least the floor
    WhereUsed<Vector, Family> rates;   ///< per gene
  };

  ProductFitter(const WhereUsed<MatrixIn, Family>& data, Index inputs, const Product<Family>& component)
      : component_(component), inputs_(inputs), points_(data.rightCols(data.cols() - inputs)) {
    std::vector<GeneSample> samples;
    for (Index i = 0; i < points_.cols(); ++i) samples.push_back(pool_values(points_.col(i)));
    samples_ = std::make_shared<const std::vector<GeneSample>>(std::move(samples));
  }

  const Matrix& points() const noexcept { return points_; }

  Parameters maximise(const WhereUsed<Matrix, Family>& responsibilities, const Parameters& before) const {
    const Index genes = points_.cols();
    const Index components = responsibilities.cols();
    const bool warm = !before.fits.empty() && before.shapes.rows() == components;
    Parameters result{std::vector<SharedFit>(samples_->size()), Matrix(components, genes), Vector(genes)};
    for (Index i = 0; i < genes; ++i) {
      const auto k = static_cast<std::size_t>(i);
      const WhereUsed<GeneSample, Family>& sample = (*samples_)[k];
      WhereUsed<Matrix, Family> pooled = Matrix::Zero(sample.size(), components);
      for (Index cell = 0; cell < responsibilities.rows(); ++cell) {
        pooled.row(sample.of_cell[static_cast<std::size_t>(cell)]) += responsibilities.row(cell);
      }
      SharedFitOptions options;
      if (warm) options.start = before.fits[k];
      result.fits[k] = component_.family.fit(sample, pooled, options);
      result.shapes.col(i) = result.fits[k].shapes.cwiseMax(component_.shape_floor);
      result.rates[i] = result.fits[k].inverse_burst_size;
    }
    return result;
  }

  void log_densities(const Parameters& parameters, WhereUsed<Matrix, Family>& out) const {
    out = Matrix::Zero(points_.rows(), parameters.shapes.rows());
    WhereUsed<Vector, Family> distinct;
    for (Index i = 0; i < points_.cols(); ++i) {
      const WhereUsed<GeneSample, Family>& sample = (*samples_)[static_cast<std::size_t>(i)];
      distinct.resize(sample.size());
      for (Index z = 0; z < out.cols(); ++z) {
        component_.family.log_densities(sample, parameters.shapes(z, i), parameters.rates[i], distinct);
        for (Index cell = 0; cell < out.rows(); ++cell) {
          out(cell, z) += distinct[sample.of_cell[static_cast<std::size_t>(cell)]];
        }
      }
    }
  }

  /// Shapes and rates with the columns of inputs in front.
  std::pair<Matrix, Vector> over_nodes(const Parameters& parameters, const std::vector<Index>& order) const {
    const Index genes = points_.cols();
    WhereUsed<Matrix, Family> shapes = Matrix::Zero(static_cast<Index>(order.size()), genes + inputs_);
    shapes.rightCols(genes) = parameters.shapes(order, Eigen::all);
    WhereUsed<Vector, Family> rates = Vector::Zero(genes + inputs_);
    rates.tail(genes) = parameters.rates;
    return {std::move(shapes), std::move(rates)};
  }

  ProductLaws<Family> laws(const Parameters& parameters, const std::vector<Index>& order) const {
    auto [shapes, rates] = over_nodes(parameters, order);
    return {component_, static_cast<Index>(order.size()), std::move(shapes), std::move(rates), inputs_};
  }

  Index free_parameters(Index components) const noexcept { return points_.cols() * (components + 1); }
  double log_unit() const noexcept { return 0.0; }

 private:
  Product<Family> component_;
  Index inputs_;
  WhereUsed<Matrix, Family> points_;
  std::shared_ptr<const std::vector<GeneSample>> samples_;
};

}  // namespace detail

/// How `fit_mixture` fits products, see `FittableComponent`. @param data values the family admits, on the genes
template <MixtureFamily Family>
[[nodiscard]] detail::ProductFitter<Family> mixture_fitter(const Product<Family>& component,
                                                           const WhereUsed<MatrixIn, Family>& data, Index inputs) {
  validate(component);
  for (Index i = inputs; i < data.cols(); ++i) {
    for (Index cell = 0; cell < data.rows(); ++cell) {
      if (component.family.admits(data(cell, i))) continue;
      detail::throw_domain("fit_mixture", "data(cell " + detail::to_text(cell) + ", node " + detail::to_text(i) + ")",
                           data(cell, i), component.family.support());
    }
  }
  return {data, inputs, component};
}

}  // namespace cardamom
