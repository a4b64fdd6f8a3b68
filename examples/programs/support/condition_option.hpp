// What was done to the cells of a table: --condition-key, --conditions, --guide-effect.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>

#include <cardamom/data/counts.hpp>
#include <cardamom/io/conditions.hpp>
#include <cardamom/io/known_nodes.hpp>
#include <cardamom/io/text.hpp>

#include "support/cell_labels.hpp"
#include "support/formats.hpp"
#include "support/program.hpp"

namespace support {

/// The values of these options, as the user writes them.
struct ConditionOptions {
  std::string key;
  std::string table;
  std::string guide_effect;

  [[nodiscard]] bool none() const noexcept { return key.empty() && table.empty() && guide_effect.empty(); }
  /// The path of `key` where it is a file, else empty.
  [[nodiscard]] std::string label_file() const { return key.empty() ? key : support::label_file(key); }
};

/// Adds the options.
inline void describe_conditions(CLI::App& app, ConditionOptions& options) {
  app.add_option(
         "--condition-key", options.key,
         "What was done to the cells: a column of obs of an AnnData file, or a file with a line per cell, which "
         "holds the name of a condition of --conditions or, without that, the guides of a pooled screen: names "
         "of genes, numbered or not, several of them between +, or non-targeting. Every condition must have "
         "cells at every time point")
      ->type_name("KEY|FILE");
  app.add_option(
         "--conditions", options.table,
         "What conditions are, a line `condition node effect time` for every gene or input that something is "
         "done to: knock-out, knock-down:SHARE, over-express:RATE of a gene, the level of an input from the time "
         "[h] on; none where nothing is done")
      ->type_name("TABLE");
  app.add_option("--guide-effect", options.guide_effect,
                 "What guides do to their genes: knock-out, knock-down:SHARE or over-express:RATE. Default: knock-out")
      ->type_name("EFFECT");
}

/// What --guide-effect says.
/// @throws UsageError
inline cardamom::Perturbation guide_effect(const std::string& text) {
  if (text.empty() || text == "knock-out") return cardamom::knock_out(0);
  const std::string_view effect = text;
  const std::size_t colon = effect.find(':');
  double number = -1.0;
  const bool numbered =
      colon != std::string_view::npos && cardamom::parse_number(effect.substr(colon + 1), number) && number >= 0.0;
  if (numbered && effect.substr(0, colon) == "knock-down" && number <= 1.0) return cardamom::knock_down(0, number);
  if (numbered && effect.substr(0, colon) == "over-express" && number <= cardamom::Perturbation::largest) {
    return cardamom::over_express(0, number);
  }
  throw UsageError("--guide-effect: value is " + cardamom::in_quotes(text) +
                   ", must be knock-out, knock-down:SHARE, a share in [0, 1], or over-express:RATE");
}

/// The counts with what was done to their cells, as they are without the options.
/// @param file of the counts
/// @throws UsageError, IoError
inline cardamom::Counts with_conditions(const cardamom::Counts& counts, const std::string& file,
                                        const ConditionOptions& options) {
  if (options.none()) return counts;
  if (options.key.empty()) {
    throw UsageError("--condition-key is missing: it says which cells are of which condition");
  }
  if (!options.table.empty() && !options.guide_effect.empty()) {
    throw UsageError("--guide-effect is not for --conditions, which says what is done to genes");
  }
  const std::vector<std::string> labels =
      read_cell_labels(file, options.key, counts.cells(), {"--condition-key", "condition", "conditions"});
  const std::string source = options.label_file().empty() ? file + ", obs/" + options.key : options.key;
  cardamom::CellConditions cells;
  if (options.table.empty()) {
    cells = cardamom::conditions_of_guides(source, labels, counts.names(), counts.inputs(),
                                           guide_effect(options.guide_effect));
  } else {
    const cardamom::KnownNodes nodes{counts.names(), counts.nodes(), counts.inputs()};
    cells =
        cardamom::conditions_of_labels(source, labels, cardamom::read_conditions(options.table, nodes, file_reader()));
  }
  return counts.with_conditions(std::move(cells.conditions), std::move(cells.of_cell));
}

}  // namespace support
