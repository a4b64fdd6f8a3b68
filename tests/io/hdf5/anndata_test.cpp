#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/io/hdf5/anndata.hpp>
#include <cardamom/io/hdf5/anndata_format.hpp>
#include <cardamom/io/read_counts.hpp>
#include <support/files.hpp>

using cardamom::AnnData;
using cardamom::AnnDataEncoding;
using cardamom::Counts;
using cardamom::Matrix;
using cardamom::Vector;
using Names = std::vector<std::string>;

namespace {

AnnData example() {
  Matrix values(3, 4);
  values << 0, 3, 0, 9007199254740992.0, 1, 0, 1, 0, 0.5, 12, 5, 7;
  return {Counts(values, Eigen::Vector3d(0, 6, 24.5), {"Stimulus", "Sox2", "Klf4", "gène"}),
          {"c1", "c2", "a cell"},
          {Vector{{1, 0.5, 0.25, 0.125}}, Vector{{1, 0.1, 0.2, 1.0 / 3}}}};
}

}  // namespace

TEST_CASE("AnnData files come back bit for bit whatever their encoding") {
  const support::TemporaryDirectory directory;
  const AnnData data = example();
  for (const auto encoding : {AnnDataEncoding::dense, AnnDataEncoding::csr}) {
    cardamom::write_anndata(directory / "a.h5ad", data, encoding);
    const AnnData back = cardamom::read_anndata(directory / "a.h5ad");
    CHECK(back.counts.values() == data.counts.values());
    CHECK(back.counts.times() == data.counts.times());
    CHECK(back.counts.names() == data.counts.names());
    CHECK(back.cells == data.cells);
    CHECK(back.rates.mrna == data.rates.mrna);
    CHECK(back.rates.protein == data.rates.protein);
  }
  CHECK(directory.list() == Names{"a.h5ad"});
}

TEST_CASE("cells of AnnData files need no names and genes no rates") {
  const support::TemporaryDirectory directory;
  AnnData data = example();
  data.cells.clear();
  data.rates = {};
  cardamom::write_anndata(directory / "a.h5ad", data);
  const AnnData back = cardamom::read_anndata(directory / "a.h5ad");
  CHECK(back.cells == Names{"cell_0", "cell_1", "cell_2"});
  CHECK(back.rates.mrna.size() == 0);
}

TEST_CASE("genes of AnnData files can be chosen and times grouped") {
  const support::TemporaryDirectory directory;
  const std::string path = directory / "a.h5ad";
  for (const auto encoding : {AnnDataEncoding::dense, AnnDataEncoding::csr}) {
    cardamom::write_anndata(path, example(), encoding);
    const AnnData chosen = cardamom::read_anndata(path, {.genes = {"Light", "Klf4", "Sox2"}, .time_bins = 1});
    CHECK(chosen.counts.names() == Names{"Light", "Klf4", "Sox2"});
    CHECK(chosen.counts.values().col(1) == Eigen::Vector3d(0, 1, 5));
    CHECK(chosen.counts.times() == Vector::Zero(3));
    CHECK(chosen.rates.mrna == Vector{{1, 0.25, 0.5}});
  }
  const auto file = cardamom::read_counts(path, {}, cardamom::AnnDataFormat{});
  CHECK(file.format == "AnnData file");
  CHECK(file.counts.nodes() == 4);
  CHECK(file.rates.mrna.size() == 4);
  support::check_io_error(path, ": a table of times is given, but an AnnData file has its times in a column of obs",
                          [&] { return cardamom::read_counts(path, {.times = path}, cardamom::AnnDataFormat{}); });
  support::check_io_error(path, ": AnnData files need HDF5, and this program was built without it",
                          [&] { return cardamom::read_counts(path); });
}

TEST_CASE("chosen genes that AnnData files lack are skipped on demand, and counted") {
  const support::TemporaryDirectory directory;
  const std::string path = directory / "a.h5ad";
  Matrix values(2, 3);
  values << 0, 3, 0, 1, 12, 5;
  cardamom::write_anndata(path, {Counts(values, Eigen::Vector2d(0, 6), {"Light", "Sox2", "Klf4"}), {}, {}});
  const std::vector<std::string> remarks{path + ": 1 of 2 genes that are asked for are not there, skipped: \"Oct4\""};
  const AnnData some =
      cardamom::read_anndata(path, {.genes = {"Light", "Oct4", "Klf4"}, .unknown = cardamom::UnknownGenes::skip});
  CHECK(some.counts.names() == std::vector<std::string>{"Light", "Klf4"});
  CHECK(some.counts.values().col(1) == values.col(2));
  CHECK(some.remarks == remarks);
  CHECK(cardamom::read_counts(path,
                              {.gene_names = directory.write("genes.txt", "0 Light\n1 Oct4\n2 Klf4\n"),
                               .unknown = cardamom::UnknownGenes::skip},
                              cardamom::AnnDataFormat{})
            .remarks == remarks);
}

TEST_CASE("bad AnnData files are refused") {
  const support::TemporaryDirectory directory;
  const std::string path = directory / "a.h5ad";
  cardamom::write_anndata(path, example());
  const auto refused = [&](const std::string& text, const cardamom::AnnDataOptions& options = {}) {
    support::check_io_error(path, text, [&] { return cardamom::read_anndata(path, options); });
  };
  refused(": obs has no column \"day\" of times, but _index, stimulus, time", {.time_key = "day"});
  refused(": obs/_index: time of cell 1, \"c1\", is \"c1\", must be a finite number [h]", {.time_key = "_index"});
  refused(": there is no layer \"counts\", but X", {.layer = "counts"});
  refused(": there is no gene \"Oct4\"", {.genes = {"Stimulus", "Oct4"}});
  refused(": times of 3 cells cannot make 4 groups", {.time_bins = 4});

  AnnData data = example();
  Matrix values = data.counts.values();
  values(1, 2) = 0.25;
  data.counts = Counts(values, data.counts.times(), data.counts.names());
  cardamom::write_anndata(path, data);
  refused(
      ": gene \"Klf4\", cell 2: value is 0.25, must be a whole number >= 0: raw counts of molecules, not normalised "
      "ones");
  CHECK(cardamom::read_anndata(path, {.fractions = true}).counts.values()(1, 2) == 0.25);

  const std::string bytes = support::content(path);
  directory.write("a.h5ad", "0\t1\n");
  refused(": cannot be opened as an HDF5 file");
  directory.write("a.h5ad", bytes.substr(0, bytes.size() / 2));
  CHECK_THROWS_AS(cardamom::read_anndata(path), cardamom::IoError);
  support::check_io_error(directory / "none", ": cannot be opened as an HDF5 file",
                          [&] { return cardamom::read_anndata(directory / "none"); });
}

TEST_CASE("AnnData files that cannot be written leave nothing") {
  const support::TemporaryDirectory directory;
  AnnData data = example();
  data.cells.pop_back();
  CHECK_THROWS_WITH_AS(cardamom::write_anndata(directory / "a.h5ad", data),
                       "write_anndata: data.cells has size 2, must be 3", std::invalid_argument);
  data = example();
  data.rates.protein.resize(0);
  CHECK_THROWS_WITH_AS(cardamom::write_anndata(directory / "a.h5ad", data),
                       "write_anndata: data.rates.protein has size 0, must be 4", std::invalid_argument);
  CHECK_NOTHROW(cardamom::write_anndata("/dev/null", example()));
  support::check_io_error("/dev/full", ": cannot be written: No space left on device",
                          [] { cardamom::write_anndata("/dev/full", example()); });
  CHECK(directory.list().empty());
}

TEST_CASE("AnnData files of several inputs and of none come back") {
  const support::TemporaryDirectory directory;
  const std::string path = directory / "a.h5ad";
  const AnnData one = example();
  AnnData data = one;
  data.counts = Counts(one.counts.values(), one.counts.times(), {"Stimulus", "dose", "Klf4", "gène"}, {}, 2);
  cardamom::write_anndata(path, data);
  const AnnData back = cardamom::read_anndata(path);
  CHECK(back.counts.inputs() == 2);
  CHECK(back.counts.values() == data.counts.values());
  CHECK(back.counts.names() == data.counts.names());
  CHECK(back.rates.mrna == Vector{{1, 1, 0.25, 0.125}});
  const AnnData declared = cardamom::read_anndata(path, {.inputs = Names{"dose", "stimulus"}});
  CHECK(declared.counts.values().col(0) == data.counts.values().col(1));
  CHECK(declared.counts.values().col(1) == data.counts.values().col(0));
  support::check_io_error(
      path, ": obs has no column of levels of input \"heat\", but _index, input:dose, stimulus, time", [&] {
        return cardamom::read_anndata(path, {.inputs = Names{"dose", "heat"}});
      });

  data.counts = Counts(one.counts.values().rightCols(2), one.counts.times(), {"Klf4", "gène"}, {}, 0);
  data.rates = {Vector{{0.5, 0.25}}, Vector{{0.1, 0.2}}};
  cardamom::write_anndata(path, data);
  const AnnData none = cardamom::read_anndata(path, {.inputs = Names{}});
  CHECK(none.counts.inputs() == 0);
  CHECK(none.counts.values() == data.counts.values());
  CHECK(none.counts.names() == data.counts.names());
  CHECK(none.rates.mrna == data.rates.mrna);
}

TEST_CASE("AnnData files give depths by a column, a table and totals") {
  using cardamom::DepthSource;
  const support::TemporaryDirectory directory;
  const std::string path = directory / "a.h5ad";
  AnnData data = example();
  Matrix values = data.counts.values();
  values.col(3) = Eigen::Vector3d(1, 2, 3);  // genes: 3 + 0 + 1, 0 + 1 + 2, 12 + 5 + 3
  const Vector depth{{0.5, 1.5, 2.5}};
  data.counts = Counts(values, data.counts.times(), data.counts.names(), depth);
  for (const auto encoding : {AnnDataEncoding::dense, AnnDataEncoding::csr}) {
    cardamom::write_anndata(path, data, encoding);
    const AnnData untold = cardamom::read_anndata(path);
    CHECK(untold.counts.depth().size() == 0);
    CHECK(untold.totals == Vector{{4, 3, 20}});
    const AnnData by_column = cardamom::read_anndata(path, {.depth = {DepthSource::column, "depth"}});
    CHECK(by_column.counts.depth().isApprox(depth / 1.5, 1e-15));
    const AnnData by_totals =
        cardamom::read_anndata(path, {.genes = {"Light", "Klf4"}, .depth = {DepthSource::totals}});
    CHECK(by_totals.counts.genes() == 1);
    CHECK(by_totals.counts.depth().isApprox(Vector{{4, 3, 20}} / 9, 1e-15));
  }
  const std::string table = directory.write("depths.tsv", "a cell\t6\nc2\t4\nc1\t2\n");
  const cardamom::ReadCountsOptions by_table{.depth = {DepthSource::table, table}};
  const auto file = cardamom::read_counts(path, by_table, cardamom::AnnDataFormat{});
  CHECK(file.counts.depth().isApprox(Vector{{0.5, 1, 1.5}}, 1e-15));
  CHECK(file.totals == Vector{{4, 3, 20}});
}

TEST_CASE("bad depths of AnnData files are refused") {
  using cardamom::DepthSource;
  const support::TemporaryDirectory directory;
  const std::string path = directory / "a.h5ad";
  cardamom::write_anndata(path, example());
  const auto refused = [&](const std::string& column, const std::string& text) {
    support::check_io_error(path, text, [&] {
      return cardamom::read_anndata(path, {.depth = {DepthSource::column, column}});
    });
  };
  refused("n_counts", ": obs has no column \"n_counts\" of depths, but _index, stimulus, time");
  refused("_index", ": obs/_index: depth of cell 1, \"c1\", is \"c1\", must be a finite number > 0");
  refused("time", ": obs/time: depth of cell 1, \"c1\", is 0, must be a finite number > 0");
  const std::string table = directory.write("depths.tsv", "c1 1\nc2 2\n");
  support::check_io_error(table, ": the file holds 2 depths, must hold one per cell: 3", [&] {
    directory.write("depths.tsv", "1\n2\n");
    return cardamom::read_anndata(path, {.depth = {DepthSource::table, table}});
  });
  support::check_io_error(table, ": there is no depth for cell \"a cell\"", [&] {
    directory.write("depths.tsv", "c1 1\nc2 2\n");
    return cardamom::read_anndata(path, {.depth = {DepthSource::table, table}});
  });
}
