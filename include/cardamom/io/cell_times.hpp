/// @file
/// Tables that say when each cell was taken: a line per cell, its name first.
///
///     cell                time
///     AAACCTGAGAAACCAT-1  24
///
/// Times are numbers of hours, or have units (time_units.hpp). The column is found by its title: one that says time, or
/// a unit such as day; other columns are passed over. Without titles there are two columns. Of several pseudotimes
/// (BEELINE's PseudoTime1, PseudoTime2, Slingshot's lineages and curves, NA for the others) a cell gets the mean of
/// those that it has. What a table may look like besides is said in titled_table.hpp.
#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/io/barcodes.hpp>
#include <cardamom/io/text.hpp>
#include <cardamom/io/time_units.hpp>
#include <cardamom/io/titled_table.hpp>

namespace cardamom {

namespace detail {

inline bool is_missing(std::string_view text) {
  const std::string word = lower_case(text);
  return word.empty() || word == "na" || word == "nan";
}

inline bool is_pseudotime_title(std::string_view title) {
  const std::string word = title_word(title);
  return word.find("pseudotime") != std::string::npos || word.rfind("lineage", 0) == 0 || word.rfind("curve", 0) == 0;
}

/// Whether the first line of a table of times holds titles: what is neither a time nor missing.
template <class = CompiledWhereUsed>
inline bool are_titles_of_times(const TableLine& line) {
  if (line.fields.empty()) return false;
  if (is_one_of(title_word(line.fields[0]), {"cell", "cells", "cellid", "cellname", "barcode", "barcodes"}))
    return true;
  return std::any_of(line.fields.begin() + 1, line.fields.end(),
                     [](std::string_view field) { return !is_missing(field) && !parse_written_time(field); });
}

/// The columns with the times of a table.
/// @throws IoError where there is none, or where several may be meant
template <class = CompiledWhereUsed>
inline std::vector<std::size_t> time_columns(const std::string& path, const TitledTable& table) {
  const std::size_t size = table.titled() ? table.titles.fields.size() : table.lines.front().fields.size();
  if (size == 2) return {1};
  if (size < 2) throw IoError(path, table.lines.front().number, 0, "the line must hold a cell and its time");
  if (!table.titled()) {
    throw IoError(path, table.lines.front().number, 0,
                  "the line has " + to_text(static_cast<Index>(size)) +
                      " columns: without titles there must be two, cell and time");
  }
  std::vector<std::size_t> found;
  bool pseudotimes = true;
  for (std::size_t k = 1; k < size; ++k) {
    const std::string_view title = table.titles.fields[k];
    const bool pseudotime = is_pseudotime_title(title);
    if (!pseudotime && title_word(title).find("time") == std::string::npos && unit_in_name(title) == TimeUnit::none) {
      continue;
    }
    pseudotimes = pseudotimes && pseudotime;
    found.push_back(k);
  }
  if (found.empty()) {
    throw IoError(path, table.titles.number, 0, "none of the columns has a title such as time, day or pseudotime");
  }
  if (found.size() > 1 && !pseudotimes) {
    throw IoError(path, table.titles.number, static_cast<Index>(found[1]) + 1,
                  "column " + in_quotes(table.titles.fields[found[1]]) + " may hold the times, as may column " +
                      in_quotes(table.titles.fields[found[0]]) + ": leave one of them out");
  }
  return found;
}

}  // namespace detail

/// The times of the given cells [h], in their order. Barcodes of 10x are found with or without their `-1`.
/// @param remark where given: what it says of units that were read, empty where all times are numbers of hours
/// @param read how the file is read; `read_gzip_file` reads compressed ones as well
/// @throws IoError with line and column on a time that is none, a cell that has none, a cell that is given twice, a
///   table in which no column or several may hold the times; cells of the table that are not asked for are passed over
template <class = CompiledWhereUsed>
inline Vector read_cell_times(const std::string& path, const std::vector<std::string>& cells,
                              FileReader read = read_plain_file, std::string* remark = nullptr) {
  const std::string text = read(path);
  const TitledTable table = read_titled_table(path, text, &detail::are_titles_of_times<>);
  std::vector<std::size_t> columns;
  if (!table.lines.empty()) columns = detail::time_columns(path, table);
  const bool unit_in_title = table.titled() && columns.size() == 1;
  TimesInHours units(unit_in_title ? unit_in_name(table.titles.fields[columns[0]]) : TimeUnit::none);
  detail::ByBarcode<std::pair<double, Index>> time_of;
  for (const TableLine& line : table.lines) {
    const std::string_view cell = line.fields[0];
    double sum = 0.0;
    Index count = 0;
    for (const std::size_t k : columns) {
      const std::string_view field = line.fields[k];
      if (const std::optional<double> time = units.read(field)) {
        sum += *time;
        ++count;
      } else if (!detail::is_missing(field)) {
        throw IoError(path, line.number, static_cast<Index>(k) + 1,
                      "time is " + in_quotes(field) + ", must be a finite number [h]");
      }
    }
    if (count == 0) {
      throw IoError(path, line.number, static_cast<Index>(columns[0]) + 1, "cell " + in_quotes(cell) + " has no time");
    }
    if (const auto* const before = time_of.add(cell, {sum / static_cast<double>(count), line.number})) {
      throw IoError(path, line.number, 1,
                    "cell " + in_quotes(cell) + " is given already in line " + to_text(before->second));
    }
  }
  if (const std::string wrong = units.contradiction(); !wrong.empty()) throw IoError(path, wrong);
  if (remark != nullptr) *remark = units.remark();
  Vector times(static_cast<Index>(cells.size()));
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const auto* const found = time_of.find(cells[i]);
    if (found == nullptr) throw IoError(path, "there is no time for cell " + in_quotes(cells[i]));
    times[static_cast<Index>(i)] = found->first;
  }
  return times;
}

/// Groups times that differ from cell to cell, such as pseudotimes: cells sorted by time are cut into `bins` groups of
/// equal size (up to one), and each gets the mean time of its group, counted from that of the first group, which is
/// time 0. Equal times may fall into different groups.
/// @throws std::invalid_argument unless 1 <= bins <= number of cells
template <class = CompiledWhereUsed>
inline Vector bin_times(const VectorIn& times, Index bins) {
  check_at_least("bin_times", "bins", bins, 1);
  check_at_least("bin_times", "times.size()", times.size(), bins);
  std::vector<Index> order(static_cast<std::size_t>(times.size()));
  std::iota(order.begin(), order.end(), Index{0});
  std::stable_sort(order.begin(), order.end(), [&](Index a, Index b) { return times[a] < times[b]; });
  Vector binned(times.size());
  double origin = 0.0;
  for (Index bin = 0; bin < bins; ++bin) {
    const Index begin = bin * times.size() / bins;
    const Index end = (bin + 1) * times.size() / bins;
    double mean = 0.0;
    for (Index k = begin; k < end; ++k) {
      mean += times[order[static_cast<std::size_t>(k)]] / static_cast<double>(end - begin);
    }
    if (bin == 0) origin = mean;
    for (Index k = begin; k < end; ++k) binned[order[static_cast<std::size_t>(k)]] = mean - origin;
  }
  return binned;
}

namespace detail {

/// Times as they are or, where `bins` > 0, grouped by `bin_times`.
/// @param path named in errors
/// @throws IoError when there are fewer cells than groups
template <class = CompiledWhereUsed>
inline Vector group_times(const std::string& path, Vector times, Index bins) {
  if (bins == 0) return times;
  if (bins > times.size()) {
    throw IoError(path, "times of " + to_text(times.size()) + " cells cannot make " + to_text(bins) + " groups");
  }
  return bin_times(times, bins);
}

}  // namespace detail

}  // namespace cardamom
