/// @file
/// Log-likelihood of groups of counts under negative binomial laws with a common second parameter, in the form Newton's
/// method wants it.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/mixture/detail/shared_fit.hpp>
#include <cardamom/mixture/sample.hpp>
#include <cardamom/numerics/gamma_functions.hpp>

namespace cardamom::detail {

/// The shape enters through Σ_x [ψ(a + x) − ψ(a)] = Σ_m N(x > m)/(a + m): no special function where counts are small.
/// Where they dwarf the number of distinct ones the left side is used instead.
class NegativeBinomialTerms {
 public:
  /// @param weights observations × groups, >= 0
  template <class Use = CompiledWhereUsed>
  NegativeBinomialTerms(const WhereUsed<GeneSample, Use>& sample, const WhereUsed<MatrixIn, Use>& weights)
      : groups_(weights.cols()) {
    info_.resize(static_cast<std::size_t>(groups_));
    const bool exposed = sample.exposures.size() > 0;
    for (Index t = 0; t < groups_; ++t) {
      Group& group = info_[static_cast<std::size_t>(t)];
      double largest = 0.0;
      Index positive = 0;
      for (Index i = 0; i < sample.size(); ++i) {
        const double w = weights(i, t);
        if (!(w > 0)) continue;
        group.cells += w;
        group.total += w * sample.values[i];
        if (sample.values[i] > 0) {
          ++positive;
          largest = sample.values[i];  // values increase
        }
      }
      // A special function costs as much as some forty divisions.
      group.dense = largest <= 40.0 * static_cast<double>(positive) + 64.0;
      if (group.dense) {
        const auto length = static_cast<std::size_t>(largest);
        group.begin = tails_.size();
        group.blocks = static_cast<Index>((length + 3) / 4);
        tails_.resize(group.begin + 4 * static_cast<std::size_t>(group.blocks), 0.0);
        double* tail = tails_.data() + group.begin;
        for (Index i = 0; i < sample.size(); ++i) {
          if (sample.values[i] > 0 && weights(i, t) > 0)
            tail[static_cast<std::size_t>(sample.values[i]) - 1] += weights(i, t);
        }
        for (std::size_t m = length; m-- > 1;) tail[m - 1] += tail[m];
      }
      if (!group.dense || exposed) {
        group.first = entries_.size();
        for (Index i = 0; i < sample.size(); ++i) {
          if (weights(i, t) > 0) entries_.push_back({sample.values[i], weights(i, t), sample.exposure(i)});
        }
        group.last = entries_.size();
      }
    }
    exposed_ = exposed;
  }

  Index groups() const noexcept { return groups_; }
  bool active(Index t) const { return at(t).total > 0; }

  template <class Use = CompiledWhereUsed>
  GroupScore score(Index t, double a, double b) const {
    const Group& group = at(t);
    double rising = 0.0;   // Σ [ψ(a + x) − ψ(a)]
    double falling = 0.0;  // Σ [ψ'(a) − ψ'(a + x)]
    if (group.dense) {
      using Block = WhereUsed<Eigen::Array<double, 4, 1>, Use>;
      const double* tail = tails_.data() + group.begin;
      Block m(a, a + 1.0, a + 2.0, a + 3.0);
      Block first = Block::Zero();
      Block second = Block::Zero();
      for (Index k = 0; k < group.blocks; ++k, tail += 4, m += 4.0) {
        const Block inverse = m.inverse();
        const Block term = Eigen::Map<const Block>(tail) * inverse;
        first += term;
        second += term * inverse;
      }
      rising = first.sum();
      falling = second.sum();
    } else {
      for (std::size_t k = group.first; k < group.last; ++k) {
        rising += entries_[k].weight * digamma_rising(a, entries_[k].value);
        falling += entries_[k].weight * trigamma_falling(a, entries_[k].value);
      }
    }
    GroupScore s;
    double log_p = 0.0;  // Σ log p
    if (!exposed_) {
      log_p = -group.cells * std::log1p(1.0 / b);
      s.v = (a * group.cells - b * group.total) / (1.0 + b);
      s.uv = a * group.cells / (1.0 + b);
      s.vv = -b * (a * group.cells + group.total) / ((1.0 + b) * (1.0 + b));
    } else {
      for (std::size_t k = group.first; k < group.last; ++k) {
        const auto [x, w, e] = entries_[k];
        const double share = w / (b + e);
        log_p -= w * std::log1p(e / b);
        s.v += share * (a * e - b * x);
        s.uv += share * a * e;
        s.vv -= share * b * e * (a + x) / (b + e);
      }
    }
    s.u = a * (rising + log_p);
    s.uu = s.u - a * a * falling;
    return s;
  }

  /// Moment estimate: pooled over the groups, Var x = e m + e² m/b around each group's mean e m.
  template <class Use = CompiledWhereUsed>
  SharedFit moments(const WhereUsed<GeneSample, Use>& sample, const WhereUsed<MatrixIn, Use>& weights, double b_min,
                    double b_max) const {
    SharedFit fit;
    fit.shapes = Vector::Zero(groups_);
    double excess = 0.0;
    double scale = 0.0;
    for (Index t = 0; t < groups_; ++t) {
      double exposure = 0.0;
      for (Index i = 0; i < sample.size(); ++i) exposure += weights(i, t) * sample.exposure(i);
      if (!(at(t).total > 0)) continue;
      const double mean = at(t).total / exposure;
      fit.shapes[t] = mean;
      for (Index i = 0; i < sample.size(); ++i) {
        const double e = sample.exposure(i);
        const double deviation = sample.values[i] - e * mean;
        excess += weights(i, t) * (deviation * deviation - e * mean);
        scale += weights(i, t) * e * e * mean;
      }
    }
    fit.inverse_burst_size = excess > 0 ? std::clamp(scale / excess, b_min, 0.5 * b_max) : 0.5 * b_max;
    fit.shapes *= fit.inverse_burst_size;
    return fit;
  }

 private:
  struct Group {
    double cells = 0.0, total = 0.0;
    bool dense = true;
    std::size_t begin = 0;  // of its tail
    Index blocks = 0;
    std::size_t first = 0, last = 0;  // entries
  };
  struct Entry {
    double value, weight, exposure;
  };

  const Group& at(Index t) const { return info_[static_cast<std::size_t>(t)]; }

  Index groups_;
  bool exposed_ = false;
  std::vector<Group> info_;
  std::vector<double> tails_;  // N(x > m) per group, padded with zeros to blocks of four
  std::vector<Entry> entries_;
};

}  // namespace cardamom::detail
