#include <csignal>
#include <cstdint>
#include <filesystem>
#include <string>
#include <sys/resource.h>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/core/error.hpp>
#include <cardamom/io/file_set.hpp>
#include <cardamom/io/hdf5/anndata.hpp>
#include <support/files.hpp>

using cardamom::AnnData;
using cardamom::AnnDataEncoding;
using cardamom::Counts;
using cardamom::Index;
using cardamom::Matrix;
using cardamom::Vector;

namespace {

AnnData example(Index cells, Index genes) {
  Matrix values(cells, genes + 1);
  std::vector<std::string> names{"Stimulus"};
  for (Index gene = 0; gene < genes; ++gene) {
    names.push_back(std::string(static_cast<std::size_t>(gene % 90), 'g') + std::to_string(gene));
  }
  for (Index cell = 0; cell < cells; ++cell) {
    values(cell, 0) = cell % 2 == 0 ? 0.0 : 1.0;
    for (Index gene = 0; gene < genes; ++gene) {
      values(cell, gene + 1) = static_cast<double>((cell * 31 + gene * 17) % 101 % 5);
    }
  }
  const Vector rates = Vector::Constant(genes + 1, 1.0);
  return {Counts(values, Vector::LinSpaced(cells, 0, 24), names, Vector::Ones(cells)), {}, {rates, rates}};
}

/// As a full disk does: no file grows beyond so many bytes.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(std::uint64_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_{};
  void (*handler_)(int);
};

void write(const std::string& path, const AnnData& data, AnnDataEncoding encoding, std::uint64_t most_in_memory) {
  cardamom::FileSet files;
  cardamom::detail::add_anndata(files, path, data, encoding, most_in_memory);
  files.commit();
}

}  // namespace

TEST_CASE("AnnData files are the same whether made in memory or on the disk, and no larger than was reserved") {
  const support::TemporaryDirectory directory;
  for (const auto& [cells, genes] : {std::pair<Index, Index>{3, 2}, {1, 700}, {900, 1}, {400, 300}}) {
    for (const auto encoding : {AnnDataEncoding::dense, AnnDataEncoding::csr}) {
      const AnnData data = example(cells, genes);
      write(directory / "memory.h5ad", data, encoding, UINT64_MAX);
      write(directory / "disk.h5ad", data, encoding, 0);
      for (const char* name : {"memory.h5ad", "disk.h5ad"}) {
        const AnnData back =
            cardamom::read_anndata(directory / name, {.depth = {cardamom::DepthSource::column, "depth"}});
        CHECK(back.counts.values() == data.counts.values());
        CHECK(back.counts.names() == data.counts.names());
        CHECK(back.counts.depth() == data.counts.depth());
        CHECK(back.rates.mrna == data.rates.mrna);
        CHECK(std::filesystem::file_size(directory / name) <= cardamom::detail::anndata_bytes(data, encoding));
      }
      const auto size = static_cast<double>(std::filesystem::file_size(directory / "memory.h5ad"));
      CHECK(static_cast<double>(std::filesystem::file_size(directory / "disk.h5ad")) ==
            doctest::Approx(size).epsilon(0.05));
    }
  }
  CHECK(directory.list() == std::vector<std::string>{"disk.h5ad", "memory.h5ad"});
}

TEST_CASE("an AnnData file for which the disk has no room is an error that leaves the former file") {
  const support::TemporaryDirectory directory;
  const std::string path = directory / "a.h5ad";
  const AnnData former = example(3, 2);
  cardamom::write_anndata(path, former);
  for (const std::uint64_t most_in_memory : {std::uint64_t{0}, UINT64_MAX}) {
    for (const std::uint64_t room : {0U, 1000U, 100000U, 1000000U}) {
      CAPTURE(room);
      const FileSizeLimit limit(room);
      CHECK_THROWS_AS(write(path, example(500, 400), AnnDataEncoding::dense, most_in_memory), cardamom::IoError);
    }
    CHECK(cardamom::read_anndata(path).counts.values() == former.counts.values());
    CHECK(directory.list() == std::vector<std::string>{"a.h5ad"});
  }
  write(path, example(500, 400), AnnDataEncoding::dense, 0);
  CHECK(cardamom::read_anndata(path).counts.cells() == 500);
}

TEST_CASE("annotations of cells are written where AnnData has them, and are read back") {
  const support::TemporaryDirectory directory;
  const std::string path = directory / "a.h5ad";
  for (const auto& [cells, genes] : {std::pair<Index, Index>{4, 2}, {300, 30}}) {
    AnnData data = example(cells, genes);
    std::vector<std::string> types;
    for (Index cell = 0; cell < cells; ++cell) types.push_back(cell % 3 == 0 ? "β cell" : cell % 3 == 1 ? "" : "a");
    data.annotations.texts = {{"type", types}, {"batch", std::vector<std::string>(types.size(), "one")}};
    const Matrix layer = Matrix::Random(cells, genes).cwiseAbs();
    data.annotations.layers = {{"velocity", -layer}, {"Ms", layer}};
    data.annotations.embeddings = {{"X_pca", Matrix::Random(cells, 5)}};
    for (const std::uint64_t most_in_memory : {std::uint64_t{0}, UINT64_MAX}) {
      write(path, data, AnnDataEncoding::dense, most_in_memory);
      CHECK(std::filesystem::file_size(path) <= cardamom::detail::anndata_bytes(data, AnnDataEncoding::dense));
      const AnnData back = cardamom::read_anndata(path, {.layer = "Ms", .fractions = true});
      CHECK(back.counts.values().rightCols(genes) == layer);
      CHECK(cardamom::read_anndata(path).counts.values() == data.counts.values());
      const cardamom::detail::Hdf5File file(path);
      const auto column = cardamom::detail::read_anndata_column(file, "obs", "type");
      for (Index cell = 0; cell < cells; ++cell) {
        const auto at = static_cast<std::size_t>(cell);
        REQUIRE(column.value_of[at] >= 0);
        CHECK(column.written(column.value_of[at]) == types[at]);
      }
      CHECK(file.shape("obsm/X_pca") == std::vector<Index>{cells, 5});
      CHECK(file.shape("layers/velocity") == std::vector<Index>{cells, genes});
    }
  }
}

TEST_CASE("annotations that no file can hold are refused before anything is written") {
  const support::TemporaryDirectory directory;
  const std::string path = directory / "a.h5ad";
  const std::vector<std::string> texts(4, "a");
  const Matrix layer = Matrix::Ones(4, 2);
  const auto refuses = [&](const cardamom::CellAnnotations& annotations, const char* message) {
    AnnData data = example(4, 2);
    data.annotations = annotations;
    CHECK_THROWS_WITH_AS(cardamom::write_anndata(path, data), message, std::invalid_argument);
  };
  refuses({.texts = {{"", texts}}}, "write_anndata: annotations.texts[0].name is \"\", must not be empty");
  refuses({.texts = {{"type", texts}, {"a/b", texts}}},
          "write_anndata: annotations.texts[1].name is \"a/b\", which HDF5 takes for a path");
  refuses({.texts = {{"time", texts}}},
          "write_anndata: annotations.texts[0].name is \"time\", which is there already, must be unique");
  refuses({.texts = {{"_index", texts}}},
          "write_anndata: annotations.texts[0].name is \"_index\", which is there already, must be unique");
  refuses({.texts = {{"type", {"a", "b"}}}}, "write_anndata: annotations.texts[0].values has size 2, must be 4");
  refuses({.texts = {{"type", {"a", "b", std::string("c\0d", 3), "e"}}}},
          "write_anndata: annotations.texts[0].values[2] holds a zero byte, where HDF5 ends a text");
  refuses({.layers = {{"Ms", layer}, {"Ms", layer}}},
          "write_anndata: annotations.layers[1].name is \"Ms\", which is there already, must be unique");
  refuses({.layers = {{".", layer}}},
          "write_anndata: annotations.layers[0].name is \".\", which HDF5 takes for a path");
  refuses({.layers = {{"Ms", Matrix::Ones(4, 3)}}},
          "write_anndata: annotations.layers[0].values is 4 x 3, must be 4 x 2");
  refuses({.embeddings = {{"X_pca", Matrix::Ones(3, 2)}}},
          "write_anndata: annotations.embeddings[0].values is 3 x 2, must be 4 x 2");
  refuses({.embeddings = {{"X_pca", Matrix::Ones(4, 0)}}},
          "write_anndata: annotations.embeddings[0].values.cols() is 0, must be at least 1");
  CHECK(directory.list().empty());
}
