/// @file
/// Conditions in files: tables of what was done, and labels of cells, such as the guides of a pooled screen.
///
/// A table has a line for every input or gene that something is done to:
///
///     condition,node,effect,time
///     control,,none,
///     no Gata1,Gata1,knock-out,
///     both,Gata1,knock-down:0.2,
///     both,Spi1,over-express:1.5,
///     low dose,Stimulus,0.5,0
///
/// | effect | of | meaning |
/// | --- | --- | --- |
/// | `knock-out` | a gene | it never bursts |
/// | `knock-down:SHARE` | a gene | it bursts at this share, in [0, 1], of its rate |
/// | `over-express:RATE` | a gene | it bursts so many times per hour more |
/// | `clamp:LEVEL` | a gene | its protein is held at this level, >= 0, in units of (11): for simulations |
/// | a number >= 0 | an input | it is at this level |
/// | `none` | nothing: the node is left empty | nothing is done |
///
/// Rates are perturbed throughout the life of a cell; levels hold from `time` [h] on, without one from the very
/// beginning. Titles may be left out, and then the column of times as well. What a table may look like besides is said
/// in titled_table.hpp.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/table_field.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/condition.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/io/known_nodes.hpp>
#include <cardamom/io/node_labels.hpp>
#include <cardamom/io/text.hpp>
#include <cardamom/io/titled_table.hpp>

namespace cardamom {

/// Conditions of cells.
struct CellConditions {
  std::vector<Condition> conditions;
  std::vector<Index> of_cell;  ///< per cell the number of its condition
};

namespace detail {

/// The time of a level that holds from the very beginning [h]: before all that is simulated or observed.
inline constexpr double before_everything = -1e9;

/// Columns of a table of conditions; no column: npos.
struct ConditionColumns {
  static constexpr std::size_t npos = static_cast<std::size_t>(-1);
  std::size_t condition = 0, node = 1, effect = 2, time = npos;
};

template <class = CompiledWhereUsed>
[[nodiscard]] inline ConditionColumns condition_columns(const std::string& path, const TitledTable& table) {
  ConditionColumns columns;
  if (!table.titled()) {
    const std::size_t size = table.lines.front().fields.size();
    if (size < 3 || size > 4) {
      throw IoError(
          path, table.lines.front().number, 0,
          "the line has " + field_count(size) + ", must hold a condition, a node, an effect and maybe a time");
    }
    if (size == 4) columns.time = 3;
    return columns;
  }
  std::array<std::size_t, 4> found;
  found.fill(ConditionColumns::npos);
  for (std::size_t k = 0; k < table.titles.fields.size(); ++k) {
    const std::string word = title_word(table.titles.fields[k]);
    if (is_one_of(word, {"condition", "conditions", "name"})) found[0] = k;
    if (is_one_of(word, {"node", "gene", "input", "target", "genesymbol", "inputorgene", "inputgene"})) found[1] = k;
    if (is_one_of(word, {"effect", "perturbation"})) found[2] = k;
    if (is_one_of(word, {"time", "from"})) found[3] = k;
  }
  constexpr std::array<const char*, 3> titles = {"condition", "node", "effect"};
  for (std::size_t k = 0; k < titles.size(); ++k) {
    if (found[k] == ConditionColumns::npos) {
      throw IoError(path, table.titles.number, 0, std::string("no column is titled ") + titles[k]);
    }
  }
  return {found[0], found[1], found[2], found[3]};
}

/// Reads one effect after the other into the condition it is of.
class ConditionReader {
 public:
  template <class = CompiledWhereUsed>
  ConditionReader(const std::string& path, const KnownNodes& nodes)
      : path_(path), finder_(path, nodes), inputs_(nodes.inputs) {}

  template <class = CompiledWhereUsed>
  void add(const TableLine& line, const ConditionColumns& columns) {
    line_ = line.number;
    const std::string_view name = line.fields[columns.condition];
    if (name.empty()) refuse(columns.condition, name, "the name of a condition");
    const auto known = std::find_if(conditions_.begin(), conditions_.end(),
                                    [&](const Condition& condition) { return condition.name == name; });
    Condition& condition = known != conditions_.end() ? *known : conditions_.emplace_back(Condition{std::string(name)});
    const std::string_view text = line.fields[columns.effect];
    const std::string_view node_text = line.fields[columns.node];
    const std::string word = title_word(text.substr(0, text.find(':')));
    if (node_text.empty()) {
      if (!word.empty() && word != "none") refuse(columns.effect, text, "none where no input or gene is named");
      return;
    }
    const std::optional<Index> node = finder_.find(node_text, line.number, static_cast<Index>(columns.node) + 1);
    const std::string_view time =
        columns.time == ConditionColumns::npos ? std::string_view{} : line.fields[columns.time];
    if (*node < inputs_) {
      double level = 0.0;
      if (!parse_number(text, level) || !(level >= 0.0 && std::isfinite(level))) {
        refuse(columns.effect, text, "the level of an input, a number >= 0");
      }
      condition.levels.push_back({time_of(time, columns), level, *node});
      return;
    }
    const auto number = [&](double most, const char* expected) {
      const std::size_t colon = text.find(':');
      double value = 0.0;
      if (colon == std::string_view::npos || !parse_number(text.substr(colon + 1), value) ||
          !(value >= 0.0 && value <= most)) {
        refuse(columns.effect, text, expected);
      }
      return value;
    };
    if (word == "clamp") {
      const double level = number(std::numeric_limits<double>::max(), "clamp:LEVEL, a number >= 0");
      condition.levels.push_back({time_of(time, columns), level, *node});
      return;
    }
    if (!time.empty()) refuse(columns.time, time, "empty: rates are perturbed throughout the life of a cell");
    if (is_one_of(word, {"knockout", "ko"}) && text.find(':') == std::string_view::npos) {
      condition.perturbations.push_back(knock_out(*node));
    } else if (is_one_of(word, {"knockdown", "kd"})) {
      condition.perturbations.push_back(knock_down(*node, number(1.0, "knock-down:SHARE, a number in [0, 1]")));
    } else if (is_one_of(word, {"overexpress", "overexpression", "oe"})) {
      condition.perturbations.push_back(
          over_express(*node, number(Perturbation::largest, "over-express:RATE, a number in [0, 1e6]")));
    } else {
      refuse(columns.effect, text, "knock-out, knock-down:SHARE, over-express:RATE or clamp:LEVEL");
    }
  }

  /// @throws IoError on a condition that contradicts itself
  template <class = CompiledWhereUsed>
  std::vector<Condition> take() {
    for (const Condition& condition : conditions_) {
      try {
        check_no_contradiction("conditions", "condition " + in_quotes(condition.name), condition);
      } catch (const std::invalid_argument& error) {
        throw IoError(path_, error.what());
      }
    }
    return std::move(conditions_);
  }

 private:
  [[noreturn]] void refuse(std::size_t column, std::string_view field, const std::string& expected) const {
    throw IoError(path_, line_, static_cast<Index>(column) + 1,
                  "value is " + in_quotes(field) + ", must be " + expected);
  }
  double time_of(std::string_view text, const ConditionColumns& columns) const {
    if (text.empty()) return before_everything;
    double time = 0.0;
    if (!parse_number(text, time) || !std::isfinite(time)) refuse(columns.time, text, "a time [h], or empty");
    return time;
  }

  std::string path_;
  NodeFinder finder_;
  Index inputs_;
  Index line_ = 0;
  std::vector<Condition> conditions_;
};

}  // namespace detail

/// Reads a table of conditions, in the order in which they come first.
/// @param nodes of the network; a gene that it lacks is an error
/// @param read how the file is read; `read_gzip_file` reads compressed ones as well
/// @throws IoError with line and column on an unknown input or gene, an effect that is none or out of range, and a line
/// of the wrong number of fields; on a condition that contradicts itself, and on a table without a line
template <class = CompiledWhereUsed>
[[nodiscard]] inline std::vector<Condition> read_conditions(const std::string& path, KnownNodes nodes,
                                                            FileReader read = read_plain_file) {
  nodes.unknown = UnknownGenes::refuse;
  const std::string text = read(path);
  const TitledTable table = read_titled_table(path, text, [](const TableLine& line) {
    return std::any_of(line.fields.begin(), line.fields.end(),
                       [](std::string_view field) { return title_word(field) == "effect"; });
  });
  if (table.lines.empty()) throw IoError(path, "there is no condition");
  const detail::ConditionColumns columns = detail::condition_columns(path, table);
  detail::ConditionReader reader(path, nodes);
  for (const TableLine& line : table.lines) reader.add(line, columns);
  return reader.take();
}

/// The text of a table of conditions, with titles, which `read_conditions` reads.
/// @param labels of the nodes; @param inputs how many of them, the first ones, are inputs
/// @throws std::invalid_argument on a perturbation that is neither a knock-out, nor a knock-down, nor an
/// over-expression
template <class = CompiledWhereUsed>
[[nodiscard]] inline std::string conditions_text(const std::vector<Condition>& conditions, const NodeLabels& labels,
                                                 Index inputs) {
  std::string text = "condition\tnode\teffect\ttime\n";
  for (const Condition& condition : conditions) {
    const auto add = [&](const std::string& node, const std::string& effect, const std::string& time) {
      text += table_field(condition.name) + '\t' + node + '\t' + effect + '\t' + time + '\n';
    };
    if (condition.perturbations.empty() && condition.levels.empty()) add("", "none", "");
    for (const Perturbation& p : condition.perturbations) {
      const std::string node = table_field(labels.name(p.gene));
      if (p.factor == 0.0 && p.extra == 0.0) {
        add(node, "knock-out", "");
      } else if (p.factor <= 1.0 && p.extra == 0.0) {
        add(node, "knock-down:" + to_text(p.factor), "");
      } else if (p.factor == 1.0) {
        add(node, "over-express:" + to_text(p.extra), "");
      } else {
        throw std::invalid_argument("conditions_text: a perturbation of " + labels.name(p.gene) + " has factor " +
                                    to_text(p.factor) + " and extra " + to_text(p.extra) +
                                    ", must be a knock-out, a knock-down or an over-expression");
      }
    }
    for (const LevelChange& change : condition.levels) {
      const std::string time = change.time == detail::before_everything ? "" : to_text(change.time);
      const bool input = change.node < inputs;
      for (Index node = change.node == every_input ? 0 : change.node;
           node < (change.node == every_input ? inputs : change.node + 1); ++node) {
        add(table_field(labels.name(node)), (input ? "" : "clamp:") + to_text(change.level), time);
      }
    }
  }
  return text;
}

/// The conditions of cells that are labelled by the names of known conditions, those without cells left out.
/// @param path what the labels are from, for messages; @param labels per cell
/// @throws IoError on a label that is no condition's name, with the number of the cell
template <class = CompiledWhereUsed>
[[nodiscard]] inline CellConditions conditions_of_labels(const std::string& path,
                                                         const std::vector<std::string>& labels,
                                                         const std::vector<Condition>& known) {
  CellConditions result;
  std::map<std::string, Index> number;
  for (std::size_t cell = 0; cell < labels.size(); ++cell) {
    const auto [place, added] = number.try_emplace(labels[cell], static_cast<Index>(result.conditions.size()));
    if (added) {
      const auto found = std::find_if(known.begin(), known.end(),
                                      [&](const Condition& condition) { return condition.name == labels[cell]; });
      if (found == known.end()) {
        throw IoError(path, "cell " + to_text(static_cast<Index>(cell) + 1) + " is of condition " +
                                in_quotes(labels[cell]) + ", which the table of conditions lacks");
      }
      result.conditions.push_back(*found);
    }
    result.of_cell.push_back(place->second);
  }
  return result;
}

/// Whether a guide of a pooled screen targets nothing: "non-targeting", "NT", "NTC", "control", "ctrl", "negative
/// control", "scrambled", "safe harbor", "AAVS1", "none" and the like, numbered or not.
template <class = CompiledWhereUsed>
[[nodiscard]] inline bool is_non_targeting(std::string_view guide) {
  std::string word = title_word(guide);
  while (!word.empty() && word.back() >= '0' && word.back() <= '9' && word != "aavs1") word.pop_back();
  return is_one_of(word, {"nontargeting",
                          "nontarget",
                          "nt",
                          "ntc",
                          "neg",
                          "negctrl",
                          "negativecontrol",
                          "control",
                          "ctrl",
                          "scrambled",
                          "scramble",
                          "safeharbor",
                          "safetargeting",
                          "aavs1",
                          "none",
                          "wt",
                          "wildtype",
                          "unperturbed",
                          "nontargetingcontrol",
                          "nontargetingguide"});
}

namespace detail {

/// The gene that a guide is against, by its own name or without what numbers guides: "Gata1", "sgGata1_2",
/// "Gata1-g3"; none where no gene is called so.
template <class = CompiledWhereUsed>
[[nodiscard]] inline std::optional<Index> gene_of_guide(std::string_view guide, const std::vector<std::string>& names,
                                                        Index inputs) {
  const auto named = [&](std::string_view text) -> std::optional<Index> {
    const auto found = std::find(names.begin() + inputs, names.end(), text);
    return found == names.end() ? std::nullopt : std::optional<Index>(found - names.begin());
  };
  std::vector<std::string_view> spellings = {guide};
  if (guide.size() > 2 && (guide.substr(0, 2) == "sg" || guide.substr(0, 2) == "g_")) {
    spellings.push_back(guide.substr(guide[2] == '_' || guide[2] == '-' ? 3 : 2));
  }
  for (std::string_view text : spellings) {
    for (;;) {
      if (const auto gene = named(text)) return gene;
      const std::size_t end = text.find_last_of("_-.");
      if (end == std::string_view::npos || end == 0) break;
      const std::string word = title_word(text.substr(end + 1));
      const bool numbers = std::any_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; }) ||
                           is_one_of(word, {"sg", "g", "guide", "sgrna", "a", "b", "c"});
      if (!numbers) break;
      text = text.substr(0, end);
    }
  }
  return std::nullopt;
}

}  // namespace detail

/// The conditions of cells that are labelled by the guides they received, as tables of Perturb-seq have it: a gene's
/// name, numbered or not (`sgGata1_2`), several of them between `+`, `,`, `;`, `|` or `&`, or one that targets nothing
/// (`is_non_targeting`). Guides against the same genes are the same condition, called after these: `Gata1+Spi1`, or
/// `non-targeting`.
/// @param path what the labels are from, for messages; @param labels per cell
/// @param names of the nodes; @param inputs how many of them, the first ones, are inputs
/// @param effect of every guide on its gene: the gene of this perturbation is not used
/// @throws IoError on a guide of a gene that is not there, with the number of the cell, and on an empty label
template <class = CompiledWhereUsed>
[[nodiscard]] inline CellConditions conditions_of_guides(const std::string& path,
                                                         const std::vector<std::string>& labels,
                                                         const std::vector<std::string>& names, Index inputs,
                                                         const Perturbation& effect = knock_out(0)) {
  CellConditions result;
  std::map<std::string, std::vector<Index>> genes_of;  // label → genes
  std::map<std::vector<Index>, Index> number;
  for (std::size_t cell = 0; cell < labels.size(); ++cell) {
    const auto [known, added] = genes_of.try_emplace(labels[cell]);
    std::vector<Index>& genes = known->second;
    if (added && !is_non_targeting(labels[cell])) {
      std::string_view rest = labels[cell];
      do {
        const std::size_t end = rest.find_first_of("+,;|&");
        std::string_view guide = rest.substr(0, end);
        rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
        while (guide.starts_with(' ')) guide.remove_prefix(1);
        while (guide.ends_with(' ')) guide.remove_suffix(1);
        const auto gene = detail::gene_of_guide(guide, names, inputs);
        if (gene) {
          genes.push_back(*gene);
        } else if (guide.empty() || !is_non_targeting(guide)) {
          throw IoError(path, "cell " + to_text(static_cast<Index>(cell) + 1) + " has guide " + in_quotes(guide) +
                                  ", must be that of a gene of the counts, or non-targeting");
        }
      } while (!rest.empty());
      std::sort(genes.begin(), genes.end());
      genes.erase(std::unique(genes.begin(), genes.end()), genes.end());
    }
    const auto [place, first] = number.try_emplace(genes, static_cast<Index>(result.conditions.size()));
    if (first) {
      Condition condition;
      for (const Index gene : genes) {
        condition.name += (condition.name.empty() ? "" : "+") + names[static_cast<std::size_t>(gene)];
        condition.perturbations.push_back({gene, effect.factor, effect.extra});
      }
      if (genes.empty()) condition.name = "non-targeting";
      result.conditions.push_back(std::move(condition));
    }
    result.of_cell.push_back(place->second);
  }
  return result;
}

}  // namespace cardamom
