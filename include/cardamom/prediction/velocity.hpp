/// @file
/// Where every cell of a table is heading: expected protein and mRNA velocities under a fitted model,
///
///     dP_i/dt = s1_i M_i − d1_i P_i,   dM_i/dt = kon_i(P) s0_i/koff_i − d0_i M_i.
///
/// Neither P nor M is observed. *Expected* is the mean over all that a cell of the model can be, given its time and its
/// counts: E[· | counts of all genes of this cell, time, model]. Cells are independent given the model, so the other
/// cells of the table say no more about it.
///
/// The mean is found by regression on cells simulated from the model at the cell's time and measured as the data were
/// (approximate Bayesian computation with regression adjustment, Beaumont, Zhang & Balding, Genetics 162, 2002):
/// a local linear fit among those whose √(count + 3/8) is the nearest, weighted by 1 − (distance/farthest)². It is
/// linear in counts: the mean of mRNA is, where it is Gamma and counts are Poisson.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <Eigen/Cholesky>

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/core/function_ref.hpp>
#include <cardamom/core/policies.hpp>
#include <cardamom/core/progress.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/inference/inference.hpp>
#include <cardamom/model/model.hpp>
#include <cardamom/prediction/data_protocol.hpp>
#include <cardamom/prediction/stabilised_counts.hpp>
#include <cardamom/simulation/fitted_experiment.hpp>
#include <cardamom/simulation/measurement.hpp>
#include <cardamom/simulation/population.hpp>
#include <cardamom/simulation/protocol.hpp>

namespace cardamom {

/// Settings of `expected_velocity`.
struct VelocityOptions {
  std::uint64_t seed = 1;  ///< of the simulated cells and their measurement
  /// Simulated per time point, >= 2. On FN4 20,000 moved the cosine to the true velocity by .0001 (proteins), .002
  /// (mRNA).
  Index cells = 4000;
  Index neighbours = 400;  ///< simulated cells that a cell is compared with, in [2, cells]
  /// Of the slopes, relative to the weights' sum, in units of the variance of a feature, > 0: counts of Poisson noise
  /// alone have 1/4.
  double ridge = 0.01;
};

/// Throws std::invalid_argument, std::domain_error naming the field.
template <class = CompiledWhereUsed>
inline void validate(const VelocityOptions& options) {
  check_at_least("VelocityOptions", "cells", options.cells, 2);
  check_at_least("VelocityOptions", "neighbours", options.neighbours, 2);
  check_at_least("VelocityOptions", "cells", options.cells, options.neighbours);
  check_positive("VelocityOptions", "ridge", options.ridge);
}

/// What `expected_velocity` returns, each cells × nodes, in the order of the table; of inputs `protein` holds the
/// levels and the others 0.
struct CellVelocities {
  Matrix mrna;              ///< E[M] [molecules]
  Matrix protein;           ///< E[P] [protein units of (11)]
  Matrix mrna_velocity;     ///< E[dM/dt] [molecules/h]
  Matrix protein_velocity;  ///< E[dP/dt] [protein units/h]
};

namespace detail {

/// A law in a cell of known depth.
template <ObservationLaw Law>
struct LawAtDepth {
  Law law;
  double known;  // > 0

  double depth(RandomStream&) const { return known; }
  double observe(double molecules, double depth, RandomStream& stream) const {
    return static_cast<double>(law.observe(molecules, depth, stream));
  }
};

/// Mean outcomes at a point by a local linear fit.
class LocalRegression {
 public:
  LocalRegression(Index neighbours, double ridge) : neighbours_(neighbours), ridge_(ridge) {}

  /// @param features samples × dimensions
  /// @param outcomes samples × outcomes
  /// @param point dimensions
  /// @returns per outcome, within the range of the neighbours'
  template <class Use = CompiledWhereUsed>
  Vector at(const WhereUsed<Matrix, Use>& features, const WhereUsed<MatrixIn, Use>& outcomes,
            const WhereUsed<VectorIn, Use>& point) {
    const WhereUsed<Vector, Use> distance = (features.rowwise() - point.transpose()).rowwise().squaredNorm();
    order_.resize(static_cast<std::size_t>(features.rows()));
    std::iota(order_.begin(), order_.end(), Index{0});
    const auto nearer = [&](Index a, Index b) {
      return distance[a] < distance[b] || (distance[a] == distance[b] && a < b);
    };
    std::nth_element(order_.begin(), order_.begin() + (neighbours_ - 1), order_.end(), nearer);
    std::sort(order_.begin(), order_.begin() + neighbours_, nearer);  // one order of sums, whatever the library
    const double farthest = distance[order_[static_cast<std::size_t>(neighbours_ - 1)]];

    const Index dimensions = features.cols();
    WhereUsed<Matrix, Use> design(neighbours_, 1 + dimensions);
    WhereUsed<Matrix, Use> outcome(neighbours_, outcomes.cols());
    WhereUsed<Vector, Use> weight(neighbours_);
    for (Index k = 0; k < neighbours_; ++k) {
      const Index row = order_[static_cast<std::size_t>(k)];
      // Where all are equally far there is nothing to weigh by.
      weight[k] = distance[row] < farthest ? 1.0 - distance[row] / farthest : 0.0;
      design(k, 0) = 1.0;
      // Means are closer to linear in counts, the squares of features, than in features; to first order they agree.
      design.row(k).tail(dimensions) =
          (features.row(row).array().square() - point.transpose().array().square()) / (2.0 * point.transpose().array());
      outcome.row(k) = outcomes.row(row);
    }
    if (weight.sum() == 0.0) weight.setOnes();
    const WhereUsed<Matrix, Use> weighted = weight.asDiagonal() * design;
    WhereUsed<Matrix, Use> normal = design.transpose() * weighted;
    normal.diagonal().tail(dimensions).array() += ridge_ * weight.sum();
    const WhereUsed<Matrix, Use> right = weighted.transpose() * outcome;
    const WhereUsed<Vector, Use> fitted = normal.ldlt().solve(right).row(0).transpose();
    return fitted.cwiseMax(outcome.colwise().minCoeff().transpose()).cwiseMin(outcome.colwise().maxCoeff().transpose());
  }

 private:
  Index neighbours_;
  double ridge_;
  std::vector<Index> order_;
};

/// The velocities of the cells of a table, given cells simulated at its time points and their burst rates.
class VelocityRegression {
 public:
  /// @param simulated per time point options.cells, with M and P
  /// @param production cells × genes: kon(P) s0/koff of the simulated cells
  template <class Use = CompiledWhereUsed>
  VelocityRegression(const WhereUsed<Population, Use>& simulated, const Matrix& production,
                     const VelocityOptions& options)
      : options_(options), genes_(production.cols()), outcomes_(production.rows(), 3 * production.cols()) {
    outcomes_ << simulated.mrna.rightCols(genes_), simulated.protein.rightCols(genes_), production;
  }

  /// @param features options.cells × genes, of the simulated cells of time point k
  template <class Use = CompiledWhereUsed>
  void estimate(Index k, const Matrix& features, const Vector& point, Index cell,
                const WhereUsed<Kinetics, Use>& kinetics, WhereUsed<CellVelocities, Use>& result) const {
    LocalRegression regression(options_.neighbours, options_.ridge);
    const WhereUsed<Matrix, Use>& outcomes = outcomes_;
    const WhereUsed<Vector, Use> mean =
        regression.at(features, outcomes.middleRows(k * options_.cells, options_.cells), point);
    const auto mrna = mean.head(genes_);
    const auto protein = mean.segment(genes_, genes_);
    const auto production = mean.tail(genes_);
    result.mrna.row(cell).tail(genes_) = mrna.transpose();
    result.protein.row(cell).tail(genes_) = protein.transpose();
    result.mrna_velocity.row(cell).tail(genes_) =
        (production - mrna.cwiseProduct(kinetics.mrna_decay.tail(genes_))).transpose();
    result.protein_velocity.row(cell).tail(genes_) = (mrna.cwiseProduct(kinetics.protein_synthesis.tail(genes_)) -
                                                      protein.cwiseProduct(kinetics.protein_decay.tail(genes_)))
                                                         .transpose();
  }

 private:
  const VelocityOptions& options_;
  Index genes_;
  Matrix outcomes_;
};

/// kon(P) s0/koff of every cell, cells × genes [molecules/h].
template <BurstRate Rate>
Matrix production_of(const BasicModel<Rate>& model, const WhereUsed<Matrix, Rate>& protein, ExecutorRef executor) {
  Matrix result(protein.rows(), model.genes());
  for_each_index(executor, protein.rows(), [&](Index cell) {
    const Vector state = protein.row(cell).transpose();
    for (Index gene = 0; gene < model.genes(); ++gene) {
      const Index node = model.inputs() + gene;
      result(cell, gene) = model.rate(node, state) / model.kinetics.inverse_burst_size[node];
    }
  });
  return result;
}

/// Counts of the genes of the simulated cells of time point k, `observe` being told which cell of all.
template <class Observe>
Matrix observe_block(const Population& simulated, Index k, Index cells, Index inputs, const Observe& observe) {
  WhereUsed<Matrix, Observe> counts = Matrix::Zero(cells, simulated.mrna.cols());
  for (Index c = 0; c < cells; ++c) observe(k * cells + c, counts.row(c));
  return counts.rightCols(counts.cols() - inputs);
}

}  // namespace detail

/// Expected velocities of the cells of a table under a model.
///
///     const CellVelocities v = expected_velocity(inference, counts, {}, Threads{});
///
/// Simulated cells follow `data_protocol`. They are measured by the law, with the depths that it has, or in place of
/// these with the depth of the cell where the table knows it. At the time of an observation inputs are as they were
/// just before.
/// @param experiment fitted beside the model
/// @param policies in any order, at most one per role: an ObservationLaw (`PoissonCapture` of the experiment's
/// depths), an Executor (`Sequential`), a Progress observer (`IgnoreProgress`), told of simulated cells and of cells
/// of the table
/// @throws std::invalid_argument, std::domain_error on sizes and options; what `simulate` throws; Cancelled
/// @returns the same for any executor. Cost of `simulate` with options.cells at every time point, and per cell of the
/// table O(options.cells · genes + neighbours · genes²), with known depths as many draws of the law besides;
/// O(time points · options.cells · nodes) memory
template <BurstRate Rate, class... Policies>
[[nodiscard]] CellVelocities expected_velocity(const BasicModel<Rate>& model, const FittedExperiment& experiment,
                                               const Counts& counts, const VelocityOptions& options = {},
                                               const Policies&... policies) {
  static_assert(detail::explain_bound<Rate>());
  using Roles = RoleList<ObservationRole, ExecutorRole, ProgressRole>;
  static_assert((policy_fits<Policies, Roles>() && ...));
  static_assert(count_of<ObservationRole, Roles, Policies...> <= 1, "expected_velocity: more than one ObservationLaw");
  static_assert(count_of<ExecutorRole, Roles, Policies...> <= 1, "expected_velocity: more than one Executor");
  static_assert(count_of<ProgressRole, Roles, Policies...> <= 1, "expected_velocity: more than one Progress observer");
  const std::tuple<const Policies&...> all(policies...);
  const auto law =
      policy_or<ObservationRole>(Roles{}, PoissonCapture{.log_depth_deviation = experiment.depth_deviation}, all);
  const auto executor = policy_or<ExecutorRole>(Roles{}, Sequential{}, all);
  auto progress = policy_or<ProgressRole>(Roles{}, IgnoreProgress{}, all);
  validate(options);
  validate(model);
  validate(experiment);
  if constexpr (requires { validate(law); }) validate(law);

  const Protocol protocol = data_protocol(model, experiment, counts, options.cells);
  ProgressPlan plan(progress, protocol.cells() + counts.cells());
  auto simulated_part = plan.part(protocol.cells());
  const WhereUsed<Population, Rate> simulated =
      simulate(model, protocol, {.seed = options.seed, .keep_latent = true}, ExactMeasurement{}, ExecutorRef(executor),
               FunctionRef<bool(Index, Index)>(simulated_part));
  simulated_part.finish();
  const detail::VelocityRegression regression(
      simulated, detail::production_of(model, simulated.protein, ExecutorRef(executor)), options);

  const Index inputs = counts.inputs();
  const auto observe_by = [&](const auto& own) {
    return [&](Index cell, auto&& row) {
      RandomStream noise(options.seed, Purpose::counts, static_cast<std::uint64_t>(cell));
      observe_cell(own, simulated.mrna.row(cell).transpose(), inputs, noise, row);
    };
  };
  WhereUsed<CellVelocities, Rate> result{Matrix::Zero(counts.cells(), counts.nodes()), {}, {}, {}};
  result.protein = result.mrna_velocity = result.protein_velocity = result.mrna;
  auto part = plan.part(counts.cells());
  FunctionRef<bool(Index, Index)> report(part);
  detail::ProgressCounter counter(report, counts.cells());
  const WhereUsed<Matrix, Rate>& values = counts.values();
  const WhereUsed<Matrix, Rate> points = detail::stabilised(values.rightCols(counts.genes()));
  for (Index k = 0; k < counts.time_points().size(); ++k) {
    const auto cells = counts.cells_at(k);
    const bool known = counts.depth().size() > 0;
    Matrix features;
    if (!known) {
      features = detail::stabilised(detail::observe_block(simulated, k, options.cells, inputs, observe_by(law)));
    }
    for_each_index(executor, static_cast<Index>(cells.size()), [&](Index c) {
      const Index cell = cells[static_cast<std::size_t>(c)];
      const Vector point = points.row(cell).transpose();
      result.protein.row(cell).head(inputs) = simulated.protein.row(k * options.cells).head(inputs);
      if (known) {
        const detail::LawAtDepth<std::remove_cv_t<decltype(law)>> own{law, counts.depth()[cell]};
        regression.estimate(
            k, detail::stabilised(detail::observe_block(simulated, k, options.cells, inputs, observe_by(own))), point,
            cell, model.kinetics, result);
      } else {
        regression.estimate(k, features, point, cell, model.kinetics, result);
      }
      counter.add();
    });
  }
  return result;
}

/// The same under the model that was inferred from the table.
template <BurstRate Rate, class... Policies>
[[nodiscard]] CellVelocities expected_velocity(const Inference<Rate>& inference, const Counts& counts,
                                               const VelocityOptions& options = {}, const Policies&... policies) {
  static_assert(detail::explain_bound<Rate>());
  return expected_velocity(inference.model, inference.experiment, counts, options, policies...);
}

}  // namespace cardamom
