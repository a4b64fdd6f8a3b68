/// @file
/// BEELINE's inputs: `ExpressionData.csv`, genes × cells under a line of cell names, and `PseudoTime.csv`, a time per
/// cell. The reference network is an edge list: see edges.hpp.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
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

/// `read_beeline` with the totals of cells.
template <class = CompiledWhereUsed>
inline CountsAndTotals read_beeline_table(const std::string& path, const NamedTableOptions& options) {
  const std::string text = options.read(path);
  TextLines lines(text);
  if (!lines.next()) throw IoError(path, "the file is empty");
  std::vector<std::string> cells;
  {
    LineFields fields(lines.line());
    std::string_view field;
    fields.next(field);  // the corner
    while (fields.next(field)) cells.push_back(fields.text());
  }
  std::vector<std::string> genes;
  std::vector<double> values;
  const auto count = static_cast<Index>(cells.size());
  if (count == 0) throw IoError(path, 1, 0, "the first line names no cells");
  while (lines.next()) {
    LineFields fields(lines.line());
    std::string_view field;
    if (!fields.next(field) || field.empty()) throw IoError(path, lines.number(), 1, "the row has no gene");
    genes.push_back(fields.text());
    Index found = 0;
    while (fields.next(field)) {
      if (++found > count) break;
      double value = 0.0;
      if (!parse_number(field, value)) {
        refuse_count(path, lines.number(), fields.column(), field, options.fractions);
      }
      values.push_back(value);
    }
    if (found != count) {
      throw IoError(path, lines.number(), std::min(found, count) + 2,
                    "the row has another number of values than the first line has cells: " + to_text(count));
    }
  }
  if (genes.empty()) throw IoError(path, "there are no genes");
  GeneSelection selection = select_genes(path, genes, {}, options.genes,
                                         inputs_of_table(options.inputs, options.genes, genes), options.unknown);
  check_table_size(path, count, selection.nodes());
  Matrix table(count, selection.nodes());
  for (std::size_t g = 0; g < genes.size(); ++g) {
    if (selection.column[g] < 0) continue;
    table.col(selection.column[g]) = Eigen::Map<const Vector>(values.data() + static_cast<Index>(g) * count, count);
  }
  const std::string beside = (std::filesystem::path(path).parent_path() / "PseudoTime.csv").string();
  std::vector<std::string> remarks;
  Vector times = named_table_times(options.times.empty() ? beside : options.times, cells, options.time_bins,
                                   options.read, remarks);
  if (std::string skipped = skipped_genes_remark(path, selection); !skipped.empty()) {
    remarks.push_back(std::move(skipped));
  }
  const Matrix levels = levels_from_times(path, selection.inputs, times);
  Vector totals = Eigen::Map<const Matrix>(values.data(), count, static_cast<Index>(genes.size())).rowwise().sum();
  Vector depth = cell_depths(path, options.depth, cells, totals, options.read);
  return {assemble_counts(path, std::move(table), std::move(times), std::move(selection), levels, options.fractions,
                          std::move(depth)),
          comparable_totals(std::move(totals)), std::move(remarks)};
}

}  // namespace detail

/// Reads a table of genes × cells. The input, if there is one, is off up to t = 0 and on afterwards.
/// @param path the table; its times are taken from options.times or, when empty, from PseudoTime.csv beside it
/// @return cells × nodes, cells in the order of the file
/// @throws IoError with line and column on anything that is not such a table, on cells without a time or a depth and
/// genes that are not there, unless `options.unknown` skips them
template <class = CompiledWhereUsed>
[[nodiscard]] inline Counts read_beeline(const std::string& path, const NamedTableOptions& options = {}) {
  return detail::read_beeline_table(path, options).counts;
}

}  // namespace cardamom
