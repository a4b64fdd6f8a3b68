/// @file
/// The fit by simulated minimum distance: descent along gradients through the simulated cells.
///
/// Not in the paper. Cells are simulated from the model, compared with the data by a distance, and differentiated
/// through their course, so that every parameter of every gene moves at once: network, burst frequencies and sizes,
/// degradation rates, and the spread of sequencing depths.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/convergence.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/core/function_ref.hpp>
#include <cardamom/core/progress.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/inference/distance/distances.hpp>
#include <cardamom/inference/distance/objective.hpp>
#include <cardamom/inference/distance/settings.hpp>
#include <cardamom/inference/distance/starts.hpp>
#include <cardamom/inference/distance/targets.hpp>
#include <cardamom/inference/moments/observation.hpp>
#include <cardamom/simulation/first_state.hpp>
#include <cardamom/simulation/pathwise/layout.hpp>
#include <cardamom/simulation/pathwise/linear_law.hpp>

namespace cardamom {

/// Descends a noisy objective.
///
/// | expression | meaning |
/// | --- | --- |
/// | `optimizer.iterations()` | how often the objective is called at most, as an `Index` |
/// | `optimizer.minimize(objective, x, scale, constrain)` | moves x; `objective(x, k, gradient)` adds the gradient of a simulation of its own for every k (the same k: the same chance) and returns its value; steps of parameter p are about `scale[p]` long, 0 holds it; `constrain(x)` puts x back to where it may be |
///
/// Where it also offers `optimizer.shortened(share)`, the same with so much of its iterations, a fit that begins with a
/// model of the data takes fewer. Models: `Adam`.
template <class O>
concept NoisyOptimizer = std::copy_constructible<O> &&
    requires(const O& optimizer, double (&objective)(const Vector&, Index, Vector&), Vector& x,
             void (&constrain)(Vector&)) {
  { optimizer.iterations() } -> std::convertible_to<Index>;
  optimizer.minimize(objective, x, x, constrain);
};

/// Where a fit ended.
struct DistanceFit {
  Vector x;            ///< parameters in the order of the law's layout
  double value = 0.0;  ///< distance of an average time point and penalties, of fresh cells
  Convergence convergence;
};

/// Whether a descent of a noisy objective had come to its end: in its last third the mean of the second half is below
/// that of the first by no more than chance would have it (two standard errors), or by less than a hundredth.
/// @param values of the objective, in the order of the iterations
/// @returns `iteration_limit` where it was still falling; the residual is the drop relative to the last mean
template <class Use = CompiledWhereUsed>
[[nodiscard]] Convergence convergence_of_descent(const std::vector<double>& values) {
  constexpr double standard_errors = 2.0;
  constexpr double negligible = 0.01;
  constexpr std::size_t fewest = 4;  // in a half, or nothing is known of the noise
  const auto iterations = static_cast<Index>(values.size());
  const std::size_t half = values.size() / 6;
  if (half < fewest) return {ConvergenceStatus::iteration_limit, iterations, 0.0};
  const auto end = values.data() + values.size();
  const auto size = static_cast<Index>(half);
  const WhereUsed<Vector, Use> before = Eigen::Map<const Vector>(end - 2 * size, size);
  const WhereUsed<Vector, Use> after = Eigen::Map<const Vector>(end - size, size);
  const double drop = before.mean() - after.mean();
  const double squares =
      (before.array() - before.mean()).square().sum() + (after.array() - after.mean()).square().sum();
  const auto n = static_cast<double>(half);
  const double error = std::sqrt(squares / (n * (n - 1.0)));
  const double relative = drop / std::abs(after.mean());
  const bool ended = drop <= standard_errors * error || relative <= negligible;
  return {ended ? ConvergenceStatus::converged : ConvergenceStatus::iteration_limit, iterations,
          std::max(relative, 0.0)};
}

namespace detail {

/// Counts of a gene at every time point of every group in which nothing is done to it; of all groups where there is no
/// such group.
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline std::vector<Vector> unperturbed_snapshots(const std::vector<DistanceTargets>& groups, Index gene) {
  std::vector<WhereUsed<Vector, Use>> untouched;
  std::vector<WhereUsed<Vector, Use>> all;
  for (const DistanceTargets& group : groups) {
    const GeneEffects& effects = group.effects;
    const bool perturbed = !effects.none() && (effects.factor[gene] != 1.0 || effects.extra[gene] != 0.0);
    for (const WhereUsed<Matrix, Use>& counts : group.counts) {
      all.push_back(counts.col(gene));
      if (!perturbed) untouched.push_back(counts.col(gene));
    }
  }
  return untouched.empty() ? all : untouched;
}

}  // namespace detail

/// Parameters without a network that give every gene its counts at the first time point: kinetics by
/// `fit_free_shapes`, α1 half as large again as the largest shape, α0 half the smallest.
/// @param groups of conditions, at least one; cells in which a gene is perturbed say nothing about its kinetics
/// @param mrna_decay, protein_decay d0 and d1 [1/h], one entry per gene that takes part
template <Link LinkType>
[[nodiscard]] Vector distance_start(const PathwiseLinearLaw<LinkType>& law, const std::vector<DistanceTargets>& groups,
                                    const WhereUsed<Vector, LinkType>& mrna_decay,
                                    const WhereUsed<Vector, LinkType>& protein_decay) {
  constexpr double headroom = 1.5;   // a gene is not often seen at its most frequent
  constexpr double below = 0.5;      // nor at its least
  constexpr double smallest = 1e-3;  // α0
  constexpr double least_on = 0.02;  // share of the way from α0 to α1 at the start, where slopes do not vanish
  constexpr double most_on = 0.9;
  constexpr double first_input = 0.01;  // θ of inputs: off zero, where the penalty has no slope
  constexpr double first_spread = 0.5;  // of log depths
  const PathwiseLayout layout = law.layout();
  WhereUsed<Vector, LinkType> x = Vector::Zero(layout.size());
  for (Index a = 0; a < law.genes(); ++a) {
    const FreeShapes free = fit_free_shapes(detail::unperturbed_snapshots(groups, a));
    const double high = headroom * free.shape.maxCoeff();
    const double low = std::min(std::max(below * free.shape.minCoeff(), smallest), below * high);
    const double on = std::clamp((free.shape[0] - low) / (high - low), least_on, most_on);
    auto own = x.segment(layout.rate(a), layout.rate_size(a));
    own.head(law.inputs()).setConstant(first_input);
    own[law.basal_column()] = std::log(on / (1.0 - on));
    own[law.low_column()] = std::log(low);
    own[law.high_column()] = std::log(high);
    x[layout.inverse_burst_size(a)] = std::log(free.inverse_burst_size);
    x[layout.mrna_decay(a)] = std::log(mrna_decay[a]);
    x[layout.protein_decay(a)] = std::log(protein_decay[a]);
  }
  x[layout.depth_spread()] = std::log(first_spread);
  return x;
}

/// Fits a rate with a linear form. Cost O(groups · iterations · cells · leaps · genes · nodes).
/// @param law of the genes that take part
/// @param groups of conditions, at least one, with depths in all or none
/// @param x where to start
/// @param given parameters with the rates d0 and d1 as given: centres of their prior
/// @param first what cells are at the first time point
/// @param progress told of iterations
/// @throws Cancelled
template <Link LinkType, CellDistance Distance, NoisyOptimizer Optimizer>
[[nodiscard]] DistanceFit fit_distance(PathwiseLinearLaw<LinkType>& law, const std::vector<DistanceTargets>& groups,
                                       WhereUsed<Vector, LinkType> x, const WhereUsed<Vector, LinkType>& given,
                                       const FirstState& first, const Distance& distance, const Optimizer& optimizer,
                                       const DistanceOptions& options, const Observation& observation,
                                       const ExecutorRef& executor, FunctionRef<bool(Index, Index)> progress) {
  constexpr Index judged = 4;            // fresh simulations whose mean is the value
  constexpr double log_smallest = -9.0;  // α0, α1: never seen
  constexpr double log_largest = 6.0;    // no longer bursts
  constexpr double negligible = 0.02;    // θ: what the penalty left over
  // Of log d0 and log d1 from those given, or guessed from the time points. A choice: on cells of Semrau et al. d0 that
  // all genes share went to 450 times the median given, where leaps would be minutes; rates four times off are within.
  const double furthest_rate = std::log(10.0);
  const PathwiseLayout layout = law.layout();
  WhereUsed<Vector, LinkType> scale = Vector::Zero(layout.size());
  for (Index a = 0; a < law.genes(); ++a) {
    const Index own = layout.rate(a);
    scale.segment(own, law.nodes()).setConstant(options.interaction_step);
    for (Index j = 0; j < law.nodes(); ++j) {
      if (!options.edge_prior.allows(law.inputs() + a, j)) scale[own + j] = x[own + j] = 0.0;
    }
    scale[own + law.basal_column()] = options.basal_step;
    scale[own + law.low_column()] = scale[own + law.high_column()] = options.kinetic_step;
    scale[layout.inverse_burst_size(a)] = options.kinetic_step;
    if (options.fit_rates) scale[layout.mrna_decay(a)] = scale[layout.protein_decay(a)] = options.kinetic_step;
  }
  if (options.fit_depth && groups.front().depths.empty()) scale[layout.depth_spread()] = options.kinetic_step;

  std::vector<decltype(distance.prepare(groups.front().counts, options.cells))> prepared;
  for (const DistanceTargets& group : groups) prepared.push_back(distance.prepare(group.counts, options.cells));
  DistanceObjective objective(law, groups, std::move(prepared), layout, given, first, options, observation, executor);
  detail::ProgressCounter counter(progress, optimizer.iterations());
  const auto constrain = [&](WhereUsed<Vector, LinkType>& y) {
    for (Index a = 0; a < law.genes(); ++a) {
      auto linear = y.segment(layout.rate(a), law.nodes() + 1);
      linear = linear.cwiseMax(-options.limit).cwiseMin(options.limit).eval();
      for (const Index column : {law.low_column(), law.high_column()}) {
        double& frequency = y[layout.rate(a) + column];
        frequency = std::clamp(frequency, log_smallest, log_largest);
      }
      for (const Index p : {layout.mrna_decay(a), layout.protein_decay(a)}) {
        y[p] = std::clamp(y[p], given[p] - furthest_rate, given[p] + furthest_rate);
      }
    }
  };
  std::vector<double> values;
  optimizer.minimize(
      [&](const WhereUsed<Vector, LinkType>& y, Index k, WhereUsed<Vector, LinkType>& gradient) {
        const double value = objective(y, k, gradient);
        values.push_back(value);
        counter.add();
        return value;
      },
      x, scale, constrain);
  for (Index a = 0; a < law.genes(); ++a) {
    auto edges = x.segment(layout.rate(a), law.nodes());
    edges = (edges.array().abs() < negligible).select(0.0, edges).eval();
  }
  DistanceFit fit{std::move(x), 0.0, convergence_of_descent(values)};
  WhereUsed<Vector, LinkType> unused(layout.size());
  for (Index k = 0; k < judged; ++k) fit.value += objective(fit.x, optimizer.iterations() + k, unused);
  fit.value /= static_cast<double>(judged);
  return fit;
}

}  // namespace cardamom
