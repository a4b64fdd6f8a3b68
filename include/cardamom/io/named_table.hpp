/// @file
/// What readers of tables that name their genes and cells have in common.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/io/cell_depths.hpp>
#include <cardamom/io/cell_times.hpp>
#include <cardamom/io/known_nodes.hpp>
#include <cardamom/io/number_table.hpp>
#include <cardamom/io/read_file.hpp>
#include <cardamom/io/value_scale.hpp>

namespace cardamom {

/// What tables that hold genes and cells by name, but neither inputs nor times, need besides.
struct NamedTableOptions {
  std::vector<std::string> genes = {};  ///< genes to keep, in this order, the inputs' names first; empty: all
  /// The inputs' names, several only where the table holds their levels; left out: one input, named by `genes` or
  /// "Stimulus" (10x: `default_input_beside` the genes), and those that the table marks; an empty list,
  /// `std::vector<std::string>{}`: none.
  std::optional<std::vector<std::string>> inputs = {};
  std::string times = {};               ///< table of times, see cell_times.hpp; empty: where the format has it
  TimeUnit time_unit = TimeUnit::none;  ///< of times without one; none: that of their title, else hours
  /// > 0: times are grouped by `bin_times`, as pseudotimes need it; `automatic_bins`: where `time_bins_for` says so.
  Index time_bins = 0;
  DepthOptions depth = {};            ///< where depths of cells come from, a table or totals
  bool fractions = false;             ///< accept values that are not whole numbers
  FileReader read = read_plain_file;  ///< how files are read; `read_gzip_file` reads compressed ones as well
  /// What to do with chosen genes that the table lacks. Where they are skipped, `read_counts` remarks how many.
  UnknownGenes unknown = UnknownGenes::refuse;
  /// Types of the features that count as genes, of 10x tables alone; empty: "Gene Expression".
  std::vector<std::string> feature_types = {};
  /// Genome whose genes are read, of 10x's HDF5 files alone; needed where there are tables of several.
  std::string genome = {};
  /// What values are; left out: continuous levels where fractions are accepted, else counts. Of tables of text alone.
  std::optional<ValueScale> values = {};
  /// What rows are, genes or cells. Of tables of text alone.
  TableOrientation orientation = TableOrientation::detect;
};

namespace detail {

/// What a reader found.
struct CountsAndTotals {
  Counts counts;
  Vector totals;  ///< per cell: over all genes of the file, chosen or not; empty where they are no numbers >= 0
  std::vector<std::string> remarks = {};  ///< what was taken for granted, a sentence each
  std::string format = {};                ///< of tables of text: for people
};

/// The times of cells in a table of them, grouped where that is asked for.
template <class Use = CompiledWhereUsed>
inline TimesOfCells named_table_times(const std::string& path, const std::vector<std::string>& cells, Index bins,
                                      const FileReader& read, TimeUnit unit, std::vector<std::string>& remarks) {
  const WhereUsed<CellTimes, Use> table(path, read, unit);
  std::string remark = table.remark();
  TimesOfCells times{table.of(cells, &remark), table.lineages_of(cells)};
  if (!remark.empty()) remarks.push_back(path + ": " + remark);
  return group_times(path, std::move(times), bins, table.pseudotime(), &remarks);
}

/// The counts of a table with the lineages of its cells, where there are several.
template <class Use = CompiledWhereUsed>
inline Counts with_lineages(const std::string& path, WhereUsed<Counts, Use> counts, WhereUsed<Matrix, Use> lineages) {
  if (lineages.cols() < 2) return counts;
  for (Index k = 0; k < lineages.cols(); ++k) {
    if (lineages.col(k).array().isNaN().all()) {
      throw IoError(path, "no cell is part of lineage " + to_text(k + 1) + ": leave its column out");
    }
  }
  return counts.with_lineages(std::move(lineages));
}

}  // namespace detail

}  // namespace cardamom
