/// @file
/// One door for all formats of counts: recognises what a path holds, reads it, and says what it was.
///
/// Panels, BEELINE tables and 10x folders are known here. Further formats, those that need another library among them,
/// are arguments: `read_counts(path, options, AnnDataFormat{})`.
#pragma once

#include <algorithm>
#include <cerrno>
#include <concepts>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/io/beeline.hpp>
#include <cardamom/io/cell_depths.hpp>
#include <cardamom/io/cell_times.hpp>
#include <cardamom/io/delimited.hpp>
#include <cardamom/io/gene_names.hpp>
#include <cardamom/io/known_nodes.hpp>
#include <cardamom/io/line_fields.hpp>
#include <cardamom/io/named_table.hpp>
#include <cardamom/io/number_table.hpp>
#include <cardamom/io/panel.hpp>
#include <cardamom/io/read_file.hpp>
#include <cardamom/io/ten_x.hpp>
#include <cardamom/io/text.hpp>
#include <cardamom/io/value_scale.hpp>
#include <cardamom/model/decay_rates.hpp>

namespace cardamom {

/// What `read_counts` is told that a file does not tell.
struct ReadCountsOptions {
  /// Path of a gene-name file (gene_names.hpp). It names the first input and the genes of a panel, whose further inputs
  /// name themselves; of a table that names its genes itself it chooses those to keep, in its order.
  std::string gene_names = {};
  /// The inputs' names, where the file alone does not tell them; an empty list, `std::vector<std::string>{}`, says that
  /// there are none. See the readers: PanelOptions, NamedTableOptions, AnnDataOptions.
  std::optional<std::vector<std::string>> inputs = {};
  std::string times = {};  ///< path of a table of times (cell_times.hpp); of BEELINE tables and 10x folders alone
  std::string time_key = "time";  ///< column of obs with the times; of AnnData files alone
  /// Unit of times that are numbers, whatever titles say; none: that of the title, else hours. Times that say that they
  /// are of another unit are an error.
  TimeUnit time_unit = TimeUnit::none;
  std::string layer = {};  ///< layer with the counts, of AnnData files alone; empty: X
  /// > 0: times are grouped by `bin_times`, as pseudotimes need it; `automatic_bins`: where `time_bins_for` says so.
  Index time_bins = 0;
  DepthOptions depth = {};                      ///< where depths of cells come from (cell_depths.hpp)
  std::vector<std::string> feature_types = {};  ///< of 10x tables alone, see NamedTableOptions
  std::string genome = {};                      ///< of 10x's HDF5 files alone, see NamedTableOptions
  bool rates = true;       ///< whether rates of the file are read: where they are not needed, any will do
  bool fractions = false;  ///< accept values that are not whole numbers
  /// What values are; left out: continuous levels where fractions are accepted, else counts. Logarithms are undone, of
  /// tables of text alone.
  std::optional<ValueScale> values = {};
  /// What the rows of a table of text are, genes or cells, where names do not tell or tell otherwise.
  TableOrientation orientation = TableOrientation::detect;
  /// How text files are read; `read_gzip_file` reads compressed ones as well.
  FileReader read = read_plain_file;
  /// What to do with genes that `gene_names` chooses of a table that lacks them: where they are skipped, a remark
  /// counts them. A panel has a row for every gene of that file, in any case.
  UnknownGenes unknown = UnknownGenes::refuse;
};

/// What was read.
struct CountsFile {
  Counts counts;
  DecayRates rates;  ///< where the file has them (AnnData), else empty
  /// What it was, for people: "panel", "BEELINE table", "table of cells x genes", "list of counts", "10x folder",
  /// "AnnData file".
  std::string format;
  /// Per cell: molecules of all genes of the file, chosen or not (`totals_by_time`); empty where they are not known.
  Vector totals = {};
  std::vector<std::string> remarks = {};  ///< what was taken for granted, a sentence each
};

/// A format of counts besides those that read_counts knows: its name for people, whether a file is of it (told by path
/// and first bytes), and its reader, which throws IoError.
template <class Format>
concept ForeignCountsFormat = requires(const Format& format, const std::string& path, std::string_view head,
                                       const ReadCountsOptions& options) {
  { format.name() } -> std::convertible_to<std::string>;
  { format.recognises(path, head) } -> std::convertible_to<bool>;
  { format.read(path, options) } -> std::same_as<CountsFile>;
};

/// What readers of tables that name their genes take of the options; reads the gene-name file, where one is given.
/// Inputs that are not given are those of that file.
/// @throws IoError as `read_node_names`
template <class = CompiledWhereUsed>
[[nodiscard]] inline NamedTableOptions named_table_options(const ReadCountsOptions& options) {
  NamedTableOptions table{.inputs = options.inputs,
                          .times = options.times,
                          .time_unit = options.time_unit,
                          .time_bins = options.time_bins,
                          .depth = options.depth,
                          .fractions = options.fractions,
                          .read = options.read,
                          .unknown = options.unknown,
                          .feature_types = options.feature_types,
                          .genome = options.genome,
                          .values = options.values,
                          .orientation = options.orientation};
  if (options.gene_names.empty()) return table;
  NodeNames file = read_node_names(options.gene_names, options.inputs.has_value(), options.read);
  if (file.genes_alone && !table.inputs) {
    file.names.insert(file.names.begin(), default_input_beside(file.names));
    file.inputs = 1;
  }
  const auto genes = file.names.begin() + file.inputs;
  if (!table.inputs && file.inputs != 1) table.inputs = std::vector<std::string>(file.names.begin(), genes);
  table.genes = table.inputs ? *table.inputs : std::vector<std::string>{file.names.front()};
  table.genes.insert(table.genes.end(), genes, file.names.end());
  return table;
}

namespace detail {

enum class CountsFormat { panel, beeline, ten_x };

/// Long enough for the signatures of all formats.
inline constexpr std::size_t head_size = 64;

/// The beginning of a file, as it is stored.
template <class = CompiledWhereUsed>
inline std::string file_head(const std::string& path, std::size_t size) {
  const FileHandle file(std::fopen(path.c_str(), "rb"));
  if (!file) throw IoError(path, "cannot be opened: " + system_message(errno));
  std::string head(size, '\0');
  head.resize(std::fread(head.data(), 1, size, file.get()));
  return head;
}

/// Whether a table of text names its genes and cells rather than being a panel: its first line holds no times, but
/// names, or numbers of cells after a corner that is none, and it is said when cells were taken; or whether it is a
/// list of counts.
/// @param timed whether there is a table of times
template <class Use = CompiledWhereUsed>
inline bool names_cells(const std::string& path, std::string_view text, bool timed, const ReadCountsOptions& options) {
  TableLines lines(path, text, separator_of_counts(path, text));
  if (!lines.next()) return false;
  std::vector<std::string> first = title_fields(lines);
  if (CountListColumns::of(first)) return true;
  DecimalSigns signs(path);
  const auto numbers = numbers_after_first(first, lines.number(), signs);
  if (numbers && !counts_cells(first.front(), *numbers)) {
    // Numbers may be names: of cells that the table of times knows, or of genes above such cells.
    if (double corner = 0.0; options.times.empty() || parse_number(first.front(), corner)) return false;
    const WhereUsed<CellTimes, Use> times(options.times, options.read, options.time_unit);
    first.erase(first.begin());
    if (times.has(first)) return true;
    std::vector<std::string> labels;
    std::string_view label;
    while (lines.next()) {
      LineFields fields = lines.fields();
      fields.next(label);
      labels.push_back(fields.text());
    }
    return times.has(labels);
  }
  if (timed) return true;
  if (numbers) return false;
  if (std::any_of(first.begin(), first.end(), [](const std::string& title) { return is_time_title(title); })) {
    return true;
  }
  if (options.orientation == TableOrientation::cells_by_genes) return false;  // a panel turned
  while (lines.next()) {
    LineFields fields = lines.fields();
    std::string_view label;
    if (fields.next(label) && is_time_title(label)) return true;
  }
  return false;
}

/// Refuses options that tables of text alone know.
/// @param format for people
template <class = CompiledWhereUsed>
inline void refuse_options_of_text(const std::string& path, const std::string& format,
                                   const ReadCountsOptions& options) {
  const std::string but = ", but this is of the format " + format + ": only tables of text ";
  if (options.orientation != TableOrientation::detect) {
    throw IoError(path, "an orientation is given" + but + "stand one way or the other");
  }
  if (options.values && is_logarithm(*options.values)) {
    throw IoError(path, "values are said to be " + to_text(*options.values) + but + "are read as logarithms");
  }
}

/// Refuses options that say something of another format: what is asked for is done, or an error.
/// @param format for people
template <class = CompiledWhereUsed>
inline void refuse_options_of_anndata(const std::string& path, const std::string& format,
                                      const ReadCountsOptions& options) {
  if (!options.layer.empty()) {
    throw IoError(path, "layer " + in_quotes(options.layer) + " is asked for, but this is a " + format +
                            ": only AnnData files have layers");
  }
  if (options.time_key != ReadCountsOptions{}.time_key) {
    throw IoError(path, "times are asked for by the column " + in_quotes(options.time_key) + ", but this is a " +
                            format + ": only AnnData files have columns of obs");
  }
}

/// The same of what 10x tables alone have.
template <class = CompiledWhereUsed>
inline void refuse_options_of_ten_x(const std::string& path, const std::string& format,
                                    const ReadCountsOptions& options) {
  if (!options.feature_types.empty()) {
    throw IoError(path, "features of type " + in_quotes(options.feature_types.front()) +
                            " are asked for, but this is a " + format + ": only 10x tables have types");
  }
  if (!options.genome.empty()) {
    throw IoError(path, "genome " + in_quotes(options.genome) + " is asked for, but this is a " + format +
                            ": only 10x's HDF5 files have several");
  }
}

/// The folders in a folder that hold a 10x table, for a message.
template <class = CompiledWhereUsed>
inline std::string ten_x_folders_in(const std::string& path) {
  namespace fs = std::filesystem;
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator entry(path, error), end; !error && entry != end; entry.increment(error)) {
    std::error_code ignored;
    if (entry->is_directory(ignored) && !matrices_in(entry->path().string()).empty()) {
      names.push_back(entry->path().filename().string());
    }
  }
  std::sort(names.begin(), names.end());
  return names.empty() ? "" : "; in it there is one of 10x: " + listed(names);
}

/// What was recognised: the path to read from, a folder being replaced by the table in it, a matrix by its folder, and
/// the text of tables.
struct RecognisedCounts {
  CountsFormat format = CountsFormat::panel;
  std::string path = {};
  std::string text = {};
};

template <class = CompiledWhereUsed>
inline RecognisedCounts recognise_counts(const std::string& path, const ReadCountsOptions& options) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) {
    if (!matrices_in(path).empty()) return {CountsFormat::ten_x, path};
    const std::string table = find_in_folder(path, {"ExpressionData.csv"});
    if (!table.empty()) return {CountsFormat::beeline, table, options.read(table)};
    throw IoError(
        path, "the folder holds neither matrix.mtx (10x) nor ExpressionData.csv (BEELINE)" + ten_x_folders_in(path));
  }
  // A pipe can be read once only, and neither HDF5 nor the files of a folder come through pipes.
  const bool regular = !fs::exists(path, ignored) || fs::is_regular_file(path, ignored);
  const std::string head = regular ? file_head(path, head_size) : std::string();
  if (head.compare(0, 8, "\x89HDF\r\n\x1a\n") == 0) {
    throw IoError(path, "AnnData files need HDF5, and this program was built without it");
  }
  const std::string name = fs::path(path).filename().string();
  if (lower_case(head).rfind("%%matrixmarket", 0) == 0 || (regular && is_matrix_market_name(name))) {
    return {CountsFormat::ten_x, path};
  }
  const bool beside = fs::exists(fs::path(path).parent_path() / "PseudoTime.csv", ignored);
  std::string text = options.read(path);
  const bool named = names_cells(path, text, beside || !options.times.empty(), options);
  return {named ? CountsFormat::beeline : CountsFormat::panel, path, std::move(text)};
}

/// The names of a panel's nodes by a gene-name file, which may leave the inputs out that name themselves. As many names
/// alone as there are rows are those of all rows.
template <class = CompiledWhereUsed>
inline std::vector<std::string> panel_names(const Panel& panel, const ReadCountsOptions& options,
                                            std::vector<std::string>& remarks) {
  NodeNames file = read_node_names(options.gene_names, options.inputs.has_value(), options.read);
  if (file.genes_alone && panel.inputs > 0 && static_cast<Index>(file.names.size()) == panel.values.cols()) {
    remarks.push_back(options.gene_names + ": there are as many names as rows, so " + in_quotes(file.names.front()) +
                      " is taken for the first input");
    return std::move(file.names);
  }
  const Index genes = static_cast<Index>(file.names.size()) - file.inputs;
  if (genes != panel.genes().cols()) {
    if (file.genes_alone) {
      throw IoError(options.gene_names, "the file names " + to_text(genes) + " genes, but the counts have " +
                                            to_text(panel.genes().cols()) + ", and " + to_text(panel.values.cols()) +
                                            " rows");
    }
    throw IoError(options.gene_names, "the file names " + to_text(static_cast<Index>(file.names.size())) + " genes, " +
                                          (file.inputs == 1 ? "the stimulus" : "inputs") +
                                          " included, but the counts have " +
                                          to_text(file.inputs + panel.genes().cols()));
  }
  std::vector<std::string> names(panel.names.begin(), panel.names.begin() + panel.inputs);
  for (Index input = 1; input < file.inputs; ++input) {
    const std::string& name = file.names[static_cast<std::size_t>(input)];
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      throw IoError(options.gene_names, "the counts have no input " + in_quotes(name));
    }
  }
  if (!options.inputs && file.inputs > 0) names.front() = file.names.front();
  names.insert(names.end(), file.names.begin() + file.inputs, file.names.end());
  return names;
}

template <class = CompiledWhereUsed>
inline CountsFile named_panel(const RecognisedCounts& source, const ReadCountsOptions& options) {
  std::vector<std::string> remarks;
  Panel panel = panel_of_text(source.path, source.text,
                              {.fractions = options.fractions,
                               .inputs = options.inputs,
                               .time_unit = options.time_unit,
                               .depth = options.depth,
                               .read = options.read,
                               .values = options.values,
                               .orientation = options.orientation},
                              remarks);
  if (!options.gene_names.empty()) panel.names = panel_names(panel, options, remarks);
  panel.times = group_times(source.path, {std::move(panel.times)}, options.time_bins, false, &remarks).times;
  Vector totals = std::move(panel.totals);
  return {std::move(panel).counts(), {}, "panel", std::move(totals), std::move(remarks)};
}

/// The formats that are known here.
template <class = CompiledWhereUsed>
inline CountsFile read_known_counts(const std::string& path, const ReadCountsOptions& options) {
  const RecognisedCounts source = recognise_counts(path, options);
  const std::string name = source.format == CountsFormat::panel     ? "panel"
                           : source.format == CountsFormat::beeline ? "BEELINE table"
                                                                    : "10x folder";
  refuse_options_of_anndata(path, name, options);
  if (source.format != CountsFormat::ten_x) refuse_options_of_ten_x(path, name, options);
  switch (source.format) {
    case CountsFormat::panel:
      if (!options.times.empty()) {
        throw IoError(path, "a table of times is given, but the first row holds times already, as that of a panel");
      }
      return named_panel(source, options);
    case CountsFormat::beeline: {
      CountsAndTotals table = named_table_of_text(source.path, source.text, named_table_options(options));
      return {std::move(table.counts), {}, std::move(table.format), std::move(table.totals), std::move(table.remarks)};
    }
    case CountsFormat::ten_x:
      break;
  }
  refuse_options_of_text(path, "10x folder", options);
  CountsAndTotals table = read_ten_x_folder(source.path, named_table_options(options));
  return {std::move(table.counts), {}, "10x folder", std::move(table.totals), std::move(table.remarks)};
}

}  // namespace detail

/// Reads counts of any format.
/// @param formats further formats (ForeignCountsFormat), asked before the others, in their order, about regular files
/// @throws IoError when there is nothing, or nothing that is known, when a further format does not give the depths that
///   are asked for, when `times`, `time_key`, `layer`, `orientation` or logarithms as `values` are given for a format
///   that has no use for them, and as the reader of the format does
template <class... Formats>
[[nodiscard]] CountsFile read_counts(const std::string& path, const ReadCountsOptions& options = {},
                                     const Formats&... formats) {
  if (options.values && !is_logarithm(*options.values) &&
      options.fractions != (*options.values == ValueScale::continuous)) {
    ReadCountsOptions same = options;
    same.fractions = !options.fractions;
    return read_counts(path, same, formats...);
  }
  static_assert((ForeignCountsFormat<Formats> && ...),
                "read_counts: a format has the members name(), recognises(path, head) and read(path, options)");
  if constexpr (sizeof...(Formats) > 0) {
    std::error_code ignored;
    if (std::filesystem::is_regular_file(path, ignored)) {
      const std::string head = detail::file_head(path, detail::head_size);
      std::optional<CountsFile> result;
      const auto asked = [&](const auto& format) {
        if (!format.recognises(path, std::string_view(head))) return false;
        detail::refuse_options_of_text(path, format.name(), options);
        result = format.read(path, options);
        result->format = format.name();
        if (options.depth.source != DepthSource::none && result->counts.depth().size() == 0) {
          throw IoError(path, "depths of cells are asked for, but the reader of the format gives none");
        }
        return true;
      };
      if ((asked(formats) || ...)) return *std::move(result);
    }
  }
  return detail::read_known_counts(path, options);
}

}  // namespace cardamom
