// A file as anndata 0.11 and later write it, by the layout that its documentation ("on-disk format") defines: element
// by element by HDF5, with what this library does not use beside what it does.
#include <cstdint>
#include <hdf5.h>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/io/hdf5/anndata.hpp>
#include <support/files.hpp>

using cardamom::AnnData;
using cardamom::AnnDataOptions;
using cardamom::Matrix;
using cardamom::Vector;
using cardamom::detail::Hdf5Handle;
using Names = std::vector<std::string>;

namespace {

class Layout {
 public:
  explicit Layout(const std::string& path)
      : file_(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), H5Fclose) {
    REQUIRE(file_.valid());
    encoding("/", "anndata", "0.1.0");
  }

  void encoding(const std::string& object, const char* type, const char* version) {
    attribute(object, "encoding-type", type);
    attribute(object, "encoding-version", version);
  }
  void attribute(const std::string& object, const char* name, const char* text) {
    const Hdf5Handle space(H5Screate(H5S_SCALAR), H5Sclose);
    attribute(object, name, cardamom::detail::hdf5_text_type(), space, &text);
  }
  void attribute(const std::string& object, const char* name, bool flag) {
    const Hdf5Handle space(H5Screate(H5S_SCALAR), H5Sclose);
    const auto value = static_cast<std::int8_t>(flag);
    attribute(object, name, truth(), space, &value);
  }
  void sizes(const std::string& object, const char* name, const std::vector<std::int64_t>& values) {
    const hsize_t count = values.size();
    const Hdf5Handle space(H5Screate_simple(1, &count, nullptr), H5Sclose);
    attribute(object, name, H5T_NATIVE_INT64, space, values.data());
  }

  void group(const std::string& path, const char* type, const char* version) {
    const Hdf5Handle made(H5Gcreate2(file_, path.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Gclose);
    REQUIRE(made.valid());
    encoding(path, type, version);
  }
  void dict(const std::string& path) { group(path, "dict", "0.1.0"); }
  void dataframe(const std::string& path, const Names& columns) {
    group(path, "dataframe", "0.2.0");
    attribute(path, "_index", "_index");
    const hsize_t count = columns.size();
    const Hdf5Handle space(H5Screate_simple(1, &count, nullptr), H5Sclose);
    std::vector<const char*> pointers;
    for (const std::string& column : columns) pointers.push_back(column.c_str());
    pointers.push_back(nullptr);  // for HDF5, which wants an address also where there is nothing
    attribute(path, "column-order", cardamom::detail::hdf5_text_type(), space, pointers.data());
  }

  template <class Number>
  void array(const std::string& path, hid_t type, const std::vector<Number>& values, std::vector<hsize_t> shape = {}) {
    if (shape.empty()) shape = {values.size()};
    dataset(path, type, shape, values.data());
    encoding(path, "array", "0.2.0");
  }
  void booleans(const std::string& path, const std::vector<std::int8_t>& values) { array(path, truth(), values); }
  void strings(const std::string& path, const Names& values) {
    std::vector<const char*> pointers;
    for (const std::string& value : values) pointers.push_back(value.c_str());
    dataset(path, cardamom::detail::hdf5_text_type(), {pointers.size()}, pointers.data());
    encoding(path, "string-array", "0.2.0");
  }
  void nullable_strings(const std::string& path, const Names& values, const std::vector<std::int8_t>& mask) {
    group(path, "nullable-string-array", "0.1.0");
    attribute(path, "na-value", "NA");
    strings(path + "/values", values);
    booleans(path + "/mask", mask);
  }
  void categories(const std::string& path, const Names& levels, const std::vector<std::int8_t>& codes, bool ordered) {
    group(path, "categorical", "0.2.0");
    attribute(path, "ordered", ordered);
    strings(path + "/categories", levels);
    array(path + "/codes", H5T_NATIVE_INT8, codes);
  }
  template <class Number>
  void sparse(const std::string& path, const char* type, hid_t number, const std::vector<Number>& data,
              const std::vector<std::int64_t>& indices, const std::vector<std::int64_t>& pointers,
              const std::vector<std::int64_t>& shape) {
    group(path, type, "0.1.0");
    sizes(path, "shape", shape);
    array(path + "/data", number, data);
    array(path + "/indices", H5T_NATIVE_INT64, indices);
    array(path + "/indptr", H5T_NATIVE_INT64, pointers);
  }
  /// None, as 0.12 writes it: a dataset without values.
  void none(const std::string& path) {
    const Hdf5Handle space(H5Screate(H5S_NULL), H5Sclose);
    const Hdf5Handle set(H5Dcreate2(file_, path.c_str(), H5T_NATIVE_INT8, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
                         H5Dclose);
    REQUIRE(set.valid());
    encoding(path, "null", "0.1.0");
  }

 private:
  void attribute(const std::string& object, const char* name, hid_t type, hid_t space, const void* value) {
    const Hdf5Handle made(
        H5Acreate_by_name(file_, object.c_str(), name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
    REQUIRE(H5Awrite(made, type, value) >= 0);
  }
  void dataset(const std::string& path, hid_t type, const std::vector<hsize_t>& shape, const void* values) {
    const Hdf5Handle space(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr), H5Sclose);
    const Hdf5Handle set(H5Dcreate2(file_, path.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Dclose);
    REQUIRE(H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
  }
  hid_t truth() const { return truth_; }

  Hdf5Handle file_;
  Hdf5Handle truth_ = [] {
    Hdf5Handle type(H5Tenum_create(H5T_NATIVE_INT8), H5Tclose);
    std::int8_t value = 0;
    H5Tenum_insert(type, "FALSE", &value);
    value = 1;
    H5Tenum_insert(type, "TRUE", &value);
    return type;
  }();
};

/// Three cells of two genes, four in raw: X is normalised, counts are in layers/counts and in raw.
/// @param missing whether the name of the second cell is
std::string write_example(const std::string& path, bool missing = false) {
  Layout file(path);
  file.dataframe("obs", {"time", "stimulus", "batch", "note"});
  file.nullable_strings("obs/_index", {"c1", missing ? "" : "c2", "c3"}, {0, missing, 0});
  file.categories("obs/time", {"0h", "6h", "24h"}, {0, 1, 2}, true);
  file.group("obs/stimulus", "nullable-boolean", "0.1.0");
  file.booleans("obs/stimulus/values", {0, 1, 1});
  file.booleans("obs/stimulus/mask", {0, 0, 0});
  file.categories("obs/batch", {"a", "b"}, {0, -1, 1}, false);
  file.nullable_strings("obs/note", {"", "x", ""}, {1, 0, 1});
  file.dataframe("var", {"d0", "d1"});
  file.strings("var/_index", {"Sox2", "Klf4"});
  file.array<double>("var/d0", H5T_NATIVE_DOUBLE, {0.5, 0.25});
  file.group("var/d1", "nullable-integer", "0.1.0");
  file.array<std::int64_t>("var/d1/values", H5T_NATIVE_INT64, {1, 2});
  file.booleans("var/d1/mask", {0, 0});
  file.sparse<float>("X", "csr_matrix", H5T_NATIVE_FLOAT, {0.5F, 1.5F}, {0, 1}, {0, 1, 1, 2}, {3, 2});
  file.dict("layers");
  file.sparse<std::int32_t>("layers/counts", "csc_matrix", H5T_NATIVE_INT32, {3, 12, 1, 5}, {0, 2, 1, 2}, {0, 2, 4},
                            {3, 2});
  for (const char* const folder : {"obsm", "varm", "obsp", "varp", "uns"}) file.dict(folder);
  file.array<float>("obsm/X_pca", H5T_NATIVE_FLOAT, {1, 2, 3, 4, 5, 6}, {3, 2});
  file.dataframe("obsm/protein", {"CD3"});
  file.strings("obsm/protein/_index", {"c1", "c2", "c3"});
  file.array<double>("obsm/protein/CD3", H5T_NATIVE_DOUBLE, {1, 2, 3});
  file.sparse<double>("obsp/distances", "csr_matrix", H5T_NATIVE_DOUBLE, {1}, {2}, {0, 1, 1, 1}, {3, 3});
  file.dict("uns/log1p");
  file.none("uns/log1p/base");
  file.group("raw", "raw", "0.1.0");
  file.dataframe("raw/var", {});
  file.nullable_strings("raw/var/_index", {"Oct4", "Klf4", "Nanog", "Sox2"}, {0, 0, 0, 0});
  file.sparse<std::int64_t>("raw/X", "csr_matrix", H5T_NATIVE_INT64, {7, 3, 1, 5, 12}, {0, 3, 1, 1, 3}, {0, 2, 3, 5},
                            {3, 4});
  file.dict("raw/varm");
  return path;
}

}  // namespace

TEST_CASE("files of newer versions of anndata are read, in the encodings that they document") {
  const support::TemporaryDirectory directory;
  const std::string path = write_example(directory / "a.h5ad");
  Matrix values(3, 3);
  values << 0, 3, 0, 1, 0, 1, 1, 12, 5;
  const auto check = [&](const AnnDataOptions& options) {
    const AnnData data = cardamom::read_anndata(path, options);
    CHECK(data.counts.values() == values);
    CHECK(data.counts.times() == Eigen::Vector3d(0, 6, 24));
    CHECK(data.counts.names() == Names{"Stimulus", "Sox2", "Klf4"});
    CHECK(data.cells == Names{"c1", "c2", "c3"});
    CHECK(data.rates.mrna.tail(2) == Eigen::Vector2d(0.5, 0.25));
    CHECK(data.rates.protein.tail(2) == Eigen::Vector2d(1, 2));
  };
  check({.layer = "counts"});
  check({.genes = {"Stimulus", "Sox2", "Klf4"}, .layer = "raw"});
  CHECK(cardamom::read_anndata(path, {.layer = "raw", .rates = false}).totals == Eigen::Vector3d(10, 1, 17));
  CHECK(cardamom::read_anndata(path, {.fractions = true}).counts.values()(2, 2) == 1.5);
}

TEST_CASE("a missing name in a nullable index of newer versions is named") {
  const support::TemporaryDirectory directory;
  const std::string path = write_example(directory / "a.h5ad", true);
  support::check_io_error(path, ": obs/_index: entry 2 is missing, must be a name",
                          [&] { return cardamom::read_anndata(path, {.layer = "counts"}); });
}
