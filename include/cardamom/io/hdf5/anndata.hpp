/// @file
/// AnnData files (.h5ad), in and out, by the HDF5 library (C): a program that includes this header links the target
/// cardamom::hdf5.
///
/// | element | meaning |
/// | --- | --- |
/// | `X` or `layers/<layer>` | raw counts, cells × genes: dense, CSR or CSC, any type of number |
/// | `obs[<time key>]` | time of each cell: numbers or text such as "24h" and "day 2" (time_units.hpp); of numbers alone the name of the column may tell the unit, else they are hours |
/// | `obs["stimulus"]` | level of the first input, optional: without it, off up to t = 0 and on afterwards |
/// | `obs["input:<name>"]` | level of a further input |
/// | `obs[<depth column>]` | what is proportional to the depth of each cell, > 0, optional; written as `depth` |
/// | `var` index | names of the genes |
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
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/io/assemble_counts.hpp>
#include <cardamom/io/cell_depths.hpp>
#include <cardamom/io/cell_times.hpp>
#include <cardamom/io/file_set.hpp>
#include <cardamom/io/hdf5/anndata_column.hpp>
#include <cardamom/io/hdf5/hdf5_file.hpp>
#include <cardamom/io/known_nodes.hpp>
#include <cardamom/io/node_labels.hpp>
#include <cardamom/io/text.hpp>
#include <cardamom/model/decay_rates.hpp>

namespace cardamom {

struct AnnDataOptions {
  std::vector<std::string> genes = {};  ///< genes to keep, in this order, the inputs' names first; empty: all
  /// The inputs' names: those of columns of obs, with or without `input:`; the first may also be `stimulus`, or absent.
  /// Left out: with `genes` one input, the first of them; else "Stimulus" and all columns that begin with `input:`, in
  /// alphabetical order. An empty list, `std::vector<std::string>{}`: none.
  std::optional<std::vector<std::string>> inputs = {};
  std::string time_key = "time";  ///< column of obs with the times, in the units of time_units.hpp
  std::string layer = {};         ///< layer with the counts; empty: X
  Index time_bins = 0;            ///< > 0: times are grouped by `bin_times`, as pseudotimes need it
  /// Where depths of cells come from. Totals are those over all genes of the table of counts.
  DepthOptions depth = {};
  bool rates = true;                  ///< whether rates of the file are read: where they are not needed, any will do
  bool fractions = false;             ///< accept values that are not whole numbers
  FileReader read = read_plain_file;  ///< how a table of depths is read
  /// Bytes of memory that one column, or the values of one sparse table, may take, >= 0: small files can be made that
  /// announce any number.
  std::uint64_t largest = largest_content;
  /// What to do with chosen genes that the file lacks: where they are skipped, a remark counts them.
  UnknownGenes unknown = UnknownGenes::refuse;
};

struct AnnData {
  Counts counts;
  std::vector<std::string> cells;         ///< names
  DecayRates rates;                       ///< those of inputs are 1; empty where the file has none
  Vector totals = {};                     ///< per cell, read: over all genes, chosen or not; empty where there are none
  std::vector<std::string> remarks = {};  ///< read: what was taken for granted, a sentence each
};

/// How a written table is stored.
enum class AnnDataEncoding { dense, csr };

namespace detail {

/// X of any encoding into the columns of the selected genes.
class AnnDataMatrix {
 public:
  AnnDataMatrix(const Hdf5File& file, std::string path, Index cells, const GeneSelection& selection)
      : file_(file), path_(std::move(path)), selection_(selection), cells_(cells), totals_(Vector::Zero(cells)) {}

  /// Per cell: the sum over all genes, selected or not, of the table that was read.
  const Vector& totals() const noexcept { return totals_; }

  Matrix read() {
    if (file_.is_group(path_)) {
      const std::string encoding = sparse_encoding();
      check_shape(sparse_shape());
      read_sparse(encoding == "csr_matrix");
    } else {
      check_shape(file_.shape(path_));
      file_.check_stored(path_);
      read_dense();
    }
    return std::move(values_);
  }

 private:
  Index cells() const { return cells_; }
  Index nodes() const { return static_cast<Index>(selection_.column.size()); }
  [[noreturn]] void fail(const std::string& what) const { throw IoError(file_.path(), path_ + ": " + what); }

  std::string sparse_encoding() const {
    // The older spelling of the attribute had the bare names.
    std::string encoding = file_.text_attribute(path_, "encoding-type");
    if (encoding.empty()) encoding = file_.text_attribute(path_, "h5sparse_format") + "_matrix";
    if (encoding != "csr_matrix" && encoding != "csc_matrix") fail("its encoding is neither dense, CSR nor CSC");
    return encoding;
  }
  std::vector<Index> sparse_shape() const {
    std::vector<Index> shape = file_.index_attribute(path_, "shape");
    return shape.empty() ? file_.index_attribute(path_, "h5sparse_shape") : shape;
  }

  void check_shape(const std::vector<Index>& shape) const {
    if (shape != std::vector<Index>{cells(), nodes()}) {
      fail("its shape is not the number of cells, " + to_text(cells()) + ", by the number of genes, " +
           to_text(nodes()));
    }
  }

  /// Once the table is known to be one: until then so much memory is not asked for.
  void prepare_values() { values_ = Matrix::Zero(cells(), selection_.nodes()); }

  void read_dense() {
    prepare_values();
    // Some rows at a time: the file may hold many more genes than are kept.
    const Index step = std::max<Index>(1, (Index{1} << 20) / std::max<Index>(1, nodes()));
    for (Index begin = 0; begin < cells(); begin += step) {
      const Index count = std::min(step, cells() - begin);
      const std::vector<double> rows = file_.rows(path_, begin, count, nodes());
      for (Index cell = 0; cell < count; ++cell) {
        for (Index gene = 0; gene < nodes(); ++gene) {
          put(begin + cell, gene, rows[static_cast<std::size_t>(cell * nodes() + gene)]);
        }
      }
    }
  }

  void read_sparse(bool by_cell) {
    const std::vector<double> data = file_.numbers(path_ + "/data");
    const std::vector<Index> indices = file_.indices(path_ + "/indices");
    const std::vector<Index> pointers = file_.indices(path_ + "/indptr");
    const Index outer = by_cell ? cells() : nodes();
    const Index inner = by_cell ? nodes() : cells();
    const auto size = static_cast<Index>(data.size());
    if (static_cast<Index>(pointers.size()) != outer + 1 || pointers.front() != 0 || pointers.back() != size ||
        indices.size() != data.size()) {
      fail("the sparse table contradicts itself");
    }
    prepare_values();
    for (Index o = 0; o < outer; ++o) {
      const Index begin = pointers[static_cast<std::size_t>(o)];
      const Index end = pointers[static_cast<std::size_t>(o) + 1];
      if (begin > end || end > size) fail("the sparse table contradicts itself");
      for (Index k = begin; k < end; ++k) {
        const Index i = indices[static_cast<std::size_t>(k)];
        if (i < 0 || i >= inner) fail("an index of the sparse table is out of range");
        const double value = data[static_cast<std::size_t>(k)];
        by_cell ? put(o, i, value) : put(i, o, value);
      }
    }
  }

  /// Entries given twice add up, as they do in sparse tables.
  void put(Index cell, Index gene, double value) {
    totals_[cell] += value;
    if (const Index column = selection_.column[static_cast<std::size_t>(gene)]; column >= 0) {
      values_(cell, column) += value;
    }
  }

  const Hdf5File& file_;
  std::string path_;
  const GeneSelection& selection_;
  Index cells_;
  Matrix values_;
  Vector totals_;
};

/// The depths of the cells, of mean 1; empty where there are none.
inline Vector anndata_depths(const Hdf5File& file, const AnnDataOptions& options, const std::vector<std::string>& cells,
                             const Vector& totals) {
  if (options.depth.source != DepthSource::column) {
    return cell_depths(file.path(), options.depth, cells, totals, options.read);
  }
  const AnnDataColumn column = require_obs_column(file, options.depth.name, anndata_depth);
  return relative_depths(anndata_numbers(file, column, anndata_depth, cells, {}, anndata_number));
}

/// @param names of all genes of the file
inline Vector anndata_rates(const Hdf5File& file, const std::string& key, const std::vector<std::string>& names,
                            const GeneSelection& selection) {
  std::vector<bool> needed;
  for (const Index column : selection.column) needed.push_back(column >= 0);
  const Vector all =
      anndata_numbers(file, read_anndata_column(file, "var", key), anndata_rate, names, needed, anndata_number);
  Vector rates = Vector::Ones(selection.nodes());
  for (std::size_t g = 0; g < needed.size(); ++g) {
    if (needed[g]) rates[selection.column[g]] = all[static_cast<Index>(g)];
  }
  return rates;
}

/// The names of the inputs.
inline std::vector<std::string> anndata_inputs(const Hdf5File& file, const AnnDataOptions& options) {
  std::vector<std::string> inputs = inputs_of_table(options.inputs, options.genes);
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
    const auto key =
        std::find_if(keys.begin(), keys.end(), [&file](const std::string& name) { return file.exists("obs/" + name); });
    if (key == keys.end()) {
      if (i > 0) throw IoError(file.path(), "obs has no column of levels of input " + in_quotes(inputs[i]));
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
  const std::vector<std::string> names = detail::anndata_index(file, "var");
  const std::vector<std::string> inputs = detail::anndata_inputs(file, options);
  GeneSelection selection = select_genes(path, names, {}, options.genes, inputs, options.unknown);
  check_table_size(path, cells, selection.nodes());

  const std::string table = options.layer.empty() ? "X" : "layers/" + options.layer;
  if (!file.exists(table)) throw IoError(path, "there is no table " + table);
  detail::AnnDataMatrix matrix(file, table, cells, selection);
  Matrix values = matrix.read();

  std::string units;
  Vector times = detail::anndata_times(file, options.time_key, result.cells, units);
  if (std::string skipped = detail::skipped_genes_remark(path, selection); !skipped.empty()) {
    result.remarks.push_back(std::move(skipped));
  }
  if (!units.empty()) result.remarks.push_back(std::move(units));
  if (options.time_bins > 0) {
    if (options.time_bins > cells) throw IoError(path, "there are fewer cells than groups of times");
    times = bin_times(times, options.time_bins);
  }
  const Matrix levels = detail::anndata_levels(file, inputs, options.inputs.has_value(), result.cells, times);
  if (options.rates && file.exists("var/d0") && file.exists("var/d1")) {
    result.rates = {detail::anndata_rates(file, "d0", names, selection),
                    detail::anndata_rates(file, "d1", names, selection)};
  }
  Vector depth = detail::anndata_depths(file, options, result.cells, matrix.totals());
  result.counts = assemble_counts(path, std::move(values), std::move(times), std::move(selection), levels,
                                  options.fractions, std::move(depth));
  result.totals = detail::comparable_totals(matrix.totals());
  return result;
}

/// Adds an AnnData file to a set: X, obs with `time`, the levels of the inputs and, where cells have depths, `depth`,
/// var with the names and, where given, `d0` and `d1`. Reading it gives equal counts, times, names and rates back;
/// where there are no inputs, and where there are depths, the reader must be told.
/// @param data `cells` may be empty: then cell_0, cell_1, …
/// @throws IoError when the file cannot be written; std::invalid_argument when sizes disagree
inline void add_anndata(FileSet& files, const std::string& path, const AnnData& data,
                        AnnDataEncoding encoding = AnnDataEncoding::dense) {
  const Counts& counts = data.counts;
  const Index cells = counts.cells();
  const Index genes = counts.genes();
  std::vector<std::string> cell_names = data.cells;
  if (cell_names.empty()) {
    for (Index cell = 0; cell < cells; ++cell) cell_names.push_back("cell_" + std::to_string(cell));
  }
  check_size("write_anndata", "data.cells", static_cast<Index>(cell_names.size()), cells);
  const bool has_rates = data.rates.mrna.size() > 0;
  if (has_rates) {
    check_size("write_anndata", "data.rates.mrna", data.rates.mrna.size(), counts.nodes());
    check_size("write_anndata", "data.rates.protein", data.rates.protein.size(), counts.nodes());
  }

  detail::Hdf5Writer file(files.add_external(path), path);
  file.encode("/", "anndata", "0.1.0");
  std::vector<std::string> columns{"time"};
  const NodeLabels labels(counts.names(), counts.nodes(), counts.inputs());
  for (Index input = 0; input < counts.inputs(); ++input) {
    columns.push_back(input == 0 ? "stimulus" : labels.label(input));
  }
  const bool has_depth = counts.depth().size() > 0;
  if (has_depth) columns.emplace_back("depth");
  file.frame("obs", cell_names, columns);
  file.numbers("obs/time", counts.times());
  for (Index input = 0; input < counts.inputs(); ++input) {
    file.numbers("obs/" + columns[static_cast<std::size_t>(input) + 1], Vector(counts.values().col(input)));
  }
  if (has_depth) file.numbers("obs/depth", counts.depth());
  const std::vector<std::string> names(counts.names().begin() + counts.inputs(), counts.names().end());
  file.frame("var", names, has_rates ? std::vector<std::string>{"d0", "d1"} : std::vector<std::string>{});
  if (has_rates) {
    file.numbers("var/d0", Vector(data.rates.mrna.tail(genes)));
    file.numbers("var/d1", Vector(data.rates.protein.tail(genes)));
  }
  for (const char* group : {"layers", "obsm", "obsp", "uns", "varm", "varp"}) file.dictionary(group);
  if (encoding == AnnDataEncoding::dense) {
    file.dense("X", counts.values().rightCols(genes));
  } else {
    file.csr("X", counts.values().rightCols(genes));
  }
  file.close();
}

/// Writes an AnnData file; see add_anndata.
inline void write_anndata(const std::string& path, const AnnData& data,
                          AnnDataEncoding encoding = AnnDataEncoding::dense) {
  FileSet files;
  add_anndata(files, path, data, encoding);
  files.commit();
}

}  // namespace cardamom
