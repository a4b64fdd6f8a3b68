/// @file
/// What a user should know about data and modes before trusting a network, the same for every estimator.
#pragma once

#include <string_view>
#include <utility>

#include <cardamom/clustering/basins.hpp>
#include <cardamom/clustering/modes.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/inference/inference.hpp>
#include <cardamom/model/decay_rates.hpp>

namespace cardamom {

/// Throws std::invalid_argument, naming `function`, unless there are cells and the clustering is one of them.
inline void check_clustering(std::string_view function, const Clustering& clustering, const Counts& counts) {
  check_at_least(function, "counts.cells()", counts.cells(), 1);
  check_size(function, "clustering.of_node", clustering.nodes(), counts.nodes());
  check_shape(function, "clustering.modes", clustering.modes, counts.cells(), counts.nodes());
}

/// Genes without information, time points of few cells, inputs that never change, convergence of the modes. The
/// regression's convergence is left `no_information` for the estimator to combine with.
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline InferenceDiagnostics diagnose(const WhereUsed<Counts, Use>& counts,
                                                   const WhereUsed<Clustering, Use>& clustering,
                                                   const WhereUsed<DecayRates, Use>& rates) {
  InferenceDiagnostics result;
  result.assumed_rates = rates.mrna.size() == 0 || rates.protein.size() == 0;
  result.clustering.status = ConvergenceStatus::no_information;
  result.regression.status = ConvergenceStatus::no_information;
  for (Index i = counts.inputs(); i < counts.nodes(); ++i) {
    const GeneModes& gene = clustering.gene(i);
    if (!gene.informative || gene.count() < 2) result.uninformative_genes.push_back(i);
    result.clustering = combine(result.clustering, gene.convergence);
  }
  for (Index k = 0; k < counts.time_points().size(); ++k) {
    if (static_cast<Index>(counts.cells_at(k).size()) < result.few_cells) result.sparse_time_points.push_back(k);
  }
  for (Index j = 0; j < counts.inputs(); ++j) {
    const auto modes = clustering.modes.col(j);
    if (modes.minCoeff() == modes.maxCoeff()) result.constant_inputs.push_back(j);
  }
  return result;
}

/// The beginning of every result: names, modes, basins, and what a user should know of them.
/// @throws std::invalid_argument, naming `infer`, when the sizes of clustering and counts disagree
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline InferenceBase describe_data(const WhereUsed<Counts, Use>& counts,
                                                 WhereUsed<Clustering, Use> clustering,
                                                 const WhereUsed<DecayRates, Use>& rates) {
  check_clustering("infer", clustering, counts);
  InferenceBase result;
  result.names = counts.names();
  result.basins = group_into_basins(clustering, counts);
  result.diagnostics = diagnose(counts, clustering, rates);
  result.clustering = std::move(clustering);
  return result;
}

}  // namespace cardamom
