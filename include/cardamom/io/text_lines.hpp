/// @file
/// The lines of a text, and those of a file that is read in pieces.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/io/read_file.hpp>
#include <cardamom/io/text.hpp>

namespace cardamom {

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

}  // namespace cardamom
