/// @file
/// A report of an inference: one HTML page that needs nothing else, neither network nor scripts. It shows the network,
/// its strongest edges, their weights over time, the modes of the genes, the basins over time and, when cells simulated
/// from the inferred model are given, their marginals, means and spread beside those of the data.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <cardamom/clustering/basins.hpp>
#include <cardamom/clustering/modes.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/io/file_set.hpp>
#include <cardamom/io/report/sections.hpp>
#include <cardamom/model/network.hpp>

namespace cardamom {

/// What a report shows, by reference: parts of an `Inference`, and the table it was made from.
struct ReportContent {
  const Counts& counts;
  const Clustering& clustering;
  const Basins& basins;
  std::vector<Edge> edges;            ///< source → target with θ(target, source) or 0, strongest first
  const Matrix& scores;               ///< nodes × nodes, the confidence by which the edges are ordered
  const Counts* simulated = nullptr;  ///< cells simulated from the inferred model, compared where times agree
  const Matrix* stability = nullptr;  ///< nodes × nodes, how often each edge is found again; see `stability`
  std::vector<report::WeightsAtTime> steps = {};  ///< in order of time; shown where there are several
};

/// Title, remarks and limits of a report.
struct ReportOptions {
  std::string title = "Gene regulatory network";
  /// Lines of the summary, what and value, beside what the content tells: file, method, options.
  std::vector<std::pair<std::string, std::string>> facts = {};
  std::vector<std::string> remarks = {};  ///< sentences below the summary
  std::string simulation = {};            ///< a sentence on how the simulated cells were made
  bool continuous = false;                ///< the family is Gamma, not negative binomial
  Index edges = 40;                       ///< listed and drawn, >= 1; the picture shows no more than 36 genes
  Index genes = 48;                       ///< shown with their modes; those with the highest scores, >= 1
  Index marginals = 24;                   ///< genes shown with their marginals, >= 1
  Index basins = 8;                       ///< shown with a colour of their own, 1 to 8
};

/// Throws std::invalid_argument naming the field.
template <class Use = CompiledWhereUsed>
inline void validate(const WhereUsed<ReportOptions, Use>& options) {
  check_at_least("ReportOptions", "edges", options.edges, 1);
  check_at_least("ReportOptions", "genes", options.genes, 1);
  check_at_least("ReportOptions", "marginals", options.marginals, 1);
  check_at_least("ReportOptions", "basins", options.basins, 1);
  check_at_least("ReportOptions", "8 - basins", 8 - options.basins, 0);
}

/// Throws std::invalid_argument when the parts do not belong together.
template <class Use = CompiledWhereUsed>
inline void validate(const WhereUsed<ReportContent, Use>& content) {
  const char* const function = "ReportContent";
  const Index nodes = content.counts.nodes();
  check_at_least(function, "counts.cells()", content.counts.cells(), 1);
  check_size(function, "clustering.of_node", content.clustering.nodes(), nodes);
  check_shape(function, "clustering.modes", content.clustering.modes, content.counts.cells(), nodes);
  check_size(function, "basins.modes.cols()", content.basins.modes.cols(), nodes);
  check_size(function, "basins.weights.rows()", content.basins.weights.rows(), content.counts.time_points().size());
  check_shape(function, "scores", content.scores, nodes, nodes);
  for (const Edge& edge : content.edges) {
    check_index(function, "source of an edge", edge.source, nodes);
    check_index(function, "target of an edge", edge.target, nodes);
  }
  if (content.simulated) check_size(function, "simulated->nodes()", content.simulated->nodes(), nodes);
  if (content.stability) check_shape(function, "stability", *content.stability, nodes, nodes);
  for (std::size_t k = 0; k < content.steps.size(); ++k) {
    check_shape(function, detail::element("steps", static_cast<Index>(k)) + ".interactions",
                *content.steps[k].interactions, nodes, nodes);
  }
}

/// The page. The same content and options give the same bytes.
/// @throws std::invalid_argument as `validate` of content and options
/// O(cells · genes shown), and for the marginals O(cells · log(cells)) per gene shown.
template <class Use = CompiledWhereUsed>
inline std::string report_html(const WhereUsed<ReportContent, Use>& content,
                               const WhereUsed<ReportOptions, Use>& options = {}) {
  validate(content);
  validate(options);
  const report::ReportGenes genes(content.scores, content.counts.inputs());
  std::string page = report::page_head(options.title);
  page += report::summary_section(content.counts, options.facts, options.remarks);
  page += report::network_section(content.edges, content.counts.names(), options.edges, content.counts.inputs());
  page +=
      report::edges_section(content.edges, content.counts.names(), content.scores, content.stability, options.edges);
  page += report::weights_section(content.steps, content.counts.names(), options.edges);
  page += report::modes_section(content.counts, content.clustering, genes.shown(options.genes), options.continuous);
  page += report::basins_section(content.counts, content.clustering, content.basins, options.basins,
                                 genes.shown(options.genes));
  page +=
      report::marginals_section(content.counts, content.simulated, genes.shown(options.marginals), options.simulation);
  page += report::moments_section(content.counts, content.simulated, genes.shown(options.marginals));
  return page + report::page_end();
}

/// Adds the page to a set as `index.html` of a directory, and the directory itself where there is none.
template <class Use = CompiledWhereUsed>
inline void add_report(WhereUsed<FileSet, Use>& files, const std::string& directory,
                       const WhereUsed<ReportContent, Use>& content,
                       const WhereUsed<ReportOptions, Use>& options = {}) {
  report::add_page(files, directory, report_html(content, options));
}

/// Writes `directory/index.html`. Throws IoError, and what report_html throws.
template <class Use = CompiledWhereUsed>
inline void write_report(const std::string& directory, const WhereUsed<ReportContent, Use>& content,
                         const WhereUsed<ReportOptions, Use>& options = {}) {
  FileSet files;
  add_report(files, directory, content, options);
  files.commit();
}

}  // namespace cardamom
