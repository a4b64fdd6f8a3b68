/// @file
/// Tables that say when each cell was taken: a line per cell, its name first.
///
///     cell                time
///     AAACCTGAGAAACCAT-1  24
///
/// Times are numbers of hours, or have units (time_units.hpp). The column is found by its title: one that says time, or
/// a unit such as day; other columns are passed over. That of cells comes first, unless another one is titled cell or
/// barcode. Without titles there are two columns, cell and time. Of several pseudotimes
/// (BEELINE's PseudoTime1, PseudoTime2, Slingshot's lineages and curves, NA for the others) a cell gets the mean of
/// those that it has, and they are kept as its lineages. What a table may look like besides is said in
/// titled_table.hpp.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <deque>
#include <limits>
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
#include <cardamom/io/barcodes.hpp>
#include <cardamom/io/delimited.hpp>
#include <cardamom/io/read_file.hpp>
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

inline bool is_cell_title(std::string_view title) {
  return is_one_of(title_word(title),
                   {"cell", "cells", "cellid", "cellids", "cellname", "cellnames", "barcode", "barcodes"});
}

/// Whether a title in a table of times is that of times. It need not say so beside cells alone, if it says nothing: R
/// writes x and V2, pandas 0.
/// @param alone whether there is no other column
inline bool is_title_of_times(std::string_view title, bool alone) {
  const std::string word = title_word(title);
  if (word.find("time") != std::string::npos || unit_in_name(title) != TimeUnit::none) return true;
  if (is_pseudotime_title(title) || is_one_of(word, {"t", "stage", "age"})) return true;
  return alone && (is_one_of(word, {"", "x", "v1", "v2", "0", "1", "value", "values", "dpt"}) ||
                   parse_written_time(title).has_value());
}

/// Whether the first line of a table of times holds titles: what is neither a time nor missing.
template <class Use = CompiledWhereUsed>
inline bool are_titles_of_times(const WhereUsed<TableLine, Use>& line) {
  if (line.fields.empty()) return false;
  const std::string first = title_word(line.fields[0]);
  if (is_cell_title(first)) return true;
  // A title alone, of the times after names of rows that have none.
  if (line.fields.size() == 1) return is_pseudotime_title(first) || first.find("time") != std::string::npos;
  return std::any_of(line.fields.begin() + 1, line.fields.end(),
                     [](std::string_view field) { return !is_missing(field) && !parse_written_time(field); });
}

/// The column with the names of cells: the one that is titled so, else the first.
template <class Use = CompiledWhereUsed>
inline std::size_t cell_column(const WhereUsed<TitledTable, Use>& table) {
  const auto& titles = table.titles.fields;
  const auto found = std::find_if(titles.begin(), titles.end(), is_cell_title);
  return found == titles.end() ? 0 : static_cast<std::size_t>(found - titles.begin());
}

/// The columns with the times of a table.
/// @throws IoError where there is none, or where several may be meant
template <class Use = CompiledWhereUsed>
inline std::vector<std::size_t> time_columns(const std::string& path, const WhereUsed<TitledTable, Use>& table) {
  const std::size_t size = table.titled() ? table.titles.fields.size() : table.lines.front().fields.size();
  const std::size_t cells = cell_column(table);
  if (size == 2 && !table.titled()) return {1};
  if (size < 2) throw IoError(path, table.lines.front().number, 0, "the line must hold a cell and its time");
  if (!table.titled()) {
    throw IoError(path, table.lines.front().number, 0,
                  "the line has " + to_text(static_cast<Index>(size)) +
                      " columns: without titles there must be two, cell and time");
  }
  std::vector<std::size_t> found;
  bool pseudotimes = true;
  for (std::size_t k = cells == 0 ? 1 : 0; k < size; ++k) {
    const std::string_view title = table.titles.fields[k];
    const bool pseudotime = is_pseudotime_title(title);
    if (k == cells || !is_title_of_times(title, size == 2)) continue;
    pseudotimes = pseudotimes && pseudotime;
    found.push_back(k);
  }
  if (found.empty()) {
    if (size == 2) {
      const std::size_t other = 1 - cells;
      throw IoError(path, table.titles.number, static_cast<Index>(other) + 1,
                    "column " + in_quotes(table.titles.fields[other]) +
                        " may hold something else than times: its title must be one such as time, day or pseudotime");
    }
    throw IoError(path, table.titles.number, 0, "none of the columns has a title such as time, day or pseudotime");
  }
  if (found.size() > 1 && !pseudotimes) {
    throw IoError(path, table.titles.number, static_cast<Index>(found[1]) + 1,
                  "column " + in_quotes(table.titles.fields[found[1]]) + " may hold the times, as may column " +
                      in_quotes(table.titles.fields[found[0]]) + ": leave one of them out");
  }
  return found;
}

/// A name as R makes it where names must be those of variables (check.names): "AAAC-1" becomes "AAAC.1".
inline std::string name_in_r(std::string_view name) {
  std::string result(name);
  for (char& c : result) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
    if (!letter && c != '_' && !(c >= '0' && c <= '9')) c = '.';
  }
  const auto is_digit = [&](std::size_t at) { return at < result.size() && result[at] >= '0' && result[at] <= '9'; };
  const bool begins = !result.empty() && result[0] != '_' && !is_digit(0) && !(result[0] == '.' && is_digit(1));
  return begins ? result : 'X' + result;
}

}  // namespace detail

/// A table of times: which cells it has, and when they were taken.
class CellTimes {
 public:
  /// Reads the table.
  /// @param read how the file is read; `read_gzip_file` reads compressed ones as well
  /// @param unit of numbers, whatever the title of their column says; none: that of the title, else hours
  /// @throws IoError with line and column on a time that is none or, where `unit` is given, of another unit, a cell
  /// that
  ///   has none, a cell that is given twice, a table in which no column or several may hold the times
  template <class = CompiledWhereUsed>
  explicit CellTimes(const std::string& path, const FileReader& read = read_plain_file, TimeUnit unit = TimeUnit::none)
      : path_(path) {
    const std::string text = read(path);
    const TitledTable table = read_titled_table(path, text, &detail::are_titles_of_times<>);
    std::vector<std::size_t> columns;
    if (!table.lines.empty()) columns = detail::time_columns(path, table);
    const std::size_t cells = detail::cell_column(table);
    columns_ = static_cast<Index>(columns.size());
    pseudotime_ = table.titled() && !columns.empty() && detail::is_pseudotime_title(table.titles.fields[columns[0]]);
    const bool unit_in_title = table.titled() && columns.size() == 1;
    TimesInHours units =
        TimesInHours::of_column(unit_in_title ? table.titles.fields[columns[0]] : std::string_view(), unit);
    DecimalSigns signs(path);
    for (const TableLine& line : table.lines) {
      Row row{std::string(line.fields[cells]), line.number, {}};
      bool has_time = false;
      for (const std::size_t k : columns) {
        const std::string_view field = line.fields[k];
        const std::string with_point = signs.with_point(field, line.number, static_cast<Index>(k) + 1);
        const std::optional<double> time = units.read(with_point.empty() ? field : std::string_view(with_point));
        if (!time && !detail::is_missing(field)) {
          throw IoError(path, line.number, static_cast<Index>(k) + 1,
                        "time is " + in_quotes(field) + ", must be a finite number [h]");
        }
        has_time = has_time || time;
        row.times.push_back(time.value_or(std::numeric_limits<double>::quiet_NaN()));
      }
      if (!has_time) {
        throw IoError(path, line.number, static_cast<Index>(columns[0]) + 1,
                      "cell " + in_quotes(row.cell) + " has no time");
      }
      rows_.push_back(std::move(row));
      if (const Row* const* const before = by_name_.add(rows_.back().cell, &rows_.back())) {
        throw IoError(path, line.number, static_cast<Index>(cells) + 1,
                      "cell " + in_quotes(rows_.back().cell) + " is given already in line " + to_text((*before)->line));
      }
    }
    signs.check();
    if (const std::string wrong = units.contradiction(); !wrong.empty()) throw IoError(path, wrong);
    for (const std::string& remark : {units.remark(), signs.remark()}) {
      if (!remark.empty()) remark_ += (remark_.empty() ? "" : "; ") + remark;
    }
  }
  CellTimes(const CellTimes&) = delete;
  CellTimes& operator=(const CellTimes&) = delete;

  /// Whether the title of its times says pseudotime, or that of a lineage.
  bool pseudotime() const noexcept { return pseudotime_; }
  /// How many cells it has.
  Index size() const noexcept { return static_cast<Index>(rows_.size()); }
  /// What it says of units and numbers that were read, empty where all times are numbers of hours.
  const std::string& remark() const noexcept { return remark_; }

  /// Whether it has all of these cells, by their names or by what R makes of them; barcodes of 10x with or without
  /// their
  /// `-1`.
  template <class = CompiledWhereUsed>
  bool has(const std::vector<std::string>& cells) const {
    const auto has_one = [this](const std::string& cell) { return by_name_.find(cell) != nullptr; };
    if (cells.empty()) return false;
    if (std::all_of(cells.begin(), cells.end(), has_one)) return true;
    const auto names = names_in_r();
    return std::all_of(cells.begin(), cells.end(), [&](const std::string& cell) { return names.contains(cell); });
  }

  /// The times of cells [h], in their order; the mean where a cell has several pseudotimes. Cells of the table that are
  /// not asked for are passed over.
  /// @param remark where given: what is said of names that differ as R's do is appended
  /// @throws IoError on a cell that has no time
  template <class Use = CompiledWhereUsed>
  Vector of(const std::vector<std::string>& cells, std::string* remark = nullptr) const {
    const std::vector<const Row*> rows = rows_of(cells, remark);
    WhereUsed<Vector, Use> times(static_cast<Index>(cells.size()));
    for (std::size_t i = 0; i < rows.size(); ++i) {
      double sum = 0.0;
      double count = 0.0;
      for (const double time : rows[i]->times) {
        if (std::isnan(time)) continue;
        sum += time;
        count += 1.0;
      }
      times[static_cast<Index>(i)] = sum / count;
    }
    return times;
  }

  /// Of a table of several pseudotimes each of them, cells × pseudotimes, NaN where a cell has none; else no columns.
  /// @throws IoError as `of`
  template <class Use = CompiledWhereUsed>
  Matrix lineages_of(const std::vector<std::string>& cells) const {
    if (columns_ < 2) return Matrix(static_cast<Index>(cells.size()), 0);
    const std::vector<const Row*> rows = rows_of(cells, nullptr);
    WhereUsed<Matrix, Use> times(static_cast<Index>(cells.size()), columns_);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      times.row(static_cast<Index>(i)) = Eigen::Map<const Eigen::RowVectorXd>(rows[i]->times.data(), columns_);
    }
    return times;
  }

 private:
  struct Row {
    std::string cell;
    Index line;
    std::vector<double> times;  // [h], per column
  };

  template <class = CompiledWhereUsed>
  std::vector<const Row*> rows_of(const std::vector<std::string>& cells, std::string* remark) const {
    std::vector<const Row*> rows;
    rows.reserve(cells.size());
    std::unordered_map<std::string, const Row*> in_r;
    for (const std::string& cell : cells) {
      if (const Row* const* const found = by_name_.find(cell)) {
        rows.push_back(*found);
        continue;
      }
      if (in_r.empty()) in_r = names_in_r();
      const auto name = in_r.find(cell);
      if (name == in_r.end()) throw IoError(path_, "there is no time for cell " + in_quotes(cell));
      if (name->second == nullptr) {
        throw IoError(path_, "cell " + in_quotes(cell) + " is what R makes of the names of several cells");
      }
      rows.push_back(name->second);
      if (remark != nullptr && remark->find("R writes") == std::string::npos) {
        *remark += (remark->empty() ? "" : "; ") + in_quotes(name->second->cell) + " is taken for cell " +
                   in_quotes(cell) + ", as R writes it, and others likewise";
      }
    }
    return rows;
  }

  /// What R makes of the names; null where it makes one of several.
  std::unordered_map<std::string, const Row*> names_in_r() const {
    std::unordered_map<std::string, const Row*> names;
    for (const Row& row : rows_) {
      const auto [other, added] = names.try_emplace(detail::name_in_r(row.cell), &row);
      if (!added) other->second = nullptr;
    }
    return names;
  }

  std::string path_;
  Index columns_ = 0;
  bool pseudotime_ = false;
  std::deque<Row> rows_;
  detail::ByBarcode<const Row*> by_name_;  // views of the names of rows
  std::string remark_;
};

/// The times of the given cells [h], in their order.
/// @param remark where given: what it says of units that were read, empty where all times are numbers of hours
/// @throws IoError as CellTimes does, and on a cell that has no time
template <class Use = CompiledWhereUsed>
inline Vector read_cell_times(const std::string& path, const std::vector<std::string>& cells,
                              const FileReader& read = read_plain_file, std::string* remark = nullptr) {
  const WhereUsed<CellTimes, Use> table(path, read);
  if (remark != nullptr) *remark = table.remark();
  return table.of(cells, remark);
}

/// Groups times that differ from cell to cell, such as pseudotimes: cells sorted by time are cut into `bins` groups of
/// equal size (up to one), and each gets the mean time of its group, counted from that of the first group, which is
/// time 0. Equal times may fall into different groups.
/// @throws std::invalid_argument unless 1 <= bins <= number of cells
template <class Use = CompiledWhereUsed>
inline Vector bin_times(const WhereUsed<VectorIn, Use>& times, Index bins) {
  check_at_least("bin_times", "bins", bins, 1);
  check_at_least("bin_times", "times.size()", times.size(), bins);
  std::vector<Index> order(static_cast<std::size_t>(times.size()));
  std::iota(order.begin(), order.end(), Index{0});
  std::stable_sort(order.begin(), order.end(), [&](Index a, Index b) { return times[a] < times[b]; });
  WhereUsed<Vector, Use> binned(times.size());
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

/// In place of a number of groups of times: as many as the data want, `time_bins_for`.
inline constexpr Index automatic_bins = -1;

/// How many groups of equally many cells make time points of times; 0 where they are time points already: where they
/// are no pseudotimes and cells share them, three or more each, or ten where there are more than thirty times, which
/// hardly any experiment samples. Else ten groups, of twenty cells at least.
/// @param pseudotime whether they are known to be pseudotimes; up to ten of these are time points
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline Index time_bins_for(const WhereUsed<VectorIn, Use>& times, bool pseudotime = false) {
  constexpr Index usual_bins = 10;
  constexpr Index fewest_in_group = 20;
  constexpr Index most_samples = 30;
  constexpr Index fewest_at_many_times = 10;
  constexpr Index fewest_at_a_time = 3;
  std::vector<double> sorted(times.begin(), times.end());
  std::sort(sorted.begin(), sorted.end());
  const auto distinct = static_cast<Index>(std::unique(sorted.begin(), sorted.end()) - sorted.begin());
  if (distinct <= usual_bins) return 0;
  const Index fewest = distinct > most_samples ? fewest_at_many_times : fewest_at_a_time;
  if (!pseudotime && times.size() >= fewest * distinct) return 0;
  return std::clamp<Index>(times.size() / fewest_in_group, 2, usual_bins);
}

/// When cells were taken, as `Counts` holds it.
struct TimesOfCells {
  Vector times;
  Matrix lineages = Matrix(times.size(), 0);  ///< as `Counts::lineage_times`
};

namespace detail {

/// Times as they are or, unless `bins` is 0, grouped by `bin_times`, those along lineages each for itself.
/// @param path named in errors
/// @param remarks where given: what is said of groups that nobody asked for is added
/// @throws IoError when there are fewer cells than groups
template <class Use = CompiledWhereUsed>
inline TimesOfCells group_times(const std::string& path, WhereUsed<TimesOfCells, Use> cells, Index bins,
                                bool pseudotime = false, std::vector<std::string>* remarks = nullptr) {
  const bool automatic = bins == automatic_bins;
  if (automatic) bins = time_bins_for(cells.times, pseudotime);
  if (bins == 0) return cells;
  if (bins > cells.times.size()) {
    throw IoError(path, "times of " + to_text(cells.times.size()) + " cells cannot make " + to_text(bins) + " groups");
  }
  cells.times = bin_times(cells.times, bins);
  for (Index lineage = 0; lineage < cells.lineages.cols(); ++lineage) {
    std::vector<Index> rows;
    for (Index cell = 0; cell < cells.lineages.rows(); ++cell) {
      if (!std::isnan(cells.lineages(cell, lineage))) rows.push_back(cell);
    }
    const WhereUsed<Vector, Use> times = cells.lineages(rows, lineage);
    const Index groups = automatic ? time_bins_for(times, true) : std::min(bins, times.size());
    if (groups > 0) cells.lineages(rows, lineage) = bin_times(times, groups);
  }
  if (automatic && remarks != nullptr) {
    remarks->push_back(path + ": times of cells are taken for pseudotimes and grouped into " + to_text(bins) +
                       " time points of equally many cells; --time-bins says otherwise");
  }
  return cells;
}

}  // namespace detail

}  // namespace cardamom
