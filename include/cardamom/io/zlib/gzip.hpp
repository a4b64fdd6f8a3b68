/// @file
/// Files that gzip has compressed, by zlib: a program that includes this header links the target cardamom::zlib.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <zlib.h>

#include <cardamom/core/error.hpp>
#include <cardamom/io/read_file.hpp>

namespace cardamom {

namespace detail {

/// What gzip compressed, unpacked as it is read.
class GzipSource {
 public:
  /// @param packed bytes of the file, of several members, if need be
  /// @param path named in errors
  /// @param largest bytes that the content may have
  GzipSource(ByteSource packed, std::string path, std::uint64_t largest)
      : packed_(std::move(packed)), path_(std::move(path)), largest_(largest), buffer_(std::size_t{1} << 16, '\0') {
    constexpr int gzip_only = 16;  // added to the window's bits: see zlib.h
    if (inflateInit2(&state_, gzip_only + MAX_WBITS) != Z_OK) throw IoError(path_, "cannot be unpacked");
  }
  GzipSource(const GzipSource&) = delete;
  GzipSource& operator=(const GzipSource&) = delete;
  ~GzipSource() { inflateEnd(&state_); }

  /// As a ByteSource.
  /// @throws IoError when the bytes are damaged or truncated, or the content is larger than it may be
  std::size_t read(char* to, std::size_t most) {
    std::size_t size = 0;
    while (size < most && !at_end()) {
      state_.next_out = reinterpret_cast<Bytef*>(to + size);
      const std::size_t room = std::min<std::size_t>(most - size, std::numeric_limits<uInt>::max());
      state_.avail_out = static_cast<uInt>(room);
      const int status = inflate(&state_, Z_NO_FLUSH);
      const std::size_t got = room - state_.avail_out;
      size += got;
      unpacked_ += got;
      if (unpacked_ > largest_) {
        throw IoError(path_, "the file expands to more than " + std::to_string(largest_) +
                                 " bytes, must be at most so many unless a larger bound is asked for");
      }
      whole_ = status == Z_STREAM_END;
      if (whole_) {
        inflateReset(&state_);
      } else if (status != Z_OK && !(status == Z_BUF_ERROR && state_.avail_in == 0)) {
        fail();
      }
    }
    return size;
  }

 private:
  [[noreturn]] void fail() const { throw IoError(path_, "the file is damaged: it cannot be unpacked to its end"); }

  /// Whether all was unpacked; reads on where there is nothing left to unpack.
  bool at_end() {
    if (state_.avail_in > 0) return false;
    const std::size_t got = packed_(buffer_.data(), buffer_.size());
    if (got == 0 && !whole_) fail();
    state_.next_in = reinterpret_cast<Bytef*>(buffer_.data());
    state_.avail_in = static_cast<uInt>(got);
    return got == 0;
  }

  ByteSource packed_;
  std::string path_;
  std::uint64_t largest_;
  std::string buffer_;
  z_stream state_{};
  std::uint64_t unpacked_ = 0;
  bool whole_ = false;  // whether what was unpacked so far ends as a file may
};

/// All of a source.
/// @param expected bytes, if that is known: then memory is not asked for twice
inline std::string read_to_end(const ByteSource& source, std::size_t expected = 0) {
  std::string bytes(expected, '\0');
  std::size_t size = 0;
  for (;;) {
    // Twice as much each time: the total copying stays proportional to the size.
    if (size == bytes.size()) bytes.resize(std::max<std::size_t>(2 * size, std::size_t{1} << 16));
    const std::size_t got = source(bytes.data() + size, bytes.size() - size);
    if (got == 0) break;
    size += got;
  }
  bytes.resize(size);
  return bytes;
}

}  // namespace detail

/// Reads files as they are or, where gzip has compressed them, unpacked: a FileReader that gives their content in
/// pieces, too.
struct GzipFileReader {
  std::uint64_t largest = largest_content;  ///< bytes that the content of a compressed file may have, >= 0

  /// The content of a file in pieces.
  /// @throws IoError, also when called, as `open_bytes`, and when it is damaged, truncated, or its content larger
  ByteSource open(const std::string& path) const {
    ByteSource file = open_bytes(path);
    std::string head(1 << 16, '\0');
    std::size_t size = 0;
    while (size < 2) {
      const std::size_t got = file(head.data() + size, head.size() - size);
      if (got == 0) break;
      size += got;
    }
    head.resize(size);
    const bool packed = is_gzip(head);
    ByteSource whole = [head = std::move(head), taken = std::size_t{0}, file = std::move(file)](
                           char* to, std::size_t most) mutable {
      if (taken == head.size()) return file(to, most);
      const std::size_t got = head.copy(to, most, taken);
      taken += got;
      return got;
    };
    if (!packed) return whole;
    const auto source = std::make_shared<detail::GzipSource>(std::move(whole), path, largest);
    return [source](char* to, std::size_t most) { return source->read(to, most); };
  }

  /// The content of a file of text.
  /// @throws IoError as `read_bytes` and `text_of_bytes`, and when it is damaged, truncated, or its content larger
  std::string operator()(const std::string& path) const {
    std::error_code error;
    const std::uintmax_t stored = std::filesystem::file_size(path, error);
    // A byte more shows whether there is more.
    return text_of_bytes(path, detail::read_to_end(open(path), error ? 0 : static_cast<std::size_t>(stored) + 1));
  }
};

/// The content of a gzip file (of several members, if need be).
/// @param path named in errors
/// @param largest bytes that the content may have, >= 0
/// @throws IoError when the bytes are damaged or truncated, or the content is larger
[[nodiscard]] inline std::string unpack_gzip(const std::string& path, const std::string& packed,
                                             std::uint64_t largest = largest_content) {
  detail::GzipSource source(
      [&packed, taken = std::size_t{0}](char* to, std::size_t most) mutable {
        const std::size_t got = packed.copy(to, most, taken);
        taken += got;
        return got;
      },
      path, largest);
  return detail::read_to_end([&source](char* to, std::size_t most) { return source.read(to, most); });
}

/// The content of a file of text, unpacked when it is compressed.
/// @param largest bytes that the content of a compressed file may have, >= 0
/// @throws IoError as `GzipFileReader`
[[nodiscard]] inline std::string read_gzip_file(const std::string& path, std::uint64_t largest) {
  return GzipFileReader{largest}(path);
}

/// The same for content of at most `largest_content`, as a FileReader that holds it as a whole; one that gives it in
/// pieces, or of another bound, is `GzipFileReader`.
[[nodiscard]] inline std::string read_gzip_file(const std::string& path) {
  return read_gzip_file(path, largest_content);
}

}  // namespace cardamom
