// Scores a list of edges against the true ones.
#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <iostream>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include <cardamom/core/types.hpp>
#include <cardamom/evaluation.hpp>
#include <cardamom/io.hpp>

#include "support/formats.hpp"
#include "support/gene_files.hpp"
#include "support/program.hpp"

using cardamom::Index;
using cardamom::NamedEdge;

namespace {

constexpr const char* program = "cardamom_evaluate";

struct Options {
  std::string edges;
  std::string truth;
  std::string genes;
  bool undirected = false;
  bool strict = false;
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
  support::describe_strict(app, options.strict, "the two lists", "--genes");
  app.add_option(
         "--genes", options.genes,
         "Gene names: a line `index name` for the first input (index 0) and for every gene, a line `input:name` for "
         "every further input. Default: nodes are those of the two lists; indices run from 0, the first input, "
         "to the largest; among names the first input, if there is one, is called Stimulus or, where a gene is, "
         "input:Stimulus; further inputs are those that begin with input:")
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

/// Throws IoError when the lists have no node in common, or one but for upper and lower case.
void check_common(const Options& options, const std::vector<NamedEdge>& edges, const std::vector<NamedEdge>& truth) {
  if (edges.empty() || truth.empty()) return;
  const auto any = [](const std::string&) { return true; };
  const std::set<std::string> of_edges = distinct_nodes({&edges}, any);
  const std::set<std::string> of_truth = distinct_nodes({&truth}, any);
  std::map<std::string, std::string> spelling;
  for (const std::string& node : of_edges) {
    if (!of_truth.contains(node)) spelling.emplace(cardamom::lower_case(node), node);
  }
  for (const std::string& node : of_truth) {
    const auto other = spelling.find(cardamom::lower_case(node));
    if (of_edges.contains(node) || other == spelling.end()) continue;
    throw cardamom::IoError(options.truth, "gene " + cardamom::in_quotes(node) + " is " +
                                               cardamom::in_quotes(other->second) + " in " + options.edges +
                                               ": upper and lower case differ");
  }
  if (spelling.size() == of_edges.size()) {
    throw cardamom::IoError(options.truth, "no gene is one of " + options.edges + "; the first ones are " +
                                               cardamom::in_quotes(truth.front().source) + " and " +
                                               cardamom::in_quotes(edges.front().source));
  }
}

/// How many true edges have a gene that the list of edges does not name.
Index beyond(const std::vector<NamedEdge>& edges, const std::vector<NamedEdge>& truth) {
  const std::set<std::string> known = distinct_nodes({&edges}, [](const std::string&) { return true; });
  return std::count_if(truth.begin(), truth.end(), [&](const NamedEdge& edge) {
    return !known.contains(edge.source) || !known.contains(edge.target);
  });
}

Nodes nodes_of(const Options& options, const std::vector<NamedEdge>& edges, const std::vector<NamedEdge>& truth) {
  if (!options.genes.empty()) {
    cardamom::NodeNames file = cardamom::read_node_names(options.genes, true, support::file_reader());
    const auto count = static_cast<Index>(file.names.size());
    return {std::move(file.names), count, file.inputs};
  }
  // Inputs that say that they are; the first one does where a gene is called so.
  std::set<std::string> marked = distinct_nodes({&edges, &truth}, is_marked);
  const std::string marked_first = std::string(cardamom::input_marker) + std::string(cardamom::default_input);
  const bool first_is_marked = marked.erase(marked_first) > 0;
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
    const Index inputs = 1 + static_cast<Index>(further.size());
    Nodes nodes{{"0"}, largest + inputs, inputs};
    nodes.names.insert(nodes.names.end(), further.begin(), further.end());
    for (Index gene = 1; gene <= largest; ++gene) nodes.names.push_back(std::to_string(gene));
    return nodes;
  }
  if (!edges.empty() && !truth.empty() && edges_by_index != truth_by_index) {
    throw cardamom::IoError(edges_by_index ? options.edges : options.truth,
                            "nodes are indices, but names in " + (edges_by_index ? options.truth : options.edges) +
                                ": give their correspondence by --genes");
  }
  check_common(options, edges, truth);
  // Among names 0 is the first input, but a gene where that has its own name. Lists that name none have none.
  const auto is_stimulus = [&](const std::string& node) {
    return first_is_marked ? node == marked_first : cardamom::lower_case(node) == "stimulus";
  };
  const std::set<std::string> called = distinct_nodes({&edges, &truth}, is_stimulus);
  const bool is_zero =
      called.empty() && !distinct_nodes({&edges, &truth}, [](const std::string& node) { return node == "0"; }).empty();
  const std::string first = !called.empty() ? *called.rbegin() : is_zero ? "0" : "";
  const auto is_first_input = [&](const std::string& node) { return is_stimulus(node) || node == first; };
  const std::set<std::string> genes = distinct_nodes(
      {&edges, &truth}, [&](const std::string& node) { return !is_first_input(node) && !is_marked(node); });
  Nodes nodes;
  if (!first.empty()) nodes.names.push_back(first);
  nodes.names.insert(nodes.names.end(), further.begin(), further.end());
  nodes.inputs = static_cast<Index>(nodes.names.size());
  nodes.names.insert(nodes.names.end(), genes.begin(), genes.end());
  nodes.count = static_cast<Index>(nodes.names.size());
  return nodes;
}

/// Values of edges, nodes × nodes, (target, source).
template <class Value>
cardamom::Matrix matrix_of(const cardamom::KnownEdges& list, Index nodes, Value&& value) {
  cardamom::Matrix result = cardamom::Matrix::Zero(nodes, nodes);
  for (std::size_t e = 0; e < list.edges.size(); ++e) result(list.edges[e].target, list.edges[e].source) = value(e);
  return result;
}

/// Weights of the edges whose sign is known, 0 elsewhere.
cardamom::Matrix signed_weights(const cardamom::KnownEdges& list, Index nodes) {
  return matrix_of(list, nodes, [&](std::size_t e) { return list.sign_known[e] ? list.edges[e].weight : 0.0; });
}

bool knows_signs(const cardamom::KnownEdges& list) {
  return std::find(list.sign_known.begin(), list.sign_known.end(), true) != list.sign_known.end();
}

void evaluate(const Options& options) {
  const std::vector<NamedEdge> named_edges = cardamom::read_named_edges(options.edges, support::file_reader());
  const std::vector<NamedEdge> named_truth = cardamom::read_named_edges(options.truth, support::file_reader());
  const Nodes nodes = nodes_of(options, named_edges, named_truth);
  const cardamom::KnownNodes known{nodes.names, nodes.count, nodes.inputs, support::unknown_genes(options.strict)};
  const cardamom::KnownEdges edges = resolve_edges(named_edges, known, options.edges);
  const cardamom::KnownEdges truth = resolve_edges(named_truth, known, options.truth);
  std::vector<cardamom::Edge> true_edges = truth.edges;
  std::erase_if(true_edges, [](const cardamom::Edge& edge) { return edge.weight == 0.0; });

  const auto ranking = cardamom::rank_edges(
      matrix_of(edges, nodes.count, [&](std::size_t e) { return edges.scores[e]; }), true_edges,
      {.direction = options.undirected ? cardamom::EdgeDirection::undirected : cardamom::EdgeDirection::directed,
       .inputs = nodes.inputs});
  if (ranking.positives == 0) throw cardamom::IoError(options.truth, "there is no true edge between two nodes");
  if (ranking.positives == ranking.candidates) throw cardamom::IoError(options.truth, "every possible edge is true");

  const auto print = [](const char* name, auto value) { std::cout << name << '\t' << value << '\n'; };
  print("auroc", cardamom::auroc(ranking));
  print("aupr", cardamom::aupr(ranking));
  print("average_precision", cardamom::average_precision(ranking));
  print("early_precision", cardamom::early_precision(ranking));
  const cardamom::Matrix true_weights = signed_weights(truth, nodes.count);
  if ((true_weights.array() < 0.0).any() && knows_signs(edges) && !options.undirected) {
    print("sign_accuracy",
          cardamom::sign_accuracy(signed_weights(edges, nodes.count), true_weights, {.inputs = nodes.inputs})
              .among_found());
  }
  print("true_edges", ranking.positives);
  print("candidates", ranking.candidates);
  if (const Index count = options.genes.empty() && !nodes.names.empty() ? beyond(named_edges, named_truth) : 0;
      count > 0) {
    support::note(program, options.truth + ": " + support::counted(count, "edge", "edges") + " of genes that " +
                               options.edges + " does not name, counted as missed; --genes says which genes there are");
  }
  for (const auto& [list, path] : {std::pair{&edges, &options.edges}, std::pair{&truth, &options.truth}}) {
    if (list->skipped == 0) continue;
    support::note(program, support::skipped_edges(*path, list->skipped, static_cast<Index>(list->edges.size())));
  }
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Scores a ranked list of edges against the true ones; prints lines `name<TAB>value`.\n\n"
      "auroc              area under the ROC curve\n"
      "aupr               area under the precision-recall curve, by trapezoids, ties as one step\n"
      "average_precision  sum of precision x gain in recall, ties in random order\n"
      "early_precision    share of true edges among the first k, k being their number\n"
      "sign_accuracy      share of right signs among the true edges found, when both lists have signs\n"
      "true_edges, candidates  how many; self-edges and edges into inputs do not count\n\n"
      "Exit code: 0 success, 1 bad data, 2 bad usage.",
      program);
  Options options;
  describe(app, options);
  return support::run(app, argc, argv, [&] { evaluate(options); });
}
