/// @file
/// Unpacking of gzip files, by zlib where CARDAMOM_WITH_ZLIB is defined (for the whole program, which links zlib).
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <string>

#include <cardamom/core/error.hpp>

#ifdef CARDAMOM_WITH_ZLIB
#include <zlib.h>
#endif

namespace cardamom::detail {

#ifdef CARDAMOM_WITH_ZLIB

/// The content of a gzip file (of several members, if need be).
/// @param path named in errors
/// @throws IoError when the bytes are damaged or truncated
inline std::string unpack_gzip(const std::string& path, const std::string& packed) {
  struct Stream {
    z_stream state{};
    bool ready = false;
    ~Stream() {
      if (ready) inflateEnd(&state);
    }
  } stream;
  constexpr int gzip_only = 16;
  if (inflateInit2(&stream.state, gzip_only + MAX_WBITS) != Z_OK) throw IoError(path, "cannot be unpacked");
  stream.ready = true;

  std::string bytes;
  std::size_t taken = 0;
  std::size_t size = 0;
  constexpr std::size_t largest_step = std::numeric_limits<uInt>::max();
  while (taken < packed.size()) {
    if (size == bytes.size()) bytes.resize(std::max<std::size_t>(2 * size, std::size_t{1} << 16));
    const std::size_t in = std::min(packed.size() - taken, largest_step);
    const std::size_t out = std::min(bytes.size() - size, largest_step);
    stream.state.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data() + taken));
    stream.state.avail_in = static_cast<uInt>(in);
    stream.state.next_out = reinterpret_cast<Bytef*>(bytes.data() + size);
    stream.state.avail_out = static_cast<uInt>(out);
    const int status = inflate(&stream.state, Z_NO_FLUSH);
    taken += in - stream.state.avail_in;
    size += out - stream.state.avail_out;
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

#else

[[noreturn]] inline std::string unpack_gzip(const std::string& path, const std::string&) {
  throw IoError(path, "the file is compressed, and this program was built without zlib: unpack it by gunzip first");
}

#endif

}  // namespace cardamom::detail
