/// @file
/// 10x Genomics tables in HDF5 files, as Cell Ranger writes them (`filtered_feature_bc_matrix.h5`), as a further format
/// of `read_counts`. When each cell was taken is said by a table of times.
///
/// | Cell Ranger | element | meaning |
/// | --- | --- | --- |
/// | 3 and later | `matrix` | the table: `shape`, features × cells, and `data`, `indices`, `indptr` by cell |
/// | | `matrix/features` | `id`, `name`, `feature_type`, `genome` |
/// | | `matrix/barcodes` | the cells |
/// | 2 | a group per genome | the same, its features being `genes` and `gene_names` |
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/io/assemble_counts.hpp>
#include <cardamom/io/hdf5/hdf5_counts.hpp>
#include <cardamom/io/hdf5/hdf5_file.hpp>
#include <cardamom/io/named_table.hpp>
#include <cardamom/io/read_counts.hpp>
#include <cardamom/io/read_file.hpp>
#include <cardamom/io/ten_x.hpp>
#include <cardamom/io/text.hpp>

namespace cardamom {

namespace detail {

/// The groups of a file that are tables of 10x.
inline std::vector<std::string> ten_x_groups(const Hdf5File& file) {
  std::vector<std::string> groups;
  for (const std::string& name : file.members("/")) {
    if (!file.is_group(name)) continue;
    const bool features = file.exists(name + "/features/id") || file.exists(name + "/genes");
    if (features && file.exists(name + "/barcodes") && file.exists(name + "/indptr")) groups.push_back(name);
  }
  return groups;
}

/// The table that is to be read.
/// @throws IoError where there are several genomes, and none of them is asked for
inline std::string ten_x_group(const Hdf5File& file, const std::string& genome) {
  const std::vector<std::string> groups = ten_x_groups(file);
  if (groups.empty()) throw IoError(file.path(), "there is no table of 10x in the file");
  for (const std::string& group : groups) {
    if (group == genome) return group;
  }
  if (groups.size() == 1 && (genome.empty() || file.exists(groups.front() + "/features"))) return groups.front();
  if (genome.empty()) {
    throw IoError(file.path(), "there are tables of several genomes, " + listed(groups) + ": ask for one by name");
  }
  throw IoError(file.path(), "there is no genome " + in_quotes(genome) + ", but " + listed(groups));
}

inline TenXFeatures ten_x_features(const Hdf5File& file, const std::string& group) {
  TenXFeatures features;
  const bool old = !file.exists(group + "/features");
  features.ids = file.texts(group + (old ? "/genes" : "/features/id"));
  const auto column = [&](const std::string& path) {
    std::vector<std::string> texts = file.exists(path) ? file.texts(path) : std::vector<std::string>();
    if (!texts.empty() && texts.size() != features.ids.size()) {
      throw IoError(file.path(), path + ": there are " + to_text(static_cast<Index>(texts.size())) +
                                     ", must be one per feature: " + to_text(static_cast<Index>(features.ids.size())));
    }
    return texts;
  };
  features.names = column(group + (old ? "/gene_names" : "/features/name"));
  if (features.names.empty()) features.names = features.ids;
  if (!old) {
    features.types = column(group + "/features/feature_type");
    features.genomes = column(group + "/features/genome");
  }
  return features;
}

/// Reads such a file.
inline CountsAndTotals read_ten_x_hdf5(const std::string& path, const NamedTableOptions& options,
                                       std::uint64_t largest) {
  const Hdf5File file(path, largest);
  const std::string group = ten_x_group(file, options.genome);
  const TenXFeatures features = ten_x_features(file, group);
  const std::vector<std::string> cells = file.texts(group + "/barcodes");
  if (options.times.empty()) {
    throw IoError(path, "10x's files do not say when cells were taken: give a table of times");
  }
  std::vector<std::string> remarks;
  TimesOfCells times =
      named_table_times(options.times, cells, options.time_bins, options.read, options.time_unit, remarks);
  GeneSelection selection = select_features(path, features, options, remarks);
  check_table_size(path, static_cast<Index>(cells.size()), selection.nodes());
  Hdf5Counts table(file, group, static_cast<Index>(cells.size()), selection);
  const std::vector<Index> shape = file.indices(group + "/shape");
  if (shape.size() != 2) throw IoError(path, group + "/shape: must hold two numbers, of features and of cells");
  table.check_shape({shape[1], shape[0]});
  Matrix values = table.sparse(true);
  const Matrix levels = levels_from_times(path, selection.inputs, times.times);
  Vector depth = cell_depths(path, options.depth, cells, table.totals(), options.read);
  Counts counts = assemble_counts(path, std::move(values), std::move(times.times), std::move(selection), levels,
                                  options.fractions, std::move(depth));
  return {with_lineages(options.times, std::move(counts), std::move(times.lineages)), comparable_totals(table.totals()),
          std::move(remarks)};
}

}  // namespace detail

/// `read_counts(path, options, TenXHdf5Format{}, AnnDataFormat{})` reads 10x's HDF5 files as well; this one first, as
/// AnnDataFormat takes all HDF5 files for its own.
struct TenXHdf5Format {
  std::uint64_t largest = largest_content;  ///< as `AnnDataOptions::largest`

  std::string name() const { return "10x HDF5 file"; }

  /// Whether it is an HDF5 file with a table of 10x, and without one of AnnData.
  bool recognises(const std::string& path, std::string_view head) const {
    if (head.substr(0, 8) != "\x89HDF\r\n\x1a\n") return false;
    try {
      const detail::Hdf5File file(path, largest);
      return !file.exists("obs") && !detail::ten_x_groups(file).empty();
    } catch (const IoError&) {
      return false;  // damaged: the reader of AnnData files says so
    }
  }

  /// Features are chosen as `read_ten_x` does; `options.genome` chooses among tables of several genomes, or genes of
  /// one of them.
  /// @throws IoError as `read_ten_x`, and on options of AnnData files
  CountsFile read(const std::string& path, const ReadCountsOptions& options) const {
    detail::refuse_options_of_anndata(path, name(), options);
    detail::CountsAndTotals table = detail::read_ten_x_hdf5(path, named_table_options(options), largest);
    return {std::move(table.counts), {}, name(), std::move(table.totals), std::move(table.remarks)};
  }
};

}  // namespace cardamom
