/// @file
/// The landscape as a population sees it: attractors, the share of the cells in the basin of each (Figure 4 of the
/// paper), and the Gamma mixture (6) these make, at rest or over time (section 3.3).
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/landscape/attractors.hpp>
#include <cardamom/landscape/protein_cells.hpp>
#include <cardamom/mixture/gamma_mixture.hpp>

namespace cardamom {

/// Basins and their weights; m = attractors.count().
struct Landscape {
  Attractors attractors;  ///< the union over all time points; `of_start` is the basin of each cell
  Vector time_points;     ///< distinct times, increasing [h]
  Matrix cells;           ///< time points × m: number of cells in each basin
  Matrix weights;         ///< time points × m: μ_t(z), their share; rows sum to 1, or are 0 where no cell settled
};

namespace detail {

/// Counts the starts of a search by time and attractor.
template <class Use = CompiledWhereUsed>
inline Landscape count_basins(WhereUsed<Attractors, Use> attractors, const WhereUsed<VectorIn, Use>& times) {
  Landscape result;
  result.attractors = std::move(attractors);
  std::vector<double> distinct(times.begin(), times.end());
  std::sort(distinct.begin(), distinct.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  result.time_points = Eigen::Map<const Vector>(distinct.data(), static_cast<Index>(distinct.size()));
  result.cells = Matrix::Zero(result.time_points.size(), result.attractors.count());
  for (Index cell = 0; cell < times.size(); ++cell) {
    const Index z = result.attractors.of_start[static_cast<std::size_t>(cell)];
    if (z < 0) continue;
    result.cells(std::lower_bound(distinct.begin(), distinct.end(), times[cell]) - distinct.begin(), z) += 1.0;
  }
  result.weights = result.cells;
  for (Index t = 0; t < result.weights.rows(); ++t) {
    if (const double total = result.cells.row(t).sum(); total > 0) result.weights.row(t) /= total;
  }
  return result;
}

}  // namespace detail

/// Assigns every cell to an attractor by relaxation and counts, time point by time point. A basin not seen at t has
/// μ_t(z) = 0; cells that do not settle, or rest on a border, are in no basin and in no weight (the numbers of both are
/// in `attractors`).
/// @param proteins cells × nodes, >= 0, for instance from `simulate_proteins`; columns of inputs are ignored: cells
/// relax at the levels of inputs that the options give
/// @param times per cell [h]; all equal for a stationary law
/// @param policies at most one Executor and one Progress, which counts cells
/// @throws as `find_attractors`, and costs as much
template <BurstRate Rate, class... Policies>
[[nodiscard]] Landscape map_landscape(const BasicModel<Rate>& model, const WhereUsed<MatrixIn, Rate>& proteins,
                                      const WhereUsed<VectorIn, Rate>& times, const AttractorOptions& options = {},
                                      const Policies&... policies) {
  detail::RunPolicies<Policies...> run(policies...);
  check_size("map_landscape", "times", times.size(), proteins.rows());
  check_all_finite("map_landscape", "times", times);
  return detail::count_basins(detail::find_attractors(model, proteins, options, run.executor(), run.progress()), times);
}

/// The same for cells from `simulate_proteins`.
template <BurstRate Rate, class... Policies>
[[nodiscard]] Landscape map_landscape(const BasicModel<Rate>& model, const ProteinCells& cells,
                                      const AttractorOptions& options = {}, const Policies&... policies) {
  return map_landscape(model, cells.proteins, cells.times, options, policies...);
}

/// The mixture (6) of basins with the given weights: shapes k_{z,i}/d1_i, rates c_i.
/// @param model whose kinetics (d1, c) the attractors were found with; its rate is not used
/// @param weights μ, one per attractor, of which there must be one or more
/// @throws std::invalid_argument when there is no attractor or sizes disagree; std::domain_error when an attractor has
/// a gene whose rate is exactly 0
template <BurstRate Rate>
[[nodiscard]] GammaMixture gamma_mixture(const BasicModel<Rate>& model, const Attractors& attractors,
                                         const WhereUsed<VectorIn, Rate>& weights) {
  const WhereUsed<Kinetics, Rate>& kinetics = model.kinetics;
  validate(kinetics);
  check_at_least("gamma_mixture", "attractors.count()", attractors.count(), 1);
  check_size("gamma_mixture", "weights", weights.size(), attractors.count());
  check_size("gamma_mixture", "model.nodes()", kinetics.nodes(), attractors[0].protein.size());
  WhereUsed<Matrix, Rate> shapes = attractors.frequencies();
  for (Index i = kinetics.inputs(); i < shapes.cols(); ++i) shapes.col(i) /= kinetics.protein_decay[i];
  return {weights, std::move(shapes), kinetics.inverse_protein_burst_size(), kinetics.inputs()};
}

/// The mixture of a landscape at its k-th time point.
/// @throws as above, and std::invalid_argument when k is out of range
template <BurstRate Rate>
[[nodiscard]] GammaMixture gamma_mixture(const BasicModel<Rate>& model, const Landscape& landscape, Index k) {
  check_index("gamma_mixture", "k", k, landscape.weights.rows());
  return gamma_mixture(model, landscape.attractors, landscape.weights.row(k).transpose());
}

}  // namespace cardamom
