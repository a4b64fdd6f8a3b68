/// @file
/// A given number of modes per gene, by maximum likelihood (EM with restarts).
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include <cardamom/clustering/gene_clustering.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/mixture/family.hpp>
#include <cardamom/mixture/gene_mixture.hpp>
#include <cardamom/mixture/shape_floor.hpp>
#include <cardamom/numerics/log_sum_exp.hpp>

namespace cardamom {

/// Settings of `FixedModes`.
struct FixedModesOptions {
  Index modes = 2;     ///< K >= 1; a gene with fewer distinct values gets as many modes as it has values
  Index restarts = 4;  ///< random starts beside the two fixed ones (cells cut evenly; the positive ones cut evenly)
  double shape_floor = smallest_shape;  ///< smallest shape of a mode, > 0
  double tolerance = 1e-9;              ///< EM stops when a step gains less log-likelihood per cell
  Index max_iterations = 1000;          ///< steps of EM, >= 1
};

/// @throws std::invalid_argument, std::domain_error when an option is out of range
template <class Use = CompiledWhereUsed>
inline void validate(const WhereUsed<FixedModesOptions, Use>& options) {
  check_at_least("FixedModes", "modes", options.modes, 1);
  check_at_least("FixedModes", "restarts", options.restarts, 0);
  check_positive("FixedModes", "shape_floor", options.shape_floor);
  check_positive("FixedModes", "tolerance", options.tolerance);
  check_at_least("FixedModes", "max_iterations", options.max_iterations, 1);
}

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
  /// @throws std::invalid_argument, std::domain_error when an option is out of range
  explicit FixedModes(Index modes) : FixedModes(FixedModesOptions{.modes = modes}) {}
  explicit FixedModes(const FixedModesOptions& options) : options_(options) { validate(options_); }

  const FixedModesOptions& options() const noexcept { return options_; }

  /// The best of all starts. O(distinct values · modes) per step of EM.
  /// @throws std::invalid_argument when the sample is empty
  template <MixtureFamily Family>
  [[nodiscard]] FixedModesFit fit(const WhereUsed<GeneSample, Family>& sample, const Family& family,
                                  RandomStream& random) const {
    check_at_least("FixedModes::fit", "sample.size()", sample.size(), 1);
    const Index modes = std::min(options_.modes, distinct_values(sample));
    GeneMixture best;
    for (const std::vector<double>& cuts : starts(sample, modes, random)) {
      GeneMixture candidate = fit_gene_mixture(family, sample, cut_into_modes(sample, cuts),
                                               {options_.shape_floor, options_.tolerance, options_.max_iterations});
      if (candidate.log_likelihood > best.log_likelihood) best = std::move(candidate);
    }

    FixedModesFit result;
    result.modes.shapes = best.fit.shapes;
    result.modes.inverse_burst_size = best.fit.inverse_burst_size;
    result.modes.weights = best.weights / best.weights.sum();
    result.modes.informative = modes > 1;
    result.modes.convergence = best.fit.convergence;
    log_joint(family, sample, result.modes.weights, result.modes.shapes, result.modes.inverse_burst_size,
              result.responsibilities);
    result.log_likelihood = sample.cells.dot(softmax_rows(result.responsibilities));
    result.bic = -2.0 * result.log_likelihood + 2.0 * static_cast<double>(modes) * std::log(sample.cells.sum());
    return result;
  }

  template <MixtureFamily Family>
  GeneClustering operator()(const WhereUsed<GeneSample, Family>& sample, const Family& family,
                            RandomStream& random) const {
    FixedModesFit best = fit(sample, family, random);
    GeneClustering result;
    result.modes = std::move(best.modes);
    result.of_observation = most_responsible(best.responsibilities);
    return result;
  }

 private:
  /// Where EM starts: shares of the cells, in order of their values, at which they are cut into modes. First cut
  /// evenly; then the positive ones cut evenly, with the zeros in the lowest mode; then at random.
  template <class Use = CompiledWhereUsed>
  std::vector<std::vector<double>> starts(const WhereUsed<GeneSample, Use>& sample, Index modes,
                                          WhereUsed<RandomStream, Use>& random) const {
    const double zero = sample.values[0] == 0.0 ? sample.cells[0] / sample.cells.sum() : 0.0;
    const auto even = [modes](double from) {
      std::vector<double> cuts(static_cast<std::size_t>(modes) - 1);
      for (std::size_t k = 0; k < cuts.size(); ++k) {
        cuts[k] = from + (1.0 - from) * static_cast<double>(k + 1) / static_cast<double>(modes);
      }
      return cuts;
    };
    std::vector<std::vector<double>> result{even(0.0)};
    if (modes == 1) return result;
    result.push_back(even(zero));
    result.back()[0] = std::min(result.back()[0], std::max(zero, 1e-9));  // above 0, so that the mode has cells
    for (Index restart = 0; restart < options_.restarts; ++restart) {
      std::vector<double> cuts(static_cast<std::size_t>(modes) - 1);
      for (double& cut : cuts) {
        // Half of the cuts crowd towards the top, where rare active cells are.
        const double u = random.uniform();
        cut = random.uniform() < 0.5 ? u : 1.0 - (1.0 - zero) * u * u;
      }
      std::sort(cuts.begin(), cuts.end());
      result.push_back(std::move(cuts));
    }
    return result;
  }

  template <class Use = CompiledWhereUsed>
  static Index distinct_values(const WhereUsed<GeneSample, Use>& sample) {
    Index distinct = 1;
    for (Index i = 1; i < sample.size(); ++i) distinct += sample.values[i] != sample.values[i - 1];
    return distinct;
  }

  FixedModesOptions options_;
};

}  // namespace cardamom
