// The option --depth: where depths of cells come from, and what to say where there are none.
#pragma once

#include <cmath>
#include <filesystem>
#include <string>
#include <system_error>

#include <CLI/CLI.hpp>

#include <cardamom/core/error.hpp>
#include <cardamom/data/depth.hpp>
#include <cardamom/io/cell_depths.hpp>
#include <cardamom/io/read_counts.hpp>

namespace support {

/// Adds --depth.
inline void describe_depth(CLI::App& app, std::string& depth) {
  app.add_option(
         "--depth", depth,
         "Depth of sequencing per cell, on any scale: a file with one value per line in the order of the "
         "cells, or lines `cell value`; the name of a column of obs of an AnnData file, where there is no such "
         "file; totals: molecules of all genes of the counts, chosen or not; fitted: not known, its spread is a "
         "parameter of methods that simulate; none: all cells are alike. Default: fitted with --method "
         "refined, else none")
      ->type_name("FILE|KEY|totals|fitted|none");
}

/// What readers of counts take for the value of --depth, empty when it is not given.
inline cardamom::DepthOptions depth_options(const std::string& depth) {
  if (depth.empty() || depth == "fitted" || depth == "none") return {};
  if (depth == "totals") return {cardamom::DepthSource::totals};
  std::error_code ignored;
  const bool file = std::filesystem::exists(depth, ignored) && !std::filesystem::is_directory(depth, ignored);
  return {file ? cardamom::DepthSource::table : cardamom::DepthSource::column, depth};
}

/// Whether the spread of depths is a parameter.
/// @param simulates whether the method is one that simulates
inline bool fits_depth(const std::string& depth, bool simulates) {
  return depth == "fitted" || (depth.empty() && simulates);
}

/// What a user should know where totals differ between time points and no depths are given; empty: nothing.
inline std::string depth_remark(const cardamom::CountsFile& file) {
  if (file.counts.depth().size() > 0 || file.totals.size() == 0) return {};
  const cardamom::TotalsByTime totals = cardamom::totals_by_time(file.counts, file.totals);
  if (!totals.differ()) return {};
  const auto at = [&](cardamom::Index k) {
    return cardamom::to_text(std::round(10.0 * totals.means[k]) / 10.0) + " at " +
           cardamom::to_text(file.counts.time_points()[k]) + " h";
  };
  return "the mean total of a cell is " + at(totals.smallest) + ", but " + at(totals.largest) +
         ": where that is depth of sequencing and not biology, give it by --depth";
}

}  // namespace support
