#include <cmath>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/io/beeline.hpp>
#include <cardamom/io/cell_times.hpp>
#include <cardamom/io/read_counts.hpp>
#include <cardamom/io/ten_x.hpp>
#include <support/files.hpp>

using cardamom::Counts;
using cardamom::Index;
using cardamom::Matrix;
using cardamom::Vector;
using Names = std::vector<std::string>;

namespace {

const std::string expression = ",c1,c2,c3\nSox2,3,0,12\nKlf4,0,1,5\n";
const std::string times_table = "cell\ttime\nc3\t24h\nc1\t0\nother\t7\nc2\t6 h\n";

/// Cells c1, c2, c3 at 0, 6 and 24 h; genes Sox2 and Klf4.
void check_counts(const Counts& counts) {
  REQUIRE(counts.cells() == 3);
  REQUIRE(counts.nodes() == 3);
  Matrix values(3, 3);
  values << 0, 3, 0, 1, 0, 1, 1, 12, 5;
  CHECK(counts.values() == values);
  CHECK(counts.times() == Eigen::Vector3d(0, 6, 24));
  CHECK(counts.names() == Names{"Stimulus", "Sox2", "Klf4"});
}

void write_ten_x(const support::TemporaryDirectory& directory) {
  directory.write("matrix.mtx",
                  "%%MatrixMarket matrix coordinate integer general\n%metadata\n2 3 4\n1 1 3\n1 3 12\n2 2 1\n2 3 5\n");
  directory.write("features.tsv", "ENS1\tSox2\tGene Expression\nENS2\tKlf4\tGene Expression\n");
  directory.write("barcodes.tsv", "c1\nc2\nc3\n");
}

template <class Action>
void check_refused(const std::string& path, const std::string& text, Action&& action) {
  support::check_io_error(path, text, std::forward<Action>(action));
}

}  // namespace

TEST_CASE("times of cells are read by name") {
  const support::TemporaryDirectory directory;
  const Names cells{"c1", "c2", "c3"};
  CHECK(cardamom::read_cell_times(directory.write("a", times_table), cells) == Eigen::Vector3d(0, 6, 24));
  CHECK(cardamom::read_cell_times(directory.write("b", "c1 1\nc2 2\nc3 3\n"), cells) == Eigen::Vector3d(1, 2, 3));
  std::string remark;
  CHECK(cardamom::read_cell_times(directory.write("d", "c1\tD0\nc2\tD1\nc3\t0.5 d\n"), cells, cardamom::read_plain_file,
                                  &remark) == Eigen::Vector3d(0, 24, 12));
  CHECK(remark == "times such as \"D1\" are read as 24 h");
  // Pseudotimes of two lineages: the mean of what there is.
  CHECK(cardamom::read_cell_times(directory.write("c", ",PseudoTime1,PseudoTime2\nc1,0,NA\nc2,1,3\nc3,,4\n"), cells) ==
        Eigen::Vector3d(0, 2, 4));
  // By title, whatever else a table says of its cells; titles may name the unit, and may look like times.
  const std::string metadata = "\"\",\"nCount_RNA\",\"batch\",\"time\"\n\"c1\",6,1,0\n\"c2\",0,2,6\n\"c3\",9,1,24\n";
  CHECK(cardamom::read_cell_times(directory.write("e", metadata), cells) == Eigen::Vector3d(0, 6, 24));
  CHECK(cardamom::read_cell_times(directory.write("f", "cell\ttime\ttp\nc1\t0\tT1\nc2\t6\tT2\nc3\t24\tT3\n"), cells) ==
        Eigen::Vector3d(0, 6, 24));
  CHECK(cardamom::read_cell_times(directory.write("g", "barcode\tday\nc1\t0\nc2\t1\nc3\t2\n"), cells) ==
        Eigen::Vector3d(0, 24, 48));
  // Cells, too, are found by title; what says nothing beside them holds times, what says something else does not.
  CHECK(cardamom::read_cell_times(directory.write("i", "time,cell\n0,c1\n6,c2\n24,c3\n"), cells) ==
        Eigen::Vector3d(0, 6, 24));
  CHECK(cardamom::read_cell_times(directory.write("j", ",time,barcode\n0,0,c1\n1,6,c2\n2,24,c3\n"), cells) ==
        Eigen::Vector3d(0, 6, 24));
  CHECK(cardamom::read_cell_times(directory.write("k", "\"\",\"x\"\n\"c1\",0\n\"c2\",6\n\"c3\",24\n"), cells) ==
        Eigen::Vector3d(0, 6, 24));
  CHECK(cardamom::read_cell_times(directory.write("l", "cell,batch,stage\nc1,1,E8\nc2,1,E8.5\nc3,2,E9\n"), cells) ==
        Eigen::Vector3d(192, 204, 216));
  check_refused(
      directory.write("m", "cell,batch\nc1,1\nc2,1\nc3,2\n"),
      ", line 1, column 2: column \"batch\" may hold something else than times: its title must be one such as "
      "time, day or pseudotime",
      [&] { return cardamom::read_cell_times(directory / "m", cells); });
  // The unit may be in the title; one that is asked for decides.
  const std::string minutes = directory.write("n", "cell,time_min\nc1,0\nc2,30\nc3,90\n");
  CHECK(cardamom::read_cell_times(minutes, cells) == Eigen::Vector3d(0, 0.5, 1.5));
  CHECK(cardamom::CellTimes(minutes, cardamom::read_plain_file, cardamom::TimeUnit::hours).of(cells) ==
        Eigen::Vector3d(0, 30, 90));
  check_refused(
      directory.write("o", "cell,time\nc1,0\nc2,30min\n"),
      ": time \"30min\" is of minutes, but the unit is said to be hours", [&] {
        return cardamom::CellTimes(directory / "o", cardamom::read_plain_file, cardamom::TimeUnit::hours).size();
      });
  CHECK(cardamom::read_cell_times(directory.write("h", "cell,T1\nc1,0\nc2,2d\nc3,3d\n"), cells) ==
        Eigen::Vector3d(0, 48, 72));
}

TEST_CASE("several pseudotimes are those of lineages") {
  const support::TemporaryDirectory directory;
  const Names cells{"c3", "c1", "c2"};
  const cardamom::CellTimes table(directory.write("a", ",PseudoTime1,PseudoTime2\nc1,0,NA\nc2,1,3\nc3,,4\n"));
  CHECK(table.pseudotime());
  CHECK(table.of(cells) == Eigen::Vector3d(4, 0, 2));
  const Matrix lineages = table.lineages_of(cells);
  REQUIRE((lineages.rows() == 3 && lineages.cols() == 2));
  CHECK((std::isnan(lineages(0, 0)) && lineages(1, 0) == 0.0 && lineages(2, 0) == 1.0));
  CHECK((lineages(0, 1) == 4.0 && std::isnan(lineages(1, 1)) && lineages(2, 1) == 3.0));
  CHECK(cardamom::CellTimes(directory.write("b", times_table)).lineages_of(cells).cols() == 0);

  // In the counts, and grouped like the times of all cells, each lineage for itself.
  const std::string path = directory.write("ExpressionData.csv", expression);
  directory.write("PseudoTime.csv", ",PseudoTime1,PseudoTime2\nc1,0,NA\nc2,1,3\nc3,,4\n");
  const Counts counts = cardamom::read_beeline(path);
  REQUIRE(counts.lineages() == 2);
  CHECK(counts.lineage(1).times() == Eigen::Vector2d(3, 4));
  CHECK(counts.lineage(1).values().col(1) == Eigen::Vector2d(0, 12));
  CHECK(cardamom::read_beeline(path, {.time_bins = 1}).lineage(1).times() == Eigen::Vector2d(0, 0));
  write_ten_x(directory);
  CHECK(cardamom::read_ten_x(directory.path(), {.times = directory / "PseudoTime.csv"}).lineage(0).cells() == 2);
  const std::string empty = directory.write("PseudoTime.csv", ",PseudoTime1,PseudoTime2\nc1,0,NA\nc2,1,NA\nc3,4,\n");
  check_refused(empty, ": no cell is part of lineage 2: leave its column out",
                [&] { return cardamom::read_beeline(path); });
}

TEST_CASE("times are grouped by themselves where hardly any cells share one") {
  const auto repeated = [](Index distinct, Index cells) {
    Vector times(distinct * cells);
    for (Index k = 0; k < times.size(); ++k) times[k] = static_cast<double>(k % distinct);
    return times;
  };
  CHECK(cardamom::time_bins_for(repeated(500, 1)) == 10);
  CHECK(cardamom::time_bins_for(repeated(60, 1)) == 3);  // of twenty cells each
  CHECK(cardamom::time_bins_for(repeated(12, 1)) == 2);
  // Time points: few, or of several cells each.
  CHECK(cardamom::time_bins_for(repeated(10, 1)) == 0);
  CHECK(cardamom::time_bins_for(repeated(21, 5)) == 0);
  CHECK(cardamom::time_bins_for(repeated(21, 2)) == 2);
  CHECK(cardamom::time_bins_for(repeated(40, 10)) == 0);
  CHECK(cardamom::time_bins_for(repeated(40, 9)) == 10);
  // Pseudotimes that are rounded.
  CHECK(cardamom::time_bins_for(repeated(99, 20)) == 0);
  CHECK(cardamom::time_bins_for(repeated(99, 20), true) == 10);
  CHECK(cardamom::time_bins_for(repeated(10, 20), true) == 0);
  CHECK(cardamom::time_bins_for(Vector(0)) == 0);
}

TEST_CASE("bad tables of times are refused") {
  const support::TemporaryDirectory directory;
  const Names cells{"c1", "c2"};
  const auto refused = [&](const std::string& content, const std::string& text) {
    const std::string path = directory.write("a", content);
    check_refused(path, text, [&] { return cardamom::read_cell_times(path, cells); });
  };
  refused("c1 1\n", ": there is no time for cell \"c2\"");
  refused("", ": there is no time for cell \"c1\"");
  refused("c1 1\nc2 x\n", ", line 2, column 2: time is \"x\", must be a finite number [h]");
  refused("c1\t2d\nc2\t6\nc3\t1d\n", ": time \"2d\" is of days, but \"6\" has no unit, must have one");
  refused("c1 1\nc2\n", ", line 2, column 2: the line has 1 column, the first has 2");
  refused("c1 1 0\nc2 2 6\n", ", line 1: the line has 3 columns: without titles there must be two, cell and time");
  refused("cell,batch,donor\nc1,1,0\n", ", line 1: none of the columns has a title such as time, day or pseudotime");
  refused("cell,time,timepoint\nc1,24,T2\n",
          ", line 1, column 3: column \"timepoint\" may hold the times, as may column \"time\": leave one of them out");
  refused("c1,1\nc2,NA\n", ", line 2, column 2: cell \"c2\" has no time");
  refused("c1 1\nc2 2\nc1 3\n", ", line 3, column 1: cell \"c1\" is given already in line 1");
}

TEST_CASE("pseudotimes are grouped from time 0 on") {
  const Vector times{{0.5, 0.1, 0.9, 0.3, 0.7, 0.2}};
  const Vector binned = cardamom::bin_times(times, 3);
  const Vector expected{{0.4 - 0.15, 0.0, 0.8 - 0.15, 0.4 - 0.15, 0.8 - 0.15, 0.0}};
  CHECK(binned.isApprox(expected, 1e-12));
  CHECK(cardamom::bin_times(times, 1) == Vector::Zero(6));
  CHECK_THROWS_WITH_AS(cardamom::bin_times(times, 7), "bin_times: times.size() is 6, must be at least 7",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(cardamom::bin_times(times, 0), "bin_times: bins is 0, must be at least 1",
                       std::invalid_argument);
}

TEST_CASE("BEELINE tables are read") {
  const support::TemporaryDirectory directory;
  const std::string path = directory.write("ExpressionData.csv", expression);
  directory.write("PseudoTime.csv", ",PseudoTime\nc1,0\nc2,6\nc3,24\n");
  check_counts(cardamom::read_beeline(path));
  const Counts chosen = cardamom::read_beeline(path, {.genes = {"Light", "Klf4"}});
  CHECK(chosen.names() == Names{"Light", "Klf4"});
  CHECK(chosen.values().col(1) == Eigen::Vector3d(0, 1, 5));
  check_counts(cardamom::read_beeline(path, {.times = directory.write("times.tsv", times_table)}));
  CHECK(cardamom::read_beeline(path, {.time_bins = 1}).time_points().size() == 1);
  directory.write("ExpressionData.csv", "\"\",\"c1\",\"c2\",\"c3\"\n\"Sox2\",0.5,0,1\n");
  CHECK(cardamom::read_beeline(path, {.fractions = true}).values()(0, 1) == 0.5);
}

TEST_CASE("bad BEELINE tables are refused") {
  const support::TemporaryDirectory directory;
  directory.write("PseudoTime.csv", ",PseudoTime\nc1,0\nc2,6\n");
  const auto refused = [&](const std::string& content, const std::string& text,
                           const cardamom::NamedTableOptions& options = {}) {
    const std::string path = directory.write("ExpressionData.csv", content);
    check_refused(path, text, [&] { return cardamom::read_beeline(path, options); });
  };
  refused("", ": the file is empty");
  refused("genes\n", ", line 1: the first line names no cells");
  refused(",c1,c2\n", ": there are no genes");
  refused(",c1,c2\nSox2,1\n", ", line 2, column 3: the row has 1 values, must have one per name of the first line: 2");
  refused(",c1,c2\nSox2,1,2,3\n",
          ", line 2, column 4: the row has 3 values, must have one per name of the first line: 2");
  refused(",c1,c2\n,1,2\n", ", line 2, column 1: the row has no name");
  refused(",c1,c2\nSox2,1,NA\n",
          ", line 2, column 3: value is \"NA\", must be a whole number in [0, 2^53]: counts are molecules");
  refused(",c1,c2\nSox2,1,0.5\n",
          ": gene \"Sox2\", cell 2: value is 0.5, must be a whole number >= 0: raw counts of molecules, not "
          "normalised ones");
  refused(",c1,c2\nSox2,1,-1\n", ": gene \"Sox2\", cell 2: value is -1, must be a finite number >= 0",
          {.fractions = true});
  refused(",c1,c2\nSox2,1,1\nSox2,1,1\n", ": gene \"Sox2\" occurs twice");
  refused(",c1,c2\nSox2,1,1\nSox2,1,1\n", ": several genes are called \"Sox2\": choose one by its identifier",
          {.genes = {"Stimulus", "Sox2"}});
  refused(",c1,c2\nSox2,1,1\n", ": there is no gene \"Klf4\"", {.genes = {"Stimulus", "Klf4"}});
  const std::string times = directory / "PseudoTime.csv";
  const std::string path = directory.write("ExpressionData.csv", ",c1,c3\nSox2,1,1\n");
  check_refused(times, ": there is no time for cell \"c3\"", [&] { return cardamom::read_beeline(path); });
  directory.write("ExpressionData.csv", ",c1,c2\nSox2,1,1\n");
  check_refused(times, ": times of 2 cells cannot make 3 groups",
                [&] { return cardamom::read_beeline(path, {.time_bins = 3}); });
}

TEST_CASE("chosen genes that a table lacks are skipped on demand, and counted") {
  using cardamom::UnknownGenes;
  const support::TemporaryDirectory directory;
  directory.write("PseudoTime.csv", ",PseudoTime\nc1,0\nc2,6\n");
  const std::string path = directory.write("ExpressionData.csv", ",c1,c2\nSox2,1,2\nKlf4,3,4\n");
  const auto read = [&](const std::string& genes, UnknownGenes unknown = UnknownGenes::skip) {
    return cardamom::read_counts(path, {.gene_names = directory.write("genes.txt", genes), .unknown = unknown});
  };
  const cardamom::CountsFile some = read("0 Light\n1 Oct4\n2 Klf4\n3 Gata4\n");
  CHECK(some.counts.names() == Names{"Light", "Klf4"});
  CHECK(some.counts.values().col(1) == Eigen::Vector2d(3, 4));
  CHECK(some.remarks ==
        Names{path + ": 2 of 3 genes that are asked for are not there, skipped; the first is \"Oct4\""});
  CHECK(read("0 Light\n1 Klf4\n2 Oct4\n").remarks ==
        Names{path + ": 1 of 2 genes that are asked for are not there, skipped: \"Oct4\""});
  CHECK(read("0 Light\n1 Klf4\n2 Sox2\n").remarks.empty());

  const auto refused = [&](const std::string& genes, const std::string& text,
                           UnknownGenes unknown = UnknownGenes::skip) {
    check_refused(path, text, [&] { return read(genes, unknown); });
  };
  refused("0 Light\n1 Klf4\n2 Oct4\n", ": there is no gene \"Oct4\"", UnknownGenes::refuse);
  refused("0 Light\n1 Oct4\n", ": there is no gene \"Oct4\"");
  refused("0 Light\n1 Oct4\n2 Gata4\n", ": there is no gene \"Oct4\", nor any other of the 2 that are asked for");
  for (const UnknownGenes unknown : {UnknownGenes::skip, UnknownGenes::refuse}) {
    refused("0 Light\n1 Sox2\n2 KLF4\n",
            ": there is no gene \"KLF4\", but there is \"Klf4\": upper and lower case differ", unknown);
  }

  // The other formats do as tables of BEELINE do.
  const support::TemporaryDirectory folder;
  folder.write("matrix.mtx", "%%MatrixMarket matrix coordinate integer general\n2 2 2\n1 1 3\n2 2 4\n");
  folder.write("features.tsv", "ENS1\tSox2\nENS2\tKlf4\n");
  folder.write("barcodes.tsv", "c1\nc2\n");
  const cardamom::CountsFile cells =
      cardamom::read_counts(folder.path(), {.gene_names = directory.write("genes.txt", "0 Light\n1 Oct4\n2 ENS2\n"),
                                            .times = directory / "PseudoTime.csv",
                                            .unknown = UnknownGenes::skip});
  CHECK(cells.counts.values().col(1) == Eigen::Vector2d(0, 4));
  CHECK(cells.remarks == Names{folder.path() + ": 1 of 2 genes that are asked for are not there, skipped: \"Oct4\""});
}

TEST_CASE("10x folders are read") {
  const support::TemporaryDirectory directory;
  const support::TemporaryDirectory other;
  write_ten_x(directory);
  const std::string times = other.write("times.tsv", times_table);
  check_counts(cardamom::read_ten_x(directory.path(), {.times = times}));
  const Counts chosen = cardamom::read_ten_x(directory.path(), {.genes = {"Light", "ENS2", "Sox2"}, .times = times});
  CHECK(chosen.names() == Names{"Light", "ENS2", "Sox2"});
  CHECK(chosen.values().col(1) == Eigen::Vector3d(0, 1, 5));
  // Features of one name are told apart by their identifiers.
  directory.write("features.tsv", "ENS1\tSox2\nENS2\tSox2\n");
  CHECK(cardamom::read_ten_x(directory.path(), {.times = times}).names() == Names{"Stimulus", "ENS1", "ENS2"});
  // The older name of the file, of one column.
  std::filesystem::remove(directory / "features.tsv");
  directory.write("genes.tsv", "Sox2\nKlf4\n");
  check_counts(cardamom::read_ten_x(directory.path(), {.times = times}));
}

TEST_CASE("bad 10x folders are refused") {
  const support::TemporaryDirectory directory;
  const support::TemporaryDirectory other;
  const cardamom::NamedTableOptions options{.times = other.write("times.tsv", times_table)};
  const auto refused = [&](const std::string& file, const std::string& text) {
    check_refused(file.empty() ? directory.path() : directory / file, text,
                  [&] { return cardamom::read_ten_x(directory.path(), options); });
  };
  const std::string head = "%%MatrixMarket matrix coordinate integer general\n";
  refused("", ": the folder has no matrix.mtx");
  write_ten_x(directory);
  check_refused(directory.path(), ": a 10x folder does not say when its cells were taken: give a table of times",
                [&] { return cardamom::read_ten_x(directory.path(), {}); });
  const auto matrix = [&](const std::string& content, const std::string& text) {
    directory.write("matrix.mtx", content);
    refused("matrix.mtx", text);
  };
  matrix("1 2 3\n",
         ", line 1: this is no sparse MatrixMarket file: its first line must begin with %%MatrixMarket matrix "
         "coordinate");
  matrix("%%MatrixMarket matrix coordinate pattern general\n",
         ", line 1: the matrix must be general, of integer or real numbers");
  matrix("%%MatrixMarket matrix coordinate real symmetric\n",
         ", line 1: the matrix must be general, of integer or real numbers");
  matrix(head + "%\n", ": the line of sizes is missing");
  matrix(head + "2 3\n", ", line 2: the line must hold two whole numbers and a value: \"2 3\"");
  matrix(head + "2 3 x\n", ", line 2, column 3: number of entries is \"x\", must be a whole number");
  matrix(head + "3 3 0\n", ", line 2: the matrix is 3 x 3, but there are 2 features and 3 cells beside it");
  matrix(head + "2 3 1\n3 1 5\n", ", line 3: entry 3, 1 is out of range");
  matrix(head + "2 3 1\n1 0 5\n", ", line 3: entry 1, 0 is out of range");
  matrix(head + "2 3 2\n1 1 5\n1 1 5\n", ", line 4: the entry of cell 1 and \"Sox2\" is given twice");
  matrix(head + "2 3 2\n1 1 5\n", ": the file has 1 entries, its line of sizes says 2");
  matrix(head + "2 3 1\n1 1 0.5\n",
         ", line 3, column 3: value is \"0.5\", must be a whole number in [0, 2^53]: counts are molecules");
}

TEST_CASE("every format is recognised") {
  const support::TemporaryDirectory panel;
  const support::TemporaryDirectory beeline;
  const support::TemporaryDirectory ten_x;
  const support::TemporaryDirectory other;
  const std::string times = other.write("times.tsv", times_table);
  const std::string panel_path = panel.write("counts.tsv", "0\t0\t6\t24\n0\t0\t1\t1\n1\t3\t0\t12\n2\t0\t1\t5\n");
  const std::string names = other.write("names.txt", "0 Stimulus\n1 Sox2\n2 Klf4\n");
  beeline.write("ExpressionData.csv", expression);
  beeline.write("PseudoTime.csv", ",PseudoTime\nc1,0\nc2,6\nc3,24\n");
  write_ten_x(ten_x);

  const auto check = [](const cardamom::CountsFile& file, const std::string& format) {
    CHECK(file.format == format);
    check_counts(file.counts);
  };
  check(cardamom::read_counts(panel_path, {.gene_names = names}), "panel");
  check(cardamom::read_counts(beeline.path()), "BEELINE table");
  check(cardamom::read_counts(beeline / "ExpressionData.csv"), "BEELINE table");
  check(cardamom::read_counts(other.write("table.csv", expression), {.gene_names = names, .times = times}),
        "BEELINE table");
  CHECK(cardamom::read_counts(ten_x.path(), {.times = times}).remarks ==
        Names{times + ": times such as \"24h\" are read as 24 h"});
  check(cardamom::read_counts(ten_x.path(), {.times = times}), "10x folder");
  check(cardamom::read_counts(ten_x / "matrix.mtx", {.gene_names = names, .times = times}), "10x folder");
  CHECK(cardamom::read_counts(panel_path, {.time_bins = 1}).counts.time_points().size() == 1);
  check_refused(panel_path, ": times of 3 cells cannot make 4 groups",
                [&] { return cardamom::read_counts(panel_path, {.time_bins = 4}); });

  check_refused(other.path(), ": the folder holds neither matrix.mtx (10x) nor ExpressionData.csv (BEELINE)",
                [&] { return cardamom::read_counts(other.path()); });
  check_refused(other / "none", ": cannot be opened: No such file or directory",
                [&] { return cardamom::read_counts(other / "none"); });
  // A table without times is taken for a panel, whose reader says what is missing.
  check_refused(other / "table.csv",
                ", line 1, column 2: time is \"c1\", must be a finite number: the first row holds the cells' times; a "
                "table that names genes and cells goes with a table of times",
                [&] { return cardamom::read_counts(other / "table.csv"); });
}

TEST_CASE("numbers of cells are not taken for times, and options of another format not for nothing") {
  const support::TemporaryDirectory directory;
  // A data frame without names of cells, the same with its times, and a panel with a cell at every hour.
  const std::string frame = directory.write("frame.csv", ",0,1,2\nSox2,3,0,12\nKlf4,0,1,5\n");
  const std::string times = directory.write("times.csv", ",time\n0,0\n1,6\n2,24\n");
  const std::string panel = directory.write("panel.csv", "0,0,1,2\n0,0,1,1\n1,3,0,12\n2,0,1,5\n");
  check_refused(frame,
                ", line 1, column 2: the first row is 0, 1, … up to 2: numbers of cells, or times of a panel with one "
                "cell at each? A table of cells needs a table of their times; a panel has a number, such as 0, before "
                "its times",
                [&] { return cardamom::read_counts(frame); });
  check_counts(cardamom::read_counts(frame, {.times = times}).counts);
  CHECK(cardamom::read_counts(panel).counts.time_points().size() == 3);
  const std::string hours = directory.write("hours.csv", ",0,1,3\n0,0,1,1\n1,3,0,12\n");
  CHECK(cardamom::read_counts(hours).counts.time_points()[2] == 3.0);

  check_refused(panel, ": a table of times is given, but the first row holds times already, as that of a panel",
                [&] { return cardamom::read_counts(panel, {.times = times}); });
  check_refused(panel, ": layer \"raw\" is asked for, but this is a panel: only AnnData files have layers",
                [&] { return cardamom::read_counts(panel, {.layer = "raw"}); });
  check_refused(frame,
                ": times are asked for by the column \"day\", but this is a BEELINE table: only AnnData files have "
                "columns of obs",
                [&] { return cardamom::read_counts(frame, {.times = times, .time_key = "day"}); });
}

namespace {

/// A format of a user's own: a line `# mine`, then a count per cell at time 0.
struct MyFormat {
  std::string name() const { return "my format"; }
  bool recognises(const std::string&, std::string_view head) const { return head.substr(0, 6) == "# mine"; }
  cardamom::CountsFile read(const std::string& path, const cardamom::ReadCountsOptions& options) const {
    const std::string text = options.read(path);
    cardamom::TextLines lines(text);
    std::vector<double> values;
    for (lines.next(); lines.next();) {
      values.push_back(cardamom::parse_count(path, lines.number(), 1, lines.line(), options.fractions));
    }
    Matrix table = Matrix::Zero(static_cast<Index>(values.size()), 2);
    table.col(1) = Eigen::Map<const Vector>(values.data(), table.rows());
    return {Counts(table, Vector::Zero(table.rows())), {}, ""};
  }
};

}  // namespace

TEST_CASE("a format of one's own is asked first") {
  const support::TemporaryDirectory directory;
  const std::string mine = directory.write("mine", "# mine\n3\n5\n");
  const std::string panel = directory.write("panel", "0\t0\n0\t0\n1\t3\n");
  const cardamom::CountsFile file = cardamom::read_counts(mine, {}, MyFormat{});
  CHECK(file.format == "my format");
  CHECK(file.counts.values().col(1) == Eigen::Vector2d(3, 5));
  CHECK(cardamom::read_counts(panel, {}, MyFormat{}).format == "panel");
  check_refused(mine, ", line 2, column 1: value is \"x\", must be a whole number in [0, 2^53]: counts are molecules",
                [&] {
                  directory.write("mine", "# mine\nx\n");
                  return cardamom::read_counts(mine, {}, MyFormat{});
                });
}

TEST_CASE("compressed files are refused where nothing can unpack them") {
  const support::TemporaryDirectory directory;
  const std::string path = directory.write("counts.tsv", std::string("\x1f\x8b") + "rest");
  check_refused(path, ": the file is compressed, and is read here without zlib: unpack it by gunzip first",
                [&] { return cardamom::read_panel(path); });
}

TEST_CASE("several inputs and none in every format of text") {
  const support::TemporaryDirectory directory;
  const support::TemporaryDirectory ten_x;
  const std::string names = directory.write("names", "0 Light\n1 Sox2\n2 Klf4\n");
  const std::string panel =
      directory.write("panel", "0\t0\t6\t24\n0\t0\t1\t1\ninput:dose\t0\t2\t3\n1\t3\t0\t12\n2\t0\t1\t5\n");
  // A further input names itself, in the gene-name file or not.
  const Counts named = cardamom::read_counts(panel, {.gene_names = names}).counts;
  CHECK(named.inputs() == 2);
  CHECK(named.names() == Names{"Light", "dose", "Sox2", "Klf4"});
  const std::string more = directory.write("more", "input:dose\n0 Light\n1 Sox2\n2 Klf4\n");
  CHECK(cardamom::read_counts(panel, {.gene_names = more}).counts.names() == named.names());
  const std::string other = directory.write("other", "input:heat\n0 Light\n1 Sox2\n2 Klf4\n");
  check_refused(other, ": the counts have no input \"heat\"",
                [&] { return cardamom::read_counts(panel, {.gene_names = other}); });
  const std::string few = directory.write("few", "0 Light\n1 Sox2\n");
  check_refused(few, ": the file names 2 genes, the stimulus included, but the counts have 3",
                [&] { return cardamom::read_counts(panel, {.gene_names = few}); });

  const std::string bare = directory.write("bare", "0\t0\t6\t24\n1\t3\t0\t12\n2\t0\t1\t5\n");
  const std::string genes = directory.write("genes", "1 Sox2\n2 Klf4\n");
  const Names none;
  const Counts without = cardamom::read_counts(bare, {.gene_names = genes, .inputs = none}).counts;
  CHECK(without.inputs() == 0);
  CHECK(without.names() == Names{"Sox2", "Klf4"});
  CHECK(cardamom::read_counts(bare, {.gene_names = genes, .inputs = none, .time_bins = 1}).counts.inputs() == 0);

  write_ten_x(ten_x);
  const std::string times = directory.write("times.tsv", times_table);
  const Counts table = cardamom::read_counts(ten_x.path(), {.inputs = none, .times = times}).counts;
  CHECK(table.inputs() == 0);
  CHECK(table.names() == Names{"Sox2", "Klf4"});
  CHECK(table.values().col(1) == Eigen::Vector3d(0, 1, 5));
  const Counts chosen =
      cardamom::read_counts(ten_x.path(), {.gene_names = genes, .inputs = none, .times = times}).counts;
  CHECK(chosen.names() == Names{"Sox2", "Klf4"});
  check_refused(ten_x.path(),
                ": the format does not hold the levels of 2 inputs, one of them at most is off up to t = 0 and on "
                "afterwards: use a panel",
                [&] {
                  return cardamom::read_counts(ten_x.path(), {.inputs = Names{"light", "dose"}, .times = times});
                });
}
