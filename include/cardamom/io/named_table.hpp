/// @file
/// What readers of tables that name their genes and cells have in common.
#pragma once

#include <string>
#include <vector>

#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/io/cell_times.hpp>

namespace cardamom {

/// What tables that hold genes and cells by name, but neither stimulus nor times, need besides.
struct NamedTableOptions {
  std::vector<std::string> genes = {};  ///< genes to keep, in this order, the stimulus's name first; empty: all
  std::string times = {};               ///< table of times, see cell_times.hpp; empty: where the format has it
  Index time_bins = 0;                  ///< > 0: times are grouped by `bin_times`, as pseudotimes need it
  bool fractions = false;               ///< accept values that are not whole numbers
};

namespace detail {

inline Vector named_table_times(const std::string& path, const std::vector<std::string>& cells, Index bins) {
  const Vector times = read_cell_times(path, cells);
  if (bins == 0) return times;
  if (bins > times.size()) {
    throw IoError(path, "times of " + to_text(times.size()) + " cells cannot make " + to_text(bins) + " groups");
  }
  return bin_times(times, bins);
}

}  // namespace detail

}  // namespace cardamom
