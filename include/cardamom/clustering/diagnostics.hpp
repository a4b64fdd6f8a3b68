/// @file
/// Diagnostics of Markov chains (Vehtari, Gelman, Simpson, Carpenter & Bürkner 2021): rank-normalised split R-hat and
/// effective sample size, of scalar summaries that do not depend on the labelling of modes.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <span>
#include <vector>

#include <boost/math/special_functions/erf.hpp>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/numerics/median.hpp>

namespace cardamom {

namespace detail {

/// Every chain cut into its first and second half (the middle draw of an odd number is dropped): iterations × (2
/// chains).
template <class Use = CompiledWhereUsed>
inline Matrix split_chains(const WhereUsed<Matrix, Use>& draws) {
  const Index half = draws.rows() / 2;
  WhereUsed<Matrix, Use> split(half, 2 * draws.cols());
  for (Index chain = 0; chain < draws.cols(); ++chain) {
    split.col(2 * chain) = draws.col(chain).head(half);
    split.col(2 * chain + 1) = draws.col(chain).tail(half);
  }
  return split;
}

/// Normal scores of the pooled ranks, ties sharing their mean rank: Φ⁻¹((rank − 3/8)/(size + 1/4)), Blom's
/// approximation of the means of normal order statistics.
template <class Use = CompiledWhereUsed>
inline Matrix normal_scores(const WhereUsed<Matrix, Use>& draws) {
  const Index size = draws.size();
  std::vector<Index> order(static_cast<std::size_t>(size));
  std::iota(order.begin(), order.end(), Index{0});
  const double* value = draws.data();
  std::sort(order.begin(), order.end(), [value](Index a, Index b) { return value[a] < value[b]; });
  WhereUsed<Matrix, Use> scores(draws.rows(), draws.cols());
  for (Index i = 0; i < size;) {
    Index j = i;
    while (j < size && value[order[static_cast<std::size_t>(j)]] == value[order[static_cast<std::size_t>(i)]]) ++j;
    const double rank = 0.5 * static_cast<double>(i + j + 1);
    const double share = (rank - 0.375) / (static_cast<double>(size) + 0.25);
    const double score = std::sqrt(2.0) * boost::math::erf_inv(2.0 * share - 1.0);
    for (; i < j; ++i) scores.data()[order[static_cast<std::size_t>(i)]] = score;
  }
  return scores;
}

/// Variance within chains, averaged, and the estimate of the variance of the target that adds what lies between chains.
struct ChainVariance {
  double within;
  double pooled;
};
template <class Use = CompiledWhereUsed>
inline ChainVariance chain_variance(const WhereUsed<Matrix, Use>& draws) {
  const auto n = static_cast<double>(draws.rows());
  const WhereUsed<Vector, Use> means = draws.colwise().mean();
  double within = 0.0;
  for (Index chain = 0; chain < draws.cols(); ++chain) {
    within += (draws.col(chain).array() - means[chain]).square().sum() / (n - 1.0);
  }
  within /= static_cast<double>(draws.cols());
  double between = 0.0;
  if (draws.cols() > 1) {
    between = (means.array() - means.mean()).square().sum() / static_cast<double>(draws.cols() - 1);
  }
  return {within, within * (n - 1.0) / n + between};
}

template <class Use = CompiledWhereUsed>
inline double basic_r_hat(const WhereUsed<Matrix, Use>& draws) {
  const ChainVariance variance = chain_variance(draws);
  if (!(variance.pooled > 0)) return 1.0;
  // Chains that never move have a variance of rounding errors, below (10^-12)² of what lies between them.
  if (!(variance.within > 1e-24 * variance.pooled)) return std::numeric_limits<double>::infinity();
  return std::sqrt(variance.pooled / variance.within);
}

}  // namespace detail

/// Rank-normalised split R-hat: the larger of that of the draws and that of their distances from the median, so that
/// chains that differ in location or in spread are both noticed. 1 for chains that agree, constant ones included;
/// infinite when chains are stuck at different values.
/// @param draws iterations × chains, at least 4 iterations, finite
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline double rank_normalised_r_hat(const WhereUsed<Matrix, Use>& draws) {
  check_at_least("rank_normalised_r_hat", "draws.rows()", draws.rows(), 4);
  check_at_least("rank_normalised_r_hat", "draws.cols()", draws.cols(), 1);
  const WhereUsed<Matrix, Use> split = detail::split_chains(draws);
  const WhereUsed<Matrix, Use> folded = (split.array() - median(split.reshaped())).abs();
  return std::max(detail::basic_r_hat(detail::normal_scores(split)),
                  detail::basic_r_hat(detail::normal_scores(folded)));
}

/// Effective sample size of the mean of rank-normalised draws (bulk-ESS), autocorrelations summed over Geyer's initial
/// monotone sequence; at most draws · log10(draws). The number of draws itself when all are equal: a constant is known
/// exactly.
/// @param draws iterations × chains, at least 4 iterations, finite
/// O(draws · lags until decorrelated)
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline double effective_sample_size(const WhereUsed<Matrix, Use>& draws) {
  check_at_least("effective_sample_size", "draws.rows()", draws.rows(), 4);
  check_at_least("effective_sample_size", "draws.cols()", draws.cols(), 1);
  WhereUsed<Matrix, Use> scores = detail::normal_scores(detail::split_chains(draws));
  const Index n = scores.rows();
  const detail::ChainVariance variance = detail::chain_variance(scores);
  const auto size = static_cast<double>(scores.size());
  if (!(variance.pooled > 0)) return size;
  scores.rowwise() -= scores.colwise().mean().eval();
  const auto autocorrelation = [&](Index lag) {
    double covariance = 0.0;
    for (Index chain = 0; chain < scores.cols(); ++chain) {
      covariance += scores.col(chain).head(n - lag).dot(scores.col(chain).tail(n - lag));
    }
    covariance /= static_cast<double>(n) * static_cast<double>(scores.cols());
    return 1.0 - (variance.within - covariance) / variance.pooled;
  };
  double sum = 0.0;
  double least = std::numeric_limits<double>::infinity();
  for (Index lag = 0; lag + 1 < n; lag += 2) {
    const double pair = (lag == 0 ? 1.0 : autocorrelation(lag)) + autocorrelation(lag + 1);
    if (!(pair > 0)) break;
    least = std::min(least, pair);
    sum += least;
  }
  const double time = std::max(2.0 * sum - 1.0, 1.0 / std::log10(std::max(size, 10.0)));
  return size / time;
}

}  // namespace cardamom
