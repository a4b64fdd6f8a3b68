/// @file
/// Tables of text as people hand them over: a line of titles or none, then lines of as many fields. Blank lines and
/// lines that begin with # are passed over. A field in quotes may go over several lines. The first line that remains
/// tells the separator: tab, semicolon, comma or spaces, in this order of preference where there are several, but a
/// comma before a semicolon.
///
/// What the titles mean is up to the reader of the table, which finds its columns by `title_word`.
#pragma once

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/io/text.hpp>

namespace cardamom {

/// A line of a table. Its fields are views into the text, or into what the table keeps.
struct TableLine {
  Index number = 0;  ///< in the file, the first is 1
  std::vector<std::string_view> fields;
};

/// A table of text, its lines all of the same number of fields.
struct TitledTable {
  TableLine titles;              ///< without fields where there are none
  std::vector<TableLine> lines;  ///< the others
  /// Whether the lines began with names of rows, for which there was no title, as R writes them: then "" is the first
  /// of the titles.
  bool row_names = false;
  std::vector<std::shared_ptr<const std::string>> kept;  ///< fields that differ from what the text has

  bool titled() const noexcept { return !titles.fields.empty(); }
};

/// A title without what differs between the spellings of a word: "Target Gene", "target_gene" and "targetGene" are
/// "targetgene".
[[nodiscard]] inline std::string title_word(std::string_view title) {
  std::string word = lower_case(title);
  std::erase_if(word, [](char c) { return !((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')); });
  return word;
}

/// Whether a word is one of some.
[[nodiscard]] inline bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// Whether a title is that of a column which numbers or names the rows: none, as R and pandas write it, or "index".
[[nodiscard]] inline bool is_index_title(std::string_view title) {
  const std::string word = title_word(title);
  return word.empty() || is_one_of(word, {"index", "unnamed0", "rownames", "row"});
}

/// For a message on a field that is no number: ": is that 3.2? ..." where a comma may stand for the point, else empty.
[[nodiscard]] inline std::string decimal_comma_hint(std::string_view field) {
  const std::size_t comma = field.find(',');
  double number = 0.0;
  if (comma == std::string_view::npos) return {};
  const std::string with_point = std::string(field.substr(0, comma)) + '.' + std::string(field.substr(comma + 1));
  return parse_number(with_point, number) ? ": is that " + with_point + "? Numbers have points, not commas"
                                          : std::string();
}

namespace detail {

[[nodiscard]] inline std::string field_count(std::size_t count) {
  return to_text(static_cast<Index>(count)) + (count == 1 ? " column" : " columns");
}

/// The separator that a first line tells.
template <class = CompiledWhereUsed>
[[nodiscard]] inline char table_separator(std::string_view line) noexcept {
  const char natural = natural_separator(line);
  return natural == ' ' && line.find(';') != std::string_view::npos ? ';' : natural;
}

/// The fields of a line, which may be separated by tabs or spaces where it lacks the separator of the table.
template <class = CompiledWhereUsed>
[[nodiscard]] inline std::vector<std::string_view> table_fields(std::string_view line, char separator,
                                                                std::vector<std::shared_ptr<const std::string>>& kept) {
  if (separator == ' ' || line.find(separator) == std::string_view::npos) {
    separator = line.find('\t') == std::string_view::npos ? ' ' : '\t';
  }
  std::vector<std::string_view> result;
  LineFields fields(separator == ' ' ? trim(line) : line, separator);
  for (std::string_view field; fields.next(field);) {
    if (fields.doubled()) field = *kept.emplace_back(std::make_shared<const std::string>(fields.text()));
    result.push_back(field);
  }
  return result;
}

/// Where a field in quotes that the end of the line leaves open is closed in what follows; null: none is open. What
/// looks like one, but is not closed before a separator or the end of a line, or too long for a name, is none.
/// @param rest what follows the line, of the same text
template <class = CompiledWhereUsed>
[[nodiscard]] inline const char* open_quote(std::string_view line, std::string_view rest, char separator) noexcept {
  constexpr std::size_t longest = 4096;
  if (line.find('"') == std::string_view::npos || rest.empty()) return nullptr;
  const char* at = line.data();
  const char* const end = line.data() + line.size();
  while (at != end) {
    while (at != end && *at == ' ') ++at;
    if (at != end && *at == '"') {
      bool doubled = false;
      const char* const close = closing_quote(at + 1, end, doubled);
      if (close == end) {
        const char* const last = rest.data() + std::min(rest.size(), longest);
        const char* const later = closing_quote(at + 1, last, doubled);
        const bool closes = later != last && (later + 1 == rest.data() + rest.size() || later[1] == separator ||
                                              later[1] == '\n' || later[1] == '\r');
        return closes ? later : nullptr;
      }
      at = close + 1;
    }
    at = std::find(at, end, separator);
    if (at != end) ++at;
  }
  return nullptr;
}

}  // namespace detail

/// Reads a table.
/// @param text the content of the file, which must outlive the table
/// @param are_titles whether the fields of the first line are titles: bool(const TableLine&), which may throw. It is
///   asked of the last comment before that line as well, so that titles may follow a #.
/// @throws IoError with the line that does not have the columns of the first, or on a file that is no text
template <class AreTitles>
[[nodiscard]] TitledTable read_titled_table(const std::string& path, std::string_view text, AreTitles&& are_titles) {
  if (text.find('\0') != std::string_view::npos) {
    throw IoError(path, "the file is binary, must be a table of text");
  }
  TitledTable table;
  TextLines lines(text);
  std::string_view comment;
  Index comment_number = 0;
  char separator = '\0';
  std::size_t columns = 0;
  while (lines.next()) {
    const std::string_view line = trim(lines.line());
    if (line.empty()) continue;
    if (line.front() == '#') {
      comment = trim(line.substr(std::min(line.find_first_not_of('#'), line.size())));
      comment_number = lines.number();
      continue;
    }
    const bool first = separator == '\0';
    if (first) separator = detail::table_separator(lines.line());
    const Index number = lines.number();
    for (const char* close; separator != ' ' && (close = detail::open_quote(lines.line(), lines.rest(), separator));) {
      lines.extend(close);
    }
    TableLine entry{number, detail::table_fields(lines.line(), separator, table.kept)};
    if (first) {
      const TableLine remark{comment_number,
                             detail::table_fields(comment, detail::table_separator(comment), table.kept)};
      if (are_titles(entry)) {
        table.titles = std::move(entry);
        columns = table.titles.fields.size();
        continue;
      }
      if (remark.fields.size() == entry.fields.size() && are_titles(remark)) table.titles = remark;
      columns = entry.fields.size();
    }
    const std::size_t size = entry.fields.size();
    if (table.lines.empty() && size == columns + 1 && table.titled()) {
      table.row_names = true;
      table.titles.fields.insert(table.titles.fields.begin(), std::string_view{});
      columns = size;
    }
    if (size != columns) {
      throw IoError(path, entry.number, static_cast<Index>(std::min(size, columns)) + 1,
                    "the line has " + detail::field_count(size) + ", the first has " +
                        to_text(static_cast<Index>(columns - (table.row_names ? 1 : 0))) +
                        (table.row_names ? " after the name of a row" : ""));
    }
    table.lines.push_back(std::move(entry));
  }
  return table;
}

}  // namespace cardamom
