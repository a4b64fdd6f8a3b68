/// @file
/// Reading text files: the whole file at once, its lines, the fields of a line, numbers, and messages about them. What
/// a reader of a further format needs is here.
///
/// Text is UTF-8. A file in UTF-16 that says so by a byte-order mark becomes UTF-8 where it is opened
/// (`text_of_bytes`), so that no reader has to know.
#pragma once

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/table_field.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/core/visible_text.hpp>

namespace cardamom {

/// Closes a C file: the deleter of `FileHandle`.
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
  // As much as there is, and a byte that shows whether there is more: memory for a large file is not asked for twice.
  std::error_code none;
  const std::uintmax_t known = std::filesystem::file_size(path, none);
  if (!none && known < bytes.max_size()) bytes.resize(static_cast<std::size_t>(known) + 1);
  for (;;) {
    // Twice as much each time: the total copying stays proportional to the size.
    if (size == bytes.size()) bytes.resize(size + std::max(size, first_step));
    size += std::fread(bytes.data() + size, 1, bytes.size() - size, file.get());
    if (size < bytes.size()) break;  // at the end, or at an error
  }
  if (std::ferror(file.get()) != 0) throw IoError(path, "cannot be read: " + system_message(errno));
  bytes.resize(size);
  return bytes;
}

/// What compressed content may expand to unless its reader is told otherwise [bytes]: small files can be made that ask
/// for all of the memory (8 GiB).
inline constexpr std::uint64_t largest_content = std::uint64_t{1} << 33;

/// The bytes of a file one after the other: puts up to `most` of them to a place and returns how many, 0 at the end.
using ByteSource = std::function<std::size_t(char* to, std::size_t most)>;

/// The bytes of a file, a pipe or a device, as they are, in pieces.
/// @throws IoError, also when called, when it cannot be opened or read
[[nodiscard]] inline ByteSource open_bytes(const std::string& path) {
  std::shared_ptr<std::FILE> file(std::fopen(path.c_str(), "rb"), [](std::FILE* opened) {
    if (opened != nullptr) std::fclose(opened);
  });
  if (!file) throw IoError(path, "cannot be opened: " + system_message(errno));
  return [file = std::move(file), path](char* to, std::size_t most) {
    const std::size_t got = std::fread(to, 1, most, file.get());
    if (got == 0 && std::ferror(file.get()) != 0) throw IoError(path, "cannot be read: " + system_message(errno));
    return got;
  };
}

[[nodiscard]] inline std::string read_plain_file(const std::string& path);

/// How readers get the content of a file: any function that returns it or throws IoError. The readers of text take one,
/// by default `read_plain_file`; `read_gzip_file` (zlib/gzip.hpp) reads compressed files as well.
///
/// Readers of large tables take the content in pieces, as `read_plain_file` gives it, and a function object with a
/// member `open(path)` that returns a ByteSource, as `GzipFileReader`; that of other functions is in memory as a whole.
class FileReader {
 public:
  FileReader(std::string (*read)(const std::string& path));
  template <class Read>
  requires std::is_class_v<Read> &&(!std::is_same_v<Read, FileReader>)FileReader(Read read) : read_(read) {
    if constexpr (requires(const std::string& path) { read.open(path); }) {
      open_ = [read](const std::string& path) { return read.open(path); };
    }
  }

  /// The content of a file.
  std::string operator()(const std::string& path) const { return read_(path); }
  /// The same in pieces.
  ByteSource open(const std::string& path) const {
    if (open_) return open_(path);
    return [content = read_(path), taken = std::size_t{0}](char* to, std::size_t most) mutable {
      const std::size_t got = content.copy(to, most, taken);
      taken += got;
      return got;
    };
  }

 private:
  std::function<std::string(const std::string&)> read_;
  std::function<ByteSource(const std::string&)> open_ = {};
};

/// Whether bytes are the beginning of a file that gzip has compressed.
template <class = CompiledWhereUsed>
[[nodiscard]] inline bool is_gzip(std::string_view bytes) noexcept {
  return bytes.substr(0, 2) == "\x1f\x8b";
}

namespace detail {

[[noreturn]] inline void refuse_compressed(const std::string& path) {
  throw IoError(path, "the file is compressed, and is read here without zlib: unpack it by gunzip first");
}

}  // namespace detail

namespace detail {

/// Appends a code point as UTF-8.
inline void append_utf8(std::string& text, std::uint32_t code) {
  const auto byte = [&text](std::uint32_t value) { text += static_cast<char>(static_cast<unsigned char>(value)); };
  if (code < 0x80) return byte(code);
  if (code < 0x800) {
    byte(0xc0 | (code >> 6));
  } else {
    if (code < 0x10000) {
      byte(0xe0 | (code >> 12));
    } else {
      byte(0xf0 | (code >> 18));
      byte(0x80 | ((code >> 12) & 0x3f));
    }
    byte(0x80 | ((code >> 6) & 0x3f));
  }
  byte(0x80 | (code & 0x3f));
}

/// UTF-16 after its byte-order mark, as UTF-8.
template <class = CompiledWhereUsed>
inline std::string utf8_of_utf16(const std::string& path, std::string_view bytes, bool little_endian) {
  if (bytes.size() % 2 != 0) throw IoError(path, "the file is text in UTF-16, but ends within a character");
  const auto unit = [&](std::size_t at) {
    const auto first = static_cast<unsigned char>(bytes[at]);
    const auto second = static_cast<unsigned char>(bytes[at + 1]);
    return static_cast<std::uint32_t>(little_endian ? first | second << 8 : first << 8 | second);
  };
  std::string text;
  text.reserve(bytes.size() / 2);
  for (std::size_t at = 0; at < bytes.size(); at += 2) {
    std::uint32_t code = unit(at);
    if (code >= 0xd800 && code < 0xe000) {  // the first of two, or an error
      const std::uint32_t low = code < 0xdc00 && at + 3 < bytes.size() ? unit(at + 2) : 0;
      if (low < 0xdc00 || low >= 0xe000) {
        throw IoError(path, "the file is text in UTF-16, but half of a character is missing");
      }
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
      at += 2;
    }
    append_utf8(text, code);
  }
  return text;
}

}  // namespace detail

/// The text in the bytes of a file: UTF-16 by its byte-order mark becomes UTF-8, all else stays.
/// @throws IoError where a NUL among the first bytes shows another encoding, or no text at all
template <class = CompiledWhereUsed>
[[nodiscard]] inline std::string text_of_bytes(const std::string& path, std::string bytes) {
  constexpr std::size_t looked_at = 64;  // two titles and more, and what a header of a binary file holds
  const std::string_view all = bytes;
  const std::string_view mark = all.substr(0, 4);
  const std::string advice = ": save it as UTF-8, or as UTF-16 with a byte-order mark";
  if (mark == std::string_view("\xff\xfe\0\0", 4) || mark == std::string_view("\0\0\xfe\xff", 4)) {
    throw IoError(path, "the file is text in UTF-32, which is not read" + advice);
  }
  if (mark.substr(0, 2) == "\xff\xfe") return detail::utf8_of_utf16(path, all.substr(2), true);
  if (mark.substr(0, 2) == "\xfe\xff") return detail::utf8_of_utf16(path, all.substr(2), false);
  const std::string_view head = all.substr(0, looked_at);
  if (head.find('\0') == std::string_view::npos) return bytes;
  // Text of Latin letters, digits and separators has a NUL in every other byte of UTF-16.
  bool even = true;
  bool odd = true;
  for (std::size_t at = 0; at < head.size(); ++at) {
    bool& half = at % 2 == 0 ? even : odd;
    half = half && head[at] == '\0';
  }
  if (even != odd && head.size() > 1) {
    throw IoError(path, std::string("the file is text in UTF-16") + (odd ? "LE" : "BE") +
                            ", it seems, but has no byte-order mark" + advice);
  }
  throw IoError(path, "the file is binary, must be text in UTF-8, or in UTF-16 with a byte-order mark");
}

/// The content of a file of text that is not compressed.
/// @throws IoError as `read_bytes` and `text_of_bytes`, and on a compressed file
[[nodiscard]] inline std::string read_plain_file(const std::string& path) {
  std::string bytes = read_bytes(path);
  if (is_gzip(bytes)) detail::refuse_compressed(path);
  return text_of_bytes(path, std::move(bytes));
}

inline FileReader::FileReader(std::string (*read)(const std::string& path)) : read_(read) {
  if (read != read_plain_file) return;
  open_ = [](const std::string& path) -> ByteSource {
    return [source = open_bytes(path), path, first = true](char* to, std::size_t most) mutable {
      const std::size_t got = source(to, most);
      if (std::exchange(first, false) && is_gzip({to, got})) detail::refuse_compressed(path);
      return got;
    };
  };
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

/// The lines of a text without their ends (LF, CR LF or CR) and trailing blanks; a byte-order mark and empty lines at
/// the end are dropped. The text must outlive it.
class TextLines {
 public:
  template <class = CompiledWhereUsed>
  explicit TextLines(std::string_view text) : rest_(text) {
    if (rest_.substr(0, 3) == "\xef\xbb\xbf") rest_.remove_prefix(3);
    // The blanks of the last line that is not empty stay, since tabs may separate.
    const std::size_t last = rest_.find_last_not_of(" \t\r\n");
    rest_ = last == std::string_view::npos ? std::string_view() : rest_.substr(0, rest_.find_first_of("\r\n", last));
    for (std::size_t at = rest_.find('\r'); at != std::string_view::npos && !bare_returns_;
         at = rest_.find('\r', at + 1)) {
      bare_returns_ = rest_.substr(at + 1, 1) != "\n";
    }
  }

  /// Moves to the next line; false at the end.
  template <class = CompiledWhereUsed>
  bool next() noexcept {
    if (rest_.empty()) return false;
    begin_ = rest_.data();
    take_line();
    return true;
  }

  /// Adds the next line to the current one, with the line end between them, as a field in quotes may hold it; false at
  /// the end.
  template <class = CompiledWhereUsed>
  bool extend() noexcept {
    if (rest_.empty()) return false;
    take_line();
    return true;
  }

  /// The current line.
  std::string_view line() const noexcept { return trim_right(whole_); }
  /// The current line with the blanks at its end, tabs among them.
  std::string_view whole() const noexcept { return whole_; }
  /// The number of the current line, its last one where there are several; the first is 1.
  Index number() const noexcept { return number_; }

 private:
  void take_line() noexcept {
    // The usual way is the fast one: only text with a CR that is no part of CR LF is searched for either.
    const std::size_t end = bare_returns_ ? rest_.find_first_of("\r\n") : rest_.find('\n');
    const char* const last = end == std::string_view::npos ? rest_.data() + rest_.size() : rest_.data() + end;
    whole_ = {begin_, static_cast<std::size_t>(last - begin_)};
    if (!whole_.empty() && whole_.back() == '\r') whole_.remove_suffix(1);
    std::size_t step = end == std::string_view::npos ? rest_.size() : end + 1;
    if (bare_returns_ && rest_.substr(end == std::string_view::npos ? rest_.size() : end, 2) == "\r\n") ++step;
    rest_.remove_prefix(step);
    ++number_;
  }

  std::string_view rest_;
  std::string_view whole_;
  const char* begin_ = nullptr;
  bool bare_returns_ = false;
  Index number_ = 0;
};

/// The lines of a file that is read in pieces, without their ends (LF or CR LF) and trailing blanks. What is in memory
/// is one piece, and no less than one line.
class PiecewiseLines {
 public:
  explicit PiecewiseLines(ByteSource source) : source_(std::move(source)), bytes_(piece, '\0') {}

  /// Moves to the next line; false at the end.
  bool next() {
    const char* end = find_end(begin_);
    while (end == nullptr && !done_) {
      const std::size_t searched = size_ - begin_;
      fill();
      end = find_end(begin_ + searched);
    }
    if (end == nullptr && begin_ == size_) return false;
    const char* const from = bytes_.data() + begin_;
    const std::size_t length = end != nullptr ? static_cast<std::size_t>(end - from) : size_ - begin_;
    begin_ += length + (end != nullptr ? 1 : 0);
    line_ = trim_right({from, length});
    ++number_;
    return true;
  }

  /// The current line, as long as it is the current one.
  std::string_view line() const noexcept { return line_; }
  /// The number of the current line; the first is 1.
  Index number() const noexcept { return number_; }

 private:
  static constexpr std::size_t piece = std::size_t{1} << 18;

  const char* find_end(std::size_t from) const {
    return static_cast<const char*>(std::memchr(bytes_.data() + from, '\n', size_ - from));
  }
  /// More of the file after what is left.
  void fill() {
    std::copy(bytes_.begin() + static_cast<std::ptrdiff_t>(begin_), bytes_.begin() + static_cast<std::ptrdiff_t>(size_),
              bytes_.begin());
    size_ -= begin_;
    begin_ = 0;
    if (size_ == bytes_.size()) bytes_.resize(2 * size_);
    const std::size_t got = source_(bytes_.data() + size_, bytes_.size() - size_);
    size_ += got;
    done_ = got == 0;
  }

  ByteSource source_;
  std::string bytes_;
  std::size_t begin_ = 0;  // of the next line
  std::size_t size_ = 0;   // bytes that were read
  bool done_ = false;
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
