/// @file
/// Impulsion of a mixture in the model of a network (Lemma 2): how fast a population that starts in the mixture û^α is
/// driven away from it,
///
///     ∫ |∂_t u|_{t=0} dx <= 2 E_û ‖kon^θ(X) − kon^α(X)‖₁,   u_0 = û^α.
#pragma once

#include <cmath>
#include <cstdint>

#include <cardamom/burst_rate/mixture_rate.hpp>
#include <cardamom/core/executor.hpp>

namespace cardamom {

struct ImpulsionOptions {
  Index samples = 10000;  ///< draws from the mixture, >= 2
  double stimulus = 1.0;  ///< level of the stimulus, >= 0
  std::uint64_t seed = 1;
};

/// The right-hand side of Lemma 2 [1/h], by Monte Carlo.
struct Impulsion {
  double value;
  double standard_error;
  Vector per_gene;  ///< its terms, length G: 2 E |kon^θ_i − kon^α_i|
};

/// @param rate_of_mixture kon^α with its mixture û^α
/// @param rate kon^θ, or any other burst rate
/// @throws std::invalid_argument, std::domain_error on the arguments
/// O(samples · G · (m · G + cost of the rate)).
template <BurstRate Rate, Executor E = Sequential>
Impulsion impulsion(const MixtureRate& rate_of_mixture, const Rate& rate, const ImpulsionOptions& options = {},
                    const E& executor = {}) {
  const Index genes = rate_of_mixture.genes();
  check_size("impulsion", "rate.genes()", static_cast<Index>(rate.genes()), genes);
  check_at_least("impulsion", "options.samples", options.samples, 2);
  check_nonnegative("impulsion", "options.stimulus", options.stimulus);
  Matrix terms = Matrix::Zero(options.samples, genes);
  executor.for_ranges(options.samples, [&](Index begin, Index end) {
    for (Index k = begin; k < end; ++k) {
      RandomStream stream(options.seed, Purpose::landscape, static_cast<std::uint64_t>(k));
      Vector protein = rate_of_mixture.mixture().sample(stream);
      protein[0] = options.stimulus;
      const Vector shares = rate_of_mixture.mixture().responsibilities(protein);
      for (Index i = 1; i < genes; ++i) {
        terms(k, i) = 2.0 * std::abs(rate(i, protein) - rate_of_mixture.frequencies().col(i).dot(shares));
      }
    }
  });
  const Vector totals = terms.rowwise().sum();
  const auto count = static_cast<double>(options.samples);
  const double variance = (totals.array() - totals.mean()).square().sum() / (count - 1.0);
  return {totals.mean(), std::sqrt(variance / count), terms.colwise().mean().transpose()};
}

}  // namespace cardamom
