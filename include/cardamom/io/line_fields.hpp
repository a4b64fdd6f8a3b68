/// @file
/// The fields of a line of text.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/table_field.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom {

/// What separates the fields of a line: a tab where there is one, else a comma, else runs of spaces, ' '.
template <class = CompiledWhereUsed>
[[nodiscard]] inline char natural_separator(std::string_view line) noexcept {
  if (line.find('\t') != std::string_view::npos) return '\t';
  return line.find(',') != std::string_view::npos ? ',' : ' ';
}

namespace detail {

/// The first quote that is not doubled, or `end`.
/// @param doubled set where there are doubled ones before
template <class = CompiledWhereUsed>
inline const char* closing_quote(const char* at, const char* end, bool& doubled) noexcept {
  for (;;) {
    at = std::find(at, end, '"');
    if (at == end || at + 1 == end || at[1] != '"') return at;
    doubled = true;
    at += 2;
  }
}

}  // namespace detail

/// The fields of one line, by default between its natural separators. Tabs, commas and semicolons are each a separator,
/// so that an empty field shows. Quotes around a whole field are dropped, and separators between them are text, as
/// RFC 4180 has it; a quote inside of a field is a letter like others.
class LineFields {
 public:
  template <class = CompiledWhereUsed>
  explicit LineFields(std::string_view line) noexcept : LineFields(line, natural_separator(line)) {}
  template <class = CompiledWhereUsed>
  LineFields(std::string_view line, char separator) noexcept
      : at_(line.data()), end_(line.data() + line.size()), separator_(separator), done_(line.empty()) {}

  /// Moves to the next field; false at the end. A quote in a field in quotes is doubled: see `text`.
  template <class = CompiledWhereUsed>
  bool next(std::string_view& field) noexcept {
    if (done_) return false;
    while (at_ != end_ && *at_ == ' ') ++at_;
    const char* const begin = at_;
    quoted_ = at_ != end_ && *at_ == '"' && skip_quoted();
    while (at_ != end_ && *at_ != separator_) ++at_;
    const char* last = at_;
    while (last != begin && last[-1] == ' ') --last;
    field = {begin, static_cast<std::size_t>(last - begin)};
    quoted_ = quoted_ && field.size() > 1 && field.back() == '"';
    field_ = field;
    if (quoted_) field = field.substr(1, field.size() - 2);
    if (at_ == end_) {
      done_ = true;
    } else {
      ++at_;
    }
    ++column_;
    return true;
  }

  /// The current field as it is meant: of doubled quotes between quotes one is left.
  template <class = CompiledWhereUsed>
  std::string text() const {
    return quoted_ ? unquoted(field_) : std::string(field_);
  }
  /// Whether quotes of the current field are doubled, so that `text` differs from the field.
  bool doubled() const noexcept { return quoted_ && field_.find('"', 1) + 1 != field_.size(); }
  /// Whether a quote was opened, and not closed in this line.
  bool open() const noexcept { return open_; }

  /// Moves through fields as long as they are whole numbers of at most 15 digits and nothing else, and there is room:
  /// as `next` and `parse_whole` do, in less time.
  /// @return how many there are, 0 also at the end
  template <class = CompiledWhereUsed>
  std::size_t next_wholes(std::span<double> to) noexcept {
    constexpr std::ptrdiff_t most = 15;
    const char* const end = end_;
    const char separator = separator_;
    const char* begin = at_;
    bool done = done_;
    std::size_t count = 0;
    while (count < to.size() && !done) {
      const char* at = begin;
      Index sum = 0;
      while (at != end && *at >= '0' && *at <= '9' && at - begin < most) sum = 10 * sum + (*at++ - '0');
      if (at == begin || (at != end && *at != separator)) break;
      to[count++] = static_cast<double>(sum);
      done = at == end;
      begin = done ? at : at + 1;
    }
    if (count > 0) quoted_ = false;
    at_ = begin;
    done_ = done;
    column_ += static_cast<Index>(count);
    return count;
  }

  /// The number of the current field; the first is 1.
  Index column() const noexcept { return column_; }

 private:
  /// Moves from an opening quote to the closing one, where that ends the field.
  template <class = CompiledWhereUsed>
  bool skip_quoted() noexcept {
    bool doubled = false;
    const char* const close = detail::closing_quote(at_ + 1, end_, doubled);
    if (close == end_) {
      open_ = true;
      return false;
    }
    const char* after = close + 1;
    while (after != end_ && *after == ' ') ++after;
    const bool closes = after == end_ || *after == separator_ || separator_ == ' ';
    if (closes) at_ = close;
    return closes;
  }

  const char* at_;
  const char* end_;
  std::string_view field_;
  char separator_;
  bool done_;
  bool quoted_ = false;
  bool open_ = false;
  Index column_ = 0;
};

}  // namespace cardamom
