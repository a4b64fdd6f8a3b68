#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/io/beeline.hpp>
#include <cardamom/io/cell_depths.hpp>
#include <cardamom/io/panel.hpp>
#include <cardamom/io/read_counts.hpp>
#include <cardamom/io/ten_x.hpp>
#include <support/files.hpp>

using cardamom::Counts;
using cardamom::DepthSource;
using cardamom::Matrix;
using cardamom::Vector;
using Names = std::vector<std::string>;
using support::check_io_error;

namespace {

// Cells c1, c2, c3 with 3, 1 and 17 molecules of two genes.
const std::string expression = ",c1,c2,c3\nSox2,3,0,12\nKlf4,0,1,5\n";
const std::string times = "c1 0\nc2 6\nc3 24\n";
const Vector totals{{3, 1, 17}};

/// The three formats of text with the same cells, and files beside them.
struct Formats {
  support::TemporaryDirectory beeline, ten_x, other;
  std::string panel, times_table;

  Formats() {
    beeline.write("ExpressionData.csv", expression);
    beeline.write("PseudoTime.csv", times);
    ten_x.write("matrix.mtx", "%%MatrixMarket matrix coordinate integer general\n2 3 4\n1 1 3\n1 3 12\n2 2 1\n2 3 5\n");
    ten_x.write("features.tsv", "ENS1\tSox2\nENS2\tKlf4\n");
    ten_x.write("barcodes.tsv", "c1\nc2\nc3\n");
    panel = other.write("counts.tsv", "0\t0\t6\t24\n0\t0\t1\t1\n1\t3\t0\t12\n2\t0\t1\t5\n");
    times_table = other.write("times.tsv", times);
  }

  /// What each of them gives, read with the same options; a panel has its own times.
  std::vector<cardamom::CountsFile> read(cardamom::ReadCountsOptions options) const {
    cardamom::CountsFile of_panel = cardamom::read_counts(panel, options);
    options.times = times_table;
    return {std::move(of_panel), cardamom::read_counts(beeline.path(), options),
            cardamom::read_counts(ten_x.path(), options)};
  }
};

}  // namespace

TEST_CASE("depths are read in the order of cells or by their names") {
  const support::TemporaryDirectory directory;
  const Names cells{"c1", "c2", "c3"};
  const auto read = [&](const std::string& content) {
    return cardamom::read_cell_depths(directory.write("a", content), 3, cells);
  };
  const Vector expected{{4100, 0.5, 3e3}};
  for (const std::string content :
       {"4100\n0.5\n3e3\n", "n_counts\r\n4100\r\n0.5\r\n3e3\r\n", "c3 3000\nc1 4100\nc2 0.5\n",
        "cell\tdepth\nc3\t3000\nc1\t4100\nc2\t0.5\n", "\"\",\"x\"\n\"c1\",4100\n\"c2\",0.5\n\"c3\",3e3\n",
        "depth\nc1\t4100\nc2\t0.5\nc3\t3e3\n", "cell;depth;\rc1;4100,0;\rc2;0,5;\r\r# the last\rc3;3000;\r"}) {
    CAPTURE(content);
    CHECK(read(content) == expected);
  }
  // Cells that are not asked for may be empty droplets.
  CHECK(read("empty 0\nc1 4100\nc2 0.5\nbroken NA\nc3 3e3\n") == expected);
  CHECK(cardamom::read_cell_depths(directory.write("a", "2\n1\n"), 2) == Eigen::Vector2d(2, 1));
}

TEST_CASE("bad tables of depths are refused") {
  const support::TemporaryDirectory directory;
  const Names cells{"c1", "c2"};
  const auto refused = [&](const std::string& content, const std::string& text, const Names& names) {
    CAPTURE(content);
    const std::string path = directory.write("a", content);
    check_io_error(path, text, [&] { return cardamom::read_cell_depths(path, 2, names); });
  };
  refused("", ": the file holds 0 depths, must hold one per cell: 2", cells);
  refused("1\n", ": the file holds 1 depths, must hold one per cell: 2", cells);
  refused("depth\n1\n2\n3\n", ", line 4: the file holds 3 depths, must hold one per cell: 2", cells);
  refused("1\n0\n", ", line 2, column 1: depth is \"0\", must be a finite number > 0", cells);
  refused("-1\n2\n", ", line 1, column 1: depth is \"-1\", must be a finite number > 0", cells);
  refused("1\ninf\n", ", line 2, column 1: depth is \"inf\", must be a finite number > 0", cells);
  refused("nan\n1\n", ", line 1, column 1: depth is \"nan\", must be a finite number > 0", cells);
  refused("1\nx\n", ", line 2, column 1: depth is \"x\", must be a finite number > 0", cells);
  refused("c1 1\nc2 0\n", ", line 2, column 2: depth is \"0\", must be a finite number > 0", cells);
  refused("c1,1\nc2,\n", ", line 2, column 2: depth is missing, must be a finite number > 0", cells);
  refused("c1 1\nc3 2\n", ": there is no depth for cell \"c2\"", cells);
  refused("c1 1\nc2 2\nc1 3\n", ", line 3, column 1: cell \"c1\" is given already in line 1", cells);
  refused("c1 1\n2\n", ", line 2: the line holds one field, must be a cell and its depth as before", cells);
  refused("1\nc2 2\n", ", line 2: the line holds two fields, must be a depth alone as before", cells);
  refused("c1 1 3\n", ", line 1, column 3: there is a third field, \"3\", must be a depth, or a cell and its depth",
          cells);
  refused("cell depth\nc1 1\nc2 2\n",
          ", line 2: the line names a cell, but the counts do not name theirs: give one depth per line, in their order",
          {});
  check_io_error(directory / "none", ": cannot be opened: No such file or directory",
                 [&] { return cardamom::read_cell_depths(directory / "none", 2); });
  CHECK_THROWS_WITH_AS(cardamom::read_cell_depths(directory / "a", 3, cells),
                       "read_cell_depths: cells has size 2, must be 3", std::invalid_argument);
}

TEST_CASE("every format of text takes depths from a table, of mean 1") {
  const Formats formats;
  const Vector expected{{0.5, 1, 1.5}};
  for (const auto& file : formats.read({})) {
    CAPTURE(file.format);
    CHECK(file.counts.depth().size() == 0);
    CHECK(file.totals == totals);
  }
  const std::string in_order = formats.other.write("order", "200\n400\n600\n");
  for (const auto& file : formats.read({.depth = {DepthSource::table, in_order}})) {
    CAPTURE(file.format);
    CHECK(file.counts.depth().isApprox(expected, 1e-15));
    CHECK(file.totals == totals);
  }
  const std::string named = formats.other.write("named", "c3 6\nc1 2\nc2 4\n");
  const cardamom::DepthOptions by_name{DepthSource::table, named};
  CHECK(cardamom::read_counts(formats.beeline.path(), {.depth = by_name}).counts.depth().isApprox(expected, 1e-15));
  const cardamom::NamedTableOptions ten_x{.times = formats.times_table, .depth = by_name};
  CHECK(cardamom::read_ten_x(formats.ten_x.path(), ten_x).depth().isApprox(expected, 1e-15));
  check_io_error(named,
                 ", line 1: the line names a cell, but the counts do not name theirs: give one depth per line, in "
                 "their order",
                 [&] { return cardamom::read_panel(formats.panel, {.depth = by_name}); });
  // Names of genes and groups of times leave depths alone.
  const std::string genes = formats.other.write("genes", "0 Light\n1 Sox2\n2 Klf4\n");
  const Counts grouped =
      cardamom::read_counts(formats.panel,
                            {.gene_names = genes, .time_bins = 1, .depth = {DepthSource::table, in_order}})
          .counts;
  CHECK(grouped.depth().isApprox(expected, 1e-15));
  CHECK(grouped.time_points().size() == 1);
}

TEST_CASE("totals are those of all genes, however few are chosen") {
  const Formats formats;
  const std::string klf4 = formats.other.write("klf4", "0 Light\n1 Klf4\n");
  const std::string both = formats.other.write("both", "0 Light\n1 Sox2\n2 Klf4\n");
  const Vector expected{{3.0 / 7, 1.0 / 7, 17.0 / 7}};
  for (const std::string& genes : {std::string(), both}) {
    for (const auto& file : formats.read({.gene_names = genes, .depth = {DepthSource::totals}})) {
      CAPTURE(file.format);
      CHECK(file.counts.depth().isApprox(expected, 1e-15));
    }
  }
  const cardamom::ReadCountsOptions chosen{
      .gene_names = klf4, .times = formats.times_table, .depth = {DepthSource::totals}};
  for (const std::string& path : {formats.beeline.path(), formats.ten_x.path()}) {
    const cardamom::CountsFile file = cardamom::read_counts(path, chosen);
    CAPTURE(file.format);
    CHECK(file.counts.genes() == 1);
    CHECK(file.counts.depth().isApprox(expected, 1e-15));
    CHECK(file.totals == totals);
  }
}

TEST_CASE("totals that are no depths are refused") {
  const Formats formats;
  const std::string table = formats.beeline.write("ExpressionData.csv", ",c1,c2,c3\nSox2,3,0,12\nKlf4,0,0,5\n");
  const cardamom::DepthOptions by_totals{DepthSource::totals};
  check_io_error(table, ": cell 2, \"c2\": the total over its genes is 0, must be finite and > 0 to be its depth",
                 [&] { return cardamom::read_beeline(table, {.depth = by_totals}); });
  const std::string panel = formats.other.write("panel", "0\t0\t6\n0\t0\t1\n1\t3\t0\n");
  check_io_error(panel, ": cell 2: the total over its genes is 0, must be finite and > 0 to be its depth",
                 [&] { return cardamom::read_panel(panel, {.depth = by_totals}); });
  // Genes that are not chosen may hold anything, but then nothing is known about totals.
  formats.beeline.write("ExpressionData.csv", ",c1,c2,c3\nSox2,3,0,12\nKlf4,nan,-1,5\n");
  const std::string sox2 = formats.other.write("sox2", "0 Light\n1 Sox2\n");
  CHECK(cardamom::read_counts(formats.beeline.path(), {.gene_names = sox2}).totals.size() == 0);
  check_io_error(
      table, ": cell 1, \"c1\": the total over its genes is nan, must be finite and > 0 to be its depth",
      [&] { return cardamom::read_counts(formats.beeline.path(), {.gene_names = sox2, .depth = by_totals}); });
}

namespace {

/// A format that knows nothing of depths.
struct WithoutDepths {
  std::string name() const { return "a format"; }
  bool recognises(const std::string&, std::string_view) const { return true; }
  cardamom::CountsFile read(const std::string&, const cardamom::ReadCountsOptions&) const {
    return {Counts(Matrix::Ones(2, 2), Vector::Zero(2)), {}, ""};
  }
};

}  // namespace

TEST_CASE("depths that a format does not have are refused") {
  const Formats formats;
  const cardamom::DepthOptions column{DepthSource::column, "n_counts"};
  const std::string text =
      ": the format has no column \"n_counts\" of depths, only AnnData files have columns: give the file of a table";
  check_io_error(formats.panel, text, [&] { return cardamom::read_panel(formats.panel, {.depth = column}); });
  const std::string table = formats.beeline / "ExpressionData.csv";
  check_io_error(table, text, [&] { return cardamom::read_beeline(table, {.depth = column}); });
  check_io_error(formats.panel, ": depths of cells are asked for, but the reader of the format gives none", [&] {
    return cardamom::read_counts(formats.panel, {.depth = {DepthSource::totals}}, WithoutDepths{});
  });
  CHECK(cardamom::read_counts(formats.panel, {}, WithoutDepths{}).totals.size() == 0);
}
