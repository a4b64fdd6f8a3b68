/// @file
/// Edge lists: one line `source target weight` per edge, nodes given by index or by name: 0 is the first input, genes
/// are 1, 2, …, further inputs `input:` and their name (node_labels.hpp). The weight is θ(target,
/// source), or a score; lists of true edges may leave it out, or give a sign, + or -. A first line of column titles is
/// optional, unless there are more columns: of those, only one titled `score` is read, by which edges are ranked.
/// Fields are separated by tabs, commas or spaces.
///
///     source  target  weight  score
///     Sox2    Klf4    3.25    2.9
///
/// This reads the tables of other tools as they are: arboreto's `TF target importance`, and BEELINE's ranked edges
/// `Gene1 Gene2 EdgeWeight` and reference networks `Gene1,Gene2,Type`.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/io/file_set.hpp>
#include <cardamom/io/node_labels.hpp>
#include <cardamom/io/text.hpp>
#include <cardamom/model/network.hpp>

namespace cardamom {

/// An edge whose nodes are still text, as a file gives them.
struct NamedEdge {
  std::string source;
  std::string target;
  double weight = 1.0;
  double score = 1.0;  ///< for ranking, >= 0; |weight| where the file has no scores
  Index line = 0;      ///< where it was read, 0 when it was not
};

namespace detail {

/// Titles of the columns in the spellings of the field's tools.
template <class = CompiledWhereUsed>
inline bool is_edge_header(std::string_view source, std::string_view target) {
  static constexpr std::pair<std::string_view, std::string_view> titles[] = {
      {"source", "target"}, {"tf", "target"}, {"regulator", "target"}, {"from", "to"}, {"gene1", "gene2"}};
  const std::pair<std::string, std::string> given{lower_case(source), lower_case(target)};
  return std::any_of(std::begin(titles), std::end(titles),
                     [&](const auto& title) { return title.first == given.first && title.second == given.second; });
}

/// A number, or a sign: 1 or -1.
inline bool parse_weight(std::string_view text, double& weight) {
  if (text == "+" || text == "-") {
    weight = text == "+" ? 1.0 : -1.0;
    return true;
  }
  return parse_number(text, weight) && std::isfinite(weight);
}

/// Where the columns of an edge list are.
struct EdgeColumns {
  std::size_t count = 0;  // 0: not known yet
  std::size_t score = 0;  // 0: none

  /// From the fields of the first line; true when they are titles.
  template <class = CompiledWhereUsed>
  bool read_first(const std::vector<std::string_view>& fields) {
    count = fields.size();
    if (count < 2 || !is_edge_header(fields[0], fields[1])) return false;
    for (std::size_t k = 3; k < fields.size(); ++k) {
      if (lower_case(fields[k]) == "score") score = k;
    }
    return true;
  }
};

}  // namespace detail

/// Reads an edge list without looking its nodes up.
/// @param read how the file is read; `read_gzip_file` reads compressed ones as well
/// @return the edges in the order of the file; weight 1 where the file has no weights
/// @throws IoError with line and column when a line does not have the columns of the first one (2 or 3; more under
///   titles), a node is missing, a weight is not a finite number, a score not one >= 0, or an edge is given twice
template <class = CompiledWhereUsed>
[[nodiscard]] inline std::vector<NamedEdge> read_named_edges(const std::string& path,
                                                             FileReader read = read_plain_file) {
  const std::string text = read(path);
  TextLines lines(text);
  std::vector<NamedEdge> edges;
  std::map<std::pair<std::string, std::string>, Index> line_of_edge;
  detail::EdgeColumns columns;
  while (lines.next()) {
    const std::string_view line = trim(lines.line());
    LineFields fields(line);
    std::vector<std::string_view> parts;
    for (std::string_view field; fields.next(field);) parts.push_back(field);
    const bool titles = columns.count == 0 && columns.read_first(parts);
    if (parts.size() < 2 || (parts.size() > 3 && lines.number() == 1 && !titles)) {
      throw IoError(path, lines.number(), 0,
                    "the line must hold source, target and, optionally, weight: " + in_quotes(line));
    }
    if (titles) continue;
    if (parts.size() != columns.count) {
      throw IoError(
          path, lines.number(), static_cast<Index>(std::min(parts.size(), columns.count)) + 1,
          "the line has " + std::to_string(parts.size()) + " columns, the first has " + std::to_string(columns.count));
    }
    for (std::size_t k = 0; k < 2; ++k) {
      if (parts[k].empty()) {
        throw IoError(path, lines.number(), static_cast<Index>(k) + 1,
                      std::string(k == 0 ? "source" : "target") + " is missing");
      }
    }
    NamedEdge edge{std::string(parts[0]), std::string(parts[1]), 1.0, 1.0, lines.number()};
    if (columns.count >= 3 && !detail::parse_weight(parts[2], edge.weight)) {
      throw IoError(path, lines.number(), 3, "weight is " + in_quotes(parts[2]) + ", must be a finite number, + or -");
    }
    edge.score = std::abs(edge.weight);
    if (columns.score > 0 &&
        !(parse_number(parts[columns.score], edge.score) && std::isfinite(edge.score) && edge.score >= 0.0)) {
      throw IoError(path, lines.number(), static_cast<Index>(columns.score) + 1,
                    "score is " + in_quotes(parts[columns.score]) + ", must be finite and >= 0");
    }
    if (const auto [entry, added] = line_of_edge.try_emplace({edge.source, edge.target}, edge.line); !added) {
      throw IoError(
          path, edge.line, 0,
          "edge " + edge.source + " -> " + edge.target + " is given already in line " + to_text(entry->second));
    }
    edges.push_back(std::move(edge));
  }
  return edges;
}

/// Looks nodes up.
/// @param names per node, inputs first; empty when nodes can only be indices. A node that is no name may still be an
/// index.
/// @param nodes inputs and genes; 0 takes names.size() or, without names, any index
/// @param path named in errors
/// @param inputs how many of the nodes, the first ones, are inputs
/// @throws IoError with line and column on an unknown node, or an edge given twice (by name and by index)
template <class = CompiledWhereUsed>
[[nodiscard]] inline std::vector<Edge> resolve_edges(const std::vector<NamedEdge>& named,
                                                     const std::vector<std::string>& names, Index nodes,
                                                     const std::string& path, Index inputs = 1) {
  const NodeLabels labels(names, nodes, inputs);
  const bool bounded = nodes != 0 || !names.empty();
  const auto resolve = [&](const std::string& node, Index line, Index column) {
    if (const auto found = labels.find(node)) return *found;
    std::string expectation;
    if (Index index = 0; parse_whole(node, index)) {
      if (bounded) {
        expectation = ", indices are " + to_text(labels.first_index()) + " to " + to_text(labels.last_index());
      }
    } else if (names.empty()) {
      expectation = ", must be an index, since no names are given";
    }
    throw IoError(path, line, column, "unknown gene " + in_quotes(node) + expectation);
  };
  std::vector<Edge> edges;
  edges.reserve(named.size());
  std::map<std::pair<Index, Index>, Index> line_of_edge;
  for (const NamedEdge& edge : named) {
    const Index source = resolve(edge.source, edge.line, 1);
    const Index target = resolve(edge.target, edge.line, 2);
    if (const auto [entry, added] = line_of_edge.try_emplace({source, target}, edge.line); !added) {
      throw IoError(
          path, edge.line, 0,
          "edge " + edge.source + " -> " + edge.target + " is given already in line " + to_text(entry->second));
    }
    edges.push_back({source, target, edge.weight});
  }
  return edges;
}

/// Reads an edge list: read_named_edges, then resolve_edges.
/// @param names per node, inputs first, or empty: then nodes must be indices
/// @param nodes inputs and genes; 0 takes names.size() or, without names, any index
/// @param inputs how many of the nodes, the first ones, are inputs
/// @param read how the file is read; `read_gzip_file` reads compressed ones as well
template <class = CompiledWhereUsed>
[[nodiscard]] inline std::vector<Edge> read_edges(const std::string& path, const std::vector<std::string>& names = {},
                                                  Index nodes = 0, Index inputs = 1,
                                                  FileReader read = read_plain_file) {
  return resolve_edges(read_named_edges(path, read), names, nodes, path, inputs);
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
/// written with as many digits as they need to read back the same.
/// @param names what the nodes are called, or empty: then every node by its number, which is right for one input. Where
/// there are several or none, `NodeLabels::labels` (by index) or `NodeLabels::names` gives what readers understand.
/// @param columns written after the weight, for CARDAMOM's titles; of the others only `score` has a place
/// @throws std::invalid_argument when a node has no name or a column not a value per edge
template <class = CompiledWhereUsed>
[[nodiscard]] inline std::string edges_text(const std::vector<Edge>& edges, const std::vector<std::string>& names = {},
                                            EdgeTitles titles = EdgeTitles::cardamom,
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
    return names[static_cast<std::size_t>(index)];
  };
  for (std::size_t e = 0; e < edges.size(); ++e) {
    double weight = edges[e].weight;
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

/// Writes edges_text. Throws IoError, and std::invalid_argument when a node has no name.
template <class = CompiledWhereUsed>
inline void write_edges(const std::string& path, const std::vector<Edge>& edges,
                        const std::vector<std::string>& names = {}, EdgeTitles titles = EdgeTitles::cardamom) {
  FileSet files;
  files.add(path, edges_text(edges, names, titles));
  files.commit();
}

}  // namespace cardamom
