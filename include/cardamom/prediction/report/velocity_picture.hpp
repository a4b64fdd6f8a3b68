/// @file
/// Velocities of cells on two principal components for a page: cells as dots, arrows on a grid.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/io/report/axis.hpp>
#include <cardamom/io/report/svg.hpp>
#include <cardamom/prediction/velocity_embedding.hpp>

namespace cardamom::report {

/// Where cells at a place head.
struct FieldArrow {
  Point at;
  Point velocity;  ///< [1/h]
};

/// A velocity field: on a square grid, means over the cells with Gaussian weights, where there are cells.
struct VelocityField {
  double spacing = 0.0;  ///< of the grid; the weights' standard deviation is 0.6 of it
  std::vector<FieldArrow> arrows;
  /// 1, 2 or 5 times a power of ten, in which four of five arrows get at most 1.6 spacings far; 0 where nothing moves.
  /// Where a gene with large bursts is silent, log(1 + M) moves many times faster than elsewhere.
  double hours = 0.0;

  /// @param cells cells × 2 or more coordinates; @param velocities the same shape
  /// @param columns of the grid along the longer side, >= 1
  template <class = CompiledWhereUsed>
  VelocityField(const Matrix& cells, const Matrix& velocities, Index columns) {
    const Vector low = cells.leftCols(2).colwise().minCoeff();
    const Vector range = Vector(cells.leftCols(2).colwise().maxCoeff()) - low;
    spacing = range.maxCoeff() / static_cast<double>(columns);
    if (!(spacing > 0.0)) return;
    constexpr double least_weight = 1.0;  // a cell's at its own place
    const double deviation = 0.6 * spacing;
    std::vector<double> speeds;
    const auto places = [&](double length) { return static_cast<Index>(std::floor(length / spacing)) + 1; };
    for (Index column = 0; column < places(range[0]); ++column) {
      for (Index row = 0; row < places(range[1]); ++row) {
        // The grid is in the middle of the range.
        const auto middle = [&](Index k, Index axis) {
          const double rest = range[axis] - spacing * static_cast<double>(places(range[axis]) - 1);
          return low[axis] + 0.5 * rest + spacing * static_cast<double>(k);
        };
        const Point at{middle(column, 0), middle(row, 1)};
        double sum = 0.0;
        Point velocity{0.0, 0.0};
        for (Index cell = 0; cell < cells.rows(); ++cell) {
          const double away = (Point{cells(cell, 0), cells(cell, 1)} - at).length() / deviation;
          if (away > 4.0) continue;
          const double weight = std::exp(-0.5 * away * away);
          sum += weight;
          velocity = velocity + weight * Point{velocities(cell, 0), velocities(cell, 1)};
        }
        if (sum < least_weight) continue;
        arrows.push_back({at, (1.0 / sum) * velocity});
        speeds.push_back(arrows.back().velocity.length());
      }
    }
    std::sort(speeds.begin(), speeds.end());
    const double fast = speeds.empty() ? 0.0 : speeds[(4 * (speeds.size() - 1) + 4) / 5];
    if (fast > 0.0) hours = nice_below(1.6 * spacing / fast);
  }

  /// How far an arrow gets in `hours`, cut at two spacings.
  Point way(const FieldArrow& arrow) const noexcept {
    const Point whole = hours * arrow.velocity;
    return whole.length() > 2.0 * spacing ? 2.0 * spacing * whole.unit() : whole;
  }

  /// The largest of 1, 2 and 5 times powers of ten that is not above a value > 0.
  template <class = CompiledWhereUsed>
  static double nice_below(double value) {
    const double power = std::pow(10.0, std::floor(std::log10(value) + 1e-12));
    const double factor = value / power * (1.0 + 1e-12);
    return power * (factor >= 5.0 ? 5.0 : factor >= 2.0 ? 2.0 : 1.0);
  }
};

/// Cells on the first two principal components, in one scale, with the arrows of a field.
/// @param embedding of at least two components
/// @param styles class of every cell's dot
/// @param most cells that are drawn, evenly chosen; the field is that of all
template <class = CompiledWhereUsed>
inline std::string velocity_picture(const VelocityEmbedding& embedding, const VelocityField& field,
                                    const std::vector<std::string>& styles, const std::string& description,
                                    Index most) {
  constexpr double width = 420.0;
  constexpr double left = 52.0;
  constexpr double right = width - 6.0;
  constexpr double top = 6.0;
  constexpr double margin = 12.0;
  const Matrix& cells = embedding.cells;
  const Vector low = cells.leftCols(2).colwise().minCoeff();
  const Vector high = cells.leftCols(2).colwise().maxCoeff();
  // One scale for both: directions and lengths are those of the space. A flat cloud has room above and below.
  const double unit = high[0] > low[0] ? (right - left - 2.0 * margin) / (high[0] - low[0]) : 1.0;
  const double tall = std::clamp(unit * (high[1] - low[1]), 140.0, 460.0);
  const double scale = high[1] > low[1] ? std::min(unit, tall / (high[1] - low[1])) : unit;
  const double bottom = top + tall + 2.0 * margin;
  const double centre_x = 0.5 * (left + right);
  const double centre_y = 0.5 * (top + bottom);
  const auto half = [&](Index k) { return 0.5 * scale * (high[k] - low[k]); };
  const Axis x{low[0], high[0], centre_x - half(0), centre_x + half(0)};
  const Axis y{low[1], high[1], centre_y + half(1), centre_y - half(1)};
  const auto place = [&](Point p) { return Point{x(p.x), y(p.y)}; };

  Svg svg(width, bottom + 38.0, description);
  for (const double tick : ticks(low[0], high[0], 7)) {
    svg.line({x(tick), top}, {x(tick), bottom}, "grid-line");
    svg.text({x(tick), bottom + 15.0}, Anchor::middle, brief(tick), "tick");
  }
  for (const double tick : ticks(low[1], high[1], 7)) {
    svg.line({left, y(tick)}, {right, y(tick)}, "grid-line");
    svg.text({left - 4.0, y(tick) + 4.0}, Anchor::end, brief(tick), "tick");
  }
  const Index drawn = std::min(most, cells.rows());
  for (Index k = 0; k < drawn; ++k) {
    const Index cell = k * cells.rows() / drawn;
    svg.circle(place({cells(cell, 0), cells(cell, 1)}), 2.6, "cell " + styles[static_cast<std::size_t>(cell)]);
  }
  for (const FieldArrow& arrow : field.arrows) {
    const Point from = place(arrow.at);
    const Point to = place(arrow.at + field.way(arrow));
    const Point way = to - from;
    if (way.length() < 1.0) continue;
    const Point ahead = way.unit();
    const double head = std::min(5.0, 0.6 * way.length());
    svg.line(from, to, "halo");
    svg.line(from, to - 0.5 * head * ahead, "arrow");
    const Point back = to - head * ahead;
    svg.path("M " + coordinates(to) + " L " + coordinates(back + 0.45 * head * ahead.normal()) + " L " +
                 coordinates(back - 0.45 * head * ahead.normal()) + " Z",
             "arrow head");
  }
  const PrincipalComponents& components = embedding.components;
  const auto label = [&](Index k) {
    const double total = components.total_variance;
    return "PC " + std::to_string(k + 1) + " of log(1 + count), " +
           rounded(total > 0.0 ? 100.0 * components.variances[k] / total : 0.0, 0) + " % of variance";
  };
  svg.text({centre_x, bottom + 32.0}, Anchor::middle, label(0), "tick");
  svg.text({13.0, centre_y}, Anchor::middle, tall > 250.0 ? label(1) : "PC 2", "tick", -90.0);
  return svg.str();
}

}  // namespace cardamom::report
