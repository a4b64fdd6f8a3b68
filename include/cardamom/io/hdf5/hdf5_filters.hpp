/// @file
/// The filters by which datasets of HDF5 are stored. A program that includes this header links the target
/// cardamom::hdf5.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <hdf5.h>
#include <string>
#include <utility>
#include <vector>

#include <cardamom/io/hdf5/hdf5_handle.hpp>
#include <cardamom/io/hdf5/lzf_filter.hpp>
#include <cardamom/io/text.hpp>

namespace cardamom::detail {

/// A step by which the values of a dataset are stored.
struct Hdf5Filter {
  H5Z_filter_t number;
  std::string name;
};

/// All of them, in their order.
/// @param layout how a dataset was created
inline std::vector<Hdf5Filter> hdf5_filters(hid_t layout) {
  std::vector<Hdf5Filter> result;
  const int count = layout >= 0 ? H5Pget_nfilters(layout) : 0;
  for (int k = 0; k < count; ++k) {
    unsigned flags = 0;
    std::size_t parameters = 0;
    std::string name(64, '\0');
    const H5Z_filter_t number = H5Pget_filter2(layout, static_cast<unsigned>(k), &flags, &parameters, nullptr,
                                               name.size(), name.data(), nullptr);
    name.resize(std::min(name.find('\0'), name.size()));
    result.push_back({number, std::move(name)});
  }
  return result;
}

/// Whether others are among them than shuffling, checksums and one deflation or LZF.
inline bool has_other_filters(hid_t layout) {
  int compressions = 0;
  for (const Hdf5Filter& filter : hdf5_filters(layout)) {
    const bool compresses = filter.number == H5Z_FILTER_DEFLATE || filter.number == lzf_filter;
    if (compresses) ++compressions;
    if (!compresses && filter.number != H5Z_FILTER_SHUFFLE && filter.number != H5Z_FILTER_FLETCHER32) return true;
  }
  return compressions > 1;
}

/// Bytes of a chunk once it is expanded; 0 where a dataset has none.
inline std::size_t chunk_bytes(hid_t set) {
  const Hdf5Handle layout(H5Dget_create_plist(set), H5Pclose);
  std::array<hsize_t, H5S_MAX_RANK> sizes{};
  const int dimensions = H5Pget_layout(layout) == H5D_CHUNKED ? H5Pget_chunk(layout, H5S_MAX_RANK, sizes.data()) : 0;
  if (dimensions <= 0) return 0;
  const Hdf5Handle type(H5Dget_type(set), H5Tclose);
  std::size_t bytes = H5Tget_size(type);
  if (H5Tis_variable_str(type) > 0) {
    // In the file: its length, and where it is, an address and a number.
    const Hdf5Handle file(H5Iget_file_id(set), H5Fclose);
    const Hdf5Handle creation(H5Fget_create_plist(file), H5Pclose);
    std::size_t address = 0;
    std::size_t length = 0;
    H5Pget_sizes(creation, &address, &length);
    bytes = 2 * sizeof(std::uint32_t) + address;
  }
  for (int d = 0; d < dimensions; ++d) bytes *= static_cast<std::size_t>(sizes[static_cast<std::size_t>(d)]);
  return bytes;
}

/// The name by which people know a filter.
inline std::string filter_name(const Hdf5Filter& filter) {
  constexpr std::pair<H5Z_filter_t, const char*> known[] = {{4, "szip"},     {307, "bzip2"},        {32001, "blosc"},
                                                            {32004, "lz4"},  {32008, "bitshuffle"}, {32013, "zfp"},
                                                            {32015, "zstd"}, {32026, "blosc2"}};
  for (const auto& [number, name] : known) {
    if (filter.number == number) return in_quotes(name);
  }
  return filter.name.empty() ? std::to_string(filter.number) : in_quotes(filter.name);
}

}  // namespace cardamom::detail
