/// @file
/// AnnData files as a further format of `read_counts`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <cardamom/io/hdf5/anndata.hpp>
#include <cardamom/io/read_counts.hpp>
#include <cardamom/io/read_file.hpp>

namespace cardamom {

/// `read_counts(path, options, AnnDataFormat{})` reads AnnData files as well, whatever their name ends in.
struct AnnDataFormat {
  std::uint64_t largest = largest_content;  ///< as `AnnDataOptions::largest`

  std::string name() const { return "AnnData file"; }

  /// Whether the first bytes are the signature of HDF5.
  bool recognises(const std::string&, std::string_view head) const noexcept {
    return head.substr(0, 8) == "\x89HDF\r\n\x1a\n";
  }

  /// @throws IoError as `read_anndata`, on a table of times, and on options of 10x tables
  CountsFile read(const std::string& path, const ReadCountsOptions& options) const {
    if (!options.times.empty()) {
      throw IoError(path, "a table of times is given, but an AnnData file has its times in a column of obs");
    }
    detail::refuse_options_of_ten_x(path, name(), options);
    NamedTableOptions table = named_table_options(options);
    AnnData data = read_anndata(path, {.genes = std::move(table.genes),
                                       .inputs = std::move(table.inputs),
                                       .time_key = options.time_key,
                                       .time_unit = options.time_unit,
                                       .layer = options.layer,
                                       .time_bins = options.time_bins,
                                       .depth = options.depth,
                                       .rates = options.rates,
                                       .fractions = options.fractions,
                                       .read = options.read,
                                       .largest = largest,
                                       .unknown = options.unknown});
    return {std::move(data.counts), std::move(data.rates), name(), std::move(data.totals), std::move(data.remarks)};
  }
};

}  // namespace cardamom
