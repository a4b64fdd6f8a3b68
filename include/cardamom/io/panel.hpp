/// @file
/// The panel format: a table of time-stamped counts with one row per node, inputs first, and one column per cell.
///
///     0           0   0   6   6      times [h], after a corner that says nothing
///     0           0   0   1   1      the first input, the stimulus: 0 while off, > 0 while on
///     input:dose  0   0   0   2      a further input: its name after `input:`, then its level in every cell
///     1           3   0   12  7      gene 1: its index (or name), then one count per cell
///     2           0   0   1   25     …
///
/// A panel without inputs, or one whose rows of inputs are not marked, is read with `PanelOptions::inputs`.
/// Fields are separated by tabs, in lines without a tab by commas, in lines with neither by spaces; lines end in LF or
/// CR LF.
#pragma once

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/table_field.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/io/cell_depths.hpp>
#include <cardamom/io/file_set.hpp>
#include <cardamom/io/node_labels.hpp>
#include <cardamom/io/text.hpp>

namespace cardamom {

struct PanelOptions {
  /// Accept values that are not whole numbers, for mRNA measured on a continuous scale.
  bool fractions = false;
  /// The inputs. Left out: the first row is one, and so are the rows right after it whose label begins with `input:`.
  /// Given: so many first rows are inputs and have these names, with or without `input:` in the file (the first one may
  /// be labelled 0); an empty list, `std::vector<std::string>{}`, says that there are none.
  std::optional<std::vector<std::string>> inputs = {};
  /// Where depths of cells come from, a table or totals. Panels do not name cells.
  DepthOptions depth = {};
  /// How the file is read; `read_gzip_file` reads compressed ones as well.
  FileReader read = read_plain_file;
};

namespace detail {

/// Whether numbers after a corner count the cells of a table, from 0 or 1 on, as a data frame without names of cells
/// does: then the corner is no number.
template <class = CompiledWhereUsed>
inline bool counts_cells(std::string_view corner, const std::vector<double>& numbers) {
  constexpr std::size_t fewest = 3;  // fewer may well be times
  double number = 0.0;
  if (numbers.size() < fewest || parse_number(corner, number) || (numbers[0] != 0.0 && numbers[0] != 1.0)) return false;
  for (std::size_t k = 1; k < numbers.size(); ++k) {
    if (numbers[k] != numbers[k - 1] + 1.0) return false;
  }
  return true;
}

template <class = CompiledWhereUsed>
inline std::vector<double> parse_times(const std::string& file, const TextLines& lines) {
  std::vector<double> times;
  LineFields fields(lines.line());
  std::string_view field;
  std::string_view corner;
  fields.next(corner);
  while (fields.next(field)) {
    double time = 0.0;
    if (!parse_number(field, time) || !std::isfinite(time)) {
      throw IoError(file, lines.number(), fields.column(),
                    "time is " + in_quotes(field) + ", must be a finite number: the first row holds the cells' times");
    }
    times.push_back(time);
  }
  if (times.empty()) throw IoError(file, lines.number(), 0, "the first row holds no times, so there are no cells");
  if (counts_cells(corner, times)) {
    throw IoError(
        file, lines.number(), 2,
        "the first row is " + to_text(times[0]) + ", " + to_text(times[1]) + ", … up to " + to_text(times.back()) +
            ": numbers of cells, or times of a panel with one cell at each? A table of cells needs a table of "
            "their times; a panel has a number, such as 0, before its times");
  }
  return times;
}

/// The label of a row, its first field.
inline std::string parse_panel_label(const std::string& file, const TextLines& lines, LineFields& fields) {
  std::string_view label;
  if (!fields.next(label) || label.empty()) throw IoError(file, lines.number(), 1, "the row has no gene index");
  return fields.text();
}

/// The other fields, one per cell, into `values`.
template <class = CompiledWhereUsed>
inline void parse_panel_values(const std::string& file, const TextLines& lines, LineFields& fields, Index cells,
                               bool fractions, double* values) {
  std::string_view field;
  Index found = 0;
  for (;;) {
    // Most of the fields, quickly.
    for (Index whole = 0; found < cells && fields.next_whole(whole);) values[found++] = static_cast<double>(whole);
    if (!fields.next(field) || ++found > cells) break;
    values[found - 1] = parse_count(file, lines.number(), fields.column(), field, fractions);
  }
  if (found != cells) {
    while (fields.next(field)) ++found;
    throw IoError(
        file, lines.number(), std::min(found, cells) + 2,
        "the row has " + to_text(found) + " values, must have one per time of the first row: " + to_text(cells));
  }
}

/// Which of the rows are inputs, told by their labels as they come.
class PanelInputs {
 public:
  template <class = CompiledWhereUsed>
  PanelInputs(const std::string& file, const std::optional<std::vector<std::string>>& declared)
      : file_(file), declared_(declared) {}

  /// How many rows are inputs.
  Index count() const noexcept { return count_; }

  /// Whether the row at the present line is that of an input; called once for every row.
  /// @throws IoError when it should be that of another node
  template <class = CompiledWhereUsed>
  bool take(Index line, const std::string& label) {
    const bool is_input = declared_ ? take_declared(line, label) : take_marked(line, label);
    if (is_input) {
      ++count_;
    } else {
      genes_begun_ = true;
    }
    return is_input;
  }

  /// The name of the input that was taken last.
  std::string name(const std::string& label) const {
    if (declared_) return (*declared_)[static_cast<std::size_t>(count_ - 1)];
    if (const std::string_view marked = marked_input(label); !marked.empty()) return std::string(marked);
    return label;
  }
  /// Whether an input of that label has no name.
  bool is_unnamed(const std::string& label) const { return !declared_ && count_ == 1 && label == "0"; }

 private:
  template <class = CompiledWhereUsed>
  bool take_marked(Index line, const std::string& label) const {
    if (count_ == 0) {
      if (Index index = 0; parse_whole(label, index) && index != 0) {
        throw IoError(file_, line, 1,
                      "the second row is that of gene " + label +
                          ", must be that of the stimulus (index 0); is the row of times or of the stimulus missing?");
      }
      return true;
    }
    if (marked_input(label).empty()) return false;
    if (genes_begun_) throw IoError(file_, line, 1, "input " + in_quotes(label) + " must stand before the genes");
    return true;
  }

  template <class = CompiledWhereUsed>
  bool take_declared(Index line, const std::string& label) const {
    if (count_ < static_cast<Index>(declared_->size())) {
      const std::string& name = (*declared_)[static_cast<std::size_t>(count_)];
      if (label != name && marked_input(label) != name && !(count_ == 0 && label == "0")) {
        throw IoError(file_, line, 1, "the row is that of " + in_quotes(label) + ", must be that of input " + name);
      }
      return true;
    }
    if (label == "0" || !marked_input(label).empty()) {
      throw IoError(file_, line, 1, "the row is that of an input, " + in_quotes(label) + ", that is not declared");
    }
    return false;
  }

  const std::string& file_;
  const std::optional<std::vector<std::string>>& declared_;
  Index count_ = 0;
  bool genes_begun_ = false;
};

}  // namespace detail

/// Reads a panel. Nodes are named by their labels in the first column, an input labelled 0 as `default_input_beside`
/// says. A single time point, times with one cell and constant genes are admissible.
/// @param path file to read
/// @return cells × nodes, in the order of the file
/// @throws IoError with line and column (in fields) on anything that is not a panel: a value missing, not a number,
///   negative or (of genes, unless options.fractions) not whole, rows of unequal length, no row of times or one that
///   may as well count the cells, no genes, rows of inputs other than the options say, a label that occurs twice; on
///   depths as `read_cell_depths`
/// Cost: O(size of the file).
template <class = CompiledWhereUsed>
[[nodiscard]] Counts read_panel(const std::string& path, const PanelOptions& options = {}) {
  const std::string text = options.read(path);
  TextLines lines(text);
  if (!lines.next()) throw IoError(path, "the file is empty");
  const std::vector<double> times = detail::parse_times(path, lines);
  const auto cells = static_cast<Index>(times.size());

  std::vector<std::string> names;
  std::unordered_set<std::string> seen;
  // A row of the file is a column of the matrix, which is stored column by column. Each value takes a byte at least.
  const auto rows = static_cast<Index>(std::count(text.begin(), text.end(), '\n'));
  Matrix table(cells, std::min(rows, static_cast<Index>(text.size()) / cells) + 1);
  detail::PanelInputs inputs(path, options.inputs);
  bool unnamed = false;
  while (lines.next()) {
    LineFields fields(lines.line());
    const std::string label = detail::parse_panel_label(path, lines, fields);
    const bool is_input = inputs.take(lines.number(), label);
    detail::parse_panel_values(path, lines, fields, cells, options.fractions || is_input,
                               table.col(static_cast<Index>(names.size())).data());
    std::string name = is_input ? inputs.name(label) : label;
    if (is_input && inputs.is_unnamed(label)) {
      unnamed = true;
      names.emplace_back();
      continue;
    }
    if (!seen.insert(name).second) {
      throw IoError(path, lines.number(), 1, (is_input ? "input " : "gene ") + in_quotes(label) + " has a second row");
    }
    names.push_back(std::move(name));
  }
  if (unnamed) names.front() = default_input_beside(names);
  const Index declared = options.inputs ? static_cast<Index>(options.inputs->size()) : 1;
  if (inputs.count() < declared) {
    throw IoError(path, declared == 1 ? "the row of the stimulus is missing"
                                      : "there are rows of " + to_text(inputs.count()) + " inputs, must be of " +
                                            to_text(declared));
  }
  const auto nodes = static_cast<Index>(names.size());
  if (nodes == inputs.count()) {
    throw IoError(path, nodes == 0   ? "there are no genes"
                        : nodes == 1 ? "there are no genes after the row of the stimulus"
                                     : "there are no genes after the rows of the inputs");
  }

  if (nodes < table.cols()) table.conservativeResize(Eigen::NoChange, nodes);
  Vector depth;
  if (options.depth.source != DepthSource::none) {
    depth = detail::cell_depths(path, options.depth, {}, table.rightCols(nodes - inputs.count()).rowwise().sum(),
                                options.read);
  }
  return Counts(std::move(table), Eigen::Map<const Vector>(times.data(), cells), std::move(names), std::move(depth),
                inputs.count());
}

/// A panel as text; rows are labelled by index, further inputs by `input:` and their name (node_labels.hpp). Values are
/// written with as many digits as they need.
/// @throws std::invalid_argument on the name of a further input that no label can hold
template <class = CompiledWhereUsed>
[[nodiscard]] std::string panel_text(const Counts& counts) {
  std::string text;
  text.reserve(static_cast<std::size_t>(counts.nodes() + 1) * static_cast<std::size_t>(counts.cells() + 1) * 3);
  const auto append = [&text](const auto& row) {
    char buffer[32] = "\t";
    for (Index cell = 0; cell < row.size(); ++cell) {
      const double value = row[cell];
      // Whole numbers by the integer routine: shorter for large ones (no exponent), and faster.
      const bool whole = value == std::floor(value) && std::abs(value) < 1e15;
      const auto result = whole ? std::to_chars(buffer + 1, buffer + sizeof buffer, static_cast<long long>(value))
                                : std::to_chars(buffer + 1, buffer + sizeof buffer, value);
      text.append(buffer, result.ptr);
    }
    text += '\n';
  };
  text += '0';
  append(counts.times());
  const NodeLabels labels(counts.names(), counts.nodes(), counts.inputs());
  for (Index node = 0; node < counts.nodes(); ++node) {
    const std::string label = labels.label(node);
    check_table_name("panel_text", "label of node " + to_text(node), label, NamePlace::label);
    text += label;
    append(counts.values().col(node));
  }
  return text;
}

/// Writes a panel; see panel_text. Depth and the names of genes and of the first input are not part of the format.
/// Throws IoError.
template <class = CompiledWhereUsed>
inline void write_panel(const std::string& path, const Counts& counts) {
  FileSet files;
  files.add(path, panel_text(counts));
  files.commit();
}

}  // namespace cardamom

#ifdef CARDAMOM_PRECOMPILED
namespace cardamom {
extern template Counts read_panel(const std::string&, const PanelOptions&);
extern template std::string panel_text(const Counts&);
}  // namespace cardamom
#endif
