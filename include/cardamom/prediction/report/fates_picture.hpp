/// @file
/// Shares of cell types over time for a page: predicted ones as lines with bands, those of the data as points.
#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <string>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/io/report/axis.hpp>
#include <cardamom/io/report/svg.hpp>
#include <cardamom/prediction/fate_shares.hpp>
#include <cardamom/prediction/observed_shares.hpp>

namespace cardamom::report {

/// Types that have a colour of their own: `type0`, `course0`, …
inline constexpr Index most_types = 8;

/// The types of the largest shares, averaged over time and the conditions given; at most `most_types`, in order of
/// their numbers.
/// @param shares of every condition, time points × types
template <class = CompiledWhereUsed>
inline std::vector<Index> common_types(const std::vector<const Matrix*>& shares) {
  Vector mean = Vector::Zero(shares.front()->cols());
  for (const Matrix* const of : shares) mean += of->colwise().mean().transpose();
  std::vector<Index> order(static_cast<std::size_t>(mean.size()));
  std::iota(order.begin(), order.end(), Index{0});
  std::stable_sort(order.begin(), order.end(), [&](Index a, Index b) { return mean[a] > mean[b]; });
  order.resize(std::min(order.size(), static_cast<std::size_t>(most_types)));
  std::sort(order.begin(), order.end());
  return order;
}

/// Shares of the types shown under a condition: a line through the predicted ones in a band of their intervals, named
/// at its end; points with intervals for the data, where there are such.
/// @param observed of the same condition, or none
/// @param shown numbers of types, each in the colour of its place
template <class = CompiledWhereUsed>
inline std::string fates_picture(const std::string& condition, const FateShares& fates, const ObservedShares* observed,
                                 const std::vector<Index>& shown) {
  constexpr double width = 420.0;
  constexpr double height = 252.0;
  constexpr double left = 56.0;
  constexpr double right = width - 78.0;
  constexpr double bottom = 212.0;
  constexpr double top = 8.0;
  const Index times = fates.time_points.size();
  double first = fates.time_points.minCoeff();
  double last = fates.time_points.maxCoeff();
  if (observed) {
    first = std::min(first, observed->time_points.minCoeff());
    last = std::max(last, observed->time_points.maxCoeff());
  }
  const Axis x{first, last, left + 6.0, right - 6.0};
  const Axis y{0.0, 1.0, bottom, top};

  Svg svg(width, height, "shares of cell types over time, " + condition);
  for (const int percent : {0, 25, 50, 75, 100}) {
    svg.line({left, y(0.01 * percent)}, {right, y(0.01 * percent)}, percent == 0 ? "axis" : "grid-line");
    svg.text({left - 4.0, y(0.01 * percent) + 4.0}, Anchor::end, std::to_string(percent), "tick");
  }
  for (std::size_t k = 0; k < shown.size(); ++k) {
    const Index z = shown[k];
    std::string band;
    for (Index t = 0; t < times; ++t) {
      band += (t == 0 ? "M " : "L ") + coordinates({x(fates.time_points[t]), y(fates.upper(t, z))}) + ' ';
    }
    for (Index t = times - 1; t >= 0; --t) {
      band += "L " + coordinates({x(fates.time_points[t]), y(fates.lower(t, z))}) + ' ';
    }
    svg.path(band + "Z", "band type" + std::to_string(k));
  }
  std::vector<double> ends;
  for (std::size_t k = 0; k < shown.size(); ++k) {
    const Index z = shown[k];
    const std::string course = "course course" + std::to_string(k);
    std::string line;
    for (Index t = 0; t < times; ++t) {
      line += (t == 0 ? "M " : "L ") + coordinates({x(fates.time_points[t]), y(fates.shares(t, z))}) + ' ';
    }
    // Of one time there is neither a line nor a band.
    if (times == 1)
      line = "M " + coordinates({left, y(fates.shares(0, z))}) + " L " + coordinates({right, y(fates.shares(0, z))});
    svg.path(line, course);
    ends.push_back(y(fates.shares(times - 1, z)));
    for (Index t = 0; observed && t < observed->time_points.size(); ++t) {
      // Side by side, so that intervals do not hide each other.
      const double at =
          x(observed->time_points[t]) + 2.0 * (static_cast<double>(k) - 0.5 * static_cast<double>(shown.size() - 1));
      svg.line({at, y(observed->lower(t, z))}, {at, y(observed->upper(t, z))}, course, 1.2);
      svg.circle({at, y(observed->shares(t, z))}, 3.2, "dot type" + std::to_string(k));
    }
  }
  const std::vector<double> labels = apart(ends, 13.0, top + 4.0, bottom - 2.0);
  for (std::size_t k = 0; k < shown.size(); ++k) {
    svg.line({x(fates.time_points[times - 1]) + 2.0, ends[k]}, {right + 8.0, labels[k]}, "grid-line");
    svg.circle({right + 12.0, labels[k]}, 4.0, "type" + std::to_string(k));
    svg.text({right + 19.0, labels[k] + 4.0}, Anchor::start,
             shortened(fates.types[static_cast<std::size_t>(shown[k])], 8));
  }
  std::vector<double> all(fates.time_points.begin(), fates.time_points.end());
  if (observed) all.insert(all.end(), observed->time_points.begin(), observed->time_points.end());
  std::sort(all.begin(), all.end());
  for (const double time : spaced(all, x, 26.0)) {
    svg.text({x(time), bottom + 15.0}, Anchor::middle, brief(time), "tick");
  }
  svg.text({0.5 * (left + right), height - 6.0}, Anchor::middle, "time [h]", "tick");
  svg.text({13.0, 0.5 * (top + bottom)}, Anchor::middle, "share of cells [%]", "tick", -90.0);
  return svg.str();
}

}  // namespace cardamom::report
