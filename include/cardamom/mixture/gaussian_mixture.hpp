/// @file
/// Mixture of Gaussian laws with full covariances: the description of a landscape that knows nothing of the mechanism,
/// against which the paper holds the Gamma mixture (Figure 3).
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <utility>
#include <vector>

#include <Eigen/Cholesky>

#include <cardamom/core/error.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/mixture/detail/expectation_maximization.hpp>
#include <cardamom/mixture/mixture_fit.hpp>

namespace cardamom {

/// Σ_z μ(z) Normal(mean_z, covariance_z) on the genes 1…G−1; index 0, the stimulus, takes no part.
class GaussianMixture {
 public:
  /// @param weights μ, m >= 1 of them, >= 0 with a positive sum; stored divided by their sum
  /// @param means m × G, column 0 ignored
  /// @param covariances m matrices (G − 1) × (G − 1), symmetric positive definite
  /// @throws std::invalid_argument on sizes, std::domain_error on values
  GaussianMixture(Vector weights, Matrix means, std::vector<Matrix> covariances)
      : weights_(std::move(weights)), means_(std::move(means)), covariances_(std::move(covariances)) {
    check_at_least("GaussianMixture", "weights.size()", weights_.size(), 1);
    check_at_least("GaussianMixture", "means.cols()", means_.cols(), 1);
    check_shape("GaussianMixture", "means", means_, components(), means_.cols());
    check_size("GaussianMixture", "covariances", static_cast<Index>(covariances_.size()), components());
    check_all_nonnegative("GaussianMixture", "weights", weights_);
    check_positive("GaussianMixture", "weights.sum()", weights_.sum());
    weights_ /= weights_.sum();
    means_.col(0).setZero();
    for (Index z = 0; z < components(); ++z) {
      const Matrix& covariance = covariances_[static_cast<std::size_t>(z)];
      check_shape("GaussianMixture", detail::element("covariances", z), covariance, genes() - 1, genes() - 1);
      factors_.emplace_back(covariance);
      const double smallest = genes() > 1 ? factors_.back().matrixLLT().diagonal().minCoeff() : 1.0;
      if (factors_.back().info() != Eigen::Success || !(smallest > 0)) {
        throw std::domain_error("GaussianMixture: covariances[" + detail::to_text(z) +
                                "] is not positive definite, must be");
      }
    }
  }

  Index components() const noexcept { return weights_.size(); }
  /// G, the stimulus included.
  Index genes() const noexcept { return means_.cols(); }
  const Vector& weights() const noexcept { return weights_; }
  const Matrix& means() const noexcept { return means_; }
  const std::vector<Matrix>& covariances() const noexcept { return covariances_; }

  /// ln of the density at x, length G. O(m · G²).
  double log_density(const VectorIn& x) const {
    check_size("GaussianMixture::log_density", "x", x.size(), genes());
    Vector terms(components());
    for (Index z = 0; z < components(); ++z) terms[z] = std::log(weights_[z]) + component_log_density(z, x);
    return detail::log_sum_exp(terms);
  }

  /// ln f_z(x) of one component without its weight.
  double component_log_density(Index z, const VectorIn& x) const {
    const auto& factor = factors_[static_cast<std::size_t>(z)];
    const Vector centred = (x - means_.row(z).transpose()).tail(genes() - 1);
    const double log_determinant = 2.0 * factor.matrixLLT().diagonal().array().log().sum();
    const double dimension = static_cast<double>(genes() - 1);
    return -0.5 * (factor.matrixL().solve(centred).squaredNorm() + log_determinant +
                   dimension * std::log(2.0 * std::numbers::pi));
  }

  /// One draw, length G, entry 0 is 0.
  Vector sample(RandomStream& stream) const {
    const Index z = detail::draw_component(weights_, stream.uniform());
    Vector normal(genes() - 1);
    for (double& value : normal) value = stream.normal();
    Vector result = Vector::Zero(genes());
    result.tail(genes() - 1) =
        means_.row(z).tail(genes() - 1).transpose() + factors_[static_cast<std::size_t>(z)].matrixL() * normal;
    return result;
  }

  /// Independent draws, cells × G; draw number k depends on (seed, k) alone.
  template <Executor E = Sequential>
  Matrix sample(Index cells, std::uint64_t seed, const E& executor = {}) const {
    check_at_least("GaussianMixture::sample", "cells", cells, 0);
    Matrix result(cells, genes());
    for_each_index(executor, cells, [&](Index cell) {
      RandomStream stream(seed, Purpose::landscape, static_cast<std::uint64_t>(cell));
      result.row(cell) = sample(stream).transpose();
    });
    return result;
  }

 private:
  Vector weights_;
  Matrix means_;
  std::vector<Matrix> covariances_;
  std::vector<Eigen::LLT<Matrix>> factors_;
};

namespace detail {

/// The components of a Gaussian mixture as expectation–maximisation sees them.
class GaussianLaws {
 public:
  /// @param data cells × genes without the stimulus, column 0 of the mixture
  explicit GaussianLaws(const Matrix& data) : data_(&data) {
    // Keeps a component that has shrunk onto a few cells, or genes that do not vary, away from a singular covariance.
    const Matrix centred = data.rowwise() - data.colwise().mean();
    const Vector variances = centred.colwise().squaredNorm().transpose() / static_cast<double>(data.rows());
    ridge_ = 1e-6 * variances.cwiseMax(1e-12);
  }

  void maximise(const Matrix& shares) {
    const Index components = shares.cols();
    means_.resize(components, data_->cols());
    covariances_.assign(static_cast<std::size_t>(components), Matrix());
    for (Index z = 0; z < components; ++z) {
      const double cells = shares.col(z).sum();
      means_.row(z) = shares.col(z).transpose() * *data_ / cells;
      const Matrix centred = data_->rowwise() - means_.row(z);
      Matrix& covariance = covariances_[static_cast<std::size_t>(z)];
      covariance = centred.transpose() * shares.col(z).asDiagonal() * centred / cells;
      covariance.diagonal() += ridge_;
    }
  }

  void log_densities(Matrix& out) const {
    out.resize(data_->rows(), means_.rows());
    const GaussianMixture mixture = to_mixture(Vector::Ones(means_.rows()));
    Vector x(data_->cols() + 1);
    x[0] = 0.0;
    for (Index cell = 0; cell < data_->rows(); ++cell) {
      x.tail(data_->cols()) = data_->row(cell).transpose();
      for (Index z = 0; z < means_.rows(); ++z) out(cell, z) = mixture.component_log_density(z, x);
    }
  }

  GaussianMixture to_mixture(Vector weights) const {
    Matrix means = Matrix::Zero(means_.rows(), means_.cols() + 1);
    means.rightCols(means_.cols()) = means_;
    return {std::move(weights), std::move(means), covariances_};
  }
  GaussianMixture to_mixture(const Vector& weights, const std::vector<Index>& order) const {
    GaussianLaws sorted = *this;
    sorted.means_ = means_(order, Eigen::all);
    for (std::size_t z = 0; z < order.size(); ++z) {
      sorted.covariances_[z] = covariances_[static_cast<std::size_t>(order[z])];
    }
    return sorted.to_mixture(weights(order));
  }

 private:
  const Matrix* data_;
  Vector ridge_;
  Matrix means_;
  std::vector<Matrix> covariances_;
};

}  // namespace detail

/// Maximum likelihood by expectation–maximisation; components by decreasing weight. Covariances carry a ridge of 1e−6
/// of each gene's variance.
/// @param data cells × G, finite, at least one cell; column 0 is ignored
/// @throws std::invalid_argument, std::domain_error on the arguments
/// O(restarts · iterations · cells · m · G²).
template <Executor E = Sequential>
FittedMixture<GaussianMixture> fit_gaussian_mixture(const MatrixIn& data, const MixtureFitOptions& options = {},
                                                    const E& executor = {}) {
  validate(options);
  check_at_least("fit_gaussian_mixture", "data.cols()", data.cols(), 2);
  check_at_least("fit_gaussian_mixture", "data.rows()", data.rows(), options.components);
  for (Index i = 1; i < data.cols(); ++i) {
    check_all_finite("fit_gaussian_mixture", "data column " + detail::to_text(i), data.col(i));
  }
  const Matrix genes = data.rightCols(data.cols() - 1);
  const auto run = detail::best_run(detail::GaussianLaws(genes), genes, options, executor);
  const std::vector<Index> order = detail::by_weight(run.weights);
  const Index n = genes.cols();
  const Index m = run.weights.size();
  return detail::to_fit(run.laws.to_mixture(run.weights, order), run, order, m - 1 + m * (n + n * (n + 1) / 2),
                        options);
}

}  // namespace cardamom
