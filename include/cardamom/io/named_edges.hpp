/// @file
/// Reading edge lists: a line per edge, nodes given by index or by name: 0 is the first input, genes are 1, 2, …,
/// further inputs `input:` and their name (node_labels.hpp). The weight is θ(target, source), or a score; lists of true
/// edges may leave it out, or give a sign, as + or - or as a word.
///
///     source  target  weight  score
///     Sox2    Klf4    3.25    2.9
///
/// Columns are found by their titles, in any order and in the spellings of the field's tools; columns under other
/// titles are passed over:
///
/// | column | titles, whatever their case, blanks, dots and underscores |
/// | --- | --- |
/// | source | source, TF, regulator, regulatoryGene, sourceGenes, transcriptionFactor, from, Gene1, parent |
/// | target | target, targetGene, targetGenes, to, Gene2, gene, child |
/// | weight | weight, edgeWeight, importance, coef, coef_mean, estimate, interaction, theta |
/// | sign | sign, type, mor, regulation, effect, mode, edges |
/// | score | score: by which edges are ranked, >= 0 |
///
/// Without titles there are two columns, source and target; three, with the weight or sign as the third or, where words
/// such as `activates` stand between nodes (SIF), the sign as the second; or TRRUST's four, source, target, sign and
/// references. Files that can be read in two ways are errors. What a table may look like besides is said in
/// titled_table.hpp.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/table_field.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/io/read_file.hpp>
#include <cardamom/io/text.hpp>
#include <cardamom/io/titled_table.hpp>

namespace cardamom {

/// An edge whose nodes are still text, as a file gives them.
struct NamedEdge {
  std::string source;
  std::string target;
  double weight = 1.0;
  double score = 1.0;       ///< for ranking, >= 0; |weight| where the file has no scores
  Index line = 0;           ///< where it was read, 0 when it was not
  bool sign_known = true;   ///< false where the file has no sign, or says that it is unknown: the weight is then >= 0
  Index source_column = 1;  ///< where the nodes were read, for messages
  Index target_column = 2;
};

namespace detail {

/// What a column of an edge list holds.
enum class EdgeField { source, target, weight, sign, score };

inline constexpr std::string_view edge_field_names[] = {"source", "target", "weight", "sign", "score"};

/// What a title says, none where it is another one.
template <class = CompiledWhereUsed>
inline std::optional<EdgeField> edge_field(std::string_view title) {
  const std::string word = title_word(title);
  if (is_one_of(word, {"source", "tf", "regulator", "regulatorygene", "sourcegene", "sourcegenes", "sourcename",
                       "sourcegenesymbol", "tfname", "regulatorsymbol", "regulatorname", "transcriptionfactor", "from",
                       "gene1", "parent"})) {
    return EdgeField::source;
  }
  if (is_one_of(word, {"target", "targetgene", "targetgenes", "targetname", "targetgenesymbol", "targetsymbol", "to",
                       "gene2", "gene", "genename", "genesymbol", "child"})) {
    return EdgeField::target;
  }
  if (is_one_of(word, {"weight", "edgeweight", "importance", "coef", "coefmean", "estimate", "interaction", "theta",
                       "beta", "genie3weight"})) {
    return EdgeField::weight;
  }
  if (is_one_of(word, {"sign", "type", "mor", "regulation", "effect", "mode", "modeofregulation", "edges", "edgetype",
                       "interactiontype", "regulationtype"})) {
    return EdgeField::sign;
  }
  if (word == "score") return EdgeField::score;
  return std::nullopt;
}

/// Whether weights under these titles have no signs: importances of trees.
inline bool are_magnitudes(std::string_view source, std::string_view weight) {
  return title_word(weight) == "importance" || title_word(source) == "regulatorygene";
}

enum class EdgeSign { activation, repression, unknown, no_edge };

/// The sign that a word means, none where it means nothing.
template <class = CompiledWhereUsed>
inline std::optional<EdgeSign> parse_sign(std::string_view text) {
  if (is_one_of(text, {"+", "->", "-->"})) return EdgeSign::activation;
  if (is_one_of(text, {"-", "-|", "--|"})) return EdgeSign::repression;
  if (text == "?") return EdgeSign::unknown;
  const std::string word = title_word(text);
  if (is_one_of(word, {"activation", "activates", "activate", "activating", "activator", "positive", "induces",
                       "induction", "stimulation", "stimulates", "upregulates", "up"})) {
    return EdgeSign::activation;
  }
  if (is_one_of(word, {"repression", "represses", "repress", "repressing", "repressor", "negative", "inhibition",
                       "inhibits", "inhibit", "inhibitor", "downregulates", "down"})) {
    return EdgeSign::repression;
  }
  if (is_one_of(word, {"unknown", "regulates", "regulation"})) return EdgeSign::unknown;
  if (word == "noregulation") return EdgeSign::no_edge;
  return std::nullopt;
}

/// Whether a field may be a weight: a number, finite or not, or a sign.
inline bool is_weight(std::string_view text) {
  double number = 0.0;
  return parse_number(text, number) || parse_sign(text).has_value();
}

/// A field of weights or signs: a number, or a word.
struct EdgeValue {
  double number = 1.0;  ///< 1, -1 or 0 of a word
  std::optional<EdgeSign> word = {};
};

/// Reads an edge list from its table.
class EdgeTable {
 public:
  template <class = CompiledWhereUsed>
  EdgeTable(const std::string& path, std::string_view text)
      : path_(path), table_(read_titled_table(path, text, [this](const TableLine& line) { return are_titles(line); })) {
    if (table_.titled()) {
      find_titles();
    } else if (!table_.lines.empty()) {
      take_places();
    }
  }

  template <class = CompiledWhereUsed>
  std::vector<NamedEdge> edges() const {
    bool signed_weights = false;
    std::vector<NamedEdge> edges;
    for (const TableLine& line : table_.lines) {
      NamedEdge edge{node(line, EdgeField::source), node(line, EdgeField::target), 1.0, 1.0, line.number, false,
                     number(EdgeField::source),     number(EdgeField::target)};
      if (has(EdgeField::weight)) {
        const EdgeValue value = parse(line, EdgeField::weight);
        edge.weight = value.number;
        edge.sign_known = value.word ? *value.word != EdgeSign::unknown : !magnitudes_ || value.number < 0.0;
        signed_weights = signed_weights || edge.weight < 0.0;
      }
      edges.push_back(std::move(edge));
    }
    for (std::size_t k = 0; k < edges.size(); ++k) {
      const TableLine& line = table_.lines[k];
      if (has(EdgeField::sign)) apply_sign(edges[k], line, signed_weights);
      edges[k].score = has(EdgeField::score) ? score(line) : std::abs(edges[k].weight);
      if (!has(EdgeField::weight) && !has(EdgeField::sign) && has(EdgeField::score)) edges[k].weight = edges[k].score;
    }
    return edges;
  }

 private:
  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  std::size_t& column(EdgeField field) { return columns_[static_cast<std::size_t>(field)]; }
  std::size_t column(EdgeField field) const { return columns_[static_cast<std::size_t>(field)]; }
  Index number(EdgeField field) const { return static_cast<Index>(column(field)) + 1; }
  bool has(EdgeField field) const { return column(field) != none; }
  std::string_view text(const TableLine& line, EdgeField field) const { return line.fields[column(field)]; }

  [[noreturn]] void refuse(Index line, std::size_t column, const std::string& what) const {
    throw IoError(path_, line, static_cast<Index>(column) + 1, what);
  }
  std::string titled(std::size_t column) const { return "titled " + in_quotes(table_.titles.fields[column]); }

  template <class Use = CompiledWhereUsed>
  bool are_titles(const WhereUsed<TableLine, Use>& line) const {
    bool source = false;
    bool target = false;
    int partners = 0;
    for (const std::string_view title : line.fields) {
      source = source || edge_field(title) == EdgeField::source;
      target = target || edge_field(title) == EdgeField::target;
      partners += is_one_of(title_word(title), {"protein1", "protein2", "node1", "node2", "genea", "geneb"}) ? 1 : 0;
    }
    if (partners == 2 && !(source && target)) {
      throw IoError(path_, line.number, 0,
                    "titles are those of pairs without a direction: " + in_quotes(line.fields[0]) + " and " +
                        in_quotes(line.fields[1]) + " may each be the source, call them source and target");
    }
    return source && target;
  }

  template <class = CompiledWhereUsed>
  void find_titles() {
    const std::vector<std::string_view>& titles = table_.titles.fields;
    for (std::size_t k = 0; k < titles.size(); ++k) {
      const std::optional<EdgeField> field = edge_field(titles[k]);
      if (!field) continue;
      if (has(*field)) {
        refuse(table_.titles.number, k,
               titled(k) + ", may be the " + std::string(edge_field_names[static_cast<std::size_t>(*field)]) +
                   ", as may column " + to_text(number(*field)) + ", " + titled(column(*field)) +
                   ": leave one of them out");
      }
      column(*field) = k;
    }
    if (has(EdgeField::weight)) {
      magnitudes_ = are_magnitudes(titles[column(EdgeField::source)], titles[column(EdgeField::weight)]);
    }
    if (table_.row_names) check_row_names();
    for (std::size_t k = 0; k < titles.size(); ++k) {
      if (!edge_field(titles[k]) && !is_index_title(titles[k])) check_other_column(k);
    }
  }

  template <class = CompiledWhereUsed>
  void check_row_names() const {
    for (const TableLine& line : table_.lines) {
      if (Index number = 0; parse_whole(line.fields[0], number)) continue;
      refuse(line.number, 0,
             "there is a column more than titles, and " + in_quotes(line.fields[0]) +
                 " may be the name of a row, which must be a number, or part of a name with a blank: then separate "
                 "columns by tabs");
    }
  }

  /// Refuses a column under a title that says nothing, but that may hold what is missing.
  template <class = CompiledWhereUsed>
  void check_other_column(std::size_t k) const {
    const bool unweighted = !has(EdgeField::weight) && !has(EdgeField::sign) && !has(EdgeField::score);
    if (table_.lines.empty() || title_word(table_.titles.fields[k]) == "strand") return;
    const bool signs = std::all_of(table_.lines.begin(), table_.lines.end(),
                                   [k](const TableLine& line) { return parse_sign(line.fields[k]).has_value(); });
    const bool weights = std::all_of(table_.lines.begin(), table_.lines.end(),
                                     [k](const TableLine& line) { return is_weight(line.fields[k]); });
    if ((signs && !has(EdgeField::sign)) || (weights && unweighted)) {
      refuse(table_.titles.number, k,
             titled(k) + ", may hold " + (signs ? "signs" : "weights") + " or something else: title it " +
                 (signs ? "sign" : "weight") + " or leave it out");
    }
  }

  template <class = CompiledWhereUsed>
  void take_places() {
    const TableLine& first = table_.lines.front();
    const std::size_t size = first.fields.size();
    const auto sign_at = [&](std::size_t k) { return parse_sign(first.fields[k]).has_value(); };
    const bool sif = size == 3 && sign_at(1) && !is_weight(first.fields[2]);
    if (size < 2 || size > 4 || (size == 4 && !sign_at(2))) {
      std::string shown;
      for (const std::string_view field : first.fields) {
        if (!shown.empty()) shown += ' ';
        shown += field;
      }
      throw IoError(path_, first.number, 0,
                    size < 2 ? "the line must hold source, target and, optionally, weight: " + in_quotes(shown)
                             : "the line has " + field_count(size) + ", " + in_quotes(shown) +
                                   ": a line of titles must tell which are source, target and weight");
    }
    column(EdgeField::source) = 0;
    column(EdgeField::target) = sif ? 2 : 1;
    if (size > 2) column(sif || size == 4 ? EdgeField::sign : EdgeField::weight) = sif ? 1 : 2;
    for (std::size_t k = 0; k < size && (size == 2 || !is_weight(first.fields[2])) && !sif; ++k) {
      if (!edge_field(first.fields[k])) continue;
      refuse(first.number, k,
             in_quotes(first.fields[k]) + " may be a title or a node: titles must name source and target, a list " +
                 "of edges alone a line of titles");
    }
    check_not_numbered();
  }

  /// Refuses nodes that may be the numbers of the lines.
  template <class = CompiledWhereUsed>
  void check_not_numbered() const {
    if (table_.lines.size() < 2) return;
    Index begin = 0;
    for (std::size_t k = 0; k < table_.lines.size(); ++k) {
      Index source = 0;
      Index target = 0;
      if (!parse_whole(text(table_.lines[k], EdgeField::source), source)) return;
      if (parse_whole(text(table_.lines[k], EdgeField::target), target)) return;
      if (k == 0) begin = source;
      if (begin > 1 || source != begin + static_cast<Index>(k)) return;
    }
    refuse(table_.lines.front().number, column(EdgeField::source),
           "the first column may be the indices of sources or the numbers of the lines: put titles above");
  }

  std::string node(const TableLine& line, EdgeField field) const {
    if (text(line, field).empty()) {
      refuse(line.number, column(field),
             std::string(edge_field_names[static_cast<std::size_t>(field)]) + " is missing");
    }
    return std::string(text(line, field));
  }

  template <class Use = CompiledWhereUsed>
  EdgeValue parse(const WhereUsed<TableLine, Use>& line, WhereUsed<EdgeField, Use> field) const {
    const std::string_view given = text(line, field);
    EdgeValue value;
    if (parse_number(given, value.number) && std::isfinite(value.number)) return value;
    value.word = parse_sign(given);
    if (!value.word) {
      std::string what(edge_field_names[static_cast<std::size_t>(field)]);
      what += given.empty() ? " is missing" : " is " + in_quotes(given);
      what += ", must be a finite number, + or -, or a word such as activation" + decimal_comma_hint(given);
      if (!table_.titled() && &line == &table_.lines.front() && decimal_comma_hint(given).empty()) {
        what += "; titles must name source and target";
      }
      refuse(line.number, column(field), what);
    }
    value.number = *value.word == EdgeSign::repression ? -1.0 : *value.word == EdgeSign::no_edge ? 0.0 : 1.0;
    return value;
  }

  double score(const TableLine& line) const {
    double score = 0.0;
    const std::string_view given = text(line, EdgeField::score);
    if (!(parse_number(given, score) && std::isfinite(score) && score >= 0.0)) {
      refuse(line.number, column(EdgeField::score),
             "score is " + in_quotes(given) + ", must be finite and >= 0" + decimal_comma_hint(given));
    }
    return score;
  }

  /// Puts a sign to a weight, which has signs of its own where any in the file is negative.
  template <class Use = CompiledWhereUsed>
  void apply_sign(WhereUsed<NamedEdge, Use>& edge, const WhereUsed<TableLine, Use>& line, bool signed_weights) const {
    const EdgeValue sign = parse(line, EdgeField::sign);
    if (!has(EdgeField::weight)) {
      edge.weight = sign.number;
      edge.sign_known = sign.word != EdgeSign::unknown;
      return;
    }
    const bool unknown = sign.word ? *sign.word == EdgeSign::unknown : sign.number == 0.0;
    const bool agrees = sign.word == EdgeSign::no_edge ? edge.weight == 0.0
                        : signed_weights && !unknown   ? sign.number * edge.weight >= 0.0
                                                       : true;
    if (!agrees) {
      refuse(line.number, column(EdgeField::sign),
             "sign is " + in_quotes(text(line, EdgeField::sign)) + ", but the weight is " +
                 in_quotes(text(line, EdgeField::weight)) + " and has another");
    }
    edge.sign_known = !unknown || edge.weight < 0.0;
    if (!unknown && sign.number < 0.0) edge.weight = -std::abs(edge.weight);
  }

  const std::string& path_;
  std::size_t columns_[5] = {none, none, none, none, none};
  bool magnitudes_ = false;
  TitledTable table_;
};

}  // namespace detail

/// Reads an edge list without looking its nodes up.
/// @param read how the file is read; `read_gzip_file` reads compressed ones as well
/// @return the edges in the order of the file; weight 1 where the file has no weights
/// @throws IoError with line and column when a line does not have the columns of the first one, a node is missing, a
///   weight or sign is neither a finite number nor a sign, a score not one >= 0, a sign contradicts a weight, or when
///   the columns can be understood in two ways
template <class = CompiledWhereUsed>
[[nodiscard]] inline std::vector<NamedEdge> read_named_edges(const std::string& path,
                                                             FileReader read = read_plain_file) {
  const std::string text = read(path);
  return detail::EdgeTable(path, text).edges();
}

}  // namespace cardamom
