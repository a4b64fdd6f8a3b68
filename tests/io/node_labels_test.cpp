#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/io/node_labels.hpp>

using cardamom::Index;
using cardamom::NodeLabels;
using Names = std::vector<std::string>;

TEST_CASE("one input is 0 and genes are 1, 2, and so on") {
  const NodeLabels labels({"Light", "Sox2", "Klf4"});
  CHECK(labels.labels() == Names{"0", "1", "2"});
  CHECK(labels.names() == Names{"Light", "Sox2", "Klf4"});
  CHECK(labels.find("0") == Index{0});
  CHECK(labels.find("Light") == Index{0});
  CHECK(labels.find("input:Light") == Index{0});
  CHECK(labels.find("2") == Index{2});
  CHECK(labels.find("Klf4") == Index{2});
  for (const char* unknown : {"3", "Oct4", "input:Sox2", "input:", "", "-1", "1.0"}) CHECK(!labels.find(unknown));
}

TEST_CASE("further inputs go by name and leave the indices of genes alone") {
  const NodeLabels labels({"Light", "dose", "medium", "Sox2", "Klf4"}, 5, 3);
  CHECK(labels.labels() == Names{"0", "input:dose", "input:medium", "1", "2"});
  CHECK(labels.names() == Names{"Light", "input:dose", "input:medium", "Sox2", "Klf4"});
  CHECK(labels.find("1") == Index{3});
  CHECK(labels.find("input:medium") == Index{2});
  CHECK(labels.find("medium") == Index{2});
  CHECK(!labels.find("3"));
  CHECK(labels.first_index() == 0);
  CHECK(labels.last_index() == 2);
}

TEST_CASE("without inputs there is no index 0") {
  const NodeLabels labels({}, 2, 0);
  CHECK(labels.labels() == Names{"1", "2"});
  CHECK(!labels.find("0"));
  CHECK(labels.find("1") == Index{0});
  CHECK(labels.find("2") == Index{1});
  CHECK(labels.first_index() == 1);
}

TEST_CASE("nodes without names have the default ones") {
  CHECK(NodeLabels({}, 3).names() == Names{"Stimulus", "1", "2"});
  CHECK(NodeLabels({}, 3, 2).labels() == Names{"0", "input:Input2", "1"});
  CHECK(NodeLabels({}, 3, 2).find("input:Input2") == Index{1});
  // Where their number is not known any index is one of a gene.
  CHECK(NodeLabels({}).find("17") == Index{17});
}

TEST_CASE("a name comes before an index") {
  const NodeLabels labels({"Stimulus", "7", "1"});
  CHECK(labels.find("1") == Index{2});
  CHECK(labels.find("7") == Index{1});
  CHECK(labels.find("2") == Index{2});
}

TEST_CASE("labels of sizes that disagree are refused") {
  CHECK_THROWS_WITH_AS(NodeLabels({"a", "b"}, 3), "NodeLabels: names has size 2, must be 3", std::invalid_argument);
  CHECK_THROWS_WITH_AS(NodeLabels({}, 2, 3), "NodeLabels: nodes is 2, must be at least 3", std::invalid_argument);
  CHECK_THROWS_WITH_AS(NodeLabels({}, 2, -1), "NodeLabels: inputs is -1, must be at least 0", std::invalid_argument);
}
