#include <cstdint>
#include <hdf5.h>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/io/hdf5/anndata_format.hpp>
#include <cardamom/io/hdf5/ten_x_hdf5.hpp>
#include <cardamom/io/read_counts.hpp>
#include <support/files.hpp>

using cardamom::CountsFile;
using cardamom::detail::Hdf5Handle;
using Names = std::vector<std::string>;

namespace {

/// A file as Cell Ranger writes it, text in places of fixed length.
class Written {
 public:
  explicit Written(const std::string& path)
      : file_(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), H5Fclose) {
    REQUIRE(file_.valid());
  }

  void group(const std::string& path) {
    Hdf5Handle(H5Gcreate2(file_, path.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Gclose);
  }
  void numbers(const std::string& path, const std::vector<std::int32_t>& values) {
    write(path, values.size(), H5T_NATIVE_INT32, values.data());
  }
  void texts(const std::string& path, const Names& values) {
    constexpr std::size_t length = 20;
    const Hdf5Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
    H5Tset_size(type, length);
    std::string bytes;
    for (std::string value : values) {
      value.resize(length, '\0');
      bytes += value;
    }
    write(path, values.size(), type, bytes.data());
  }
  /// Features × three cells, of which the columns of counts are given.
  void table(const std::string& path, std::int32_t features, const std::vector<std::vector<std::int32_t>>& cells) {
    group(path);
    std::vector<std::int32_t> data;
    std::vector<std::int32_t> indices;
    std::vector<std::int32_t> pointers{0};
    for (const auto& cell : cells) {
      for (std::size_t k = 0; k < cell.size(); ++k) {
        if (cell[k] == 0) continue;
        data.push_back(cell[k]);
        indices.push_back(static_cast<std::int32_t>(k));
      }
      pointers.push_back(static_cast<std::int32_t>(data.size()));
    }
    numbers(path + "/data", data);
    numbers(path + "/indices", indices);
    numbers(path + "/indptr", pointers);
    numbers(path + "/shape", {features, static_cast<std::int32_t>(cells.size())});
    texts(path + "/barcodes", {"AAACCTGAG-1", "CAACCTGAG-1", "GAACCTGAG-1"});
  }

 private:
  void write(const std::string& path, hsize_t size, hid_t type, const void* values) {
    const Hdf5Handle space(H5Screate_simple(1, &size, nullptr), H5Sclose);
    const Hdf5Handle layout(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    H5Pset_chunk(layout, 1, &size);
    H5Pset_shuffle(layout);
    H5Pset_deflate(layout, 4);
    const Hdf5Handle set(H5Dcreate2(file_, path.c_str(), type, space, H5P_DEFAULT, layout, H5P_DEFAULT), H5Dclose);
    REQUIRE(H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
  }

  Hdf5Handle file_;
};

struct Example {
  support::TemporaryDirectory directory;
  std::string path = directory / "filtered.h5";
  std::string times = directory.write("times.tsv", "AAACCTGAG 0\nCAACCTGAG 6\nGAACCTGAG 24\n");

  CountsFile read(cardamom::ReadCountsOptions options = {}) const {
    options.times = times;
    return cardamom::read_counts(path, options, cardamom::TenXHdf5Format{}, cardamom::AnnDataFormat{});
  }
  void refused(const std::string& text, const cardamom::ReadCountsOptions& options = {}) const {
    support::check_io_error(path, text, [&] { return read(options); });
  }
};

}  // namespace

TEST_CASE("HDF5 files of Cell Ranger 3 are read, features that are no genes on request") {
  const Example example;
  {
    Written file(example.path);
    file.table("matrix", 4, {{3, 900, 0, 1}, {0, 0, 1, 0}, {12, 0, 5, 2}});
    file.group("matrix/features");
    file.texts("matrix/features/id", {"ENS1", "CD4", "ENS2", "ENSM1"});
    file.texts("matrix/features/name", {"Sox2", "Sox2", "Klf4", "mm10_Sox2"});
    file.texts("matrix/features/feature_type",
               {"Gene Expression", "Antibody Capture", "Gene Expression", "Gene Expression"});
    file.texts("matrix/features/genome", {"GRCh38", "", "GRCh38", "mm10"});
  }
  const CountsFile genes = example.read();
  CHECK(genes.format == "10x HDF5 file");
  CHECK(genes.counts.names() == Names{"Stimulus", "Sox2", "Klf4", "mm10_Sox2"});
  CHECK(genes.counts.values().col(1) == Eigen::Vector3d(3, 0, 12));
  CHECK(genes.counts.values().col(2) == Eigen::Vector3d(0, 1, 5));
  CHECK(genes.counts.times() == Eigen::Vector3d(0, 6, 24));
  CHECK(genes.totals == Eigen::Vector3d(4, 1, 19));
  CHECK(genes.remarks == Names{example.path + ": 1 of 4 features are left out, of type Antibody Capture",
                               example.path + ": genes are of several genomes, GRCh38, mm10, all of them are read"});
  CHECK(example.read({.feature_types = {"Antibody Capture"}}).counts.values().col(1) == Eigen::Vector3d(900, 0, 0));
  CHECK(example.read({.genome = "mm10"}).counts.names() == Names{"Stimulus", "mm10_Sox2"});
  CHECK(example.read({.genome = "mm10"}).totals == Eigen::Vector3d(1, 0, 2));
  example.refused(": there is no genome \"hg19\", but GRCh38, mm10", {.genome = "hg19"});
  example.refused(": layer \"raw\" is asked for, but this is a 10x HDF5 file: only AnnData files have layers",
                  {.layer = "raw"});
  support::check_io_error(example.path, ": 10x's files do not say when cells were taken: give a table of times", [&] {
    return cardamom::read_counts(example.path, {}, cardamom::TenXHdf5Format{}, cardamom::AnnDataFormat{});
  });
}

TEST_CASE("HDF5 files of Cell Ranger 2 are read, of several genomes the one that is asked for") {
  const Example example;
  const auto write = [](Written& file, const std::string& genome, const Names& names) {
    file.table(genome, 2, {{3, 0}, {0, 1}, {12, 5}});
    file.texts(genome + "/genes", {"ENS1", "ENS2"});
    file.texts(genome + "/gene_names", names);
  };
  {
    Written file(example.path);
    write(file, "hg19", {"SOX2", "KLF4"});
  }
  CHECK(example.read().counts.names() == Names{"Stimulus", "SOX2", "KLF4"});
  CHECK(example.read({.genome = "hg19"}).counts.values().col(2) == Eigen::Vector3d(0, 1, 5));
  example.refused(": there is no genome \"mm10\", but hg19", {.genome = "mm10"});
  {
    Written file(example.path);
    write(file, "hg19", {"SOX2", "KLF4"});
    write(file, "mm10", {"Sox2", "Klf4"});
  }
  example.refused(": there are tables of several genomes, hg19, mm10: ask for one by name");
  CHECK(example.read({.genome = "mm10"}).counts.names() == Names{"Stimulus", "Sox2", "Klf4"});
}

TEST_CASE("10x's HDF5 files that contradict themselves are refused") {
  const Example example;
  {
    Written file(example.path);
    file.table("hg19", 3, {{3, 0}, {0, 1}, {12, 5}});
    file.texts("hg19/genes", {"ENS1", "ENS2"});
  }
  example.refused(": hg19: its shape is not the number of cells, 3, by the number of genes, 2");
  {
    Written file(example.path);
    file.table("hg19", 2, {{3, 0}, {0, 1, 7}, {12, 5}});
    file.texts("hg19/genes", {"ENS1", "ENS2"});
  }
  example.refused(": hg19: an index of the sparse table is out of range");
}
