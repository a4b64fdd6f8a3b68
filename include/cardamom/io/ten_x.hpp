/// @file
/// 10x Genomics folders: `matrix.mtx`, a sparse table of features × cells in MatrixMarket format, `features.tsv` (or
/// `genes.tsv`): identifier, name, and more; `barcodes.tsv`: the cells. Each of them may be compressed (.gz). When each
/// cell was taken is said by a table of times.
#pragma once

#include <cmath>
#include <filesystem>
#include <initializer_list>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/io/assemble_counts.hpp>
#include <cardamom/io/named_table.hpp>
#include <cardamom/io/text.hpp>

namespace cardamom {

namespace detail {

/// The first of the names, as it is or compressed, that exists in a folder; empty when none does.
template <class = CompiledWhereUsed>
inline std::string find_in_folder(const std::string& folder, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    for (const char* ending : {"", ".gz"}) {
      std::error_code ignored;
      const std::filesystem::path path = std::filesystem::path(folder) / (std::string(name) + ending);
      if (std::filesystem::is_regular_file(path, ignored)) return path.string();
    }
  }
  return {};
}

template <class = CompiledWhereUsed>
inline std::string require_in_folder(const std::string& folder, std::initializer_list<std::string_view> names) {
  std::string path = find_in_folder(folder, names);
  if (path.empty()) throw IoError(folder, "the folder has no " + std::string(*names.begin()));
  return path;
}

/// Names and identifiers of features; one column serves as both.
template <class = CompiledWhereUsed>
inline void read_features(const std::string& path, std::vector<std::string>& names, std::vector<std::string>& ids,
                          FileReader read) {
  const std::string text = read(path);
  TextLines lines(text);
  while (lines.next()) {
    LineFields fields(lines.line());
    std::string_view id;
    std::string_view name;
    if (!fields.next(id) || id.empty()) throw IoError(path, lines.number(), 1, "the feature has no identifier");
    ids.push_back(fields.text());
    names.push_back(fields.next(name) && !name.empty() ? fields.text() : ids.back());
  }
}

template <class = CompiledWhereUsed>
inline std::vector<std::string> read_barcodes(const std::string& path, FileReader read) {
  const std::string text = read(path);
  TextLines lines(text);
  std::vector<std::string> cells;
  while (lines.next()) {
    LineFields fields(lines.line());
    std::string_view cell;
    if (!fields.next(cell) || cell.empty()) throw IoError(path, lines.number(), 1, "the cell has no name");
    cells.push_back(fields.text());
  }
  return cells;
}

/// Fills the columns of the selected rows of a MatrixMarket file; absent entries are 0.
/// @param totals per cell: the sum over all rows, selected or not
template <class = CompiledWhereUsed>
inline Matrix read_matrix_market(const std::string& path, Index cells, const GeneSelection& selection,
                                 const NamedTableOptions& options, Vector& totals) {
  const std::string text = options.read(path);
  TextLines lines(text);
  if (!lines.next() || lower_case(lines.line()).rfind("%%matrixmarket matrix coordinate ", 0) != 0) {
    throw IoError(path, 1, 0,
                  "this is no sparse MatrixMarket file: its first line must begin with "
                  "%%MatrixMarket matrix coordinate");
  }
  const std::string kind = lower_case(lines.line());
  if (kind.find(" general") == std::string::npos ||
      (kind.find(" integer ") == std::string::npos && kind.find(" real ") == std::string::npos)) {
    throw IoError(path, 1, 0, "the matrix must be general, of integer or real numbers");
  }
  const auto triple = [&](Index& row, Index& column, std::string_view& last) {
    LineFields fields(lines.line());
    std::string_view first;
    std::string_view second;
    std::string_view excess;
    if (!fields.next(first) || !fields.next(second) || !fields.next(last) || fields.next(excess) ||
        !parse_whole(first, row) || !parse_whole(second, column)) {
      throw IoError(path, lines.number(), 0,
                    "the line must hold two whole numbers and a value: " + in_quotes(lines.line()));
    }
  };
  bool more = lines.next();
  while (more && !lines.line().empty() && lines.line().front() == '%') more = lines.next();
  if (!more) throw IoError(path, "the line of sizes is missing");
  Index rows = 0;
  Index columns = 0;
  Index entries = 0;
  std::string_view field;
  triple(rows, columns, field);
  if (!parse_whole(field, entries)) {
    throw IoError(path, lines.number(), 3, "number of entries is " + in_quotes(field) + ", must be a whole number");
  }
  if (rows != static_cast<Index>(selection.column.size()) || columns != cells) {
    throw IoError(path, lines.number(), 0,
                  "the matrix is " + to_text(rows) + " x " + to_text(columns) + ", but there are " +
                      to_text(static_cast<Index>(selection.column.size())) + " features and " + to_text(cells) +
                      " cells beside it");
  }
  Matrix values = Matrix::Zero(cells, selection.nodes());
  totals = Vector::Zero(cells);
  Index found = 0;
  while (lines.next()) {
    Index row = 0;
    Index column = 0;
    triple(row, column, field);
    if (row < 1 || row > rows || column < 1 || column > columns) {
      throw IoError(path, lines.number(), 0, "entry " + to_text(row) + ", " + to_text(column) + " is out of range");
    }
    ++found;
    const double value = parse_count(path, lines.number(), 3, field, options.fractions);
    totals[column - 1] += value;
    const Index gene = selection.column[static_cast<std::size_t>(row - 1)];
    if (gene < 0) continue;
    if (values(column - 1, gene) != 0.0) {
      throw IoError(path, lines.number(), 0, "entry " + to_text(row) + ", " + to_text(column) + " is given twice");
    }
    values(column - 1, gene) = value;
  }
  if (found != entries) {
    throw IoError(path, "the file has " + to_text(found) + " entries, its line of sizes says " + to_text(entries));
  }
  return values;
}

/// `read_ten_x` with the totals of cells.
template <class = CompiledWhereUsed>
inline CountsAndTotals read_ten_x_folder(const std::string& folder, const NamedTableOptions& options) {
  const std::string matrix = require_in_folder(folder, {"matrix.mtx"});
  std::vector<std::string> names;
  std::vector<std::string> ids;
  read_features(require_in_folder(folder, {"features.tsv", "genes.tsv"}), names, ids, options.read);
  const auto cells = read_barcodes(require_in_folder(folder, {"barcodes.tsv"}), options.read);
  if (options.times.empty()) {
    throw IoError(folder, "a 10x folder does not say when its cells were taken: give a table of times");
  }
  std::vector<std::string> remarks;
  Vector times = named_table_times(options.times, cells, options.time_bins, options.read, remarks);
  GeneSelection selection = select_genes(folder, names, ids, options.genes,
                                         inputs_of_table(options.inputs, options.genes, names), options.unknown);
  if (std::string skipped = skipped_genes_remark(folder, selection); !skipped.empty()) {
    remarks.push_back(std::move(skipped));
  }
  check_table_size(folder, static_cast<Index>(cells.size()), selection.nodes());
  Vector totals;
  Matrix values = read_matrix_market(matrix, static_cast<Index>(cells.size()), selection, options, totals);
  const Matrix levels = levels_from_times(folder, selection.inputs, times);
  Vector depth = cell_depths(matrix, options.depth, cells, totals, options.read);
  return {assemble_counts(matrix, std::move(values), std::move(times), std::move(selection), levels, options.fractions,
                          std::move(depth)),
          comparable_totals(std::move(totals)), std::move(remarks)};
}

}  // namespace detail

/// Reads a 10x folder. The input, if there is one, is off up to t = 0 and on afterwards. Features that share a name are
/// told apart by their identifiers, by which genes may be chosen as well. Totals are those over all features.
/// @param options options.times is required
/// @return cells × nodes, cells in the order of the folder, dense: choose genes when there are tens of thousands
/// @throws IoError with file and line on anything that is not such a folder, on cells without a time or a depth and
///   genes that are not there, unless `options.unknown` skips them
template <class = CompiledWhereUsed>
[[nodiscard]] inline Counts read_ten_x(const std::string& folder, const NamedTableOptions& options) {
  return detail::read_ten_x_folder(folder, options).counts;
}

}  // namespace cardamom
