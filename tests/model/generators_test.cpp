#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/model/generators.hpp>
#include <support/statistics.hpp>

using namespace cardamom;

namespace {

/// Parents of nodes 1…nodes−1 when they form a tree rooted in 0.
bool is_tree(const std::vector<Index>& parent) {
  for (std::size_t start = 1; start < parent.size(); ++start) {
    std::size_t node = start;
    for (std::size_t step = 0; node != 0 && step < parent.size(); ++step) node = static_cast<std::size_t>(parent[node]);
    if (node != 0) return false;
  }
  return true;
}

/// Every spanning tree of the complete graph on `nodes` nodes, by brute force.
std::vector<std::vector<Index>> all_trees(Index nodes) {
  std::vector<std::vector<Index>> trees;
  std::vector<Index> parent(static_cast<std::size_t>(nodes), 0);
  for (;;) {
    if (is_tree(parent)) trees.push_back(parent);
    std::size_t digit = 1;
    while (digit < parent.size() && ++parent[digit] == nodes) parent[digit++] = 0;
    if (digit == parent.size()) return trees;
  }
}

std::vector<Index> parents_of(const Network& network) {
  std::vector<Index> parent(static_cast<std::size_t>(network.nodes()), 0);
  for (const Edge& edge : network.edges()) parent[static_cast<std::size_t>(edge.target)] = edge.source;
  return parent;
}

}  // namespace

TEST_CASE("random trees are uniform among all spanning trees") {
  const Index nodes = 4;
  const auto trees = all_trees(nodes);
  REQUIRE(trees.size() == 16);  // Cayley: nodes^(nodes-2)

  std::map<std::vector<Index>, double> counts;
  const int draws = 100000;
  RandomStream stream(20, Purpose::network);
  for (int draw = 0; draw < draws; ++draw) ++counts[uniform_forest_parents(nodes, 1, stream)];

  std::vector<double> observed;
  std::vector<double> uniform;
  std::vector<double> tilted;  // trees favoured by 5 % per child of the root
  double total_tilt = 0.0;
  for (const auto& tree : trees) {
    observed.push_back(counts[tree]);
    uniform.push_back(draws / 16.0);
    const auto children = std::count(tree.begin() + 1, tree.end(), Index{0});
    tilted.push_back(std::pow(1.05, static_cast<double>(children)));
    total_tilt += tilted.back();
  }
  for (double& expected : tilted) expected *= draws / total_tilt;
  CHECK(counts.size() == trees.size());
  CHECK(support::chi_square_p_value(observed, uniform) > support::false_alarm);
  CHECK(support::chi_square_p_value(observed, tilted) < support::false_alarm);
}

TEST_CASE("trees of different seeds are independent draws") {
  const auto trees = all_trees(4);
  std::map<std::vector<Index>, double> counts;
  const int draws = 16000;
  for (int seed = 0; seed < draws; ++seed) ++counts[parents_of(random_tree(4, static_cast<std::uint64_t>(seed)))];
  std::vector<double> observed;
  for (const auto& tree : trees) observed.push_back(counts[tree]);
  CHECK(support::chi_square_p_value(observed, std::vector<double>(16, draws / 16.0)) > support::false_alarm);
}

TEST_CASE("a random tree spans all genes with the options' weights") {
  const Network network = random_tree(101, 7, {.weight = 3.0, .basal = -1.5});
  CHECK(network.edges().size() == 100);
  CHECK(is_tree(parents_of(network)));
  CHECK((network.basal().array() == -1.5).all());
  for (const Edge& edge : network.edges()) CHECK(edge.weight == 3.0);
  CHECK(network.edges() == random_tree(101, 7, {.weight = 3.0, .basal = -1.5}).edges());
  CHECK(network.edges() != random_tree(101, 8, {.weight = 3.0, .basal = -1.5}).edges());
}

TEST_CASE("the smallest trees and cascades") {
  CHECK(random_tree(1, 1).edges().empty());
  CHECK(random_tree(2, 1).edges() == std::vector<Edge>{{0, 1, 10.0}});
  CHECK(cascade(1).edges().empty());
  CHECK(cascade(4).edges() == std::vector<Edge>{{0, 1, 10.0}, {1, 2, 10.0}, {2, 3, 10.0}});
}

TEST_CASE("generators reject impossible options") {
  CHECK_THROWS_WITH_AS(random_tree(0, 1), "random_tree: nodes is 0, must be at least 1", std::invalid_argument);
  CHECK_THROWS_WITH_AS(cascade(0), "cascade: nodes is 0, must be at least 1", std::invalid_argument);
  CHECK_THROWS_WITH_AS(cascade(3, {.weight = 0.0}), "GeneratorOptions: weight is 0, must be finite and not 0",
                       std::domain_error);
  CHECK_THROWS_WITH_AS(random_tree(3, 1, {.basal = INFINITY}), "GeneratorOptions: basal is inf, must be finite",
                       std::domain_error);
}

TEST_CASE("with several inputs forests are uniform among those rooted in the inputs") {
  // Two inputs and three genes: 2 · 5^2 = 50 spanning forests of the complete graph rooted in two given nodes.
  std::map<std::vector<Index>, double> counts;
  const int draws = 20000;
  for (int seed = 0; seed < draws; ++seed) {
    const Network network = random_tree(5, static_cast<std::uint64_t>(seed), {.inputs = 2});
    REQUIRE(network.inputs() == 2);
    REQUIRE(network.edges().size() == 3);
    ++counts[parents_of(network)];
  }
  REQUIRE(counts.size() == 50);
  std::vector<double> observed;
  for (const auto& [forest, count] : counts) {
    for (std::size_t gene = 2; gene < 5; ++gene) {
      std::size_t node = gene;
      for (int step = 0; node >= 2 && step < 3; ++step) node = static_cast<std::size_t>(forest[node]);
      CHECK(node < 2);
    }
    observed.push_back(count);
  }
  CHECK(support::chi_square_p_value(observed, std::vector<double>(50, draws / 50.0)) > support::false_alarm);
}

TEST_CASE("trees and cascades without inputs start at the first gene, cascades of two inputs at both") {
  const Network tree = random_tree(6, 3, {.inputs = 0});
  CHECK(tree.inputs() == 0);
  CHECK(tree.genes() == 6);
  CHECK(is_tree(parents_of(tree)));
  CHECK(tree.edges() == random_tree(6, 3).edges());
  CHECK(cascade(3, {.inputs = 0}).edges() == std::vector<Edge>{{0, 1, 10.0}, {1, 2, 10.0}});
  CHECK(cascade(4, {.inputs = 2}).edges() == std::vector<Edge>{{0, 2, 10.0}, {1, 2, 10.0}, {2, 3, 10.0}});
  CHECK(cascade(2, {.inputs = 2}).edges().empty());
  CHECK(cascade(1, {.inputs = 0}).genes() == 1);
  CHECK_THROWS_WITH_AS(random_tree(1, 1, {.inputs = 2}), "random_tree: nodes is 1, must be at least 2",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(cascade(3, {.inputs = -1}), "GeneratorOptions: inputs is -1, must be at least 0",
                       std::invalid_argument);
}
