/// @file
/// `Consensus`: what several estimators agree on.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <tuple>
#include <utility>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/progress.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/inference/edge_scores.hpp>
#include <cardamom/inference/estimator.hpp>
#include <cardamom/inference/problem.hpp>

namespace cardamom {

/// Runs several estimators on the same data and ranks edges by the weighted mean of their scores, in which every
/// estimator has the same say about every target (`balance_targets`). What one estimator mistakes the others hardly
/// ever mistake alike, so that no kind of data brings the ranking down.
///
///     infer(counts, {}, Consensus(PropagatedProteins{}, AveragedSuccessive{}));
///
/// Network, modes, model and verdict are those of the first estimator. `weights` are the mean of all signed weights, in
/// the unit of the first's; probabilities the mean of those estimators that have any. Cost that of all estimators, one
/// after another.
/// @tparam Estimators any `NetworkEstimator`s of the same burst rate
template <class... Estimators>
class Consensus {
  static_assert(sizeof...(Estimators) >= 1, "Consensus: at least one NetworkEstimator is needed");

 public:
  static constexpr bool uses_conditions = (detail::uses_conditions<Estimators>() && ...);

  using Weights = std::array<double, sizeof...(Estimators)>;

  /// Estimators that count alike.
  explicit Consensus(Estimators... estimators) : estimators_(std::move(estimators)...) { weights_.fill(1.0); }

  /// @param weights of the estimators, > 0
  Consensus(Weights weights, Estimators... estimators) : estimators_(std::move(estimators)...), weights_(weights) {}

  template <class Problem>
  [[nodiscard]] Index plan(const Problem& problem) const {
    return std::apply(
        [&](const Estimators&... each) { return (Index{0} + ... + detail::planned_units(each, problem)); },
        estimators_);
  }

  template <class Problem>
  [[nodiscard]] Inference<typename Problem::Rate> estimate(const Problem& problem) const {
    using Result = Inference<typename Problem::Rate>;
    ProgressPlan progress(problem.progress, plan(problem));
    const auto run = [&](const auto& estimator) -> Result {
      auto part = progress.part(detail::planned_units(estimator, problem));
      Result result = estimator.estimate(problem.told_to(part));
      part.finish();
      return result;
    };
    // Braces keep the order: the observer hears of the first estimator first.
    std::array<Result, sizeof...(Estimators)> results =
        std::apply([&](const Estimators&... each) { return std::array<Result, sizeof...(Estimators)>{run(each)...}; },
                   estimators_);
    combine_edges(results);
    return std::move(results[0]);
  }

  /// Throws std::domain_error on the weights, and what the estimators' own validations throw.
  friend void validate(const Consensus& consensus, const Counts& counts, const InferenceOptions& options) {
    for (std::size_t k = 0; k < sizeof...(Estimators); ++k) {
      check_positive("Consensus", detail::element("weights", static_cast<Index>(k)), consensus.weights_[k]);
    }
    const auto check = [&](const auto& estimator) {
      if constexpr (requires { validate(estimator, counts, options); }) validate(estimator, counts, options);
    };
    std::apply([&](const Estimators&... each) { (check(each), ...); }, consensus.estimators_);
  }

 private:
  template <class Results>
  void combine_edges(Results& results) const {
    const Index nodes = results[0].nodes();
    MeanOfEdges mean(nodes);
    Matrix probabilities;
    double total_of_probabilities = 0.0;
    for (std::size_t k = 0; k < results.size(); ++k) {
      const InferenceBase& each = results[k];
      mean.add(weights_[k], balance_targets(each.scores), each.weights);
      if (each.probabilities.size() == 0) continue;
      if (probabilities.size() == 0) probabilities = Matrix::Zero(nodes, nodes);
      probabilities += weights_[k] * each.probabilities;
      total_of_probabilities += weights_[k];
    }
    results[0].scores = mean.scores();
    results[0].weights = mean.weights(strength_of_edges(results[0].weights));
    if (probabilities.size() > 0) results[0].probabilities = probabilities / total_of_probabilities;
  }

  std::tuple<Estimators...> estimators_;
  Weights weights_;
};

}  // namespace cardamom
