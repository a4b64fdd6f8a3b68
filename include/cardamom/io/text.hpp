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
#include <cstring>
#include <filesystem>
#include <functional>
#include <memory>
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

[[nodiscard]] std::string read_plain_file(const std::string& path);

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

/// The content of a file that is not compressed.
/// @throws IoError as `read_bytes`, and on a compressed file
[[nodiscard]] inline std::string read_plain_file(const std::string& path) {
  std::string bytes = read_bytes(path);
  if (is_gzip(bytes)) detail::refuse_compressed(path);
  return bytes;
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

  /// Moves to the next field where that is a whole number of at most 15 digits and nothing else: as `next` and
  /// `parse_whole` do, in less time. False, and no move, where it is anything else or the end.
  template <class = CompiledWhereUsed>
  bool next_whole(Index& value) noexcept {
    constexpr std::ptrdiff_t most = 15;
    const char* at = at_;
    Index sum = 0;
    while (at != end_ && *at >= '0' && *at <= '9' && at - at_ < most) sum = 10 * sum + (*at++ - '0');
    if (done_ || at == at_ || (at != end_ && *at != separator_)) return false;
    done_ = at == end_;
    at_ = done_ ? at : at + 1;
    ++column_;
    value = sum;
    return true;
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
