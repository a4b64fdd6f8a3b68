/// @file
/// Reading text files: the whole file at once, its lines, the fields of a line, numbers, and messages about them. What
/// a reader of a further format needs is here.
#pragma once

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/table_field.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/core/visible_text.hpp>

namespace cardamom {

struct CloseFile {
  void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};
/// An open C file, closed at the end of its life.
using FileHandle = std::unique_ptr<std::FILE, CloseFile>;

/// What the system says about an error number (`errno`).
[[nodiscard]] inline std::string system_message(int code) { return std::generic_category().message(code); }

/// All bytes of a file, a pipe or a device, as they are.
/// @throws IoError when it cannot be opened or read
template <class = CompiledWhereUsed>
[[nodiscard]] inline std::string read_bytes(const std::string& path) {
  const FileHandle file(std::fopen(path.c_str(), "rb"));
  if (!file) throw IoError(path, "cannot be opened: " + system_message(errno));
  constexpr std::size_t first_step = std::size_t{1} << 16;  // the capacity of a pipe
  std::string bytes;
  std::size_t size = 0;
  for (;;) {
    // Twice as much each time: the total copying stays proportional to the size.
    bytes.resize(size + std::max(size, first_step));
    const std::size_t got = std::fread(bytes.data() + size, 1, bytes.size() - size, file.get());
    size += got;
    if (got == 0) break;
  }
  if (std::ferror(file.get()) != 0) throw IoError(path, "cannot be read: " + system_message(errno));
  bytes.resize(size);
  return bytes;
}

/// What compressed content may expand to unless its reader is told otherwise [bytes]: small files can be made that ask
/// for all of the memory (8 GiB).
inline constexpr std::uint64_t largest_content = std::uint64_t{1} << 33;

/// How readers get the content of a file: any function that returns it or throws IoError. The readers of text take one,
/// by default `read_plain_file`; `read_gzip_file` (zlib/gzip.hpp) reads compressed files as well.
using FileReader = std::string (*)(const std::string& path);

/// Whether bytes are the beginning of a file that gzip has compressed.
template <class = CompiledWhereUsed>
[[nodiscard]] inline bool is_gzip(std::string_view bytes) noexcept {
  return bytes.substr(0, 2) == "\x1f\x8b";
}

/// The content of a file that is not compressed.
/// @throws IoError as `read_bytes`, and on a compressed file
[[nodiscard]] inline std::string read_plain_file(const std::string& path) {
  std::string bytes = read_bytes(path);
  if (is_gzip(bytes)) {
    throw IoError(path, "the file is compressed, and is read here without zlib: unpack it by gunzip first");
  }
  return bytes;
}

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

/// The lines of a text without their ends (LF or CR LF) and trailing blanks; a byte-order mark and empty lines at the
/// end are dropped. The text must outlive it.
class TextLines {
 public:
  template <class = CompiledWhereUsed>
  explicit TextLines(std::string_view text) : rest_(text) {
    if (rest_.substr(0, 3) == "\xef\xbb\xbf") rest_.remove_prefix(3);
    while (!rest_.empty() && (is_blank(rest_.back()) || rest_.back() == '\r' || rest_.back() == '\n')) {
      rest_.remove_suffix(1);
    }
  }

  /// Moves to the next line; false at the end.
  template <class = CompiledWhereUsed>
  bool next() noexcept {
    if (rest_.empty()) return false;
    const std::size_t end = rest_.find('\n');
    line_ = trim_right(rest_.substr(0, end));
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    ++number_;
    return true;
  }

  /// Adds the next lines to the current one, up to the one in which the text at `until` is.
  template <class = CompiledWhereUsed>
  void extend(const char* until) noexcept {
    while (!rest_.empty() && until >= rest_.data()) {
      const std::size_t end = std::min(rest_.find('\n'), rest_.size());
      line_ = trim_right({line_.data(), static_cast<std::size_t>(rest_.data() + end - line_.data())});
      rest_.remove_prefix(std::min(end + 1, rest_.size()));
      ++number_;
    }
  }

  /// The current line.
  std::string_view line() const noexcept { return line_; }
  /// The number of the current line; the first is 1.
  Index number() const noexcept { return number_; }
  /// What comes after the current line.
  std::string_view rest() const noexcept { return rest_; }

 private:
  std::string_view rest_;
  std::string_view line_;
  Index number_ = 0;
};

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
/// so that an empty field shows. Quotes around a whole field are dropped, and separators between them are text; quotes
/// between them are doubled (RFC 4180), which `text` undoes.
class LineFields {
 public:
  template <class = CompiledWhereUsed>
  explicit LineFields(std::string_view line) noexcept : LineFields(line, natural_separator(line)) {}
  template <class = CompiledWhereUsed>
  LineFields(std::string_view line, char separator) noexcept
      : at_(line.data()), end_(line.data() + line.size()), separator_(separator), done_(line.empty()) {}

  /// Moves to the next field; false at the end.
  template <class = CompiledWhereUsed>
  bool next(std::string_view& field) noexcept {
    if (done_) return false;
    while (at_ != end_ && *at_ == ' ') ++at_;
    const char* const begin = at_;
    doubled_ = false;
    if (at_ != end_ && *at_ == '"') skip_quoted();
    while (at_ != end_ && *at_ != separator_) ++at_;
    const char* last = at_;
    while (last != begin && last[-1] == ' ') --last;
    field = {begin, static_cast<std::size_t>(last - begin)};
    field_ = field;
    if (field.size() > 1 && field.front() == '"' && field.back() == '"') field = field.substr(1, field.size() - 2);
    if (at_ == end_) {
      done_ = true;
    } else {
      ++at_;
    }
    ++column_;
    return true;
  }

  /// Whether the current field is in quotes and quotes within are doubled.
  bool doubled() const noexcept { return doubled_; }
  /// What the current field says.
  [[nodiscard]] std::string text() const {
    if (doubled_) return unquoted(field_);
    const bool quoted = field_.size() > 1 && field_.front() == '"' && field_.back() == '"';
    return std::string(quoted ? field_.substr(1, field_.size() - 2) : field_);
  }

  /// The number of the current field; the first is 1.
  Index column() const noexcept { return column_; }

 private:
  /// Moves from an opening quote to the closing one, where that ends the field.
  template <class = CompiledWhereUsed>
  void skip_quoted() noexcept {
    bool doubled = false;
    const char* const close = detail::closing_quote(at_ + 1, end_, doubled);
    if (close == end_) return;
    const char* after = close + 1;
    while (after != end_ && *after == ' ') ++after;
    if (after != end_ && *after != separator_ && separator_ != ' ') return;
    at_ = close;
    doubled_ = doubled;
  }

  const char* at_;
  const char* end_;
  char separator_;
  bool done_;
  bool doubled_ = false;
  Index column_ = 0;
  std::string_view field_;
};

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
