/// @file
/// No clustering (7.1, Figure 12): every cell is its own mode, its count rescaled. A baseline to compare with.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include <cardamom/clustering/cluster.hpp>
#include <cardamom/mixture/family.hpp>

namespace cardamom {

/// Clusterer whose modes are the distinct values x/exposure of a gene: shape b·x/exposure, so that the level (13) of a
/// cell is its count over the gene's largest. b is that of the fit with one shape per time point.
struct EachCell {
  template <MixtureFamily Family>
  GeneClustering operator()(const GeneSample& sample, const Family& family, RandomStream&) const {
    const SharedFit fit = family.fit(sample, sample.cells_at, SharedFitOptions{});
    std::vector<double> scaled(static_cast<std::size_t>(sample.size()));
    for (Index i = 0; i < sample.size(); ++i) {
      scaled[static_cast<std::size_t>(i)] = sample.values[i] / sample.exposure(i);
    }
    std::vector<double> levels = scaled;
    std::sort(levels.begin(), levels.end());
    levels.erase(std::unique(levels.begin(), levels.end()), levels.end());

    GeneClustering result;
    result.modes.inverse_burst_size = fit.inverse_burst_size;
    result.modes.convergence = fit.convergence;
    result.modes.informative = levels.size() > 1;
    result.modes.shapes =
        fit.inverse_burst_size * Eigen::Map<const Vector>(levels.data(), static_cast<Index>(levels.size()));
    result.of_observation.reserve(scaled.size());
    for (const double level : scaled) {
      result.of_observation.push_back(
          static_cast<ModeIndex>(std::lower_bound(levels.begin(), levels.end(), level) - levels.begin()));
    }
    detail::count_weights(sample, result);
    return result;
  }
};

}  // namespace cardamom
