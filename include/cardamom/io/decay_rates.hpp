/// @file
/// Degradation-rate files: a line per gene with d0 (of mRNA) and d1 (of protein) [1/h].
///
///     gene    d0     d1
///     Sox2    0.077  0.015
///
/// Where the lines name their genes, they stand in any order, and there may be more of them than genes; else they stand
/// in the order of the genes, after one per input. Inputs may be left out, and their values say nothing.
///
/// Columns are found by their titles. d0 and d1 are rates; so are titles that name the molecule, mRNA or protein, and
/// decay or degradation, such as `protein_degradation_rate`. Titles with half-life in place of them, such as
/// `half_life_mRNA`, are half-lives [h], and the rate is ln 2 / half-life. Titles may name the unit, [1/h] or [h];
/// another one is an error. Without titles there are d0 and d1, and perhaps the name of the gene before or after them,
/// or its index and name before. What a table may look like besides is said in titled_table.hpp.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/io/file_set.hpp>
#include <cardamom/io/known_nodes.hpp>
#include <cardamom/io/node_labels.hpp>
#include <cardamom/io/read_file.hpp>
#include <cardamom/io/text.hpp>
#include <cardamom/io/time_units.hpp>
#include <cardamom/io/titled_table.hpp>
#include <cardamom/model/decay_rates.hpp>

namespace cardamom {

/// The rates of known nodes, as a file has them.
struct KnownRates {
  DecayRates rates;         ///< an entry per node: those of inputs as in the file, 1 where it has none
  Index skipped = 0;        ///< lines of genes that the data lack
  bool half_lives = false;  ///< the file holds half-lives, which were converted
};

namespace detail {

/// What a title says about rates.
struct RateTitle {
  bool protein = false;
  bool half_life = false;
  std::string unit = {};  ///< empty for hours, or where none is named
};

/// The unit of time in a title other than hours, or empty. Symbols of one letter count after a / or a bracket, and in
/// titles of half-lives.
template <class = CompiledWhereUsed>
inline std::string other_unit(const std::string& title, bool half_life) {
  std::string word;
  char before = ' ';
  char last = ' ';
  for (const char c : title + ' ') {
    if (is_letter(c) || (c >= '0' && c <= '9')) {
      if (word.empty()) before = last;
      word += c;
    } else if (!word.empty()) {
      const TimeUnit unit = unit_word(word);
      const bool told = word.size() > 1 || half_life || before == '/' || before == '[' || before == '(';
      if (told && unit != TimeUnit::none && unit != TimeUnit::hours) return word;
      word.clear();
    }
    last = c;
  }
  const std::string all = title_word(title);
  for (const std::string_view unit : {"minutes", "min", "seconds", "sec", "days", "weeks"}) {
    if (all.ends_with(unit)) return std::string(unit);
  }
  return {};
}

/// What a title says, none where it is another one.
template <class = CompiledWhereUsed>
inline std::optional<RateTitle> rate_title(std::string_view title) {
  const std::string word = title_word(title);
  const auto says = [&word](std::string_view part) { return word.find(part) != std::string::npos; };
  const auto begins = [&word](std::string_view part) { return word.rfind(part, 0) == 0; };
  const bool half_life = says("halfliv") || says("halflife") || says("t12") || says("thalf");
  const bool rate = says("decay") || says("degradation") || says("kdeg") || begins("d0") || begins("d1");
  const bool mrna = says("rna") || says("transcript") || begins("d0");
  const bool protein = says("protein") || begins("d1");
  if (half_life == rate || mrna == protein) return std::nullopt;
  return RateTitle{protein, half_life, other_unit(lower_case(title), half_life)};
}

inline bool is_missing_rate(std::string_view text) {
  const std::string word = lower_case(text);
  return is_one_of(word, {"", "na", "nan", "n/a", "-"});
}

/// Half-lives [h] beyond are those of another unit: 1 s, 100 years.
inline constexpr double shortest_half_life = 1.0 / 3600.0;
inline constexpr double longest_half_life = 100.0 * 8766.0;

/// Reads rates from their table, with doubts about what is no rate of a cell.
class RatesTable {
 public:
  template <class = CompiledWhereUsed>
  RatesTable(const std::string& path, std::string_view text, bool doubts)
      : path_(path),
        doubts_(doubts),
        table_(read_titled_table(path, text, [](const TableLine& line) { return are_titles(line); })) {
    if (table_.titled()) {
      find_titles();
    } else if (!table_.lines.empty()) {
      take_places();
    }
  }

  bool titled() const noexcept { return table_.titled(); }

  template <class Use = CompiledWhereUsed>
  KnownRates known(const WhereUsed<KnownNodes, Use>& nodes) const {
    if (table_.lines.empty()) throw IoError(path_, "the file holds no rates");
    if (!genes_.empty()) return by_name(nodes);
    return nodes.listed.empty() ? by_place(nodes) : by_place_in_list(nodes);
  }

 private:
  static constexpr std::size_t none = static_cast<std::size_t>(-1);
  static constexpr const char* columns_needed =
      "d0 and d1, rates [1/h], or half_life_mRNA and half_life_protein, half-lives [h]";

  [[noreturn]] void refuse(Index line, std::size_t column, const std::string& what) const {
    throw IoError(path_, line, static_cast<Index>(column) + 1, what);
  }

  template <class Use = CompiledWhereUsed>
  static bool are_titles(const WhereUsed<TableLine, Use>& line) {
    bool found[2] = {false, false};
    for (const std::string_view title : line.fields) {
      if (const auto rate = rate_title(title)) found[rate->protein ? 1 : 0] = true;
    }
    return found[0] && found[1];
  }

  template <class = CompiledWhereUsed>
  void find_titles() {
    const std::vector<std::string_view>& titles = table_.titles.fields;
    for (std::size_t k = 0; k < titles.size(); ++k) {
      const std::string word = title_word(titles[k]);
      if (is_one_of(word, {"gene", "genes", "genename", "genenames", "genesymbol", "symbol", "name", "geneid", "id"})) {
        genes_.push_back(k);
      }
      const std::optional<RateTitle> title = rate_title(titles[k]);
      if (!title) continue;
      const int which = title->protein ? 1 : 0;
      if (!title->unit.empty()) {
        refuse(table_.titles.number, k,
               "titled " + in_quotes(titles[k]) + ", is in " + (title->half_life ? "" : "1/") + title->unit +
                   ", must be in " + (title->half_life ? "h" : "1/h"));
      }
      if (column_[which] != none) {
        refuse(table_.titles.number, k,
               "titled " + in_quotes(titles[k]) + ", may be that of the " + (which == 0 ? "mRNA" : "protein") +
                   ", as may column " + to_text(static_cast<Index>(column_[which]) + 1) + ", titled " +
                   in_quotes(titles[column_[which]]) + ": leave one of them out");
      }
      column_[which] = k;
      half_life_[which] = title->half_life;
    }
    for (std::size_t k = 0; k < titles.size() && genes_.empty(); ++k) {
      if (is_index_title(titles[k])) genes_.push_back(k);
    }
  }

  bool is_number_column(std::size_t k) const {
    double number = 0.0;
    return std::any_of(table_.lines.begin(), table_.lines.end(),
                       [&](const TableLine& line) { return parse_number(line.fields[k], number); });
  }

  template <class = CompiledWhereUsed>
  void take_places() {
    const TableLine& first = table_.lines.front();
    const std::size_t size = first.fields.size();
    double number = 0.0;
    const bool empty = std::none_of(first.fields.begin(), first.fields.end(), [&](std::string_view field) {
      return parse_number(field, number) || is_missing_rate(field) || !decimal_comma_hint(field).empty();
    });
    if (empty) {
      throw IoError(path_, first.number, 0,
                    "the line holds no number, and as a line of titles must name " + std::string(columns_needed));
    }
    std::vector<std::size_t> numbers;
    for (std::size_t k = 0; k < size && size <= 4; ++k) {
      if (size == 2 || is_number_column(k)) {
        numbers.push_back(k);
      } else {
        genes_.push_back(k);
      }
    }
    const bool indexed = size == 4 && numbers.size() == 3 && numbers[0] == 0 && genes_[0] == 1;
    if (indexed) numbers.erase(numbers.begin());
    if (numbers.size() != 2 || (size > 2 && genes_.size() != 1)) {
      std::string what = "the line must hold two rates: d0 and d1 [1/h]";
      if (size == 3 && numbers.size() == 3) {
        what +=
            "; of three numbers the first may be an index, or the last something else: put titles above, such as "
            "gene, d0, d1";
      } else if (size > 2 && table_.lines.size() == 2) {
        what += "; two lines of " + field_count(size) + " may be the table turned, which has a line per gene";
      } else if (size > 2) {
        what += ", and the name of a gene at most, or stand under titles: " + std::string(columns_needed);
      }
      throw IoError(path_, first.number, 0, what);
    }
    column_[0] = numbers[0];
    column_[1] = numbers[1];
  }

  /// One of the two values of a line, as a rate.
  template <class Use = CompiledWhereUsed>
  double rate(const WhereUsed<TableLine, Use>& line, int which, Index node, const WhereUsed<NodeLabels, Use>& labels,
              Index inputs) const {
    const std::string_view field = line.fields[column_[which]];
    if (node < inputs && (half_life_[which] || is_missing_rate(field))) return 1.0;
    double value = 0.0;
    const bool parsed = parse_number(field, value);
    const double rate = half_life_[which] ? std::numbers::ln2 / value : value;
    if (!parsed || !std::isfinite(value) || !std::isfinite(rate) || (node >= inputs && value <= 0.0)) {
      const std::string name = labels.name(node);
      refuse(line.number, column_[which],
             std::string(half_life_[which] ? "half-life" : "rate") + (node < inputs ? " of input " : " of gene ") +
                 in_quotes(name) + (field.empty() ? " is missing" : " is " + in_quotes(field)) +
                 ", must be a finite number > 0 [" + (half_life_[which] ? "h]" : "1/h]") + decimal_comma_hint(field));
    }
    const double half_life = std::numbers::ln2 / rate;
    if (doubts_ && node >= inputs && !(half_life >= shortest_half_life && half_life <= longest_half_life)) {
      refuse(line.number, column_[which],
             (half_life_[which] ? "half-life of gene " : "rate of gene ") + in_quotes(labels.name(node)) + " is " +
                 to_text(value) + (half_life_[which] ? " h, must be" : "/h, must belong to a half-life") +
                 " between 1 s and 100 years: is the unit another one?");
    }
    return rate;
  }

  /// Whether so many lines are those of some nodes, of inputs and genes or of genes alone.
  static bool are_lines_of(Index size, Index nodes, Index inputs) { return size == nodes || size == nodes - inputs; }

  /// Rates in the order of the list by which genes were chosen, of those that the data have.
  template <class Use = CompiledWhereUsed>
  KnownRates by_place_in_list(const WhereUsed<KnownNodes, Use>& known) const {
    const auto size = static_cast<Index>(table_.lines.size());
    const auto listed = static_cast<Index>(known.listed.size());
    const auto nodes = static_cast<Index>(known.names.size());
    if (!are_lines_of(size, listed, known.inputs)) return by_place(known);
    if (are_lines_of(size, nodes, known.inputs)) {
      throw IoError(path_, "the file has " + to_text(size) + " lines, as there are genes " +
                               (size == listed ? "" : "without inputs ") + "in the list of names, and " +
                               (size == nodes ? "with inputs " : "") +
                               "of these in the data: a column `gene` must say whose rates they are");
    }
    const KnownRates all = by_place({.names = known.listed, .inputs = known.inputs});
    KnownRates result{{Vector::Ones(nodes), Vector::Ones(nodes)}, listed - nodes, all.half_lives};
    for (Index node = 0; node < nodes; ++node) {
      const auto name =
          std::find(known.listed.begin(), known.listed.end(), known.names[static_cast<std::size_t>(node)]);
      if (name == known.listed.end()) continue;  // an input by another name
      result.rates.mrna[node] = all.rates.mrna[name - known.listed.begin()];
      result.rates.protein[node] = all.rates.protein[name - known.listed.begin()];
    }
    return result;
  }

  template <class Use = CompiledWhereUsed>
  KnownRates by_place(const WhereUsed<KnownNodes, Use>& known) const {
    const Index inputs = known.inputs;
    const Index nodes = known.nodes != 0 ? known.nodes : static_cast<Index>(known.names.size());
    const auto size = static_cast<Index>(table_.lines.size());
    const Index given_inputs = nodes != 0 && size == nodes - inputs ? 0 : inputs;
    if (nodes != 0 && size != nodes - inputs + given_inputs) {
      throw IoError(path_, "the file holds rates of " + to_text(size) + " genes, " +
                               (inputs == 1 ? "the stimulus" : "inputs") + " included, must be " + to_text(nodes));
    }
    if (size < given_inputs) {
      throw IoError(path_, "the file holds rates of " + to_text(size) + " nodes, must be of the " +
                               to_text(given_inputs) + " inputs at least");
    }
    const Index left_out = inputs - given_inputs;
    const NodeLabels labels(known.names, size + left_out, inputs);
    KnownRates result{
        {Vector::Ones(size + left_out), Vector::Ones(size + left_out)}, 0, half_life_[0] || half_life_[1]};
    for (Index i = 0; i < size; ++i) {
      const TableLine& line = table_.lines[static_cast<std::size_t>(i)];
      result.rates.mrna[i + left_out] = rate(line, 0, i + left_out, labels, inputs);
      result.rates.protein[i + left_out] = rate(line, 1, i + left_out, labels, inputs);
    }
    return result;
  }

  /// The column with the names of the data, of those that may hold them.
  template <class Use = CompiledWhereUsed>
  std::size_t gene_column(const WhereUsed<NodeLabels, Use>& labels) const {
    std::vector<std::size_t> matching;
    for (const std::size_t k : genes_) {
      if (std::any_of(table_.lines.begin(), table_.lines.end(),
                      [&](const TableLine& line) { return labels.find(line.fields[k]).has_value(); })) {
        matching.push_back(k);
      }
    }
    if (matching.size() <= 1) return matching.empty() ? genes_.front() : matching.front();
    refuse(table_.titles.number, matching[1],
           "may name the genes, as may column " + to_text(static_cast<Index>(matching[0]) + 1) +
               ": leave one of them out");
  }

  template <class Use = CompiledWhereUsed>
  KnownRates by_name(const WhereUsed<KnownNodes, Use>& known) const {
    const NodeFinder finder(path_, known);
    const NodeLabels& labels = finder.labels();
    const Index nodes = known.nodes != 0 ? known.nodes : static_cast<Index>(known.names.size());
    const Index inputs = known.inputs;
    if (nodes == 0) {
      throw IoError(path_, table_.lines.front().number, 0, "the line names a gene, but the genes are not known here");
    }
    const std::size_t column = gene_column(labels);
    KnownRates result{{Vector::Ones(nodes), Vector::Ones(nodes)}, 0, half_life_[0] || half_life_[1]};
    std::vector<Index> line_of(static_cast<std::size_t>(nodes), 0);
    for (const TableLine& line : table_.lines) {
      const std::string_view name = line.fields[column];
      if (name.empty()) refuse(line.number, column, "the name of the gene is missing");
      if (inputs > 0 && !labels.find(name) && lower_case(name) == "stimulus") continue;
      const std::optional<Index> node = finder.find(name, line.number, static_cast<Index>(column) + 1);
      if (!node) {
        ++result.skipped;
        continue;
      }
      const double mrna = rate(line, 0, *node, labels, inputs);
      const double protein = rate(line, 1, *node, labels, inputs);
      Index& earlier = line_of[static_cast<std::size_t>(*node)];
      if (earlier != 0 && (result.rates.mrna[*node] != mrna || result.rates.protein[*node] != protein)) {
        refuse(line.number, column,
               "gene " + in_quotes(name) + " is given already in line " + to_text(earlier) + ", with other values");
      }
      if (earlier == 0) earlier = line.number;
      result.rates.mrna[*node] = mrna;
      result.rates.protein[*node] = protein;
    }
    for (Index node = inputs; node < nodes; ++node) {
      if (line_of[static_cast<std::size_t>(node)] == 0) {
        throw IoError(path_, "there are no rates of gene " + in_quotes(labels.name(node)));
      }
    }
    return result;
  }

  const std::string& path_;
  bool doubts_;
  TitledTable table_;
  std::vector<std::size_t> genes_ = {};  // columns that may name the genes
  std::size_t column_[2] = {none, none};
  bool half_life_[2] = {false, false};
};

}  // namespace detail

/// Reads degradation rates of known nodes, as people hand them over.
/// @param read how the file is read; `read_gzip_file` reads compressed ones as well
/// @throws IoError with line and column when a line does not hold two values, a gene's is not finite and > 0, two lines
///   of a gene differ, or a gene of the file is none of those known and may not be skipped; without them when a gene
///   has no rates; on titles that say another unit than hours; and, where there are no titles, when every protein
///   decays faster than its mRNA: then these are likely half-lives, or the columns turned
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline KnownRates read_known_rates(const std::string& path, const WhereUsed<KnownNodes, Use>& nodes,
                                                 FileReader read = read_plain_file) {
  const std::string text = read(path);
  const detail::RatesTable table(path, text, true);
  KnownRates result = table.known(nodes);
  const Index genes = result.rates.mrna.size() - nodes.inputs;
  if (!table.titled() && genes > 0 &&
      (result.rates.mrna.tail(genes).array() < result.rates.protein.tail(genes).array()).all()) {
    throw IoError(
        path,
        "every protein decays faster than its mRNA: without titles the columns are rates [1/h], d0 of mRNA and "
        "d1 of protein. For half-lives [h], put the titles half_life_mRNA and half_life_protein above; for "
        "rates, d0 and d1 in the order of the columns");
  }
  return result;
}

/// Reads degradation rates whose genes nobody needs to know: by the order of their lines or, where there is a column of
/// indices, by these; without doubts.
/// @param nodes inputs and genes: there must be a line for each of them, or for each gene alone; 0 accepts any number
/// of lines, inputs included
/// @param inputs how many of the nodes, the first ones, are inputs
/// @param read how the file is read; `read_gzip_file` reads compressed ones as well
/// @return one entry per node, those of inputs as in the file, 1 where it has none
/// @throws IoError with line and column when a line does not hold two values, or a gene's is not finite and > 0
template <class = CompiledWhereUsed>
[[nodiscard]] inline DecayRates read_decay_rates(const std::string& path, Index nodes = 0, Index inputs = 1,
                                                 FileReader read = read_plain_file) {
  const std::string text = read(path);
  return detail::RatesTable(path, text, false).known({.nodes = nodes, .inputs = inputs}).rates;
}

/// The text of a file of degradation rates, a line per entry, with as many digits as they need to read back the same.
/// @throws std::invalid_argument when the lengths differ
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline std::string decay_rates_text(const WhereUsed<DecayRates, Use>& rates) {
  check_size("decay_rates_text", "rates.protein", rates.protein.size(), rates.mrna.size());
  std::string text;
  for (Index i = 0; i < rates.mrna.size(); ++i) {
    text += to_text(rates.mrna[i]) + '\t' + to_text(rates.protein[i]) + '\n';
  }
  return text;
}

/// Writes degradation rates. Throws IoError, and std::invalid_argument when the lengths differ.
template <class Use = CompiledWhereUsed>
inline void write_decay_rates(const std::string& path, const WhereUsed<DecayRates, Use>& rates) {
  check_size("write_decay_rates", "rates.protein", rates.protein.size(), rates.mrna.size());
  FileSet files;
  files.add(path, decay_rates_text(rates));
  files.commit();
}

}  // namespace cardamom
