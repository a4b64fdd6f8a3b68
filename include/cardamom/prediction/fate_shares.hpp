/// @file
/// Fates: the shares of cell types over time that a fitted model predicts, under any protocol and perturbations, with
/// intervals from chance and from what several models disagree about.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/burst_rate/perturbed_rate.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/core/function_ref.hpp>
#include <cardamom/core/policies.hpp>
#include <cardamom/core/progress.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/inference/inference.hpp>
#include <cardamom/model/model.hpp>
#include <cardamom/numerics/binomial_interval.hpp>
#include <cardamom/prediction/cell_classifier.hpp>
#include <cardamom/prediction/data_protocol.hpp>
#include <cardamom/simulation/measurement.hpp>
#include <cardamom/simulation/population.hpp>
#include <cardamom/simulation/process.hpp>
#include <cardamom/simulation/protocol.hpp>

namespace cardamom {

/// Settings of `fate_shares` and `rank_perturbations`.
struct FateOptions {
  std::uint64_t seed = 1;                        ///< of cells and measurement, the same for every model
  std::vector<Perturbation> perturbations = {};  ///< what is done to genes, all of it in every cell, from the start on
  double confidence = 0.95;                      ///< of the intervals, in (0, 1)
};

/// Shares of cell types over time.
struct FateShares {
  std::vector<std::string> types;  ///< their names
  Vector time_points;              ///< of the protocol [h]
  Matrix shares;                   ///< time points × types, rows summing to 1; mean over the models
  /// Time points × types, the ends of an interval. Of one model: Clopper and Pearson's for the number of cells. Of
  /// several: the (1 − confidence)/2 quantile of the models' lower ends and the (1 + confidence)/2 quantile of their
  /// upper ends; of few models these are the smallest and the largest.
  Matrix lower;
  Matrix upper;
  Matrix spread;    ///< time points × types: standard deviation of the share between models; 0 of one model
  Index cells = 0;  ///< simulated at every time point, of each model
  Index models = 0;
};

namespace detail {

using FateRoles = RoleList<ObservationRole, ExecutorRole, ProgressRole>;
/// A classifier of erased type: what is built on it is compiled once.
using ClassifyRef = FunctionRef<Index(const VectorIn&)>;

/// The type of every cell of a table.
/// @throws std::invalid_argument when the classifier says what is none
template <class = CompiledWhereUsed>
inline std::vector<Index> classify_cells(const char* function, const Counts& counts, ClassifyRef classify, Index types,
                                         ExecutorRef executor) {
  std::vector<Index> type(static_cast<std::size_t>(counts.cells()));
  for_each_index(executor, counts.cells(), [&](Index cell) {
    const Vector row = counts.values().row(cell).transpose();
    const Index said = classify(row);
    check_index(function, "classifier.classify(counts)", said, types);
    type[static_cast<std::size_t>(cell)] = said;
  });
  return type;
}

/// Cells of each type at each time point of a protocol, time points × types.
template <class = CompiledWhereUsed>
inline Eigen::Matrix<Index, Eigen::Dynamic, Eigen::Dynamic> count_types(const std::vector<Index>& type,
                                                                        const Protocol& protocol, Index types) {
  Eigen::Matrix<Index, Eigen::Dynamic, Eigen::Dynamic> cells(static_cast<Index>(protocol.time_points.size()), types);
  cells.setZero();
  for (std::size_t cell = 0; cell < type.size(); ++cell) {
    ++cells(static_cast<Index>(cell) / protocol.cells_per_time_point, type[cell]);
  }
  return cells;
}

/// The value that a share `level` of the values is not above, by linear interpolation between those in order.
template <class = CompiledWhereUsed>
inline double quantile_of(std::vector<double> values, double level) {
  std::sort(values.begin(), values.end());
  const double place = level * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, values.size() - 1);
  return values[below] + (place - static_cast<double>(below)) * (values[above] - values[below]);
}

/// Shares and intervals from the counted types of every model.
template <class = CompiledWhereUsed>
inline void summarise_fates(const std::vector<Eigen::Matrix<Index, Eigen::Dynamic, Eigen::Dynamic>>& cells,
                            double confidence, FateShares& result) {
  const Index times = result.time_points.size();
  const auto types = static_cast<Index>(result.types.size());
  result.shares = result.lower = result.upper = result.spread = Matrix::Zero(times, types);
  for (Index t = 0; t < times; ++t) {
    for (Index z = 0; z < types; ++z) {
      std::vector<double> lower;
      std::vector<double> upper;
      Vector share(static_cast<Index>(cells.size()));
      for (std::size_t m = 0; m < cells.size(); ++m) {
        const Interval interval = binomial_interval(cells[m](t, z), result.cells, confidence);
        lower.push_back(interval.lower);
        upper.push_back(interval.upper);
        share[static_cast<Index>(m)] = static_cast<double>(cells[m](t, z)) / static_cast<double>(result.cells);
      }
      result.shares(t, z) = share.mean();
      if (share.size() > 1) {
        result.spread(t, z) =
            std::sqrt((share.array() - share.mean()).square().sum() / static_cast<double>(share.size() - 1));
      }
      result.lower(t, z) = quantile_of(std::move(lower), (1.0 - confidence) / 2.0);
      result.upper(t, z) = quantile_of(std::move(upper), (1.0 + confidence) / 2.0);
    }
  }
}

template <BoundedBurstRate Rate>
void check_models(const char* function, const std::vector<BasicModel<Rate>>& models) {
  check_at_least(function, "models.size()", static_cast<Index>(models.size()), 1);
  for (std::size_t m = 1; m < models.size(); ++m) {
    const std::string argument = element("models", static_cast<Index>(m));
    check_size(function, argument + ".nodes()", models[m].nodes(), models[0].nodes());
    check_size(function, argument + ".inputs()", models[m].inputs(), models[0].inputs());
  }
}

/// A model with genes perturbed.
template <BurstRate Rate>
auto perturbed_model(const BasicModel<Rate>& model, const std::vector<Perturbation>& perturbations) {
  auto rate = perturb(model.rate, perturbations);
  return BasicModel<decltype(rate)>{model.kinetics, std::move(rate), model.names};
}

template <class... Policies>
constexpr bool fate_policies() {
  static_assert((policy_fits<Policies, FateRoles>() && ...));
  static_assert(count_of<ObservationRole, FateRoles, Policies...> <= 1, "fates: more than one ObservationLaw");
  static_assert(count_of<ExecutorRole, FateRoles, Policies...> <= 1, "fates: more than one Executor");
  static_assert(count_of<ProgressRole, FateRoles, Policies...> <= 1, "fates: more than one Progress observer");
  return true;
}

}  // namespace detail

/// Simulates a protocol from every model, measures and classifies its cells and counts their types.
///
///     fate_shares(models, protocol, classifier, {.perturbations = {knock_out(3)}}, Threads{})
///
/// A condition is its protocol (times, levels of inputs, clamped proteins, first states) and the perturbations of the
/// options. Models stand for what is not known about the network: those of an ensemble, or the graphs that survive.
/// @param models of the same nodes, at least one; protocols that begin at rest begin at the rest of the model they were
/// made for
/// @param protocol whose number of cells decides how wide the intervals of chance are
/// @param policies in any order, at most one per role: an ObservationLaw (`PoissonCapture`), an Executor
/// (`Sequential`), a Progress observer (`IgnoreProgress`), told of simulated cells
/// @throws std::invalid_argument, std::domain_error on sizes, options and what the classifier says; what `perturb` and
/// `simulate` throw
/// @returns the same for any executor. Cost of `simulate` for each model, and of classifying its cells.
template <BurstRate Rate, CellClassifier Classifier, class... Policies>
[[nodiscard]] FateShares fate_shares(const std::vector<BasicModel<Rate>>& models, const Protocol& protocol,
                                     const Classifier& classifier, const FateOptions& options = {},
                                     const Policies&... policies) {
  static_assert(detail::explain_bound<Rate>());
  const char* const function = "fate_shares";
  static_assert(detail::fate_policies<Policies...>());
  using Roles = detail::FateRoles;
  const std::tuple<const Policies&...> all(policies...);
  const auto law = policy_or<ObservationRole>(Roles{}, PoissonCapture{}, all);
  const auto executor = policy_or<ExecutorRole>(Roles{}, Sequential{}, all);
  auto progress = policy_or<ProgressRole>(Roles{}, IgnoreProgress{}, all);
  detail::check_models(function, models);
  check_in(function, "options.confidence", options.confidence, 1e-12, 1.0 - 1e-12);
  const auto types = static_cast<Index>(classifier.types());
  check_at_least(function, "classifier.types()", types, 1);
  const auto classify = [&](const VectorIn& counts) { return static_cast<Index>(classifier.classify(counts)); };

  FateShares result;
  result.types = type_names(classifier);
  check_size(function, "classifier.names()", static_cast<Index>(result.types.size()), types);
  result.time_points =
      Eigen::Map<const Vector>(protocol.time_points.data(), static_cast<Index>(protocol.time_points.size()));
  result.cells = protocol.cells_per_time_point;
  result.models = static_cast<Index>(models.size());
  ProgressPlan plan(progress, result.models * protocol.cells());
  std::vector<Eigen::Matrix<Index, Eigen::Dynamic, Eigen::Dynamic>> cells;
  for (const BasicModel<Rate>& model : models) {
    auto part = plan.part(protocol.cells());
    const Counts counts =
        simulate(detail::perturbed_model(model, options.perturbations), protocol, {.seed = options.seed}, law,
                 ExecutorRef(executor), FunctionRef<bool(Index, Index)>(part))
            .counts;
    cells.push_back(detail::count_types(
        detail::classify_cells(function, counts, classify, types, ExecutorRef(executor)), protocol, types));
    part.finish();
  }
  detail::summarise_fates(cells, options.confidence, result);
  return result;
}

/// The same of one model.
template <BurstRate Rate, CellClassifier Classifier, class... Policies>
[[nodiscard]] FateShares fate_shares(const BasicModel<Rate>& model, const Protocol& protocol,
                                     const Classifier& classifier, const FateOptions& options = {},
                                     const Policies&... policies) {
  static_assert(detail::explain_bound<Rate>());
  return fate_shares(std::vector<BasicModel<Rate>>{model}, protocol, classifier, options, policies...);
}

/// The same of the model that was inferred from a table, at the table's time points, in its time; cells are measured
/// by the fitted depths where no ObservationLaw is given.
/// @param cells simulated per time point, >= 1
template <BurstRate Rate, CellClassifier Classifier, class... Policies>
[[nodiscard]] FateShares fate_shares(const Inference<Rate>& inference, const Counts& counts, Index cells,
                                     const Classifier& classifier, const FateOptions& options = {},
                                     const Policies&... policies) {
  static_assert(detail::explain_bound<Rate>());
  const Protocol protocol = data_protocol(inference.model, inference.experiment, counts, cells);
  FateShares result = [&] {
    if constexpr (count_of<ObservationRole, detail::FateRoles, Policies...> == 0) {
      return fate_shares(inference.model, protocol, classifier, options,
                         PoissonCapture{.log_depth_deviation = inference.experiment.depth_deviation}, policies...);
    } else {
      return fate_shares(inference.model, protocol, classifier, options, policies...);
    }
  }();
  result.time_points = counts.time_points();
  return result;
}

}  // namespace cardamom
