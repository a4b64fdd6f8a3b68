/// @file
/// Gene-name files: one line per node.
///
///     0           Stimulus
///     input:dose
///     1           Pou5f1
///
/// Index and name are separated by tabs, spaces, a comma or a semicolon; a name may contain spaces. Index 0 is the
/// first input, genes are 1, 2, …; a further input names itself and needs no second column (node_labels.hpp). The lines
/// may come in any order, in which further inputs are numbered. Blank lines and those that begin with # are passed
/// over. A line of titles may come first, such as `index name` or, then the name comes first, `name index`.
///
/// A list of names alone, one per line, is one of genes in their order, but for inputs that say so: `input:dose`, and
/// `Stimulus` as the first of them. Its title, if it has one, is `gene`, `name` or `symbol`. A name may come twice.
/// Numbers of rows, from 1 on, that R writes before names, under no title, are passed over.
#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/table_field.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/io/file_set.hpp>
#include <cardamom/io/node_labels.hpp>
#include <cardamom/io/read_file.hpp>
#include <cardamom/io/text.hpp>
#include <cardamom/io/text_lines.hpp>
#include <cardamom/io/titled_table.hpp>

namespace cardamom {

/// What a gene-name file holds.
struct NodeNames {
  std::vector<std::string> names;  ///< per node, inputs first
  Index inputs = 1;                ///< how many of the nodes, the first ones, are inputs
  bool genes_alone = false;        ///< names alone, all of genes: nothing is said about inputs
};

namespace detail {

inline std::string_view without_quotes(std::string_view text) noexcept {
  return text.size() > 1 && text.front() == '"' && text.back() == '"' ? text.substr(1, text.size() - 2) : text;
}

/// The first field of a line and the rest, quotes included, or, from its end, the last and what is before.
template <class = CompiledWhereUsed>
inline std::pair<std::string_view, std::string_view> index_and_name(std::string_view line, bool index_last) {
  constexpr std::string_view separators = " \t,;";
  const std::size_t at = index_last ? line.find_last_of(separators) : line.find_first_of(separators);
  if (at == std::string_view::npos) return {without_quotes(line), {}};
  std::string_view before = trim(line.substr(0, at));
  std::string_view after = trim(line.substr(at + 1));
  // A blank beside the comma.
  if (!index_last && !after.empty() && is_blank(line[at]) && (after.front() == ',' || after.front() == ';')) {
    after = trim(after.substr(1));
  }
  if (index_last) std::swap(before, after);
  return {without_quotes(before), after};
}

/// Whether a title is that of names.
inline bool is_name_title(std::string_view title) {
  return is_one_of(title_word(title), {"name", "names", "gene", "genes", "genename", "genesymbol", "symbol"});
}

/// Whether a first line holds titles, and then whether the name comes first.
template <class = CompiledWhereUsed>
inline bool are_name_titles(std::string_view line, bool& index_last) {
  const auto [first, rest] = index_and_name(line, false);
  const auto is_index = [](std::string_view title) { return is_index_title(title) || title_word(title) == "id"; };
  if (rest.empty()) return false;
  index_last = is_name_title(first) && is_index(rest);
  return index_last || (is_index(first) && is_name_title(rest));
}

/// Whether a first line is that of a list whose rows R has numbered: a title of names after one of numbers
/// that says nothing.
template <class = CompiledWhereUsed>
inline bool are_titles_of_numbered_rows(std::string_view line) {
  const std::size_t at = line.find_first_of("\t,;");
  if (at == std::string_view::npos) return false;
  const std::string_view numbers = without_quotes(trim(line.substr(0, at)));
  const std::string_view names = without_quotes(trim(line.substr(at + 1)));
  return is_one_of(title_word(numbers), {"", "unnamed0", "rownames", "row"}) && numbers != "#" &&
         (is_name_title(names) || is_one_of(title_word(names), {"x", "v1", "0"}));
}

/// The names of such a list, one per line; nothing where the file is another one.
template <class = CompiledWhereUsed>
inline std::optional<std::string> names_of_numbered_rows(std::string_view text) {
  std::string names;
  bool titled = false;
  Index rows = 0;
  for (TextLines lines(text); lines.next(); names += '\n') {
    const std::string_view line = trim(lines.line());
    if (line.empty() || line.front() == '#') continue;
    if (!std::exchange(titled, true)) {
      if (!are_titles_of_numbered_rows(lines.line())) return std::nullopt;
      continue;
    }
    const auto [number, name] = index_and_name(line, false);
    if (Index row = 0; !parse_whole(number, row) || row != ++rows) return std::nullopt;
    names += name.empty() ? "\"\"" : name;  // a blank line would be passed over
  }
  if (!titled) return std::nullopt;
  return names;
}

/// Whether the lines of a file, blank ones and comments apart, are names alone: none begins with an index, and none
/// holds tabs, commas or semicolons outside of quotes.
template <class = CompiledWhereUsed>
inline bool are_names_alone(std::string_view text) {
  bool any = false;
  for (TextLines lines(text); lines.next();) {
    const std::string_view line = trim(lines.line());
    if (line.empty() || line.front() == '#' || !marked_input(line).empty()) continue;
    const bool quoted = line.size() > 1 && line.front() == '"' && line.back() == '"' &&
                        line.find("\",") == std::string_view::npos && line.find("\";") == std::string_view::npos &&
                        line.find("\"\t") == std::string_view::npos;
    Index index = 0;
    const std::string_view first = index_and_name(line, false).first;
    if (parse_whole(first, index) || is_index_title(first)) return false;
    if (!quoted && line.find_first_of("\t,;") != std::string_view::npos) return false;
    // A name and its index.
    if (parse_whole(index_and_name(line, true).first, index)) return false;
    any = true;
  }
  return any;
}

/// Reads such a file.
template <class = CompiledWhereUsed>
inline NodeNames names_alone(const std::string& path, std::string_view text) {
  std::vector<std::string> inputs;
  std::vector<std::string> genes;
  std::unordered_map<std::string, Index> line_of_name;
  bool first = true;
  for (TextLines lines(text); lines.next();) {
    const std::string_view line = trim(lines.line());
    if (line.empty() || line.front() == '#') continue;
    const std::string_view marked = marked_input(line);
    if (std::exchange(first, false) && is_name_title(line)) continue;
    std::string name = marked.empty() ? unquoted(line) : std::string(trim(marked));
    if (name.empty()) throw IoError(path, lines.number(), 1, "the gene has no name");
    if (const auto [entry, added] = line_of_name.try_emplace(name, lines.number()); !added) {
      if (marked.empty()) continue;
      throw IoError(path, lines.number(), 1,
                    "name " + in_quotes(name) + " is given already in line " + to_text(entry->second));
    }
    const bool is_input = !marked.empty() || (genes.empty() && inputs.empty() && title_word(name) == "stimulus");
    (is_input ? inputs : genes).push_back(std::move(name));
  }
  if (genes.empty()) throw IoError(path, "the file names no genes");
  NodeNames result{std::move(inputs), 0, false};
  result.inputs = static_cast<Index>(result.names.size());
  result.genes_alone = result.inputs == 0;
  std::move(genes.begin(), genes.end(), std::back_inserter(result.names));
  return result;
}

}  // namespace detail

/// Reads a gene-name file.
/// @param inputs_may_lack a file without inputs is accepted; else index 0 must be there
/// @param read how the file is read; `read_gzip_file` reads compressed ones as well
/// @throws IoError with line and column when an index or a name is missing or occurs twice, an index is no whole number
///   or the indices have a gap, unless there are names alone
template <class = CompiledWhereUsed>
[[nodiscard]] inline NodeNames read_node_names(const std::string& path, bool inputs_may_lack = false,
                                               FileReader read = read_plain_file) {
  const std::string text = read(path);
  if (const auto names = detail::names_of_numbered_rows(text)) return detail::names_alone(path, *names);
  if (detail::are_names_alone(text)) return detail::names_alone(path, text);
  TextLines lines(text);
  std::vector<std::pair<Index, std::string>> entries;  // by index
  std::vector<std::string> further_inputs;
  std::unordered_map<Index, Index> line_of_index;
  std::unordered_map<std::string, Index> line_of_name;
  bool first = true;
  bool index_last = false;
  while (lines.next()) {
    const std::string_view line = trim(lines.line());
    if (line.empty() || line.front() == '#') continue;
    if (std::exchange(first, false) && detail::are_name_titles(line, index_last)) continue;
    const auto [field, rest] = detail::index_and_name(line, index_last);
    std::string name = unquoted(rest);
    const std::string_view marked = marked_input(line);
    Index index = 0;
    if (!marked.empty()) {
      name = trim(marked);
    } else if (!parse_whole(field, index)) {
      const bool turned = !index_last && parse_whole(detail::index_and_name(line, true).first, index);
      throw IoError(path, lines.number(), index_last ? 2 : 1,
                    "gene index is " + in_quotes(field) + ", must be a whole number" +
                        (turned         ? ": the index comes before the name, or a line `name index` first"
                         : name.empty() ? ": all lines have an index, or none has"
                                        : ""));
    }
    if (name.empty()) throw IoError(path, lines.number(), 2, "gene " + to_text(index) + " has no name");
    const auto same_name = line_of_name.find(name);
    const auto same_index = line_of_index.find(index);
    if (marked.empty() && same_name != line_of_name.end() && same_index != line_of_index.end() &&
        same_name->second == same_index->second) {
      continue;  // the same once more
    }
    if (marked.empty()) {
      if (const auto [entry, added] = line_of_index.try_emplace(index, lines.number()); !added) {
        throw IoError(path, lines.number(), 1,
                      "gene " + to_text(index) + " is named already in line " + to_text(entry->second));
      }
    }
    if (const auto [entry, added] = line_of_name.try_emplace(name, lines.number()); !added) {
      throw IoError(path, lines.number(), marked.empty() ? 2 : 1,
                    "name " + in_quotes(name) + " is given already in line " + to_text(entry->second));
    }
    if (marked.empty()) {
      entries.emplace_back(index, std::move(name));
    } else {
      further_inputs.push_back(std::move(name));
    }
  }
  if (entries.empty()) throw IoError(path, further_inputs.empty() ? "the file is empty" : "the file names no genes");
  const bool has_first = line_of_index.contains(0);
  const Index origin = has_first || !(inputs_may_lack || !further_inputs.empty()) ? 0 : 1;
  const auto size = static_cast<Index>(entries.size());
  if (size == 1 && has_first) throw IoError(path, "the file names no genes");
  const auto further = static_cast<Index>(further_inputs.size());
  NodeNames result{std::vector<std::string>(static_cast<std::size_t>(size + further)), (has_first ? 1 : 0) + further};
  if (origin == 0 && !has_first && line_of_index.contains(size) && !line_of_index.contains(size + 1)) {
    throw IoError(path, "there is no index 0, the name of the first input");
  }
  for (auto& [index, name] : entries) {
    if (index >= size + origin) {
      throw IoError(path, line_of_index[index], 1,
                    "gene index is " + to_text(index) + ", but there are only " + to_text(size) +
                        " lines: the indices must be 0, 1, 2, ... without a gap");
    }
    const Index node = index == 0 ? 0 : index - origin + further;
    result.names[static_cast<std::size_t>(node)] = std::move(name);
  }
  std::move(further_inputs.begin(), further_inputs.end(), result.names.begin() + (has_first ? 1 : 0));
  return result;
}

/// The names of a file that must name the nodes of one table: read_node_names with the number checked. Before genes
/// alone comes `default_input_beside` them.
/// @param nodes the number of names that there must be, inputs included; 0 accepts any
/// @throws IoError as `read_node_names`, and when the number differs
template <class = CompiledWhereUsed>
[[nodiscard]] inline std::vector<std::string> read_gene_names(const std::string& path, Index nodes = 0,
                                                              FileReader read = read_plain_file) {
  NodeNames file = read_node_names(path, false, read);
  if (file.genes_alone) {
    file.names.insert(file.names.begin(), default_input_beside(file.names));
    file.inputs = 1;
  }
  if (const auto size = static_cast<Index>(file.names.size()); nodes != 0 && size != nodes) {
    throw IoError(path, "the file names " + to_text(size) + " genes, " +
                            (file.inputs == 1 ? "the stimulus" : "inputs") + " included, but the counts have " +
                            to_text(nodes));
  }
  return std::move(file.names);
}

/// Writes one line per name, as read_node_names reads it. Throws IoError; std::invalid_argument on a name that no line
/// can hold.
/// @param inputs how many of the names, the first ones, are those of inputs; std::domain_error when there are not so
/// many
template <class = CompiledWhereUsed>
inline void write_gene_names(const std::string& path, const std::vector<std::string>& names, Index inputs = 1) {
  check_in("write_gene_names", "inputs", static_cast<double>(inputs), 0.0, static_cast<double>(names.size()));
  const NodeLabels labels(names, 0, inputs);
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto node = static_cast<Index>(i);
    const bool in_label = node > 0 && node < inputs;
    check_table_name("write_gene_names", detail::element("names", node), names[i],
                     in_label ? NamePlace::label : NamePlace::line);
    text += labels.label(node) + (in_label ? "\n" : '\t' + table_field(names[i]) + '\n');
  }
  FileSet files;
  files.add(path, text);
  files.commit();
}

}  // namespace cardamom
