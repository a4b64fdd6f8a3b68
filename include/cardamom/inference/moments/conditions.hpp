/// @file
/// Moments of simulated cells under every condition of the data, and their sensitivities to the parameters of the wild
/// type.
///
/// A perturbation makes of kon = k0 + (k1 − k0) L(u) the rate f kon + e, of the same form with k0' = f k0 + e and
/// k1' = f k1 + e: cells of these burst frequencies, their protein scale left as it is, are those of the condition.
/// Their path scores in u are those of the parameters of the wild type; in log k0' and log k1' they are not, but for
/// the factors d log k'/d log k = f k/k'.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/inference/moments/observation.hpp>
#include <cardamom/inference/moments/schedule.hpp>
#include <cardamom/inference/moments/sensitivities.hpp>
#include <cardamom/inference/moments/settings.hpp>
#include <cardamom/inference/moments/targets.hpp>
#include <cardamom/simulation/leaping/linear_law.hpp>
#include <cardamom/simulation/leaping/model.hpp>

namespace cardamom {

/// The model with what is done to its genes.
template <Link LinkType>
[[nodiscard]] LinearLeapingModel<LinkType> perturbed(LinearLeapingModel<LinkType> model, const GeneEffects& effects) {
  const Index genes = model.genes();
  for (Vector* const frequency : {&model.kinetics.frequency_min, &model.kinetics.frequency_max}) {
    frequency->tail(genes) = effects.factor.cwiseProduct(frequency->tail(genes)) + effects.extra;
  }
  return model;
}

namespace detail {

/// From sensitivities to log k0' and log k1' of a perturbed model to those to log k0 and log k1 of the model.
template <Link LinkType>
void to_unperturbed(const LinearLeapingModel<LinkType>& model, const LinearLeapingModel<LinkType>& changed,
                    const GeneEffects& effects, const MomentStatistics& statistics, MomentEstimates& moments) {
  const Index inputs = model.inputs();
  const auto share = [&](const Vector& before, const Vector& after, Index a) {
    return after[inputs + a] > 0.0 ? effects.factor[a] * before[inputs + a] / after[inputs + a] : 0.0;
  };
  for (std::size_t g = 0; g < statistics.groups.size(); ++g) {
    const MomentStatistics::Group& group = statistics.groups[g];
    for (Index a = 0; a < model.genes(); ++a) {
      const Index own = a * model.row_size() - group.first_parameter;
      if (own < 0 || own >= group.parameters) continue;
      moments.sensitivity[g].col(own + model.low_column()) *=
          share(model.kinetics.frequency_min, changed.kinetics.frequency_min, a);
      moments.sensitivity[g].col(own + model.high_column()) *=
          share(model.kinetics.frequency_max, changed.kinetics.frequency_max, a);
    }
  }
}

}  // namespace detail

/// Simulates a model under every condition, at the first time points.
/// @param number of the step; cells of all conditions see the same chance, so that what differs between conditions is
/// what was done
/// @return in the order of `MomentTargets::snapshots`
/// @throws std::invalid_argument where genes are perturbed and the model has no linear form
/// Cost that of `simulate_moments` for every condition.
template <LeapingModel Model>
[[nodiscard]] std::vector<MomentEstimates> moments_under_conditions(
    const Model& model, const WhereUsed<MomentTargets, Model>& targets, const ScheduledStep& step, std::size_t number,
    const MomentsOptions& options, const Observation& observation, const ExecutorRef& executor) {
  const std::size_t conditions = targets.conditions.size();
  std::vector<MomentEstimates> result(static_cast<std::size_t>(step.time_points) * conditions);
  for (std::size_t c = 0; c < conditions; ++c) {
    std::vector<Vector> centres;
    for (std::size_t k = c; k < targets.snapshots.size(); k += conditions) centres.push_back(targets.snapshots[k].mean);
    const auto simulate_as = [&](const Model& changed) {
      LeapProtocol protocol =
          moments_protocol(targets, changed.kinetics, step.time_points, options, static_cast<Index>(c));
      protocol.cells = step.cells;
      protocol.replicate = number;
      return simulate_moments(changed, protocol, targets.statistics, centres, observation, executor);
    };
    const GeneEffects& effects = targets.conditions[c];
    std::vector<MomentEstimates> moments;
    if constexpr (requires { perturbed(model, effects); }) {
      const Model changed = effects.none() ? model : perturbed(model, effects);
      moments = simulate_as(changed);
      for (MomentEstimates& at_time : moments) {
        if (!effects.none()) detail::to_unperturbed(model, changed, effects, targets.statistics, at_time);
      }
    } else {
      if (!effects.none()) {
        throw std::invalid_argument(
            "moments_under_conditions: " + detail::element("targets.conditions", static_cast<Index>(c)) +
            " perturbs genes, must not where the rate has no linear form");
      }
      moments = simulate_as(model);
    }
    for (std::size_t k = 0; k < moments.size(); ++k) result[k * conditions + c] = std::move(moments[k]);
  }
  return result;
}

}  // namespace cardamom
