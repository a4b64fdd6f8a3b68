/// @file
/// Maximum likelihood of mixtures whose components are products over genes of laws of one family, (10) for counts and
/// (6) for continuous data: within a gene the components differ in shape and share the second parameter.
#pragma once

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <cardamom/core/error.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/mixture/detail/expectation_maximization.hpp>
#include <cardamom/mixture/family.hpp>
#include <cardamom/mixture/gamma.hpp>
#include <cardamom/mixture/gamma_mixture.hpp>
#include <cardamom/mixture/mixture_fit.hpp>
#include <cardamom/mixture/sample.hpp>

namespace cardamom {

/// Σ_z μ(z) Π_i f(x_i; shape a_{z,i}, b_i), f of a mixture family. Column and entry 0, the stimulus, are 0.
struct ProductMixture {
  Vector weights;  ///< μ, length m, decreasing, sums to 1
  Matrix shapes;   ///< a, m × G
  Vector rates;    ///< b, length G: koff/s0 of mRNA [1/molecule], c of proteins [1/protein]
};

namespace detail {

/// The components of a product mixture as expectation–maximisation sees them; the maximisation is the family's.
template <MixtureFamily Family>
class ProductLaws {
 public:
  ProductLaws(const MatrixIn& data, const Family& family) : family_(family) {
    std::vector<GeneSample> samples;
    for (Index i = 1; i < data.cols(); ++i) samples.push_back(pool_values(data.col(i)));
    samples_ = std::make_shared<const std::vector<GeneSample>>(std::move(samples));
  }

  void maximise(const Matrix& shares) {
    const auto genes = static_cast<Index>(samples_->size());
    const bool warm = fits_.size() == samples_->size() && shapes_.rows() == shares.cols();
    fits_.resize(samples_->size());
    shapes_ = Matrix::Zero(shares.cols(), genes + 1);
    rates_ = Vector::Zero(genes + 1);
    for (Index i = 1; i <= genes; ++i) {
      const auto k = static_cast<std::size_t>(i - 1);
      const GeneSample& sample = (*samples_)[k];
      Matrix pooled = Matrix::Zero(sample.size(), shares.cols());
      for (Index cell = 0; cell < shares.rows(); ++cell) {
        pooled.row(sample.of_cell[static_cast<std::size_t>(cell)]) += shares.row(cell);
      }
      SharedFitOptions options;
      if (warm) options.start = fits_[k];
      fits_[k] = family_.fit(sample, pooled, options);
      // A component all of whose cells are zero would make every other cell impossible.
      shapes_.col(i) = fits_[k].shapes.cwiseMax(1e-6);
      rates_[i] = fits_[k].inverse_burst_size;
    }
  }

  void log_densities(Matrix& out) const {
    out = Matrix::Zero(static_cast<Index>(samples_->front().of_cell.size()), shapes_.rows());
    Vector distinct;
    for (Index i = 1; i < shapes_.cols(); ++i) {
      const GeneSample& sample = (*samples_)[static_cast<std::size_t>(i - 1)];
      for (Index z = 0; z < shapes_.rows(); ++z) {
        family_.log_densities(sample, shapes_(z, i), rates_[i], distinct);
        for (Index cell = 0; cell < out.rows(); ++cell) {
          out(cell, z) += distinct[sample.of_cell[static_cast<std::size_t>(cell)]];
        }
      }
    }
  }

  ProductMixture to_mixture(const Vector& weights, const std::vector<Index>& order) const {
    return {weights(order), shapes_(order, Eigen::all), rates_};
  }

 private:
  Family family_;
  std::shared_ptr<const std::vector<GeneSample>> samples_;
  std::vector<SharedFit> fits_;
  Matrix shapes_;
  Vector rates_;
};

}  // namespace detail

/// Maximum likelihood by expectation–maximisation; components by decreasing weight.
/// @param data cells × G, values the family admits, at least as many cells as components; column 0 is ignored
/// @throws std::invalid_argument, std::domain_error on the arguments
/// O(restarts · iterations · cells · m · G).
template <MixtureFamily Family, Executor E = Sequential>
FittedMixture<ProductMixture> fit_product_mixture(const MatrixIn& data, const Family& family,
                                                  const MixtureFitOptions& options = {}, const E& executor = {}) {
  validate(options);
  check_at_least("fit_product_mixture", "data.cols()", data.cols(), 2);
  check_at_least("fit_product_mixture", "data.rows()", data.rows(), options.components);
  for (Index i = 1; i < data.cols(); ++i) {
    for (Index cell = 0; cell < data.rows(); ++cell) {
      if (family.admits(data(cell, i))) continue;
      detail::throw_domain("fit_product_mixture",
                           "data(cell " + detail::to_text(cell) + ", gene " + detail::to_text(i) + ")", data(cell, i),
                           family.expectation());
    }
  }
  const auto run =
      detail::best_run(detail::ProductLaws<Family>(data, family), data.rightCols(data.cols() - 1), options, executor);
  const std::vector<Index> order = detail::by_weight(run.weights);
  const Index genes = data.cols() - 1;
  const Index m = run.weights.size();
  return detail::to_fit(run.laws.to_mixture(run.weights, order), run, order, m - 1 + genes * (m + 1), options);
}

/// The mixture (6) fitted to protein levels.
/// @param proteins cells × G, finite and >= 0; column 0 is ignored. Levels below 1e−9 of a gene's largest count as
/// "below", see `Gamma`
/// @throws as fit_product_mixture
template <Executor E = Sequential>
FittedMixture<GammaMixture> fit_gamma_mixture(const MatrixIn& proteins, const MixtureFitOptions& options = {},
                                              const E& executor = {}) {
  check_at_least("fit_gamma_mixture", "proteins.cols()", proteins.cols(), 2);
  check_at_least("fit_gamma_mixture", "proteins.rows()", proteins.rows(), 1);
  // Every gene on a scale of its own, so that one detection limit serves all.
  Matrix scaled = proteins;
  Vector scale = Vector::Ones(proteins.cols());
  double log_scale = 0.0;
  for (Index i = 1; i < proteins.cols(); ++i) {
    check_all_nonnegative("fit_gamma_mixture", "proteins column " + detail::to_text(i), proteins.col(i));
    if (const double largest = proteins.col(i).maxCoeff(); largest > 0) scale[i] = largest;
    scaled.col(i) /= scale[i];
    log_scale += std::log(scale[i]) * static_cast<double>((scaled.col(i).array() >= 1e-9).count());
  }
  auto fit = fit_product_mixture(scaled, Gamma{.detection_limit = 1e-9}, options, executor);
  fit.mixture.rates.array() /= scale.array();
  fit.mixture.rates[0] = 1.0;
  fit.mixture.shapes.col(0).setOnes();
  return {GammaMixture(fit.mixture.weights, fit.mixture.shapes, fit.mixture.rates),
          std::move(fit.responsibilities),
          fit.log_likelihood - log_scale,
          fit.bic + 2.0 * log_scale,
          fit.empty,
          fit.convergence};
}

}  // namespace cardamom
