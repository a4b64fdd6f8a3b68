/// @file
/// Tables of text as people hand them over: a line of titles or none, then lines of as many fields. How the fields are
/// told apart is said in delimited.hpp; a separator at the end of every line does not matter.
///
/// What the titles mean is up to the reader of the table, which finds its columns by `title_word`.
#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/io/delimited.hpp>
#include <cardamom/io/line_fields.hpp>
#include <cardamom/io/text.hpp>

namespace cardamom {

/// A line of a table. Its fields are views into the text.
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
  /// Fields with quotes between their quotes, which the text holds doubled: what the views of these are into.
  std::deque<std::string> undoubled = {};

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

/// The fields of a line, with `undoubled` as owner of those that the text does not hold as they are meant.
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline std::vector<std::string_view> table_fields(WhereUsed<LineFields, Use> fields,
                                                                std::deque<std::string>& undoubled) {
  std::vector<std::string_view> result;
  for (std::string_view field; fields.next(field);) {
    if (fields.doubled()) field = undoubled.emplace_back(fields.text());
    result.push_back(field);
  }
  return result;
}

/// Takes empty fields beyond a number off the end of a line.
inline void drop_empty_end(std::vector<std::string_view>& fields, std::size_t columns) {
  while (fields.size() > columns && fields.back().empty()) fields.pop_back();
}

/// Takes columns off the end of a table that are empty in all lines, as a separator at the end of lines makes them.
template <class Use = CompiledWhereUsed>
inline void drop_empty_columns(WhereUsed<TitledTable, Use>& table) {
  const auto ends_empty = [](const TableLine& line) { return line.fields.size() > 1 && line.fields.back().empty(); };
  while ((!table.titled() || ends_empty(table.titles)) && !table.lines.empty() &&
         std::all_of(table.lines.begin(), table.lines.end(), ends_empty)) {
    if (table.titled()) table.titles.fields.pop_back();
    for (TableLine& line : table.lines) line.fields.pop_back();
  }
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
  const char told = table_separator(text);
  const char separator = told == '\0' ? ',' : told;
  TableLines lines(path, text, separator);
  std::size_t columns = 0;
  bool first = true;
  while (lines.next()) {
    TableLine entry{lines.number(), detail::table_fields(lines.fields(), table.undoubled)};
    if (first) {
      first = false;
      const TableLine remark{lines.comment_number(), detail::table_fields(lines.comment_fields(), table.undoubled)};
      if (are_titles(entry)) {
        table.titles = std::move(entry);
        columns = table.titles.fields.size();
        continue;
      }
      if (separator == '\t') detail::drop_empty_end(entry.fields, 1);
      if (remark.fields.size() == entry.fields.size() && are_titles(remark)) table.titles = remark;
      columns = entry.fields.size();
    }
    if (table.lines.empty() && entry.fields.size() > columns && table.titled() &&
        detail::has_row_names(path, text, separator, static_cast<Index>(columns))) {
      table.row_names = true;
      table.titles.fields.insert(table.titles.fields.begin(), std::string_view{});
      ++columns;
    }
    detail::drop_empty_end(entry.fields, columns);
    // Columns without a title may end before the lines do.
    while (table.titled() && entry.fields.size() < columns && table.titles.fields[entry.fields.size()].empty() &&
           entry.fields.size() > 1) {
      entry.fields.emplace_back();
    }
    const std::size_t size = entry.fields.size();
    if (size != columns) {
      throw IoError(path, entry.number, static_cast<Index>(std::min(size, columns)) + 1,
                    "the line has " + detail::field_count(size) + ", the first has " +
                        to_text(static_cast<Index>(columns - (table.row_names ? 1 : 0))) +
                        (table.row_names ? " after the name of a row" : ""));
    }
    table.lines.push_back(std::move(entry));
  }
  detail::drop_empty_columns(table);
  return table;
}

}  // namespace cardamom
