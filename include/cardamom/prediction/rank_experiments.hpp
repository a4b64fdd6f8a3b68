/// @file
/// Which experiment next? Conditions ranked by what their outcome is expected to say about which of several models is
/// right.
///
/// Models that fit the data equally well, of an ensemble or the graphs that survive, disagree about cells that nobody
/// has seen. An experiment whose outcome they agree on teaches nothing; one whose outcomes differ by more than chance
/// tells them apart. The gain is the mutual information between the right model, drawn from the weights, and the
/// outcome: here the means of √(count + 3/8) of every gene at every time point, about normal with the variance that the
/// number of cells gives them. It is bounded from below by Kolchinsky and Tracey (2017),
///
///     gain >= −Σ_m w_m log Σ_l w_l exp(−B_ml),
///
/// B_ml the Bhattacharyya distance of the outcomes under models m and l. What covariances of genes would say beside
/// their means is left out.
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
#include <cardamom/core/table_field.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/condition.hpp>
#include <cardamom/model/model.hpp>
#include <cardamom/prediction/fate_shares.hpp>
#include <cardamom/prediction/stabilised_counts.hpp>
#include <cardamom/simulation/conditions.hpp>
#include <cardamom/simulation/measurement.hpp>
#include <cardamom/simulation/population.hpp>
#include <cardamom/simulation/protocol.hpp>

namespace cardamom {

/// Settings of `rank_experiments`.
struct ExperimentOptions {
  std::uint64_t seed = 1;  ///< of cells and measurement, the same for every model
  /// Cells that the experiment would have at every time point, >= 1; those of the protocol are what is simulated to
  /// predict it.
  Index cells = 100;
  Vector weights = {};  ///< of the models, > 0, their ratios matter; empty: all equal
};

/// A condition, and what its outcome is expected to say.
struct RankedExperiment {
  Condition condition;
  double gain = 0.0;  ///< [nats], in [0, the entropy of the weights]
};

/// What `rank_experiments` found.
struct ExperimentRanking {
  double uncertainty = 0.0;              ///< entropy of the weights [nats]: no experiment can gain more
  std::vector<RankedExperiment> ranked;  ///< by `gain`, the largest first; equal ones in the order of the candidates
};

/// The conditions in which one gene is knocked out, for every gene, called after it: `no Gata1`, without names `no 1`.
template <BurstRate Rate>
[[nodiscard]] std::vector<Condition> knock_out_conditions(const BasicModel<Rate>& model) {
  std::vector<Condition> list;
  for (Index gene = model.inputs(); gene < model.nodes(); ++gene) {
    const std::string name =
        model.names.empty() ? std::to_string(gene - model.inputs() + 1) : model.names[static_cast<std::size_t>(gene)];
    list.push_back({"no " + name, {knock_out(gene)}});
  }
  return list;
}

namespace detail {

/// Bhattacharyya distance between the means of n cells under two models, from cells simulated with the same chance.
/// Squares of differences are freed of what the number of simulated cells adds to them.
/// @param a, b cells × genes, of the same time points one after the other, `block` cells each
template <class = CompiledWhereUsed>
inline double outcome_distance(const Matrix& a, const Matrix& b, Index block, double n) {
  double distance = 0.0;
  for (Index first = 0; first < a.rows(); first += block) {
    for (Index gene = 0; gene < a.cols(); ++gene) {
      const auto x = a.col(gene).segment(first, block).array();
      const auto y = b.col(gene).segment(first, block).array();
      const double gap = (x - y).mean();
      const double gap_variance = (x - y - gap).square().mean();
      const double variance = 0.5 * ((x - x.mean()).square().mean() + (y - y.mean()).square().mean());
      const double square = std::max(0.0, gap * gap - gap_variance / static_cast<double>(block));
      if (square > 0.0) distance += square / (8.0 * variance / n);
    }
  }
  return distance;
}

/// The bound on the mutual information.
/// @param weights summing to 1; @param distances models × models, symmetric, 0 on the diagonal
template <class = CompiledWhereUsed>
inline double information_bound(const Vector& weights, const Matrix& distances) {
  const Vector mixed = (-distances.array()).exp().matrix() * weights;
  return std::max(0.0, -weights.dot(mixed.array().log().matrix()));
}

}  // namespace detail

/// Ranks candidate conditions by the expected gain of an experiment.
///
///     rank_experiments(models, knock_out_conditions(models[0]), protocol, {.cells = 100}, Threads{})
///
/// Cells of all models draw common random numbers, gene by gene (`Path::clocks`), so that models which agree do so
/// exactly.
/// @param models that fit the data, two or more of the same nodes; of one there is nothing to learn, and all gains are
/// 0
/// @param candidates conditions, each tried on its own; the wild type is one without perturbations
/// @param protocol of the experiment; with as many cells per time point as are to be simulated, 200 or more
/// @param policies in any order, at most one per role: an ObservationLaw (`PoissonCapture`), an Executor
/// (`Sequential`), a Progress observer (`IgnoreProgress`), told of simulated cells
/// @throws std::invalid_argument, std::domain_error on models, conditions, protocol and options; what `simulate` throws
/// @returns the same for any executor. Cost of `simulate` for each model and candidate, O(models · cells · nodes)
/// memory
template <BoundedBurstRate Rate, class... Policies>
[[nodiscard]] ExperimentRanking rank_experiments(const std::vector<BasicModel<Rate>>& models,
                                                 const std::vector<Condition>& candidates, const Protocol& protocol,
                                                 const ExperimentOptions& options = {}, const Policies&... policies) {
  const char* const function = "rank_experiments";
  static_assert(detail::fate_policies<Policies...>());
  using Roles = detail::FateRoles;
  const std::tuple<const Policies&...> all(policies...);
  const auto law = policy_or<ObservationRole>(Roles{}, PoissonCapture{}, all);
  const auto executor = policy_or<ExecutorRole>(Roles{}, Sequential{}, all);
  auto progress = policy_or<ProgressRole>(Roles{}, IgnoreProgress{}, all);
  detail::check_models(function, models);
  const Index inputs = models[0].inputs();
  validate(protocol, models[0].nodes(), inputs);
  validate(candidates, function, "candidates", models[0].nodes(), inputs);
  check_at_least(function, "options.cells", options.cells, 1);
  const auto count = static_cast<Index>(models.size());
  Vector weights = Vector::Constant(count, 1.0 / static_cast<double>(count));
  if (options.weights.size() > 0) {
    check_size(function, "options.weights", options.weights.size(), count);
    check_all_positive(function, "options.weights", options.weights);
    weights = options.weights / options.weights.sum();
  }

  ProgressPlan plan(progress, count * static_cast<Index>(candidates.size()) * protocol.cells());
  ExperimentRanking result;
  result.uncertainty = -weights.dot(weights.array().log().matrix());
  for (const Condition& candidate : candidates) {
    std::vector<Matrix> outcomes;
    for (const BasicModel<Rate>& model : models) {
      auto part = plan.part(protocol.cells());
      const SimulateOptions settings{.seed = options.seed, .process = {.path = Path::clocks}};
      const Counts counts =
          simulate(detail::perturbed_model(model, candidate.perturbations), protocol_under(candidate, protocol, inputs),
                   settings, law, ExecutorRef(executor), FunctionRef<bool(Index, Index)>(part))
              .counts;
      part.finish();
      outcomes.push_back(detail::stabilised(counts.values().rightCols(counts.genes())));
    }
    Matrix distances = Matrix::Zero(count, count);
    for (Index m = 0; m < count; ++m) {
      for (Index l = 0; l < m; ++l) {
        distances(m, l) = distances(l, m) =
            detail::outcome_distance(outcomes[static_cast<std::size_t>(m)], outcomes[static_cast<std::size_t>(l)],
                                     protocol.cells_per_time_point, static_cast<double>(options.cells));
      }
    }
    result.ranked.push_back({candidate, detail::information_bound(weights, distances)});
  }
  std::stable_sort(result.ranked.begin(), result.ranked.end(),
                   [](const RankedExperiment& a, const RankedExperiment& b) { return a.gain > b.gain; });
  return result;
}

/// The ranking as a table: a line `condition gain share` for each experiment, the best first, its gain in nats and as
/// share of what there is to gain.
template <class = CompiledWhereUsed>
[[nodiscard]] inline std::string experiments_table(const ExperimentRanking& ranking) {
  std::string text = "condition\tgain\tshare\n";
  for (const RankedExperiment& experiment : ranking.ranked) {
    const double share = ranking.uncertainty > 0.0 ? experiment.gain / ranking.uncertainty : 0.0;
    text += table_field(experiment.condition.name) + '\t' + to_text(experiment.gain) + '\t' + to_text(share) + '\n';
  }
  return text;
}

}  // namespace cardamom
