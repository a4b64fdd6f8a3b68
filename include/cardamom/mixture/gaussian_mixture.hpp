/// @file
/// Mixture of Gaussian laws with full covariances: the description of a landscape that knows nothing of the mechanism,
/// against which the paper holds the Gamma mixture (Figure 3).
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <Eigen/Cholesky>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/mixture/mixture.hpp>

namespace cardamom {

struct Gaussian;

/// The laws Normal(mean_z, covariance_z) on the genes: means, components × nodes, and per component a covariance,
/// genes × genes.
class GaussianLaws {
 public:
  using Second = std::vector<Matrix>;

  /// @param means finite; columns of inputs are ignored and stored as 0
  /// @param covariances one per component, symmetric, positive definite
  /// @throws std::invalid_argument on sizes, std::domain_error on values
  template <class Use = CompiledWhereUsed>
  GaussianLaws(const WhereUsed<Gaussian, Use>&, Index components, WhereUsed<Matrix, Use> means,
               WhereUsed<std::vector<Matrix>, Use> covariances, Index inputs)
      : means_(std::move(means)), covariances_(std::move(covariances)), inputs_(inputs) {
    check_at_least("GaussianMixture", "inputs", inputs_, 0);
    check_at_least("GaussianMixture", "means.cols()", means_.cols(), std::max<Index>(1, inputs_));
    check_shape("GaussianMixture", "means", means_, components, means_.cols());
    check_size("GaussianMixture", "covariances", static_cast<Index>(covariances_.size()), components);
    means_.leftCols(inputs_).setZero();
    for (Index z = 0; z < components; ++z) {
      const WhereUsed<Matrix, Use>& covariance = covariances_[static_cast<std::size_t>(z)];
      check_shape("GaussianMixture", detail::element("covariances", z), covariance, genes(), genes());
      factors_.emplace_back(covariance);
      const double smallest = genes() > 0 ? factors_.back().matrixLLT().diagonal().minCoeff() : 1.0;
      if (factors_.back().info() != Eigen::Success || !(smallest > 0)) {
        throw std::domain_error("GaussianMixture: covariances[" + detail::to_text(z) +
                                "] is not positive definite, must be");
      }
    }
  }

  [[nodiscard]] Index nodes() const noexcept { return means_.cols(); }
  [[nodiscard]] Index inputs() const noexcept { return inputs_; }
  [[nodiscard]] const Matrix& means() const noexcept { return means_; }
  [[nodiscard]] const std::vector<Matrix>& covariances() const noexcept { return covariances_; }

  /// O(components · genes²).
  template <class Use = CompiledWhereUsed>
  [[nodiscard]] Vector scores(std::string_view function, const WhereUsed<VectorIn, Use>& x) const {
    check_size(function, "x", x.size(), nodes());
    WhereUsed<Vector, Use> result(means_.rows());
    for (Index z = 0; z < result.size(); ++z) {
      const WhereUsed<Eigen::LLT<Matrix>, Use>& factor = factors_[static_cast<std::size_t>(z)];
      const WhereUsed<Vector, Use> centred = (x - means_.row(z).transpose()).tail(genes());
      const double log_determinant = 2.0 * factor.matrixLLT().diagonal().array().log().sum();
      result[z] = -0.5 * (factor.matrixL().solve(centred).squaredNorm() + log_determinant +
                          static_cast<double>(genes()) * std::log(2.0 * std::numbers::pi));
    }
    return result;
  }
  [[nodiscard]] double shared_term(const VectorIn&) const noexcept { return 0.0; }
  template <class Use = CompiledWhereUsed>
  [[nodiscard]] Vector draw(Index component, WhereUsed<RandomStream, Use>& stream) const {
    WhereUsed<Vector, Use> normal(genes());
    for (double& value : normal) value = stream.normal();
    WhereUsed<Vector, Use> result = Vector::Zero(nodes());
    result.tail(genes()) = means_.row(component).tail(genes()).transpose() +
                           factors_[static_cast<std::size_t>(component)].matrixL() * normal;
    return result;
  }

  template <class Use = CompiledWhereUsed>
  [[nodiscard]] Vector mean(const WhereUsed<Vector, Use>& weights) const {
    return means_.transpose() * weights;
  }

 private:
  Index genes() const noexcept { return nodes() - inputs_; }

  Matrix means_;
  std::vector<Matrix> covariances_;
  Index inputs_;
  std::vector<Eigen::LLT<Matrix>> factors_;
};

namespace detail {

/// How Gaussian components are fitted; see `FittableComponent`.
class GaussianFitter {
 public:
  struct Parameters {
    Matrix means;  ///< components × genes
    std::vector<Matrix> covariances;
  };

  template <class Use = CompiledWhereUsed>
  GaussianFitter(const WhereUsed<MatrixIn, Use>& data, Index inputs, double ridge)
      : data_(data.rightCols(data.cols() - inputs)), inputs_(inputs) {
    const WhereUsed<Matrix, Use>& points = data_;
    const WhereUsed<Matrix, Use> centred = points.rowwise() - points.colwise().mean();
    const WhereUsed<Vector, Use> variances =
        centred.colwise().squaredNorm().transpose() / static_cast<double>(points.rows());
    ridge_ = ridge * variances.cwiseMax(1e-12);  // genes that do not vary have a variance, too
  }

  const Matrix& points() const noexcept { return data_; }

  template <class Use = CompiledWhereUsed>
  Parameters maximise(const WhereUsed<Matrix, Use>& responsibilities, const WhereUsed<Parameters, Use>&) const {
    const Index components = responsibilities.cols();
    Parameters result;
    result.means.resize(components, data_.cols());
    result.covariances.resize(static_cast<std::size_t>(components));
    for (Index z = 0; z < components; ++z) {
      const double cells = responsibilities.col(z).sum();
      result.means.row(z) = responsibilities.col(z).transpose() * data_ / cells;
      const WhereUsed<Matrix, Use> centred = data_.rowwise() - result.means.row(z);
      WhereUsed<Matrix, Use>& covariance = result.covariances[static_cast<std::size_t>(z)];
      covariance = centred.transpose() * responsibilities.col(z).asDiagonal() * centred / cells;
      covariance.diagonal() += ridge_;
    }
    return result;
  }

  template <class Use = CompiledWhereUsed>
  void log_densities(const WhereUsed<Parameters, Use>& parameters, WhereUsed<Matrix, Use>& out) const;
  template <class Use = CompiledWhereUsed>
  GaussianLaws laws(const WhereUsed<Parameters, Use>& parameters, const std::vector<Index>& order) const;

  Index free_parameters(Index components) const noexcept {
    const Index genes = data_.cols();
    return components * (genes + genes * (genes + 1) / 2);
  }
  double log_unit() const noexcept { return 0.0; }

 private:
  Matrix data_;
  Index inputs_;
  Vector ridge_;
};

}  // namespace detail

/// The component: a Gaussian law with full covariance.
struct Gaussian {
  static constexpr std::string_view name = "GaussianMixture";
  using Laws = GaussianLaws;

  /// Added to the covariances of a fit, as a share of each gene's variance, > 0: keeps a component that has shrunk onto
  /// a few cells, or genes that do not vary, away from a singular covariance. A millionth moves densities by less than
  /// what any number of cells here can estimate.
  double ridge = 1e-6;
};

/// Throws when a setting is out of range; the error names it, its value and the range.
inline void validate(const Gaussian& component) { check_positive("Gaussian", "ridge", component.ridge); }

/// How `fit_mixture` fits Gaussian components, see `FittableComponent`. @param data in [−1e100, 1e100] on the genes:
/// covariances of greater values overflow
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline detail::GaussianFitter mixture_fitter(const WhereUsed<Gaussian, Use>& component,
                                                           const WhereUsed<MatrixIn, Use>& data, Index inputs) {
  constexpr double largest = 1e100;
  validate(component);
  for (Index i = inputs; i < data.cols(); ++i) {
    for (Index cell = 0; cell < data.rows(); ++cell) {
      if (std::abs(data(cell, i)) <= largest) continue;
      check_in("fit_mixture", "data(" + detail::to_text(cell) + ", " + detail::to_text(i) + ")", data(cell, i),
               -largest, largest);
    }
  }
  return {data, inputs, component.ridge};
}

namespace detail {

template <class Use>
GaussianLaws GaussianFitter::laws(const WhereUsed<Parameters, Use>& parameters, const std::vector<Index>& order) const {
  WhereUsed<Matrix, Use> means = Matrix::Zero(static_cast<Index>(order.size()), data_.cols() + inputs_);
  means.rightCols(data_.cols()) = parameters.means(order, Eigen::all);
  std::vector<Matrix> covariances;
  for (const Index z : order) covariances.push_back(parameters.covariances[static_cast<std::size_t>(z)]);
  return {Gaussian{}, static_cast<Index>(order.size()), std::move(means), std::move(covariances), inputs_};
}

template <class Use>
void GaussianFitter::log_densities(const WhereUsed<Parameters, Use>& parameters, WhereUsed<Matrix, Use>& out) const {
  const Index components = parameters.means.rows();
  std::vector<Index> order(static_cast<std::size_t>(components));
  for (Index z = 0; z < components; ++z) order[static_cast<std::size_t>(z)] = z;
  const GaussianLaws all = laws(parameters, order);
  out.resize(data_.rows(), components);
  WhereUsed<Vector, Use> x = Vector::Zero(data_.cols() + inputs_);
  for (Index cell = 0; cell < data_.rows(); ++cell) {
    x.tail(data_.cols()) = data_.row(cell).transpose();
    out.row(cell) = all.scores("fit_mixture", x).transpose();
  }
}

}  // namespace detail

/// GaussianMixture(weights, means, covariances, inputs).
using GaussianMixture = Mixture<Gaussian>;

}  // namespace cardamom
