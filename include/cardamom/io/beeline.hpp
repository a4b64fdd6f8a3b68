/// @file
/// Tables of genes and cells by name. BEELINE's inputs are such: `ExpressionData.csv`, genes × cells under a line of
/// cell names, and `PseudoTime.csv`, a time per cell. The reference network is an edge list: see edges.hpp.
///
///     ,c1,c2,c3           cell,time,Sox2,Klf4
///     Sox2,3,0,12         c1,0,3,0
///     Klf4,0,1,5          c2,6,0,1
///
/// A list of a line per gene and cell with their count is read as well: see count_list.hpp.
///
/// Which way a table stands is told by names, where it is not said: those of cells stand in the table of times, those
/// of genes are asked for, and a column (or row) of times shows where the genes are. Times may so be in the table
/// itself, as may levels of inputs, titled `stimulus`, by the input's name, or `input:` and its name. How such a file
/// is written is said in delimited.hpp; the line of titles may lack one for the names of rows, as R leaves it out.
#pragma once

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/io/assemble_counts.hpp>
#include <cardamom/io/cell_times.hpp>
#include <cardamom/io/count_list.hpp>
#include <cardamom/io/named_table.hpp>
#include <cardamom/io/node_labels.hpp>
#include <cardamom/io/number_table.hpp>
#include <cardamom/io/text.hpp>
#include <cardamom/io/time_units.hpp>
#include <cardamom/io/titled_table.hpp>
#include <cardamom/io/value_scale.hpp>

namespace cardamom {

namespace detail {

/// Reads one table of genes and cells; each member is a step.
class NamedTable {
 public:
  template <class = CompiledWhereUsed>
  NamedTable(const std::string& path, std::string_view text, const NamedTableOptions& options)
      : path_(path),
        text_(text),
        options_(options),
        reading_(ValueReading::of(options.values, options.fractions)),
        table_(read_number_table(path, text)) {
    if (table_.columns() == 0) throw IoError(path, table_.title_line, 0, "the first line names no cells");
    table_.signs.check();
  }

  template <class = CompiledWhereUsed>
  CountsAndTotals read() {
    const bool own_times = !table_.time_columns.empty() || !table_.time_rows.empty() || corner_is_time();
    const std::string beside = (std::filesystem::path(path_).parent_path() / "PseudoTime.csv").string();
    const std::string& times_path = options_.times.empty() ? beside : options_.times;
    if (!own_times) times_.emplace(times_path, options_.read, options_.time_unit);
    const bool genes_in_rows = find_orientation();
    const OrientedTable table(table_, text_, genes_in_rows);
    const std::optional<Index> time_line = find_time_line(table);
    const bool labels_are_times = !genes_in_rows && corner_is_time();
    if (labels_are_times && time_line) {
      throw IoError(path_, table_.title_line, table_.title_column + *time_line,
                    "column " + in_quotes(table.names()[static_cast<std::size_t>(*time_line)]) +
                        " may hold the times, as may the first column, " + in_quotes(table_.corner));
    }
    const std::vector<std::string> cells = labels_are_times ? std::vector<std::string>{} : table.cell_names();
    check_cells(table, cells);
    const bool from_table = !time_line && !labels_are_times;
    TimesOfCells times =
        from_table ? times_from_table(times_path, cells) : TimesOfCells{own_times_of(table, time_line)};
    times =
        group_times(times_path, std::move(times), options_.time_bins, from_table && times_->pseudotime(), &remarks_);
    CountsAndTotals result = assemble(table, cells, time_line, std::move(times.times));
    result.counts = with_lineages(times_path, std::move(result.counts), std::move(times.lineages));
    return result;
  }

 private:
  bool corner_is_time() const { return is_time_title(table_.corner); }

  void remark(const std::string& text) {
    if (!text.empty()) remarks_.push_back(path_ + ": " + text);
  }

  /// Whether rows are genes.
  template <class = CompiledWhereUsed>
  bool find_orientation() {
    if (options_.orientation != TableOrientation::detect) {
      return options_.orientation == TableOrientation::genes_by_cells;
    }
    const bool time_above = !table_.time_columns.empty() || corner_is_time();
    if (time_above && !table_.time_rows.empty())
      refuse_orientation("there is a row of times", "there is a column of times");
    if (time_above) {
      remark("rows are taken for cells, since there is a column of times; --orientation genes-by-cells says otherwise");
      return false;
    }
    if (!table_.time_rows.empty()) return true;
    const bool cells_above = times_->has(table_.titles);
    const bool cells_before = times_->has(table_.labels);
    const std::string seen_before = "the table of times names them";
    if (cells_above != cells_before) {
      if (cells_before) {
        remark("rows are taken for cells, since " + seen_before + "; --orientation genes-by-cells says otherwise");
      }
      return cells_above;
    }
    const bool genes_above = has_chosen_gene(table_.titles);
    const bool genes_before = has_chosen_gene(table_.labels);
    if (genes_above != genes_before) {
      if (genes_above) {
        remark(
            "rows are taken for cells, since columns have names of chosen genes; --orientation genes-by-cells says "
            "otherwise");
      }
      return genes_before;
    }
    if (!cells_above) return true;  // nothing is known: what is missing will be said
    const bool all_above = times_->size() == table_.columns();
    const bool all_before = times_->size() == table_.rows();
    if (all_above == all_before) {
      refuse_orientation("the table of times has the names of the columns", "it has those of the rows");
    }
    remark(std::string("rows are taken for ") + (all_above ? "genes" : "cells") +
           ", since the table of times has as many cells as there are " + (all_above ? "columns" : "rows") +
           "; --orientation " + (all_above ? "cells-by-genes" : "genes-by-cells") + " says otherwise");
    return all_above;
  }

  [[noreturn]] void refuse_orientation(const std::string& genes, const std::string& cells) const {
    throw IoError(path_, "rows may be genes, since " + genes + ", or cells, since " + cells +
                             ": --orientation genes-by-cells or cells-by-genes says which");
  }

  /// Whether names are among those of genes that are asked for.
  template <class = CompiledWhereUsed>
  bool has_chosen_gene(const std::vector<std::string>& names) const {
    const std::size_t inputs = options_.inputs ? options_.inputs->size() : 1;
    for (std::size_t k = inputs; k < options_.genes.size(); ++k) {
      if (std::find(names.begin(), names.end(), options_.genes[k]) != names.end()) return true;
    }
    return false;
  }

  /// The line of the table that holds times.
  template <class = CompiledWhereUsed>
  std::optional<Index> find_time_line(const OrientedTable& table) const {
    const auto& found = table.genes_in_rows() ? table_.time_rows : table_.time_columns;
    if (found.empty()) return std::nullopt;
    if (found.size() > 1) {
      const auto [line, column] = table.place_of_name(std::next(found.begin())->first);
      const auto name = [&](Index k) { return in_quotes(table.names()[static_cast<std::size_t>(k)]); };
      throw IoError(path_, line, column,
                    name(std::next(found.begin())->first) + " may hold the times, as may " +
                        name(found.begin()->first) + ": leave one of them out");
    }
    return found.begin()->first;
  }

  template <class = CompiledWhereUsed>
  Vector own_times_of(const OrientedTable& table, std::optional<Index> line) {
    const std::string title = line ? table.names()[static_cast<std::size_t>(*line)] : table_.corner;
    if (!options_.times.empty()) {
      throw IoError(path_, "times are given twice, by " + options_.times + " and by " + in_quotes(title) +
                               " in the table: leave one of them out");
    }
    const std::vector<std::string>& fields = !line                   ? table_.labels
                                             : table.genes_in_rows() ? table_.time_rows.at(*line)
                                                                     : table_.time_columns.at(*line);
    TimesInHours units = TimesInHours::of_column(title, options_.time_unit);
    Vector times(table.cells());
    for (Index cell = 0; cell < times.size(); ++cell) {
      const std::string& field = fields[static_cast<std::size_t>(cell)];
      auto [number, column] = table.place(line.value_or(0), cell);
      if (!line) column = 1;
      const std::string with_point = table_.signs.with_point(field, number, column);
      const std::optional<double> time = units.read(with_point.empty() ? field : with_point);
      if (!time) throw IoError(path_, number, column, "time is " + in_quotes(field) + ", must be a finite number [h]");
      times[cell] = *time;
    }
    table_.signs.check();
    if (const std::string wrong = units.contradiction(); !wrong.empty()) throw IoError(path_, wrong);
    remark(units.remark());
    return times;
  }

  template <class = CompiledWhereUsed>
  TimesOfCells times_from_table(const std::string& path, const std::vector<std::string>& cells) {
    if (!times_) times_.emplace(path, options_.read, options_.time_unit);
    std::string said = times_->remark();
    Vector times = times_->of(cells, &said);
    if (!said.empty()) remarks_.push_back(path + ": " + said);
    return {std::move(times), times_->lineages_of(cells)};
  }

  template <class = CompiledWhereUsed>
  void check_cells(const OrientedTable& table, const std::vector<std::string>& cells) const {
    std::unordered_map<std::string_view, Index> place_of;
    for (std::size_t k = 0; k < cells.size(); ++k) {
      const auto cell = static_cast<Index>(k);
      const Index place = table.genes_in_rows() ? table_.title_column + cell : table_.lines[k];
      const auto [entry, added] = place_of.try_emplace(cells[k], place);
      if (added) continue;
      const bool above = table.genes_in_rows();
      throw IoError(path_, above ? table_.title_line : place, above ? place : 1,
                    "cell " + in_quotes(cells[k]) + " occurs twice, already in " + (above ? "column " : "line ") +
                        to_text(entry->second));
    }
  }

  /// Which line holds the levels of an input, of those that do not hold times.
  template <class = CompiledWhereUsed>
  std::optional<Index> find_input_line(const OrientedTable& table, const std::string& input) const {
    for (Index line = 0; line < table.lines(); ++line) {
      const std::string& name = table.names()[static_cast<std::size_t>(line)];
      if (name == input || marked_input(name) == input) return line;
    }
    return std::nullopt;
  }

  template <class = CompiledWhereUsed>
  CountsAndTotals assemble(const OrientedTable& table, const std::vector<std::string>& cells,
                           std::optional<Index> time_line, Vector times) {
    std::vector<std::string> inputs = inputs_of_table(options_.inputs, options_.genes, {});
    std::vector<std::string> wanted = options_.genes;
    const auto given = static_cast<std::ptrdiff_t>(inputs.size());
    std::vector<std::optional<Index>> input_lines;
    for (const std::string& input : inputs) input_lines.push_back(find_input_line(table, input));
    for (Index line = 0; line < table.lines(); ++line) {
      const std::string& name = table.names()[static_cast<std::size_t>(line)];
      if (std::find(input_lines.begin(), input_lines.end(), line) != input_lines.end()) continue;
      if (!options_.inputs && title_word(name) == "stimulus" && !input_lines[0]) {
        input_lines[0] = line;
      } else if (const std::string_view marked = marked_input(name); !marked.empty()) {
        if (options_.inputs) {
          const auto [number, column] = table.place_of_name(line);
          throw IoError(path_, number, column, "input " + in_quotes(marked) + " is not declared");
        }
        inputs.emplace_back(marked);
        input_lines.emplace_back(line);
      }
    }
    if (!wanted.empty()) {
      wanted.insert(wanted.begin() + given, inputs.begin() + given, inputs.end());
    }
    std::vector<Index> gene_lines;
    std::vector<std::string> genes;
    for (Index line = 0; line < table.lines(); ++line) {
      if (line == time_line) continue;
      if (std::find(input_lines.begin(), input_lines.end(), line) != input_lines.end()) continue;
      const std::string& name = table.names()[static_cast<std::size_t>(line)];
      if (name.empty()) {
        const auto [number, column] = table.place_of_name(line);
        throw IoError(path_, number, column, "the gene has no name");
      }
      if (wanted.empty() && !table.genes_in_rows() && is_title_about_cells(name)) {
        const auto [number, column] = table.place_of_name(line);
        throw IoError(path_, number, column,
                      "titled " + in_quotes(name) +
                          ", seems to say something about cells, not to be a gene: leave the column out, or choose "
                          "the genes by a list of their names");
      }
      gene_lines.push_back(line);
      genes.push_back(name);
    }
    GeneSelection selection = select_genes(path_, genes, {}, wanted, inputs, options_.unknown);
    check_table_size(path_, table.cells(), selection.nodes());
    Matrix values(table.cells(), selection.nodes());
    for (std::size_t g = 0; g < genes.size(); ++g) {
      if (selection.column[g] >= 0) table.numbers(gene_lines[g], reading_, values.col(selection.column[g]));
    }
    remark(skipped_genes_text(selection));
    for (const std::optional<Index>& line : input_lines) {
      if (!line || !marked_input(table.names()[static_cast<std::size_t>(*line)]).empty()) continue;
      remark(std::string(table.genes_in_rows() ? "row " : "column ") +
             in_quotes(table.names()[static_cast<std::size_t>(*line)]) +
             " is taken for the levels of an input; --inputs says what inputs there are");
    }
    Vector totals = table.totals(gene_lines, reading_.scale);
    Vector depth = cell_depths(path_, options_.depth, cells, totals, options_.read);
    const Matrix levels = levels_of(table, inputs, input_lines, times);
    Counts counts = assemble_counts(path_, std::move(values), std::move(times), std::move(selection), levels,
                                    !reading_.whole, std::move(depth));
    remark(table_.signs.remark());
    remark(reading_.remark(counts.values().rightCols(counts.genes())));
    return {std::move(counts), comparable_totals(std::move(totals)), std::move(remarks_),
            table.genes_in_rows() ? "BEELINE table" : "table of cells x genes"};
  }

  /// The levels of inputs that the table has; else one input is off up to t = 0 and on afterwards.
  template <class = CompiledWhereUsed>
  Matrix levels_of(const OrientedTable& table, const std::vector<std::string>& inputs,
                   const std::vector<std::optional<Index>>& lines, const Vector& times) const {
    const auto count = static_cast<Index>(inputs.size());
    if (count <= 1 && std::none_of(lines.begin(), lines.end(), [](const auto& line) { return line.has_value(); })) {
      return levels_from_times(path_, count, times);
    }
    Matrix levels(times.size(), count);
    for (std::size_t k = 0; k < inputs.size(); ++k) {
      if (!lines[k]) {
        throw IoError(path_, std::string("there is no ") + (table.genes_in_rows() ? "row" : "column") + " of input " +
                                 in_quotes(inputs[k]) + ", but there are several inputs: their levels must be known");
      }
      const auto input = static_cast<Index>(k);
      levels.col(input) = table.values().col(*lines[k]);
      table.check_levels(*lines[k], levels.col(input));
    }
    return levels;
  }

  const std::string& path_;
  std::string_view text_;
  const NamedTableOptions& options_;
  ValueReading reading_;
  NumberTable table_;
  std::optional<CellTimes> times_;
  std::vector<std::string> remarks_;
};

/// `read_beeline` of a text, with the totals of cells.
template <class = CompiledWhereUsed>
inline CountsAndTotals named_table_of_text(const std::string& path, std::string_view text,
                                           const NamedTableOptions& options) {
  if (is_count_list(path, text)) return count_list_of_text(path, text, options);
  return NamedTable(path, text, options).read();
}

}  // namespace detail

/// Reads a table of genes and cells. The input, if there is one whose levels the table does not have, is off up to t =
/// 0 and on afterwards.
/// @param path the table; its times are taken from options.times or, when empty, from the table itself, or from
///   PseudoTime.csv beside it
/// @return cells × nodes, cells in the order of the file
/// @throws IoError with line and column on anything that is not such a table, on cells that occur twice or have no time
///   or depth, genes that are not there, unless `options.unknown` skips them, times that are given twice, and a table
///   of which it cannot be told whether its rows are genes or cells
template <class = CompiledWhereUsed>
[[nodiscard]] inline Counts read_beeline(const std::string& path, const NamedTableOptions& options = {}) {
  return detail::named_table_of_text(path, options.read(path), options).counts;
}

}  // namespace cardamom
