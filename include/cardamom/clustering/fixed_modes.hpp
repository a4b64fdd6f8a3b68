/// @file
/// A given number of modes per gene, by maximum likelihood (EM with restarts).
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include <cardamom/clustering/cluster.hpp>
#include <cardamom/clustering/detail/expectation_maximisation.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/mixture/family.hpp>

namespace cardamom {

struct FixedModesOptions {
  Index modes = 2;     ///< K >= 1; a gene with fewer distinct values gets as many modes as it has values
  Index restarts = 4;  ///< random starts beside the two fixed ones (cells cut evenly; the positive ones cut evenly)
  double shape_floor = 1e-3;  ///< smallest shape of a mode, > 0
  double tolerance = 1e-9;    ///< EM stops when a step gains less log-likelihood per cell
  Index max_iterations = 1000;
};

/// Maximum-likelihood mixture of one gene.
struct FixedModesFit {
  GeneModes modes;
  Matrix responsibilities;  ///< observations × modes: probability of each mode given the observation
  double log_likelihood = 0.0;
  /// −2 log-likelihood + 2K log(cells): K shapes, K − 1 weights and b. Compare between numbers of modes; the smallest
  /// is the best.
  double bic = 0.0;
};

/// Clusterer with K modes per gene; a cell goes to the mode of highest responsibility.
class FixedModes {
 public:
  FixedModes() = default;
  explicit FixedModes(Index modes) { options_.modes = modes; }
  explicit FixedModes(const FixedModesOptions& options) : options_(options) {}

  const FixedModesOptions& options() const noexcept { return options_; }

  /// The best of all starts. O(distinct values · modes) per step of EM.
  template <MixtureFamily Family>
  FixedModesFit fit(const GeneSample& sample, const Family& family, RandomStream& random) const {
    const Index modes = std::min(options_.modes, distinct_values(sample));
    detail::EmOptions em;
    em.shape_floor = options_.shape_floor;
    em.tolerance = options_.tolerance;
    em.max_iterations = options_.max_iterations;
    detail::MixtureFit best;
    const auto try_cuts = [&](const std::vector<double>& cuts) {
      detail::MixtureFit candidate = detail::fit_mixture(family, sample, detail::split_at(sample, cuts), em);
      if (candidate.log_likelihood > best.log_likelihood) best = std::move(candidate);
    };
    const double zero = sample.values[0] == 0.0 ? sample.cells[0] / sample.cells.sum() : 0.0;
    std::vector<double> cuts(static_cast<std::size_t>(modes) - 1);
    const auto even = [&](double from) {
      for (std::size_t k = 0; k < cuts.size(); ++k) {
        cuts[k] = from + (1.0 - from) * static_cast<double>(k + 1) / static_cast<double>(modes);
      }
    };
    even(0.0);
    try_cuts(cuts);
    if (modes > 1) {
      even(zero);
      cuts[0] = std::min(cuts[0], std::max(zero, 1e-9));
      try_cuts(cuts);
      for (Index restart = 0; restart < options_.restarts; ++restart) {
        // Cuts crowd towards the top, where rare active cells are.
        for (double& cut : cuts) {
          const double u = random.uniform();
          cut = random.uniform() < 0.5 ? u : 1.0 - (1.0 - zero) * u * u;
        }
        std::sort(cuts.begin(), cuts.end());
        try_cuts(cuts);
      }
    }

    FixedModesFit result;
    result.modes.shapes = best.fit.shapes;
    result.modes.inverse_burst_size = best.fit.inverse_burst_size;
    result.modes.weights = best.weights / best.weights.sum();
    result.modes.informative = modes > 1;
    result.modes.convergence = best.fit.convergence;
    detail::log_joint(family, sample, result.modes.weights, result.modes.shapes, result.modes.inverse_burst_size,
                      result.responsibilities);
    result.log_likelihood = detail::normalise_rows(result.responsibilities, sample.cells);
    result.bic = -2.0 * result.log_likelihood + 2.0 * static_cast<double>(modes) * std::log(sample.cells.sum());
    return result;
  }

  template <MixtureFamily Family>
  GeneClustering operator()(const GeneSample& sample, const Family& family, RandomStream& random) const {
    FixedModesFit best = fit(sample, family, random);
    GeneClustering result;
    result.modes = std::move(best.modes);
    result.of_observation = detail::most_responsible(best.responsibilities);
    return result;
  }

 private:
  static Index distinct_values(const GeneSample& sample) {
    Index distinct = 1;
    for (Index i = 1; i < sample.size(); ++i) distinct += sample.values[i] != sample.values[i - 1];
    return distinct;
  }

  FixedModesOptions options_;
};

inline void validate(const FixedModes& clusterer) {
  const FixedModesOptions& options = clusterer.options();
  check_at_least("FixedModes", "modes", options.modes, 1);
  check_at_least("FixedModes", "restarts", options.restarts, 0);
  check_positive("FixedModes", "shape_floor", options.shape_floor);
  check_positive("FixedModes", "tolerance", options.tolerance);
  check_at_least("FixedModes", "max_iterations", options.max_iterations, 1);
}

}  // namespace cardamom
