/// @file
/// Depths of cells from files: tables that give them, and where readers of counts take them from.
///
/// A table has one value per line, in the order of the cells of the counts, or a line `cell value` per cell, in any
/// order; how such a file may be written is said in delimited.hpp:
///
///     cell                depth
///     AAACCTGAGAAACCAT-1  5312
///
/// A first line without a value is a line of titles. Values are > 0, on any scale: what counts is their ratio to the
/// mean over all cells of the counts.
#pragma once

#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/depth.hpp>
#include <cardamom/io/barcodes.hpp>
#include <cardamom/io/delimited.hpp>
#include <cardamom/io/line_fields.hpp>
#include <cardamom/io/read_file.hpp>
#include <cardamom/io/text.hpp>

namespace cardamom {

/// Where depths come from.
enum class DepthSource {
  none,    ///< nowhere: all cells are alike
  table,   ///< a table in a file of its own
  column,  ///< a column of obs, of AnnData files alone
  totals,  ///< the total over all genes of the file, chosen or not
};

/// Where the depths of cells are read from.
struct DepthOptions {
  DepthSource source = DepthSource::none;
  std::string name = {};  ///< path of the table, or name of the column
};

namespace detail {

[[noreturn]] inline void refuse_depth(const std::string& path, Index line, Index column, std::string_view field) {
  const std::string expected = ", must be a finite number > 0";
  throw IoError(path, line, column,
                field.empty() ? "depth is missing" + expected : "depth is " + in_quotes(field) + expected);
}

inline double parse_depth(const std::string& path, Index line, Index column, std::string_view field,
                          DecimalSigns& signs) {
  double depth = 0.0;
  if (!signs.number(field, line, column, depth) || !std::isfinite(depth) || depth <= 0.0)
    refuse_depth(path, line, column, field);
  return depth;
}

/// One line of a table of depths; a line of one field has no cell.
struct DepthLine {
  Index number;
  Index fields;  // 1 or 2
  std::string_view cell;
  std::string_view depth;
};

/// The lines of a table, without that of titles, all of them with as many fields.
template <class = CompiledWhereUsed>
inline std::vector<DepthLine> depth_lines(const std::string& path, std::string_view text) {
  std::vector<DepthLine> table;
  const char separator = table_separator(text);
  TableLines lines(path, text, separator == '\0' ? ',' : separator);
  for (bool first = true; lines.next(); first = false) {
    LineFields fields = lines.fields();
    DepthLine line{lines.number(), 1, {}, {}};
    std::string_view excess;
    fields.next(line.depth);
    if (fields.next(excess)) {
      line.cell = std::exchange(line.depth, excess);
      line.fields = 2;
    }
    DecimalSigns unsaid(path);
    if (double value = 0.0; first && !unsaid.number(line.depth, line.number, line.fields, value)) continue;
    while (fields.next(excess)) {
      if (excess.empty()) continue;
      throw IoError(path, lines.number(), 3,
                    "there is a third field, " + in_quotes(excess) + ", must be a depth, or a cell and its depth");
    }
    if (!table.empty() && line.fields != table.front().fields) {
      throw IoError(path, lines.number(), 0,
                    line.fields == 1 ? "the line holds one field, must be a cell and its depth as before"
                                     : "the line holds two fields, must be a depth alone as before");
    }
    if (line.fields == 1 && line.depth.empty()) refuse_depth(path, lines.number(), 1, line.depth);
    table.push_back(line);
  }
  return table;
}

}  // namespace detail

/// The depths of cells as a table has them, in the order of the cells.
/// @param count how many cells there are
/// @param cells their names; empty for counts that do not name cells, whose depths stand in their order
/// @param read how the file is read; `read_gzip_file` reads compressed ones as well
/// @return per cell: > 0, on the scale of the file
/// @throws IoError with line and column on a depth of these cells that is no finite number > 0, a cell that is given
///   twice, a line of the wrong number of fields; without them on a cell that has no depth, a number of depths other
///   than that of cells. Cells of the table that are not asked for are passed over.
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline Vector read_cell_depths(const std::string& path, Index count,
                                             const std::vector<std::string>& cells = {},
                                             FileReader read = read_plain_file) {
  if (!cells.empty()) check_size("read_cell_depths", "cells", static_cast<Index>(cells.size()), count);
  const std::string text = read(path);
  const std::vector<detail::DepthLine> table = detail::depth_lines(path, text);
  WhereUsed<Vector, Use> depths(count);
  DecimalSigns signs(path);
  if (table.empty() || table.front().fields == 1) {
    const auto size = static_cast<Index>(table.size());
    if (size != count) {
      throw IoError(path, size > count ? table[static_cast<std::size_t>(count)].number : 0, 0,
                    "the file holds " + to_text(size) + " depths, must hold one per cell: " + to_text(count));
    }
    for (Index i = 0; i < count; ++i) {
      const detail::DepthLine& line = table[static_cast<std::size_t>(i)];
      depths[i] = detail::parse_depth(path, line.number, 1, line.depth, signs);
    }
    signs.check();
    return depths;
  }
  if (cells.empty()) {
    throw IoError(path, table.front().number, 0,
                  "the line names a cell, but the counts do not name theirs: give one depth per line, in their order");
  }
  detail::ByBarcode<const detail::DepthLine*> line_of;
  for (const detail::DepthLine& line : table) {
    if (const auto* const before = line_of.add(line.cell, &line)) {
      throw IoError(path, line.number, 1,
                    "cell " + in_quotes(line.cell) + " is given already in line " + to_text((*before)->number));
    }
  }
  for (Index i = 0; i < count; ++i) {
    const std::string& cell = cells[static_cast<std::size_t>(i)];
    const auto* const found = line_of.find(cell);
    if (found == nullptr) throw IoError(path, "there is no depth for cell " + in_quotes(cell));
    depths[i] = detail::parse_depth(path, (*found)->number, 2, (*found)->depth, signs);
  }
  signs.check();
  return depths;
}

namespace detail {

/// "cell 3", with the name where cells have one.
inline std::string cell_in_words(Index cell, const std::vector<std::string>& cells) {
  const std::string number = "cell " + to_text(cell + 1);
  return cells.empty() ? number : number + ", " + in_quotes(cells[static_cast<std::size_t>(cell)]);
}

/// Values > 0 as depths of mean 1.
/// @param what they are, for the message
/// @throws IoError on a value that is not finite and > 0
template <class Use = CompiledWhereUsed>
inline Vector depths_from(const std::string& file, const std::string& what, const WhereUsed<VectorIn, Use>& values,
                          const std::vector<std::string>& cells) {
  for (Index cell = 0; cell < values.size(); ++cell) {
    if (const double value = values[cell]; !(std::isfinite(value) && value > 0.0)) {
      throw IoError(file, cell_in_words(cell, cells) + ": " + what + " is " + to_text(value) +
                              ", must be finite and > 0 to be its depth");
    }
  }
  return relative_depths(values);
}

/// The depths of the cells of a file, of mean 1; empty where there are none.
/// @param file that of the counts
/// @param cells their names, or empty
/// @param totals per cell: over all genes of the file
/// @throws IoError as `read_cell_depths`, on totals that are no depths, and on a column, which no text has
template <class Use = CompiledWhereUsed>
inline Vector cell_depths(const std::string& file, const WhereUsed<DepthOptions, Use>& options,
                          const std::vector<std::string>& cells, const WhereUsed<VectorIn, Use>& totals,
                          FileReader read) {
  switch (options.source) {
    case DepthSource::none:
      break;
    case DepthSource::table:
      return relative_depths(read_cell_depths(options.name, totals.size(), cells, read));
    case DepthSource::column:
      throw IoError(file, "the format has no column " + in_quotes(options.name) +
                              " of depths, only AnnData files have columns: give the file of a table");
    case DepthSource::totals:
      return depths_from(file, "the total over its genes", totals, cells);
  }
  return {};
}

/// Totals to compare, empty where values of genes that are not used make them none.
template <class Use = CompiledWhereUsed>
inline Vector comparable_totals(WhereUsed<Vector, Use> totals) {
  const bool good = totals.allFinite() && (totals.array() >= 0.0).all();
  return good ? std::move(totals) : Vector();
}

}  // namespace detail

}  // namespace cardamom
