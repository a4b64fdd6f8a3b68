/// @file
/// Two populations compared basin by basin: which basins they visit, in which order, and where they begin and end.
/// Time itself is not compared: a network inferred from snapshots may run at another pace.
#pragma once

#include <cmath>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>

namespace cardamom {

/// How the basins that two populations visit differ.
struct BasinComparison {
  Index both = 0;             ///< basins seen in both populations
  Index only_first = 0;       ///< basins seen in the first alone
  Index only_second = 0;      ///< basins seen in the second alone
  double start_distance = 0;  ///< total variation between the weights at the first time points, in [0, 1]
  double end_distance = 0;    ///< the same at the last time points
  /// Share, among the pairs of basins seen in both, of those visited in the same order (by mean time); equal mean times
  /// count one half. 1 when there is no pair.
  double order_agreement = 1.0;
};

/// Which basins of a population count as seen.
struct BasinComparisonOptions {
  /// A basin is seen where its weight exceeds this at some time point, in [0, 1]: above the share of cells that stray.
  double seen = 0.01;
};

/// @param first, second weights μ_t(z), time points × basins, >= 0; columns of both are the same basins
/// @param first_times, second_times one per row, increasing [h]
/// @throws std::invalid_argument on sizes, std::domain_error on values
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline BasinComparison compare_basins(const WhereUsed<MatrixIn, Use>& first,
                                                    const WhereUsed<VectorIn, Use>& first_times,
                                                    const WhereUsed<MatrixIn, Use>& second,
                                                    const WhereUsed<VectorIn, Use>& second_times,
                                                    const WhereUsed<BasinComparisonOptions, Use>& options = {}) {
  check_at_least("compare_basins", "first.rows()", first.rows(), 1);
  check_at_least("compare_basins", "second.rows()", second.rows(), 1);
  check_size("compare_basins", "second.cols()", second.cols(), first.cols());
  check_size("compare_basins", "first_times", first_times.size(), first.rows());
  check_size("compare_basins", "second_times", second_times.size(), second.rows());
  check_in("compare_basins", "options.seen", options.seen, 0.0, 1.0);
  for (Index z = 0; z < first.cols(); ++z) {
    check_all_nonnegative("compare_basins", "first column " + detail::to_text(z), first.col(z));
    check_all_nonnegative("compare_basins", "second column " + detail::to_text(z), second.col(z));
  }
  const auto half_distance = [&](Index row, Index other) {
    return 0.5 * (first.row(row) - second.row(other)).cwiseAbs().sum();
  };
  const auto is_seen = [&](const MatrixIn& weights, Index z) { return weights.col(z).maxCoeff() > options.seen; };
  const auto mean_time = [&](const MatrixIn& weights, const VectorIn& times, Index z) {
    return weights.col(z).dot(times) / weights.col(z).sum();
  };

  BasinComparison result;
  result.start_distance = half_distance(0, 0);
  result.end_distance = half_distance(first.rows() - 1, second.rows() - 1);
  double pairs = 0.0;
  double agreeing = 0.0;
  for (Index z = 0; z < first.cols(); ++z) {
    const bool in_first = is_seen(first, z);
    const bool in_second = is_seen(second, z);
    result.only_first += in_first && !in_second ? 1 : 0;
    result.only_second += in_second && !in_first ? 1 : 0;
    if (!(in_first && in_second)) continue;
    ++result.both;
    for (Index y = 0; y < z; ++y) {
      if (!(is_seen(first, y) && is_seen(second, y))) continue;
      const double a = mean_time(first, first_times, z) - mean_time(first, first_times, y);
      const double b = mean_time(second, second_times, z) - mean_time(second, second_times, y);
      pairs += 1.0;
      agreeing += a * b > 0 ? 1.0 : a * b == 0 ? 0.5 : 0.0;
    }
  }
  if (pairs > 0) result.order_agreement = agreeing / pairs;
  return result;
}

}  // namespace cardamom
