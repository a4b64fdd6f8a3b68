#include <filesystem>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/io/barcodes.hpp>
#include <cardamom/io/cell_depths.hpp>
#include <cardamom/io/cell_times.hpp>
#include <cardamom/io/read_counts.hpp>
#include <cardamom/io/ten_x.hpp>
#include <support/files.hpp>

using cardamom::Counts;
using cardamom::Vector;
using Names = std::vector<std::string>;

namespace {

const std::string head = "%%MatrixMarket matrix coordinate integer general\n";
/// Two genes × three cells: 3 0 12 and 0 1 5.
const std::string matrix = head + "2 3 4\n1 1 3\n1 3 12\n2 2 1\n2 3 5\n";
const std::string features = "ENS1\tSox2\tGene Expression\nENS2\tKlf4\tGene Expression\n";
const std::string barcodes = "AAACCTGAG-1\nCAACCTGAG-1\nGAACCTGAG-1\n";
const std::string times_table = "AAACCTGAG-1 0\nCAACCTGAG-1 6\nGAACCTGAG-1 24\n";

/// A folder, and a table of times elsewhere.
struct Folder {
  support::TemporaryDirectory directory;
  support::TemporaryDirectory other;
  std::string times = other.write("times.tsv", times_table);

  void write(const std::string& begin = {}) {
    directory.write(begin + "matrix.mtx", matrix);
    directory.write(begin + "features.tsv", features);
    directory.write(begin + "barcodes.tsv", barcodes);
  }
  cardamom::CountsFile read(const std::string& name = {}) const {
    return cardamom::read_counts(name.empty() ? directory.path() : directory / name, {.times = times});
  }
  void refused(const std::string& file, const std::string& text, const cardamom::ReadCountsOptions& more = {}) const {
    cardamom::ReadCountsOptions options = more;
    options.times = times;
    support::check_io_error(file.empty() ? directory.path() : directory / file, text,
                            [&] { return cardamom::read_counts(directory.path(), options); });
  }
};

void check_counts(const Counts& counts) {
  CHECK(counts.names() == Names{"Stimulus", "Sox2", "Klf4"});
  CHECK(counts.values().col(1) == Eigen::Vector3d(3, 0, 12));
  CHECK(counts.values().col(2) == Eigen::Vector3d(0, 1, 5));
  CHECK(counts.times() == Eigen::Vector3d(0, 6, 24));
}

}  // namespace

TEST_CASE("files of a 10x table are found by the beginning that they have in common") {
  for (const char* begin : {"GSM1_day0_", "GSM1.", "sample-"}) {
    Folder folder;
    folder.write(begin);
    check_counts(folder.read().counts);
    check_counts(folder.read(std::string(begin) + "matrix.mtx").counts);
  }
  // Of several tables one must be chosen, and has its own siblings: those of GSM10 are not those of GSM1.
  Folder several;
  several.write("GSM1_");
  several.write("GSM10_");
  several.directory.write("GSM10_features.tsv", "ENS1\tOct4\nENS2\tNanog\n");
  several.refused(
      "",
      ": the folder has 2 tables, \"GSM10_matrix.mtx\" and \"GSM1_matrix.mtx\" among them: give the path of "
      "one of them");
  check_counts(several.read("GSM1_matrix.mtx").counts);
  CHECK(several.read("GSM10_matrix.mtx").counts.names() == Names{"Stimulus", "Oct4", "Nanog"});
  // One list of features for all samples, a matrix that is not called so.
  Folder shared;
  shared.directory.write("GSM1_counts.mtx", matrix);
  shared.directory.write("features.tsv", features);
  shared.directory.write("GSM1_barcodes.tsv", barcodes);
  check_counts(shared.read().counts);
  // The folder above, as Cell Ranger 2 makes one per genome.
  const support::TemporaryDirectory outer;
  std::filesystem::create_directory(outer / "hg19");
  outer.write("hg19/matrix.mtx", matrix);
  support::check_io_error(
      outer.path(),
      ": the folder holds neither matrix.mtx (10x) nor ExpressionData.csv (BEELINE); in it there is "
      "one of 10x: hg19",
      [&] { return cardamom::read_counts(outer.path(), {.times = shared.times}); });
  support::check_io_error(outer / "hg19", ": there is no features.tsv beside the matrix",
                          [&] { return cardamom::read_counts(outer / "hg19", {.times = shared.times}); });
}

TEST_CASE("features that are no genes are left out unless they are asked for") {
  Folder folder;
  folder.write();
  folder.directory.write("matrix.mtx", head + "4 3 6\n1 1 900\n2 1 3\n2 3 12\n3 2 1\n3 3 5\n4 2 70\n");
  folder.directory.write("features.tsv",
                         "CD4\tSox2\tAntibody Capture\nENS1\tSox2\tGene Expression\nENS2\tKlf4\tGene Expression\n"
                         "chr1:1-9\tchr1:1-9\tPeaks\tchr1\t1\t9\n");
  const cardamom::CountsFile genes = folder.read();
  check_counts(genes.counts);
  CHECK(genes.totals == Eigen::Vector3d(3, 1, 17));
  CHECK(genes.remarks ==
        Names{folder.directory.path() + ": 2 of 4 features are left out, of type Antibody Capture, Peaks"});
  const auto read = [&](const Names& types) {
    return cardamom::read_counts(folder.directory.path(), {.times = folder.times, .feature_types = types});
  };
  CHECK(read({"Peaks"}).counts.values().col(1) == Eigen::Vector3d(0, 70, 0));
  CHECK(read({"Gene Expression", "Antibody Capture"}).counts.names() == Names{"Stimulus", "CD4", "ENS1", "Klf4"});
  CHECK(read({"Gene Expression", "Antibody Capture"}).totals == Eigen::Vector3d(903, 1, 17));
  folder.refused("", ": there are no features of type \"Custom\", but of Antibody Capture, Gene Expression, Peaks",
                 {.feature_types = {"Custom"}});
  folder.refused("", ": \"chr1:1-9\" is a feature of a type or genome that is not read: ask for it by name",
                 {.gene_names = folder.other.write("genes.txt", "0 Stimulus\n1 chr1:1-9\n")});
  folder.directory.write("features.tsv", "a\ta\tPeaks\nb\tb\tPeaks\nc\tc\tPeaks\nd\td\tPeaks\n");
  folder.refused("", ": there are no features of type \"Gene Expression\", but of Peaks: ask for types by name");
  // A third column of something else says nothing about types.
  folder.directory.write("features.tsv", "a\ta\tchr1\nb\tb\tchr1\nc\tc\tchr2\nd\td\tchrX\n");
  CHECK(folder.read().counts.genes() == 4);
  // Other formats have no types.
  support::check_io_error(
      folder.other.write("panel.tsv", "0\t0\t6\n0\t0\t1\n1\t2\t3\n"),
      ": features of type \"Peaks\" are asked for, but this is a panel: only 10x tables have types",
      [&] { return cardamom::read_counts(folder.other / "panel.tsv", {.feature_types = {"Peaks"}}); });
}

TEST_CASE("lines of titles, blank lines and tables of cells x features are told by the sizes") {
  Folder folder;
  folder.write();
  folder.directory.write("features.tsv", "ENSEMBL\tSYMBOL\tTYPE\n" + features);
  folder.directory.write("barcodes.tsv", "barcode\n" + barcodes);
  folder.directory.write("matrix.mtx",
                         head + "%\n% made by hand\n\n2\t3\t4\r\n1\t1\t3\r\n1 3 12 \n\n2 2 1\n2 3 5.0\n\n");
  check_counts(folder.read().counts);
  // A line more that is none of titles.
  folder.directory.write("features.tsv", "ENS0\tNanog\n" + features);
  folder.refused("matrix.mtx", ", line 5: the matrix is 2 x 3, but there are 3 features and 4 cells beside it");
  folder.write();
  folder.directory.write("matrix.mtx", head + "3 2 4\n1 1 3\n3 1 12\n2 2 1\n3 2 5\n");
  const cardamom::CountsFile transposed = folder.read();
  check_counts(transposed.counts);
  CHECK(transposed.remarks ==
        Names{folder.directory / "matrix.mtx: rows are read as cells, as there are as many of them"});
}

TEST_CASE("a matrix is read by pieces whatever their borders") {
  Folder folder;
  folder.write();
  // Lines of many lengths, more of them than fit into a piece.
  constexpr int cells = 40000;
  std::string entries =
      head + "%" + std::string(300000, '-') + "\n3 " + std::to_string(cells) + " " + std::to_string(2 * cells) + "\n";
  std::string names;
  std::string times;
  Vector expected(cells);
  for (int cell = 0; cell < cells; ++cell) {
    expected[cell] = cell % 7 == 0 ? 9007199254740992.0 : cell * 13 % 100003;
    entries += "2 " + std::to_string(cell + 1) + " " +
               (cell % 7 == 0 ? std::string("9007199254740992") : std::to_string(cell * 13 % 100003)) +
               (cell % 3 == 0 ? "\r\n3 " : "\n3 ") + std::to_string(cell + 1) + " 1\n";
    names += "c" + std::to_string(cell) + "\n";
    times += "c" + std::to_string(cell) + " 24\n";
  }
  entries.pop_back();
  folder.directory.write("matrix.mtx", entries);
  folder.directory.write("features.tsv", "a\nb\nc\n");
  folder.directory.write("barcodes.tsv", names);
  folder.other.write("times.tsv", times);
  const cardamom::CountsFile read = folder.read();
  CHECK(read.counts.values().col(1) == Vector::Zero(cells));
  CHECK(read.counts.values().col(2) == expected);
  CHECK(read.counts.values().col(3) == Vector::Ones(cells));
  entries.replace(entries.find(" 80000\n"), 7, " 80001\n");
  folder.directory.write("matrix.mtx", entries + "\n3 40000 1");
  folder.refused("matrix.mtx", ", line 80004: the entry of cell 40000 and \"c\" is given twice");
}

TEST_CASE("barcodes are found with or without the number of their well, other names as they are") {
  const support::TemporaryDirectory directory;
  const auto times = [&](const std::string& table, const Names& cells) {
    return cardamom::read_cell_times(directory.write("times.tsv", table), cells);
  };
  const Names with{"AAACCTGAG-1", "CAACCTGAG-1"};
  const Names without{"AAACCTGAG", "CAACCTGAG"};
  CHECK(times("AAACCTGAG 6\nCAACCTGAG 24\n", with) == Eigen::Vector2d(6, 24));
  CHECK(times("AAACCTGAG-1 6\nCAACCTGAG-1 24\n", without) == Eigen::Vector2d(6, 24));
  CHECK(times("AAACCTGAG.1 6\nCAACCTGAG.1 24\n", with) == Eigen::Vector2d(6, 24));
  CHECK(times("s1_AAACCTGAG 6\ns1_CAACCTGAG 24\n", {"s1_AAACCTGAG-1", "s1_CAACCTGAG-1"}) == Eigen::Vector2d(6, 24));
  // The name itself comes first; of several that may be meant none is.
  CHECK(times("AAACCTGAG 6\nAAACCTGAG-1 24\n", {"AAACCTGAG-1", "AAACCTGAG"}) == Eigen::Vector2d(24, 6));
  const auto refused = [&](const std::string& table, const Names& cells, const std::string& cell) {
    support::check_io_error(directory / "times.tsv", ": there is no time for cell \"" + cell + "\"",
                            [&] { return times(table, cells); });
  };
  CHECK(times("AAACCTGAG 6\nAAACCTGAG-1 24\n", {"AAACCTGAG.1"})[0] == 24.0);  // as R writes the second
  refused("AAACCTGAG.1 6\nAAACCTGAG-1 24\n", {"AAACCTGAG"}, "AAACCTGAG");
  refused("AAACCTGAG 6\n", {"AAACCTGAG-2"}, "AAACCTGAG-2");  // another well
  refused("cell 6\n", {"cell.1"}, "cell.1");                 // R's second cell of that name
  support::check_io_error(directory / "times.tsv", ", line 2, column 1: cell \"AAACCTGAG\" is given already in line 1",
                          [&] { return times("AAACCTGAG 6\nAAACCTGAG 24\n", without); });
  CHECK(cardamom::read_cell_depths(directory.write("depths.tsv", "CAACCTGAG 3\nAAACCTGAG 5\n"), 2, with) ==
        Eigen::Vector2d(5, 3));
}
