// Degradation rates as people hand them over: by name, under titles, as half-lives.
#include <cmath>
#include <string>

#include <doctest/doctest.h>

#include <cardamom/io/decay_rates.hpp>
#include <support/files.hpp>

using cardamom::KnownNodes;
using cardamom::KnownRates;
using cardamom::UnknownGenes;

namespace {

const KnownNodes nodes{.names = {"RA", "A", "B"}, .unknown = UnknownGenes::skip};
const KnownNodes strict{.names = {"RA", "A", "B"}};

KnownRates read(const std::string& content, const KnownNodes& known = nodes) {
  const support::TemporaryDirectory directory;
  return cardamom::read_known_rates(directory.write("rates", content), known);
}

/// Reads 0.5 and 0.25 for the mRNA of A and B, 0.1 and 0.05 for their proteins.
void check_read(const std::string& content) {
  CAPTURE(content);
  const KnownRates known = read(content);
  CHECK(known.rates.mrna.size() == 3);
  CHECK(known.rates.mrna.tail(2).isApprox(Eigen::Vector2d(0.5, 0.25), 1e-12));
  CHECK(known.rates.protein.tail(2).isApprox(Eigen::Vector2d(0.1, 0.05), 1e-12));
}

void refused(const std::string& content, const std::string& text, const KnownNodes& known = nodes) {
  CAPTURE(content);
  const support::TemporaryDirectory directory;
  const std::string path = directory.write("rates", content);
  support::check_io_error(path, text, [&] { return cardamom::read_known_rates(path, known); });
}

}  // namespace

TEST_CASE("rates are read by position, with and without inputs, comments and blank lines") {
  check_read("0 0\n0.5 0.1\n0.25 0.05\n");
  check_read("0.5\t0.1\n0.25\t0.05\n");
  check_read("# of our lab\n\n1 1\n\n0.5   0.1\r\n 0.25 0.05\n");
  check_read(
      "\xef\xbb\xbf"
      "d0,d1\n1,1\n0.5,0.1\n0.25,0.05\n");
  check_read("1;1\n0.5;0.1\n0.25;0.05\n");
  check_read("NA NA\n0.5 0.1\n0.25 0.05\n");
}

TEST_CASE("columns of rates are found by their titles") {
  check_read("d1 d0\n0.1 0.5\n0.05 0.25\n");
  check_read("mRNA degradation rate [1/h]\tprotein degradation rate [1/h]\n0.5\t0.1\n0.25\t0.05\n");
  check_read("d1,note,d0\n0.1,x,0.5\n0.05,y,0.25\n");
}

TEST_CASE("rates of named genes stand in any order") {
  check_read("gene\td0\td1\nB\t0.25\t0.05\nRA\t1\t1\nA\t0.5\t0.1\n");
  check_read("d0,d1,gene\n0.25,0.05,B\n0.5,0.1,A\n");
  check_read("\"\",\"d0\",\"d1\"\n\"B\",0.25,0.05\n\"A\",0.5,0.1\n");
  check_read("\"d0\" \"d1\"\n\"B\" 0.25 0.05\n\"A\" 0.5 0.1\n");
  check_read("B 0.25 0.05\nA 0.5 0.1\n");
  check_read("0.25 0.05 B\n0.5 0.1 A\n");
  check_read("0 RA 1 1\n2 B 0.25 0.05\n1 A 0.5 0.1\n");
  check_read("gene_id,gene_name,d0,d1\nENS2,B,0.25,0.05\nENS1,A,0.5,0.1\n");
  check_read("index,d0,d1\n2,0.25,0.05\n1,0.5,0.1\n");
  check_read("gene,d0,d1\nStimulus,NA,NA\nB,0.25,0.05\nA,0.5,0.1\n");
}

TEST_CASE("half-lives that are titled so become rates") {
  const auto half_life = [](double rate) { return cardamom::to_text(std::log(2.0) / rate); };
  const std::string lines =
      "A\t" + half_life(0.5) + '\t' + half_life(0.1) + "\nB\t" + half_life(0.25) + '\t' + half_life(0.05) + '\n';
  check_read("gene\thalf_life_mRNA\thalf_life_protein\n" + lines);
  check_read("Gene Names\tmRNA half-life average [h]\tProtein half-life average [h]\n" + lines);
  check_read("gene\thalflife_mrna_hours\thalflife_protein_hours\n" + lines);
  check_read("gene\tt1/2 mRNA (h)\tt1/2 protein (h)\n" + lines);
  CHECK(read("gene\thalf_life_mRNA\thalf_life_protein\n" + lines).half_lives);
  CHECK(!read("0.5 0.1\n0.25 0.05\n").half_lives);
  refused("half_life_mRNA_min,half_life_protein_min\n540,2760\n540,2760\n",
          ", line 1, column 1: titled \"half_life_mRNA_min\", is in min, must be in h");
  refused("mRNA degradation rate [1/d],protein degradation rate [1/d]\n1,1\n1,1\n",
          ", line 1, column 1: titled \"mRNA degradation rate [1/d]\", is in 1/d, must be in 1/h");
  refused("half_life_mRNA [weeks],half_life_protein [weeks]\n1,2\n1,2\n",
          ", line 1, column 1: titled \"half_life_mRNA [weeks]\", is in weeks, must be in h");
  refused("d0 [1/h],d1 [1/min]\n1,1\n1,1\n", ", line 1, column 2: titled \"d1 [1/min]\", is in 1/min, must be in 1/h");
  refused("half_life_mRNA half_life_protein\n9 46\n0 46\n",
          ", line 3, column 1: half-life of gene \"B\" is \"0\", must be a finite number > 0 [h]");
}

TEST_CASE("what may be half-lives, columns turned or another unit is refused without titles") {
  const std::string faster =
      ": every protein decays faster than its mRNA: without titles the columns are rates [1/h], d0 of mRNA and d1 of "
      "protein. For half-lives [h], put the titles half_life_mRNA and half_life_protein above; for rates, d0 and d1 in "
      "the order of the columns";
  refused("1 1\n9 46\n9 46\n", faster);
  refused("0.1 0.5\n0.05 0.25\n", faster);
  CHECK(read("d0 d1\n0.1 0.5\n0.05 0.25\n").rates.protein[1] == 0.5);
  CHECK(read("0.5 0.5\n0.25 0.25\n").rates.protein[1] == 0.5);
  refused("1e6 1e5\n1 1\n",
          ", line 1, column 1: rate of gene \"A\" is 1e+06/h, must belong to a half-life between 1 s and 100 years: is "
          "the unit another one?");
  refused("0.5 1e-9\n1 1\n",
          ", line 1, column 2: rate of gene \"A\" is 1e-09/h, must belong to a half-life between 1 s and 100 years: is "
          "the unit another one?");
  refused(
      "1 1 0.5 0.25\n1 1 0.1 0.05\n",
      ", line 1: the line must hold two rates: d0 and d1 [1/h]; two lines of 4 columns may be the table turned, which "
      "has a line per gene");
}

TEST_CASE("bad rates name their gene") {
  const std::string positive = ", must be a finite number > 0 [1/h]";
  refused("gene d0 d1\nA 0.5 0.1\nB 0.5 -1\n", ", line 3, column 3: rate of gene \"B\" is \"-1\"" + positive);
  refused("gene,d0,d1\nA,0.5,\nB,0.5,0.1\n", ", line 2, column 3: rate of gene \"A\" is missing" + positive);
  refused("0.5 0.1\n0.25 nan\n", ", line 2, column 2: rate of gene \"B\" is \"nan\"" + positive);
  refused("1 1\n0,5 0,1\n0,25 0,05\n", ", line 2, column 1: rate of gene \"A\" is \"0,5\"" + positive +
                                           ": is that 0.5? Numbers have points, not commas");
  refused("gene d0 d1\nA 0.5 0.1\n", ": there are no rates of gene \"B\"");
  const support::TemporaryDirectory directory;
  const std::string shortest = directory.write("shortest", "half_life_mRNA half_life_protein\n9 46\n1e-310 46\n");
  support::check_io_error(shortest,
                          ", line 3, column 1: half-life of gene \"1\" is \"1e-310\", must be a finite number > 0 [h]",
                          [&] { return cardamom::read_decay_rates(shortest); });
}

TEST_CASE("rates of fewer nodes than there are inputs are refused") {
  const support::TemporaryDirectory directory;
  const std::string path = directory.write("rates", "1 1\n");
  const std::string text = ": the file holds rates of 1 nodes, must be of the 2 inputs at least";
  support::check_io_error(path, text, [&] { return cardamom::read_decay_rates(path, 0, 2); });
  support::check_io_error(path, text, [&] { return cardamom::read_known_rates(path, {.inputs = 2}); });
  CHECK(cardamom::read_decay_rates(path, 0, 1).mrna.size() == 1);
}

TEST_CASE("rates may be those of more genes than the data have") {
  const std::string content = "gene d0 d1\nX 1 1\nB 0.25 0.05\nY -1 NA\nA 0.5 0.1\n";
  check_read(content);
  CHECK(read(content).skipped == 2);
  refused(content, ", line 2, column 1: unknown gene \"X\"", strict);
  refused("gene d0 d1\na 0.5 0.1\nB 0.25 0.05\n",
          ", line 2, column 1: unknown gene \"a\", but there is \"A\": upper and lower case differ");
  check_read("gene d0 d1\nB 0.25 0.05\nA 0.5 0.1\nB 0.25 0.05\n");
  refused("gene d0 d1\nB 0.25 0.05\nA 0.5 0.1\nB 0.25 0.06\n",
          ", line 4, column 1: gene \"B\" is given already in line 2, with other values");
}

TEST_CASE("lines without names are those of the list by which genes were chosen") {
  const support::TemporaryDirectory directory;
  const cardamom::KnownNodes chosen{
      .names = {"RA", "A", "C"}, .unknown = cardamom::UnknownGenes::skip, .listed = {"RA", "A", "B", "C"}};
  const auto read = [&](const std::string& content) {
    return cardamom::read_known_rates(directory.write("rates", content), chosen);
  };
  const cardamom::KnownRates rates = read("1 1\n5 1\n6 2\n7 3\n");
  CHECK(rates.rates.mrna == Eigen::Vector3d(1, 5, 7));
  CHECK(rates.rates.protein == Eigen::Vector3d(1, 1, 3));
  CHECK(rates.skipped == 1);
  CHECK(read("5 1\n7 3\n").rates.mrna == Eigen::Vector3d(1, 5, 7));
  CHECK(read("gene d0 d1\n3 7 3\n1 5 1\n2 6 2\n").rates.mrna == Eigen::Vector3d(1, 5, 7));
  // Three lines may be those of the list's genes, or those of the input and the genes that are there.
  support::check_io_error(
      directory / "rates",
      ": the file has 3 lines, as there are genes without inputs in the list of names, and with inputs "
      "of these in the data: a column `gene` must say whose rates they are",
      [&] { return read("5 1\n6 2\n7 3\n"); });
}
