/// @file
/// Which perturbation moves a fate? Single perturbations ranked by the change of a type's share, from cells that are
/// the same with and without it.
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
#include <cardamom/core/error.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/core/function_ref.hpp>
#include <cardamom/core/policies.hpp>
#include <cardamom/core/progress.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/model/model.hpp>
#include <cardamom/prediction/cell_classifier.hpp>
#include <cardamom/prediction/fate_shares.hpp>
#include <cardamom/simulation/measurement.hpp>
#include <cardamom/simulation/population.hpp>
#include <cardamom/simulation/process.hpp>
#include <cardamom/simulation/protocol.hpp>

namespace cardamom {

/// A perturbation, and what it does to a fate.
struct RankedPerturbation {
  Perturbation perturbation;
  double share = 0.0;           ///< of the fate under the perturbation, mean over the models
  double change = 0.0;          ///< of this share against the unperturbed cells
  double standard_error = 0.0;  ///< of the change, from the number of cells
  double spread = 0.0;          ///< standard deviation of the change between models; 0 of one model
};

/// What `rank_perturbations` found.
struct PerturbationRanking {
  double share = 0.0;                      ///< of the fate in unperturbed cells, mean over the models
  std::vector<RankedPerturbation> ranked;  ///< by `change`, the largest rise first, the deepest fall last
};

/// What is done to a gene, in a word.
inline std::string kind_of(const Perturbation& perturbation) {
  if (perturbation.extra > 0.0 || perturbation.factor >= 1.0) return "over-expression";
  return perturbation.factor == 0.0 ? "knock-out" : "knock-down";
}

/// A knock-out of every gene.
template <BurstRate Rate>
[[nodiscard]] std::vector<Perturbation> single_knock_outs(const BasicModel<Rate>& model) {
  std::vector<Perturbation> list;
  for (Index gene = model.inputs(); gene < model.nodes(); ++gene) list.push_back(knock_out(gene));
  return list;
}

/// An over-expression of every gene by `times` its largest burst frequency k1: at 1 a gene that is off bursts as one
/// that is on.
/// @param times in [0, Perturbation::largest / k1]
template <BurstRate Rate>
[[nodiscard]] std::vector<Perturbation> single_over_expressions(const BasicModel<Rate>& model, double times = 1.0) {
  check_nonnegative("single_over_expressions", "times", times);
  std::vector<Perturbation> list;
  for (Index gene = model.inputs(); gene < model.nodes(); ++gene) {
    list.push_back(over_express(gene, times * model.kinetics.frequency_max[gene]));
  }
  return list;
}

namespace detail {

/// The change of a share between the same cells before and after, and its standard error, that of a mean of paired
/// differences.
template <class = CompiledWhereUsed>
inline std::pair<double, double> paired_change(const std::vector<Index>& before, const std::vector<Index>& after,
                                               Index fate) {
  double sum = 0.0;
  double squares = 0.0;
  for (std::size_t cell = 0; cell < before.size(); ++cell) {
    const double difference = (after[cell] == fate ? 1.0 : 0.0) - (before[cell] == fate ? 1.0 : 0.0);
    sum += difference;
    squares += difference * difference;
  }
  const auto cells = static_cast<double>(before.size());
  const double mean = sum / cells;
  const double variance = cells > 1.0 ? (squares - cells * mean * mean) / (cells - 1.0) : 0.0;
  return {mean, std::sqrt(std::max(0.0, variance) / cells)};
}

template <class = CompiledWhereUsed>
inline double share_of(const std::vector<Index>& type, Index fate) {
  return static_cast<double>(std::count(type.begin(), type.end(), fate)) / static_cast<double>(type.size());
}

}  // namespace detail

/// Ranks perturbations by the change of the share of one type at the last of a protocol's time points.
///
///     rank_perturbations(models, single_knock_outs(models[0]), protocol, classifier, fate, {}, Threads{})
///
/// Cells with and without a perturbation draw common random numbers, gene by gene (`Path::clocks`): what is not
/// downstream of the perturbed gene is the same to the last bit, and a perturbation without effect has a change of
/// exactly 0. What the perturbations of the options do is done to all cells, the unperturbed ones too.
/// @param candidates each tried on its own
/// @param fate a type of the classifier
/// @param policies as of `fate_shares`
/// @throws as `fate_shares`, and std::invalid_argument for a rate that `Path::clocks` does not take
/// @returns the same for any executor. Cost of `simulate` at one time point for each model and candidate.
template <BurstRate Rate, CellClassifier Classifier, class... Policies>
[[nodiscard]] PerturbationRanking rank_perturbations(const std::vector<BasicModel<Rate>>& models,
                                                     const std::vector<Perturbation>& candidates, Protocol protocol,
                                                     const Classifier& classifier, Index fate,
                                                     const FateOptions& options = {}, const Policies&... policies) {
  static_assert(detail::explain_bound<Rate>());
  const char* const function = "rank_perturbations";
  static_assert(detail::fate_policies<Policies...>());
  using Roles = detail::FateRoles;
  const std::tuple<const Policies&...> all(policies...);
  const auto law = policy_or<ObservationRole>(Roles{}, PoissonCapture{}, all);
  const auto executor = policy_or<ExecutorRole>(Roles{}, Sequential{}, all);
  auto progress = policy_or<ProgressRole>(Roles{}, IgnoreProgress{}, all);
  detail::check_models(function, models);
  validate(protocol, models[0].nodes(), models[0].inputs());
  const auto types = static_cast<Index>(classifier.types());
  check_index(function, "fate", fate, types);
  const auto classify = [&](const VectorIn& counts) { return static_cast<Index>(classifier.classify(counts)); };
  protocol.time_points = {*std::max_element(protocol.time_points.begin(), protocol.time_points.end())};

  const Index runs = static_cast<Index>(models.size()) * (static_cast<Index>(candidates.size()) + 1);
  ProgressPlan plan(progress, runs * protocol.cells());
  const auto types_under = [&](const BasicModel<Rate>& model, const std::vector<Perturbation>& perturbations) {
    auto part = plan.part(protocol.cells());
    const SimulateOptions settings{.seed = options.seed, .process = {.path = Path::clocks}};
    const Counts counts = simulate(detail::perturbed_model(model, perturbations), protocol, settings, law,
                                   ExecutorRef(executor), FunctionRef<bool(Index, Index)>(part))
                              .counts;
    part.finish();
    return detail::classify_cells(function, counts, classify, types, ExecutorRef(executor));
  };

  PerturbationRanking result;
  const auto count = static_cast<double>(models.size());
  std::vector<std::vector<Index>> before;
  for (const BasicModel<Rate>& model : models) {
    before.push_back(types_under(model, options.perturbations));
    result.share += detail::share_of(before.back(), fate) / count;
  }
  for (const Perturbation& candidate : candidates) {
    std::vector<Perturbation> perturbations = options.perturbations;
    perturbations.push_back(candidate);
    RankedPerturbation ranked{.perturbation = candidate};
    Vector changes(static_cast<Index>(models.size()));
    double variance = 0.0;
    for (std::size_t m = 0; m < models.size(); ++m) {
      const std::vector<Index> after = types_under(models[m], perturbations);
      const auto [change, error] = detail::paired_change(before[m], after, fate);
      changes[static_cast<Index>(m)] = change;
      variance += error * error;
      ranked.share += detail::share_of(after, fate) / count;
    }
    ranked.change = changes.mean();
    ranked.standard_error = std::sqrt(variance) / count;
    if (changes.size() > 1) {
      ranked.spread = std::sqrt((changes.array() - changes.mean()).square().sum() / (count - 1.0));
    }
    result.ranked.push_back(ranked);
  }
  std::stable_sort(result.ranked.begin(), result.ranked.end(),
                   [](const RankedPerturbation& a, const RankedPerturbation& b) { return a.change > b.change; });
  return result;
}

/// The same of one model.
template <BurstRate Rate, CellClassifier Classifier, class... Policies>
[[nodiscard]] PerturbationRanking rank_perturbations(const BasicModel<Rate>& model,
                                                     const std::vector<Perturbation>& candidates,
                                                     const Protocol& protocol, const Classifier& classifier, Index fate,
                                                     const FateOptions& options = {}, const Policies&... policies) {
  static_assert(detail::explain_bound<Rate>());
  return rank_perturbations(std::vector<BasicModel<Rate>>{model}, candidates, protocol, classifier, fate, options,
                            policies...);
}

}  // namespace cardamom
