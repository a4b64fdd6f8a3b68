// Scores a list of edges against the true ones.
#include <algorithm>
#include <cstddef>
#include <iostream>
#include <set>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include <cardamom/core/types.hpp>
#include <cardamom/evaluation.hpp>
#include <cardamom/io.hpp>

#include "support/program.hpp"

using cardamom::Index;
using cardamom::NamedEdge;

namespace {

struct Options {
  std::string edges;
  std::string truth;
  std::string genes;
  bool undirected = false;
};

void describe(CLI::App& app, Options& options) {
  app.add_option("EDGES", options.edges,
                 "Edges: source, target, weight; ranked by the column titled score or, without one, by |weight|; edges "
                 "that are not listed come last")
      ->required()
      ->type_name("EDGES.tsv");
  app.add_option("TRUTH", options.truth, "True edges: source, target; a weight, if there is one, gives the sign")
      ->required()
      ->type_name("TRUTH.tsv");
  app.add_flag("--undirected", options.undirected, "Score pairs of genes, whatever the direction of their edge");
  app.add_option("--genes", options.genes,
                 "Gene names: a line `index name` for the stimulus (index 0) and for every gene. Default: nodes are "
                 "those of the two lists; indices run from 0, the stimulus, to the largest; among names the stimulus "
                 "is the one called Stimulus")
      ->type_name("FILE");
}

/// The nodes of both lists, the stimulus first.
struct Nodes {
  std::vector<std::string> names;  ///< empty when nodes are indices
  Index genes = 0;
};

bool all_indices(const std::vector<NamedEdge>& edges, Index& largest) {
  for (const NamedEdge& edge : edges) {
    for (const std::string& node : {edge.source, edge.target}) {
      Index index = 0;
      if (!cardamom::detail::parse_whole(node, index)) return false;
      largest = std::max(largest, index);
    }
  }
  return true;
}

Nodes nodes_of(const Options& options, const std::vector<NamedEdge>& edges, const std::vector<NamedEdge>& truth) {
  if (!options.genes.empty()) {
    std::vector<std::string> names = cardamom::read_gene_names(options.genes);
    const auto genes = static_cast<Index>(names.size());
    return {std::move(names), genes};
  }
  Index largest = 0;
  const bool edges_by_index = all_indices(edges, largest);
  const bool truth_by_index = all_indices(truth, largest);
  if (edges_by_index && truth_by_index) {
    // Scores are kept for every pair: an index out of all proportion is a mistake.
    constexpr Index most = 20'000;
    if (largest >= most) {
      throw cardamom::IoError(options.edges, "gene " + std::to_string(largest) +
                                                 " is too large an index, the limit is " + std::to_string(most));
    }
    return {{}, largest + 1};
  }
  if (!edges.empty() && edges_by_index != truth_by_index) {
    throw cardamom::IoError(edges_by_index ? options.edges : options.truth,
                            "nodes are indices, but names in " + (edges_by_index ? options.truth : options.edges) +
                                ": give their correspondence by --genes");
  }
  std::set<std::string> others;
  std::string stimulus = "Stimulus";
  for (const auto* list : {&edges, &truth}) {
    for (const NamedEdge& edge : *list) {
      for (const std::string& node : {edge.source, edge.target}) {
        const std::string lower = cardamom::detail::lower(node);
        if (lower == "stimulus" || lower == "0") {
          stimulus = node;
        } else {
          others.insert(node);
        }
      }
    }
  }
  Nodes nodes{{stimulus}, static_cast<Index>(others.size()) + 1};
  nodes.names.insert(nodes.names.end(), others.begin(), others.end());
  return nodes;
}

/// G × G, (target, source).
cardamom::Matrix weights(const std::vector<cardamom::Edge>& edges, Index genes) {
  cardamom::Matrix theta = cardamom::Matrix::Zero(genes, genes);
  for (const cardamom::Edge& edge : edges) theta(edge.target, edge.source) = edge.weight;
  return theta;
}

/// The same of the scores; `edges` are the `named` ones.
cardamom::Matrix scores(const std::vector<cardamom::Edge>& edges, const std::vector<NamedEdge>& named, Index genes) {
  cardamom::Matrix result = cardamom::Matrix::Zero(genes, genes);
  for (std::size_t e = 0; e < edges.size(); ++e) result(edges[e].target, edges[e].source) = named[e].score;
  return result;
}

void evaluate(const Options& options) {
  const std::vector<NamedEdge> named_edges = cardamom::read_named_edges(options.edges);
  const std::vector<NamedEdge> named_truth = cardamom::read_named_edges(options.truth);
  const Nodes nodes = nodes_of(options, named_edges, named_truth);
  const auto edges = resolve_edges(named_edges, nodes.names, nodes.genes, options.edges);
  auto truth = resolve_edges(named_truth, nodes.names, nodes.genes, options.truth);
  std::erase_if(truth, [](const cardamom::Edge& edge) { return edge.weight == 0.0; });

  const auto ranking = cardamom::rank_edges(
      scores(edges, named_edges, nodes.genes), truth,
      options.undirected ? cardamom::EdgeDirection::undirected : cardamom::EdgeDirection::directed);
  if (ranking.positives == 0) throw cardamom::IoError(options.truth, "there is no true edge between two nodes");
  if (ranking.positives == ranking.candidates) throw cardamom::IoError(options.truth, "every possible edge is true");

  const auto print = [](const char* name, auto value) { std::cout << name << '\t' << value << '\n'; };
  print("auroc", cardamom::auroc(ranking));
  print("aupr", cardamom::aupr(ranking));
  print("average_precision", cardamom::average_precision(ranking));
  print("early_precision", cardamom::early_precision(ranking));
  const bool signs = std::any_of(truth.begin(), truth.end(), [](const auto& edge) { return edge.weight < 0; });
  if (signs && !options.undirected) {
    print("sign_accuracy",
          cardamom::sign_accuracy(weights(edges, nodes.genes), weights(truth, nodes.genes)).among_found());
  }
  print("true_edges", ranking.positives);
  print("candidates", ranking.candidates);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Scores a ranked list of edges against the true ones; prints lines `name<TAB>value`.\n\n"
      "auroc              area under the ROC curve\n"
      "aupr               area under the precision-recall curve, by trapezoids, ties as one step\n"
      "average_precision  sum of precision x gain in recall, ties in random order\n"
      "early_precision    share of true edges among the first k, k being their number\n"
      "sign_accuracy      share of right signs among the true edges found, when the truth has signs\n"
      "true_edges, candidates  how many; self-edges and edges into the stimulus do not count\n\n"
      "Exit code: 0 success, 1 bad data, 2 bad usage.",
      "cardamom_evaluate");
  Options options;
  describe(app, options);
  return support::run(app, argc, argv, [&] { evaluate(options); });
}
