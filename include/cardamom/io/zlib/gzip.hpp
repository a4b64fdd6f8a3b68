/// @file
/// Files that gzip has compressed, by zlib: a program that includes this header links the target cardamom::zlib.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <zlib.h>

#include <cardamom/core/error.hpp>
#include <cardamom/io/text.hpp>

namespace cardamom {

/// The content of a gzip file (of several members, if need be).
/// @param path named in errors
/// @param largest bytes that the content may have, >= 0
/// @throws IoError when the bytes are damaged or truncated, or the content is larger
[[nodiscard]] inline std::string unpack_gzip(const std::string& path, const std::string& packed,
                                             std::uint64_t largest = largest_content) {
  struct Stream {
    z_stream state{};
    bool ready = false;
    ~Stream() {
      if (ready) inflateEnd(&state);
    }
  } stream;
  constexpr int gzip_only = 16;                             // added to the window's bits: see zlib.h
  constexpr std::size_t first_step = std::size_t{1} << 16;  // then doubled, so that the copying stays linear
  if (inflateInit2(&stream.state, gzip_only + MAX_WBITS) != Z_OK) throw IoError(path, "cannot be unpacked");
  stream.ready = true;

  std::string bytes;
  std::size_t taken = 0;
  std::size_t size = 0;
  // A byte more than is allowed is enough to tell that there is more.
  const auto next_size = [&](std::size_t reached) {
    const std::size_t doubled = std::max(2 * reached, first_step);
    return doubled > largest ? std::max(static_cast<std::size_t>(largest), reached) + 1 : doubled;
  };
  constexpr std::size_t largest_step = std::numeric_limits<uInt>::max();
  while (taken < packed.size()) {
    if (size == bytes.size()) bytes.resize(next_size(size));
    const std::size_t in = std::min(packed.size() - taken, largest_step);
    const std::size_t out = std::min(bytes.size() - size, largest_step);
    stream.state.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data() + taken));
    stream.state.avail_in = static_cast<uInt>(in);
    stream.state.next_out = reinterpret_cast<Bytef*>(bytes.data() + size);
    stream.state.avail_out = static_cast<uInt>(out);
    const int status = inflate(&stream.state, Z_NO_FLUSH);
    taken += in - stream.state.avail_in;
    size += out - stream.state.avail_out;
    if (size > largest) {
      throw IoError(path, "the file expands to more than " + std::to_string(largest) +
                              " bytes, must be at most so many unless a larger bound is asked for");
    }
    if (status == Z_STREAM_END) {
      if (taken == packed.size()) {
        bytes.resize(size);
        return bytes;
      }
      inflateReset(&stream.state);
    } else if (status != Z_OK || (stream.state.avail_in == in && stream.state.avail_out == out)) {
      break;
    }
  }
  throw IoError(path, "the file is damaged: it cannot be unpacked to its end");
}

/// The content of a file, unpacked when it is compressed.
/// @param largest bytes that the content of a compressed file may have, >= 0
/// @throws IoError as `read_bytes` and `unpack_gzip`
[[nodiscard]] inline std::string read_gzip_file(const std::string& path, std::uint64_t largest) {
  std::string bytes = read_bytes(path);
  return is_gzip(bytes) ? unpack_gzip(path, bytes, largest) : bytes;
}

/// The same for content of at most `largest_content`: a FileReader. One of another bound is a function that calls the
/// above.
[[nodiscard]] inline std::string read_gzip_file(const std::string& path) {
  return read_gzip_file(path, largest_content);
}

}  // namespace cardamom
