/// @file
/// Text that others wrote, names of genes and of files, as it is shown to people: on a terminal, on a page, in a
/// picture.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <cardamom/core/compiled_where_used.hpp>

namespace cardamom {

/// Bytes of the UTF-8 character at the beginning of `text`, 0 when they are none. Overlong forms, surrogates and what
/// is beyond U+10FFFF are none.
template <class = CompiledWhereUsed>
[[nodiscard]] inline std::size_t utf8_length(std::string_view text) noexcept {
  if (text.empty()) return 0;
  const auto byte = [&text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  const std::size_t length = first < 0x80                     ? 1
                             : first >= 0xc2 && first <= 0xdf ? 2
                             : first >= 0xe0 && first <= 0xef ? 3
                             : first >= 0xf0 && first <= 0xf4 ? 4
                                                              : 0;
  if (length == 0 || length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0U) != 0x80U) return 0;
  }
  const bool wrong = length > 2 && ((first == 0xe0 && byte(1) < 0xa0) || (first == 0xed && byte(1) > 0x9f) ||
                                    (first == 0xf0 && byte(1) < 0x90) || (first == 0xf4 && byte(1) > 0x8f));
  return wrong ? 0 : length;
}

namespace detail {

/// The code point of a whole UTF-8 character.
inline std::uint32_t code_point(std::string_view character) noexcept {
  const auto byte = [&character](std::size_t i) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(character[i]));
  };
  if (character.size() == 1) return byte(0);
  std::uint32_t code = byte(0) & (0x7fU >> character.size());
  for (std::size_t i = 1; i < character.size(); ++i) code = code << 6U | (byte(i) & 0x3fU);
  return code;
}

/// Whether a character does something else than to be seen: controls (C0, DEL, C1), ends of lines, marks of direction,
/// characters without width, tags.
inline bool is_control(std::uint32_t code) noexcept {
  return code < 0x20 || (code >= 0x7f && code <= 0x9f) || code == 0x61c || (code >= 0x200b && code <= 0x200f) ||
         (code >= 0x2028 && code <= 0x202e) || (code >= 0x2060 && code <= 0x206f) || code == 0xfeff ||
         (code >= 0xfff9 && code <= 0xfffb) || (code >= 0xe0000 && code <= 0xe007f);
}

}  // namespace detail

/// A text whose every character can be seen: controls become `\t`, `\n`, `\r`, `\x1b`, marks of direction and the like
/// `\u202e`, bytes that are no UTF-8 `\xff`. The rest stays, backslashes too.
template <class = CompiledWhereUsed>
[[nodiscard]] inline std::string visible_text(std::string_view text) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string result;
  const auto escape = [&result](char letter, std::uint32_t code, unsigned width) {
    (result += '\\') += letter;
    for (unsigned shift = 4 * width; shift > 0; shift -= 4) result += digits[code >> (shift - 4) & 0xfU];
  };
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const std::string_view character = text.substr(0, length == 0 ? 1 : length);
    const std::uint32_t code = detail::code_point(character);
    if (length == 0) {
      escape('x', code, 2);
    } else if (!detail::is_control(code)) {
      result += character;
    } else if (code == '\t' || code == '\n' || code == '\r') {
      (result += '\\') += code == '\t' ? 't' : code == '\n' ? 'n' : 'r';
    } else if (code < 0x80) {
      escape('x', code, 2);
    } else if (code <= 0xffff) {
      escape('u', code, 4);
    } else {
      escape('U', code, 8);
    }
    text.remove_prefix(character.size());
  }
  return result;
}

}  // namespace cardamom
