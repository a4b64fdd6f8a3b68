// The formats of counts that the programs know. Those that need HDF5 or zlib are there when the programs are built with
// them; this is compiled once, in formats.cpp, so that nothing else depends on it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <cardamom/core/types.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/io/cell_annotations.hpp>
#include <cardamom/io/file_set.hpp>
#include <cardamom/io/read_counts.hpp>
#include <cardamom/io/read_file.hpp>
#include <cardamom/model/decay_rates.hpp>

namespace support {

/// Reads text files, compressed ones where zlib is there.
/// @param largest bytes that the content of a compressed one may have
cardamom::FileReader file_reader(std::uint64_t largest = cardamom::largest_content);

/// cardamom::read_counts of every format that is there; `options.read` is file_reader(largest).
/// @param largest bytes that compressed files may expand to, and single columns of HDF5 files in memory
cardamom::CountsFile read_counts(const std::string& path, cardamom::ReadCountsOptions options,
                                 std::uint64_t largest = cardamom::largest_content);

/// Adds counts to a set: an AnnData file with the rates where the name ends in .h5ad, else a panel.
/// Throws IoError when AnnData files cannot be written.
void add_counts(cardamom::FileSet& files, const std::string& path, const cardamom::Counts& counts,
                const cardamom::DecayRates& rates);

/// Adds an AnnData file with counts, rates and what else is known of the cells to a set.
/// Throws IoError when AnnData files cannot be written, std::invalid_argument on annotations.
void add_cells(cardamom::FileSet& files, const std::string& path, const cardamom::Counts& counts,
               const cardamom::DecayRates& rates, const cardamom::CellAnnotations& annotations);

/// A column of obs of an AnnData file as text, an entry per cell.
/// Throws IoError when there is no such column, a cell has no entry, or AnnData files cannot be read.
std::vector<std::string> obs_labels(const std::string& path, const std::string& column);

}  // namespace support
