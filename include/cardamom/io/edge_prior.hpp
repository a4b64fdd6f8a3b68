/// @file
/// What is believed of edges, from files: lists of regulators, and tables of edges that are likelier than others.
///
/// A list of regulators says which genes may act on others, a name on a line:
///
///     Sox2
///     Klf4
///
/// A gene may also stand under its index, and an index before or after its name. Under titles the column is found: the
/// one of sources, as of edge lists (edges.hpp), so that a table of edges is a list of its sources; else that of names
/// (name, gene, gene name, gene symbol, symbol, HGNC symbol). What a table may look like besides is said in
/// titled_table.hpp.
///
/// A table of likely edges is an edge list such as DoRothEA's or CollecTRI's.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/io/edges.hpp>
#include <cardamom/io/known_nodes.hpp>
#include <cardamom/io/named_edges.hpp>
#include <cardamom/io/read_file.hpp>
#include <cardamom/io/text.hpp>
#include <cardamom/io/titled_table.hpp>
#include <cardamom/regression/edge_prior.hpp>

namespace cardamom {

/// The genes and inputs of a list.
struct KnownRegulators {
  std::vector<Index> nodes = {};  ///< node numbers, increasing, each once
  Index skipped = 0;              ///< names left out, since the data lack them
};

namespace detail {

/// Whether a title is that of a column of names.
template <class = CompiledWhereUsed>
[[nodiscard]] inline bool is_gene_title(std::string_view title) {
  return is_one_of(title_word(title), {"name", "names", "gene", "genes", "genename", "genenames", "genesymbol",
                                       "genesymbols", "symbol", "symbols", "hgncsymbol"});
}

/// Whether a title is that of a column of regulators: of sources, also in the plural.
template <class = CompiledWhereUsed>
[[nodiscard]] inline bool is_regulator_title(std::string_view title) {
  return edge_field(title) == EdgeField::source ||
         is_one_of(title_word(title), {"tfs", "regulators", "transcriptionfactors"});
}

/// The column of a list under titles.
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline std::size_t titled_regulator_column(const std::string& path,
                                                         const WhereUsed<TableLine, Use>& titles) {
  std::optional<std::size_t> found;
  for (const auto is_title : {&is_regulator_title<>, &is_gene_title<>}) {
    for (std::size_t k = 0; k < titles.fields.size(); ++k) {
      if (!is_title(titles.fields[k])) continue;
      if (found) {
        throw IoError(path, titles.number, static_cast<Index>(k) + 1,
                      "titled " + in_quotes(titles.fields[k]) + ", may hold the regulators, as may column " +
                          to_text(static_cast<Index>(*found) + 1) + ", titled " + in_quotes(titles.fields[*found]) +
                          ": leave one of them out");
      }
      found = k;
    }
    if (found) break;
  }
  return found.value_or(1);  // beside the numbers of rows
}

/// Whether titles are those that R and pandas write above the numbers of rows and a column without a name.
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline bool are_titles_of_nothing(const WhereUsed<TableLine, Use>& line) {
  return line.fields.size() == 2 && is_index_title(line.fields[0]) &&
         is_one_of(title_word(line.fields[1]), {"x", "v1", "0"});
}

/// The column of a list without titles: the only one, or the one beside the indices.
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline std::size_t regulator_column(const std::string& path, const WhereUsed<TitledTable, Use>& table) {
  const TableLine& first = table.lines.front();
  const auto are_indices = [&](std::size_t k) {
    return std::all_of(table.lines.begin(), table.lines.end(), [k](const TableLine& line) {
      Index index = 0;
      return parse_whole(line.fields[k], index) || !marked_input(line.fields[k]).empty();
    });
  };
  if (first.fields.size() == 1) return 0;
  if (first.fields.size() == 2 && are_indices(0)) return 1;
  if (first.fields.size() == 2 && are_indices(1)) return 0;
  throw IoError(path, first.number, 0,
                "the line has " + field_count(first.fields.size()) +
                    ", must hold a name, with its index or without: a line of titles must tell which are the "
                    "regulators, and quotes must be around names with a blank");
}

}  // namespace detail

/// Reads a list of regulators. A name may be there twice.
/// @param read how the file is read; `read_gzip_file` reads compressed ones as well
/// @throws IoError with line and column as `NodeFinder::find`, where the column cannot be told, where the first line
///   may be a title or a gene, and when there is no name or none that the nodes know
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline KnownRegulators read_regulators(const std::string& path, const WhereUsed<KnownNodes, Use>& nodes,
                                                     FileReader read = read_plain_file) {
  const std::string text = read(path);
  const NodeFinder finder(path, nodes);
  const auto are_titles = [&](const TableLine& line) {
    if (detail::are_titles_of_nothing(line)) return true;
    const auto is_title = [](std::string_view field) {
      return detail::is_regulator_title(field) || detail::is_gene_title(field);
    };
    const auto is_gene = [&](std::string_view field) {
      return std::find(nodes.names.begin(), nodes.names.end(), field) != nodes.names.end();
    };
    const auto title = std::find_if(line.fields.begin(), line.fields.end(), is_title);
    if (title == line.fields.end()) return false;
    const bool sure = std::any_of(line.fields.begin(), line.fields.end(), [&](std::string_view field) {
      return (is_title(field) || detail::edge_field(field)) && !is_gene(field);
    });
    if (sure) return true;
    throw IoError(path, line.number, static_cast<Index>(title - line.fields.begin()) + 1,
                  in_quotes(*title) + " may be a title or the gene of this name: put a title of another name above");
  };
  const TitledTable table = read_titled_table(path, text, are_titles);
  if (table.lines.empty()) throw IoError(path, "the file names no regulator");
  const std::size_t column =
      table.titled() ? detail::titled_regulator_column(path, table.titles) : detail::regulator_column(path, table);
  KnownRegulators result;
  for (const TableLine& line : table.lines) {
    const std::string_view name = line.fields[column];
    if (name.empty()) throw IoError(path, line.number, static_cast<Index>(column) + 1, "the name is missing");
    if (const std::optional<Index> node = finder.find(name, line.number, static_cast<Index>(column) + 1)) {
      result.nodes.push_back(*node);
    } else {
      ++result.skipped;
    }
  }
  if (result.nodes.empty()) {
    throw IoError(path, "no regulator is a known gene, of all " + to_text(result.skipped) + "; the first is " +
                            in_quotes(table.lines.front().fields[column]));
  }
  std::sort(result.nodes.begin(), result.nodes.end());
  result.nodes.erase(std::unique(result.nodes.begin(), result.nodes.end()), result.nodes.end());
  return result;
}

/// A table of likely edges, between known nodes.
struct KnownOdds {
  EdgePrior prior = {};
  Index edges = 0;    ///< of the table
  Index skipped = 0;  ///< lines left out, since the nodes lack a gene of theirs
};

/// What odds of an edge of weight 1 are multiplied by unless told otherwise: an edge of average probability, one in
/// ten, becomes as likely as not. A choice: how often tables are right differs from tissue to tissue.
inline constexpr double usual_odds_factor = 10.0;

/// Reads a table of likely edges: prior odds of each are multiplied by its |weight| times `factor`, those of all others
/// by 1. So signs do not matter, and an edge of weight 0 is forbidden.
/// @param nodes their number must be known
/// @param factor > 0, else std::domain_error
/// @param read how the file is read; `read_gzip_file` reads compressed ones as well
/// @throws IoError as `read_prior`
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline KnownOdds read_edge_odds(const std::string& path, const WhereUsed<KnownNodes, Use>& nodes,
                                              double factor = usual_odds_factor, FileReader read = read_plain_file) {
  check_positive("read_edge_odds", "factor", factor);
  const KnownEdges table = read_prior(path, nodes, read);
  const Index size = std::max(nodes.nodes, static_cast<Index>(nodes.names.size()));
  KnownOdds result{{Matrix::Ones(size, size)}, static_cast<Index>(table.edges.size()), table.skipped};
  for (const Edge& edge : table.edges) {
    check_index("read_edge_odds", "a node of an edge", std::max(edge.source, edge.target), size);
    result.prior.odds(edge.target, edge.source) = factor * std::abs(edge.weight);
  }
  return result;
}

}  // namespace cardamom
