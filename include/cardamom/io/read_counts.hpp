/// @file
/// One door for all formats of counts: recognises what a path holds, reads it, and says what it was.
#pragma once

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/io/anndata.hpp>
#include <cardamom/io/beeline.hpp>
#include <cardamom/io/detail/text.hpp>
#include <cardamom/io/gene_names.hpp>
#include <cardamom/io/panel.hpp>
#include <cardamom/io/ten_x.hpp>
#include <cardamom/model/decay_rates.hpp>

namespace cardamom {

enum class CountsFormat {
  panel,    ///< times, stimulus, genes in rows; panel.hpp
  beeline,  ///< genes × cells by name, times beside it; beeline.hpp
  ten_x,    ///< folder with matrix.mtx; ten_x.hpp
  anndata,  ///< .h5ad; anndata.hpp
};

constexpr std::string_view to_string(CountsFormat format) noexcept {
  switch (format) {
    case CountsFormat::panel:
      return "panel";
    case CountsFormat::beeline:
      return "BEELINE table";
    case CountsFormat::ten_x:
      return "10x folder";
    case CountsFormat::anndata:
      return "AnnData file";
  }
  return "unknown";
}

struct ReadCountsOptions {
  /// Path of a gene-name file (gene_names.hpp). It names the genes of a panel; of a table that names its genes itself
  /// it chooses those to keep, in its order.
  std::string gene_names = {};
  std::string times = {};         ///< path of a table of times (cell_times.hpp), for BEELINE tables and 10x folders
  std::string time_key = "time";  ///< column of obs with the times, for AnnData files
  std::string layer = {};         ///< layer with the counts, for AnnData files; empty: X
  Index time_bins = 0;            ///< > 0: times are grouped by `bin_times`, as pseudotimes need it
  bool fractions = false;         ///< accept values that are not whole numbers
};

struct CountsFile {
  Counts counts;
  DecayRates rates;  ///< where the file has them (AnnData), else empty
  CountsFormat format = CountsFormat::panel;
};

namespace detail {

/// The beginning of a file, as it is stored.
inline std::string file_head(const std::string& path, std::size_t size) {
  const FileHandle file(std::fopen(path.c_str(), "rb"));
  if (!file) throw IoError(path, "cannot be opened: " + system_message(errno));
  std::string head(size, '\0');
  head.resize(std::fread(head.data(), 1, size, file.get()));
  return head;
}

/// Whether a first line holds names of cells rather than times.
inline bool names_cells(std::string_view line) {
  Fields fields(line);
  std::string_view field;
  fields.next(field);  // the corner
  while (fields.next(field)) {
    double time = 0.0;
    if (!parse_number(field, time)) return true;
  }
  return false;
}

}  // namespace detail

/// What a path holds, and the path to read it from: a folder is replaced by the table in it, a matrix by its folder.
/// @throws IoError when there is nothing, or nothing that is known
inline std::pair<CountsFormat, std::string> recognise_counts(const std::string& path,
                                                             const ReadCountsOptions& options = {}) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) {
    if (!detail::find_in_folder(path, {"matrix.mtx"}).empty()) return {CountsFormat::ten_x, path};
    const std::string table = detail::find_in_folder(path, {"ExpressionData.csv"});
    if (!table.empty()) return {CountsFormat::beeline, table};
    throw IoError(path, "the folder holds neither matrix.mtx (10x) nor ExpressionData.csv (BEELINE)");
  }
  // A pipe can be read once only, and only panels come through pipes.
  if (fs::exists(path, ignored) && !fs::is_regular_file(path, ignored)) return {CountsFormat::panel, path};
  const std::string head = detail::file_head(path, 64);
  if (head.compare(0, 8, "\x89HDF\r\n\x1a\n") == 0) return {CountsFormat::anndata, path};
  const std::string name = fs::path(path).filename().string();
  if (detail::lower(head).rfind("%%matrixmarket", 0) == 0 || name == "matrix.mtx.gz") {
    const fs::path folder = fs::path(path).parent_path();
    return {CountsFormat::ten_x, folder.empty() ? "." : folder.string()};
  }
  const bool beside = fs::exists(fs::path(path).parent_path() / "PseudoTime.csv", ignored);
  if (beside || !options.times.empty()) {
    const std::string text = detail::read_file(path);
    detail::Lines lines(text);
    if (lines.next() && detail::names_cells(lines.line())) return {CountsFormat::beeline, path};
  }
  return {CountsFormat::panel, path};
}

/// Reads counts of any format.
/// @throws IoError as the reader of the format does
inline CountsFile read_counts(const std::string& path, const ReadCountsOptions& options = {}) {
  const auto [format, source] = recognise_counts(path, options);
  CountsFile result;
  result.format = format;
  if (format == CountsFormat::panel) {
    Counts counts = read_panel(source, {.fractions = options.fractions});
    std::vector<std::string> names =
        options.gene_names.empty() ? counts.names() : read_gene_names(options.gene_names, counts.genes());
    const Vector times = options.time_bins > 0 ? bin_times(counts.times(), options.time_bins) : counts.times();
    result.counts = Counts(counts.values(), times, std::move(names));
    return result;
  }
  const std::vector<std::string> genes =
      options.gene_names.empty() ? std::vector<std::string>{} : read_gene_names(options.gene_names);
  if (format == CountsFormat::anndata) {
    AnnData data = read_anndata(source, {.genes = genes,
                                         .time_key = options.time_key,
                                         .layer = options.layer,
                                         .time_bins = options.time_bins,
                                         .fractions = options.fractions});
    result.counts = std::move(data.counts);
    result.rates = std::move(data.rates);
    return result;
  }
  const NamedTableOptions table{
      .genes = genes, .times = options.times, .time_bins = options.time_bins, .fractions = options.fractions};
  result.counts = format == CountsFormat::ten_x ? read_ten_x(source, table) : read_beeline(source, table);
  return result;
}

}  // namespace cardamom
