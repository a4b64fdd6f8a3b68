// Files that may know more genes than the data: networks and rates of a whole genome.
#pragma once

#include <cstddef>
#include <cstdio>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include <cardamom/core/types.hpp>
#include <cardamom/io/assemble_counts.hpp>
#include <cardamom/io/decay_rates.hpp>
#include <cardamom/io/known_nodes.hpp>
#include <cardamom/io/read_counts.hpp>
#include <cardamom/model/decay_rates.hpp>
#include <cardamom/numerics/median.hpp>

#include "support/formats.hpp"

namespace support {

/// Adds --strict.
/// @param files which may know more genes, and `known`, what says which genes there are
inline void describe_strict(CLI::App& app, bool& strict, const std::string& files, const std::string& known) {
  app.add_flag("--strict", strict, "Refuse genes of " + files + " that " + known + " lacks, in place of skipping them");
}

inline cardamom::UnknownGenes unknown_genes(bool strict) {
  return strict ? cardamom::UnknownGenes::refuse : cardamom::UnknownGenes::skip;
}

/// The nodes of the data, with the list by which their genes were chosen where the data lack some of these.
/// @param reading how the data were read
inline cardamom::KnownNodes known_nodes(const cardamom::CountsFile& file, cardamom::ReadCountsOptions reading) {
  const cardamom::Counts& counts = file.counts;
  cardamom::KnownNodes nodes{counts.names(), counts.nodes(), counts.inputs(), reading.unknown};
  if (reading.gene_names.empty() || file.format == "panel") return nodes;
  reading.read = file_reader();
  const cardamom::NamedTableOptions table = named_table_options(reading);
  const std::size_t inputs = cardamom::inputs_of_table(table.inputs, table.genes, {}).size();
  std::vector<std::string> listed(counts.names().begin(), counts.names().begin() + counts.inputs());
  listed.insert(listed.end(), table.genes.begin() + static_cast<std::ptrdiff_t>(inputs), table.genes.end());
  if (listed != counts.names()) nodes.listed = std::move(listed);
  return nodes;
}

inline std::string counted(cardamom::Index count, const std::string& singular, const std::string& plural) {
  return std::to_string(count) + ' ' + (count == 1 ? singular : plural);
}

/// How many lines were left out, for a remark.
/// @param used how many were not
inline std::string skipped_edges(const std::string& path, cardamom::Index skipped, cardamom::Index used) {
  return path + ": " + counted(skipped, "edge", "edges") + " of genes that are not there, skipped; " +
         counted(used, "edge", "edges") + " used";
}

/// Four digits are enough for a remark.
inline std::string rounded(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g", value);
  return text;
}

/// The half-lives [h] that rates of genes mean, which tells whether their unit is understood.
inline std::string half_lives(const cardamom::DecayRates& rates, cardamom::Index inputs) {
  const auto half_life = [inputs](const cardamom::Vector& all) {
    const cardamom::Index genes = all.size() - inputs;
    return rounded(genes > 0 ? std::numbers::ln2 / cardamom::median(all.tail(genes)) : 0.0);
  };
  return half_life(rates.mrna) + " h (mRNA) and " + half_life(rates.protein) + " h (protein) in the median";
}

/// The rates of --rates for the nodes of data or of a model.
/// @param remarks what is to be said about them is added
inline cardamom::DecayRates read_rates(const std::string& path, const cardamom::KnownNodes& nodes,
                                       std::vector<std::string>& remarks) {
  cardamom::KnownRates known = cardamom::read_known_rates(path, nodes, file_reader());
  remarks.push_back(path + (known.half_lives ? ": half-lives, " : ": rates per hour, half-lives of ") +
                    half_lives(known.rates, nodes.inputs));
  if (known.skipped > 0) {
    remarks.push_back(path + ": " + counted(known.skipped, "line", "lines") + " of genes that are not there, skipped");
  }
  return std::move(known.rates);
}

}  // namespace support
