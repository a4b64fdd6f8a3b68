// Scores a list of edges against the true ones.
#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <iostream>
#include <set>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include <cardamom/core/types.hpp>
#include <cardamom/evaluation.hpp>
#include <cardamom/io.hpp>

#include "support/formats.hpp"
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
  app.add_option(
         "--genes", options.genes,
         "Gene names: a line `index name` for the first input (index 0) and for every gene, a line `input:name` for "
         "every further input. Default: nodes are those of the two lists; indices run from 0, the first input, "
         "to the largest; among names the first input is the one called Stimulus; further inputs are those "
         "that begin with input:")
      ->type_name("FILE");
}

/// The nodes of both lists, inputs first.
struct Nodes {
  std::vector<std::string> names;  ///< empty when nodes are indices
  Index count = 0;                 ///< inputs and genes
  Index inputs = 1;
};

using EdgeLists = std::initializer_list<const std::vector<NamedEdge>*>;

/// The distinct nodes that the filter lets through.
template <class Filter>
std::set<std::string> distinct_nodes(EdgeLists lists, Filter&& filter) {
  std::set<std::string> nodes;
  for (const auto* list : lists) {
    for (const NamedEdge& edge : *list) {
      for (const std::string& node : {edge.source, edge.target}) {
        if (filter(node)) nodes.insert(node);
      }
    }
  }
  return nodes;
}

bool is_marked(const std::string& node) { return !cardamom::marked_input(node).empty(); }

bool all_indices(const std::vector<NamedEdge>& edges, Index& largest) {
  for (const NamedEdge& edge : edges) {
    for (const std::string& node : {edge.source, edge.target}) {
      if (is_marked(node)) continue;
      Index index = 0;
      if (!cardamom::parse_whole(node, index)) return false;
      largest = std::max(largest, index);
    }
  }
  return true;
}

Nodes nodes_of(const Options& options, const std::vector<NamedEdge>& edges, const std::vector<NamedEdge>& truth) {
  if (!options.genes.empty()) {
    cardamom::NodeNames file = cardamom::read_node_names(options.genes, true, support::file_reader());
    const auto count = static_cast<Index>(file.names.size());
    return {std::move(file.names), count, file.inputs};
  }
  // Inputs that say that they are.
  const std::set<std::string> marked = distinct_nodes({&edges, &truth}, is_marked);
  const Index inputs = 1 + static_cast<Index>(marked.size());
  std::vector<std::string> further;
  for (const std::string& node : marked) further.emplace_back(cardamom::marked_input(node));

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
    if (further.empty()) return {{}, largest + 1, 1};
    Nodes nodes{{"0"}, largest + inputs, inputs};
    nodes.names.insert(nodes.names.end(), further.begin(), further.end());
    for (Index gene = 1; gene <= largest; ++gene) nodes.names.push_back(std::to_string(gene));
    return nodes;
  }
  if (!edges.empty() && edges_by_index != truth_by_index) {
    throw cardamom::IoError(edges_by_index ? options.edges : options.truth,
                            "nodes are indices, but names in " + (edges_by_index ? options.truth : options.edges) +
                                ": give their correspondence by --genes");
  }
  const auto is_first_input = [](const std::string& node) {
    const std::string lower = cardamom::lower_case(node);
    return lower == "stimulus" || lower == "0";
  };
  std::string first = "Stimulus";
  for (const std::string& node : distinct_nodes({&edges, &truth}, is_first_input)) first = node;
  const std::set<std::string> genes = distinct_nodes(
      {&edges, &truth}, [&](const std::string& node) { return !is_first_input(node) && !is_marked(node); });
  Nodes nodes{{first}, static_cast<Index>(genes.size()) + inputs, inputs};
  nodes.names.insert(nodes.names.end(), further.begin(), further.end());
  nodes.names.insert(nodes.names.end(), genes.begin(), genes.end());
  return nodes;
}

/// nodes × nodes, (target, source).
cardamom::Matrix weights(const std::vector<cardamom::Edge>& edges, Index nodes) {
  cardamom::Matrix theta = cardamom::Matrix::Zero(nodes, nodes);
  for (const cardamom::Edge& edge : edges) theta(edge.target, edge.source) = edge.weight;
  return theta;
}

/// The same of the scores; `edges` are the `named` ones.
cardamom::Matrix scores(const std::vector<cardamom::Edge>& edges, const std::vector<NamedEdge>& named, Index nodes) {
  cardamom::Matrix result = cardamom::Matrix::Zero(nodes, nodes);
  for (std::size_t e = 0; e < edges.size(); ++e) result(edges[e].target, edges[e].source) = named[e].score;
  return result;
}

void evaluate(const Options& options) {
  const std::vector<NamedEdge> named_edges = cardamom::read_named_edges(options.edges, support::file_reader());
  const std::vector<NamedEdge> named_truth = cardamom::read_named_edges(options.truth, support::file_reader());
  const Nodes nodes = nodes_of(options, named_edges, named_truth);
  const auto edges = resolve_edges(named_edges, nodes.names, nodes.count, options.edges, nodes.inputs);
  auto truth = resolve_edges(named_truth, nodes.names, nodes.count, options.truth, nodes.inputs);
  std::erase_if(truth, [](const cardamom::Edge& edge) { return edge.weight == 0.0; });

  const auto ranking = cardamom::rank_edges(
      scores(edges, named_edges, nodes.count), truth,
      {.direction = options.undirected ? cardamom::EdgeDirection::undirected : cardamom::EdgeDirection::directed,
       .inputs = nodes.inputs});
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
          cardamom::sign_accuracy(weights(edges, nodes.count), weights(truth, nodes.count), {.inputs = nodes.inputs})
              .among_found());
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
      "true_edges, candidates  how many; self-edges and edges into inputs do not count\n\n"
      "Exit code: 0 success, 1 bad data, 2 bad usage.",
      "cardamom_evaluate");
  Options options;
  describe(app, options);
  return support::run(app, argc, argv, [&] { evaluate(options); });
}
