/// @file
/// Ranked perturbations for a page: bars of what each changes, with standard errors.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <string>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/io/report/axis.hpp>
#include <cardamom/io/report/svg.hpp>
#include <cardamom/prediction/rank_perturbations.hpp>

namespace cardamom::report {

/// The perturbations of the largest changes, in the order of the ranking.
template <class = CompiledWhereUsed>
inline std::vector<RankedPerturbation> largest_changes(const std::vector<RankedPerturbation>& ranked, Index most) {
  std::vector<std::size_t> order(ranked.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::abs(ranked[a].change) > std::abs(ranked[b].change);
  });
  order.resize(std::min(order.size(), static_cast<std::size_t>(most)));
  std::sort(order.begin(), order.end());
  std::vector<RankedPerturbation> shown;
  for (const std::size_t k : order) shown.push_back(ranked[k]);
  return shown;
}

/// A bar for every perturbation, blue to the right where the share rises and orange to the left where it falls, with
/// a whisker of ± one standard error and the numbers.
/// @param names of the nodes
template <class = CompiledWhereUsed>
inline std::string ranking_picture(const std::vector<RankedPerturbation>& shown,
                                   const std::vector<std::string>& names) {
  constexpr double width = 420.0;
  constexpr double left = 168.0;
  constexpr double right = 328.0;
  constexpr double row = 18.0;
  constexpr double top = 34.0;
  double lowest = 0.0;
  double highest = 0.0;
  for (const RankedPerturbation& ranked : shown) {
    lowest = std::min(lowest, ranked.change - ranked.standard_error);
    highest = std::max(highest, ranked.change + ranked.standard_error);
  }
  if (lowest == highest) highest = 0.01;
  const Axis x{lowest, highest, left + 2.0, right - 2.0};
  const double bottom = top + row * static_cast<double>(shown.size());
  Svg svg(width, bottom + 4.0, "perturbations ranked by the change of a share");
  svg.text({0.5 * (left + right), 12.0}, Anchor::middle, "change [percentage points]", "tick");
  for (const double tick : ticks(100.0 * lowest, 100.0 * highest, 5)) {
    svg.line({x(0.01 * tick), top - 2.0}, {x(0.01 * tick), bottom}, "grid-line");
    svg.text({x(0.01 * tick), top - 6.0}, Anchor::middle, rounded(tick, 3), "tick");
  }
  double y = top;
  for (const RankedPerturbation& ranked : shown) {
    const double middle = y + 0.5 * row;
    const double end = x(ranked.change);
    svg.text(
        {left - 5.0, middle + 4.0}, Anchor::end,
        shortened(names[static_cast<std::size_t>(ranked.perturbation.gene)], 10) + ' ' + kind_of(ranked.perturbation),
        "label");
    if (ranked.change != 0.0) {
      svg.rect({std::min(x(0.0), end), y + 3.0}, std::abs(end - x(0.0)), row - 6.0,
               ranked.change > 0.0 ? "swatch-activates" : "swatch-represses");
    }
    svg.line({x(ranked.change - ranked.standard_error), middle}, {x(ranked.change + ranked.standard_error), middle},
             "whisker");
    const std::string sign = ranked.change > 0.0 ? "+" : "";
    svg.text({width - 2.0, middle + 4.0}, Anchor::end,
             sign + rounded(100.0 * ranked.change, 1) + " ± " + rounded(100.0 * ranked.standard_error, 1), "tick");
    y += row;
  }
  svg.line({x(0.0), top - 2.0}, {x(0.0), bottom}, "axis");
  return svg.str();
}

}  // namespace cardamom::report
