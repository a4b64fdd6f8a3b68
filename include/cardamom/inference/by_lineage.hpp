/// @file
/// `ByLineage`: an estimator run on all cells and on those of each lineage, weighed by what the data show more of.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/progress.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/condition_groups.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/inference/edge_scores.hpp>
#include <cardamom/inference/estimator.hpp>
#include <cardamom/inference/problem.hpp>

namespace cardamom {

/// How much genes vary along lineages and between them.
struct LineageVariation {
  double along = 0.0;    ///< variance of a gene's mean between the times of a lineage, mean over genes and lineages
  double between = 0.0;  ///< variance of a gene's mean between lineages at the same time, likewise; both in units of
                         ///< the gene's variance over all cells
};

/// @param counts with lineages
/// @param bins groups of equally many cells, in order of time, within which times count as the same; >= 1
/// Cost O(cells · genes · lineages).
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline LineageVariation lineage_variation(const WhereUsed<Counts, Use>& counts, Index bins = 10) {
  check_at_least("lineage_variation", "bins", bins, 1);
  const Index cells = counts.cells();
  const Index lineages = counts.lineages();
  std::vector<Index> bin(static_cast<std::size_t>(cells));
  Index rank = 0;
  for (Index k = 0; k < counts.time_points().size(); ++k) {
    for (const Index cell : counts.cells_at(k)) bin[static_cast<std::size_t>(cell)] = rank++ * bins / cells;
  }
  LineageVariation result;
  Index varying = 0;
  for (Index gene = counts.inputs(); gene < counts.nodes(); ++gene) {
    const auto values = counts.values().col(gene);
    const double mean = values.mean();
    const double variance = (values.array() - mean).square().mean();
    if (!(variance > 0.0)) continue;
    ++varying;
    WhereUsed<Matrix, Use> sum = Matrix::Zero(bins, lineages);
    WhereUsed<Matrix, Use> size = Matrix::Zero(bins, lineages);
    for (Index lineage = 0; lineage < lineages; ++lineage) {
      for (Index cell = 0; cell < cells; ++cell) {
        if (std::isnan(counts.lineage_times()(cell, lineage))) continue;
        sum(bin[static_cast<std::size_t>(cell)], lineage) += values[cell] - mean;
        size(bin[static_cast<std::size_t>(cell)], lineage) += 1.0;
      }
    }
    const WhereUsed<Matrix, Use> at =
        sum.array() / size.array().max(1.0);  // 0 where there are no cells, which count for nothing
    const WhereUsed<Eigen::RowVectorXd, Use> of_lineage =
        sum.colwise().sum().array() / size.colwise().sum().array().max(1.0);
    const WhereUsed<Vector, Use> of_time = sum.rowwise().sum().array() / size.rowwise().sum().array().max(1.0);
    const double scale = variance * size.sum();
    result.along += (size.array() * (at.rowwise() - of_lineage).array().square()).sum() / scale;
    result.between += (size.array() * (at.colwise() - of_time).array().square()).sum() / scale;
  }
  if (varying > 0) {
    result.along /= static_cast<double>(varying);
    result.between /= static_cast<double>(varying);
  }
  return result;
}

/// Runs an estimator on all cells and on the cells of each lineage alone, and ranks edges by the weighted mean of
/// their scores. Genes that follow each other in time within a lineage say which acts on which; genes that differ
/// between lineages, whatever the time, say what excludes what. Where cells differ more along lineages, lineages count
/// more: their weight is a²/(a² + b²) with the variances `along` and `between` of `lineage_variation`.
///
/// Network, modes and model are those of all cells; `weights` the mean of all signed weights. Data without lineages are
/// estimated once. Lineages of fewer than `fewest_cells` are left to the estimate of all cells.
/// @tparam Estimator any `NetworkEstimator`
template <class Estimator>
class ByLineage {
 public:
  /// Of cells of no lineages: along a lineage a condition is not seen at all times.
  static constexpr bool uses_conditions = detail::uses_conditions<Estimator>();
  static constexpr Index fewest_cells = 30;  ///< three at each of ten times: fewer leave no shares to compare

  explicit ByLineage(Estimator estimator) : estimator_(std::move(estimator)) {}

  template <class Problem>
  [[nodiscard]] Index plan(const Problem& problem) const {
    return detail::planned_units(estimator_, problem) * (1 + static_cast<Index>(used_lineages(problem.counts).size()));
  }

  template <class Problem>
  [[nodiscard]] Inference<typename Problem::Rate> estimate(const Problem& problem) const {
    const std::vector<Index> lineages = used_lineages(problem.counts);
    const Index units = detail::planned_units(estimator_, problem);
    ProgressPlan progress(problem.progress, units * (1 + static_cast<Index>(lineages.size())));
    auto all = progress.part(units);
    Inference<typename Problem::Rate> result = estimator_.estimate(problem.told_to(all));
    all.finish();
    if (lineages.empty()) return result;
    MeanOfEdges along_lineages(result.nodes());
    for (const Index lineage : lineages) {
      const Counts cells = problem.counts.lineage(lineage);
      auto part = progress.part(units);
      const auto each = estimator_.estimate(problem.of(cells).told_to(part));
      part.finish();
      along_lineages.add(1.0, each.scores, each.weights);
    }
    const LineageVariation variation = lineage_variation(problem.counts);
    const double along = variation.along * variation.along;
    const double between = variation.between * variation.between;
    const double share = along + between > 0.0 ? along / (along + between) : 0.0;
    MeanOfEdges mean(result.nodes());
    mean.add(share, along_lineages.scores(), along_lineages.weights());
    mean.add(1.0 - share, result.scores, result.weights);
    result.scores = mean.scores();
    result.weights = mean.weights(strength_of_edges(result.weights));
    return result;
  }

  /// Throws std::invalid_argument on cells of both lineages and conditions, and what the estimator's own validation
  /// throws.
  friend void validate(const ByLineage& by_lineage, const Counts& counts, const InferenceOptions& options) {
    if (counts.lineages() > 0) refuse_conditions("ByLineage", counts);
    if constexpr (requires { validate(by_lineage.estimator_, counts, options); })
      validate(by_lineage.estimator_, counts, options);
  }

 private:
  static std::vector<Index> used_lineages(const WhereUsed<Counts, Estimator>& counts) {
    std::vector<Index> result;
    if (counts.lineages() < 2) return result;
    for (Index k = 0; k < counts.lineages(); ++k) {
      const Index cells = counts.cells() - counts.lineage_times().col(k).array().isNaN().template cast<Index>().sum();
      if (cells >= fewest_cells) result.push_back(k);
    }
    return result;
  }

  Estimator estimator_;
};

}  // namespace cardamom
