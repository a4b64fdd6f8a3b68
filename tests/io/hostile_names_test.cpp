// What is written under names that break tables is read back under the same names.
#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/data/counts.hpp>
#include <cardamom/inference/verdict/result.hpp>
#include <cardamom/inference/verdict/text.hpp>
#include <cardamom/io/beeline.hpp>
#include <cardamom/io/edges.hpp>
#include <cardamom/io/gene_names.hpp>
#include <cardamom/io/graphviz.hpp>
#include <cardamom/io/model_directory.hpp>
#include <cardamom/io/named_edges.hpp>
#include <cardamom/io/panel.hpp>
#include <cardamom/io/report/svg.hpp>
#include <support/files.hpp>

using cardamom::Edge;
using cardamom::Index;
using cardamom::Matrix;
using cardamom::Vector;
using Names = std::vector<std::string>;

namespace {

// The first one is that of the stimulus.
const Names hostile{"light\t1",
                    "Stimulus",
                    "0",
                    "1",
                    "7",
                    "tab\tname",
                    "line\nStimulus\tfake\t99\t99",
                    "\"",
                    "\"\"",
                    "a\"b",
                    "\"a\tb\"",
                    " ends ",
                    "=HYPERLINK(\"x\")",
                    "+",
                    "-",
                    "activates",
                    "#note",
                    "5'-x",
                    "input:x",
                    "source",
                    "a, b; c",
                    "β\\n",
                    "\"open",
                    "close\"",
                    "end\"\nof"};

/// Edges between all of them.
std::vector<Edge> edges_between(const Names& names) {
  std::vector<Edge> edges;
  const auto nodes = static_cast<Index>(names.size());
  for (Index source = 0; source < nodes; ++source) {
    for (Index target = 1; target < nodes; ++target) {
      edges.push_back({source, target, static_cast<double>(1 + source) * (target % 2 == 0 ? 1.0 : -0.5)});
    }
  }
  return edges;
}

}  // namespace

TEST_CASE("edges under hostile names are read back") {
  const support::TemporaryDirectory directory;
  const std::vector<Edge> written = edges_between(hostile);
  for (const auto titles : {cardamom::EdgeTitles::cardamom, cardamom::EdgeTitles::beeline}) {
    cardamom::write_edges(directory / "edges.tsv", written, hostile, titles);
    CHECK(cardamom::read_edges(directory / "edges.tsv", hostile) == written);
  }
  // Names alone, as programs that know no data read them.
  const auto named = cardamom::read_named_edges(directory / "edges.tsv");
  REQUIRE(named.size() == written.size());
  for (std::size_t e = 0; e < named.size(); ++e) {
    CHECK(named[e].source == hostile[static_cast<std::size_t>(written[e].source)]);
    CHECK(named[e].target == hostile[static_cast<std::size_t>(written[e].target)]);
  }
}

TEST_CASE("genes called 0 to 7 are not the genes of these indices") {
  const support::TemporaryDirectory directory;
  const Names names{"Stimulus", "3", "0", "7", "1", "2", "5", "6", "4"};
  const std::vector<Edge> written = edges_between(names);
  cardamom::write_edges(directory / "edges.tsv", written, names);
  CHECK(cardamom::read_edges(directory / "edges.tsv", names) == written);
}

TEST_CASE("names that no table can hold are refused before anything is written") {
  const support::TemporaryDirectory directory;
  for (const char* const name : {"", "\x1b[2J", "a\r", "a\xff", "\xe2\x80\xae"}) {
    CHECK_THROWS_AS(cardamom::write_edges(directory / "edges.tsv", {{0, 1, 1.0}}, {"Stimulus", name}),
                    std::invalid_argument);
    CHECK_THROWS_AS(cardamom::write_gene_names(directory / "genes", {"Stimulus", name}), std::invalid_argument);
  }
  CHECK_THROWS_AS(cardamom::write_gene_names(directory / "genes", {"Stimulus", "a\nb"}), std::invalid_argument);
  const cardamom::Counts inputs(Matrix::Ones(2, 3), Vector::LinSpaced(2, 0.0, 1.0), {"light", "do\tse", "A"}, {}, 2);
  CHECK_THROWS_WITH_AS(cardamom::write_panel(directory / "panel", inputs),
                       R"(panel_text: label of node 1 is "input:do\tse", which the table cannot hold: )"
                       "it holds a control character",
                       std::invalid_argument);
  CHECK(directory.list().empty());
}

TEST_CASE("gene names of a line are read back") {
  const support::TemporaryDirectory directory;
  Names names;
  std::copy_if(hostile.begin(), hostile.end(), std::back_inserter(names),
               [](const std::string& name) { return name.find_first_of("\n\r") == std::string::npos; });
  cardamom::write_gene_names(directory / "genes", names);
  CHECK(cardamom::read_gene_names(directory / "genes") == names);
}

TEST_CASE("panels and BEELINE's tables are read under quoted names") {
  const support::TemporaryDirectory directory;
  const std::string panel = directory.write("panel", "0\t0\t1\n0\t0\t1\n\"a\"\"b\"\t1\t2\n\"tab\tname\"\t3\t4\n");
  CHECK(cardamom::read_panel(panel).names() == Names{"Stimulus", "a\"b", "tab\tname"});
  const std::string times = directory.write("PseudoTime.csv", ",PseudoTime\n\"c\"\"1\",0\nc2,1\n");
  const std::string table = directory.write("ExpressionData.csv", ",\"c\"\"1\",c2\n\"x\"\"y\",1,2\nz,3,4\n");
  CHECK(cardamom::read_beeline(table).names() == Names{"Stimulus", "x\"y", "z"});
}

TEST_CASE("a gene called Stimulus is not the input") {
  const support::TemporaryDirectory directory;
  const Names expected{"input:Stimulus", "Stimulus", "A"};
  const std::string panel = directory.write("panel", "0\t0\t1\n0\t0\t1\nStimulus\t1\t2\nA\t3\t4\n");
  CHECK(cardamom::read_panel(panel).names() == expected);
  directory.write("PseudoTime.csv", ",PseudoTime\nc1,0\nc2,1\n");
  const std::string table = directory.write("ExpressionData.csv", ",c1,c2\nStimulus,1,2\nA,3,4\n");
  // A table of genes and cells may hold the levels of the input, in the row of its name.
  const cardamom::Counts with_levels = cardamom::read_beeline(table);
  CHECK(with_levels.names() == Names{"Stimulus", "A"});
  CHECK(with_levels.values().col(0) == Eigen::Vector2d(1, 2));
  CHECK(cardamom::read_beeline(table, {.inputs = Names{"light"}}).names() == Names{"light", "Stimulus", "A"});
  const std::vector<Edge> written{{0, 1, 1.0}, {1, 2, -2.0}, {0, 2, 3.0}};
  cardamom::write_edges(directory / "edges.tsv", written, cardamom::NodeLabels(expected).names());
  CHECK(cardamom::read_edges(directory / "edges.tsv", expected) == written);
}

TEST_CASE("a model directory with inputs of odd names is read back") {
  const support::TemporaryDirectory directory;
  cardamom::SavedModel model;
  const auto with_name = [&](const std::string& name) {
    Matrix theta = Matrix::Zero(3, 3);
    theta(2, 1) = 1.0;
    model.network = cardamom::Network(Vector::Zero(3), cardamom::MatrixIn(theta), {"\"=light\"", name, "1"}, 2);
    model.shape_min = Vector::Zero(3);
    model.shape_max = model.inverse_burst_size = Vector::Ones(3);
    model.schedule = {{0.0, 1.0, 1}};
  };
  for (const char* const name : {"dose 1", "=x", "\"q\"", "a\"b", "0", "input:a", "Stimulus"}) {
    with_name(name);
    cardamom::write_model_directory(directory / "model", model);
    CHECK(cardamom::read_model_directory(directory / "model").network.names() == model.network.names());
  }
  for (const char* const name : {"a\tb", "a\nb", " a", "\x1b"}) {
    with_name(name);
    CHECK_THROWS_AS(cardamom::write_model_directory(directory / "none", model), std::invalid_argument);
    CHECK(directory.list() == Names{"model"});
  }
}

TEST_CASE("fields of a table that only look like quoted ones stay as they are") {
  const support::TemporaryDirectory directory;
  const std::string text =
      "source\ttarget\tweight\n"
      "c\"d\te\"\t2\n"    // quotes within
      "\"f\"g\th\t3\n"    // closed too early
      "\"i\nj\"\tk\t4\n"  // a name of two lines
      "l\t\"m\r\nn\"\t5\r\n";
  const auto edges = cardamom::read_named_edges(directory.write("edges", text));
  REQUIRE(edges.size() == 4);
  CHECK(edges[0].source == "c\"d");
  CHECK(edges[0].target == "e\"");
  CHECK(edges[1].source == "\"f\"g");
  CHECK(edges[2].source == "i\nj");
  CHECK(edges[2].line == 4);
  CHECK(edges[3].target == "m\r\nn");
  CHECK(edges[3].line == 6);
  // A quote that is not closed is told soon, however long the file is.
  std::string many = "source\ttarget\n\"x\ty\n";
  for (int line = 0; line < 100'000; ++line) many += "x\ty\n";
  const std::string path = directory.write("many", many);
  support::check_io_error(path, ", line 2: a quote is opened in this line, and not closed in the next 100",
                          [&] { return cardamom::read_named_edges(path); });
}

TEST_CASE("edges without a weight have no sign that nobody found") {
  const std::vector<Edge> edges{{1, 2, -0.5}, {2, 1, 0.0}, {0, 1, -0.0}};
  const std::vector<cardamom::EdgeColumn> scores{{"score", {3.0, 2.0, 1.0}}};
  CHECK(cardamom::edges_text(edges, {}, cardamom::EdgeTitles::cardamom, scores) ==
        "source\ttarget\tweight\tscore\n1\t2\t-0.5\t3\n2\t1\t0\t2\n0\t1\t0\t1\n");
  CHECK(cardamom::edges_text(edges, {}, cardamom::EdgeTitles::beeline, scores) ==
        "Gene1\tGene2\tEdgeWeight\n1\t2\t-3\n");
  CHECK(cardamom::edges_text(edges, {}, cardamom::EdgeTitles::arboreto, scores) ==
        "TF\ttarget\timportance\n1\t2\t3\n2\t1\t2\n0\t1\t1\n");
}
