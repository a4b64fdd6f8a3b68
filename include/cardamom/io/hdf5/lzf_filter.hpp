/// @file
/// Reading datasets that are compressed by LZF, the quick compression of h5py, which the HDF5 library does not bring
/// along: a filter of number 32000 for the library, which expands and does not compress. A program that includes this
/// header links the target cardamom::hdf5.
///
/// An LZF stream (Marc Lehmann's LibLZF) is a row of instructions, each of which begins with a byte c:
///
/// | c | instruction |
/// | --- | --- |
/// | 0 … 31 | c + 1 bytes follow that stand for themselves |
/// | 32 … 223 | repeat (c >> 5) + 2 bytes that begin 256 (c & 31) + b + 1 before, b being the byte that follows |
/// | 224 … 255 | the same of 9 + a bytes, a being the byte that follows, and b the one after it |
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <hdf5.h>
#include <utility>

namespace cardamom::detail {

/// The number under which The HDF Group registered the filter.
inline constexpr H5Z_filter_t lzf_filter = 32000;

/// Bytes that a stream may expand to for each of its own: 264 for an instruction of three.
inline constexpr std::size_t largest_lzf_expansion = 88;

/// Expands an LZF stream.
/// @param room bytes that fit into `out`
/// @return bytes written; 0 where the stream is damaged, or longer than the room
inline std::size_t expand_lzf(const unsigned char* in, std::size_t size, unsigned char* out,
                              std::size_t room) noexcept {
  const unsigned char* const end = in + size;
  std::size_t filled = 0;
  while (in != end) {
    const std::size_t control = *in++;
    if (control < 32) {
      const std::size_t length = control + 1;
      if (static_cast<std::size_t>(end - in) < length || room - filled < length) return 0;
      std::memcpy(out + filled, in, length);
      in += length;
      filled += length;
      continue;
    }
    std::size_t length = (control >> 5) + 2;
    if (length == 9 && in != end) length += *in++;
    if (in == end) return 0;
    const std::size_t distance = ((control & 31) << 8) + *in++ + 1;
    if (distance > filled || room - filled < length) return 0;
    // Byte by byte where what is repeated reaches into itself.
    unsigned char* const to = out + filled;
    if (distance >= length) {
      std::memcpy(to, to - distance, length);
    } else {
      for (std::size_t k = 0; k < length; ++k) to[k] = (to - distance)[k];
    }
    filled += length;
  }
  return filled;
}

/// HDF5 does not tell its filters how many bytes it will take from their results, and takes them even where a damaged
/// stream gives fewer. While this lives, chunks that the thread reads must expand to so many bytes.
class ExpectedChunk {
 public:
  explicit ExpectedChunk(std::size_t bytes) noexcept : before_(std::exchange(bytes_, bytes)) {}
  ExpectedChunk(const ExpectedChunk&) = delete;
  ExpectedChunk& operator=(const ExpectedChunk&) = delete;
  ~ExpectedChunk() { bytes_ = before_; }

  /// 0: not known.
  static std::size_t bytes() noexcept { return bytes_; }

 private:
  static inline thread_local std::size_t bytes_ = 0;
  std::size_t before_;
};

/// The filter as HDF5 calls it: replaces the bytes of a chunk by what they expand to. h5py stores the size of chunks as
/// the third of the filter's parameters, but not of those of text.
/// @return bytes of the result; 0: failed
inline std::size_t lzf_filter_function(unsigned flags, std::size_t parameters, const unsigned* parameter,
                                       std::size_t size, std::size_t* allocated, void** buffer) noexcept {
  if ((flags & H5Z_FLAG_REVERSE) == 0 || size == 0) return 0;
  constexpr std::size_t checksum = 4;  // another filter may have put it after the chunk
  const std::size_t expected = ExpectedChunk::bytes();
  const std::size_t most = size * largest_lzf_expansion;
  if (expected > most) return 0;
  const bool stated = parameters > 2 && parameter[2] != 0;
  const std::size_t room = expected != 0 ? expected + checksum
                           : stated      ? std::min<std::size_t>(parameter[2], most)
                                         : most;
  void* const expanded = H5allocate_memory(room, false);
  if (expanded == nullptr) return 0;
  const std::size_t filled =
      expand_lzf(static_cast<const unsigned char*>(*buffer), size, static_cast<unsigned char*>(expanded), room);
  if (filled == 0 || filled < expected) {
    H5free_memory(expanded);
    return 0;
  }
  H5free_memory(*buffer);
  *buffer = expanded;
  *allocated = room;
  return filled;
}

/// Makes the filter known to the HDF5 library of this program, unless it has one, of a plugin perhaps.
inline void provide_lzf_filter() {
  if (H5Zfilter_avail(lzf_filter) > 0) return;
  const H5Z_class2_t filter{H5Z_CLASS_T_VERS, lzf_filter, 0, 1, "lzf", nullptr, nullptr, lzf_filter_function};
  H5Zregister(&filter);
}

}  // namespace cardamom::detail
