/// @file
/// The paper's inference from discretised cells: the successive fit (16) of problem (17) over basins.
#pragma once

#include <cmath>
#include <concepts>
#include <utility>
#include <vector>

#include <cardamom/clustering/basins.hpp>
#include <cardamom/clustering/modes.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/core/progress.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/inference/attractor_samples.hpp>
#include <cardamom/inference/inference.hpp>
#include <cardamom/regression/successive.hpp>

namespace cardamom {

/// Infers a network from cells whose modes are known. The building block of `infer` for callers with a clustering of
/// their own.
/// @param prior θ^0 and β^0, a network known or believed before seeing the data; empty: zero. How firmly it holds is
/// said by `SuccessiveOptions::penalty`: its weights multiply |θ_ij − θ⁰_ij|
/// @tparam Scalar in which the regression's samples are stored
/// @throws std::invalid_argument when sizes disagree or options are wrong, Cancelled when `progress` asks to stop (it
/// is told of finished time points) O(time points · basins · G²) times a few tens.
template <std::floating_point Scalar = double, Loss L = LeastSquares, class Optimizer = ProximalNewton,
          Executor E = Sequential, Progress P = IgnoreProgress>
requires RowOptimizer<Optimizer, RowObjective<L, Scalar>> Inference infer_from_modes(
    const Counts& counts, Clustering clustering, const SuccessiveOptions& options = {}, const Coefficients& prior = {},
    const L& loss = {}, const Optimizer& optimizer = {}, const E& executor = {}, P progress = {}) {
  const Index genes = counts.genes();
  check_at_least("infer", "counts.cells()", counts.cells(), 1);
  check_size("infer", "clustering.genes", static_cast<Index>(clustering.genes.size()), genes);
  check_shape("infer", "clustering.modes", clustering.modes, counts.cells(), genes);
  Coefficients start = detail::prior_or_zero(prior, "infer", "prior", genes);
  validate(options, genes);

  Inference result;
  result.names = counts.names();
  result.basins = group_into_basins(clustering, counts);
  result.clustering = std::move(clustering);
  InferenceDiagnostics& diagnostics = result.diagnostics;
  diagnostics.clustering.status = ConvergenceStatus::no_information;
  diagnostics.regression.status = ConvergenceStatus::no_information;
  for (Index i = 1; i < genes; ++i) {
    const GeneModes& gene = result.clustering.gene(i);
    if (!gene.informative) diagnostics.uninformative_genes.push_back(i);
    diagnostics.clustering = combine(diagnostics.clustering, gene.convergence);
  }
  const Index count = counts.time_points().size();
  for (Index k = 0; k < count; ++k) {
    if (static_cast<Index>(counts.cells_at(k).size()) < diagnostics.few_cells) {
      diagnostics.sparse_time_points.push_back(k);
    }
  }
  const auto stimulus = result.clustering.modes.col(0);
  diagnostics.stimulus_varies = stimulus.minCoeff() != stimulus.maxCoeff();

  detail::ProgressCounter<P> counter(progress, count);
  regress_successively(
      count, [&result](Index k) { return attractor_samples<Scalar>(result.clustering, result.basins, k); },
      [&](Index k, const Regression& regression) {
        result.steps.push_back({counts.time_points()[k], regression.coefficients.basal,
                                regression.coefficients.interactions.sparseView(0.0, 0.0), regression.convergence});
        diagnostics.regression = combine(diagnostics.regression, regression.convergence);
        counter.add();
      },
      std::move(start), options, loss, optimizer, executor);
  result.scores = Matrix(result.interactions()).cwiseAbs();
  return result;
}

}  // namespace cardamom
