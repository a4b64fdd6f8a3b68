/// @file
/// What a fit by simulated minimum distance minimises, with its gradient: the distance of simulated cells from the data
/// and the penalties of the parameters.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/inference/distance/distances.hpp>
#include <cardamom/inference/distance/protocol.hpp>
#include <cardamom/inference/distance/settings.hpp>
#include <cardamom/inference/distance/targets.hpp>
#include <cardamom/inference/moments/observation.hpp>
#include <cardamom/simulation/first_state.hpp>
#include <cardamom/simulation/pathwise/cells.hpp>
#include <cardamom/simulation/pathwise/layout.hpp>
#include <cardamom/simulation/pathwise/population.hpp>
#include <cardamom/simulation/pathwise/protocol.hpp>

namespace cardamom {

/// Simulated counts at all time points with what their derivatives need.
struct ObservedCells {
  /// The cells of one time point.
  struct Snapshot {
    CellValues counts;  ///< cells × genes
    CellValues slope;   ///< count per molecule of the cell, cells × genes
    Vector by_spread;   ///< per cell: derivative of log depth by log of the depths' spread
  };
  std::vector<Snapshot> snapshots;
};

/// Draws the counts of simulated cells. The mean of a count moves with the parameters, its deviation stays.
/// @param spread standard deviation of the logarithm of depths; used where the targets do not know depths
template <class Law>
[[nodiscard]] ObservedCells observe_population(const PathwisePopulation<Law>& population,
                                               const DistanceTargets& targets, const PathwiseLayout& layout,
                                               const WhereUsed<Vector, Law>& x, double spread,
                                               const Observation& observation, const PathwiseProtocol& protocol,
                                               const ExecutorRef& executor) {
  constexpr std::uint64_t observations = std::uint64_t{1} << 63U;  // streams of blocks of cells are below
  ObservedCells result;
  result.snapshots.resize(targets.times.size());
  const Index genes = layout.genes();
  WhereUsed<Vector, Law> burst(genes);
  for (Index a = 0; a < genes; ++a) burst[a] = std::exp(-x[layout.inverse_burst_size(a)]);
  for_each_index(executor, static_cast<Index>(targets.times.size()), [&](Index k) {
    auto& snapshot = result.snapshots[static_cast<std::size_t>(k)];
    const WhereUsed<CellValues, Law>& mrna = population.mrna(k);
    RandomStream stream(protocol.seed, Purpose::pathwise,
                        observations + (protocol.replicate << 24U) + static_cast<std::uint64_t>(k));
    snapshot.counts.resize(mrna.rows(), genes);
    snapshot.slope.resize(mrna.rows(), genes);
    snapshot.by_spread = Vector::Zero(mrna.rows());
    for (Index c = 0; c < mrna.rows(); ++c) {
      double depth = observation.depth(stream);
      if (!targets.depths.empty()) {
        const WhereUsed<Vector, Law>& known = targets.depths[static_cast<std::size_t>(k)];
        depth *= known[stream.below(known.size())];
      } else if (spread > 0.0) {
        const double z = stream.normal();
        depth *= std::exp(spread * z - 0.5 * spread * spread);
        snapshot.by_spread[c] = spread * (z - spread);
      }
      for (Index a = 0; a < genes; ++a) {
        const double molecules = static_cast<double>(mrna(c, a)) * burst[a];
        snapshot.counts(c, a) = static_cast<float>(observation.observe(molecules, depth, stream));
        snapshot.slope(c, a) = static_cast<float>(depth * observation.observed_per_molecule());
      }
    }
  });
  return result;
}

/// The distance that chance alone leaves at an average time point: of as many cells as are simulated, drawn from the
/// data with replacement, from the data. 0 where the cells of every time point are alike.
/// @tparam Prepared what `CellDistance::prepare` returned
template <class Prepared>
[[nodiscard]] double distance_by_chance(const Prepared& distance, const DistanceTargets& targets, Index cells,
                                        std::uint64_t seed) {
  const Index genes = targets.genes();
  const WhereUsed<Vector, Prepared> burst = Vector::Ones(genes);  // for derivatives, which nobody asks for
  WhereUsed<CellValues, Prepared> drawn(cells, genes);
  WhereUsed<CellValues, Prepared> unused = CellValues::Zero(cells, genes);
  double sum = 0.0;
  for (std::size_t k = 0; k < targets.counts.size(); ++k) {
    const WhereUsed<Matrix, Prepared>& counts = targets.counts[k];
    RandomStream stream(seed, Purpose::chance_distance, k);
    for (Index c = 0; c < cells; ++c)
      drawn.row(c) = counts.row(stream.below(counts.rows())).template cast<float>().array();
    sum += distance.add(static_cast<Index>(k), {drawn, burst}, unused);
  }
  return sum / static_cast<double>(targets.counts.size());
}

/// Calls `objective(x, iteration, gradient)`; simulations of different iterations are independent.
/// @tparam Prepared what `CellDistance::prepare` returned
template <class Law, class Prepared>
class DistanceObjective {
 public:
  /// Keeps references to all but the distances, one per group of conditions.
  /// @param given parameters with the rates d0 and d1 as given: centres of their prior
  DistanceObjective(Law& law, const std::vector<DistanceTargets>& groups, std::vector<Prepared> distances,
                    const PathwiseLayout& layout, const WhereUsed<Vector, Law>& given, const FirstState& first,
                    const DistanceOptions& options, const Observation& observation, const ExecutorRef& executor)
      : law_(law),
        groups_(groups),
        distances_(std::move(distances)),
        layout_(layout),
        given_(given),
        first_(first),
        options_(options),
        observation_(observation),
        executor_(executor),
        unit_(scale_of_penalties(by_chance()) / static_cast<double>(groups.front().genes() * snapshots())) {}

  /// @param gradient added to
  /// @return distance of an average time point and penalties; groups of conditions count by their cells, and cells of
  /// all see the same chance
  double operator()(const WhereUsed<Vector, Law>& x, Index iteration, WhereUsed<Vector, Law>& gradient) {
    const PathwiseDecay decay(layout_, x);
    double value = 0.0;
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      const DistanceTargets& targets = groups_[g];
      PathwiseProtocol protocol = distance_protocol(targets, layout_, x, first_, options_);
      protocol.replicate = static_cast<std::uint64_t>(iteration);
      law_.set_parameters(layout_, x);
      if (!targets.effects.none()) law_.perturb(targets.effects.factor, targets.effects.extra);
      const PathwisePopulation<Law> population(law_, decay, protocol, executor_);
      value += add_distance(targets, distances_[g], population, protocol, x, gradient);
    }
    value += add_sparsity(x, gradient);
    if (options_.fit_rates) value += add_rate_prior(x, gradient);
    if (options_.shared_rates) share_rates(gradient);
    return value;
  }

 private:
  // Cells that are all alike at every time point leave nothing to chance; penalties are in units of the distance then.
  static double scale_of_penalties(double by_chance) { return by_chance > 0.0 ? by_chance : 1.0; }

  [[nodiscard]] double by_chance() const {
    double sum = 0.0;
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      sum += groups_[g].share * distance_by_chance(distances_[g], groups_[g], options_.cells, options_.seed);
    }
    return sum;
  }

  // Of all groups.
  [[nodiscard]] Index snapshots() const { return static_cast<Index>(groups_.size() * groups_.front().times.size()); }

  [[nodiscard]] double spread(const WhereUsed<Vector, Law>& x) const {
    return options_.fit_depth && groups_.front().depths.empty() ? std::exp(x[layout_.depth_spread()]) : 0.0;
  }

  double add_distance(const DistanceTargets& targets, const Prepared& distance,
                      const PathwisePopulation<Law>& population, const PathwiseProtocol& protocol,
                      const WhereUsed<Vector, Law>& x, WhereUsed<Vector, Law>& gradient) {
    const ObservedCells observed =
        observe_population(population, targets, layout_, x, spread(x), observation_, protocol, executor_);
    const Index times = static_cast<Index>(targets.times.size());
    const double each = static_cast<double>(times) / targets.share;  // an average of groups and time points
    const Index genes = layout_.genes();
    WhereUsed<Vector, Law> burst(genes);
    for (Index a = 0; a < genes; ++a) {
      burst[a] = observation_.observed_per_molecule() * std::exp(-x[layout_.inverse_burst_size(a)]);
    }
    std::vector<CellValues> by_mrna(static_cast<std::size_t>(times));
    WhereUsed<Vector, Law> values(times);
    WhereUsed<Matrix, Law> by_burst(times, genes);
    WhereUsed<Vector, Law> by_spread(times);
    for_each_index(executor_, times, [&](Index k) {
      const auto& snapshot = observed.snapshots[static_cast<std::size_t>(k)];
      WhereUsed<CellValues, Law> by_count = CellValues::Zero(snapshot.counts.rows(), genes);
      values[k] = distance.add(k, {snapshot.counts, burst}, by_count) / each;
      by_count *= snapshot.slope / static_cast<float>(each);  // by molecules
      const WhereUsed<CellValues, Law>& mrna = population.mrna(k);
      by_spread[k] = 0.0;
      for (Index a = 0; a < genes; ++a) {
        const auto per_burst = static_cast<float>(std::exp(-x[layout_.inverse_burst_size(a)]));
        by_count.col(a) *= per_burst;
        const WhereUsed<CellValue, Law> total = by_count.col(a) * mrna.col(a);  // by the logarithm of the mean count
        by_burst(k, a) = -static_cast<double>(total.sum());
        by_spread[k] += total.matrix().template cast<double>().dot(snapshot.by_spread);
      }
      by_mrna[static_cast<std::size_t>(k)] = std::move(by_count);
    });
    for (Index a = 0; a < genes; ++a) gradient[layout_.inverse_burst_size(a)] += by_burst.col(a).sum();
    gradient[layout_.depth_spread()] += by_spread.sum();
    population.backward(by_mrna, layout_, executor_, gradient);
    return values.sum();
  }

  double add_sparsity(const WhereUsed<Vector, Law>& x, WhereUsed<Vector, Law>& gradient) const {
    double sum = 0.0;
    for (Index a = 0; a < layout_.genes(); ++a) {
      for (Index source = 0; source < law_.nodes(); ++source) {
        const Index j = layout_.rate(a) + source;
        if (x[j] == 0.0) continue;  // so are edges that are forbidden
        const double weight = unit_ * options_.sparsity * options_.edge_prior.penalty_weight(law_.inputs() + a, source);
        sum += weight * std::abs(x[j]);
        gradient[j] += std::copysign(weight, x[j]);
      }
    }
    return sum;
  }

  // The normal density of the logarithms, up to a constant. A law of heavier tails let rates of single genes run away.
  // Rates that genes share have a factor in common as well, which is put where it is most likely given the rates.
  double add_rate_prior(const WhereUsed<Vector, Law>& x, WhereUsed<Vector, Law>& gradient) const {
    const double weight = options_.shared_rates ? unit_ / static_cast<double>(layout_.genes()) : unit_;  // one belief
    const double own = options_.rate_width * options_.rate_width;
    const double common = options_.shared_rates ? options_.common_rate_width * options_.common_rate_width : 0.0;
    double sum = 0.0;
    for (Index a = 0; a < layout_.genes(); ++a) {
      const Index m = layout_.mrna_decay(a);
      const Index p = layout_.protein_decay(a);
      const double mrna = x[m] - given_[m];
      const double protein = x[p] - given_[p];
      const double factor = common / (own + 2.0 * common) * (mrna + protein);
      gradient[m] += weight * (mrna - factor) / own;
      gradient[p] += weight * (protein - factor) / own;
      sum += 0.5 * ((mrna - factor) * mrna + (protein - factor) * protein) / own;
    }
    return weight * sum;
  }

  // Rates that are the same in all genes move by their mean derivative.
  void share_rates(WhereUsed<Vector, Law>& gradient) const {
    WhereUsed<Vector, Law> sum = Vector::Zero(2);
    for (Index a = 0; a < layout_.genes(); ++a) {
      sum[0] += gradient[layout_.mrna_decay(a)];
      sum[1] += gradient[layout_.protein_decay(a)];
    }
    sum /= static_cast<double>(layout_.genes());
    for (Index a = 0; a < layout_.genes(); ++a) {
      gradient[layout_.mrna_decay(a)] = sum[0];
      gradient[layout_.protein_decay(a)] = sum[1];
    }
  }

  Law& law_;
  const std::vector<DistanceTargets>& groups_;
  std::vector<Prepared> distances_;
  const PathwiseLayout& layout_;
  const WhereUsed<Vector, Law>& given_;
  const FirstState& first_;
  const DistanceOptions& options_;
  const Observation& observation_;
  ExecutorRef executor_;
  double unit_;  // what chance adds to the distance by one gene at one time point: the scale of a log density
};

}  // namespace cardamom
