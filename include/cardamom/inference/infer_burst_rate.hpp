/// @file
/// Problem (17) for a burst rate of the user's own in place of the sigmoid (section 7.4 of the paper).
#pragma once

#include <cstddef>
#include <limits>
#include <utility>

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/clustering/basins.hpp>
#include <cardamom/clustering/modes.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/inference/attractor_samples.hpp>
#include <cardamom/regression/learn.hpp>

namespace cardamom {

/// What switching each regulator does: entry (i, j) is the mean over samples of kon_i(P with P_j = 1) − kon_i(P with
/// P_j = 0), over k1_i. Signed like an interaction; for any rate, monotone or not. O(N G² · cost of a rate).
/// @param proteins N × G, @param weights N, >= 0, of positive sum, @param frequency_max k1 [1/h], length G
template <BurstRate Rate>
Matrix switch_effects(const Rate& rate, const MatrixIn& proteins, const VectorIn& weights,
                      const VectorIn& frequency_max) {
  const Index genes = rate.genes();
  check_size("switch_effects", "proteins.cols()", proteins.cols(), genes);
  check_size("switch_effects", "weights", weights.size(), proteins.rows());
  check_size("switch_effects", "frequency_max", frequency_max.size(), genes);
  Matrix effects = Matrix::Zero(genes, genes);
  for (Index s = 0; s < proteins.rows(); ++s) {
    Vector protein = proteins.row(s).transpose();
    for (Index j = 0; j < genes; ++j) {
      const double own = protein[j];
      for (const double level : {1.0, 0.0}) {
        protein[j] = level;
        const double sign = level > 0.0 ? weights[s] : -weights[s];
        for (Index i = 1; i < genes; ++i) effects(i, j) += sign * rate(i, protein) / frequency_max[i];
      }
      protein[j] = own;
    }
  }
  return effects / weights.sum();
}

template <LearnableBurstRate Rate>
struct BurstRateInference {
  Learning<Rate> learning;  ///< the rate, its objective and convergence
  Matrix effects;           ///< G × G: `switch_effects` over the cells

  const Rate& rate() const noexcept { return learning.rate; }
};

/// Learns a burst rate from cells whose modes are known: problem (17) over the cells of all time points at once. Unlike
/// the successive fit (16) this asks nothing about the meaning of single parameters, such as which of them is basal.
/// Genes without information keep the parameters given. A gene's own state is not among its regulators unless
/// `options.self_interactions` says so: at rest it would explain itself.
///
///     auto modes = cluster(counts, NegativeBinomial{}, Binarize{});
///     auto result = infer_burst_rate(counts, modes, kinetics.frequency_max, rate);
///     auto again = simulate(kinetics, result.rate(), experiment, 1);
/// @param frequency_max k1 [1/h], length G: rates are compared with the cells' modes as shares of it
/// @param rate start, and anchor of the penalty; a bounded one can be simulated afterwards
/// @throws std::invalid_argument on sizes, std::domain_error on values
template <LearnableBurstRate Rate, class Optimizer = ProximalGradient, Executor E = Sequential>
requires RowOptimizer<Optimizer, RateObjective<Rate>> BurstRateInference<Rate> infer_burst_rate(
    const Counts& counts, const Clustering& clustering, const VectorIn& frequency_max, Rate rate,
    LearningOptions options = {.self_interactions = false}, const Optimizer& optimizer = {}, const E& executor = {}) {
  const Index genes = counts.genes();
  check_at_least("infer_burst_rate", "counts.cells()", counts.cells(), 1);
  check_shape("infer_burst_rate", "clustering.modes", clustering.modes, counts.cells(), genes);
  check_size("infer_burst_rate", "rate.genes()", rate.genes(), genes);
  options.weights.resize(static_cast<std::size_t>(genes));
  for (Index i = 1; i < genes; ++i) {
    if (clustering.gene(i).informative) continue;
    const Index parameters = Vector(rate.parameters(i)).size();
    options.weights[static_cast<std::size_t>(i)] =
        Vector::Constant(parameters, std::numeric_limits<double>::infinity());
  }
  const Basins basins = group_into_basins(clustering, counts);
  const Samples samples = attractor_samples(clustering, basins, Vector(basins.weights.colwise().mean().transpose()));
  BurstRateInference<Rate> result{learn(samples, frequency_max, std::move(rate), options, optimizer, executor), {}};
  result.effects = switch_effects(result.rate(), samples.proteins, samples.weights, frequency_max);
  return result;
}

}  // namespace cardamom
