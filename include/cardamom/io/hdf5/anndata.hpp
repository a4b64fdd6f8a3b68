/// @file
/// AnnData files (.h5ad), in and out, by the HDF5 library (C): a program that includes this header links the target
/// cardamom::hdf5.
///
/// | element | meaning |
/// | --- | --- |
/// | `X`, `layers/<layer>` or `raw/X` | raw counts, cells × genes: dense, CSR or CSC, any type of number |
/// | `obs[<time key>]` | time of each cell: numbers or text such as "24h" and "day 2" (time_units.hpp); of numbers alone the name of the column may tell the unit, else they are hours |
/// | `obs["stimulus"]` | level of the first input, optional: without it, off up to t = 0 and on afterwards |
/// | `obs["input:<name>"]` | level of a further input |
/// | `obs[<depth column>]` | what is proportional to the depth of each cell, > 0, optional; written as `depth` |
/// | `var` index, that of `raw/var` for `raw/X` | names of the genes |
/// | `var["d0"]`, `var["d1"]` | degradation rates [1/h], optional |
///
/// Columns may be arrays of numbers, text or truth values, with or without missing ones, and categories of these: what
/// counts are their values. A value that is needed and missing, or of another kind, is an error that names the cell.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <cardamom/core/error.hpp>
#include <cardamom/core/table_field.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/core/visible_text.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/io/assemble_counts.hpp>
#include <cardamom/io/cell_annotations.hpp>
#include <cardamom/io/cell_depths.hpp>
#include <cardamom/io/cell_times.hpp>
#include <cardamom/io/file_set.hpp>
#include <cardamom/io/hdf5/anndata_column.hpp>
#include <cardamom/io/hdf5/hdf5_counts.hpp>
#include <cardamom/io/hdf5/hdf5_file.hpp>
#include <cardamom/io/hdf5/hdf5_writer.hpp>
#include <cardamom/io/known_nodes.hpp>
#include <cardamom/io/node_labels.hpp>
#include <cardamom/io/read_file.hpp>
#include <cardamom/io/text.hpp>
#include <cardamom/model/decay_rates.hpp>

namespace cardamom {

/// Which genes and inputs of an AnnData file are read, and from where.
struct AnnDataOptions {
  std::vector<std::string> genes = {};  ///< genes to keep, in this order, the inputs' names first; empty: all
  /// The inputs' names: those of columns of obs, with or without `input:`; the first may also be `stimulus`, or absent.
  /// Left out: with `genes` one input, the first of them; else `default_input_beside` its genes and all columns that
  /// begin with `input:`, in alphabetical order. An empty list, `std::vector<std::string>{}`: none.
  std::optional<std::vector<std::string>> inputs = {};
  std::string time_key = "time";        ///< column of obs with the times, in the units of time_units.hpp
  TimeUnit time_unit = TimeUnit::none;  ///< of times without one; none: that of the column's name, else hours
  /// Layer with the counts; empty: X. "raw" is `raw/X`, whose genes are those of `raw/var`, or the layer of that name;
  /// where there are both, "raw/X" or "layers/raw" says which.
  std::string layer = {};
  /// > 0: times are grouped by `bin_times`, as pseudotimes need it; `automatic_bins`: where `time_bins_for` says so.
  Index time_bins = 0;
  /// Where depths of cells come from. Totals are those over all genes of the table of counts.
  DepthOptions depth = {};
  bool rates = true;                  ///< whether rates of the file are read: where they are not needed, any will do
  bool fractions = false;             ///< accept values that are not whole numbers
  FileReader read = read_plain_file;  ///< how a table of depths is read
  /// Bytes of memory that one column, or a chunk of a table, may take, >= 0: small files can be made that announce any
  /// number.
  std::uint64_t largest = largest_content;
  /// What to do with chosen genes that the file lacks: where they are skipped, a remark counts them.
  UnknownGenes unknown = UnknownGenes::refuse;
};

/// What `read_anndata` finds in a file, and `write_anndata` writes.
struct AnnData {
  Counts counts;
  std::vector<std::string> cells;         ///< names
  DecayRates rates;                       ///< those of inputs are 1; empty where the file has none
  Vector totals = {};                     ///< per cell, read: over all genes, chosen or not; empty where there are none
  std::vector<std::string> remarks = {};  ///< read: what was taken for granted, a sentence each
  CellAnnotations annotations = {};       ///< written: further columns of obs, layers and obsm
};

/// How a written table is stored.
enum class AnnDataEncoding { dense, csr };

namespace detail {

/// Where a table of counts is, and its genes.
struct AnnDataTable {
  std::string path;           ///< "X", "layers/counts", "raw/X"
  std::string genes = "var";  ///< the table of its genes, "var" or "raw/var"
};

/// The names by which tables of counts can be asked for.
inline std::vector<std::string> anndata_tables(const Hdf5File& file) {
  std::vector<std::string> names;
  if (file.exists("X")) names.emplace_back("X");
  if (file.exists("raw/X")) names.emplace_back("raw");
  if (file.is_group("layers")) {
    for (std::string& name : file.members("layers")) names.push_back(std::move(name));
  }
  return names;
}

inline std::string in_one_line(const std::vector<std::string>& names) {
  std::string line;
  for (const std::string& name : names) line += (line.empty() ? "" : ", ") + name;
  return line;
}

/// @throws IoError when there is no such table
inline AnnDataTable find_anndata_table(const Hdf5File& file, const std::string& layer) {
  const std::string named = layer.rfind("layers/", 0) == 0 ? layer.substr(7) : layer;
  if (layer == "raw" && file.exists("layers/raw") && file.exists("raw/X")) {
    throw IoError(file.path(), "\"raw\" may be the layer or the table raw/X: ask for layers/raw or for raw/X");
  }
  if (!named.empty() && file.exists("layers/" + named)) return {"layers/" + named};
  if ((layer == "raw" || layer == "raw/X") && file.exists("raw/X")) return {"raw/X", "raw/var"};
  if ((layer.empty() || layer == "X") && file.exists("X")) return {"X"};
  const std::string tables = in_one_line(anndata_tables(file));
  throw IoError(file.path(),
                (layer.empty() ? std::string("there is no table X") : "there is no layer " + in_quotes(layer)) +
                    (tables.empty() ? ", nor any other table of counts" : ", but " + tables));
}

/// What is to be said besides when a table holds no counts; empty where there is no other.
inline std::string other_anndata_tables(const Hdf5File& file, const AnnDataTable& table) {
  std::vector<std::string> names = anndata_tables(file);
  std::erase_if(names, [&table](const std::string& name) {
    return name == table.path || "layers/" + name == table.path || (name == "raw" && table.path == "raw/X");
  });
  return names.empty() ? "" : "; counts may be in another layer, as there are " + in_one_line(names);
}

/// Reads a table of any encoding.
/// @param totals per cell: over all genes of the table
inline Matrix read_anndata_table(const Hdf5File& file, const std::string& path, Index cells,
                                 const GeneSelection& selection, Vector& totals) {
  Hdf5Counts table(file, path, cells, selection);
  Matrix values;
  if (file.is_group(path)) {
    // The older spelling of the attributes had the bare names.
    std::string encoding = file.text_attribute(path, "encoding-type");
    if (encoding.empty()) encoding = file.text_attribute(path, "h5sparse_format") + "_matrix";
    if (encoding != "csr_matrix" && encoding != "csc_matrix") {
      throw IoError(file.path(), path + ": its encoding is neither dense, CSR nor CSC");
    }
    const std::vector<Index> shape = file.index_attribute(path, "shape");
    table.check_shape(shape.empty() ? file.index_attribute(path, "h5sparse_shape") : shape);
    values = table.sparse(encoding == "csr_matrix");
  } else {
    table.check_shape(file.shape(path));
    values = table.dense();
  }
  totals = table.totals();
  return values;
}

/// The depths of the cells, of mean 1; empty where there are none.
inline Vector anndata_depths(const Hdf5File& file, const AnnDataOptions& options, const std::vector<std::string>& cells,
                             const Vector& totals) {
  if (options.depth.source != DepthSource::column) {
    return cell_depths(file.path(), options.depth, cells, totals, options.read);
  }
  const AnnDataColumn column = require_obs_column(file, options.depth.name, anndata_depth);
  return relative_depths(anndata_numbers(file, column, anndata_depth, cells, {}, anndata_number));
}

/// Rates of the selected genes, those of inputs 1.
/// @param frame the table of genes that has them
/// @param names of all genes of the table of counts
inline Vector anndata_rates(const Hdf5File& file, const std::string& frame, const std::string& key,
                            const std::vector<std::string>& names, const GeneSelection& selection) {
  const std::vector<std::string> rated = anndata_index(file, frame);
  // Of each gene that has a rate: its column in the counts, or -1. A table of raw counts may have other genes.
  std::unordered_map<std::string_view, Index> column_of;
  for (std::size_t g = 0; g < names.size(); ++g) column_of.emplace(names[g], selection.column[g]);
  std::vector<Index> columns;
  std::vector<bool> needed;
  for (const std::string& name : rated) {
    const auto entry = column_of.find(name);
    columns.push_back(entry == column_of.end() ? -1 : std::exchange(entry->second, -1));
    needed.push_back(columns.back() >= 0);
  }
  for (const auto& [name, column] : column_of) {
    if (column >= 0) throw IoError(file.path(), frame + "/" + key + ": there is no rate of gene " + in_quotes(name));
  }
  const Vector all =
      anndata_numbers(file, read_anndata_column(file, frame, key), anndata_rate, rated, needed, anndata_number);
  Vector rates = Vector::Ones(selection.nodes());
  for (std::size_t g = 0; g < needed.size(); ++g) {
    if (needed[g]) rates[columns[g]] = all[static_cast<Index>(g)];
  }
  return rates;
}

/// The names of the inputs.
inline std::vector<std::string> anndata_inputs(const Hdf5File& file, const AnnDataOptions& options,
                                               const std::vector<std::string>& genes) {
  std::vector<std::string> inputs = inputs_of_table(options.inputs, options.genes, genes);
  if (options.inputs || !options.genes.empty()) return inputs;
  for (const std::string& column : file.members("obs")) {
    if (const std::string_view marked = marked_input(column); !marked.empty()) inputs.emplace_back(marked);
  }
  return inputs;
}

/// The levels of the inputs, cells × inputs.
inline Matrix anndata_levels(const Hdf5File& file, const std::vector<std::string>& inputs, bool declared,
                             const std::vector<std::string>& cells, const Vector& times) {
  Matrix levels(times.size(), static_cast<Index>(inputs.size()));
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    std::vector<std::string> keys;
    if (i > 0 || declared) keys = {std::string(input_marker) + inputs[i], inputs[i]};
    if (i == 0) keys.emplace_back("stimulus");
    if (i == 0 && !declared && !file.exists("obs/stimulus")) {
      std::vector<std::string> spelled;
      for (std::string& name : file.members("obs")) {
        if (title_word(name) == "stimulus") spelled.push_back(std::move(name));
      }
      if (spelled.size() > 1) {
        throw IoError(file.path(), "obs has several columns that may be the stimulus: " + in_one_line(spelled));
      }
      keys.insert(keys.end(), spelled.begin(), spelled.end());
    }
    const auto key =
        std::find_if(keys.begin(), keys.end(), [&file](const std::string& name) { return file.exists("obs/" + name); });
    if (key == keys.end()) {
      if (i > 0) {
        throw IoError(file.path(),
                      "obs has no column of levels of input " + in_quotes(inputs[i]) + ", but " + obs_columns(file));
      }
      levels.col(0) = stimulus_from_times(times);
      continue;
    }
    levels.col(static_cast<Index>(i)) =
        anndata_numbers(file, read_anndata_column(file, "obs", *key), anndata_level, cells, {}, anndata_level_text);
  }
  return levels;
}

}  // namespace detail

/// Reads an AnnData file.
/// @return cells × nodes, cells in the order of the file, dense: choose genes when there are tens of thousands
/// @throws IoError when the file is not HDF5 or not AnnData, lacks the layer, the times, the depths that are asked for
/// or, unless they are skipped, a chosen gene, or holds values that are no counts, times, levels, depths or rates; when
/// a dataset announces more than `options.largest` or many more values than the file stores (more than 4 MiB of values
/// never written, or more than chunks, deflated or in part unwritten, may expand to: 1032 times what is stored); when
/// something is in another file, by an external link, external storage or a virtual dataset
[[nodiscard]] inline AnnData read_anndata(const std::string& path, const AnnDataOptions& options = {}) {
  const detail::Hdf5File file(path, options.largest);
  AnnData result;
  result.cells = detail::anndata_index(file, "obs");
  const auto cells = static_cast<Index>(result.cells.size());
  const detail::AnnDataTable table = detail::find_anndata_table(file, options.layer);
  const std::vector<std::string> names = detail::anndata_index(file, table.genes);
  const std::vector<std::string> inputs = detail::anndata_inputs(file, options, names);
  GeneSelection selection = select_genes(path, names, {}, options.genes, inputs, options.unknown);
  check_table_size(path, cells, selection.nodes());
  Vector totals;
  Matrix values = detail::read_anndata_table(file, table.path, cells, selection, totals);

  std::string units;
  Vector times = detail::anndata_times(file, options.time_key, options.time_unit, result.cells, units);
  if (std::string skipped = detail::skipped_genes_remark(path, selection); !skipped.empty()) {
    result.remarks.push_back(std::move(skipped));
  }
  if (!units.empty()) result.remarks.push_back(std::move(units));
  times = detail::group_times(path, {std::move(times)}, options.time_bins,
                              detail::is_pseudotime_title(options.time_key), &result.remarks)
              .times;
  const Matrix levels = detail::anndata_levels(file, inputs, options.inputs.has_value(), result.cells, times);
  for (const std::string& frame : {table.genes, std::string("var")}) {
    if (!options.rates) break;
    const bool has_mrna = file.exists(frame + "/d0");
    if (has_mrna != file.exists(frame + "/d1")) {
      throw IoError(path, frame + " has rates " + (has_mrna ? "d0, but no d1" : "d1, but no d0") +
                              ": there must be both or none");
    }
    if (!has_mrna) continue;
    result.rates = {detail::anndata_rates(file, frame, "d0", names, selection),
                    detail::anndata_rates(file, frame, "d1", names, selection)};
    break;
  }
  Vector depth = detail::anndata_depths(file, options, result.cells, totals);
  result.counts = assemble_counts(path, std::move(values), std::move(times), std::move(selection), levels,
                                  options.fractions, std::move(depth), detail::other_anndata_tables(file, table));
  result.totals = detail::comparable_totals(std::move(totals));
  return result;
}

namespace detail {

/// Files up to so many bytes are made in memory.
inline constexpr std::uint64_t largest_in_memory = std::uint64_t{1} << 30;

/// The texts that occur, in alphabetical order.
inline std::vector<std::string> categories_of(std::vector<std::string> texts) {
  std::sort(texts.begin(), texts.end());
  texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
  return texts;
}

/// A bound of the size of a written file.
inline std::uint64_t anndata_bytes(const AnnData& data, AnnDataEncoding encoding) {
  const Counts& counts = data.counts;
  const auto cells = static_cast<std::uint64_t>(counts.cells());
  const auto genes = static_cast<std::uint64_t>(counts.genes());
  const auto columns = static_cast<std::uint64_t>(counts.inputs()) + 3;
  std::uint64_t table = cells * genes * sizeof(double);
  if (encoding == AnnDataEncoding::csr) {
    const auto entries = static_cast<std::uint64_t>((counts.values().rightCols(counts.genes()).array() != 0.0).count());
    table = entries * (sizeof(double) + sizeof(std::int64_t)) + (cells + 1) * sizeof(std::int64_t);
  }
  // A text takes a reference, a head and its bytes in a heap, whose pieces are half empty at worst.
  constexpr std::uint64_t of_text = 64;
  std::uint64_t texts = (cells + genes) * of_text;
  for (const std::string& name : counts.names()) texts += name.size();
  for (const std::string& name : data.cells) texts += name.size();
  constexpr std::uint64_t heads = std::uint64_t{1} << 20;
  constexpr std::uint64_t of_element = std::uint64_t{1} << 13;  // groups, attributes and their encodings
  std::uint64_t more = 0;
  for (const CellTexts& column : data.annotations.texts) {
    more += of_element + cells * sizeof(std::int32_t);
    for (const std::string& category : categories_of(column.values)) texts += of_text + category.size();
  }
  for (const auto* const tables : {&data.annotations.layers, &data.annotations.embeddings}) {
    for (const CellNumbers& numbers : *tables) {
      more += of_element + static_cast<std::uint64_t>(numbers.values.size()) * sizeof(double);
    }
  }
  return heads + table + more + 2 * texts + (cells * columns + genes * 2) * sizeof(double);
}

/// The columns of obs.
/// @throws std::invalid_argument when none can have the label of an input
inline std::vector<std::string> anndata_columns(const Counts& counts) {
  std::vector<std::string> columns{"time"};
  const NodeLabels labels(counts.names(), counts.nodes(), counts.inputs());
  for (Index input = 0; input < counts.inputs(); ++input) {
    columns.push_back(input == 0 ? "stimulus" : labels.label(input));
    check_table_name("write_anndata", "label of input " + to_text(input), columns.back(), NamePlace::label);
    if (columns.back().find('/') != std::string::npos) {
      throw std::invalid_argument("write_anndata: label of input " + to_text(input) + " is \"" +
                                  visible_text(columns.back()) + "\", which HDF5 takes for a path: it has a slash");
    }
  }
  if (counts.depth().size() > 0) columns.emplace_back("depth");
  return columns;
}

/// Writes the elements of an AnnData file.
inline void write_anndata_elements(Hdf5Writer& file, const AnnData& data, const std::vector<std::string>& cell_names,
                                   AnnDataEncoding encoding) {
  const Counts& counts = data.counts;
  const Index genes = counts.genes();
  const bool has_rates = data.rates.mrna.size() > 0;
  file.encode("/", "anndata", "0.1.0");
  const CellAnnotations& more = data.annotations;
  const std::vector<std::string> columns = anndata_columns(counts);
  std::vector<std::string> all = columns;
  for (const CellTexts& column : more.texts) all.push_back(column.name);
  file.frame("obs", cell_names, all);
  file.numbers("obs/time", counts.times());
  for (Index input = 0; input < counts.inputs(); ++input) {
    file.numbers("obs/" + columns[static_cast<std::size_t>(input) + 1], Vector(counts.values().col(input)));
  }
  if (counts.depth().size() > 0) file.numbers("obs/depth", counts.depth());
  for (const CellTexts& column : more.texts) {
    file.categorical("obs/" + column.name, categories_of(column.values), column.values);
  }
  const std::vector<std::string> names(counts.names().begin() + counts.inputs(), counts.names().end());
  file.frame("var", names, has_rates ? std::vector<std::string>{"d0", "d1"} : std::vector<std::string>{});
  if (has_rates) {
    file.numbers("var/d0", Vector(data.rates.mrna.tail(genes)));
    file.numbers("var/d1", Vector(data.rates.protein.tail(genes)));
  }
  for (const char* group : {"layers", "obsm", "obsp", "uns", "varm", "varp"}) file.dictionary(group);
  for (const CellNumbers& layer : more.layers) file.dense("layers/" + layer.name, layer.values);
  for (const CellNumbers& embedding : more.embeddings) file.dense("obsm/" + embedding.name, embedding.values);
  if (encoding == AnnDataEncoding::dense) {
    file.dense("X", counts.values().rightCols(genes));
  } else {
    file.csr("X", counts.values().rightCols(genes));
  }
}

/// `add_anndata`, with files up to `most` bytes made in memory.
inline void add_anndata(FileSet& files, const std::string& path, const AnnData& data, AnnDataEncoding encoding,
                        std::uint64_t most) {
  const Counts& counts = data.counts;
  const Index cells = counts.cells();
  std::vector<std::string> cell_names = data.cells;
  if (cell_names.empty()) {
    for (Index cell = 0; cell < cells; ++cell) cell_names.push_back("cell_" + std::to_string(cell));
  }
  check_size("write_anndata", "data.cells", static_cast<Index>(cell_names.size()), cells);
  if (data.rates.mrna.size() > 0) {
    check_size("write_anndata", "data.rates.mrna", data.rates.mrna.size(), counts.nodes());
    check_size("write_anndata", "data.rates.protein", data.rates.protein.size(), counts.nodes());
  }
  // Before anything is written.
  validate("write_anndata", data.annotations, cells, counts.genes(), anndata_columns(counts));

  const std::uint64_t bytes = anndata_bytes(data, encoding);
  if (bytes <= most) {
    std::string image;
    {
      Hdf5Writer file(path);
      write_anndata_elements(file, data, cell_names, encoding);
      image = file.image();
    }
    files.add(path, image);
    return;
  }
  Hdf5Writer file(files.add_external(path), path, bytes);
  write_anndata_elements(file, data, cell_names, encoding);
  file.close();
}

}  // namespace detail

/// Adds an AnnData file to a set: X, obs with `time`, the levels of the inputs and, where cells have depths, `depth`,
/// var with the names and, where given, `d0` and `d1`; of the annotations texts as categories in obs, layers and obsm.
/// Reading it gives equal counts, times, names and rates back; where there are no inputs, and where there are depths,
/// the reader must be told.
/// @param data `cells` may be empty: then cell_0, cell_1, …
///
/// Up to 1 GiB it is made in memory and written like any other file; a larger one beside its destination, in room that
/// is reserved first.
/// @throws IoError when the file cannot be written, or there is no room for it; std::invalid_argument when sizes
/// disagree, when no column can have the label of an input, and on annotations
inline void add_anndata(FileSet& files, const std::string& path, const AnnData& data,
                        AnnDataEncoding encoding = AnnDataEncoding::dense) {
  detail::add_anndata(files, path, data, encoding, detail::largest_in_memory);
}

/// Writes an AnnData file; see add_anndata.
inline void write_anndata(const std::string& path, const AnnData& data,
                          AnnDataEncoding encoding = AnnDataEncoding::dense) {
  FileSet files;
  add_anndata(files, path, data, encoding);
  files.commit();
}

}  // namespace cardamom
