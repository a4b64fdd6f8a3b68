/// @file
/// How tables of text are written: what separates their fields, where their lines end, and what their numbers look
/// like. Readers of tables take this for granted and ask what the fields mean (titled_table.hpp, number_table.hpp).
///
/// Blank lines, lines of separators alone and lines that begin with # are passed over. Fields may stand in quotes
/// (RFC 4180), within which separators, line ends and doubled quotes are text.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/io/line_fields.hpp>
#include <cardamom/io/text.hpp>
#include <cardamom/io/text_lines.hpp>

namespace cardamom {

/// The first field of a file that shows something, for a message.
struct FieldSeen {
  std::string text = {};
  Index line = 0;  ///< 0: there is none
  Index column = 0;

  bool seen() const noexcept { return line > 0; }
};

/// Numbers of one table, with decimal points or decimal commas. "0,5" has a decimal comma, and then all numbers of the
/// file have; "1,200" alone may be 1.2 or 1200, and a file that has nothing to tell is refused.
class DecimalSigns {
 public:
  explicit DecimalSigns(std::string path) : path_(std::move(path)) {}

  /// Reads a field as a number; false when it is none.
  template <class = CompiledWhereUsed>
  bool number(std::string_view field, Index line, Index column, double& value) {
    if (Index whole = 0; parse_whole(field, whole)) {
      value = static_cast<double>(whole);
      return true;
    }
    if (parse_number(field, value)) {
      if (field.find('.') != std::string_view::npos) keep(point_, field, line, column);
      return true;
    }
    const std::string text = with_point(field, line, column);
    return !text.empty() && parse_number(text, value);
  }

  /// The field with a point in place of a decimal comma between digits; empty where it has none. Units may follow.
  template <class = CompiledWhereUsed>
  std::string with_point(std::string_view field, Index line, Index column) {
    const std::size_t comma = field.find(',');
    if (comma == std::string_view::npos || field.find(',', comma + 1) != std::string_view::npos ||
        field.find('.') != std::string_view::npos) {
      return {};
    }
    std::size_t first = comma;
    while (first > 0 && is_digit(field[first - 1])) --first;
    std::size_t last = comma + 1;
    while (last < field.size() && is_digit(field[last])) ++last;
    const std::size_t before = comma - first;
    const std::size_t after = last - comma - 1;
    if (after == 0) return {};
    const bool grouped = after == 3 && before >= 1 && before <= 3 && field[first] != '0';
    keep(grouped ? group_ : comma_, field, line, column);
    return std::string(field.substr(0, comma)) + '.' + std::string(field.substr(comma + 1));
  }

  /// Whether the numbers that were read mean one thing.
  /// @throws IoError when commas may separate thousands, and when there are points as well
  template <class = CompiledWhereUsed>
  void check() const {
    if (comma_.seen() && point_.seen()) {
      throw IoError(path_, comma_.line, comma_.column,
                    in_quotes(comma_.text) + " has a decimal comma, but " + in_quotes(point_.text) + " in line " +
                        to_text(point_.line) + " a point: write all numbers with points");
    }
    if (group_.seen() && !comma_.seen()) {
      const std::size_t comma = group_.text.find(',');
      const std::string before = group_.text.substr(0, comma);
      const std::string after = group_.text.substr(comma + 1);
      throw IoError(path_, group_.line, group_.column,
                    "value is " + in_quotes(group_.text) + ": " + before + '.' + after + ", with a decimal comma, or " +
                        before + after + ", in groups of thousands? No other number of the file tells: write it " +
                        "with a point, or without groups");
    }
  }

  /// What is to be said about decimal commas; empty where there are none.
  std::string remark() const {
    return comma_.seen() ? "numbers such as " + in_quotes(comma_.text) + " have decimal commas" : std::string();
  }

 private:
  static bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
  static void keep(FieldSeen& seen, std::string_view field, Index line, Index column) {
    if (!seen.seen()) seen = {std::string(field), line, column};
  }

  std::string path_;
  FieldSeen comma_;  // "0,5"
  FieldSeen group_;  // "1,200"
  FieldSeen point_;  // "0.5"
};

namespace detail {

/// How often a character separates fields of a line: outside of quotes that begin a field.
inline Index separations(std::string_view line, char separator) noexcept {
  Index count = 0;
  bool begins = true;
  for (std::size_t at = 0; at < line.size(); ++at) {
    if (line[at] == '"' && begins) {
      const std::size_t close = line.find('"', at + 1);
      if (close != std::string_view::npos) at = close;
    }
    count += line[at] == separator ? 1 : 0;
    begins = line[at] == '\t' || line[at] == ';' || line[at] == ',' || line[at] == ' ';
  }
  return count;
}

/// Whether a separator makes numbers of all fields of a line after the first.
template <class = CompiledWhereUsed>
inline bool makes_numbers(std::string_view line, char separator) {
  LineFields fields(line, separator);
  std::string_view field;
  fields.next(field);
  DecimalSigns signs("");
  double value = 0.0;
  Index count = 0;
  for (; fields.next(field); ++count) {
    if (!field.empty() && !signs.number(field, 1, 1, value)) return false;
  }
  return count > 0;
}

/// The first lines of a table that hold something, two at most.
template <class = CompiledWhereUsed>
inline std::vector<std::string_view> first_lines(std::string_view text) {
  std::vector<std::string_view> result;
  for (TextLines lines(text); result.size() < 2 && lines.next();) {
    const std::string_view line = trim(lines.line());
    if (!line.empty() && line.front() != '#') result.push_back(lines.line());
  }
  return result;
}

}  // namespace detail

/// What separates the fields of a table, by its first line or, where that has one field, by its second: a tab, a
/// semicolon or a comma, where one of them stands outside of quotes, in this order, else spaces, ' '. Where there are
/// commas besides semicolons or spaces, that which makes numbers of the second line's fields.
/// @return '\0' where semicolons and commas may both be meant
template <class = CompiledWhereUsed>
[[nodiscard]] inline char table_separator(std::string_view text) {
  const std::vector<std::string_view> lines = detail::first_lines(text);
  for (const std::string_view line : lines) {
    if (detail::separations(line, '\t') > 0) return '\t';
    const Index semicolons = detail::separations(line, ';');
    const Index commas = detail::separations(line, ',');
    if (semicolons == 0 && commas == 0) {
      if (detail::separations(trim(line), ' ') > 0) return ' ';
      continue;  // one field
    }
    const std::string_view other = lines.back();
    if (semicolons == 0) {
      const bool as_many = commas == detail::separations(other, ',');
      const bool decimal_commas = other.find(", ") == std::string_view::npos &&
                                  detail::makes_numbers(trim(other), ' ') &&
                                  !(as_many && detail::makes_numbers(other, ','));
      return decimal_commas ? ' ' : ',';
    }
    if (commas == 0) return ';';
    const bool semicolon_fits = detail::makes_numbers(other, ';');
    if (semicolon_fits != detail::makes_numbers(other, ',')) return semicolon_fits ? ';' : ',';
    const bool as_many_semicolons = detail::separations(other, ';') == semicolons;
    const bool as_many_commas = detail::separations(other, ',') == commas;
    if (as_many_semicolons != as_many_commas) return as_many_semicolons ? ';' : ',';
    return '\0';
  }
  return ' ';
}

/// The lines of a table that hold something. The text must outlive it.
class TableLines {
 public:
  /// @param separator as of `table_separator`; a line that lacks it may be separated by tabs or spaces
  /// @param path named in errors
  template <class = CompiledWhereUsed>
  TableLines(std::string path, std::string_view text, char separator)
      : path_(std::move(path)), lines_(text), separator_(separator) {}

  /// Moves to the next line, through several where a field in quotes holds line ends; false at the end.
  /// @throws IoError when such a field does not end
  template <class = CompiledWhereUsed>
  bool next() {
    while (lines_.next()) {
      const std::string_view line = trim(lines_.line());
      if (line.empty()) continue;
      if (line.front() == '#') {
        comment_ = trim(line.substr(std::min(line.find_first_not_of('#'), line.size())));
        comment_number_ = lines_.number();
        continue;
      }
      number_ = lines_.number();
      for (Index more = 0; line.find('"') != std::string_view::npos && is_open(); ++more) {
        if (more == most_lines) {
          throw IoError(path_, number_, 0,
                        "a quote is opened in this line, and not closed in the next " + to_text(most_lines));
        }
        if (!lines_.extend()) throw IoError(path_, number_, 0, "a quote is opened in this line, and nowhere closed");
      }
      if (!holds_nothing()) return true;
    }
    return false;
  }

  /// The fields of the current line.
  template <class = CompiledWhereUsed>
  [[nodiscard]] LineFields fields() const noexcept {
    return fields_of(lines_.line(), lines_.whole());
  }
  /// The fields of the last comment, which may hold titles.
  template <class = CompiledWhereUsed>
  [[nodiscard]] LineFields comment_fields() const noexcept {
    return fields_of(comment_, comment_);
  }
  /// The number of the current line, its first one where there are several.
  Index number() const noexcept { return number_; }
  /// The number of the line of the last comment, 0 without one.
  Index comment_number() const noexcept { return comment_number_; }

 private:
  static constexpr Index most_lines = 100;  // of a field: beyond, a quote is a mistake, not worth the rest of the file

  LineFields fields_of(std::string_view line, std::string_view whole) const noexcept {
    char separator = separator_;
    if (separator == ' ' || (separator == '\t' ? whole : line).find(separator) == std::string_view::npos) {
      separator = line.find('\t') == std::string_view::npos ? ' ' : '\t';
    }
    // Tabs at the end are separators, spaces are not.
    return separator == '\t' ? LineFields(whole, separator)
                             : LineFields(separator == ' ' ? trim(line) : line, separator);
  }

  template <class = CompiledWhereUsed>
  bool is_open() const noexcept {
    LineFields fields = this->fields();
    for (std::string_view field; fields.next(field);) {
    }
    return fields.open();
  }

  template <class = CompiledWhereUsed>
  bool holds_nothing() const noexcept {
    LineFields fields = this->fields();
    std::string_view field;
    while (fields.next(field)) {
      if (!field.empty()) return false;
    }
    return true;
  }

  std::string path_;
  TextLines lines_;
  char separator_;
  Index number_ = 0;
  std::string_view comment_;
  Index comment_number_ = 0;
};

namespace detail {

/// Whether lines of a table begin with names of rows for which its first line, of so many fields, has no title, as R
/// writes it; otherwise a separator at the end of lines makes them longer.
template <class = CompiledWhereUsed>
inline bool has_row_names(const std::string& path, std::string_view text, char separator, Index titles) {
  TableLines lines(path, text, separator);
  for (lines.next(); lines.next();) {
    LineFields fields = lines.fields();
    std::string_view field;
    while (fields.column() <= titles && fields.next(field)) {
    }
    if (fields.column() == titles + 1 && !field.empty()) return true;
  }
  return false;
}

}  // namespace detail

}  // namespace cardamom
