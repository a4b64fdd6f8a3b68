#include <string>

#include <doctest/doctest.h>

#include <cardamom/core/random.hpp>
#include <cardamom/io/panel.hpp>
#include <support/data.hpp>
#include <support/files.hpp>

using cardamom::Counts;
using cardamom::Index;
using cardamom::Matrix;
using cardamom::Vector;

namespace {

const std::string small = "0\t0\t0\t6\t6\n0\t0\t0\t1\t1\n1\t3\t0\t12\t7\n2\t0\t0\t1\t25\n";

void check_small(const Counts& counts) {
  REQUIRE(counts.cells() == 4);
  REQUIRE(counts.nodes() == 3);
  Matrix values(4, 3);
  values << 0, 3, 0, 0, 0, 0, 1, 12, 1, 1, 7, 25;
  CHECK(counts.values() == values);
  CHECK(counts.times() == Eigen::Vector4d(0, 0, 6, 6));
  CHECK(counts.names() == std::vector<std::string>{"Stimulus", "1", "2"});
}

void check_refused(const std::string& panel, const std::string& text) {
  const support::TemporaryDirectory directory;
  const std::string path = directory.write("panel.tsv", panel);
  support::check_io_error(path, text, [&] { return cardamom::read_panel(path); });
}

}  // namespace

TEST_CASE("a panel is read") {
  const support::TemporaryDirectory directory;
  check_small(cardamom::read_panel(directory.write("panel.tsv", small)));
}

TEST_CASE("times of a panel have the unit of their title, or the one that is asked for") {
  const support::TemporaryDirectory directory;
  const std::string by_rows = directory.write("rows", "day" + small.substr(1));
  CHECK(cardamom::read_panel(by_rows).times() == Eigen::Vector4d(0, 0, 144, 144));
  CHECK(cardamom::read_panel(by_rows, {.time_unit = cardamom::TimeUnit::minutes}).times() ==
        Eigen::Vector4d(0, 0, 0.1, 0.1));
  const std::string by_columns = directory.write("columns", "Time (min)\tRA\tSox2\n0\t0\t3\n60\t1\t12\n");
  CHECK(cardamom::read_panel(by_columns, {.orientation = cardamom::TableOrientation::cells_by_genes}).times() ==
        Eigen::Vector2d(0, 1));
  const std::string plain = directory.write("plain", small);
  CHECK(cardamom::read_panel(plain, {.time_unit = cardamom::TimeUnit::days}).times() ==
        Eigen::Vector4d(0, 0, 144, 144));
}

TEST_CASE("indices of a panel may be written as NumPy writes numbers") {
  const support::TemporaryDirectory directory;
  const std::string numbers = "0.0e+00 0 0 6 6\n0.0e+00 0 0 1 1\n1.0e+00 3 0 12 7\n2.0e+00 0 0 1 25\n";
  check_small(cardamom::read_panel(directory.write("a", numbers)));
  const std::string named = directory.write("b", "0 0 6\n0 0 1\n1.0e+00 3 0\nSox2 0 1\n");
  CHECK(cardamom::read_panel(named).names() == std::vector<std::string>{"Stimulus", "1.0e+00", "Sox2"});
}

TEST_CASE("a panel is read with any separators and line ends") {
  const support::TemporaryDirectory directory;
  std::string spaces = small;
  std::string windows;
  std::string mixed = "0   0 0   6 6\n0\t0\t0\t1\t1\n1 3 0 12 7\n2\t 0 \t0\t1\t25  \n";
  for (char& c : spaces) c = c == '\t' ? ' ' : c;
  for (const char c : small) windows += c == '\n' ? "\r\n" : std::string(1, c);
  std::string commas = small;
  for (char& c : commas) c = c == '\t' ? ',' : c;
  check_small(cardamom::read_panel(directory.write("h", commas)));
  check_small(cardamom::read_panel(directory.write("a", spaces)));
  check_small(cardamom::read_panel(directory.write("b", windows)));
  check_small(cardamom::read_panel(directory.write("c", mixed)));
  check_small(cardamom::read_panel(directory.write("d", small.substr(0, small.size() - 1))));
  check_small(cardamom::read_panel(directory.write("e", small + "\n \r\n\n")));
  check_small(cardamom::read_panel(directory.write("f", "\xef\xbb\xbf" + small)));
  check_small(cardamom::read_panel(directory.write("g", small.substr(1))));  // an empty corner
}

TEST_CASE("numbers of a panel may be spelled in any way") {
  const support::TemporaryDirectory directory;
  check_small(cardamom::read_panel(
      directory.write("a", "time 0.0 -0 6e0 +6\n0 0 0.0 1 1\n1 3.0 -0 1.2e1 07\n2 0 0 +1 2.5e+1\n")));
}

TEST_CASE("a panel may name its genes and hold any labels") {
  const support::TemporaryDirectory directory;
  const Counts named = cardamom::read_panel(directory.write("a", "0\t0\nRA\t1\nSox2\t2\nKlf4\t3\n"));
  CHECK(named.names() == std::vector<std::string>{"RA", "Sox2", "Klf4"});
  const Counts part = cardamom::read_panel(directory.write("b", "0\t0\n0\t1\n7\t2\n3\t3\n"));
  CHECK(part.names() == std::vector<std::string>{"Stimulus", "7", "3"});
}

TEST_CASE("one time point and one cell at a time point are admissible") {
  const support::TemporaryDirectory directory;
  CHECK(cardamom::read_panel(directory.write("a", "0\t6\t6\n0\t1\t1\n1\t3\t0\n")).time_points().size() == 1);
  CHECK(cardamom::read_panel(directory.write("b", "0\t0\t6\n0\t0\t1\n1\t3\t0\n")).cells_at(1).size() == 1);
  CHECK(cardamom::read_panel(directory.write("c", "0\t0\n0\t0\n1\t3\n")).cells() == 1);
}

TEST_CASE("a stimulus may be a level and counts may be fractions when asked") {
  const support::TemporaryDirectory directory;
  const std::string path = directory.write("a", "0\t0\t6\n0\t0\t.5\n1\t3.25\t0\n");
  const Counts counts = cardamom::read_panel(path, {.fractions = true});
  CHECK(counts.values()(1, 0) == 0.5);
  CHECK(counts.values()(0, 1) == 3.25);
  CHECK_THROWS_AS(cardamom::read_panel(path), cardamom::IoError);
}

TEST_CASE("bad values of a panel are refused by line and column") {
  const std::string head = "0\t0\t0\n0\t0\t0\n";
  const std::string expected = ", must be a whole number in [0, 2^53]: counts are molecules";
  check_refused(head + "1\t3\t-1\n", ", line 3, column 3: value is \"-1\"" + expected);
  check_refused(head + "1\t3\t2.5\n", ", line 3, column 3: value is \"2.5\"" + expected);
  check_refused(head + "1\t\t2\n", ", line 3, column 2: value is missing" + expected);
  check_refused(head + "1\tNA\t2\n", ", line 3, column 2: value is \"NA\"" + expected);
  check_refused(head + "1\tnan\t2\n", ", line 3, column 2: value is \"nan\"" + expected);
  check_refused(head + "1\tinf\t2\n", ", line 3, column 2: value is \"inf\"" + expected);
  check_refused(head + "1\t1e300\t2\n", ", line 3, column 2: value is \"1e300\"" + expected);
  check_refused(head + "1\t1\t2x\n", ", line 3, column 3: value is \"2x\"" + expected);
  check_refused(head + "1\t1\t+-2\n", ", line 3, column 3: value is \"+-2\"" + expected);
  check_refused(head + "1\t1\t\x01" + std::string(50, 'y') + "\n",
                ", line 3, column 3: value is \"\\x01" + std::string(39, 'y') + "...\"" + expected);
  check_refused("0\t0\t0\n0\t0\t-1\n1\t1\t1\n", ", line 2, column 3: value is \"-1\", must be a finite number >= 0");
}

TEST_CASE("a panel of the wrong shape is refused") {
  check_refused("", ": the file is empty");
  check_refused(" \n\r\n", ": the file is empty");
  check_refused("0\n0\n1\n", ", line 1: the first row holds no times, so there are no cells");
  check_refused("0\t0\t0\n", ": the row of the stimulus is missing");
  check_refused("0\t0\t0\n0\t0\t0\n", ": there are no genes after the row of the stimulus");
  check_refused("0\t0\t0\n0\t0\t0\n1\t5\n",
                ", line 3, column 3: the row has 1 values, must have one per time of the first row: 2");
  check_refused("0\t0\t0\n0\t0\t0\n1\t5\t6\t7\t8\n",
                ", line 3, column 4: the row has 4 values, must have one per time of the first row: 2");
  check_refused("0\t0\t0\n0\t0\t0\n\t5\t6\n", ", line 3, column 1: the row has no gene index");
  check_refused("0\t0\t0\n0\t0\t0\n1\t5\t6\n1\t5\t6\n", ", line 4, column 1: gene \"1\" has a second row");
}

TEST_CASE("a panel without a row of times is refused") {
  const std::string hint = ", must be that of the stimulus (index 0); is the row of times or of the stimulus missing?";
  check_refused("0\t0\t1\n1\t3\t0\n2\t3\t0\n", ", line 2, column 1: the second row is that of gene 1" + hint);
  check_refused("0\t0\t6\n1\t3\t0\n2\t3\t0\n", ", line 2, column 1: the second row is that of gene 1" + hint);
  check_refused("cell\ta\tb\n0\t3\t0\n",
                ", line 1, column 2: time is \"a\", must be a finite number: the first row holds the cells' times; a "
                "table that names genes and cells goes with a table of times");
}

TEST_CASE("a panel that cannot be read names the reason") {
  const support::TemporaryDirectory directory;
  support::check_io_error(directory / "none", ": cannot be opened: No such file or directory",
                          [&] { return cardamom::read_panel(directory / "none"); });
  support::check_io_error(directory.path(), ": cannot be read: Is a directory",
                          [&] { return cardamom::read_panel(directory.path()); });
}

TEST_CASE("a panel comes back as it was written") {
  const support::TemporaryDirectory directory;
  const std::string path = directory.write("a", small);
  cardamom::write_panel(path, cardamom::read_panel(path));
  CHECK(support::content(path) == small);

  Matrix values(2, 2);
  values << 0, 0.1 + 0.2, 1, 123456789012345;
  const Counts counts(values, Eigen::Vector2d(-1.5, 1e20));
  cardamom::write_panel(path, counts);
  CHECK(support::content(path) == "0\t-1.5\t1e+20\n0\t0\t1\n1\t0.30000000000000004\t123456789012345\n");
  const Counts back = cardamom::read_panel(path, {.fractions = true});
  CHECK(back.values() == counts.values());
  CHECK(back.times() == counts.times());
}

TEST_CASE("published panels are read and come back byte for byte") {
  const auto data = support::data_dir();
  if (!data) return;
  const support::TemporaryDirectory directory;
  const std::string copy = directory / "copy.tsv";
  const std::string tree = (*data / "benchmark" / "Trees10" / "data_1.tsv").string();
  const Counts counts = cardamom::read_panel(tree);
  CHECK(counts.cells() == 1000);
  CHECK(counts.nodes() == 11);
  CHECK(counts.time_points().size() == 10);
  cardamom::write_panel(copy, counts);
  CHECK(support::content(copy) == support::content(tree));

  const Counts cells = cardamom::read_panel((*data / "semrau" / "panel_real.txt").string());
  CHECK(cells.cells() == 2449);
  CHECK(cells.nodes() == 42);
  CHECK(cells.time_points().size() == 9);
}

TEST_CASE("a large panel comes back as it was written") {
  // 1000 genes x 2000 cells, about 4 MB.
  Matrix values(2000, 1001);
  cardamom::RandomStream random(1, cardamom::Purpose::user);
  for (Index g = 0; g < values.cols(); ++g) {
    for (Index c = 0; c < values.rows(); ++c) values(c, g) = random.below(10) < 7 ? 0.0 : double(random.below(200));
  }
  const Counts counts(values, Vector::Zero(2000));
  const support::TemporaryDirectory directory;
  const std::string path = directory / "large.tsv";
  cardamom::write_panel(path, counts);
  CHECK(cardamom::read_panel(path).values() == values);
}

namespace {

/// Two inputs, two genes, three cells.
Counts two_inputs() {
  cardamom::Matrix values(3, 4);
  values << 0, 0, 3, 0, 1, 0.5, 0, 1, 1, 2.25, 12, 5;
  return Counts(values, Eigen::Vector3d(0, 6, 24), {"Stimulus", "dose", "1", "2"}, {}, 2);
}

}  // namespace

TEST_CASE("a panel of several inputs comes back") {
  const support::TemporaryDirectory directory;
  const std::string path = directory / "a";
  cardamom::write_panel(path, two_inputs());
  CHECK(support::content(path) == "0\t0\t6\t24\n0\t0\t1\t1\ninput:dose\t0\t0.5\t2.25\n1\t3\t0\t12\n2\t0\t1\t5\n");
  const Counts back = cardamom::read_panel(path);
  CHECK(back.inputs() == 2);
  CHECK(back.genes() == 2);
  CHECK(back.values() == two_inputs().values());
  CHECK(back.names() == two_inputs().names());
  // Rows that are not marked are inputs when they are said to be; the first one may be labelled 0.
  directory.write("a", "0\t0\t6\t24\n0\t0\t1\t1\ndose\t0\t0.5\t2.25\n1\t3\t0\t12\n2\t0\t1\t5\n");
  const Counts declared = cardamom::read_panel(path, {.inputs = {{"light", "dose"}}});
  CHECK(declared.inputs() == 2);
  CHECK(declared.values() == two_inputs().values());
  CHECK(declared.names() == std::vector<std::string>{"light", "dose", "1", "2"});
}

TEST_CASE("a panel without inputs comes back") {
  const support::TemporaryDirectory directory;
  const std::string path = directory / "a";
  const Counts counts(two_inputs().values().rightCols(2), two_inputs().times(), {}, {}, 0);
  cardamom::write_panel(path, counts);
  CHECK(support::content(path) == "0\t0\t6\t24\n1\t3\t0\t12\n2\t0\t1\t5\n");
  const std::vector<std::string> none;
  const Counts back = cardamom::read_panel(path, {.inputs = none});
  CHECK(back.inputs() == 0);
  CHECK(back.values() == counts.values());
  CHECK(back.names() == counts.names());
  CHECK_THROWS_AS(cardamom::read_panel(path), cardamom::IoError);
}

TEST_CASE("rows of inputs that are missing, misplaced or not declared are refused") {
  const support::TemporaryDirectory directory;
  const auto refused = [&](const std::string& rows, const std::string& text,
                           const std::optional<std::vector<std::string>>& inputs = {}) {
    const std::string path = directory.write("a", "0\t0\n" + rows);
    support::check_io_error(path, text, [&] { return cardamom::read_panel(path, {.inputs = inputs}); });
  };
  using Inputs = std::vector<std::string>;
  refused("0\t1\n1\t2\ninput:dose\t1\n", ", line 4, column 1: input \"input:dose\" must stand before the genes");
  refused("0\t1\ninput:dose\t1\ninput:dose\t1\n1\t2\n", ", line 4, column 1: input \"input:dose\" has a second row");
  refused("0\t1\ninput:dose\t1\n", ": there are no genes after the rows of the inputs");
  refused("0\t1\n1\t2\n", ", line 3, column 1: the row is that of \"1\", must be that of input dose",
          Inputs{"light", "dose"});
  refused("light\t1\n", ": there are rows of 1 inputs, must be of 2", Inputs{"light", "dose"});
  refused("0\t1\n1\t2\n", ", line 2, column 1: the row is that of an input, \"0\", that is not declared", Inputs{});
  refused("1\t1\ninput:dose\t2\n",
          ", line 3, column 1: the row is that of an input, \"input:dose\", that is not declared", Inputs{});
  refused("", ": there are no genes", Inputs{});
  refused("Stimulus\t1\nStimulus\t1\n", ", line 3, column 1: gene \"Stimulus\" has a second row");
}
