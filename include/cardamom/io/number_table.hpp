/// @file
/// Tables of numbers whose lines and columns have names, genes being one and cells the other: what readers of panels
/// and of tables of genes and cells have in common.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/io/delimited.hpp>
#include <cardamom/io/line_fields.hpp>
#include <cardamom/io/text.hpp>
#include <cardamom/io/time_units.hpp>
#include <cardamom/io/titled_table.hpp>
#include <cardamom/io/value_scale.hpp>

namespace cardamom {

/// Which way a table stands: what its rows and its columns are.
enum class TableOrientation {
  detect,          ///< told by names: those of cells stand in a table of times, those of genes are asked for
  genes_by_cells,  ///< a row per gene, a column per cell
  cells_by_genes,  ///< a row per cell, a column per gene
};

/// Whether a title is that of a line or column of times within a table of counts: "time", "Time (h)", "day", "hours",
/// "hours post induction".
/// Stricter than in tables of times, where there are no genes such as Timeless.
template <class = CompiledWhereUsed>
[[nodiscard]] inline bool is_time_title(std::string_view title) {
  const std::string word = title_word(title);
  if (is_one_of(word, {"time", "times", "timepoint", "timepoints", "pseudotime", "day", "days", "hour", "hours"})) {
    return true;
  }
  if (unit_in_name(title) == TimeUnit::none) return false;
  const std::string lower = lower_case(title);
  return word.rfind("time", 0) == 0 || lower.find(" post ") != std::string::npos ||
         lower.find(" after ") != std::string::npos;
}

/// Whether a title is one of those that tools give to what they know of a cell: such a column is no gene.
template <class = CompiledWhereUsed>
[[nodiscard]] inline bool is_title_about_cells(std::string_view title) {
  return is_one_of(title_word(title),
                   {"batch",     "batches",        "sample",         "samples",     "sampleid",    "replicate",
                    "donor",     "origident",      "plate",          "cluster",     "clusters",    "leiden",
                    "louvain",   "seuratclusters", "celltype",       "cellcycle",   "condition",   "treatment",
                    "ncountrna", "nfeaturerna",    "percentmt",      "ncounts",     "ngenes",      "numi",
                    "ngene",     "totalcounts",    "ngenesbycounts", "pctcountsmt", "doubletscore"});
}

/// A table of numbers with a name before each row and, but for `titled`, above each column.
struct NumberTable {
  std::string path;
  std::string corner = {};               ///< above the names of rows; empty where there is no title
  std::vector<std::string> titles = {};  ///< of the columns
  Index title_line = 0;
  Index title_column = 2;                     ///< where the first of them stands
  std::vector<std::string> labels = {};       ///< of the rows
  std::vector<Index> lines = {};              ///< where the rows stand
  Matrix values = {};                         ///< columns × rows; NaN for fields that are no finite numbers
  std::vector<FieldSeen> bad_in_row = {};     ///< per row: the first of these fields
  std::vector<FieldSeen> bad_in_column = {};  ///< the same per column
  std::map<Index, std::vector<std::string>> time_columns = {};  ///< the text of columns that hold times by their title
  std::map<Index, std::vector<std::string>> time_rows = {};     ///< the same of rows
  DecimalSigns signs;                                           ///< what numbers of the file look like

  Index rows() const noexcept { return static_cast<Index>(labels.size()); }
  Index columns() const noexcept { return static_cast<Index>(bad_in_column.size()); }
};

namespace detail {

/// What separates the fields of a table of counts.
template <class = CompiledWhereUsed>
inline char separator_of_counts(const std::string& path, std::string_view text) {
  const char separator = table_separator(text);
  if (separator != '\0') return separator;
  throw IoError(path, 1, 0,
                "fields may be separated by semicolons, with decimal commas, or by commas: the second line tells no "
                "more than the first");
}

/// The fields of the first line, without those that are empty at its end.
template <class = CompiledWhereUsed>
inline std::vector<std::string> title_fields(const TableLines& lines) {
  std::vector<std::string> result;
  LineFields fields = lines.fields();
  for (std::string_view field; fields.next(field);) result.push_back(fields.text());
  while (result.size() > 1 && result.back().empty()) result.pop_back();
  return result;
}

/// The numbers of a line after its first field; nothing where one is none.
template <class = CompiledWhereUsed>
inline std::optional<std::vector<double>> numbers_after_first(const std::vector<std::string>& fields, Index line,
                                                              DecimalSigns& signs) {
  std::vector<double> numbers;
  for (std::size_t k = 1; k < fields.size(); ++k) {
    double number = 0.0;
    if (!signs.number(fields[k], line, static_cast<Index>(k) + 1, number)) return std::nullopt;
    numbers.push_back(number);
  }
  return numbers;
}

/// Whether numbers go up by one from 0 or 1 on, as indices do.
template <class = CompiledWhereUsed>
inline bool are_indices(const std::vector<double>& numbers) {
  constexpr std::size_t fewest = 3;  // fewer may well be times or counts
  if (numbers.size() < fewest || (numbers[0] != 0.0 && numbers[0] != 1.0)) return false;
  for (std::size_t k = 1; k < numbers.size(); ++k) {
    if (numbers[k] != numbers[k - 1] + 1.0) return false;
  }
  return true;
}

/// Whether numbers after a corner count the cells of a table, as a data frame without names of cells does: then the
/// corner is no number.
template <class = CompiledWhereUsed>
inline bool counts_cells(std::string_view corner, const std::vector<double>& numbers) {
  double number = 0.0;
  return are_indices(numbers) && !parse_number(corner, number);
}

/// The field at a place of a table, as it stands there.
template <class = CompiledWhereUsed>
inline std::string field_at(const std::string& path, std::string_view text, char separator, Index line, Index column) {
  TableLines lines(path, text, separator);
  while (lines.next()) {
    if (lines.number() != line) continue;
    LineFields fields = lines.fields();
    for (std::string_view field; fields.next(field);) {
      if (fields.column() == column) return std::string(field);
    }
  }
  return {};
}

}  // namespace detail

/// Reads a table of numbers.
/// @param text the content of the file
/// @param titled whether the first line holds titles; without them it is the first row
/// @throws IoError with line and column on rows of unequal length, a row without a name, fields whose separator cannot
///   be told, and a file that is empty. Fields that are no numbers are kept for whoever asks for them.
/// Cost: O(size of the file).
template <class = CompiledWhereUsed>
[[nodiscard]] inline NumberTable read_number_table(const std::string& path, std::string_view text, bool titled = true) {
  const char separator = detail::separator_of_counts(path, text);
  NumberTable table{.path = path, .signs = DecimalSigns(path)};
  TableLines lines(path, text, separator);
  if (!lines.next()) throw IoError(path, "the file is empty");
  std::vector<std::string> first = detail::title_fields(lines);
  table.title_line = lines.number();
  bool more = true;
  bool times = false;
  if (titled) {
    DecimalSigns unsaid(path);
    times = detail::numbers_after_first(first, lines.number(), unsaid).has_value();
    const auto size = static_cast<Index>(first.size());
    more = lines.next();
    if (!times && more && !is_index_title(first.front()) && detail::has_row_names(path, text, separator, size)) {
      table.title_column = 1;
    } else {
      table.corner = std::move(first.front());
      first.erase(first.begin());
    }
    table.titles = std::move(first);
  }
  const std::size_t columns = titled ? table.titles.size() : first.size() - 1;
  std::vector<bool> keeps_text(columns, false);
  for (std::size_t k = 0; titled && k < columns; ++k) keeps_text[k] = is_time_title(table.titles[k]);
  const bool quick = std::find(keeps_text.begin(), keeps_text.end(), true) == keeps_text.end();
  table.bad_in_column.resize(columns);
  // As many rows as there are lines, mostly, each with a separator per column. What is left over costs no memory, as
  // nothing was written there.
  std::size_t room = 1;
  for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1)) ++room;
  table.values.resize(static_cast<Index>(columns),
                      static_cast<Index>(columns == 0 ? room : std::min(room, text.size() / columns + 1)));
  for (; more; more = lines.next()) {
    LineFields fields = lines.fields();
    std::string_view field;
    if (!fields.next(field) || field.empty()) {
      throw IoError(path, lines.number(), 1, times ? "the row has no gene index" : "the row has no name");
    }
    table.labels.push_back(fields.text());
    table.lines.push_back(lines.number());
    table.bad_in_row.emplace_back();
    std::vector<std::string>* const row_text =
        titled && is_time_title(table.labels.back()) ? &table.time_rows[table.rows() - 1] : nullptr;
    if (table.rows() > table.values.cols()) {
      table.values.conservativeResize(Eigen::NoChange, 2 * table.rows());  // line ends without \n
    }
    const std::span<double> row(table.values.data() + (table.rows() - 1) * table.values.rows(), columns);
    std::size_t found = 0;
    std::size_t excess = 0;  // fields beyond, up to the last that is not empty
    for (;; ++found) {
      // Most of the fields, quickly.
      if (quick && row_text == nullptr && found < columns) found += fields.next_wholes(row.subspan(found));
      if (!fields.next(field)) break;
      if (found >= columns) {
        if (!field.empty()) excess = found + 1;
        continue;
      }
      double value = 0.0;
      if (!table.signs.number(field, lines.number(), fields.column(), value) || !std::isfinite(value)) {
        value = NAN;
        for (FieldSeen* bad : {&table.bad_in_row.back(), &table.bad_in_column[found]}) {
          if (!bad->seen()) *bad = {fields.text(), lines.number(), fields.column()};
        }
      }
      row[found] = value + 0.0;  // -0 becomes 0
      if (row_text != nullptr) row_text->push_back(fields.text());
      if (keeps_text[found]) table.time_columns[static_cast<Index>(found)].push_back(fields.text());
    }
    if (found < columns || excess > 0) {
      const std::size_t size = std::max(std::min(found, columns), excess);
      throw IoError(path, lines.number(), static_cast<Index>(std::min(size, columns)) + 2,
                    "the row has " + to_text(static_cast<Index>(size)) + " values, must have one per " +
                        (times    ? "time of the first row: "
                         : titled ? "name of the first line: "
                                  : "value of the first row: ") +
                        to_text(static_cast<Index>(columns)));
    }
  }
  table.values.conservativeResize(Eigen::NoChange, table.rows());
  return table;
}

namespace detail {

/// The transpose, block by block: rows of a large matrix are far apart in memory.
inline Matrix transposed(const Matrix& matrix) {
  constexpr Index size = 64;  // two blocks of 32 kB
  Matrix result(matrix.cols(), matrix.rows());
  for (Index j = 0; j < matrix.cols(); j += size) {
    const Index columns = std::min(size, matrix.cols() - j);
    for (Index i = 0; i < matrix.rows(); i += size) {
      const Index rows = std::min(size, matrix.rows() - i);
      result.block(j, i, columns, rows) = matrix.block(i, j, rows, columns).transpose();
    }
  }
  return result;
}

}  // namespace detail

/// A table of numbers with genes one way and cells the other. The table and the text must outlive it.
class OrientedTable {
 public:
  /// @param table whose values it takes over; all else stays where it is
  OrientedTable(NumberTable& table, std::string_view text, bool genes_in_rows)
      : table_(&table),
        text_(text),
        genes_in_rows_(genes_in_rows),
        values_(genes_in_rows ? std::move(table.values) : detail::transposed(std::exchange(table.values, {}))) {}

  const NumberTable& table() const noexcept { return *table_; }
  bool genes_in_rows() const noexcept { return genes_in_rows_; }
  /// What are genes, or inputs, or times: rows or columns.
  Index lines() const noexcept { return genes_in_rows_ ? table_->rows() : table_->columns(); }
  Index cells() const noexcept { return genes_in_rows_ ? table_->columns() : table_->rows(); }
  /// Their names; empty where columns have none.
  const std::vector<std::string>& names() const noexcept { return genes_in_rows_ ? table_->labels : table_->titles; }
  const std::vector<std::string>& cell_names() const noexcept {
    return genes_in_rows_ ? table_->titles : table_->labels;
  }
  /// Cells × lines: the values as they stand; NaN where there is no number.
  const Matrix& values() const noexcept { return values_; }
  /// The same, which the table then has no more.
  [[nodiscard]] Matrix take_values() noexcept { return std::move(values_); }
  /// The first of its fields that is no number.
  const FieldSeen& bad(Index line) const noexcept {
    return (genes_in_rows_ ? table_->bad_in_row : table_->bad_in_column)[static_cast<std::size_t>(line)];
  }
  /// Where a name stands.
  std::pair<Index, Index> place_of_name(Index line) const noexcept {
    if (genes_in_rows_) return {table_->lines[static_cast<std::size_t>(line)], 1};
    return {table_->title_line, table_->title_column + line};
  }
  /// Where a value stands.
  std::pair<Index, Index> place(Index line, Index cell) const noexcept {
    const Index row = genes_in_rows_ ? line : cell;
    return {table_->lines[static_cast<std::size_t>(row)], (genes_in_rows_ ? cell : line) + 2};
  }

  /// Throws the IoError of a value that is not what it must be.
  [[noreturn]] void refuse(Index line, Index cell, const std::string& expected) const {
    const auto [number, column] = place(line, cell);
    const char separator = detail::separator_of_counts(table_->path, text_);
    const std::string field = detail::field_at(table_->path, text_, separator, number, column);
    throw IoError(table_->path, number, column,
                  field.empty() ? "value is missing" + expected : "value is " + in_quotes(field) + expected);
  }

  /// Checks that the values of a line are levels of an input.
  /// @throws IoError on a value that is not finite and >= 0
  template <class = CompiledWhereUsed>
  void check_levels(Index line, const VectorIn& values) const {
    for (Index cell = 0; cell < values.size(); ++cell) {
      if (!(values[cell] >= 0.0)) refuse(line, cell, ", must be a finite number >= 0");
    }
  }

  /// Takes the values of a line for those of a gene, and puts them on the linear scale.
  /// @throws IoError on one that is not what the reading says
  template <class = CompiledWhereUsed>
  void make_linear(Index line, VectorOut values, const ValueReading& reading) const {
    if (values.size() == 0) return;
    if (!is_logarithm(reading.scale) && are_counts(values, !reading.whole) &&
        (!reading.whole || values.maxCoeff() <= largest_exact_count)) {
      return;
    }
    for (Index cell = 0; cell < values.size(); ++cell) {
      double& value = values[cell];
      if (!is_logarithm(reading.scale)) {
        const bool fits =
            value >= 0.0 && (!reading.whole || (value == std::floor(value) && value <= largest_exact_count));
        if (!fits) refuse(line, cell, reading.whole ? whole_expected() : ", must be a finite number >= 0");
        continue;
      }
      const double linear = linear_value(value, reading.scale);
      if (!std::isfinite(linear)) {
        refuse(line, cell,
               reading.scale == ValueScale::log1p ? ", must be a logarithm ln(1 + x) of x >= 0"
                                                  : ", must be a logarithm of base 2");
      }
      const double nearest = std::round(linear);
      if (reading.whole && !(std::abs(linear - nearest) <= whole_within && nearest <= largest_exact_count)) {
        refuse(line, cell,
               ", the logarithm of " + to_text(linear) +
                   ", which must be a whole number: counts are molecules, other values are continuous");
      }
      value = reading.whole ? nearest : linear;
    }
  }

  /// The values of a gene on the linear scale, of which only logarithms are checked beyond being numbers: for who
  /// checks counts with the names of genes.
  /// @throws IoError on a field that is no number, and on logarithms as `make_linear`
  template <class = CompiledWhereUsed>
  void numbers(Index line, const ValueReading& reading, VectorOut to) const {
    to = values_.col(line);
    if (is_logarithm(reading.scale)) return make_linear(line, to, reading);
    if (const FieldSeen& none = bad(line); none.seen()) {
      refuse_count(table_->path, none.line, none.column, none.text, !reading.whole);
    }
  }

  /// The totals of cells over some lines, on the linear scale; not numbers where a value is none.
  template <class = CompiledWhereUsed>
  [[nodiscard]] Vector totals(const std::vector<Index>& of, ValueScale scale) const {
    Vector sum = Vector::Zero(cells());
    for (const Index line : of) {
      if (is_logarithm(scale)) {
        sum += values_.col(line).unaryExpr([scale](double value) { return linear_value(value, scale); });
      } else {
        sum += values_.col(line);
      }
    }
    return sum;
  }

 private:
  static std::string whole_expected() { return ", must be a whole number in [0, 2^53]: counts are molecules"; }

  const NumberTable* table_;
  std::string_view text_;
  bool genes_in_rows_;
  Matrix values_;
};

}  // namespace cardamom
