// Tables of counts of every hand: what is written in another way is read the same, what may be meant in two is refused.
#include <optional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/io/beeline.hpp>
#include <cardamom/io/number_table.hpp>
#include <cardamom/io/panel.hpp>
#include <cardamom/io/read_counts.hpp>
#include <support/files.hpp>

using cardamom::Counts;
using cardamom::CountsFile;
using cardamom::Index;
using cardamom::Matrix;
using cardamom::ReadCountsOptions;
using cardamom::TableOrientation;
using cardamom::ValueScale;
using cardamom::Vector;
using Names = std::vector<std::string>;

namespace {

/// Cells at 0, 6 and 24 h; genes Sox2 and Klf4.
void check_counts(const Counts& counts, const Names& names = {"Stimulus", "Sox2", "Klf4"}) {
  REQUIRE(counts.cells() == 3);
  REQUIRE(counts.nodes() == 3);
  Matrix values(3, 3);
  values << 0, 3, 0, 1, 0, 1, 1, 12, 5;
  CHECK(counts.values() == values);
  CHECK(counts.times() == Eigen::Vector3d(0, 6, 24));
  CHECK(counts.names() == names);
}

std::string in_utf16(const std::string& text) {
  std::string result = "\xff\xfe";
  for (const char c : text) result += {c, '\0'};
  return result;
}

std::string replaced(std::string text, char from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, 1, to);
  }
  return text;
}

const std::string by_genes = ",c1,c2,c3\nSox2,3,0,12\nKlf4,0,1,5\n";
const std::string by_cells = ",Sox2,Klf4\nc1,3,0\nc2,0,1\nc3,12,5\n";
const std::string cell_times = "cell,time\nc1,0\nc2,6\nc3,24\n";
const std::string as_cells = "; --orientation genes-by-cells says otherwise";

}  // namespace

TEST_CASE("tables of genes and cells are read as every program writes them") {
  const support::TemporaryDirectory directory;
  directory.write("PseudoTime.csv", cell_times);
  const auto check = [&](const std::string& content, const Names& names = {"Stimulus", "Sox2", "Klf4"}) {
    CAPTURE(content);
    check_counts(cardamom::read_counts(directory.write("table", content)).counts, names);
  };
  for (const std::string& table : {by_genes, by_cells}) {
    check(table);
    check(replaced(table, ',', ";"));
    check(replaced(table, ',', "\t"));
    check(replaced(table, '\n', "\r\n"));
    check(replaced(table, '\n', "\r"));
    check(replaced(table, '\n', ",\n"));      // a separator at the end of every line
    check(replaced(table, '\n', "\n\n#\n"));  // blank lines and comments
    check("\xef\xbb\xbf" + table);
    check(in_utf16(table));
    check(in_utf16(replaced(table, '\n', "\r\n")));
    check(table.substr(1));  // R's line of titles without a corner
    check("\"\"" + table);
    check("gene" + table);
  }
  check("\"c1\" \"c2\" \"c3\"\n\"Sox2\" 3 0 12\n\"Klf4\" 0 1 5\n");
  check(",c1,c2,c3\nSox2,3.0,0,1.2e1\nKlf4,-0,1.0,+5\n");
  check(";c1;c2;c3\nSox2;3,0;0;12,0\nKlf4;0,0;1;5\n");
  check(",c1,c2,c3\nSox2,3,0,12,\nKlf4,0,1,5,,\n");
  check(",c1,c2,c3\n\"HLA-A,B\",3,0,12\n\"Nkx2\"\"5\",0,1,5\n", {"Stimulus", "HLA-A,B", "Nkx2\"5"});
  check(",c1,c2,c3\nHLA;A,3,0,12\nKlf4,0,1,5\n", {"Stimulus", "HLA;A", "Klf4"});
}

TEST_CASE("tables of times are read as every program writes them") {
  const support::TemporaryDirectory directory;
  const std::string path = directory.write("table", by_genes);
  const auto check = [&](const std::string& content) {
    CAPTURE(content);
    check_counts(cardamom::read_counts(path, {.times = directory.write("times", content)}).counts);
  };
  check("PseudoTime\nc1,0\nc2,6\nc3,24\n");
  check("\"PseudoTime\"\n\"c1\" 0\n\"c2\" 6\n\"c3\" 24\n");
  check(";time\nc1;0,0\nc2;6,0\nc3;24\n");
  check("cell,time,\nc1,0,\nc2,6,\nc3,24,\n");
  check("cell\ttime\rc1\t0\rc2\t0,25 d\rc3\t1d\r");
  check(in_utf16(cell_times));
}

TEST_CASE("names that R has changed are found again, where they can be") {
  const support::TemporaryDirectory directory;
  const std::string path = directory.write("table", ",AC.1,X2b,c3\nSox2,3,0,12\nKlf4,0,1,5\n");
  const std::string times = directory.write("times", "cell,time\nAC-1,0\n2b,6\nc3,24\n");
  const CountsFile file = cardamom::read_counts(path, {.times = times});
  check_counts(file.counts);
  CHECK(file.remarks == Names{times + ": \"AC-1\" is taken for cell \"AC.1\", as R writes it, and others likewise"});
  directory.write("times", "cell,time\nAC-1,0\nAC+1,0\n2b,6\nc3,24\n");
  support::check_io_error(times, ": cell \"AC.1\" is what R makes of the names of several cells",
                          [&] { return cardamom::read_counts(path, {.times = times}); });
}

TEST_CASE("which way a table stands is told by names, and said") {
  const support::TemporaryDirectory directory;
  const std::string times = directory.write("times", cell_times);
  const std::string table = directory.write("table", by_cells);
  const CountsFile told = cardamom::read_counts(table, {.times = times});
  check_counts(told.counts);
  CHECK(told.format == "table of cells x genes");
  CHECK(told.remarks == Names{table + ": rows are taken for cells, since the table of times names them" + as_cells});
  const CountsFile asked =
      cardamom::read_counts(table, {.times = times, .orientation = TableOrientation::cells_by_genes});
  check_counts(asked.counts);
  CHECK(asked.remarks.empty());
  support::check_io_error(times, ": there is no time for cell \"Sox2\"", [&] {
    return cardamom::read_counts(table, {.times = times, .orientation = TableOrientation::genes_by_cells});
  });

  // Numbers name both cells and genes: the genes that are asked for tell, or how many cells there are.
  directory.write("times", ",time\n0,0\n1,6\n2,24\n");
  directory.write("table", ",0,1,2\n0,3,0,12\n1,0,1,5\n");
  const CountsFile more = cardamom::read_counts(table, {.times = times});
  check_counts(more.counts, {"Stimulus", "0", "1"});
  CHECK(more.format == "BEELINE table");
  CHECK(more.remarks == Names{table + ": rows are taken for genes, since the table of times has as many cells as there "
                                      "are columns; --orientation cells-by-genes says otherwise"});
  directory.write("times", ",time\n0,0\n1,6\n2,24\n3,24\n");
  support::check_io_error(table,
                          ": rows may be genes, since the table of times has the names of the columns, or cells, "
                          "since it has those of the rows: --orientation genes-by-cells or cells-by-genes says which",
                          [&] { return cardamom::read_counts(table, {.times = times}); });
  directory.write("table", ",0,1,2\n0,3,0,12\n1,0,1,5\n2,0,0,0\n");
  const std::string genes = directory.write("genes", "0 Light\n1 a\n2 b\n");
  directory.write("table", ",a,b\n0,3,0\n1,0,1\n2,12,5\n");
  check_counts(cardamom::read_counts(table, {.gene_names = genes, .times = times}).counts, {"Light", "a", "b"});

  // Numbers that do not count may be names as well, where the table of times knows them.
  directory.write("times", "cell,time\n101,0\n204,6\n103,24\n");
  directory.write("table", ",101,204,103\nSox2,3,0,12\nKlf4,0,1,5\n");
  check_counts(cardamom::read_counts(table, {.times = times}).counts);
  directory.write("table", "cell,6657,9314\n101,3,0\n204,0,1\n103,12,5\n");
  check_counts(cardamom::read_counts(table, {.times = times}).counts, {"Stimulus", "6657", "9314"});
  directory.write("table", "cell,6657,9314\n105,3,0\n204,0,1\n103,12,5\n");
  support::check_io_error(table,
                          ": a table of times is given, but the first row holds times already, as that of a panel",
                          [&] { return cardamom::read_counts(table, {.times = times}); });

  // Names of cells that nobody knows: what is missing is said of the usual way.
  directory.write("times", cell_times);
  directory.write("table", ",k1,k2\nSox2,1,2\n");
  support::check_io_error(times, ": there is no time for cell \"k1\"",
                          [&] { return cardamom::read_counts(table, {.times = times}); });
}

TEST_CASE("a table may hold its times and the levels of inputs") {
  const support::TemporaryDirectory directory;
  const auto read = [&](const std::string& content, const ReadCountsOptions& options = {}) {
    return cardamom::read_counts(directory.write("table", content), options);
  };
  const std::string remark =
      directory / "table" + ": rows are taken for cells, since there is a column of times" + as_cells;
  const CountsFile first = read("time,Sox2,Klf4\n0,3,0\n6,0,1\n24,12,5\n");
  check_counts(first.counts);
  CHECK(first.remarks == Names{remark});
  CHECK(first.format == "table of cells x genes");
  check_counts(read("cell,time_h,Sox2,Klf4\nc1,0,3,0\nc2,6h,0,1\nc3,24,12,5\n").counts);
  const CountsFile days = read("cell;Day;Sox2;Klf4\nc1;0;3;0\nc2;0,25;0;1\nc3;1;12;5\n");
  check_counts(days.counts);
  CHECK(days.remarks.size() == 3);
  check_counts(read("cell,c1,c2,c3\ntime,0,6,24\nSox2,3,0,12\nKlf4,0,1,5\n").counts);
  // Timeless is a gene.
  check_counts(read("cell,time,Timeless,Klf4\nc1,0,3,0\nc2,6,0,1\nc3,24,12,5\n").counts,
               {"Stimulus", "Timeless", "Klf4"});

  const CountsFile both = read("time,stimulus,Sox2,input:dose\n0,0,3,0\n6,0.5,0,1\n24,0,12,2\n");
  CHECK(both.remarks ==
        Names{remark, directory / "table" + ": column \"stimulus\" is taken for the levels of an input; "
                                            "--inputs says what inputs there are"});
  const Counts& levels = both.counts;
  CHECK(levels.inputs() == 2);
  CHECK(levels.names() == Names{"Stimulus", "dose", "Sox2"});
  CHECK(levels.values().col(0) == Eigen::Vector3d(0, 0.5, 0));
  CHECK(levels.values().col(1) == Eigen::Vector3d(0, 1, 2));
  const std::string genes = directory.write("genes", "0 RA\n1 Sox2\n");
  const Counts chosen = read("time,Klf4,Sox2,RA\n0,0,3,1\n6,1,0,1\n24,5,12,0\n", {.gene_names = genes}).counts;
  CHECK(chosen.names() == Names{"RA", "Sox2"});
  CHECK(chosen.values().col(0) == Eigen::Vector3d(1, 1, 0));

  const std::string table = directory / "table";
  const auto refused = [&](const std::string& content, const std::string& text, const ReadCountsOptions& options = {}) {
    CAPTURE(content);
    support::check_io_error(table, text, [&] { return read(content, options); });
  };
  const std::string times = directory.write("times", cell_times);
  refused("cell,time,Sox2\nc1,0,3\n",
          ": times are given twice, by " + times +
              " and by \"time\" in the table: leave one "
              "of them out",
          {.times = times});
  refused("cell,time,day,Sox2\nc1,0,0,3\n",
          ", line 1, column 3: \"day\" may hold the times, as may \"time\": leave one "
          "of them out");
  refused("cell,time,Sox2\nc1,x,3\n", ", line 2, column 2: time is \"x\", must be a finite number [h]");
  refused("cell,time,c2\ntime,0,3\n",
          ": rows may be genes, since there is a row of times, or cells, since there is a column of times: "
          "--orientation genes-by-cells or cells-by-genes says which");
  refused("cell,time,type,Sox2\nc1,0,ES,3\n",
          ", line 2, column 3: value is \"ES\", must be a whole number in [0, 2^53]: counts are molecules");
  refused("gene,cell,count\nSox2,c1,3\n",
          ": a list of counts does not say when its cells were taken: give a table of times");
  refused("time,input:dose,Sox2\n0,0,3\n", ", line 1, column 2: input \"dose\" is not declared",
          {.inputs = Names{"light"}});
  refused("time,dose,Sox2\n0,0,3\n",
          ": there is no column of input \"light\", but there are several inputs: their levels must be known",
          {.inputs = Names{"light", "dose"}});
}

TEST_CASE("cells that occur twice are refused") {
  const support::TemporaryDirectory directory;
  directory.write("PseudoTime.csv", cell_times);
  const auto refused = [&](const std::string& content, const std::string& text) {
    const std::string path = directory.write("table", content);
    support::check_io_error(path, text, [&] { return cardamom::read_counts(path); });
  };
  refused(",c1,c2,c1\nSox2,3,0,12\n", ", line 1, column 4: cell \"c1\" occurs twice, already in column 2");
  refused(",Sox2\nc1,3\n\nc2,0\nc1,12\n", ", line 5, column 1: cell \"c1\" occurs twice, already in line 2");
  // A value that is missing is no separator at the end.
  refused(",c1,c2,c3\nSox2,3,0,\nKlf4,0,1,5\n",
          ", line 2, column 4: value is missing, must be a whole number in [0, 2^53]: counts are molecules");
  refused(",c1,c2,c3\nSox2,\"3\n", ", line 2: a quote is opened in this line, and nowhere closed");
  refused("a,b;c\nd,e;f\n",
          ", line 1: fields may be separated by semicolons, with decimal commas, or by commas: the second "
          "line tells no more than the first");
}

TEST_CASE("panels are read as every program writes them") {
  const support::TemporaryDirectory directory;
  const std::string panel = "0\t0\t6\t24\n0\t0\t1\t1\n1\t3\t0\t12\n2\t0\t1\t5\n";
  const auto check = [&](const std::string& content) {
    CAPTURE(content);
    check_counts(cardamom::read_panel(directory.write("panel", content)), {"Stimulus", "1", "2"});
  };
  for (const std::string separator : {"\t", ",", ";", " "}) {
    const std::string table = replaced(panel, '\t', separator);
    check(table);
    check(replaced(table, '\n', "\r"));
    check(replaced(table, '\n', "\n\n"));
    check(replaced(table, '\n', separator + separator + "\n"));
    check(in_utf16(table));
    check("# written by a program\n" + table + "# end\n");
  }
  check("0;0,0;6,0;24,0\n0;0;1,0;1\n1;3;0;12,0\n2;0,0;1;5\n");
  check("0\t0,0\t6\t24\n0\t0\t1\t1\n1\t3\t0\t12\n2\t0\t1\t5\n");
  check(panel + "\t\t\t\n");
  const std::string path = directory.write("panel", "0\t0\t6\t1,200\n0\t0\t1\t1\n1\t3\t0\t12\n");
  support::check_io_error(path,
                          ", line 1, column 4: value is \"1,200\": 1.200, with a decimal comma, or 1200, in groups of "
                          "thousands? No other number of the file tells: write it with a point, or without groups",
                          [&] { return cardamom::read_panel(path); });
}

TEST_CASE("a panel with a row per cell is read when it is asked for") {
  const support::TemporaryDirectory directory;
  const auto read = [&](const std::string& content, const std::optional<Names>& inputs = {}) {
    return cardamom::read_counts(directory.write("panel", content),
                                 {.inputs = inputs, .orientation = TableOrientation::cells_by_genes});
  };
  const Names indices{"Stimulus", "1", "2"};
  check_counts(read("0\t0\t1\t2\n0\t0\t3\t0\n6\t1\t0\t1\n24\t1\t12\t5\n").counts, indices);
  check_counts(read("h,0,Sox2,Klf4\n0,0,3,0\n6,1,0,1\n24,1,12,5\n").counts);
  CHECK(read("h,0,Sox2,Klf4\n0,0,3,0\n6,1,0,1\n24,1,12,5\n").format == "panel");
  // Without labels it must be said which columns are inputs.
  const std::string bare = "0\t0\t3\t0\n6\t1\t0\t1\n24\t1\t12\t5\n";
  check_counts(read(bare, Names{"Stimulus"}).counts, indices);
  CHECK(read(bare, Names{}).counts.names() == Names{"1", "2", "3"});
  const std::string path = directory / "panel";
  support::check_io_error(path,
                          ", line 1: there are no labels above the columns, so it cannot be told which columns after "
                          "the times are inputs: --inputs names them, --inputs none says that there are none",
                          [&] { return read(bare); });
  support::check_io_error(path,
                          ", line 2, column 1: time is \"x\", must be a finite number: the first column holds the "
                          "cells' times",
                          [&] { return read("h,0,Sox2\nx,0,3\n"); });
  support::check_io_error(path,
                          ", line 3, column 3: value is \"-1\", must be a whole number in [0, 2^53]: counts are "
                          "molecules",
                          [&] { return read("h,0,Sox2\n0,0,3\n6,1,-1\n"); });
  // Unasked it is a panel of which a gene comes twice.
  directory.write("panel", "0\t0\t3\t0\n0\t0\t0\t1\n0\t1\t12\t5\n0\t1\t2\t5\n");
  support::check_io_error(path,
                          ", line 4, column 1: gene \"0\" has a second row: rows of a panel are nodes; --orientation "
                          "cells-by-genes says that they are cells",
                          [&] { return cardamom::read_counts(path); });
}

TEST_CASE("a first row that may be a gene or an input is refused") {
  const support::TemporaryDirectory directory;
  const std::string path = directory.write("panel", "0\t0\t0\t6\nSox2\t1\t3\t0\nKlf4\t0\t0\t1\n");
  support::check_io_error(
      path,
      ", line 2, column 3: \"Sox2\" comes first, as the input does, but is 1 and 3 in cells at 0 h: "
      "an input, or a gene of a panel without inputs? --inputs Sox2 says the one, --inputs none "
      "the other",
      [&] { return cardamom::read_panel(path); });
  CHECK(cardamom::read_panel(path, {.inputs = Names{}}).names() == Names{"Sox2", "Klf4"});
  CHECK(cardamom::read_panel(path, {.inputs = Names{"Sox2"}}).inputs() == 1);
  directory.write("panel", "0\t0\t0\t6\nRA\t0\t0\t2\nKlf4\t0\t0\t1\n");
  CHECK(cardamom::read_panel(path).names() == Names{"RA", "Klf4"});
  for (const std::string label : {"0", "stimulus"}) {
    directory.write("panel", "0\t0\t0\t6\n" + label + "\t0\t1\t2\nKlf4\t0\t0\t1\n");
    CHECK(cardamom::read_panel(path).inputs() == 1);
  }
}

TEST_CASE("options of tables of text are refused for other formats") {
  const support::TemporaryDirectory folder;
  folder.write("matrix.mtx", "%%MatrixMarket matrix coordinate integer general\n1 1 1\n1 1 3\n");
  folder.write("features.tsv", "ENS1\tSox2\n");
  folder.write("barcodes.tsv", "c1\n");
  support::check_io_error(
      folder.path(),
      ": an orientation is given, but this is of the format 10x folder: only tables of text stand "
      "one way or the other",
      [&] { return cardamom::read_counts(folder.path(), {.orientation = TableOrientation::cells_by_genes}); });
  support::check_io_error(
      folder.path(),
      ": values are said to be log1p, but this is of the format 10x folder: only tables of text are "
      "read as logarithms",
      [&] { return cardamom::read_counts(folder.path(), {.values = ValueScale::log1p}); });
}

TEST_CASE("large tables are the same whichever way they stand, and wherever their lines end") {
  constexpr Index cells = 150;
  constexpr Index genes = 70;
  Matrix values(cells, genes + 1);
  Vector times(cells);
  std::string turned = "time,0";
  for (Index gene = 1; gene <= genes; ++gene) turned += "," + std::to_string(gene);
  for (Index cell = 0; cell < cells; ++cell) {
    times[cell] = static_cast<double>(6 * (cell / 50));
    turned += "\n" + std::to_string(6 * (cell / 50));
    for (Index node = 0; node <= genes; ++node) {
      values(cell, node) =
          node == 0 ? static_cast<double>(cell >= 50) : static_cast<double>((7 * cell + 31 * node) % 113);
      turned += "," + std::to_string(static_cast<int>(values(cell, node)));
    }
  }
  const support::TemporaryDirectory folder;
  const std::string upright = cardamom::panel_text(Counts(values, times));
  const auto check = [&](const std::string& text, TableOrientation orientation) {
    const Counts counts = cardamom::read_panel(folder.write("panel", text), {.orientation = orientation});
    CHECK(counts.values() == values);
    CHECK(counts.times() == times);
  };
  for (const char* const end : {"\n", "\r\n", "\r"}) {
    check(replaced(upright, '\n', end), TableOrientation::detect);
    check(replaced(turned, '\n', end), TableOrientation::cells_by_genes);
  }
}

TEST_CASE("tables without cells are refused") {
  const support::TemporaryDirectory folder;
  const std::string panel = folder.write("panel", "time,0,Sox2\n");
  support::check_io_error(panel, ": there are no rows after the first line, so there are no cells", [&] {
    return cardamom::read_panel(panel, {.orientation = TableOrientation::cells_by_genes});
  });
}
