/// @file
/// Histograms for a page: a gene's counts under its fitted modes, and the data beside a simulation at every time point.
///
/// Single-cell counts crowd at zero and reach far: bins become wider as counts become larger, and lengths are square
/// roots of shares.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <cardamom/clustering/modes.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/io/report/svg.hpp>
#include <cardamom/mixture/negative_binomial.hpp>
#include <cardamom/numerics/gamma_functions.hpp>

namespace cardamom::report {

/// Bins of counts, each drawn equally wide. A value that is no whole number belongs to the nearest one.
class Bins {
 public:
  /// One bin per count up to 24; for larger counts one up to 4, then two per doubling.
  template <class = CompiledWhereUsed>
  explicit Bins(double largest) : doubling_(largest > 24.0) {
    const auto bound = [this](int bin) {
      return doubling_ && bin > 4 ? std::round(std::exp2(0.5 * bin)) : static_cast<double>(bin);
    };
    for (int bin = 0; bin == 0 || bound(bin) <= largest + 0.5; ++bin) first_.push_back(bound(bin));
    end_ = bound(static_cast<int>(first_.size()));
  }

  Index size() const noexcept { return static_cast<Index>(first_.size()); }
  /// The smallest count of a bin.
  double first(Index bin) const { return bin < size() ? first_[static_cast<std::size_t>(bin)] : end_; }
  template <class = CompiledWhereUsed>
  Index of(double value) const {
    const auto next = std::upper_bound(first_.begin(), first_.end(), value + 0.5);
    return std::max<Index>(static_cast<Index>(next - first_.begin()) - 1, 0);
  }
  /// Where a value stands on an axis on which bin k reaches from k to k + 1.
  double position(double value) const {
    const Index bin = of(value);
    return static_cast<double>(bin) + (value + 0.5 - first(bin)) / (first(bin + 1) - first(bin));
  }

  /// Bins whose first count is worth a label: every few of single counts, else 0 and the powers of 4.
  template <class = CompiledWhereUsed>
  std::vector<Index> labelled() const {
    constexpr Index most = 6;
    std::vector<Index> result;
    const Index stride = doubling_ ? 4 : (size() + most - 1) / most;
    if (doubling_) result = {0, 1};
    for (Index bin = doubling_ ? 4 : 0; bin < size(); bin += stride) result.push_back(bin);
    return result;
  }

  /// Share of the values in each bin.
  template <class Use = CompiledWhereUsed>
  Vector shares(const WhereUsed<Vector, Use>& values) const {
    WhereUsed<Vector, Use> result = Vector::Zero(size());
    for (const double value : values) result[of(value)] += 1.0;
    return result / std::max(1.0, static_cast<double>(values.size()));
  }

 private:
  bool doubling_;
  std::vector<double> first_;
  double end_;
};

/// The law of a mode in bins, for cells of the given depths: negative binomial, or Gamma for continuous data.
template <class Use = CompiledWhereUsed>
inline Vector mode_shares(const WhereUsed<Bins, Use>& bins, double shape, double inverse_burst_size, bool continuous,
                          const std::vector<double>& depths) {
  constexpr double most_terms = 64.0;
  WhereUsed<Vector, Use> result = Vector::Zero(bins.size());
  const auto below = [&](double limit, double depth) {
    return limit > 0.0 ? std::exp(log_gamma_below(shape, inverse_burst_size * limit / depth).value) : 0.0;
  };
  for (const double depth : depths) {
    for (Index bin = 0; bin < bins.size(); ++bin) {
      const double first = bins.first(bin);
      const double next = bins.first(bin + 1);
      double share = 0.0;
      if (shape == 0.0) {
        share = bin == 0 ? 1.0 : 0.0;
      } else if (continuous) {
        share = below(next - 0.5, depth) - below(first - 0.5, depth);
      } else {
        // Wide bins are smooth: some of their counts speak for all.
        const double step = std::max(1.0, std::ceil((next - first) / most_terms));
        for (double x = first; x < next; x += step) {
          const double terms = std::min(step, next - x);
          share += terms * std::exp(NegativeBinomial{}.log_density(x + std::floor(0.5 * (terms - 1.0)), shape,
                                                                   inverse_burst_size, depth));
        }
      }
      result[bin] += share / static_cast<double>(depths.size());
    }
  }
  return result;
}

/// Depths that stand for those of all cells: 1 where none are known, else equally spaced quantiles.
template <class Use = CompiledWhereUsed>
inline std::vector<double> typical_depths(const WhereUsed<Counts, Use>& counts) {
  constexpr Index most = 15;
  if (counts.depth().size() == 0) return {1.0};
  WhereUsed<Vector, Use> sorted = counts.depth();
  std::sort(sorted.begin(), sorted.end());
  const Index number = std::min<Index>(most, sorted.size());
  std::vector<double> result;
  for (Index k = 0; k < number; ++k) result.push_back(sorted[(2 * k + 1) * sorted.size() / (2 * number)]);
  return result;
}

/// Histogram of all cells (grey), fitted modes (coloured lines) and their sum (black).
template <class Use = CompiledWhereUsed>
inline std::string modes_picture(const WhereUsed<Counts, Use>& counts, Index gene,
                                 const WhereUsed<GeneModes, Use>& modes, bool continuous) {
  constexpr double width = 210.0;
  constexpr double height = 124.0;
  constexpr double left = 30.0;
  constexpr double bottom = 106.0;
  constexpr double top = 8.0;
  const WhereUsed<Vector, Use> values = counts.values().col(gene);
  const Bins bins(values.maxCoeff());
  const WhereUsed<Vector, Use> shares = bins.shares(values);
  WhereUsed<Matrix, Use> fitted(bins.size(), modes.count());
  for (ModeIndex k = 0; k < modes.count(); ++k) {
    fitted.col(k) = modes.weights[k] *
                    mode_shares(bins, modes.shapes[k], modes.inverse_burst_size, continuous, typical_depths(counts));
  }
  const WhereUsed<Vector, Use> sum = fitted.rowwise().sum();
  const double largest = std::max({shares.maxCoeff(), sum.maxCoeff(), 1e-6});
  const double unit = (width - left - 4.0) / static_cast<double>(bins.size());
  const auto x = [&](double bin) { return left + unit * bin; };
  const auto y = [&](double share) { return bottom - (bottom - top) * std::sqrt(share / largest); };

  Svg svg(width, height, "histogram of " + counts.names()[static_cast<std::size_t>(gene)] + " with its fitted modes");
  for (const double share : {0.001, 0.01, 0.1, 0.5, 1.0}) {
    if (share > largest || (share == 0.001 && largest > 0.3)) continue;
    svg.line({left, y(share)}, {width - 4.0, y(share)}, "grid-line");
    svg.text({left - 3.0, y(share) + 4.0}, Anchor::end, brief(100.0 * share) + "%", "tick");
  }
  for (Index bin = 0; bin < bins.size(); ++bin) {
    const double position = static_cast<double>(bin);
    if (shares[bin] > 0) {
      svg.rect({x(position) + 0.06 * unit, y(shares[bin])}, 0.88 * unit, bottom - y(shares[bin]), "cells");
    }
  }
  const auto curve = [&](const Vector& law) {
    std::string commands;
    for (Index bin = 0; bin < bins.size(); ++bin) {
      commands += (bin == 0 ? "M " : "L ") + coordinates({x(static_cast<double>(bin) + 0.5), y(law[bin])}) + ' ';
    }
    return commands;
  };
  svg.path(curve(sum), "sum");
  // More are no clusters (each cell a mode, say), and no picture.
  constexpr ModeIndex most_curves = 6;
  for (ModeIndex k = 0; k < modes.count() && modes.count() <= most_curves; ++k) {
    svg.path(curve(fitted.col(k)), "mode mode" + std::to_string(k));
  }
  svg.line({left, bottom}, {width - 4.0, bottom}, "axis");
  for (const Index bin : bins.labelled()) {
    svg.text({x(static_cast<double>(bin) + 0.5), height - 5.0}, Anchor::middle, brief(bins.first(bin)), "tick");
  }
  return svg.str();
}

/// Values of a gene at one time in two tables.
struct MarginalPair {
  double time;
  Vector data;
  Vector simulated;
};

/// Per time point the data to the left (blue) and the simulation to the right (orange), with their means.
template <class Use = CompiledWhereUsed>
inline std::string marginals_picture(const std::string& name, const std::vector<MarginalPair>& pairs) {
  constexpr double width = 320.0;
  constexpr double height = 190.0;
  constexpr double left = 34.0;
  constexpr double bottom = 168.0;
  constexpr double top = 6.0;
  double largest = 0.0;
  for (const MarginalPair& pair : pairs) {
    largest = std::max({largest, pair.data.maxCoeff(), pair.simulated.maxCoeff()});
  }
  const Bins bins(largest);
  const double unit = (bottom - top) / static_cast<double>(bins.size());
  const double column = (width - left - 2.0) / static_cast<double>(pairs.size());
  const auto middle = [&](std::size_t k) { return left + column * (static_cast<double>(k) + 0.5); };
  const auto y = [&](double position) { return bottom - unit * position; };

  Svg svg(width, height, "counts of " + name + " over time, data and simulation");
  for (const Index bin : bins.labelled()) {
    const double at = static_cast<double>(bin) + 0.5;
    svg.line({left, y(at)}, {width, y(at)}, "grid-line");
    svg.text({left - 4.0, y(at) + 4.0}, Anchor::end, brief(bins.first(bin)), "tick");
  }
  const double half = 0.46 * column;
  const auto side = [&](std::size_t k, const Vector& values, double sign, std::string_view style) {
    const WhereUsed<Vector, Use> shares = bins.shares(values);
    for (Index bin = 0; bin < bins.size(); ++bin) {
      if (shares[bin] <= 0) continue;
      const double length = half * std::sqrt(shares[bin]);
      svg.rect({sign < 0 ? middle(k) - length : middle(k), y(static_cast<double>(bin) + 0.95)}, length, 0.9 * unit,
               style);
    }
    const double at = y(bins.position(values.mean()));
    svg.line({middle(k), at}, {middle(k) + sign * half, at}, "mean");
  };
  const std::size_t stride = pairs.size() > 10 ? 2 : 1;
  for (std::size_t k = 0; k < pairs.size(); ++k) {
    side(k, pairs[k].data, -1.0, "data");
    side(k, pairs[k].simulated, 1.0, "simulated");
    if (k % stride == 0) svg.text({middle(k), height - 6.0}, Anchor::middle, brief(pairs[k].time), "tick");
  }
  svg.line({left, bottom}, {width, bottom}, "axis");
  return svg.str();
}

}  // namespace cardamom::report
