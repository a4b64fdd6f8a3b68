/// @file
/// Binarisation (6.5), the default clusterer: two modes per gene, close to k0 and k1, and every cell in the more likely
/// of the two.
#pragma once

#include <algorithm>
#include <cmath>
#include <utility>

#include <cardamom/clustering/gene_clustering.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/mixture/family.hpp>
#include <cardamom/mixture/gene_mixture.hpp>
#include <cardamom/mixture/shape_floor.hpp>

namespace cardamom {

/// Where the two modes of a gene come from.
enum class BinarizeModes {
  /// One shape a_t per time point, b shared, by maximum likelihood; α0 = min_t a_t, α1 = max_t a_t. Underestimates α1
  /// where only part of the cells of a time point are active. A single time point has no extremes: `pooled` is used.
  time_points,
  /// The two modes of a mixture over all cells, by EM from two starts (cells cut at the median and at the 0.9
  /// quantile).
  pooled,
};

/// Settings of `Binarize`.
struct BinarizeOptions {
  BinarizeModes modes = BinarizeModes::time_points;
  /// Smallest shape of a mode, > 0: a gene never seen at some time point has a_t = 0.
  double shape_floor = smallest_shape;
};

/// @throws std::domain_error when an option is out of range
inline void validate(const BinarizeOptions& options) { check_positive("Binarize", "shape_floor", options.shape_floor); }

/// Clusterer with two modes per gene. A cell is in mode 1 when its observation is more likely under (α1, b) than under
/// (α0, b), without regard to the weights of the modes: the likelihood ratio increases with the count, so this is one
/// threshold per gene (per exposure).
class Binarize {
 public:
  Binarize() = default;
  /// @throws std::domain_error when an option is out of range
  explicit Binarize(const BinarizeOptions& options) : options_(options) { validate(options_); }

  const BinarizeOptions& options() const noexcept { return options_; }

  template <MixtureFamily Family>
  GeneClustering operator()(const WhereUsed<GeneSample, Family>& sample, const Family& family, RandomStream&) const {
    return (*this)(sample, family);
  }

  /// The same; binarisation leaves nothing to chance. When the two shapes agree (no time point differs from the others)
  /// the gene has one mode.
  template <MixtureFamily Family>
  GeneClustering operator()(const WhereUsed<GeneSample, Family>& sample, const Family& family) const {
    if (sample.constant()) return constant_gene(sample);
    const SharedFit fit = extremes(sample, family);
    GeneClustering result;
    result.modes.inverse_burst_size = fit.inverse_burst_size;
    result.modes.convergence = fit.convergence;
    result.of_observation.assign(static_cast<std::size_t>(sample.size()), 0);
    const double low = std::max(fit.shapes[0], options_.shape_floor);
    const double high = std::max(fit.shapes[1], options_.shape_floor);
    if (!(high > low)) {
      result.modes.shapes = Vector::Constant(1, low);
      result.modes.weights = Vector::Ones(1);
      return result;
    }
    result.modes.informative = true;
    result.modes.shapes = Eigen::Vector2d(low, high);
    assign(sample, family, result);
    count_weights(sample, result);
    return result;
  }

 private:
  /// The two shapes (α0, α1) and b, by the rule of `BinarizeModes`.
  template <MixtureFamily Family>
  SharedFit extremes(const WhereUsed<GeneSample, Family>& sample, const Family& family) const {
    if (options_.modes == BinarizeModes::time_points && sample.cells_at.cols() > 1) {
      SharedFit fit = family.fit(sample, sample.cells_at, SharedFitOptions{});
      fit.shapes = Eigen::Vector2d(fit.shapes.minCoeff(), fit.shapes.maxCoeff());
      return fit;
    }
    const GeneMixtureOptions em{.shape_floor = options_.shape_floor};
    // EM finds a local maximum, so it starts twice: with half of the cells in the upper mode, and with one in ten.
    GeneMixture best = fit_gene_mixture(family, sample, cut_into_modes(sample, {0.5}), em);
    GeneMixture other = fit_gene_mixture(family, sample, cut_into_modes(sample, {0.9}), em);
    return other.log_likelihood > best.log_likelihood ? std::move(other.fit) : std::move(best.fit);
  }

  template <MixtureFamily Family>
  /// Puts every observation in its mode; observations are in order, so that where all cells are alike the threshold is
  /// found by bisection.
  static void assign(const WhereUsed<GeneSample, Family>& sample, const Family& family, GeneClustering& result) {
    const double b = result.modes.inverse_burst_size;
    const auto active = [&](Index i) {
      const double x = sample.values[i];
      const double e = sample.exposure(i);
      return family.log_density(x, result.modes.shapes[1], b, e) > family.log_density(x, result.modes.shapes[0], b, e);
    };
    if (sample.exposures.size() > 0) {
      for (Index i = 0; i < sample.size(); ++i) result.of_observation[static_cast<std::size_t>(i)] = active(i) ? 1 : 0;
      return;
    }
    Index first = 0;
    for (Index last = sample.size(); first < last;) {
      const Index middle = first + (last - first) / 2;
      if (active(middle)) {
        last = middle;
      } else {
        first = middle + 1;
      }
    }
    std::fill(result.of_observation.begin() + first, result.of_observation.end(), ModeIndex{1});
  }

  BinarizeOptions options_;
};

}  // namespace cardamom
