/// @file
/// Lists of counts: a line per gene and cell with their count, as umi_tools writes them and data frames are in "long"
/// form.
///
///     gene  cell  count
///     Sox2  c1    3
///     Sox2  c3    12
///     Klf4  c2    1
///
/// Columns are found by their titles, in any order, a first one that numbers the rows is passed over. A gene has no
/// molecules in cells where it is not listed; cells and genes are those that are listed, in the order in which they
/// come. When cells were taken is said by a table of times.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <unordered_map>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/io/assemble_counts.hpp>
#include <cardamom/io/delimited.hpp>
#include <cardamom/io/line_fields.hpp>
#include <cardamom/io/named_table.hpp>
#include <cardamom/io/number_table.hpp>
#include <cardamom/io/text.hpp>
#include <cardamom/io/titled_table.hpp>
#include <cardamom/io/value_scale.hpp>

namespace cardamom::detail {

/// Where the columns of a list of counts are, numbered from 0.
struct CountListColumns {
  std::size_t gene = 0;
  std::size_t cell = 0;
  std::size_t count = 0;
  std::size_t size = 0;  ///< how many there are

  /// @param titles the fields of the first line
  /// @return nothing where they are not those of such a list: one of each kind and, before them, one of row numbers
  static std::optional<CountListColumns> of(const std::vector<std::string>& titles) {
    const std::size_t begin = titles.size() == 4 && is_index_title(titles.front()) ? 1 : 0;
    if (titles.size() != begin + 3) return std::nullopt;
    const auto find = [&](std::initializer_list<std::string_view> words) {
      std::size_t k = begin;
      while (k < titles.size() && !is_one_of(title_word(titles[k]), words)) ++k;
      return k;
    };
    const CountListColumns columns{find({"gene", "genes", "geneid", "genename", "genesymbol", "symbol"}),
                                   find({"cell", "cells", "cellid", "cellname", "barcode", "barcodes", "cellbarcode"}),
                                   find({"count", "counts", "umi", "umis", "umicount", "umicounts"}), titles.size()};
    // Of three columns three are found: each is another.
    if (std::max({columns.gene, columns.cell, columns.count}) == titles.size()) return std::nullopt;
    return columns;
  }
};

/// Names by number, in the order in which they come.
class NumberedNames {
 public:
  std::size_t number(std::string name) {
    const auto [entry, added] = number_of_.try_emplace(std::move(name), names_.size());
    if (added) names_.push_back(entry->first);
    return entry->second;
  }
  const std::vector<std::string>& names() const noexcept { return names_; }

 private:
  std::unordered_map<std::string, std::size_t> number_of_;
  std::vector<std::string> names_;
};

/// Whether a text is a list of counts.
template <class = CompiledWhereUsed>
inline bool is_count_list(const std::string& path, std::string_view text) {
  TableLines lines(path, text, separator_of_counts(path, text));
  return lines.next() && CountListColumns::of(title_fields(lines)).has_value();
}

/// Reads a list of counts, with the totals of cells.
/// @throws IoError with line and column on what is no such list, a pair of gene and cell that is listed twice, options
///   of tables, cells without a time or a depth, and genes that are not there, unless `options.unknown` skips them
/// Cost: O(size of the file), 32 bytes of memory per line besides the table.
template <class = CompiledWhereUsed>
inline CountsAndTotals count_list_of_text(const std::string& path, std::string_view text,
                                          const NamedTableOptions& options) {
  const ValueReading reading = ValueReading::of(options.values, options.fractions);
  if (is_logarithm(reading.scale)) {
    throw IoError(path, "values are said to be " + to_text(reading.scale) +
                            ", but this is a list of counts, where what is not listed is 0");
  }
  if (options.orientation != TableOrientation::detect) {
    throw IoError(path, "an orientation is given, but this is a list of counts, a line per gene and cell");
  }
  struct Entry {
    std::size_t gene;
    std::size_t cell;
    double value;
    Index line;
  };
  std::vector<Entry> entries;
  NumberedNames genes;
  NumberedNames cells;
  TableLines lines(path, text, separator_of_counts(path, text));
  lines.next();
  CountListColumns columns = CountListColumns::of(title_fields(lines)).value();
  std::vector<std::string> line(columns.size + 1);
  while (lines.next()) {
    if (entries.empty() && columns.size == 3 && title_fields(lines).size() == 4) {  // names of rows, as R writes them
      for (std::size_t* const column : {&columns.gene, &columns.cell, &columns.count, &columns.size}) ++*column;
    }
    LineFields fields = lines.fields();
    std::size_t found = 0;
    for (std::string_view field; fields.next(field);) {
      if (found < columns.size) {
        line[found++] = fields.text();
      } else if (!field.empty()) {
        throw IoError(path, lines.number(), fields.column(),
                      "the line has more than the " + to_text(static_cast<Index>(columns.size)) + " columns of a list");
      }
    }
    const auto place = [](std::size_t column) { return static_cast<Index>(column) + 1; };
    if (found < columns.size) {
      throw IoError(path, lines.number(), place(found),
                    "the line has " + field_count(found) + ", must have " + to_text(static_cast<Index>(columns.size)) +
                        ": a gene, a cell and their count");
    }
    if (line[columns.gene].empty()) throw IoError(path, lines.number(), place(columns.gene), "the gene has no name");
    if (line[columns.cell].empty()) throw IoError(path, lines.number(), place(columns.cell), "the cell has no name");
    const double value = parse_count(path, lines.number(), place(columns.count), line[columns.count], !reading.whole);
    entries.push_back({genes.number(std::move(line[columns.gene])), cells.number(std::move(line[columns.cell])), value,
                       lines.number()});
  }
  if (entries.empty()) throw IoError(path, "the list has no lines");

  std::vector<std::string> remarks{path + ": a list of counts, what it does not list is 0"};
  const std::string times_path =
      options.times.empty() ? (std::filesystem::path(path).parent_path() / "PseudoTime.csv").string() : options.times;
  if (std::error_code ignored; options.times.empty() && !std::filesystem::exists(times_path, ignored)) {
    throw IoError(path, "a list of counts does not say when its cells were taken: give a table of times");
  }
  TimesOfCells times =
      named_table_times(times_path, cells.names(), options.time_bins, options.read, options.time_unit, remarks);
  GeneSelection selection =
      select_genes(path, genes.names(), {}, options.genes,
                   inputs_of_table(options.inputs, options.genes, genes.names()), options.unknown);
  if (std::string skipped = skipped_genes_remark(path, selection); !skipped.empty()) {
    remarks.push_back(std::move(skipped));
  }
  const auto size = static_cast<Index>(cells.names().size());
  check_table_size(path, size, selection.nodes());
  // Not a number where there is no entry yet: an entry of 0 may not come twice either.
  Matrix values = Matrix::Constant(size, selection.nodes(), NAN);
  Vector totals = Vector::Zero(size);
  for (const Entry& entry : entries) {
    const auto cell = static_cast<Index>(entry.cell);
    totals[cell] += entry.value;
    const Index column = selection.column[entry.gene];
    if (column < 0) continue;
    double& value = values(cell, column);
    if (!std::isnan(value)) {
      throw IoError(path, entry.line, 0,
                    "the count of gene " + in_quotes(genes.names()[entry.gene]) + " in cell " +
                        in_quotes(cells.names()[entry.cell]) + " is given twice");
    }
    value = entry.value;
  }
  values.array() = values.array().isNaN().select(0.0, values.array());
  const Matrix levels = levels_from_times(path, selection.inputs, times.times);
  Vector depth = cell_depths(path, options.depth, cells.names(), totals, options.read);
  Counts counts = assemble_counts(path, std::move(values), std::move(times.times), std::move(selection), levels,
                                  !reading.whole, std::move(depth));
  if (std::string said = reading.remark(counts.values().rightCols(counts.genes())); !said.empty()) {
    remarks.push_back(path + ": " + said);
  }
  return {with_lineages(times_path, std::move(counts), std::move(times.lineages)), comparable_totals(std::move(totals)),
          std::move(remarks), "list of counts"};
}

}  // namespace cardamom::detail
