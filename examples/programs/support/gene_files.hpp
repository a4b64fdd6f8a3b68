// Files that may know more genes than the data: networks and rates of a whole genome.
#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include <cardamom/core/types.hpp>
#include <cardamom/io/edges.hpp>
#include <cardamom/io/known_nodes.hpp>

namespace support {

/// Adds --strict.
/// @param files which may know more genes, and `known`, what says which genes there are
inline void describe_strict(CLI::App& app, bool& strict, const std::string& files, const std::string& known) {
  app.add_flag("--strict", strict, "Refuse genes of " + files + " that " + known + " lacks, in place of skipping them");
}

inline cardamom::UnknownGenes unknown_genes(bool strict) {
  return strict ? cardamom::UnknownGenes::refuse : cardamom::UnknownGenes::skip;
}

inline std::string counted(cardamom::Index count, const std::string& singular, const std::string& plural) {
  return std::to_string(count) + ' ' + (count == 1 ? singular : plural);
}

/// How many lines were left out, for a remark.
inline std::string skipped_edges(const std::string& path, const cardamom::KnownEdges& list) {
  return path + ": " + counted(list.skipped, "edge", "edges") + " of genes that are not there, skipped; " +
         counted(static_cast<cardamom::Index>(list.edges.size()), "edge", "edges") + " used";
}

}  // namespace support
