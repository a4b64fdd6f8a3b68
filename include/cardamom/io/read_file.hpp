/// @file
/// The content of a file: all of its bytes or a piece at a time, and the text in them. What a reader of a further
/// format takes to read with is here.
///
/// Text is UTF-8. A file in UTF-16 that says so by a byte-order mark becomes UTF-8 where it is opened
/// (`text_of_bytes`), so that no reader has to know.
#pragma once

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
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

}  // namespace cardamom
