/// @file
/// What the method of simulated moments compares: summary statistics φ, bounded functions of the observation of a gene,
/// their means, and the means of products of two.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/inference/moments/observation.hpp>
#include <cardamom/mixture/negative_binomial.hpp>
#include <cardamom/mixture/shape_floor.hpp>
#include <cardamom/model/kinetics.hpp>

namespace cardamom {

/// The summary statistic φ(x) = log(1 + x/c)/log(1 + x₁/c) of an observation x, at most 1: about linear where counts
/// are few, flat where a gene is plainly on.
class SummaryStatistic {
 public:
  /// @param threshold c > 0, @param full x₁ > 0: in the units of the data
  template <class Use = CompiledWhereUsed>
  SummaryStatistic(double threshold, double full, const WhereUsed<Observation, Use>& observation)
      : threshold_(threshold), scale_(1.0 / std::log1p(full / threshold)) {
    // Observations of means beyond the last point of the grid are all full.
    per_root_ = static_cast<float>(static_cast<double>(grid - 1) /
                                   std::sqrt((4.0 * full + 50.0) / observation.observed_per_molecule()));
    const std::function<double(double)> phi = [this](double x) { return (*this)(x); };
    for (std::size_t k = 0; k < grid; ++k) {
      const double root = static_cast<double>(k) / static_cast<double>(per_root_);
      table_[k] = static_cast<float>(std::min(observation.expect(phi, root * root), 1.0));
    }
  }

  [[nodiscard]] double operator()(double observed) const {
    return std::min(1.0, scale_ * std::log1p(observed / threshold_));
  }

  /// E φ(observation) given the molecules of mRNA, by linear interpolation in their square root, of which a Poisson
  /// count has about the same spread everywhere.
  template <class = CompiledWhereUsed>
  [[nodiscard]] float averaged(float molecules) const {
    const float place = std::min(std::sqrt(molecules) * per_root_, static_cast<float>(grid - 1) - 0.001F);
    const auto k = static_cast<std::size_t>(place);
    const float part = place - static_cast<float>(k);
    return table_[k] + part * (table_[k + 1] - table_[k]);
  }

 private:
  static constexpr std::size_t grid = 257;  // interpolation errs by less than 0.001 then

  double threshold_, scale_;
  float per_root_ = 1.0F;
  std::vector<float> table_ = std::vector<float>(grid);
};

/// All statistics of A genes: φ_a, and around the data's means f the products (φ_a − f_a)(φ_b − f_b).
struct MomentStatistics {
  /// Statistics and parameters whose sensitivities are computed together: all of them, or for each gene its own.
  struct Group {
    std::vector<Index> statistics;  ///< numbers in `all`
    Index first_parameter;
    Index parameters;
  };

  std::vector<SummaryStatistic> summaries;   ///< φ_a, A
  std::vector<std::pair<Index, Index>> all;  ///< (a, a): φ_a; (a, b), a < b: the product
  std::vector<Group> groups;
};

/// Where two modes of a gene part: the smallest observation for which the high mode is likelier than the low one.
/// @param low, high shapes a = k/d0; @param inverse_burst_size b, in the units of the data
/// @return for families of whole numbers a whole number, 1 … 1000; for others between a thousandth of the low mode's
/// mean and four times the high one's
template <class Family = NegativeBinomial>
[[nodiscard]] double mode_threshold(double low, double high, double inverse_burst_size, const Family& family = {}) {
  const auto still_low = [&](double x) {
    return family.log_density(x, high, inverse_burst_size, 1.0) <= family.log_density(x, low, inverse_burst_size, 1.0);
  };
  if (!family.admits(0.5)) {
    constexpr double largest = 1000.0;  // a gene whose modes part later has both far above any counting noise
    double threshold = 1.0;
    while (threshold < largest && still_low(threshold)) threshold += 1.0;
    return threshold;
  }
  // The likelihood ratio increases, so bisection finds where it passes 1.
  double below = std::max(1e-3 * low, 1e-9 * high) / inverse_burst_size;
  double above = 4.0 * high / inverse_burst_size;
  for (int k = 0; k < 60; ++k) {
    const double middle = std::sqrt(below * above);
    (still_low(middle) ? below : above) = middle;
  }
  return above;
}

/// The statistics of the genes of a model.
/// @param kinetics of inputs and A genes; @param parameters how many each gene has, A
/// @param joint one group of all, or one per gene of the statistics it takes part in
template <class Family = NegativeBinomial>
[[nodiscard]] MomentStatistics moment_statistics(const WhereUsed<Kinetics, Family>& kinetics,
                                                 const std::vector<Index>& parameters, bool joint,
                                                 const Observation& observation, const Family& family = {}) {
  // Most of what a count says about the rate it says below the threshold between the modes; a gene is plainly on at
  // twice the mean of the high mode.
  constexpr double below_threshold = 0.2;
  constexpr double plainly_on = 2.0;
  const Index size = kinetics.genes();
  MomentStatistics statistics;
  for (Index a = 0; a < size; ++a) {
    const Index i = kinetics.inputs() + a;
    const double inverse = kinetics.inverse_burst_size[i] / observation.observed_per_molecule();
    const double low = std::max(kinetics.frequency_min[i] / kinetics.mrna_decay[i], smallest_shape);
    const double high = kinetics.frequency_max[i] / kinetics.mrna_decay[i];
    statistics.summaries.emplace_back(below_threshold * mode_threshold(low, high, inverse, family),
                                      plainly_on * high * (1.0 / inverse), observation);
    for (Index b = a; b < size; ++b) statistics.all.emplace_back(a, b);
  }
  const auto all = static_cast<Index>(statistics.all.size());
  Index first_parameter = 0;
  for (Index a = 0; a < size; ++a) {
    const Index own = parameters[static_cast<std::size_t>(a)];
    if (a == 0 || !joint) {
      MomentStatistics::Group group{{}, first_parameter, 0};
      for (Index q = 0; q < all; ++q) {
        const auto& [first, second] = statistics.all[static_cast<std::size_t>(q)];
        if (joint || first == a || second == a) group.statistics.push_back(q);
      }
      statistics.groups.push_back(std::move(group));
    }
    statistics.groups.back().parameters += own;
    first_parameter += own;
  }
  return statistics;
}

}  // namespace cardamom
