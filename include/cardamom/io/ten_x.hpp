/// @file
/// 10x Genomics tables: `matrix.mtx`, a sparse table of features × cells in MatrixMarket format, `features.tsv` (or
/// `genes.tsv`): identifier, name, type; `barcodes.tsv`: the cells. Each of them may be compressed (.gz), and their
/// names may have a beginning in common, as GEO gives them one: `GSM1_day0_matrix.mtx.gz`. When each cell was taken is
/// said by a table of times.
///
/// Features that are no genes, such as antibodies and peaks, are left out unless their types are asked for. Tables of
/// cells × features, as kb-python writes them, are told by their sizes.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <numeric>
#include <string>
#include <string_view>
#include <system_error>
#include <unordered_set>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/io/assemble_counts.hpp>
#include <cardamom/io/line_fields.hpp>
#include <cardamom/io/named_table.hpp>
#include <cardamom/io/read_file.hpp>
#include <cardamom/io/text.hpp>
#include <cardamom/io/text_lines.hpp>
#include <cardamom/io/titled_table.hpp>

namespace cardamom {

/// The three files of a 10x table.
struct TenXFiles {
  std::string matrix;
  std::string features;  ///< empty where it is not there
  std::string barcodes;  ///< empty where it is not there
};

/// Whether a file is a table in MatrixMarket format by its name.
[[nodiscard]] inline bool is_matrix_market_name(std::string_view name) {
  return name.ends_with(".mtx") || name.ends_with(".mtx.gz");
}

namespace detail {

/// The first of the names, as it is or compressed, that exists in a folder; empty when none does.
template <class = CompiledWhereUsed>
inline std::string find_in_folder(const std::string& folder, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    for (const char* ending : {"", ".gz"}) {
      std::error_code ignored;
      const std::filesystem::path path = std::filesystem::path(folder) / (std::string(name) + ending);
      if (std::filesystem::is_regular_file(path, ignored)) return path.string();
    }
  }
  return {};
}

/// Shortens a name by one of the endings, after which it may go on with .gz; false where it has none of them.
inline bool strip_ending(std::string_view& name, std::initializer_list<std::string_view> endings) {
  std::string_view bare = name;
  if (bare.ends_with(".gz")) bare.remove_suffix(3);
  for (const std::string_view ending : endings) {
    if (!bare.ends_with(ending)) continue;
    name = bare.substr(0, bare.size() - ending.size());
    return true;
  }
  return false;
}

/// The names of the regular files of a folder, in alphabetical order.
inline std::vector<std::string> files_in(const std::filesystem::path& folder) {
  namespace fs = std::filesystem;
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    std::error_code ignored;
    if (entry->is_regular_file(ignored)) names.push_back(entry->path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

/// The file that goes with a matrix: of those with one of the endings the one whose beginning is the longest that the
/// matrix begins with, too. Empty when there is none.
inline std::string find_sibling(const std::filesystem::path& matrix, const std::vector<std::string>& names,
                                std::initializer_list<std::string_view> endings) {
  const std::string own = matrix.filename().string();
  const auto is_separator = [](char c) { return c == '_' || c == '.' || c == '-'; };
  const std::string* best = nullptr;
  std::size_t longest = 0;
  for (const std::string& name : names) {
    std::string_view begin = name;
    if (!strip_ending(begin, endings)) continue;
    while (!begin.empty() && is_separator(begin.back())) begin.remove_suffix(1);
    const bool fits = begin.empty() || (own.starts_with(begin) && is_separator(own[begin.size()]));
    if (fits && (best == nullptr || begin.size() > longest)) {
      best = &name;
      longest = begin.size();
    }
  }
  return best == nullptr ? std::string() : (matrix.parent_path() / *best).string();
}

/// The tables of a folder, by path: `matrix.mtx` alone where there is one, else those that end so, else any.
inline std::vector<std::string> matrices_in(const std::string& folder) {
  if (std::string plain = find_in_folder(folder, {"matrix.mtx"}); !plain.empty()) return {std::move(plain)};
  std::vector<std::string> named;
  std::vector<std::string> others;
  for (const std::string& name : files_in(folder)) {
    if (!is_matrix_market_name(name)) continue;
    std::string_view begin = name;
    (strip_ending(begin, {"matrix.mtx"}) ? named : others).push_back((std::filesystem::path(folder) / name).string());
  }
  return named.empty() ? others : named;
}

}  // namespace detail

/// The files of a 10x table.
/// @param path a matrix, or a folder that holds one
/// @throws IoError when the folder holds none, or several of which none is matrix.mtx
[[nodiscard]] inline TenXFiles find_ten_x_files(const std::string& path) {
  std::error_code ignored;
  std::string matrix = path;
  if (std::filesystem::is_directory(path, ignored)) {
    std::vector<std::string> found = detail::matrices_in(path);
    if (found.empty()) throw IoError(path, "the folder has no matrix.mtx");
    if (found.size() > 1) {
      throw IoError(path, "the folder has " + to_text(static_cast<Index>(found.size())) + " tables, " +
                              in_quotes(std::filesystem::path(found[0]).filename().string()) + " and " +
                              in_quotes(std::filesystem::path(found[1]).filename().string()) +
                              " among them: give the path of one of them");
    }
    matrix = std::move(found.front());
  }
  const std::filesystem::path folder = std::filesystem::path(matrix).parent_path();
  const std::vector<std::string> names = detail::files_in(folder.empty() ? "." : folder);
  const auto sibling = [&](std::initializer_list<std::string_view> endings) {
    return detail::find_sibling(matrix, names, endings);
  };
  std::string features = sibling({"features.tsv"});
  if (features.empty()) features = sibling({"genes.tsv"});
  if (features.empty()) features = sibling({"features.txt", "genes.txt", "features.csv", "genes.csv"});
  std::string barcodes = sibling({"barcodes.tsv"});
  if (barcodes.empty()) barcodes = sibling({"barcodes.txt", "barcodes.csv"});
  return {std::move(matrix), std::move(features), std::move(barcodes)};
}

namespace detail {

/// What is known of the features of a table; each vector but the first may be empty.
struct TenXFeatures {
  std::vector<std::string> ids;
  std::vector<std::string> names;
  std::vector<std::string> types;
  std::vector<std::string> genomes;
};

/// Names, identifiers and types of features; one column serves as both of the former.
/// @param count how many there are: a first line more is one of titles
template <class = CompiledWhereUsed>
inline TenXFeatures read_features(const std::string& path, Index count, const FileReader& read) {
  const std::string text = read(path);
  TextLines lines(text);
  TenXFeatures features;
  while (lines.next()) {
    LineFields fields(lines.line());
    std::string_view id;
    std::string_view name;
    std::string_view type;
    if (!fields.next(id) || id.empty()) throw IoError(path, lines.number(), 1, "the feature has no identifier");
    features.ids.push_back(fields.text());
    features.names.push_back(fields.next(name) && !name.empty() ? fields.text() : features.ids.back());
    features.types.push_back(fields.next(type) ? fields.text() : std::string());
  }
  if (static_cast<Index>(features.ids.size()) == count + 1 &&
      is_one_of(title_word(features.ids.front()),
                {"ensembl", "ensemblid", "gene", "genes", "geneid", "genename", "symbol", "genesymbol", "id", "name",
                 "feature", "features", "featureid", "x"})) {
    for (auto* const column : {&features.ids, &features.names, &features.types}) column->erase(column->begin());
  }
  return features;
}

/// @param count how many there are: a first line more is one of titles
template <class = CompiledWhereUsed>
inline std::vector<std::string> read_barcodes(const std::string& path, Index count, const FileReader& read) {
  const std::string text = read(path);
  TextLines lines(text);
  std::vector<std::string> cells;
  while (lines.next()) {
    LineFields fields(lines.line());
    std::string_view cell;
    if (!fields.next(cell) || cell.empty()) throw IoError(path, lines.number(), 1, "the cell has no name");
    cells.push_back(fields.text());
  }
  if (static_cast<Index>(cells.size()) == count + 1 &&
      is_one_of(title_word(cells.front()), {"barcode", "barcodes", "cell", "cells", "cellid", "cellname", "x"})) {
    cells.erase(cells.begin());
  }
  return cells;
}

inline std::string listed(const std::vector<std::string>& names) {
  std::string line;
  for (const std::string& name : names) line += (line.empty() ? "" : ", ") + name;
  return line;
}

/// The distinct texts, in the order in which they come.
inline std::vector<std::string> distinct(const std::vector<std::string>& texts) {
  std::vector<std::string> result;
  for (const std::string& text : texts) {
    if (!text.empty() && std::find(result.begin(), result.end(), text) == result.end()) result.push_back(text);
  }
  return result;
}

/// Which features are of the types that are asked for; empty: all of them.
/// @throws IoError where a type is asked for that is not there, or none, and there are no genes
inline std::vector<bool> features_of_types(const std::string& file, const std::vector<std::string>& types,
                                           const std::vector<std::string>& wanted) {
  const std::vector<std::string> known = distinct(types);
  const auto is_known = [&](const std::string& type) {
    return std::find(known.begin(), known.end(), type) != known.end();
  };
  const std::string genes = "Gene Expression";
  for (const std::string& type : wanted) {
    if (is_known(type) || (known.empty() && type == genes)) continue;
    throw IoError(file, "there are no features of type " + in_quotes(type) + ", but " +
                            (known.empty() ? "all of them without a type" : "of " + listed(known)));
  }
  if (wanted.empty() && !is_known(genes)) {
    // The third column may be something else.
    for (const char* const type :
         {"Antibody Capture", "Peaks", "CRISPR Guide Capture", "Multiplexing Capture", "Antigen Capture", "Custom"}) {
      if (is_known(type)) {
        throw IoError(file, "there are no features of type " + in_quotes(genes) + ", but of " + listed(known) +
                                ": ask for types by name");
      }
    }
    return {};
  }
  if (known.empty()) return {};
  std::vector<bool> kept;
  for (const std::string& type : types) {
    kept.push_back(wanted.empty() ? type == genes : std::find(wanted.begin(), wanted.end(), type) != wanted.end());
  }
  return kept;
}

/// Chooses among the features those that are genes, by type and genome, and of these the wanted ones.
/// @param remarks gets a sentence on features that are left out
/// @throws IoError as `select_genes`, on types and genomes that are not there
template <class Use = CompiledWhereUsed>
inline GeneSelection select_features(const std::string& file, const WhereUsed<TenXFeatures, Use>& features,
                                     const WhereUsed<NamedTableOptions, Use>& options,
                                     std::vector<std::string>& remarks) {
  const std::size_t size = features.ids.size();
  std::vector<bool> kept = features_of_types(file, features.types, options.feature_types);
  const std::vector<std::string> genomes = distinct(features.genomes);
  if (kept.empty()) kept.assign(size, true);
  if (!options.genome.empty() && !genomes.empty()) {
    if (std::find(genomes.begin(), genomes.end(), options.genome) == genomes.end()) {
      throw IoError(file, "there is no genome " + in_quotes(options.genome) + ", but " + listed(genomes));
    }
    for (std::size_t f = 0; f < size; ++f) kept[f] = kept[f] && features.genomes[f] == options.genome;
  }
  std::vector<std::string> names;
  std::vector<std::string> ids;
  std::vector<std::string> left_out;
  std::unordered_set<std::string_view> others;
  Index count = 0;
  for (std::size_t f = 0; f < size; ++f) {
    if (kept[f]) {
      names.push_back(features.names[f]);
      ids.push_back(features.ids[f]);
      continue;
    }
    ++count;
    if (!features.types.empty()) left_out.push_back(features.types[f]);
    others.insert({features.names[f], features.ids[f]});
  }
  std::unordered_set<std::string_view> present(names.begin(), names.end());
  present.insert(ids.begin(), ids.end());
  const std::vector<std::string> inputs = inputs_of_table(options.inputs, options.genes, names);
  for (std::size_t k = inputs.size(); k < options.genes.size(); ++k) {
    if (const std::string& gene = options.genes[k]; others.contains(gene) && !present.contains(gene)) {
      throw IoError(file, in_quotes(gene) + " is a feature of a type or genome that is not read: ask for it by name");
    }
  }
  GeneSelection chosen = select_genes(file, names, ids, options.genes, inputs, options.unknown);
  if (count > 0) {
    std::vector<std::string> kinds = distinct(left_out);
    std::erase_if(kinds,
                  [&](const std::string& type) { return type == "Gene Expression" && options.feature_types.empty(); });
    remarks.push_back(file + ": " + to_text(count) + " of " + to_text(static_cast<Index>(size)) +
                      " features are left out" + (kinds.empty() ? "" : ", of type " + listed(kinds)));
  }
  if (options.genome.empty() && genomes.size() > 1) {
    remarks.push_back(file + ": genes are of several genomes, " + listed(genomes) + ", all of them are read");
  }
  if (std::string skipped = skipped_genes_remark(file, chosen); !skipped.empty()) remarks.push_back(std::move(skipped));
  std::vector<Index> column(size, GeneSelection::left_out);
  std::size_t next = 0;
  for (std::size_t f = 0; f < size; ++f) {
    if (kept[f]) column[f] = chosen.column[next++];
  }
  chosen.column = std::move(column);
  return chosen;
}

/// A MatrixMarket file that is read line by line, after its head.
class MatrixMarket {
 public:
  /// Reads the head.
  /// @throws IoError when it is none of a sparse table of numbers
  MatrixMarket(const std::string& path, const FileReader& read) : path_(path), lines_(read.open(path)) {
    if (!lines_.next() || lower_case(lines_.line()).rfind("%%matrixmarket matrix coordinate ", 0) != 0) {
      throw IoError(path, 1, 0,
                    "this is no sparse MatrixMarket file: its first line must begin with "
                    "%%MatrixMarket matrix coordinate");
    }
    const std::string kind = lower_case(lines_.line());
    if (kind.find(" general") == std::string::npos ||
        (kind.find(" integer") == std::string::npos && kind.find(" real") == std::string::npos)) {
      throw IoError(path, 1, 0, "the matrix must be general, of integer or real numbers");
    }
    bool more = lines_.next();
    while (more && (lines_.line().empty() || lines_.line().front() == '%')) more = lines_.next();
    if (!more) throw IoError(path, "the line of sizes is missing");
    std::string_view field;
    triple(rows_, columns_, field);
    if (!parse_whole(field, entries_)) {
      throw IoError(path, lines_.number(), 3, "number of entries is " + in_quotes(field) + ", must be a whole number");
    }
    sizes_line_ = lines_.number();
  }

  Index rows() const noexcept { return rows_; }
  Index columns() const noexcept { return columns_; }
  Index sizes_line() const noexcept { return sizes_line_; }

  /// Calls put(row, column, value, line) of each entry, rows and columns counted from 0.
  /// @throws IoError with the line of what is no entry, and on another number of them
  template <class Put>
  void entries(bool fractions, const Put& put) {
    Index found = 0;
    while (lines_.next()) {
      if (lines_.line().empty()) continue;
      Index row = 0;
      Index column = 0;
      double value = 0.0;
      if (!whole_triple(row, column, value)) {
        std::string_view field;
        triple(row, column, field);
        value = parse_count(path_, lines_.number(), 3, field, fractions);
      }
      if (row < 1 || row > rows_ || column < 1 || column > columns_) {
        throw IoError(path_, lines_.number(), 0, "entry " + to_text(row) + ", " + to_text(column) + " is out of range");
      }
      ++found;
      put(row - 1, column - 1, value, lines_.number());
    }
    if (found != entries_) {
      throw IoError(path_, "the file has " + to_text(found) + " entries, its line of sizes says " + to_text(entries_));
    }
  }

 private:
  /// The usual line: three whole numbers of few digits between single blanks. False where it is another.
  bool whole_triple(Index& row, Index& column, double& value) const noexcept {
    const char* at = lines_.line().data();
    const char* const end = at + lines_.line().size();
    constexpr int most = 9;  // digits: no overflow
    const auto whole = [&](std::uint32_t& number) {
      const char* const begin = at;
      std::uint32_t sum = 0;
      while (at != end && *at >= '0' && *at <= '9') sum = 10 * sum + static_cast<std::uint32_t>(*at++ - '0');
      number = sum;
      return at != begin && at - begin <= most;
    };
    std::uint32_t numbers[3];
    if (!whole(numbers[0]) || at == end || !is_blank(*at++) || !whole(numbers[1]) || at == end || !is_blank(*at++) ||
        !whole(numbers[2]) || at != end) {
      return false;
    }
    row = numbers[0];
    column = numbers[1];
    value = numbers[2];
    return true;
  }

  void triple(Index& row, Index& column, std::string_view& last) const {
    LineFields fields(lines_.line());
    std::string_view first;
    std::string_view second;
    std::string_view excess;
    if (!fields.next(first) || !fields.next(second) || !fields.next(last) || fields.next(excess) ||
        !parse_whole(first, row) || !parse_whole(second, column)) {
      throw IoError(path_, lines_.number(), 0,
                    "the line must hold two whole numbers and a value: " + in_quotes(lines_.line()));
    }
  }

  std::string path_;
  PiecewiseLines lines_;
  Index rows_ = 0;
  Index columns_ = 0;
  Index entries_ = 0;
  Index sizes_line_ = 0;
};

/// Fills the columns of the selected features; absent entries are 0.
/// @param by_cell whether rows are cells, rather than features
/// @param totals per cell: the sum over all features that count, selected or not
template <class Use = CompiledWhereUsed>
inline Matrix read_matrix_market(const std::string& path, WhereUsed<MatrixMarket, Use>& file, bool by_cell,
                                 const WhereUsed<GeneSelection, Use>& selection, bool fractions,
                                 WhereUsed<Vector, Use>& totals) {
  const Index cells = by_cell ? file.rows() : file.columns();
  WhereUsed<Matrix, Use> values = Matrix::Zero(cells, selection.nodes());
  totals = Vector::Zero(cells);
  // Entries come cell by cell, values are stored gene by gene: so many entries are put into place at a time, ordered by
  // genes, as writing to places that are far apart takes longer than reading them.
  constexpr std::size_t most = std::size_t{1} << 15;
  struct Entry {
    std::uint32_t gene;  // tables of more are refused
    std::uint32_t cell;
    double value;
  };
  std::vector<Entry> entries;
  std::vector<Index> lines;  // of the entries
  std::vector<Entry> ordered;
  std::vector<std::size_t> begin;
  const auto put_all = [&] {
    begin.assign(static_cast<std::size_t>(selection.nodes()) + 1, 0);
    for (const Entry& entry : entries) ++begin[std::size_t{entry.gene} + 1];
    std::partial_sum(begin.begin(), begin.end(), begin.begin());
    ordered.resize(entries.size());
    for (const Entry& entry : entries) ordered[begin[entry.gene]++] = entry;
    for (const Entry& entry : ordered) {
      double& place = values(entry.cell, entry.gene);
      if (place != 0.0) {
        // The last of the two, the other one may have come before these.
        const auto same = [&](const Entry& e) { return e.gene == entry.gene && e.cell == entry.cell; };
        const auto last = std::find_if(entries.rbegin(), entries.rend(), same);
        throw IoError(path, lines[static_cast<std::size_t>(entries.rend() - last) - 1], 0,
                      "the entry of cell " + to_text(Index{entry.cell} + 1) + " and " +
                          in_quotes(selection.names[entry.gene]) + " is given twice");
      }
      place = entry.value;
    }
    entries.clear();
    lines.clear();
  };
  file.entries(fractions, [&](Index row, Index column, double value, Index line) {
    const Index cell = by_cell ? row : column;
    const Index gene = selection.column[static_cast<std::size_t>(by_cell ? column : row)];
    if (gene == GeneSelection::left_out) return;
    totals[cell] += value;
    if (gene < 0) return;
    entries.push_back({static_cast<std::uint32_t>(gene), static_cast<std::uint32_t>(cell), value});
    lines.push_back(line);
    if (entries.size() == most) put_all();
  });
  put_all();
  return values;
}

/// `read_ten_x` with the totals of cells.
template <class Use = CompiledWhereUsed>
inline CountsAndTotals read_ten_x_folder(const std::string& path, const WhereUsed<NamedTableOptions, Use>& options) {
  const TenXFiles files = find_ten_x_files(path);
  if (files.features.empty()) throw IoError(path, "there is no features.tsv beside the matrix");
  if (files.barcodes.empty()) throw IoError(path, "there is no barcodes.tsv beside the matrix");
  if (!options.genome.empty()) {
    throw IoError(path, "genome " + in_quotes(options.genome) +
                            " is asked for, but this is a 10x folder: only 10x's HDF5 files have several");
  }
  if (options.times.empty()) {
    throw IoError(path, "a 10x folder does not say when its cells were taken: give a table of times");
  }
  MatrixMarket matrix(files.matrix, options.read);
  TenXFeatures features = read_features(files.features, matrix.rows(), options.read);
  std::vector<std::string> cells = read_barcodes(files.barcodes, matrix.columns(), options.read);
  const auto are = [&](Index rows, Index columns) {
    return static_cast<Index>(features.ids.size()) == rows && static_cast<Index>(cells.size()) == columns;
  };
  bool by_cell = false;
  if (!are(matrix.rows(), matrix.columns())) {
    by_cell = true;
    features = read_features(files.features, matrix.columns(), options.read);
    cells = read_barcodes(files.barcodes, matrix.rows(), options.read);
    if (!are(matrix.columns(), matrix.rows())) {
      throw IoError(files.matrix, matrix.sizes_line(), 0,
                    "the matrix is " + to_text(matrix.rows()) + " x " + to_text(matrix.columns()) + ", but there are " +
                        to_text(static_cast<Index>(features.ids.size())) + " features and " +
                        to_text(static_cast<Index>(cells.size())) + " cells beside it");
    }
  }
  std::vector<std::string> remarks;
  if (by_cell) remarks.push_back(files.matrix + ": rows are read as cells, as there are as many of them");
  TimesOfCells times =
      named_table_times(options.times, cells, options.time_bins, options.read, options.time_unit, remarks);
  GeneSelection selection = select_features(path, features, options, remarks);
  check_table_size(path, static_cast<Index>(cells.size()), selection.nodes());
  WhereUsed<Vector, Use> totals;
  WhereUsed<Matrix, Use> values =
      read_matrix_market(files.matrix, matrix, by_cell, selection, options.fractions, totals);
  const WhereUsed<Matrix, Use> levels = levels_from_times(path, selection.inputs, times.times);
  WhereUsed<Vector, Use> depth = cell_depths(files.matrix, options.depth, cells, totals, options.read);
  Counts counts = assemble_counts(files.matrix, std::move(values), std::move(times.times), std::move(selection), levels,
                                  options.fractions, std::move(depth));
  return {with_lineages(options.times, std::move(counts), std::move(times.lineages)),
          comparable_totals(std::move(totals)), std::move(remarks)};
}

}  // namespace detail

/// Reads a 10x table. The input, if there is one, is off up to t = 0 and on afterwards. Features that share a name are
/// told apart by their identifiers, by which genes may be chosen as well. Totals are those over all genes. Beside the
/// counts, a piece of the matrix is in memory at a time.
/// @param path a folder, or the matrix in it
/// @param options options.times is required
/// @return cells × nodes, cells in the order of the folder, dense: choose genes when there are tens of thousands
/// @throws IoError with file and line on anything that is not such a folder, on cells without a time or a depth and
///   genes that are not there, unless `options.unknown` skips them
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline Counts read_ten_x(const std::string& path, const WhereUsed<NamedTableOptions, Use>& options) {
  return detail::read_ten_x_folder(path, options).counts;
}

}  // namespace cardamom
