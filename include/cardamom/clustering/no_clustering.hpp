/// @file
/// No clustering (7.1, Figure 12): every cell is its own mode, its count rescaled. A baseline to compare with.
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <vector>

#include <cardamom/clustering/gene_clustering.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/mixture/family.hpp>

namespace cardamom {

/// Clusterer whose modes are the distinct values of a gene: a cell's shape is b·x/exposure, what its count says about
/// its burst frequency, with b from the fit with one shape per time point. By (12) α1 is the largest shape, so the
/// level (13) of a cell is its count over the gene's largest.
struct NoClustering {
  /// Shapes end at the largest one of any time point's fit, so that levels reach 1 where the gene is fully expressed
  /// rather than at its most extreme cell. Not in the paper. No effect with a single time point.
  bool saturate = false;

  template <MixtureFamily Family>
  GeneClustering operator()(const WhereUsed<GeneSample, Family>& sample, const Family& family, RandomStream&) const {
    const SharedFit fit = family.fit(sample, sample.cells_at, SharedFitOptions{});
    const double b = fit.inverse_burst_size;
    const bool capped = saturate && sample.cells_at.cols() > 1;
    const double top = capped ? fit.shapes.maxCoeff() : std::numeric_limits<double>::infinity();
    std::vector<double> scaled(static_cast<std::size_t>(sample.size()));
    for (Index i = 0; i < sample.size(); ++i) {
      scaled[static_cast<std::size_t>(i)] = std::min(b * sample.values[i] / sample.exposure(i), top);
    }
    std::vector<double> levels = scaled;
    std::sort(levels.begin(), levels.end());
    levels.erase(std::unique(levels.begin(), levels.end()), levels.end());

    GeneClustering result;
    result.modes.inverse_burst_size = b;
    result.modes.convergence = fit.convergence;
    result.modes.informative = levels.size() > 1;
    result.modes.shapes = Eigen::Map<const Vector>(levels.data(), static_cast<Index>(levels.size()));
    result.of_observation.reserve(scaled.size());
    for (const double level : scaled) {
      result.of_observation.push_back(
          static_cast<ModeIndex>(std::lower_bound(levels.begin(), levels.end(), level) - levels.begin()));
    }
    count_weights(sample, result);
    return result;
  }
};

}  // namespace cardamom
