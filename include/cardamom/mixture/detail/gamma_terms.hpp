/// @file
/// Log-likelihood of groups of continuous observations under Gamma laws with a common rate, observations below a
/// detection limit being known only to be below it; in the form Newton's method wants it.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/trigamma.hpp>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/mixture/detail/shared_fit.hpp>
#include <cardamom/mixture/sample.hpp>
#include <cardamom/numerics/gamma_functions.hpp>

namespace cardamom::detail {

class GammaTerms {
 public:
  /// @param limit detection limit per unit of exposure
  template <class Use = CompiledWhereUsed>
  GammaTerms(const WhereUsed<GeneSample, Use>& sample, const WhereUsed<MatrixIn, Use>& weights, double limit)
      : groups_(weights.cols()) {
    info_.resize(static_cast<std::size_t>(groups_));
    Vector level = sample.values;
    if (sample.exposures.size() > 0) level.array() /= sample.exposures.array();
    const Vector log_level = level.array().max(std::numeric_limits<double>::min()).log();
    for (Index t = 0; t < groups_; ++t) {
      Group& group = info_[static_cast<std::size_t>(t)];
      group.first = below_.size();
      for (Index i = 0; i < sample.size(); ++i) {
        const double w = weights(i, t);
        if (!(w > 0)) continue;
        if (sample.values[i] < limit) {
          below_.push_back({w, limit / sample.exposure(i)});
          if (below_.size() > group.first + 1 && below_[below_.size() - 2].limit == below_.back().limit) {
            below_[below_.size() - 2].weight += w;
            below_.pop_back();
          }
        } else {
          group.cells += w;
          group.total += w * level[i];
          group.log_total += w * log_level[i];
        }
      }
      group.last = below_.size();
    }
  }

  Index groups() const noexcept { return groups_; }
  bool active(Index t) const { return at(t).cells > 0; }

  template <class = CompiledWhereUsed>
  GroupScore score(Index t, double a, double b) const {
    const Group& group = at(t);
    GroupScore s;
    s.u = a * (group.cells * (std::log(b) - boost::math::digamma(a, FastMath())) + group.log_total);
    s.uu = s.u - a * a * group.cells * boost::math::trigamma(a, FastMath());
    s.v = group.cells * a - b * group.total;
    s.uv = group.cells * a;
    s.vv = -b * group.total;
    for (std::size_t k = group.first; k < group.last; ++k) {
      const LogGammaBelow below = log_gamma_below(a, b * below_[k].limit);
      const double w = below_[k].weight;
      s.u += w * below.u;
      s.v += w * below.v;
      s.uu += w * below.uu;
      s.uv += w * below.uv;
      s.vv += w * below.vv;
    }
    return s;
  }

  /// Moment estimate: Var x = mean/b around each group's mean, observations below the limit counting as half of it.
  template <class Use = CompiledWhereUsed>
  SharedFit moments(const WhereUsed<GeneSample, Use>& sample, const WhereUsed<MatrixIn, Use>& weights, double limit,
                    double b_min, double b_max) const {
    SharedFit fit;
    fit.shapes = Vector::Zero(groups_);
    double spread = 0.0;
    double scale = 0.0;
    const auto value = [&](Index i) { return std::max(sample.values[i], 0.5 * limit) / sample.exposure(i); };
    for (Index t = 0; t < groups_; ++t) {
      const double cells = weights.col(t).sum();
      if (!active(t)) continue;
      double mean = 0.0;
      for (Index i = 0; i < sample.size(); ++i) mean += weights(i, t) * value(i) / cells;
      fit.shapes[t] = mean;
      for (Index i = 0; i < sample.size(); ++i) {
        spread += weights(i, t) * (value(i) - mean) * (value(i) - mean);
        scale += weights(i, t) * mean;
      }
    }
    fit.inverse_burst_size = spread > 0 ? std::clamp(scale / spread, b_min, 0.5 * b_max) : 0.5 * b_max;
    fit.shapes *= fit.inverse_burst_size;
    return fit;
  }

 private:
  struct Group {
    double cells = 0.0, total = 0.0, log_total = 0.0;  // of the observations at or above the limit
    std::size_t first = 0, last = 0;                   // of those below
  };
  struct Below {
    double weight, limit;
  };

  const Group& at(Index t) const { return info_[static_cast<std::size_t>(t)]; }

  Index groups_;
  std::vector<Group> info_;
  std::vector<Below> below_;
};

}  // namespace cardamom::detail
