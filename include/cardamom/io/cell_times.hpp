/// @file
/// Tables that say when each cell was taken: one line `cell time` per cell, separated by tabs, commas or spaces.
///
///     cell                time
///     AAACCTGAGAAACCAT-1  24
///
/// Times are numbers of hours, or have units (time_units.hpp). A first line without times is a line of titles. Of
/// several columns of times (BEELINE's pseudotimes, one per lineage, NA for the others) a cell gets the mean of those
/// that it has.
#pragma once

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/io/text.hpp>
#include <cardamom/io/time_units.hpp>

namespace cardamom {

namespace detail {

inline bool is_missing(std::string_view text) {
  const std::string word = lower_case(text);
  return word.empty() || word == "na" || word == "nan";
}

}  // namespace detail

/// The times of the given cells [h], in their order.
/// @param remark where given: what it says of units that were read, empty where all times are numbers of hours
/// @param read how the file is read; `read_gzip_file` reads compressed ones as well
/// @throws IoError with line and column on a time that is none, a cell that has none, a cell that is given twice;
///   cells of the table that are not asked for are passed over
template <class = CompiledWhereUsed>
inline Vector read_cell_times(const std::string& path, const std::vector<std::string>& cells,
                              FileReader read = read_plain_file, std::string* remark = nullptr) {
  const std::string text = read(path);
  TextLines lines(text);
  TimesInHours units;
  std::unordered_map<std::string_view, std::pair<double, Index>> time_of;
  while (lines.next()) {
    LineFields fields(lines.line());
    std::string_view cell;
    std::string_view field;
    fields.next(cell);
    double sum = 0.0;
    Index count = 0;
    bool titles = false;
    while (fields.next(field)) {
      if (const std::optional<double> time = units.read(field)) {
        sum += *time;
        ++count;
      } else if (lines.number() == 1) {
        titles = true;
      } else if (!detail::is_missing(field)) {
        throw IoError(path, lines.number(), fields.column(),
                      "time is " + in_quotes(field) + ", must be a finite number [h]");
      }
    }
    if (titles) continue;
    if (count == 0) throw IoError(path, lines.number(), 2, "cell " + in_quotes(cell) + " has no time");
    const auto [entry, added] = time_of.try_emplace(cell, sum / static_cast<double>(count), lines.number());
    if (!added) {
      throw IoError(path, lines.number(), 1,
                    "cell " + in_quotes(cell) + " is given already in line " + to_text(entry->second.second));
    }
  }
  if (const std::string wrong = units.contradiction(); !wrong.empty()) throw IoError(path, wrong);
  if (remark != nullptr) *remark = units.remark();
  Vector times(static_cast<Index>(cells.size()));
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const auto entry = time_of.find(cells[i]);
    if (entry == time_of.end()) throw IoError(path, "there is no time for cell " + in_quotes(cells[i]));
    times[static_cast<Index>(i)] = entry->second.first;
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

}  // namespace cardamom
