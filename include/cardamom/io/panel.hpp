/// @file
/// The panel format: a table of time-stamped counts with one row per gene and one column per cell.
///
///     0       0   0   6   6        times [h], after a corner that is ignored
///     0       0   0   1   1        the stimulus: 0 while off, > 0 while on
///     1       3   0   12  7        gene 1: its index (or name), then one count per cell
///     2       0   0   1   25       …
///
/// Fields are separated by tabs, in lines without a tab by commas, in lines with neither by spaces; lines end in LF or
/// CR LF.
#pragma once

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/io/detail/text.hpp>
#include <cardamom/io/file_set.hpp>

namespace cardamom {

struct PanelOptions {
  /// Accept values that are not whole numbers, for mRNA measured on a continuous scale.
  bool fractions = false;
};

namespace detail {

inline std::vector<double> parse_times(const std::string& file, const Lines& lines) {
  std::vector<double> times;
  Fields fields(lines.line());
  std::string_view field;
  fields.next(field);  // the corner
  while (fields.next(field)) {
    double time = 0.0;
    if (!parse_number(field, time) || !std::isfinite(time)) {
      throw IoError(file, lines.number(), fields.column(),
                    "time is " + in_quotes(field) + ", must be a finite number: the first row holds the cells' times");
    }
    times.push_back(time);
  }
  if (times.empty()) throw IoError(file, lines.number(), 0, "the first row holds no times, so there are no cells");
  return times;
}

/// One row of values appended to `values`; returns its label.
inline std::string_view parse_panel_row(const std::string& file, const Lines& lines, Index cells, bool fractions,
                                        std::vector<double>& values) {
  Fields fields(lines.line());
  std::string_view label;
  std::string_view field;
  if (!fields.next(label) || label.empty()) throw IoError(file, lines.number(), 1, "the row has no gene index");
  Index found = 0;
  while (fields.next(field)) {
    if (++found > cells) break;
    values.push_back(parse_count(file, lines.number(), fields.column(), field, fractions));
  }
  if (found != cells) {
    while (fields.next(field)) ++found;
    throw IoError(
        file, lines.number(), std::min(found, cells) + 2,
        "the row has " + to_text(found) + " values, must have one per time of the first row: " + to_text(cells));
  }
  return label;
}

}  // namespace detail

/// Reads a panel. Genes are named by their label in the first column, the stimulus "Stimulus" where its label is 0.
/// A single time point, times with one cell and constant genes are admissible.
/// @param path file to read
/// @return cells × G, in the order of the file
/// @throws IoError with line and column (in fields) on anything that is not a panel: a value missing, not a number,
///   negative or (unless options.fractions) not whole, rows of unequal length, no row of times, no stimulus, no genes,
///   a label that occurs twice
/// Cost: O(size of the file).
inline Counts read_panel(const std::string& path, const PanelOptions& options = {}) {
  const std::string text = detail::read_file(path);
  detail::Lines lines(text);
  if (!lines.next()) throw IoError(path, "the file is empty");
  const std::vector<double> times = detail::parse_times(path, lines);
  const auto cells = static_cast<Index>(times.size());

  std::vector<std::string> names;
  std::unordered_set<std::string> seen;
  std::vector<double> values;
  const auto rows = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  values.reserve(std::min(rows * times.size(), text.size()));
  while (lines.next()) {
    const bool stimulus = names.empty();
    const std::string label(detail::parse_panel_row(path, lines, cells, options.fractions || stimulus, values));
    Index index = 0;
    if (stimulus && detail::parse_whole(label, index) && index != 0) {
      throw IoError(path, lines.number(), 1,
                    "the second row is that of gene " + label +
                        ", must be that of the stimulus (index 0); is the row of times or of the stimulus missing?");
    }
    if (!seen.insert(label).second) {
      throw IoError(path, lines.number(), 1, "gene " + detail::in_quotes(label) + " has a second row");
    }
    names.push_back(stimulus && label == "0" ? "Stimulus" : label);
  }
  if (names.empty()) throw IoError(path, "the row of the stimulus is missing");
  if (names.size() == 1) throw IoError(path, "there are no genes after the row of the stimulus");

  // A row of the file is a column of the matrix, which is stored column by column: the values are in place already.
  const auto genes = static_cast<Index>(names.size());
  return Counts(Eigen::Map<const Matrix>(values.data(), cells, genes), Eigen::Map<const Vector>(times.data(), cells),
                std::move(names));
}

/// A panel as text; rows are labelled by gene index. Values are written with as many digits as they need.
inline std::string panel_text(const Counts& counts) {
  std::string text;
  text.reserve(static_cast<std::size_t>(counts.genes() + 1) * static_cast<std::size_t>(counts.cells() + 1) * 3);
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
  for (Index gene = 0; gene < counts.genes(); ++gene) {
    text += std::to_string(gene);
    append(counts.values().col(gene));
  }
  return text;
}

/// Writes a panel; see panel_text. Names and depth are not part of the format. Throws IoError.
inline void write_panel(const std::string& path, const Counts& counts) {
  FileSet files;
  files.add(path, panel_text(counts));
  files.commit();
}

}  // namespace cardamom
