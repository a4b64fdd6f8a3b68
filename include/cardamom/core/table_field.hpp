/// @file
/// Names as fields of tables separated by tabs: quoted where they must be, as RFC 4180 says, so that the readers of
/// this library, R (`read.delim`) and pandas (`read_csv(sep="\t")`) read the same name; and what no table can hold.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/visible_text.hpp>

namespace cardamom {

/// How a format tells names from what is around them.
enum class NamePlace {
  field,  ///< in quotes where it must be, also over several lines
  line,   ///< in quotes where it must be, within a line
  label,  ///< as it is, within a line
};

/// Why a name cannot stand there, empty where it can: it is empty, no UTF-8, or holds a control character
/// (visible_text.hpp) other than a tab or, in a field, a line feed; a label neither holds tabs nor has blanks at its
/// ends. A carriage return cannot be either: R reads it as a line feed.
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline std::string table_fault(std::string_view name,
                                             WhereUsed<NamePlace, Use> place = NamePlace::field) {
  if (name.empty()) return "it is empty";
  if (place == NamePlace::label && (name.front() == ' ' || name.back() == ' ')) return "it begins or ends with a blank";
  for (std::string_view rest = name; !rest.empty();) {
    const std::size_t length = utf8_length(rest);
    if (length == 0) return "it is not UTF-8";
    const std::uint32_t code = detail::code_point(rest.substr(0, length));
    const bool quotable = (code == '\t' && place != NamePlace::label) || (code == '\n' && place == NamePlace::field);
    if (detail::is_control(code) && !quotable) return "it holds a control character";
    rest.remove_prefix(length);
  }
  return {};
}

/// Throws std::invalid_argument, with function, argument, name and reason, on a name of which `table_fault` tells one.
template <class Use = CompiledWhereUsed>
inline void check_table_name(std::string_view function, std::string_view argument, std::string_view name,
                             WhereUsed<NamePlace, Use> place = NamePlace::field) {
  const std::string fault = table_fault(name, place);
  if (fault.empty()) return;
  throw std::invalid_argument(std::string(function) + ": " + std::string(argument) + " is \"" + visible_text(name) +
                              "\", which the table cannot hold: " + fault);
}

/// A name as a field: in quotes, and its quotes doubled, where it holds a tab, the end of a line, a quote or #, ends
/// with blanks, or begins with what spreadsheets take for a formula (=, +, -, @).
template <class = CompiledWhereUsed>
[[nodiscard]] inline std::string table_field(std::string_view name) {
  const bool plain = !name.empty() && name.find_first_of("\t\n\r\"'#") == std::string_view::npos &&
                     std::string_view("=+-@ ").find(name.front()) == std::string_view::npos && name.back() != ' ';
  if (plain) return std::string(name);
  std::string field = "\"";
  for (const char c : name) {
    if (c == '"') field += '"';
    field += c;
  }
  return field + '"';
}

/// What a field in quotes says; others say what they are.
template <class = CompiledWhereUsed>
[[nodiscard]] inline std::string unquoted(std::string_view field) {
  if (field.size() < 2 || field.front() != '"' || field.back() != '"') return std::string(field);
  field = field.substr(1, field.size() - 2);
  std::string name;
  for (std::size_t i = 0; i < field.size(); ++i) {
    name += field[i];
    if (field.substr(i, 2) == "\"\"") ++i;
  }
  return name;
}

}  // namespace cardamom
