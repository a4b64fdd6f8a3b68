#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/io/decay_rates.hpp>
#include <cardamom/io/edges.hpp>
#include <cardamom/io/gene_names.hpp>
#include <cardamom/io/named_edges.hpp>
#include <cardamom/io/read_counts.hpp>
#include <support/data.hpp>
#include <support/files.hpp>

using cardamom::Edge;
using cardamom::Index;
using Names = std::vector<std::string>;

namespace {

template <class Read>
void check_refused(const std::string& content, const std::string& text, Read&& read) {
  const support::TemporaryDirectory directory;
  const std::string path = directory.write("file", content);
  support::check_io_error(path, text, [&] { read(path); });
}

void check_names_refused(const std::string& content, const std::string& text, Index genes = 0) {
  check_refused(content, text, [&](const std::string& path) { return cardamom::read_gene_names(path, genes); });
}

void check_rates_refused(const std::string& content, const std::string& text, Index genes = 0) {
  check_refused(content, text, [&](const std::string& path) { return cardamom::read_decay_rates(path, genes); });
}

void check_edges_refused(const std::string& content, const std::string& text, const Names& names = {},
                         Index genes = 0) {
  check_refused(content, text, [&](const std::string& path) { return cardamom::read_edges(path, names, genes); });
}

}  // namespace

TEST_CASE("gene names are read and written") {
  const support::TemporaryDirectory directory;
  const Names names{"RA", "Pou5f1", "a gene"};
  CHECK(cardamom::read_gene_names(directory.write("a", "0   RA\n1\tPou5f1\n2\ta gene\n")) == names);
  CHECK(cardamom::read_gene_names(directory.write("b", "2 a gene \r\n1 \t Pou5f1\r\n0 RA\r\n\r\n"), 3) == names);
  cardamom::write_gene_names(directory / "c", names);
  CHECK(support::content(directory / "c") == "0\tRA\n1\tPou5f1\n2\ta gene\n");
}

TEST_CASE("gene names may stand under titles, between comments and in any table") {
  const support::TemporaryDirectory directory;
  const Names names{"RA", "Pou5f1", "a, gene"};
  const auto check = [&](const char* content) {
    CAPTURE(content);
    CHECK(cardamom::read_gene_names(directory.write("names", content)) == names);
  };
  check("index\tname\n0\tRA\n1\tPou5f1\n2\ta, gene\n");
  check("\xef\xbb\xbf# genes\n\n0,RA\r\n1, Pou5f1\r\n\r\n2 ,a, gene\r\n");
  check("\"\",\"gene\"\n\"0\",\"RA\"\n\"1\",\"Pou5f1\"\n\"2\",\"a, gene\"\n");
  check("name;index\nPou5f1;1\na, gene;2\nRA;0\n");
}

TEST_CASE("names alone are those of genes, but for inputs that say so") {
  const support::TemporaryDirectory directory;
  const auto check = [&](const std::string& content, const std::vector<std::string>& names, Index inputs) {
    CAPTURE(content);
    const cardamom::NodeNames nodes = cardamom::read_node_names(directory.write("names", content));
    CHECK(nodes.names == names);
    CHECK(nodes.inputs == inputs);
    CHECK(nodes.genes_alone == (inputs == 0));
  };
  check("Sox2\nKlf4\n", {"Sox2", "Klf4"}, 0);
  check("gene\nSox2\r\n\n# not these\n\"HLA-A, B\"\nHLA DRA\n", {"Sox2", "HLA-A, B", "HLA DRA"}, 0);
  check("\"symbol\"\n\"Sox2\"\n", {"Sox2"}, 0);
  check("Stimulus\nSox2\ninput:dose\nKlf4\n", {"Stimulus", "dose", "Sox2", "Klf4"}, 2);
  check("Sox2\nStimulus\n", {"Sox2", "Stimulus"}, 0);  // a gene called so
  check("Sox2\nKlf4\nSox2\n", {"Sox2", "Klf4"}, 0);
  // Rows numbered by R, whose numbers are no indices.
  check("\"\",\"x\"\n\"1\",\"Sox2\"\n\"2\",\"Klf4\"\n", {"Sox2", "Klf4"}, 0);
  check("\tgene\n1\tSox2\n2\tKlf4\n", {"Sox2", "Klf4"}, 0);
  CHECK(cardamom::read_gene_names(directory.write("names", "Sox2\nKlf4\n")) ==
        std::vector<std::string>{"Stimulus", "Sox2", "Klf4"});
}

TEST_CASE("bad gene names are refused") {
  check_names_refused("", ": the file is empty");
  check_names_refused("\"\",\"x\"\n1,Sox2\n3,Klf4\n", ", line 1, column 1: gene index is \"\", must be a whole number");
  check_names_refused("0\t1\t5\n", ": the file names no genes");
  check_names_refused("Stimulus\n", ": the file names no genes");
  check_names_refused(
      "0 a\nb\n",
      ", line 2, column 1: gene index is \"b\", must be a whole number: all lines have an index, or none has");
  check_names_refused(
      "a\t0\nb\t1\n",
      ", line 1, column 1: gene index is \"a\", must be a whole number: the index comes before the name, "
      "or a line `name index` first");
  check_names_refused("1 a\n2 b\n", ": there is no index 0, the name of the first input");
  check_names_refused("0 a\n-1 b\n", ", line 2, column 1: gene index is \"-1\", must be a whole number");
  check_names_refused("0 a\n1\n", ", line 2, column 2: gene 1 has no name");
  check_names_refused("\tx\n1\t\"\"\n2\tSox2\n", ", line 2, column 1: the gene has no name");
  check_names_refused("\tx\n1\t\n2\tSox2\n", ", line 2, column 1: the gene has no name");
  check_names_refused("0 a\n1 b\n1 c\n", ", line 3, column 1: gene 1 is named already in line 2");
  check_names_refused("0 a\n1 b\n2 b\n", ", line 3, column 2: name \"b\" is given already in line 2");
  check_names_refused("0 a\n2 b\n",
                      ", line 2, column 1: gene index is 2, but there are only 2 lines: the indices must be 0, 1, 2, "
                      "... without a gap");
  check_names_refused("0 a\n1 b\n", ": the file names 2 genes, the stimulus included, but the counts have 3", 3);
}

TEST_CASE("decay rates are read and written") {
  const support::TemporaryDirectory directory;
  const auto rates = cardamom::read_decay_rates(directory.write("a", "d0 d1\n0\t-1\n0.5\t1e-1\r\n1\t.2\n"), 3);
  CHECK(rates.mrna == Eigen::Vector3d(0, 0.5, 1));
  CHECK(rates.protein == Eigen::Vector3d(-1, 0.1, 0.2));
  cardamom::write_decay_rates(directory / "b", rates);
  CHECK(support::content(directory / "b") == "0\t-1\n0.5\t0.1\n1\t0.2\n");
  CHECK_THROWS_WITH_AS(cardamom::write_decay_rates(directory / "b", {rates.mrna, cardamom::Vector(2)}),
                       "write_decay_rates: rates.protein has size 2, must be 3", std::invalid_argument);
}

TEST_CASE("bad decay rates are refused") {
  const std::string positive = ", must be a finite number > 0 [1/h]";
  const std::string titles = "d0 and d1, rates [1/h], or half_life_mRNA and half_life_protein, half-lives [h]";
  check_rates_refused("", ": the file holds no rates");
  check_rates_refused("d0 d1\n", ": the file holds no rates");
  check_rates_refused("mRNA protein\n1 1\n",
                      ", line 1: the line holds no number, and as a line of titles must name " + titles);
  check_rates_refused("1 1\n1\n", ", line 2, column 2: the line has 1 column, the first has 2");
  check_rates_refused("1\n1\n", ", line 1: the line must hold two rates: d0 and d1 [1/h]");
  check_rates_refused("1 1 1\n",
                      ", line 1: the line must hold two rates: d0 and d1 [1/h]; of three numbers the first may be an "
                      "index, or the last something else: put titles above, such as gene, d0, d1");
  check_rates_refused("1 1\n0 1\n", ", line 2, column 1: rate of gene \"1\" is \"0\"" + positive);
  check_rates_refused("1 1\n1 -2\n", ", line 2, column 2: rate of gene \"1\" is \"-2\"" + positive);
  check_rates_refused("1 1\n1 inf\n", ", line 2, column 2: rate of gene \"1\" is \"inf\"" + positive);
  check_rates_refused("1 1\n1 NA\n", ", line 2, column 2: rate of gene \"1\" is \"NA\"" + positive);
  check_rates_refused("1 1\nx 1\n", ", line 2, column 1: rate of gene \"1\" is \"x\"" + positive);
  check_rates_refused("1 x\n", ", line 1, column 2: rate of input \"Stimulus\" is \"x\"" + positive);
  check_rates_refused("1 1\n1 1\n", ": the file holds rates of 2 genes, the stimulus included, must be 4", 4);
  // A line per gene alone: then the first line is one of a gene.
  check_rates_refused("0 1\n1 1\n", ", line 1, column 1: rate of gene \"1\" is \"0\"" + positive, 3);
}

TEST_CASE("edges are read by index and by name") {
  const support::TemporaryDirectory directory;
  const std::vector<Edge> edges{{0, 1, 2.5}, {2, 1, -1e-3}};
  const Names names{"RA", "Sox2", "Klf4"};
  CHECK(cardamom::read_edges(directory.write("a", "source\ttarget\tweight\n0\t1\t2.5\n2\t1\t-1e-3\n")) == edges);
  CHECK(cardamom::read_edges(directory.write("b", "0 1 2.5\r\n2 1 -.001\r\n\r\n")) == edges);
  CHECK(cardamom::read_edges(directory.write("c", "TF\tTarget\timportance\nRA\tSox2\t2.5\nKlf4\t1\t-1e-3\n"), names) ==
        edges);
  CHECK(cardamom::read_edges(directory.write("d", "source\ttarget\n0\t1\n2\t1\n"), names) ==
        std::vector<Edge>{{0, 1, 1.0}, {2, 1, 1.0}});
  CHECK(cardamom::read_edges(directory.write("e", "source target\n"), names).empty());
  CHECK(cardamom::read_edges(directory.write("f", "")).empty());
  CHECK(cardamom::read_edges(directory.write("g", "0\t1\n1\t1\n"), {}, 2).size() == 2);
}

TEST_CASE("edges of other tools are read and written") {
  const support::TemporaryDirectory directory;
  const Names names{"Stimulus", "Sox2", "Klf4"};
  const std::vector<Edge> edges{{1, 2, 2.5}, {2, 1, -0.5}};
  cardamom::write_edges(directory / "a", edges, names, cardamom::EdgeTitles::arboreto);
  CHECK(support::content(directory / "a") == "TF\ttarget\timportance\nSox2\tKlf4\t2.5\nKlf4\tSox2\t0.5\n");
  CHECK(cardamom::read_edges(directory / "a", names) == std::vector<Edge>{{1, 2, 2.5}, {2, 1, 0.5}});
  cardamom::write_edges(directory / "a", edges, names, cardamom::EdgeTitles::beeline);
  CHECK(support::content(directory / "a") == "Gene1\tGene2\tEdgeWeight\nSox2\tKlf4\t2.5\nKlf4\tSox2\t-0.5\n");
  CHECK(cardamom::read_edges(directory / "a", names) == edges);
  const std::vector<Edge> signs{{1, 2, 1.0}, {2, 1, -1.0}};
  CHECK(cardamom::read_edges(directory.write("b", "Gene1,Gene2,Type\nSox2,Klf4,+\nKlf4,Sox2,-\n"), names) == signs);
  CHECK(cardamom::read_edges(directory.write("c", "\"Gene1\",\"Gene2\",\"Type\"\r\n\"Sox2\",\"Klf4\",\"+\"\r\n"),
                             names) == std::vector<Edge>{{1, 2, 1.0}});
}

TEST_CASE("edges carry scores beside their weights") {
  const support::TemporaryDirectory directory;
  const Names names{"Stimulus", "Sox2", "Klf4"};
  const std::vector<Edge> edges{{1, 2, 2.5}, {2, 1, -0.5}};
  const std::vector<cardamom::EdgeColumn> columns{{"score", {0.75, 0.25}}, {"frequency", {1.0, 0.5}}};
  const auto text = [&](cardamom::EdgeTitles titles) { return cardamom::edges_text(edges, names, titles, columns); };
  CHECK(text(cardamom::EdgeTitles::cardamom) ==
        "source\ttarget\tweight\tscore\tfrequency\nSox2\tKlf4\t2.5\t0.75\t1\nKlf4\tSox2\t-0.5\t0.25\t0.5\n");
  CHECK(text(cardamom::EdgeTitles::arboreto) == "TF\ttarget\timportance\nSox2\tKlf4\t0.75\nKlf4\tSox2\t0.25\n");
  CHECK(text(cardamom::EdgeTitles::beeline) == "Gene1\tGene2\tEdgeWeight\nSox2\tKlf4\t0.75\nKlf4\tSox2\t-0.25\n");
  const std::string path = directory.write("a", text(cardamom::EdgeTitles::cardamom));
  CHECK(cardamom::read_edges(path, names) == edges);
  CHECK(cardamom::read_named_edges(path)[1].score == 0.25);
  CHECK(cardamom::read_named_edges(directory.write("b", "1 2 -3\n"))[0].score == 3.0);
  CHECK_THROWS_WITH_AS(cardamom::edges_text(edges, names, cardamom::EdgeTitles::cardamom, {{"score", {1.0}}}),
                       "edges_text: column score has size 1, must be 2", std::invalid_argument);
  check_edges_refused("source target weight score\n0 1 2 -1\n",
                      ", line 2, column 4: score is \"-1\", must be finite and >= 0");
  check_edges_refused("source target weight score\n0 1 2\n",
                      ", line 2, column 4: the line has 3 columns, the first has 4");
}

TEST_CASE("a name that is a number precedes an index") {
  const support::TemporaryDirectory directory;
  const Names names{"Stimulus", "2", "1"};
  CHECK(cardamom::read_edges(directory.write("a", "0 1 1\n2 1 1\n"), names) ==
        std::vector<Edge>{{0, 2, 1.0}, {1, 2, 1.0}});
}

TEST_CASE("edges come back as they were written") {
  const support::TemporaryDirectory directory;
  const std::vector<Edge> edges{{0, 1, 0.1 + 0.2}, {2, 2, -7}, {1, 2, 1e300}};
  cardamom::write_edges(directory / "a", edges);
  CHECK(support::content(directory / "a") ==
        "source\ttarget\tweight\n0\t1\t0.30000000000000004\n2\t2\t-7\n1\t2\t1e+300\n");
  CHECK(cardamom::read_edges(directory / "a") == edges);
  const Names names{"RA", "Sox2", "Klf4"};
  cardamom::write_edges(directory / "a", edges, names);
  CHECK(cardamom::read_edges(directory / "a", names) == edges);
  CHECK_THROWS_WITH_AS(cardamom::write_edges(directory / "a", edges, {"RA", "Sox2"}),
                       "edges_text: node of an edge is 2, must be in [0, 2)", std::invalid_argument);
  CHECK_THROWS_WITH_AS(cardamom::write_edges(directory / "a", {{0, 1, 1.0}, {1, 2, NAN}}),
                       "edges_text: edge 1: weight is nan, must be finite", std::domain_error);
  CHECK_THROWS_WITH_AS(
      cardamom::edges_text(edges, names, cardamom::EdgeTitles::beeline, {{"score", {1.0, 2.0, INFINITY}}}),
      "edges_text: edge 2: score is inf, must be finite", std::domain_error);
  CHECK(cardamom::read_edges(directory / "a", names) == edges);
}

TEST_CASE("bad edges are refused") {
  const Names names{"RA", "Sox2", "Klf4"};
  check_edges_refused("0 1 1\nRA Oct4 1\n", ", line 2, column 2: unknown gene \"Oct4\"", names);
  check_edges_refused("0 1 1\nSox2 1 1\n",
                      ", line 2, column 1: unknown gene \"Sox2\", must be an index, since no names are given");
  check_edges_refused("0 1 1\n0 3 1\n", ", line 2, column 2: unknown gene \"3\", indices are 0 to 2", names);
  check_edges_refused("0 1\n0 -3\n",
                      ", line 2, column 2: unknown gene \"-3\", must be an index, since no names are given", {}, 2);
  check_edges_refused("0 1 x\n",
                      ", line 1, column 3: weight is \"x\", must be a finite number, + or -, or a word such as "
                      "activation; titles must name source and target");
  check_edges_refused("0 1 nan\n",
                      ", line 1, column 3: weight is \"nan\", must be a finite number, + or -, or a word such as "
                      "activation; titles must name source and target");
  check_edges_refused("0\t1\t1\n0\t2\n", ", line 2, column 3: the line has 2 columns, the first has 3");
  check_edges_refused("0\t1\n0\t2\t1\n", ", line 2, column 3: the line has 3 columns, the first has 2");
  check_edges_refused("0\t1\t1\n\t2\t3\n", ", line 2, column 1: source is missing");
  check_edges_refused("0\t1\t1\n0\t\t3\n", ", line 2, column 2: target is missing");
  check_edges_refused("0\n", ", line 1: the line must hold source, target and, optionally, weight: \"0\"");
  check_edges_refused(
      "0 1 2 3\n",
      ", line 1: the line has 4 columns, \"0 1 2 3\": a line of titles must tell which are source, target "
      "and weight");
  check_edges_refused("0 1 1\n0 2 1\n0 1 5\n",
                      ", line 3: edge 0 -> 1 is given already in line 1, there with weight 1, here with 5");
  check_edges_refused("0 1 1\nRA Sox2 5\n",
                      ", line 2: edge RA -> Sox2 is given already in line 1, there with weight 1, here with 5", names);
}

TEST_CASE("published tables are read") {
  const auto data = support::data_dir();
  if (!data) return;
  const Names names = cardamom::read_gene_names((*data / "semrau" / "panel_genes.txt").string(), 42);
  CHECK(names[0] == "RA");
  CHECK(names[41] == "Dab2");
  const auto rates = cardamom::read_decay_rates((*data / "semrau" / "degradation_rates.txt").string(), 42);
  CHECK(rates.mrna[1] == 0.075);
  CHECK(rates.protein[1] == 0.0075);
  const auto edges = cardamom::read_edges((*data / "benchmark" / "FN4" / "truth_1.tsv").string());
  CHECK(edges.size() == 7);
  CHECK(edges[6] == Edge{4, 1, 1.0});
}

TEST_CASE("rates are read with and without the lines of inputs") {
  const support::TemporaryDirectory directory;
  const std::string genes = directory.write("genes", "0.5 0.1\n0.25 0.2\n");
  const std::string nodes = directory.write("nodes", "d0 d1\n0 0\n-1 0\n0.5 0.1\n0.25 0.2\n");
  const auto check = [](const cardamom::DecayRates& rates, Index inputs) {
    CHECK(rates.mrna.size() == inputs + 2);
    CHECK(rates.mrna.tail(2) == Eigen::Vector2d(0.5, 0.25));
    CHECK(rates.protein.tail(2) == Eigen::Vector2d(0.1, 0.2));
  };
  check(cardamom::read_decay_rates(genes, 2, 0), 0);
  check(cardamom::read_decay_rates(genes, 3, 1), 1);
  check(cardamom::read_decay_rates(genes, 4, 2), 2);
  check(cardamom::read_decay_rates(nodes, 4, 2), 2);
  CHECK_THROWS_AS(static_cast<void>(cardamom::read_decay_rates(genes, 5, 2)), cardamom::IoError);
  CHECK_THROWS_AS(static_cast<void>(cardamom::read_decay_rates(nodes, 4, 1)), cardamom::IoError);
  // Rates of two inputs come back.
  const cardamom::DecayRates rates = cardamom::read_decay_rates(nodes, 4, 2);
  cardamom::write_decay_rates(directory / "again", rates);
  CHECK(cardamom::read_decay_rates(directory / "again", 4, 2).mrna == rates.mrna);
}

TEST_CASE("edges of several inputs and of none come back by index and by name") {
  const support::TemporaryDirectory directory;
  const Names names{"Stimulus", "dose", "Sox2", "Klf4"};
  const std::vector<cardamom::Edge> edges{{0, 2, 1.5}, {1, 3, -2.0}, {2, 3, 0.25}};
  const cardamom::NodeLabels labels(names, 4, 2);
  const std::string path = directory / "edges";
  cardamom::write_edges(path, edges, labels.labels());
  CHECK(support::content(path) == "source\ttarget\tweight\n0\t1\t1.5\ninput:dose\t2\t-2\n1\t2\t0.25\n");
  CHECK(cardamom::read_edges(path, names, 4, 2) == edges);
  cardamom::write_edges(path, edges, labels.names());
  CHECK(support::content(path) ==
        "source\ttarget\tweight\nStimulus\tSox2\t1.5\ninput:dose\tKlf4\t-2\nSox2\tKlf4\t0.25\n");
  CHECK(cardamom::read_edges(path, names, 4, 2) == edges);
  directory.write("edges", "dose\t2\n");  // the bare name is understood as well
  CHECK(cardamom::read_edges(path, names, 4, 2).front().source == 1);

  const std::vector<cardamom::Edge> inner{{0, 1, 0.5}};
  cardamom::write_edges(path, inner, cardamom::NodeLabels({}, 2, 0).labels());
  CHECK(support::content(path) == "source\ttarget\tweight\n1\t2\t0.5\n");
  CHECK(cardamom::read_edges(path, {}, 2, 0) == inner);
  const auto refused = [&](const std::string& content, const std::string& text, Index nodes, Index inputs) {
    directory.write("edges", content);
    support::check_io_error(path, text, [&] { return cardamom::read_edges(path, {}, nodes, inputs); });
  };
  refused("0 1\n", ", line 1, column 1: unknown gene \"0\", indices are 1 to 2", 2, 0);
  refused("1 3\n", ", line 1, column 2: unknown gene \"3\", indices are 0 to 2", 4, 2);
  refused("input:heat 1\n",
          ", line 1, column 1: unknown gene \"input:heat\", must be an index, since no names are given", 4, 2);
}

TEST_CASE("names of several inputs and of none come back") {
  const support::TemporaryDirectory directory;
  const std::string path = directory / "names";
  const Names names{"Stimulus", "a dose", "Sox2", "Klf4"};
  cardamom::write_gene_names(path, names, 2);
  CHECK(support::content(path) == "0\tStimulus\ninput:a dose\n1\tSox2\n2\tKlf4\n");
  const cardamom::NodeNames back = cardamom::read_node_names(path);
  CHECK(back.names == names);
  CHECK(back.inputs == 2);
  const Names genes{"Sox2", "Klf4"};
  cardamom::write_gene_names(path, genes, 0);
  CHECK(support::content(path) == "1\tSox2\n2\tKlf4\n");
  CHECK(cardamom::read_node_names(path, true).names == genes);
  CHECK(cardamom::read_node_names(path, true).inputs == 0);
  support::check_io_error(path, ": there is no index 0, the name of the first input",
                          [&] { return cardamom::read_node_names(path); });
  directory.write("names", "input:dose\ninput:dose\n1 a\n");
  support::check_io_error(path, ", line 2, column 1: name \"dose\" is given already in line 1",
                          [&] { return cardamom::read_node_names(path); });
  directory.write("names", "input:dose\n");
  support::check_io_error(path, ": the file names no genes", [&] { return cardamom::read_node_names(path); });
}

TEST_CASE("names alone name the genes of a panel, or all of its rows") {
  const support::TemporaryDirectory directory;
  const std::string panel = directory.write("panel", "0\t0\t6\nLight\t0\t1\n1\t3\t0\n2\t0\t1\n");
  const auto read = [&](const std::string& names) {
    return cardamom::read_counts(panel, {.gene_names = directory.write("names", names)});
  };
  CHECK(read("Sox2\nKlf4\n").counts.names() == std::vector<std::string>{"Light", "Sox2", "Klf4"});
  CHECK(read("Stimulus\nSox2\nKlf4\n").counts.names() == std::vector<std::string>{"Stimulus", "Sox2", "Klf4"});
  const cardamom::CountsFile all = read("RA\nSox2\nKlf4\n");
  CHECK(all.counts.names() == std::vector<std::string>{"RA", "Sox2", "Klf4"});
  REQUIRE(all.remarks.size() == 1);
  CHECK(all.remarks[0] ==
        directory / "names" + ": there are as many names as rows, so \"RA\" is taken for the first input");
  support::check_io_error(directory / "names", ": the file names 4 genes, but the counts have 2, and 3 rows",
                          [&] { return read("a\nb\nc\nd\n"); });
}
