#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/core/error.hpp>
#include <cardamom/io/edge_prior.hpp>
#include <support/files.hpp>
#include <support/throws.hpp>

using namespace cardamom;
using support::check_throws;

namespace {

const KnownNodes known{{"Stimulus", "Sox2", "Klf4", "Esrrb"}, 4, 1, UnknownGenes::skip};

}  // namespace

TEST_CASE("a list of regulators is read in the ways people write it") {
  const support::TemporaryDirectory dir;
  const auto read = [&](const std::string& text, const KnownNodes& nodes = known) {
    return read_regulators(dir.write("list.txt", text), nodes);
  };
  const std::vector<Index> both{1, 3};
  for (const char* text : {
           "Sox2\nEsrrb\n",
           "Esrrb\r\n\r\n# a remark\r\n\"Sox2\"\r\nSox2\r\n",
           "1\n3\n",
           "1 Sox2\n3 Esrrb\n",
           "Sox2\t1\nEsrrb\t3\n",
           "TF\nSox2\nEsrrb\n",
           "gene\nSox2\nEsrrb\n",
           "index name\n1 Sox2\n3 Esrrb\n",
           ",HGNC symbol,Is TF?\n0,Sox2,Yes\n1,Esrrb,Yes\n",
           "source\ttarget\tweight\nSox2\tKlf4\t1\nEsrrb\tKlf4\t-1\nSox2\tEsrrb\t1\n",
           "Gene1,Gene2,Type\nSox2,Klf4,+\nEsrrb,Klf4,?\n",
       }) {
    CAPTURE(text);
    const KnownRegulators list = read(text);
    CHECK(list.nodes == both);
    CHECK(list.skipped == 0);
  }
  // Inputs may be named; genes that the data lack are counted.
  const KnownRegulators more = read("Stimulus\nGata4\nKlf4\nNkx2-5\n");
  CHECK(more.nodes == std::vector<Index>{0, 2});
  CHECK(more.skipped == 2);
  // A title that is a gene too, among others that are not.
  KnownNodes transferrin = known;
  transferrin.names[2] = "TF";
  CHECK(read("TF,target\nSox2,Klf4\n", transferrin).nodes == std::vector<Index>{1});
}

TEST_CASE("a list of regulators that cannot be understood is refused") {
  const support::TemporaryDirectory dir;
  const auto refuses = [&](const std::string& text, const std::string& message, KnownNodes nodes = known) {
    const std::string path = dir.write("list.txt", text);
    check_throws<IoError>([&] { static_cast<void>(read_regulators(path, nodes)); }, {"list.txt", message});
  };
  refuses("", "the file names no regulator");
  refuses("TF\n", "the file names no regulator");
  refuses("Gata4\nNkx2-5\n", "no regulator is a known gene, of all 2; the first is \"Gata4\"");
  refuses("Sox2\nKLF4\n",
          "line 2, column 1: unknown gene \"KLF4\", but there is \"Klf4\": upper and lower case differ");
  refuses("Sox2\n7\n", "line 2, column 1: unknown gene \"7\", indices are 0 to 3");
  refuses("Sox2 Klf4\nEsrrb Sox2\n", "line 1: the line has 2 columns, must hold a name");
  refuses("Sox2\tx\ty\n", "line 1: the line has 3 columns");
  refuses("TF,regulator\nSox2,Klf4\n", "column 2: titled \"regulator\", may hold the regulators, as may column 1");
  refuses("TF,target\n,Klf4\n", "line 2, column 1: the name is missing");
  KnownNodes strict = known;
  strict.unknown = UnknownGenes::refuse;
  refuses("Sox2\nGata4\n", "line 2, column 1: unknown gene \"Gata4\"", strict);
  KnownNodes transferrin = known;
  transferrin.names[2] = "TF";
  refuses("TF\nSox2\n", "line 1, column 1: \"TF\" may be a title or the gene of this name", transferrin);
}

TEST_CASE("weights of a table of likely edges are odds, whatever their sign") {
  const support::TemporaryDirectory dir;
  const auto read = [&](const std::string& text, double factor) {
    return read_edge_odds(dir.write("table.tsv", text), known, factor);
  };
  const KnownOdds table = read(
      "source\ttarget\tmor\tweight\nSox2\tKlf4\t-1\t0.5\nStimulus\tSox2\t1\t1\nKlf4\tSox2\t1\t0\nSox2\tGata4\t1\t1\n",
      8.0);
  CHECK(table.edges == 3);
  CHECK(table.skipped == 1);
  Matrix expected = Matrix::Ones(4, 4);
  expected(2, 1) = 4.0;
  expected(1, 0) = 8.0;
  expected(1, 2) = 0.0;
  CHECK(table.prior.odds == expected);
  CHECK(read("Sox2\tKlf4\n", 3.0).prior.odds(2, 1) == 3.0);
  CHECK(read_edge_odds(dir.write("table.tsv", "Sox2\tKlf4\n"), known).prior.odds(2, 1) == usual_odds_factor);
  CHECK_THROWS_AS(static_cast<void>(read("Sox2\tKlf4\n", 0.0)), std::domain_error);
  check_throws<IoError>([&] { static_cast<void>(read("Sox2\tStimulus\n", 1.0)); }, {"ends at an input"});
  check_throws<IoError>([&] { static_cast<void>(read("Sox2\tKlf4\t2000\n", 1.0)); }, {"must be in [-1000, 1000]"});
}
