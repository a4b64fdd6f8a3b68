/// @file
/// Pictures of a network by Graphviz: a DOT file, which `dot -Tsvg network.dot -o network.svg` draws.
///
/// Activations are blue with a normal arrowhead, repressions vermilion with a tee; the pen's width grows with |θ|.
/// Inputs are boxes.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/core/visible_text.hpp>
#include <cardamom/io/file_set.hpp>
#include <cardamom/model/network.hpp>

namespace cardamom {

/// Which edges of a network are drawn, and how.
struct GraphvizOptions {
  double threshold = 0.0;  ///< edges with |weight| below are left out, and nodes without edges with them; >= 0
  double widest = 4.0;     ///< pen width of the strongest edge [points], >= 0.5, the width of the weakest
  Index inputs = 1;        ///< how many of the nodes, the first ones, are inputs, >= 0
};

/// Throws when a setting is out of range; the error names it, its value and the range.
inline void validate(const GraphvizOptions& options) {
  check_nonnegative("GraphvizOptions", "threshold", options.threshold);
  check_in("GraphvizOptions", "widest", options.widest, 0.5, std::numeric_limits<double>::max());
  check_at_least("GraphvizOptions", "inputs", options.inputs, 0);
}

namespace detail {

/// A string of the DOT language that is shown as `visible_text` is: Graphviz reads escapes and HTML entities within
/// quotes.
template <class = CompiledWhereUsed>
inline std::string dot_string(std::string_view text) {
  std::string result = "\"";
  for (const char c : visible_text(text)) {
    if (c == '"' || c == '\\') {
      result += '\\';
      result += c;
    } else if (c == '&') {
      result += "&amp;";
    } else {
      result += c;
    }
  }
  return result + '"';
}

}  // namespace detail

/// The text of a DOT file.
/// @param edges source → target with θ(target, source), in any order
/// @param names by node, or empty: then nodes are shown by index
/// @throws std::invalid_argument when a node has no name; std::domain_error when a weight is not finite or an
/// option out of range
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline std::string graphviz_text(const std::vector<Edge>& edges,
                                               const std::vector<std::string>& names = {},
                                               const WhereUsed<GraphvizOptions, Use>& options = {}) {
  validate(options);
  std::set<Index> nodes;
  double strongest = 0.0;
  std::string lines;
  const auto shown = [&](const Edge& edge) { return edge.weight != 0.0 && std::abs(edge.weight) >= options.threshold; };
  for (const Edge& edge : edges) {
    check_finite("graphviz_text", "weight of an edge", edge.weight);
    if (!shown(edge)) continue;
    for (const Index node : {edge.source, edge.target}) {
      if (!names.empty()) check_index("graphviz_text", "node of an edge", node, static_cast<Index>(names.size()));
      nodes.insert(node);
    }
    strongest = std::max(strongest, std::abs(edge.weight));
  }
  std::string text = "digraph network {\n  node [shape=ellipse, fontname=\"Helvetica\"];\n  edge [arrowsize=0.8];\n";
  for (const Index node : nodes) {
    text += "  " + to_text(node) +
            " [label=" + detail::dot_string(names.empty() ? to_text(node) : names[static_cast<std::size_t>(node)]) +
            (node < options.inputs ? ", shape=box" : "") + "];\n";
  }
  for (const Edge& edge : edges) {
    if (!shown(edge)) continue;
    const double width = 0.5 + (options.widest - 0.5) * std::abs(edge.weight) / strongest;
    text += "  " + to_text(edge.source) + " -> " + to_text(edge.target) +
            (edge.weight > 0 ? " [color=\"#0072B2\", arrowhead=normal" : " [color=\"#D55E00\", arrowhead=tee") +
            ", penwidth=" + to_text(std::round(100.0 * width) / 100.0) + ", tooltip=\"" + to_text(edge.weight) +
            "\"];\n";
  }
  return text + "}\n";
}

/// Writes graphviz_text. Throws IoError, and what graphviz_text throws.
template <class Use = CompiledWhereUsed>
inline void write_graphviz(const std::string& path, const std::vector<Edge>& edges,
                           const std::vector<std::string>& names = {},
                           const WhereUsed<GraphvizOptions, Use>& options = {}) {
  FileSet files;
  files.add(path, graphviz_text(edges, names, options));
  files.commit();
}

}  // namespace cardamom
