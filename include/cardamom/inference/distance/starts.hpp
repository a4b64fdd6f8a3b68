/// @file
/// Kinetics to start a fit from, from all the data and without modes: a negative binomial per gene with a free mean at
/// every time point and one burst size.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <utility>
#include <vector>

#include <boost/math/tools/minima.hpp>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom {

/// Shapes of a gene at every time point and its inverse burst size.
struct FreeShapes {
  Vector shape;  ///< α_k, one per time point, > 0
  double inverse_burst_size = 1.0;
};

/// By maximum likelihood given the observed means, α_k = mean_k koff/s0: the least that a model of bursts can reach
/// without any network.
/// @param snapshots observed counts of the gene, one vector per time point, none of them empty
/// Cost O(distinct counts · 40).
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline FreeShapes fit_free_shapes(const WhereUsed<std::vector<Vector>, Use>& snapshots) {
  constexpr double rarest = 0.2;     // counts in all cells of a time point where none was seen
  constexpr double smallest = -6.0;  // log koff/s0: bursts of 400 molecules
  constexpr double largest = 1.6;    // bursts of a fifth of a molecule look no different from single ones
  constexpr int bits = 20;
  WhereUsed<Vector, Use> mean(static_cast<Index>(snapshots.size()));
  std::vector<std::map<double, double>> numbers(snapshots.size());
  for (std::size_t k = 0; k < snapshots.size(); ++k) {
    const WhereUsed<Vector, Use>& counts = snapshots[k];
    mean[static_cast<Index>(k)] = std::max(counts.mean(), rarest / static_cast<double>(counts.size()));
    for (const double x : counts) numbers[k][x] += 1.0;
  }
  const auto loss = [&](double log_inverse) {
    const double b = std::exp(log_inverse);
    const double nothing = std::log(b / (1.0 + b));
    double sum = 0.0;
    for (std::size_t k = 0; k < numbers.size(); ++k) {
      const double shape = mean[static_cast<Index>(k)] * b;
      const double at_zero = std::lgamma(shape);
      for (const auto& [x, cells] : numbers[k]) {
        sum -= cells * (std::lgamma(x + shape) - at_zero + shape * nothing - x * std::log1p(b));
      }
    }
    return sum;
  };
  const double best = boost::math::tools::brent_find_minima(loss, smallest, largest, bits).first;
  return {mean * std::exp(best), std::exp(best)};
}

}  // namespace cardamom
