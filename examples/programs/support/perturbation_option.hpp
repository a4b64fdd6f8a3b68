// What is done to genes: --knock-out, --knock-down, --over-express.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include <cardamom/burst_rate/perturbed_rate.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/io/node_labels.hpp>
#include <cardamom/io/text.hpp>

#include "support/program.hpp"

namespace support {

/// The values of these options, as the user writes them.
struct PerturbationTexts {
  std::vector<std::string> knock_out;
  std::vector<std::string> knock_down;
  std::vector<std::string> over_express;

  [[nodiscard]] bool none() const noexcept { return knock_out.empty() && knock_down.empty() && over_express.empty(); }
};

/// Adds the options.
inline void describe_perturbations(CLI::App& app, PerturbationTexts& texts) {
  app.add_option("--knock-out", texts.knock_out, "Genes (name or index) that never burst")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("GENE,...");
  app.add_option("--knock-down", texts.knock_down, "Genes that burst at this share, in [0, 1], of their rate")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("GENE:SHARE,...");
  app.add_option("--over-express", texts.over_express, "Genes that burst so many times per hour more")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("GENE:RATE,...");
}

/// The node that a gene is, given by its name or its index.
/// @param labels nodes of the model
/// @throws UsageError
inline cardamom::Index find_gene(const cardamom::NodeLabels& labels, cardamom::Index nodes, cardamom::Index inputs,
                                 const std::string& text) {
  const auto gene = labels.find(text);
  if (cardamom::Index index = 0; !gene && !cardamom::parse_whole(text, index)) {
    throw UsageError("there is no gene " + cardamom::in_quotes(text));
  }
  if (!gene || *gene < inputs) {
    throw UsageError("gene is " + cardamom::in_quotes(text) + ", must be in 1 to " + std::to_string(nodes - inputs));
  }
  return *gene;
}

/// What the options say, in the order of knock-outs, knock-downs and over-expressions.
/// @throws UsageError; std::domain_error on numbers out of range
inline std::vector<cardamom::Perturbation> read_perturbations(const PerturbationTexts& texts,
                                                              const cardamom::NodeLabels& labels, cardamom::Index nodes,
                                                              cardamom::Index inputs) {
  // "GENE:NUMBER".
  const auto gene_and_number = [&](const std::string& text) {
    const std::size_t colon = text.rfind(':');
    double number = 0.0;
    if (colon == std::string::npos || !cardamom::parse_number(text.substr(colon + 1), number)) {
      throw UsageError("value is " + cardamom::in_quotes(text) + ", must be GENE:NUMBER");
    }
    return std::pair(find_gene(labels, nodes, inputs, text.substr(0, colon)), number);
  };
  std::vector<cardamom::Perturbation> list;
  for (const std::string& text : texts.knock_out) {
    list.push_back(cardamom::knock_out(find_gene(labels, nodes, inputs, text)));
  }
  for (const std::string& text : texts.knock_down) {
    const auto [gene, share] = gene_and_number(text);
    list.push_back(cardamom::knock_down(gene, share));
  }
  for (const std::string& text : texts.over_express) {
    const auto [gene, rate] = gene_and_number(text);
    list.push_back(cardamom::over_express(gene, rate));
  }
  return list;
}

}  // namespace support
