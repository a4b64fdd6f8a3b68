/// @file
/// The panel format: a table of time-stamped counts with one row per node, inputs first, and one column per cell.
///
///     0           0   0   6   6      times [h], after a corner that says nothing
///     0           0   0   1   1      the first input, the stimulus: 0 while off, > 0 while on
///     input:dose  0   0   0   2      a further input: its name after `input:`, then its level in every cell
///     1           3   0   12  7      gene 1: its index (or name), then one count per cell
///     2           0   0   1   25     …
///
/// A panel without inputs, or one whose rows of inputs are not marked, is read with `PanelOptions::inputs`. The same
/// with a row per cell is read where it is asked for, `PanelOptions::orientation`: a column of times, one per input,
/// one per gene, under a line of their labels or, then the inputs are to be named, under none. What separates the
/// fields and what else may differ from file to file is said in delimited.hpp.
#pragma once

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <map>
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
#include <cardamom/io/number_table.hpp>
#include <cardamom/io/read_file.hpp>
#include <cardamom/io/text.hpp>
#include <cardamom/io/time_units.hpp>
#include <cardamom/io/titled_table.hpp>
#include <cardamom/io/value_scale.hpp>

namespace cardamom {

/// How a panel of counts is read: which rows are inputs, and which values are accepted.
struct PanelOptions {
  /// Accept values that are not whole numbers, for mRNA measured on a continuous scale.
  bool fractions = false;
  /// The inputs. Left out: the first row is one, and so are the rows right after it whose label begins with `input:`.
  /// Given: so many first rows are inputs and have these names, with or without `input:` in the file (the first one may
  /// be labelled 0); an empty list, `std::vector<std::string>{}`, says that there are none.
  std::optional<std::vector<std::string>> inputs = {};
  /// Unit of the times; none: that in the title of their row or column, such as "day", else hours.
  TimeUnit time_unit = TimeUnit::none;
  /// Where depths of cells come from, a table or totals. Panels do not name cells.
  DepthOptions depth = {};
  /// How the file is read; `read_gzip_file` reads compressed ones as well.
  FileReader read = read_plain_file;
  /// What values of genes are; left out: continuous levels where fractions are accepted, else counts.
  std::optional<ValueScale> values = {};
  /// What rows are: nodes, unless `cells_by_genes` says that they are cells.
  TableOrientation orientation = TableOrientation::detect;
};

namespace detail {

/// The times in the fields of a first line, after its corner.
template <class = CompiledWhereUsed>
inline std::vector<double> parse_times(const std::string& file, const std::vector<std::string>& fields, Index line,
                                       DecimalSigns& signs) {
  std::vector<double> times;
  for (std::size_t k = 1; k < fields.size(); ++k) {
    double time = 0.0;
    if (!signs.number(fields[k], line, static_cast<Index>(k) + 1, time) || !std::isfinite(time)) {
      throw IoError(file, line, static_cast<Index>(k) + 1,
                    "time is " + in_quotes(fields[k]) +
                        ", must be a finite number: the first row holds the cells' times; a table that names "
                        "genes and cells goes with a table of times");
    }
    times.push_back(time);
  }
  if (times.empty()) throw IoError(file, line, 0, "the first row holds no times, so there are no cells");
  if (counts_cells(fields.front(), times)) {
    throw IoError(
        file, line, 2,
        "the first row is " + to_text(times[0]) + ", " + to_text(times[1]) + ", … up to " + to_text(times.back()) +
            ": numbers of cells, or times of a panel with one cell at each? A table of cells needs a table of "
            "their times; a panel has a number, such as 0, before its times");
  }
  return times;
}

/// Which of the rows are inputs, told by their labels as they come.
class PanelInputs {
 public:
  /// @param line what holds a node, for messages: a row or a column
  template <class = CompiledWhereUsed>
  PanelInputs(const std::string& file, const std::optional<std::vector<std::string>>& declared, std::string line)
      : file_(file), declared_(declared), line_(std::move(line)) {}

  /// How many rows are inputs.
  Index count() const noexcept { return count_; }

  /// Whether the row at the present line is that of an input; called once for every row.
  /// @throws IoError when it should be that of another node
  template <class = CompiledWhereUsed>
  bool take(std::pair<Index, Index> place, const std::string& label) {
    const bool is_input = declared_ ? take_declared(place, label) : take_marked(place, label);
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
  bool take_marked(std::pair<Index, Index> place, const std::string& label) const {
    if (count_ == 0) {
      if (Index index = 0; parse_whole(label, index) && index != 0) {
        throw IoError(file_, place.first, place.second,
                      "the second " + line_ + " is that of gene " + label +
                          ", must be that of the stimulus (index 0); is the " + line_ +
                          " of times or of the stimulus missing?");
      }
      return true;
    }
    if (marked_input(label).empty()) return false;
    if (genes_begun_) {
      throw IoError(file_, place.first, place.second, "input " + in_quotes(label) + " must stand before the genes");
    }
    return true;
  }

  template <class = CompiledWhereUsed>
  bool take_declared(std::pair<Index, Index> place, const std::string& label) const {
    if (count_ < static_cast<Index>(declared_->size())) {
      const std::string& name = (*declared_)[static_cast<std::size_t>(count_)];
      if (label != name && marked_input(label) != name && !(count_ == 0 && label == "0")) {
        throw IoError(file_, place.first, place.second,
                      "the " + line_ + " is that of " + in_quotes(label) + ", must be that of input " + name);
      }
      return true;
    }
    if (label == "0" || !marked_input(label).empty()) {
      throw IoError(file_, place.first, place.second,
                    "the " + line_ + " is that of an input, " + in_quotes(label) + ", that is not declared");
    }
    return false;
  }

  const std::string& file_;
  const std::optional<std::vector<std::string>>& declared_;
  std::string line_;
  Index count_ = 0;
  bool genes_begun_ = false;
};

/// Refuses levels of an input that differ between cells of one time where its label does not say that it is one: it may
/// as well be the first gene of a panel without inputs.
template <class = CompiledWhereUsed>
inline void refuse_gene_as_input(const OrientedTable& table, Index node, const VectorIn& levels,
                                 const VectorIn& times) {
  const std::string& label = table.names()[static_cast<std::size_t>(node)];
  if (label == "0" || !marked_input(label).empty() || title_word(label) == "stimulus") return;
  std::map<double, double> level_at;
  for (Index cell = 0; cell < times.size(); ++cell) {
    const auto [entry, added] = level_at.try_emplace(times[cell], levels[cell]);
    if (entry->second == levels[cell]) continue;
    const auto [line, column] = table.place(node, cell);
    throw IoError(table.table().path, line, column,
                  in_quotes(label) + " comes first, as the input does, but is " + to_text(entry->second) + " and " +
                      to_text(levels[cell]) + " in cells at " + to_text(times[cell]) +
                      " h: an input, or a gene of a panel without inputs? --inputs " + label +
                      " says the one, --inputs none the other");
  }
}

/// The times in a first column.
template <class = CompiledWhereUsed>
inline std::vector<double> times_of_rows(NumberTable& table) {
  std::vector<double> times;
  for (std::size_t k = 0; k < table.labels.size(); ++k) {
    double time = 0.0;
    if (!table.signs.number(table.labels[k], table.lines[k], 1, time) || !std::isfinite(time)) {
      throw IoError(table.path, table.lines[k], 1,
                    "time is " + in_quotes(table.labels[k]) +
                        ", must be a finite number: the first column holds the cells' times");
    }
    times.push_back(time);
  }
  return times;
}

/// Turns the times of a panel into hours.
/// @param title above or before them
/// @return what is to be said about it, or nothing
template <class = CompiledWhereUsed>
inline std::string make_hours(std::vector<double>& times, std::string_view title, TimeUnit asked) {
  TimesInHours units = TimesInHours::of_column(title, asked);
  for (double& time : times) time = *units.read(to_text(time));
  return units.remark();
}

/// Writes indices as whole numbers that all stand there as numbers of another form, as NumPy does: 1.000e+00.
template <class = CompiledWhereUsed>
inline void make_whole(std::vector<std::string>& labels) {
  std::vector<std::string> whole;
  for (const std::string& label : labels) {
    double number = 0.0;
    if (!parse_number(label, number) || !(number >= 0.0 && number < 1e9) || number != std::floor(number)) return;
    whole.push_back(to_text(static_cast<Index>(number)));
  }
  labels = std::move(whole);
}

/// What a panel holds; see Counts.
struct Panel {
  Matrix values;
  Vector times;
  std::vector<std::string> names;
  Vector depth;
  Index inputs;
  Vector totals;  ///< of the genes, per cell

  auto genes() const { return values.rightCols(values.cols() - inputs); }
  Counts counts() && { return Counts(std::move(values), std::move(times), std::move(names), std::move(depth), inputs); }
};

/// `read_panel` of a text.
/// @param remarks what is to be said about it is added
template <class = CompiledWhereUsed>
inline Panel panel_of_text(const std::string& path, std::string_view text, const PanelOptions& options,
                           std::vector<std::string>& remarks) {
  const bool by_rows = options.orientation != TableOrientation::cells_by_genes;
  TableLines head(path, text, separator_of_counts(path, text));
  if (!head.next()) throw IoError(path, "the file is empty");
  const std::vector<std::string> first = title_fields(head);
  DecimalSigns unsaid(path);
  if (by_rows) static_cast<void>(parse_times(path, first, head.number(), unsaid));
  const auto numbers = numbers_after_first(first, head.number(), unsaid);
  const bool titled = by_rows || !numbers || are_indices(*numbers);
  if (!titled && !options.inputs) {
    throw IoError(path, head.number(), 0,
                  "there are no labels above the columns, so it cannot be told which columns after the times are "
                  "inputs: --inputs names them, --inputs none says that there are none");
  }
  NumberTable table = read_number_table(path, text, titled);
  if (by_rows) make_whole(table.labels);
  std::vector<double> times = by_rows ? parse_times(path, first, head.number(), table.signs) : times_of_rows(table);
  if (times.empty()) throw IoError(path, "there are no rows after the first line, so there are no cells");
  table.signs.check();
  const std::string said = make_hours(times, titled ? first.front() : std::string(), options.time_unit);
  if (!titled) {
    for (Index node = 0; node < table.columns(); ++node) {
      const auto inputs = static_cast<Index>(options.inputs->size());
      table.titles.push_back(node < inputs ? (*options.inputs)[static_cast<std::size_t>(node)]
                                           : to_text(node - inputs + 1));
    }
  }
  const std::string line = by_rows ? "row" : "column";
  OrientedTable oriented(table, text, by_rows);
  const Vector at = Eigen::Map<const Vector>(times.data(), static_cast<Index>(times.size()));
  const ValueReading reading = ValueReading::of(options.values, options.fractions);

  std::vector<std::string> names;
  std::unordered_set<std::string> seen;
  PanelInputs inputs(path, options.inputs, line);
  bool unnamed = false;
  Matrix values = oriented.take_values();
  Vector totals = Vector::Zero(at.size());
  for (Index node = 0; node < oriented.lines(); ++node) {
    const std::string& label = oriented.names()[static_cast<std::size_t>(node)];
    const auto place = oriented.place_of_name(node);
    const bool is_input = inputs.take(place, label);
    if (is_input) {
      oriented.check_levels(node, values.col(node));
      if (!options.inputs) refuse_gene_as_input(oriented, node, values.col(node), at);
    } else {
      oriented.make_linear(node, values.col(node), reading);
      totals += values.col(node);
    }
    if (is_input && inputs.is_unnamed(label)) {
      unnamed = true;
      names.emplace_back();
      continue;
    }
    std::string name = is_input ? inputs.name(label) : label;
    if (!seen.insert(name).second) {
      throw IoError(path, place.first, place.second,
                    (is_input ? "input " : "gene ") + in_quotes(label) + " has a second " + line +
                        (by_rows && label == "0"
                             ? ": rows of a panel are nodes; --orientation cells-by-genes says that they are cells"
                             : ""));
    }
    names.push_back(std::move(name));
  }
  if (unnamed) names.front() = default_input_beside(names);
  const Index declared = options.inputs ? static_cast<Index>(options.inputs->size()) : 1;
  if (inputs.count() < declared) {
    throw IoError(path, declared == 1 ? "the " + line + " of the stimulus is missing"
                                      : "there are " + line + "s of " + to_text(inputs.count()) +
                                            " inputs, must be of " + to_text(declared));
  }
  const auto nodes = static_cast<Index>(names.size());
  if (nodes == inputs.count()) {
    throw IoError(path, nodes == 0   ? "there are no genes"
                        : nodes == 1 ? "there are no genes after the " + line + " of the stimulus"
                                     : "there are no genes after the " + line + "s of the inputs");
  }
  Panel panel{std::move(values), at, std::move(names), {}, inputs.count(), std::move(totals)};
  for (const std::string& remark : {said, table.signs.remark(), reading.remark(panel.genes())}) {
    if (!remark.empty()) remarks.push_back(path + ": " + remark);
  }
  if (options.depth.source != DepthSource::none) {
    panel.depth = detail::cell_depths(path, options.depth, {}, panel.totals, options.read);
  }
  return panel;
}

}  // namespace detail

/// Reads a panel. Nodes are named by their labels in the first column, an input labelled 0 as `default_input_beside`
/// says. A single time point, times with one cell and constant genes are admissible.
/// @param path file to read
/// @return cells × nodes, in the order of the file
/// @throws IoError with line and column (in fields) on anything that is not a panel: a value missing, not a number,
///   negative or (of genes, unless options say otherwise) not whole, rows of unequal length, no row of times or one
///   that may as well count the cells, no genes, rows of inputs other than the options say, a first row that may be an
///   input or a gene, a label that occurs twice; on depths as `read_cell_depths`
/// Cost: O(size of the file).
template <class = CompiledWhereUsed>
[[nodiscard]] Counts read_panel(const std::string& path, const PanelOptions& options = {}) {
  std::vector<std::string> unsaid;
  return detail::panel_of_text(path, options.read(path), options, unsaid).counts();
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
