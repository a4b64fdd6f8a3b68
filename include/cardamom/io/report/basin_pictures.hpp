/// @file
/// Basins over time for a page: stacked shares μ_t(z) of the commonest ones, and how many cells have each gene on.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <string>
#include <vector>

#include <cardamom/clustering/basins.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/io/report/svg.hpp>

namespace cardamom::report {

/// The basins with the largest shares, averaged over the time points; at most `most`.
template <class Use = CompiledWhereUsed>
inline std::vector<Index> common_basins(const WhereUsed<Basins, Use>& basins, Index most) {
  const WhereUsed<Vector, Use> mean = basins.weights.colwise().mean();
  std::vector<Index> order(static_cast<std::size_t>(basins.count()));
  std::iota(order.begin(), order.end(), Index{0});
  std::stable_sort(order.begin(), order.end(), [&](Index a, Index b) { return mean[a] > mean[b]; });
  order.resize(std::min(order.size(), static_cast<std::size_t>(most)));
  return order;
}

/// Stacked bars, one per time point; what the basins given leave is grey.
template <class Use = CompiledWhereUsed>
inline std::string basins_picture(const WhereUsed<Basins, Use>& basins, const std::vector<Index>& shown,
                                  const WhereUsed<Vector, Use>& times) {
  constexpr double width = 420.0;
  constexpr double height = 230.0;
  constexpr double left = 36.0;
  constexpr double bottom = 204.0;
  constexpr double top = 6.0;
  const double column = (width - left) / static_cast<double>(times.size());
  const auto y = [](double share) { return bottom - (bottom - top) * share; };
  Svg svg(width, height, "shares of the basins over time");
  const Index stride = (times.size() + 11) / 12;
  for (Index k = 0; k < times.size(); ++k) {
    const Point foot{left + column * (static_cast<double>(k) + 0.1), 0.0};
    double below = 0.0;
    const auto stack = [&](double share, const std::string& style) {
      if (share > 0) {
        svg.rect({foot.x, y(below + share)}, 0.8 * column, y(below) - y(below + share), style);
      }
      below += share;
    };
    for (std::size_t z = 0; z < shown.size(); ++z) {
      stack(basins.weights(k, shown[z]), "basin" + std::to_string(z));
    }
    stack(std::max(0.0, 1.0 - below), "others");
    if (k % stride == 0) {
      svg.text({foot.x + 0.4 * column, height - 9.0}, Anchor::middle, brief(times[k]), "tick");
    }
  }
  for (const int percent : {0, 25, 50, 75, 100}) {
    svg.line({left, y(0.01 * percent)}, {width, y(0.01 * percent)}, percent == 0 ? "axis" : "grid-line");
    svg.text({left - 4.0, y(0.01 * percent) + 4.0}, Anchor::end, std::to_string(percent) + "%", "tick");
  }
  return svg.str();
}

/// Which genes a basin has above their lowest mode, in words.
template <class Use = CompiledWhereUsed>
inline std::string basin_label(const WhereUsed<Basins, Use>& basins, Index basin,
                               const std::vector<std::string>& names) {
  constexpr Index most_names = 8;
  std::string text;
  Index on = 0;
  for (Index gene = 0; gene < basins.modes.cols(); ++gene) {
    if (basins.modes(basin, gene) == 0) continue;
    if (++on <= most_names) text += (on > 1 ? ", " : "") + names[static_cast<std::size_t>(gene)];
  }
  if (on == 0) return "all off";
  return text + (on > most_names ? " and " + to_text(on - most_names) + " more on" : " on");
}

/// Share of cells above the lowest mode, genes × time points: a blue field for each.
template <class Use = CompiledWhereUsed>
inline std::string activity_picture(const WhereUsed<ModeTable, Use>& modes, const WhereUsed<Counts, Use>& counts,
                                    const std::vector<Index>& genes) {
  constexpr double width = 420.0;
  constexpr double left = 96.0;
  constexpr double row = 17.0;
  constexpr double top = 18.0;
  const WhereUsed<Vector, Use>& times = counts.time_points();
  const double column = (width - left) / static_cast<double>(times.size());
  Svg svg(width, top + row * static_cast<double>(genes.size()) + 2.0, "share of active cells by gene and time");
  const Index stride = (times.size() + 11) / 12;
  for (Index k = 0; k < times.size(); k += stride) {
    svg.text({left + column * (static_cast<double>(k) + 0.5), 13.0}, Anchor::middle, brief(times[k]), "tick");
  }
  double y = top;
  for (const Index gene : genes) {
    svg.text({left - 5.0, y + 12.5}, Anchor::end, shortened(counts.names()[static_cast<std::size_t>(gene)], 13),
             "label");
    for (Index k = 0; k < times.size(); ++k) {
      const auto cells = counts.cells_at(k);
      const auto on = std::count_if(cells.begin(), cells.end(), [&](Index cell) { return modes(cell, gene) > 0; });
      const double share = static_cast<double>(on) / static_cast<double>(cells.size());
      const double x = left + column * static_cast<double>(k);
      svg.field({x + 0.5, y + 0.5}, column - 1.0, row - 1.0, share);
      if (times.size() <= 14) {
        svg.text({x + 0.5 * column, y + 12.5}, Anchor::middle, rounded(100.0 * share, 0),
                 share > 0.5 ? "inside bright" : "inside");
      }
    }
    y += row;
  }
  return svg.str();
}

}  // namespace cardamom::report
