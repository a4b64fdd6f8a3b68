/// @file
/// Words and numbers in the text of files, and messages about them.
#pragma once

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/table_field.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/core/visible_text.hpp>

namespace cardamom {

/// Text of a file in quotes for a message: cut to a readable length, all of it visible.
template <class = CompiledWhereUsed>
[[nodiscard]] inline std::string in_quotes(std::string_view text) {
  constexpr std::size_t longest = 40;  // keeps a message on one line
  std::size_t shown = 0;
  while (shown < std::min(text.size(), longest)) {
    const std::size_t step = std::max<std::size_t>(1, utf8_length(text.substr(shown)));
    if (shown + step > longest) break;  // not half a character
    shown += step;
  }
  return '"' + visible_text(text.substr(0, shown)) + (shown < text.size() ? "...\"" : "\"");
}

/// Whether the character is a space or a tab.
[[nodiscard]] constexpr bool is_blank(char c) noexcept { return c == ' ' || c == '\t'; }

/// The text without blanks and carriage returns at its end.
[[nodiscard]] constexpr std::string_view trim_right(std::string_view text) noexcept {
  while (!text.empty() && (is_blank(text.back()) || text.back() == '\r')) text.remove_suffix(1);
  return text;
}
/// The text without blanks at either end.
[[nodiscard]] constexpr std::string_view trim(std::string_view text) noexcept {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  return trim_right(text);
}

/// The text with A to Z in lower case; other letters stay.
[[nodiscard]] inline std::string lower_case(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

/// Reads all of `text` as a number (decimal or scientific, optional sign); false when it is none.
template <class = CompiledWhereUsed>
[[nodiscard]] inline bool parse_number(std::string_view text, double& value) noexcept {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  const char* const end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, value);
  return !text.empty() && result.ec == std::errc() && result.ptr == end;
}

/// Reads all of `text` as a non-negative integer of at most 15 digits (every one of them is exact as a double); false
/// when it is none.
template <class = CompiledWhereUsed>
[[nodiscard]] inline bool parse_whole(std::string_view text, Index& value) noexcept {
  if (text.empty() || text.size() > 15) return false;
  Index sum = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
    sum = 10 * sum + (c - '0');
  }
  value = sum;
  return true;
}

/// Counts beyond are not exact as doubles.
inline constexpr double largest_exact_count = 0x1p53;

/// Throws the IoError of a field that is no count.
/// @param fractions whether values that are not whole are accepted
[[noreturn]] inline void refuse_count(const std::string& file, Index line, Index column, std::string_view field,
                                      bool fractions) {
  const std::string expected =
      fractions ? ", must be a finite number >= 0" : ", must be a whole number in [0, 2^53]: counts are molecules";
  throw IoError(file, line, column,
                field.empty() ? "value is missing" + expected : "value is " + in_quotes(field) + expected);
}

/// A field as a number of molecules or, where fractions are accepted, a level >= 0.
/// @throws IoError with line and column when it is none
template <class = CompiledWhereUsed>
[[nodiscard]] inline double parse_count(const std::string& file, Index line, Index column, std::string_view field,
                                        bool fractions) {
  if (Index whole = 0; parse_whole(field, whole)) return static_cast<double>(whole);
  double value = 0.0;
  if (!parse_number(field, value) || !std::isfinite(value) || value < 0 ||
      (!fractions && (value != std::floor(value) || value > largest_exact_count))) {
    refuse_count(file, line, column, field, fractions);
  }
  return value + 0.0;  // -0 becomes 0
}

}  // namespace cardamom
