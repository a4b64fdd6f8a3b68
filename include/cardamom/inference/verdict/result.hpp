/// @file
/// `Verdict`: how close simulated cells come to the data, gene by gene and time by time.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom {

/// Options of `judge`.
struct JudgeOptions {
  std::uint64_t seed = 0;  ///< of simulated cells and of the bootstrap
  Index resamples = 20;  ///< pairs of bootstrap draws behind `Verdict::chance`, >= 1; each errs by about half of itself
  double limit = 12.0;   ///< |θ| that the estimator allows, > 0: what `weights_at_limit` counts
};

/// Throws std::invalid_argument or std::domain_error naming the field.
inline void validate(const JudgeOptions& options) {
  check_at_least("JudgeOptions", "resamples", options.resamples, 1);
  check_positive("JudgeOptions", "limit", options.limit);
}

/// One gene at one time point.
struct GeneTime {
  Index time;  ///< number of the time point
  Index gene;  ///< node

  friend bool operator==(const GeneTime&, const GeneTime&) = default;
};

/// Distances are W1, the Wasserstein-1 distance between the counts of a gene at a time, in molecules: what a cell's
/// count has to be changed by, on average, to make one sample of the other. Matrices are time points × nodes; columns
/// of inputs are 0.
struct Verdict {
  std::vector<std::string> names;  ///< per node
  Vector time_points;              ///< [h], increasing
  Index inputs = 1;                ///< how many of the nodes, the first ones, are inputs

  Matrix distance;  ///< data from simulated cells
  /// Two bootstrap draws of the data from each other, of as many cells as data and simulated cells: where a model that
  /// is right stands on average.
  Matrix chance;
  /// Data from a negative binomial with a shape of its own at every time and one burst size, by maximum likelihood: the
  /// least that a model of bursts can reach without any network. Depths play no part in it. 0 for genes with values
  /// that are no whole numbers.
  Matrix floor;
  Matrix unchanged;  ///< data from the data's own first time point: the distance of a model in which nothing changes
  /// The largest distance that passes, see `judge`.
  Matrix tolerance;
  Vector spread;  ///< per node: standard deviation of the counts over all cells [molecules]; 0 for inputs

  std::vector<GeneTime> failing;  ///< whose distance exceeds the tolerance, the largest ratio of the two first
  /// Share of the edges with a weight whose |θ| is at the limit, in [0, 1]; 0 where there was no network to judge.
  double weights_at_limit = 0.0;

  [[nodiscard]] Index nodes() const noexcept { return distance.cols(); }
  [[nodiscard]] Index genes() const noexcept { return nodes() - inputs; }
  /// Genes times time points: how many distances there are.
  [[nodiscard]] Index gene_times() const noexcept { return genes() * distance.rows(); }

  /// Means over genes and time points [molecules].
  template <class = CompiledWhereUsed>
  [[nodiscard]] double mean_distance() const {
    return mean_of(distance);
  }
  template <class = CompiledWhereUsed>
  [[nodiscard]] double mean_chance() const {
    return mean_of(chance);
  }
  template <class = CompiledWhereUsed>
  [[nodiscard]] double mean_floor() const {
    return mean_of(floor);
  }
  template <class = CompiledWhereUsed>
  [[nodiscard]] double mean_unchanged() const {
    return mean_of(unchanged);
  }

  /// The distance in units of the gene's spread; 0 for a gene of one value, which has none.
  template <class = CompiledWhereUsed>
  [[nodiscard]] double in_spreads(Index time, Index node) const {
    return spread[node] > 0.0 ? distance(time, node) / spread[node] : 0.0;
  }
  template <class = CompiledWhereUsed>
  [[nodiscard]] double mean_in_spreads() const {
    double sum = 0.0;
    for (Index i = inputs; i < nodes(); ++i) {
      for (Index k = 0; k < distance.rows(); ++k) sum += in_spreads(k, i);
    }
    return sum / static_cast<double>(gene_times());
  }

  [[nodiscard]] bool fails(Index time, Index node) const { return distance(time, node) > tolerance(time, node); }

 private:
  template <class Use = CompiledWhereUsed>
  [[nodiscard]] double mean_of(const WhereUsed<Matrix, Use>& values) const {
    return values.rightCols(genes()).mean();
  }
};

}  // namespace cardamom
