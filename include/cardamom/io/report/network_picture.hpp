/// @file
/// A network in a circle: activations as blue arrows, repressions as red tees, strong edges wide.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/io/report/svg.hpp>
#include <cardamom/model/network.hpp>

namespace cardamom::report {

/// The first edges between different nodes of a list, as many as fit a picture: at most `most_edges` between at most
/// `most_nodes` nodes; edges that would bring further nodes are passed over. Then the actions of these nodes on
/// themselves.
template <class = CompiledWhereUsed>
inline std::vector<Edge> edges_for_picture(const std::vector<Edge>& ranked, Index most_edges, Index most_nodes) {
  std::vector<Edge> shown;
  std::vector<Index> nodes;
  const auto has = [&nodes](Index node) { return std::find(nodes.begin(), nodes.end(), node) != nodes.end(); };
  for (const Edge& edge : ranked) {
    if (static_cast<Index>(shown.size()) == most_edges) break;
    const Index fresh = Index{!has(edge.source)} + Index{!has(edge.target)};
    if (edge.source == edge.target || static_cast<Index>(nodes.size()) + fresh > most_nodes) continue;
    for (const Index node : {edge.source, edge.target}) {
      if (!has(node)) nodes.push_back(node);
    }
    shown.push_back(edge);
  }
  for (const Edge& edge : ranked) {
    if (edge.source == edge.target && has(edge.source)) shown.push_back(edge);
  }
  return shown;
}

/// Nodes of the edges in an order around a circle that keeps neighbours near each other: places are exchanged while
/// that shortens the sum of the distances along the circle. The smallest node comes first, the stimulus if it is there.
template <class = CompiledWhereUsed>
inline std::vector<Index> circular_order(const std::vector<Edge>& edges) {
  std::vector<Index> order;
  for (const Edge& edge : edges) {
    for (const Index node : {edge.source, edge.target}) {
      if (std::find(order.begin(), order.end(), node) == order.end()) order.push_back(node);
    }
  }
  const auto size = static_cast<Index>(order.size());
  const auto length = [&] {
    Index sum = 0;
    for (const Edge& edge : edges) {
      const Index apart = std::abs(std::find(order.begin(), order.end(), edge.source) -
                                   std::find(order.begin(), order.end(), edge.target));
      sum += std::min(apart, size - apart);
    }
    return sum;
  };
  constexpr int most_passes = 20;
  Index best = length();
  bool better = true;
  for (int pass = 0; pass < most_passes && better; ++pass) {
    better = false;
    for (std::size_t i = 0; i < order.size(); ++i) {
      for (std::size_t j = i + 1; j < order.size(); ++j) {
        std::swap(order[i], order[j]);
        if (const Index now = length(); now < best) {
          best = now;
          better = true;
        } else {
          std::swap(order[i], order[j]);
        }
      }
    }
  }
  if (!order.empty()) std::rotate(order.begin(), std::min_element(order.begin(), order.end()), order.end());
  return order;
}

/// Draws nodes and edges; coordinates are relative to the middle of the circle.
class NetworkPicture {
 public:
  static constexpr double size = 440.0;

  /// @param edges not empty, between nodes that have names; both must outlive the picture
  /// @param inputs how many of the nodes, the first ones, are inputs: these are squares
  template <class = CompiledWhereUsed>
  NetworkPicture(const std::vector<Edge>& edges, const std::vector<std::string>& names, Index inputs = 1)
      : edges_(edges), names_(names), inputs_(inputs), order_(circular_order(edges)) {
    for (const Edge& edge : edges_) strongest_ = std::max(strongest_, std::abs(edge.weight));
  }

  template <class = CompiledWhereUsed>
  std::string str() {
    for (const Edge& edge : edges_) {
      if (edge.source == edge.target) {
        draw_self(edge);
      } else {
        draw_edge(edge);
      }
    }
    for (std::size_t k = 0; k < order_.size(); ++k) draw_node(k);
    return svg_.str();
  }

  Index nodes() const noexcept { return static_cast<Index>(order_.size()); }

 private:
  static constexpr double circle = 125.0;  // leaves room for names
  static constexpr double dot = 5.0;
  static constexpr double self_reach = 24.0;
  static constexpr std::size_t upright_names = 14;  // more nodes: names turn with the circle

  static Point direction(double angle) { return {std::cos(angle), std::sin(angle)}; }
  static Point on_page(Point p) { return p + Point{size / 2, size / 2}; }

  double angle(std::size_t k) const {
    return 2.0 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(order_.size()) -
           0.5 * std::numbers::pi;
  }
  template <class = CompiledWhereUsed>
  double angle_of(Index node) const {
    return angle(static_cast<std::size_t>(std::find(order_.begin(), order_.end(), node) - order_.begin()));
  }
  double width(const Edge& edge) const { return 1.0 + 2.5 * std::abs(edge.weight) / strongest_; }
  template <class = CompiledWhereUsed>
  bool has(Index source, Index target) const {
    return std::any_of(edges_.begin(), edges_.end(),
                       [&](const Edge& edge) { return edge.source == source && edge.target == target; });
  }

  /// A curve through the inside of the circle; of two opposite edges each keeps to its side.
  template <class Use = CompiledWhereUsed>
  void draw_edge(const WhereUsed<Edge, Use>& edge) {
    const Point a = circle * direction(angle_of(edge.source));
    const Point b = circle * direction(angle_of(edge.target));
    const double aside = has(edge.target, edge.source) ? 14.0 : 0.0;
    const double inwards = 0.8 - 0.25 * (b - a).length() / circle;  // clear of the nodes between neighbours
    const Point control = (0.5 * inwards) * (a + b) + aside * (b - a).unit().normal();
    finish(edge, a + dot * (control - a).unit(), "Q " + coordinates(on_page(control)), control, b);
  }

  /// A loop outside of the circle.
  template <class Use = CompiledWhereUsed>
  void draw_self(const WhereUsed<Edge, Use>& edge) {
    const double here = angle_of(edge.source);
    const Point node = circle * direction(here);
    const Point out = node + (1.5 * self_reach) * direction(here - 0.55);
    const Point back = node + (1.5 * self_reach) * direction(here + 0.55);
    finish(edge, node + dot * direction(here - 0.55),
           "C " + coordinates(on_page(out)) + ", " + coordinates(on_page(back)), back, node);
  }

  /// The curve from `start` by way of `curve` to the edge of the node, coming from `last`, and its head.
  template <class Use = CompiledWhereUsed>
  void finish(const WhereUsed<Edge, Use>& edge, WhereUsed<Point, Use> start, const std::string& curve,
              WhereUsed<Point, Use> last, WhereUsed<Point, Use> node) {
    const double w = width(edge);
    const Point back = (last - node).unit();
    const Point tip = node + (dot + 1.5) * back;
    const double head = edge.weight > 0 ? 4.0 + 1.6 * w : 0.0;
    const std::string style = edge.weight > 0 ? "activates" : "represses";
    svg_.path("M " + coordinates(on_page(start)) + ' ' + curve + ", " + coordinates(on_page(tip + 0.8 * head * back)),
              style, w);
    const Point side = (edge.weight > 0 ? 0.45 * head : 3.0 + 1.2 * w) * back.normal();
    if (edge.weight > 0) {
      const Point base = tip + head * back;
      svg_.path("M " + coordinates(on_page(tip)) + " L " + coordinates(on_page(base + side)) + " L " +
                    coordinates(on_page(base - side)) + " Z",
                "activates head");
    } else {
      svg_.line(on_page(tip + side), on_page(tip - side), style, 1.0 + 0.6 * w);
    }
  }

  template <class = CompiledWhereUsed>
  void draw_node(std::size_t k) {
    const Index node = order_[k];
    const double here = angle(k);
    const Point u = direction(here);
    if (node < inputs_) {
      svg_.rect(on_page(circle * u - Point{dot, dot}), 2.0 * dot, 2.0 * dot, "node");
    } else {
      svg_.circle(on_page(circle * u), dot, "node");
    }
    const double away = circle + dot + (has(node, node) ? self_reach + 4.0 : 5.0);
    const bool left = u.x < -1e-9;
    const double upright = order_.size() <= upright_names ? 1.0 : 0.0;
    const Anchor anchor = upright > 0 && std::abs(u.x) < 0.25 ? Anchor::middle : left ? Anchor::end : Anchor::start;
    // Text stands on its base line: it is let down by a third of its height, or more or less at top and bottom.
    const Point baseline = upright > 0 ? Point{0.0, 4.0 + 4.0 * u.y} : (left ? -4.0 : 4.0) * u.normal();
    const double degrees = upright > 0 ? 0.0 : here * 180.0 / std::numbers::pi + (left ? 180.0 : 0.0);
    svg_.text(on_page(away * u + baseline), anchor, shortened(names_[static_cast<std::size_t>(node)], 9),
              node < inputs_ ? "name stimulus" : "name", degrees);
  }

  const std::vector<Edge>& edges_;
  const std::vector<std::string>& names_;
  Index inputs_;
  std::vector<Index> order_;
  double strongest_ = 0.0;
  Svg svg_{size, size, "the network: blue arrows activate, red tees repress"};
};

}  // namespace cardamom::report
