// Edge lists as other tools write them, and what is done with genes that the data lack.
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/io/edges.hpp>
#include <cardamom/io/named_edges.hpp>
#include <support/files.hpp>

using cardamom::Edge;
using cardamom::Index;
using cardamom::KnownEdges;
using cardamom::UnknownGenes;
using Names = std::vector<std::string>;

namespace {

const Names names{"Stimulus", "A", "B", "C"};

std::vector<Edge> read(const std::string& content) {
  const support::TemporaryDirectory directory;
  return cardamom::read_edges(directory.write("edges", content), names);
}

/// Whether the signs of the edges are known, a character per edge.
std::string signs(const std::string& content) {
  const support::TemporaryDirectory directory;
  std::string result;
  for (const auto& edge : cardamom::read_named_edges(directory.write("edges", content))) {
    result += edge.sign_known ? (edge.weight < 0 ? '-' : '+') : '?';
  }
  return result;
}

KnownEdges prior(const std::string& content, UnknownGenes unknown = UnknownGenes::skip) {
  const support::TemporaryDirectory directory;
  return cardamom::read_prior(directory.write("edges", content), {.names = names, .unknown = unknown});
}

template <class Read>
void refused(const std::string& content, const std::string& text, Read&& reading) {
  const support::TemporaryDirectory directory;
  const std::string path = directory.write("edges", content);
  support::check_io_error(path, text, [&] { return reading(path); });
}
void refused(const std::string& content, const std::string& text) {
  refused(content, text, [](const std::string& path) { return cardamom::read_edges(path, names); });
}
void prior_refused(const std::string& content, const std::string& text, UnknownGenes unknown = UnknownGenes::skip) {
  refused(content, text, [unknown](const std::string& path) {
    return cardamom::read_prior(path, {.names = names, .unknown = unknown});
  });
}

const std::vector<Edge> edges{{1, 2, 3.5}, {2, 3, 2.0}};
const std::vector<Edge> signed_edges{{1, 2, 3.5}, {2, 3, -2.0}};

}  // namespace

TEST_CASE("columns are found by their titles, in any order") {
  CHECK(read("target\tsource\tweight\nB\tA\t3.5\nC\tB\t2\n") == edges);
  CHECK(read("target,source\nB,A\n") == std::vector<Edge>{{1, 2, 1.0}});
  CHECK(read("importance TF target\n3.5 A B\n2 B C\n") == edges);
  CHECK(read("Source\tTARGET\tWeight\nA\tB\t3.5\nB\tC\t2\n") == edges);
  CHECK(read("Regulator,Target Gene\nA,B\n") == std::vector<Edge>{{1, 2, 1.0}});
}

TEST_CASE("tables of other tools are read as they are") {
  // GENIE3, as write.table and write.csv write it, with and without names of rows.
  CHECK(read("\"regulatoryGene\" \"targetGene\" \"weight\"\n\"1\" \"A\" \"B\" 3.5\n\"7\" \"B\" \"C\" 2\n") == edges);
  CHECK(read("\"\",\"regulatoryGene\",\"targetGene\",\"weight\"\n\"1\",\"A\",\"B\",3.5\n\"2\",\"B\",\"C\",2\n") ==
        edges);
  CHECK(read("regulatoryGene\ttargetGene\tweight\nA\tB\t3.5\nB\tC\t2\n") == edges);
  // arboreto, as pandas writes it with its index.
  CHECK(read("TF\ttarget\timportance\nA\tB\t3.5\nB\tC\t2\n") == edges);
  CHECK(read(",TF,target,importance\n0,A,B,3.5\n1,B,C,2\n") == edges);
  CHECK(read("\tTF\ttarget\timportance\n0\tA\tB\t3.5\n1\tB\tC\t2\n") == edges);
  // pySCENIC with the sign beside the importance.
  CHECK(read("TF,target,importance,regulation,rho\nA,B,3.5,1,0.4\nB,C,2,-1,-0.4\n") == signed_edges);
  CHECK(read(",source,target,coef_mean,coef_abs,p,-logp\n0,A,B,3.5,3.5,1e-5,5\n1,B,C,-2,2,1e-5,5\n") == signed_edges);
  CHECK(
      read("SourceGENES,TargetGENES,Interaction,Edges\nA,B,3.5,activation\nB,C,2,repression\nC,A,0,no regulation\n") ==
      std::vector<Edge>{{1, 2, 3.5}, {2, 3, -2.0}, {3, 1, 0.0}});
  const std::vector<Edge> ones{{1, 2, 1.0}, {2, 3, -1.0}};
  CHECK(read("tf,confidence,target,mor\nA,A,B,1\nB,C,C,-1\n") == ones);
  CHECK(read("source,target,weight,resources,references\nA,B,1,ExTRI,123\nB,C,-1,\"CytReg;TRRUST\",\"1,2\"\n") == ones);
  CHECK(read("A\tB\tActivation\t22909821\nB\tC\tRepression\t1;2\n") == ones);
  CHECK(read("A\tB\tActivation\nB\tC\tRepression\n") == ones);
  CHECK(read("A activates B\nB represses C\n") == ones);
  CHECK(read("Gene1,Gene2,Type\nA,B,+\nB,C,-\n") == ones);
  CHECK(
      read("tf\ttarget\tregion\tterm\testimate\tstd_err\tpval\tcorr\nA\tB\tchr1-1-2\tA:chr1\t-0.5\t0.1\t0.1\t0.3\n") ==
      std::vector<Edge>{{1, 2, -0.5}});
}

TEST_CASE("comments, blank lines, line ends, byte-order marks and semicolons do not matter") {
  CHECK(read("# of our lab\n\nsource\ttarget\tweight\n\nA\tB\t3.5\n# strong\nB\tC\t2\n\n") == edges);
  CHECK(read("\xef\xbb\xbfsource\ttarget\tweight\r\nA\tB\t3.5\r\nB\tC\t2\r\n") == edges);
  CHECK(read("source;target;weight\nA;B;3.5\nB;C;2\n") == edges);
  CHECK(read("  A  B  3.5\nB C 2\n") == edges);
  // Titles that are a comment are titles.
  CHECK(read("#target\tsource\tweight\nB\tA\t3.5\nC\tB\t2\n") == edges);
  CHECK(read("# edges from source to target\nA\tB\t3.5\nB\tC\t2\n") == edges);
}

TEST_CASE("whether the sign of an edge is known is told") {
  CHECK(signs("source target weight\nA B 2\nB C -2\n") == "+-");
  CHECK(signs("TF target importance\nA B 2\n") == "?");
  CHECK(signs("regulatoryGene targetGene weight\nA B 2\n") == "?");
  CHECK(signs("TF target importance regulation\nA B 2 1\nB C 2 -1\nC A 2 0\n") == "+-?");
  CHECK(signs("A B\n") == "?");
  CHECK(signs("A\tB\tActivation\nB\tC\tRepression\nC\tA\tUnknown\n") == "+-?");
}

TEST_CASE("what can be read in two ways is refused") {
  refused(
      "TF\tGene2\ttarget\nA\tB\tC\n",
      ", line 1, column 3: titled \"target\", may be the target, as may column 2, titled \"Gene2\": leave one of them "
      "out");
  refused(
      "source target strength\nA B 2\n",
      ", line 1, column 3: titled \"strength\", may hold weights or something else: title it weight or leave it out");
  refused("source target weight kind\nA B 2 +\nB C 2 -\n",
          ", line 1, column 4: titled \"kind\", may hold signs or something else: title it sign or leave it out");
  refused(
      "protein1 protein2 combined_score\nA B 155\n",
      ", line 1: titles are those of pairs without a direction: \"protein1\" and \"protein2\" may each be the source, "
      "call them source and target");
  refused(
      "TF\tEffector\nA\tB\n",
      ", line 1, column 1: \"TF\" may be a title or a node: titles must name source and target, a list of edges alone "
      "a line of titles");
  refused(
      "A B 71 3\n",
      ", line 1: the line has 4 columns, \"A B 71 3\": a line of titles must tell which are source, target and weight");
  refused("0\tA\n1\tB\n",
          ", line 1, column 1: the first column may be the indices of sources or the numbers of the lines: put titles "
          "above");
  refused("source target weight\nA B (beta) 1\n",
          ", line 2, column 1: there is a column more than titles, and \"A\" may be the name of a row, which must be a "
          "number, or part of a name with a blank: then separate columns by tabs");
  refused("TF,target,weight,type\nA,B,-2,+\n",
          ", line 2, column 4: sign is \"+\", but the weight is \"-2\" and has another");
  CHECK(signs("TF A 2\nA TF -1\n") == "+-");  // transferrin
}

TEST_CASE("weights that are none are refused by line and column") {
  const std::string expected = ", must be a finite number, + or -, or a word such as activation";
  refused("source\ttarget\tweight\nA\tB\tnan\n", ", line 2, column 3: weight is \"nan\"" + expected);
  refused("source\ttarget\tweight\nA\tB\tinf\n", ", line 2, column 3: weight is \"inf\"" + expected);
  refused("source,target,weight\nA,B,\n", ", line 2, column 3: weight is missing" + expected);
  refused("source\ttarget\tweight\nA\tB\t3,2\n",
          ", line 2, column 3: weight is \"3,2\"" + expected + ": is that 3.2? Numbers have points, not commas");
  refused("A pp B\n", ", line 1, column 3: weight is \"B\"" + expected + "; titles must name source and target");
  refused(std::string("A\tB\0", 4), ": the file is binary, must be text in UTF-8, or in UTF-16 with a byte-order mark");
}

TEST_CASE("edges that are given twice are one or a contradiction") {
  CHECK(read("Gene1,Gene2,Type\nA,B,+\nB,C,-\nA,B,+\n") == std::vector<Edge>{{1, 2, 1.0}, {2, 3, -1.0}});
  CHECK(read("A\tB\tUnknown\nA\tB\tRepression\n1\tB\tUnknown\n") == std::vector<Edge>{{1, 2, -1.0}});
  refused("A\tB\tActivation\nB\tC\tUnknown\nA\tB\tRepression\n",
          ", line 3: edge A -> B is given already in line 1, there with weight 1, here with -1");
  refused("source target weight score\nA B 1 3\nA B 1 2\n",
          ", line 3: edge A -> B is given already in line 2, there with score 3, here with 2");
}

TEST_CASE("a prior may know more genes than the data") {
  const std::string content = "source target weight\nA B 3.5\nGata4 C 1\nB C 2\nA Nkx2-5 1\nGata4 Nkx2-5 1\n";
  const KnownEdges known = prior(content);
  CHECK(known.edges == edges);
  CHECK(known.skipped == 3);
  CHECK(known.lines == std::vector<Index>{2, 4});
  prior_refused(content, ", line 3, column 1: unknown gene \"Gata4\"", UnknownGenes::refuse);
  prior_refused("source target\nX Y\nY X\n", ": no edge is between two known genes, of all 2; the first is X -> Y");
  prior_refused("source target\nA b\n",
                ", line 2, column 2: unknown gene \"b\", but there is \"B\": upper and lower case differ");
  prior_refused(",target,source\n0,B,a\n",
                ", line 2, column 3: unknown gene \"a\", but there is \"A\": upper and lower case differ");
  prior_refused("source target\nA 7\n", ", line 2, column 2: unknown gene \"7\", indices are 0 to 3");
  prior_refused("source target\ninput:dose B\n", ", line 2, column 1: unknown gene \"input:dose\"");
  CHECK(prior("source target weight\n").edges.empty());
}

TEST_CASE("a prior ends at genes and has weights that can be") {
  prior_refused("source target weight\nA B 1\nA Stimulus 3\n",
                ", line 3: edge A -> Stimulus ends at an input, must end at a gene");
  prior_refused("source target weight\nA B 1e300\n", ", line 2: weight of A -> B is 1e+300, must be in [-1000, 1000]");
  CHECK(prior("source target weight\nA A 3\nStimulus A -1000\n").edges ==
        std::vector<Edge>{{1, 1, 3.0}, {0, 1, -1000.0}});
  const support::TemporaryDirectory directory;
  support::check_io_error(directory.write("edges", "RA A\nstimulus B\n"),
                          ", line 2, column 1: unknown gene \"stimulus\", the first input is called \"RA\"", [&] {
                            return cardamom::read_prior(directory / "edges", {.names = {"RA", "A", "B"}});
                          });
}

TEST_CASE("indices are those of the list by which genes were chosen") {
  const cardamom::KnownNodes nodes{
      .names = {"RA", "A", "C"}, .unknown = cardamom::UnknownGenes::skip, .listed = {"RA", "A", "B", "C"}};
  const cardamom::NodeFinder finder("f", nodes);
  CHECK(finder.find("0", 1, 1) == 0);
  CHECK(finder.find("1", 1, 1) == 1);
  CHECK(finder.find("2", 1, 1) == std::nullopt);
  CHECK(finder.find("3", 1, 1) == 2);
  CHECK(finder.find("C", 1, 1) == 2);
  CHECK(finder.find("B", 1, 1) == std::nullopt);
  CHECK_THROWS_WITH_AS(static_cast<void>(finder.find("4", 2, 1)),
                       "f, line 2, column 1: unknown gene \"4\", indices are 0 to 3", cardamom::IoError);
}
