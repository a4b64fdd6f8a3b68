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
