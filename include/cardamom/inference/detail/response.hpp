/// @file
/// What the refinement by simulation observes of a gene: a bounded function of its count, and its mean over the
/// counting noise given the mRNA.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include <cardamom/core/types.hpp>

namespace cardamom::detail {

/// φ(x) = log(1 + x/c)/log(1 + x₁/c), at most 1: about linear where counts are few, flat where a gene is plainly on.
class Response {
 public:
  /// @param threshold c > 0, @param full x₁ > 0 [molecules]
  Response(double threshold, double full) : threshold_(threshold), scale_(1.0 / std::log1p(full / threshold)) {
    // Counts of means beyond the last node are all full.
    per_root_ = static_cast<float>(static_cast<double>(nodes - 1) / std::sqrt(4.0 * full + 50.0));
    for (std::size_t k = 0; k < nodes; ++k) {
      const double root = static_cast<double>(k) / static_cast<double>(per_root_);
      table_[k] = static_cast<float>(average(root * root));
    }
  }

  double operator()(double count) const { return std::min(1.0, scale_ * std::log1p(count / threshold_)); }

  /// E φ(Poisson(mean)), by linear interpolation in √mean.
  float averaged(float mean) const {
    const float place = std::min(std::sqrt(mean) * per_root_, static_cast<float>(nodes - 1) - 0.001F);
    const auto k = static_cast<std::size_t>(place);
    const float part = place - static_cast<float>(k);
    return table_[k] + part * (table_[k + 1] - table_[k]);
  }

 private:
  static constexpr std::size_t nodes = 257;

  double average(double mean) const {
    const double reach = 8.0 * std::sqrt(mean) + 20.0;
    const double first = std::max(0.0, std::floor(mean - reach));
    double sum = 0.0;
    for (double x = first; x < mean + reach; x += 1.0) {
      sum += (*this)(x)*std::exp((x > 0.0 ? x * std::log(std::max(mean, 1e-300)) : 0.0) - mean - std::lgamma(x + 1.0));
    }
    return std::min(sum, 1.0);
  }

  double threshold_, scale_;
  float per_root_ = 1.0F;
  std::vector<float> table_ = std::vector<float>(nodes);
};

}  // namespace cardamom::detail
