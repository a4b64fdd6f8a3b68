/// @file
/// Where fits of a network start: from a network found before, from none, and from the best so far with the roles of
/// two genes swapped. Steps of a fit do not get from one of these to another one edge at a time.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/inference/moments/targets.hpp>
#include <cardamom/model/decay_rates.hpp>
#include <cardamom/model/kinetics.hpp>
#include <cardamom/regression/edge_prior.hpp>
#include <cardamom/regression/penalty.hpp>
#include <cardamom/simulation/leaping/linear_law.hpp>

namespace cardamom {

/// The network found so far, with kinetics as the modes have them.
/// @param start of all nodes; @param limit at which θ and β are cut
template <Link LinkType>
[[nodiscard]] LinearLeapingModel<LinkType> linear_start(const Coefficients& start, const ExtremeModes& modes,
                                                        const std::vector<Index>& active, Index inputs,
                                                        const DecayRates& rates, double limit,
                                                        const Observation& observation, LinkType link) {
  const auto size = static_cast<Index>(active.size());
  const Index nodes = inputs + size;
  const WhereUsed<Vector, LinkType> ones = Vector::Ones(nodes);
  LinearLeapingModel<LinkType> model{
      {ones, ones, ones, ones, ones, ones, inputs}, Vector(size), Matrix(size, nodes), std::move(link)};
  for (Index a = 0; a < size; ++a) {
    const Index i = active[static_cast<std::size_t>(a)];
    WhereUsed<Kinetics, LinkType>& kinetics = model.kinetics;
    kinetics.mrna_decay[inputs + a] = rates.mrna[i];
    kinetics.protein_decay[inputs + a] = rates.protein[i];
    kinetics.frequency_min[inputs + a] = std::min(modes.low[i], largest_floor * modes.high[i]) * rates.mrna[i];
    kinetics.frequency_max[inputs + a] = modes.high[i] * rates.mrna[i];
    kinetics.inverse_burst_size[inputs + a] = modes.inverse_burst_size[i] * observation.observed_per_molecule();
    model.basal[a] = start.basal[i];
    for (Index j = 0; j < inputs; ++j) model.interactions(a, j) = start.interactions(i, j);
    for (Index b = 0; b < size; ++b) {
      model.interactions(a, inputs + b) = start.interactions(i, active[static_cast<std::size_t>(b)]);
    }
  }
  model.kinetics.scale_proteins();
  model.interactions = model.interactions.cwiseMax(-limit).cwiseMin(limit);
  model.basal = model.basal.cwiseMax(-limit).cwiseMin(limit);
  return model;
}

/// The model without any edge, its genes mostly off.
template <Link LinkType>
[[nodiscard]] LinearLeapingModel<LinkType> without_edges(LinearLeapingModel<LinkType> model, double limit) {
  constexpr double mostly_off = -2.0;  // β: 12 % of the way from k0 to k1 by the logistic link
  model.interactions.setZero();
  model.basal.setConstant(std::max(mostly_off, -limit));
  return model;
}

/// Squared difference of the mean statistics of two genes over the variance it would have if they were shares of cells,
/// summed over time points.
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline double time_course_distance(const WhereUsed<MomentTargets, Use>& targets, Index a, Index b) {
  double sum = 0.0;
  for (const SnapshotMoments& snapshot : targets.snapshots) {
    const auto variance = [&](Index i) { return snapshot.mean[i] * (1.0 - snapshot.mean[i]) + 0.5 / snapshot.cells; };
    const double gap = snapshot.mean[a] - snapshot.mean[b];
    sum += gap * gap * snapshot.cells / (variance(a) + variance(b));
  }
  return sum;
}

/// Proposes networks that differ from a fitted one in who regulates: two genes with their targets swapped, pair after
/// pair in order of the distance of their time courses.
class RoleSwaps {
 public:
  /// @param prior of edges between all nodes: genes are not swapped where one may act on what the other may not
  template <class Use = CompiledWhereUsed>
  explicit RoleSwaps(const WhereUsed<MomentTargets, Use>& targets, const WhereUsed<EdgePrior, Use>& prior = {})
      : inputs_(targets.inputs) {
    for (Index b = 0; b < targets.size(); ++b) {
      for (Index a = 0; a < b; ++a) {
        if (may_act_on_the_same(targets, prior, a, b)) pairs_.push_back({time_course_distance(targets, a, b), a, b});
      }
    }
    std::stable_sort(pairs_.begin(), pairs_.end(),
                     [](const Pair& p, const Pair& q) { return p.distance < q.distance; });
  }

  /// The model with the targets swapped of the next pair that has different ones; nothing when no pair is left.
  template <Link LinkType>
  std::optional<LinearLeapingModel<LinkType>> operator()(const LinearLeapingModel<LinkType>& fitted) {
    constexpr double different = 1.0;  // in θ: less is as if the targets were the same
    for (auto pair = pairs_.begin(); pair != pairs_.end(); ++pair) {
      LinearLeapingModel<LinkType> model = fitted;
      swap_targets(model.interactions, pair->a, pair->b);
      if ((model.interactions - fitted.interactions).cwiseAbs().maxCoeff() < different) continue;
      pairs_.erase(pair);
      return model;
    }
    return std::nullopt;
  }

 private:
  struct Pair {
    double distance;
    Index a, b;
  };

  template <class Use = CompiledWhereUsed>
  static bool may_act_on_the_same(const WhereUsed<MomentTargets, Use>& targets, const WhereUsed<EdgePrior, Use>& prior,
                                  Index a, Index b) {
    for (Index target = 0; target < targets.size(); ++target) {
      const Index i = targets.node(target);
      if (target == a || target == b) continue;
      if (prior.allows(i, targets.node(a)) != prior.allows(i, targets.node(b))) return false;
    }
    return true;
  }

  // What they do to each other and to themselves stays.
  template <class Use = CompiledWhereUsed>
  void swap_targets(WhereUsed<Matrix, Use>& interactions, Index a, Index b) const {
    for (Index target = 0; target < interactions.rows(); ++target) {
      if (target == a || target == b) continue;
      std::swap(interactions(target, inputs_ + a), interactions(target, inputs_ + b));
    }
  }

  Index inputs_;
  std::vector<Pair> pairs_;
};

}  // namespace cardamom
