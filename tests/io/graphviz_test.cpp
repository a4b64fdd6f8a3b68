#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/io/graphviz.hpp>
#include <support/files.hpp>

using cardamom::Edge;
using Names = std::vector<std::string>;

TEST_CASE("a network becomes a DOT file with sign by colour and arrowhead and strength by width") {
  const support::TemporaryDirectory directory;
  const std::vector<Edge> edges{{0, 1, 8.0}, {1, 2, -4.0}, {2, 2, 0.5}, {2, 1, 0.0}};
  cardamom::write_graphviz(directory / "network.dot", edges, Names{"RA", "Sox2", "Klf4", "Alone"});
  CHECK(directory.list() == Names{"network.dot"});
  CHECK(support::content(directory / "network.dot") ==
        "digraph network {\n"
        "  node [shape=ellipse, fontname=\"Helvetica\"];\n"
        "  edge [arrowsize=0.8];\n"
        "  0 [label=\"RA\", shape=box];\n"
        "  1 [label=\"Sox2\"];\n"
        "  2 [label=\"Klf4\"];\n"
        "  0 -> 1 [color=\"#0072B2\", arrowhead=normal, penwidth=4, tooltip=\"8\"];\n"
        "  1 -> 2 [color=\"#D55E00\", arrowhead=tee, penwidth=2.25, tooltip=\"-4\"];\n"
        "  2 -> 2 [color=\"#0072B2\", arrowhead=normal, penwidth=0.72, tooltip=\"0.5\"];\n"
        "}\n");
}

TEST_CASE("weak edges and the genes they leave alone stay out of a DOT file") {
  const std::string text = cardamom::graphviz_text({{1, 2, 2.0}, {3, 2, -1.9}}, {}, {.threshold = 2.0});
  CHECK(text.find("1 -> 2") != std::string::npos);
  CHECK(text.find("[label=\"2\"]") != std::string::npos);
  CHECK(text.find('3') == std::string::npos);
  CHECK(cardamom::graphviz_text({}).find("->") == std::string::npos);
}

TEST_CASE("names in a DOT file are shown as they stand") {
  const Names names{"a \"quoted\" one", "back\\slash\\n", "<b>&lt;</b>", "two\nlines", "β-actin"};
  const std::string text =
      cardamom::graphviz_text({{0, 1, 1.0}, {1, 2, 1.0}, {2, 3, 1.0}, {3, 4, 1.0}, {4, 4, 1.0}}, names);
  CHECK(text.find(R"(0 [label="a \"quoted\" one", shape=box])") != std::string::npos);
  CHECK(text.find(R"(1 [label="back\\slash\\n"])") != std::string::npos);
  CHECK(text.find(R"(2 [label="<b>&amp;lt;</b>"])") != std::string::npos);
  CHECK(text.find(R"(3 [label="two\\nlines"])") != std::string::npos);
  CHECK(text.find(R"(4 [label="β-actin"])") != std::string::npos);
}

TEST_CASE("what a DOT file cannot show is refused") {
  CHECK_THROWS_WITH_AS(cardamom::graphviz_text({{1, 2, 1.0}}, {"a", "b"}),
                       "graphviz_text: node of an edge is 2, must be in [0, 2)", std::invalid_argument);
  CHECK_THROWS_WITH_AS(cardamom::graphviz_text({{1, 2, std::stod("inf")}}),
                       "graphviz_text: weight of an edge is inf, must be finite", std::domain_error);
  CHECK_THROWS_WITH_AS(cardamom::graphviz_text({}, {}, {.threshold = -1.0}),
                       "GraphvizOptions: threshold is -1, must be finite and >= 0", std::domain_error);
  CHECK_THROWS_AS(cardamom::graphviz_text({}, {}, {.widest = 0.1}), std::domain_error);
  CHECK_THROWS_AS(cardamom::write_graphviz("no/such/folder.dot", {}), cardamom::IoError);
}

TEST_CASE("every input is a box") {
  const Names names{"Light", "dose", "Sox2"};
  const std::vector<cardamom::Edge> edges{{0, 2, 1.0}, {1, 2, 1.0}};
  const std::string two = cardamom::graphviz_text(edges, names, {.inputs = 2});
  CHECK(two.find("1 [label=\"dose\", shape=box]") != std::string::npos);
  CHECK(two.find("2 [label=\"Sox2\"]") != std::string::npos);
  CHECK(cardamom::graphviz_text(edges, names, {.inputs = 0}).find("box") == std::string::npos);
  CHECK_THROWS_WITH_AS(cardamom::graphviz_text(edges, names, {.inputs = -1}),
                       "GraphvizOptions: inputs is -1, must be at least 0", std::invalid_argument);
}
