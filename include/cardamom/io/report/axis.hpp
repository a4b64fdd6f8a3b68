/// @file
/// Axes of pictures: which coordinate shows a value, which values are worth a label, and where labels have room.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom::report {

/// A linear scale: `first` is shown at `from`, `last` at `to`. Values that are all the same are shown in the middle.
struct Axis {
  double first;  ///< value
  double last;   ///< value, >= first
  double from;   ///< coordinate
  double to;     ///< coordinate

  double operator()(double value) const noexcept {
    return last > first ? from + (value - first) / (last - first) * (to - from) : 0.5 * (from + to);
  }
};

/// Multiples of 1, 2 or 5 times a power of ten between two values, at most `most` (>= 2) of them, as many as that
/// allows; none where the values are the same.
template <class = CompiledWhereUsed>
inline std::vector<double> ticks(double first, double last, Index most) {
  std::vector<double> result;
  if (!(last > first)) return result;
  constexpr double slack = 1e-9;  // of a step, for ends that are multiples but for rounding
  double power = std::pow(10.0, std::floor(std::log10((last - first) / static_cast<double>(most))));
  for (;; power *= 10.0) {
    for (const double factor : {1.0, 2.0, 5.0}) {
      const double step = factor * power;
      const double lowest = std::ceil(first / step - slack);
      const double highest = std::floor(last / step + slack);
      if (highest - lowest + 1.0 > static_cast<double>(most)) continue;
      for (double k = lowest; k <= highest; k += 1.0) result.push_back(k * step);
      return result;
    }
  }
}

/// Those of increasing values that are shown at least `gap` apart, from the first on.
template <class = CompiledWhereUsed>
inline std::vector<double> spaced(const std::vector<double>& values, const Axis& axis, double gap) {
  std::vector<double> result;
  for (const double value : values) {
    if (result.empty() || std::abs(axis(value) - axis(result.back())) >= gap) result.push_back(value);
  }
  return result;
}

/// Places of labels, each as near its own as it may be in turn with at least `gap` between them and all in a range.
/// @returns in the order of the places given; closer than `gap` where the range has no room for more
template <class = CompiledWhereUsed>
inline std::vector<double> apart(const std::vector<double>& places, double gap, double lowest, double highest) {
  std::vector<std::size_t> order(places.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return places[a] < places[b]; });
  if (places.size() > 1) gap = std::min(gap, (highest - lowest) / static_cast<double>(places.size() - 1));
  std::vector<double> result(places.size());
  // Down from the top of the list, then up from its end.
  double before = lowest - gap;
  for (const std::size_t k : order) before = result[k] = std::max(places[k], before + gap);
  double after = highest + gap;
  for (auto k = order.rbegin(); k != order.rend(); ++k) after = result[*k] = std::min(result[*k], after - gap);
  return result;
}

}  // namespace cardamom::report
