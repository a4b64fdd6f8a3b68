/// @file
/// Edge lists between known nodes, and writing them. What a list may look like is said in named_edges.hpp, how nodes
/// are called in node_labels.hpp.
#pragma once

#include <cmath>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/table_field.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/core/visible_text.hpp>
#include <cardamom/io/file_set.hpp>
#include <cardamom/io/known_nodes.hpp>
#include <cardamom/io/named_edges.hpp>
#include <cardamom/io/node_labels.hpp>
#include <cardamom/io/read_file.hpp>
#include <cardamom/model/network.hpp>

namespace cardamom {

/// The edges of a list between known nodes, each pair of nodes once. All vectors have an entry per edge.
struct KnownEdges {
  std::vector<Edge> edges = {};
  std::vector<double> scores = {};    ///< for ranking, >= 0
  std::vector<bool> sign_known = {};  ///< false: the file does not say whether the edge activates or represses
  std::vector<Index> lines = {};      ///< where the edge was read first
  Index skipped = 0;                  ///< lines left out, since the nodes lack a gene of theirs
};

/// Looks nodes up: a name comes before an index. Lines that say the same of two nodes are one edge; so are lines of
/// which one knows the sign of the same weight, and the other does not.
/// @param path named in errors
/// @throws IoError with line and column as `NodeFinder::find`, with both lines on two that contradict each other, and
///   when all lines would be skipped
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline KnownEdges resolve_edges(const std::vector<NamedEdge>& named,
                                              const WhereUsed<KnownNodes, Use>& nodes, const std::string& path) {
  const NodeFinder finder(path, nodes);
  KnownEdges result;
  std::map<std::pair<Index, Index>, std::size_t> place;
  for (const NamedEdge& edge : named) {
    const std::optional<Index> source = finder.find(edge.source, edge.line, edge.source_column);
    const std::optional<Index> target = finder.find(edge.target, edge.line, edge.target_column);
    if (!source || !target) {
      ++result.skipped;
      continue;
    }
    const auto [entry, added] = place.try_emplace({*source, *target}, result.edges.size());
    const std::size_t e = entry->second;
    if (added) {
      result.edges.push_back({*source, *target, edge.weight});
      result.scores.push_back(edge.score);
      result.sign_known.push_back(edge.sign_known);
      result.lines.push_back(edge.line);
      continue;
    }
    double& weight = result.edges[e].weight;
    const bool same =
        result.sign_known[e] == edge.sign_known ? weight == edge.weight : std::abs(weight) == std::abs(edge.weight);
    if (!same || result.scores[e] != edge.score) {
      const bool weights = weight != edge.weight;
      throw IoError(path, edge.line, 0,
                    "edge " + visible_text(edge.source) + " -> " + visible_text(edge.target) +
                        " is given already in line " + to_text(result.lines[e]) + ", there with " +
                        (weights ? "weight " : "score ") + to_text(weights ? weight : result.scores[e]) +
                        ", here with " + to_text(weights ? edge.weight : edge.score));
    }
    if (edge.sign_known) weight = edge.weight;
    result.sign_known[e] = result.sign_known[e] || edge.sign_known;
  }
  if (result.skipped > 0 && result.edges.empty()) {
    throw IoError(path, "no edge is between two known genes, of all " + to_text(result.skipped) + "; the first is " +
                            visible_text(named.front().source) + " -> " + visible_text(named.front().target));
  }
  return result;
}

/// Reads an edge list of which every node must be known: read_named_edges, then resolve_edges.
/// @param names per node, inputs first, or empty: then nodes must be indices
/// @param nodes inputs and genes; 0 takes names.size() or, without names, any index
/// @param inputs how many of the nodes, the first ones, are inputs
/// @param read how the file is read; `read_gzip_file` reads compressed ones as well
template <class = CompiledWhereUsed>
[[nodiscard]] inline std::vector<Edge> read_edges(const std::string& path, const std::vector<std::string>& names = {},
                                                  Index nodes = 0, Index inputs = 1,
                                                  FileReader read = read_plain_file) {
  return resolve_edges(read_named_edges(path, read), {names, nodes, inputs}, path).edges;
}

/// Weights of θ beyond are no weights of this model: proteins are 1 at full expression, and a burst frequency changes
/// by the exponential of a weight.
inline constexpr double largest_prior_weight = 1000.0;

/// Reads a network to start from: an edge list whose edges end at genes.
/// @param read how the file is read; `read_gzip_file` reads compressed ones as well
/// @return its edges; one whose sign is not known activates
/// @throws IoError as `read_named_edges` and `resolve_edges`, and with the line on an edge into an input, or a weight
///   beyond `largest_prior_weight`
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline KnownEdges read_prior(const std::string& path, const WhereUsed<KnownNodes, Use>& nodes,
                                           FileReader read = read_plain_file) {
  KnownEdges prior = resolve_edges(read_named_edges(path, read), nodes, path);
  const NodeLabels labels(nodes.names, nodes.nodes, nodes.inputs);
  for (std::size_t e = 0; e < prior.edges.size(); ++e) {
    const Edge& edge = prior.edges[e];
    const std::string name = visible_text(labels.name(edge.source)) + " -> " + visible_text(labels.name(edge.target));
    if (edge.target < nodes.inputs) {
      throw IoError(path, prior.lines[e], 0, "edge " + name + " ends at an input, must end at a gene");
    }
    if (std::abs(edge.weight) > largest_prior_weight) {
      throw IoError(path, prior.lines[e], 0,
                    "weight of " + name + " is " + to_text(edge.weight) + ", must be in [-" +
                        to_text(largest_prior_weight) + ", " + to_text(largest_prior_weight) + "]");
    }
  }
  return prior;
}

/// Titles, and with them the tool for which a list is written. The other tools rank edges by their third column: there
/// it is the score, where scores are given.
enum class EdgeTitles {
  cardamom,  ///< source, target, weight, and further columns
  arboreto,  ///< TF, target, importance: no signs
  beeline,   ///< Gene1, Gene2, EdgeWeight: signs of the weights
};

/// A further column of an edge list: a value per edge.
struct EdgeColumn {
  std::string title;
  std::vector<double> values;
};

/// Edges as text in the order given, under a line of titles; by name when names are given, else by index. Numbers are
/// written with as many digits as they need to read back the same, names as `table_field` writes them.
/// @param names what the nodes are called, or empty: then every node by its number, which is right for one input. Where
/// there are several or none, `NodeLabels::labels` (by index) or `NodeLabels::names` gives what readers understand.
/// @param columns written after the weight, for CARDAMOM's titles; of the others only `score` has a place. Where
/// BEELINE's titles make a score a weight, edges of weight 0 are left out: it would have a sign that nobody found.
/// @throws std::invalid_argument when a node has no name, a column not a value per edge, or no table can hold a name,
/// std::domain_error on a weight or value that is not finite
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline std::string edges_text(const std::vector<Edge>& edges, const std::vector<std::string>& names = {},
                                            WhereUsed<EdgeTitles, Use> titles = EdgeTitles::cardamom,
                                            const std::vector<EdgeColumn>& columns = {}) {
  std::string text = titles == EdgeTitles::arboreto  ? "TF\ttarget\timportance"
                     : titles == EdgeTitles::beeline ? "Gene1\tGene2\tEdgeWeight"
                                                     : "source\ttarget\tweight";
  const EdgeColumn* score = nullptr;
  for (const EdgeColumn& column : columns) {
    check_size("edges_text", "column " + column.title, static_cast<Index>(column.values.size()),
               static_cast<Index>(edges.size()));
    if (column.title == "score") score = &column;
    if (titles == EdgeTitles::cardamom) text += '\t' + column.title;
  }
  text += '\n';
  const auto node = [&names](Index index) {
    if (names.empty()) return to_text(index);
    check_index("edges_text", "node of an edge", index, static_cast<Index>(names.size()));
    const std::string& name = names[static_cast<std::size_t>(index)];
    check_table_name("edges_text", "name of node " + to_text(index), name);
    return table_field(name);
  };
  for (std::size_t e = 0; e < edges.size(); ++e) {
    const std::string place = "edge " + to_text(static_cast<Index>(e)) + ": ";
    double weight = edges[e].weight + 0.0;  // -0 becomes 0
    check_finite("edges_text", place + "weight", weight);
    for (const EdgeColumn& column : columns) check_finite("edges_text", place + column.title, column.values[e]);
    if (titles == EdgeTitles::beeline && weight == 0.0) continue;
    if (titles != EdgeTitles::cardamom && score != nullptr) weight = std::copysign(score->values[e], weight);
    if (titles == EdgeTitles::arboreto) weight = std::abs(weight);
    text += node(edges[e].source) + '\t' + node(edges[e].target) + '\t' + to_text(weight);
    if (titles == EdgeTitles::cardamom) {
      for (const EdgeColumn& column : columns) text += '\t' + to_text(column.values[e]);
    }
    text += '\n';
  }
  return text;
}

/// Writes edges_text. Throws IoError, and what edges_text throws.
template <class Use = CompiledWhereUsed>
inline void write_edges(const std::string& path, const std::vector<Edge>& edges,
                        const std::vector<std::string>& names = {},
                        WhereUsed<EdgeTitles, Use> titles = EdgeTitles::cardamom) {
  FileSet files;
  files.add(path, edges_text(edges, names, titles));
  files.commit();
}

}  // namespace cardamom
