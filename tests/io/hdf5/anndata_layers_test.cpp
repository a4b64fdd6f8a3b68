#include <hdf5.h>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/io/hdf5/anndata.hpp>
#include <support/files.hpp>

using cardamom::AnnData;
using cardamom::Counts;
using cardamom::Matrix;
using cardamom::Vector;
using cardamom::detail::Hdf5Handle;
using Names = std::vector<std::string>;

namespace {

/// As the analysis of many people leaves it: X is normalised, of the most variable genes alone, raw/X has the counts of
/// all genes, and layers have others.
class Analysed {
 public:
  Analysed() {
    Matrix normalised(3, 3);
    normalised << 0, 0.5, 0, 1, 0.25, 1, 1, 1.5, 2;
    cardamom::write_anndata(path, {Counts(normalised, Eigen::Vector3d(0, 6, 24), {"Stimulus", "Sox2", "Klf4"}),
                                   {},
                                   {Vector{{1, 0.5, 0.25}}, Vector{{1, 0.1, 0.2}}}});
    Matrix raw(3, 4);
    raw << 0, 5, 3, 1, 1, 0, 2, 4, 1, 7, 0, 2;
    const std::string other = directory / "raw.h5ad";
    cardamom::write_anndata(other,
                            {Counts(raw, Eigen::Vector3d(0, 6, 24), {"Stimulus", "Oct4", "Klf4", "Sox2"}), {}, {}},
                            cardamom::AnnDataEncoding::csr);
    const Hdf5Handle from(H5Fopen(other.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
    const Hdf5Handle to(H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose);
    Hdf5Handle(H5Gcreate2(to, "raw", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Gclose);
    const auto copy = [](hid_t a, const char* source, hid_t b, const char* target) {
      REQUIRE(H5Ocopy(a, source, b, target, H5P_DEFAULT, H5P_DEFAULT) >= 0);
    };
    copy(from, "X", to, "raw/X");
    copy(from, "var", to, "raw/var");
    copy(to, "X", to, "layers/scaled");
  }

  support::TemporaryDirectory directory;
  std::string path = directory / "a.h5ad";
};

}  // namespace

TEST_CASE("counts in raw are read with the genes of raw") {
  const Analysed file;
  for (const char* layer : {"raw", "raw/X"}) {
    const AnnData raw = cardamom::read_anndata(file.path, {.layer = layer, .rates = false});
    CHECK(raw.counts.names() == Names{"Stimulus", "Oct4", "Klf4", "Sox2"});
    CHECK(raw.counts.values().col(1) == Eigen::Vector3d(5, 0, 7));
    CHECK(raw.totals == Eigen::Vector3d(9, 6, 9));
  }
  // Rates are those of the genes of that name, wherever they stand.
  const AnnData chosen = cardamom::read_anndata(file.path, {.genes = {"RA", "Klf4", "Sox2"}, .layer = "raw"});
  CHECK(chosen.counts.values().col(1) == Eigen::Vector3d(3, 2, 0));
  CHECK(chosen.rates.mrna == Vector{{1, 0.25, 0.5}});
  support::check_io_error(file.path, ": var/d0: there is no rate of gene \"Oct4\"",
                          [&] { return cardamom::read_anndata(file.path, {.layer = "raw"}); });
}

TEST_CASE("layers that exist are listed where one is missing, or holds no counts") {
  const Analysed file;
  const auto refused = [&](const std::string& text, const std::string& layer) {
    support::check_io_error(file.path, text, [&] { return cardamom::read_anndata(file.path, {.layer = layer}); });
  };
  refused(": there is no layer \"counts\", but X, raw, scaled", "counts");
  const std::string no_count =
      ": gene \"Sox2\", cell 1: value is 0.5, must be a whole number >= 0: raw counts of molecules, not normalised "
      "ones; counts may be in another layer, as there are ";
  refused(no_count + "raw, scaled", "");
  refused(no_count + "raw, scaled", "X");
  refused(no_count + "X, raw", "scaled");
  refused(no_count + "X, raw", "layers/scaled");

  // Where there is a layer of that name, too, the whole path says which; without X the others are listed.
  {
    const Hdf5Handle edited(H5Fopen(file.path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose);
    REQUIRE(H5Lmove(edited, "layers/scaled", edited, "layers/raw", H5P_DEFAULT, H5P_DEFAULT) >= 0);
    REQUIRE(H5Ldelete(edited, "X", H5P_DEFAULT) >= 0);
  }
  refused(": \"raw\" may be the layer or the table raw/X: ask for layers/raw or for raw/X", "raw");
  CHECK(cardamom::read_anndata(file.path, {.layer = "layers/raw", .fractions = true}).counts.nodes() == 3);
  CHECK(cardamom::read_anndata(file.path, {.layer = "raw/X", .rates = false}).counts.nodes() == 4);
  refused(": there is no table X, but raw, raw", "");
}

TEST_CASE("tables are read alike however they are cut into chunks") {
  const support::TemporaryDirectory directory;
  const std::string path = directory / "a.h5ad";
  constexpr cardamom::Index cells = 700;
  constexpr cardamom::Index genes = 230;
  Matrix values(cells, genes + 1);
  for (cardamom::Index cell = 0; cell < cells; ++cell) {
    values(cell, 0) = 1;
    for (cardamom::Index gene = 0; gene < genes; ++gene) {
      values(cell, gene + 1) = static_cast<double>((cell * 31 + gene * 17) % 101 % 7);
    }
  }
  const Counts counts(values, Vector::Constant(cells, 24.0));
  const Vector totals = values.rightCols(genes).rowwise().sum();
  const auto chunked = [&](const char* object, hid_t type, const std::vector<hsize_t>& chunk) {
    const Hdf5Handle file(H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose);
    const Hdf5Handle before(H5Dopen2(file, object, H5P_DEFAULT), H5Dclose);
    const Hdf5Handle space(H5Dget_space(before), H5Sclose);
    std::vector<double> numbers(static_cast<std::size_t>(H5Sget_simple_extent_npoints(space)));
    REQUIRE(H5Dread(before, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers.data()) >= 0);
    REQUIRE(H5Ldelete(file, object, H5P_DEFAULT) >= 0);
    const Hdf5Handle layout(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    H5Pset_chunk(layout, static_cast<int>(chunk.size()), chunk.data());
    H5Pset_deflate(layout, 1);
    const Hdf5Handle set(H5Dcreate2(file, object, type, space, H5P_DEFAULT, layout, H5P_DEFAULT), H5Dclose);
    REQUIRE(H5Dwrite(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers.data()) >= 0);
  };
  const auto check = [&] {
    const AnnData back = cardamom::read_anndata(path);
    CHECK(back.counts.values() == values);
    CHECK(back.totals == totals);
  };
  const std::vector<std::vector<hsize_t>> chunks{{700, 230}, {700, 1}, {1, 230}, {64, 9}, {699, 229}};
  std::size_t next = 0;
  for (const hid_t type : {H5T_NATIVE_FLOAT, H5T_NATIVE_INT32, H5T_NATIVE_INT64, H5T_IEEE_F64BE, H5T_NATIVE_UINT8}) {
    CAPTURE(next);
    cardamom::write_anndata(path, {counts, {}, {}});
    chunked("X", type, chunks[next++]);
    check();
  }
  for (const hid_t type : {H5T_NATIVE_INT32, H5T_NATIVE_INT64, H5T_NATIVE_UINT32}) {
    cardamom::write_anndata(path, {counts, {}, {}}, cardamom::AnnDataEncoding::csr);
    chunked("X/data", type == H5T_NATIVE_UINT32 ? H5T_NATIVE_INT64 : H5T_NATIVE_FLOAT, {1000});
    chunked("X/indices", type, {100000});
    check();
  }
}
