#include <cstddef>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <hdf5.h>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/io/hdf5/anndata.hpp>
#include <cardamom/io/hdf5/anndata_format.hpp>
#include <cardamom/io/read_counts.hpp>
#include <support/files.hpp>

using cardamom::Counts;
using cardamom::Index;
using cardamom::Matrix;
using cardamom::Vector;
using cardamom::detail::Hdf5File;
using cardamom::detail::Hdf5Handle;

namespace {

constexpr std::uint64_t kibi = std::uint64_t{1} << 10;
constexpr std::uint64_t mebi = std::uint64_t{1} << 20;

/// A file of three cells and two genes, some of whose objects a test replaces.
class Small {
 public:
  explicit Small(cardamom::AnnDataEncoding encoding = cardamom::AnnDataEncoding::dense) : path(directory / "a.h5ad") {
    write(path, encoding);
  }

  static void write(const std::string& to, cardamom::AnnDataEncoding encoding = cardamom::AnnDataEncoding::dense) {
    Matrix values(3, 3);
    values << 0, 3, 0, 1, 0, 1, 1, 12, 5;
    cardamom::write_anndata(to, {Counts(values, Eigen::Vector3d(0, 6, 24), {"Stimulus", "Sox2", "Klf4"}), {}, {}},
                            encoding);
  }

  /// Calls `change(file)` with the file open for writing and, where it is there, `object` removed.
  template <class Change>
  void replace(const std::string& object, const Change& change) const {
    const Hdf5Handle file(H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose);
    REQUIRE(file.valid());
    if (H5Lexists(file, object.c_str(), H5P_DEFAULT) > 0) {
      REQUIRE(H5Ldelete(file, object.c_str(), H5P_DEFAULT) >= 0);
    }
    change(file);
  }

  /// A dataset that is announced, but never written.
  void announce(const std::string& object, hsize_t count, hid_t type, hid_t layout = H5P_DEFAULT,
                hsize_t maximum = 0) const {
    replace(object, [&](hid_t file) {
      const Hdf5Handle space(H5Screate_simple(1, &count, maximum > 0 ? &maximum : nullptr), H5Sclose);
      const Hdf5Handle set(H5Dcreate2(file, object.c_str(), type, space, H5P_DEFAULT, layout, H5P_DEFAULT), H5Dclose);
      REQUIRE(set.valid());
    });
  }

  void refused(const std::string& text, const cardamom::AnnDataOptions& options = {}) const {
    support::check_io_error(path, text, [&] { return cardamom::read_anndata(path, options); });
  }

  support::TemporaryDirectory directory;
  std::string path;
};

std::string never_written(const std::string& object, const std::string& count, const std::string& each) {
  return ": " + object + ": announces " + count + " values of " + each +
         " bytes, but the file holds 0 bytes of them: it is damaged, or they were never written";
}

Hdf5Handle fixed_text(std::size_t length) {
  Hdf5Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(type, length);
  return type;
}

Hdf5Handle chunks_of(hsize_t count) {
  Hdf5Handle layout(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  REQUIRE(H5Pset_chunk(layout, 1, &count) >= 0);
  return layout;
}

}  // namespace

TEST_CASE("sizes that a header announces are refused before memory is asked for") {
  {
    const Small file;
    for (const hsize_t count : {hsize_t{1} << 31, hsize_t{1} << 28}) {
      file.announce("obs/_index", count, fixed_text(1));
      file.refused(never_written("obs/_index", std::to_string(count), "1"));
      file.announce("obs/_index", count, cardamom::detail::hdf5_text_type());
      file.refused(never_written("obs/_index", std::to_string(count), "8"));
      file.announce("obs/_index", count, H5T_NATIVE_INT16);
      file.refused(never_written("obs/_index", std::to_string(count), "2"));
    }
    file.announce("obs/_index", hsize_t{1} << 16, fixed_text(std::size_t{1} << 20));
    file.refused(never_written("obs/_index", "65536", "1048576"));
  }
  {
    const Small file;
    file.announce("var/_index", hsize_t{1} << 30, fixed_text(4), chunks_of(1 << 10));
    file.refused(never_written("var/_index", "1073741824", "4"));
  }
  const Small file(cardamom::AnnDataEncoding::csr);
  file.announce("X/data", hsize_t{1} << 31, H5T_NATIVE_DOUBLE);
  file.refused(never_written("X/data", "2147483648", "8"));
  file.announce("X/data", hsize_t{1} << 31, H5T_NATIVE_DOUBLE, chunks_of(1 << 10));
  file.refused(never_written("X/data", "2147483648", "8"));
}

TEST_CASE("sizes beyond all whole numbers are refused") {
  const Small file;
  constexpr std::uint64_t count = 0x123456789;
  file.announce("obs/_index", count, H5T_NATIVE_INT8);
  std::string bytes = support::content(file.path);
  std::string written(sizeof count, '\0');
  std::memcpy(written.data(), &count, sizeof count);
  REQUIRE(bytes.find(written) != std::string::npos);
  for (std::size_t at = bytes.find(written); at != std::string::npos; at = bytes.find(written)) {
    bytes.replace(at, written.size(), "\0\0\0\0\0\0\0\x80", 8);
  }
  std::ofstream(file.path, std::ios::binary) << bytes;
  // By HDF5, or else by the shape.
  CHECK_THROWS_AS(static_cast<void>(cardamom::read_anndata(file.path)), cardamom::IoError);
}

TEST_CASE("a few values in a chunk of gigabytes are refused") {
  const Small file;
  const Hdf5Handle layout = chunks_of(hsize_t{1} << 28);
  REQUIRE(H5Pset_deflate(layout, 1) >= 0);
  file.announce("obs/time", 3, H5T_NATIVE_DOUBLE, layout, H5S_UNLIMITED);
  file.refused(
      ": obs/time: is stored by pieces of 268435456 values of 8 bytes, but the file holds 0 bytes of them: it is "
      "damaged, or they were never written");
}

TEST_CASE("few values that were never written are those that the file fills in") {
  const Small file;
  file.announce("obs/stimulus", 3, H5T_NATIVE_DOUBLE);
  CHECK(cardamom::read_anndata(file.path).counts.values().col(0) == Vector::Zero(3));
  file.announce("many", (4 * mebi) / sizeof(double), H5T_NATIVE_INT8);
  CHECK(Hdf5File(file.path).numbers("many").size() == (4 * mebi) / sizeof(double));
  file.announce("many", (4 * mebi) / sizeof(double) + 1, H5T_NATIVE_INT8);
  support::check_io_error(file.path, never_written("many", "524289", "1"),
                          [&] { return Hdf5File(file.path).numbers("many"); });
}

TEST_CASE("values that are stored are read, however well they are compressed, up to a bound that can be raised") {
  const Small file;
  constexpr hsize_t count = 4 * mebi;
  const std::vector<double> zeros(count, 0.0);
  const Hdf5Handle layout = chunks_of(count / 4);
  REQUIRE(H5Pset_deflate(layout, 9) >= 0);
  file.announce("zeros", count, H5T_NATIVE_DOUBLE, layout);
  {
    const Hdf5Handle opened(H5Fopen(file.path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose);
    const Hdf5Handle set(H5Dopen2(opened, "zeros", H5P_DEFAULT), H5Dclose);
    REQUIRE(H5Dwrite(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, zeros.data()) >= 0);
  }
  CHECK(support::content(file.path).size() < 100 * kibi);
  CHECK(Hdf5File(file.path).numbers("zeros") == zeros);
  CHECK(Hdf5File(file.path, 32 * mebi).numbers("zeros") == zeros);
  support::check_io_error(file.path,
                          ": zeros: has 4194304 values of 8 bytes in memory, must be at most 33554431 bytes in all "
                          "unless a larger bound is "
                          "asked for",
                          [&] { return Hdf5File(file.path, 32 * mebi - 1).numbers("zeros"); });

  CHECK(cardamom::AnnDataOptions{}.largest == std::uint64_t{8} << 30);
  const std::string text =
      ": obs/_index: has 3 values of 48 bytes in memory, must be at most 100 bytes in all unless a larger bound is "
      "asked for";
  file.refused(text, {.largest = 100});
  support::check_io_error(
      file.path, text, [&] { return cardamom::read_counts(file.path, {}, cardamom::AnnDataFormat{.largest = 100}); });
  file.refused(
      ": obs/_index: its texts are longer than 6 bytes in all, must be at most so long unless a larger bound is "
      "asked for",
      {.largest = 150});
  CHECK(cardamom::read_anndata(file.path, {.largest = 1000}).cells.size() == 3);
}

TEST_CASE("one long text in many places is refused beyond the size of the file") {
  const Small file;
  constexpr std::size_t count = 64;
  std::string longest(mebi, 'a');
  haddr_t place = HADDR_UNDEF;
  file.replace("obs/_index", [&](hid_t opened) {
    std::vector<const char*> texts(count, "b");
    texts.front() = longest.c_str();
    const hsize_t size = count;
    const Hdf5Handle space(H5Screate_simple(1, &size, nullptr), H5Sclose);
    const Hdf5Handle type = cardamom::detail::hdf5_text_type();
    const Hdf5Handle set(H5Dcreate2(opened, "obs/_index", type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
                         H5Dclose);
    REQUIRE(H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, texts.data()) >= 0);
    place = H5Dget_offset(set);
  });
  REQUIRE(place != HADDR_UNDEF);
  CHECK(Hdf5File(file.path).texts("obs/_index").front() == longest);

  // The places hold where each text is: all of them shall be where the first one is.
  constexpr std::size_t each = 16;
  std::string bytes = support::content(file.path);
  for (std::size_t k = 1; k < count; ++k) std::memcpy(&bytes[place + k * each], &bytes[place], each);
  std::ofstream(file.path, std::ios::binary) << bytes;
  file.refused(": obs/_index: its texts are longer than 4194304 bytes in all, must be at most so long in a file of " +
               std::to_string(bytes.size()) + " bytes");
}

TEST_CASE("what is in another file is refused") {
  const std::string link = ": is a link into another file, must be in this one";
  const Small file;
  Small::write(file.directory / "other.h5ad");
  for (const std::string object : {"obs", "X", "obs/time"}) {
    CAPTURE(object);
    const Small linked;
    Small::write(linked.directory / "other.h5ad");
    linked.replace(object, [&](hid_t opened) {
      REQUIRE(H5Lcreate_external("other.h5ad", object.c_str(), opened, object.c_str(), H5P_DEFAULT, H5P_DEFAULT) >= 0);
    });
    linked.refused(": " + object + link);
  }
  // Nor is it reached by a link to such a link.
  for (const std::string object : {"obs", "X", "obs/time"}) {
    CAPTURE(object);
    const Small linked;
    Small::write(linked.directory / "other.h5ad");
    linked.replace(object, [&](hid_t opened) {
      REQUIRE(H5Lcreate_external("other.h5ad", "/", opened, "other", H5P_DEFAULT, H5P_DEFAULT) >= 0);
      REQUIRE(H5Lcreate_soft(("/other/" + object).c_str(), opened, object.c_str(), H5P_DEFAULT, H5P_DEFAULT) >= 0);
    });
    linked.refused(": " + object + link);
  }
  // Links within the file are followed.
  file.replace("obs/stimulus", [&](hid_t opened) {
    REQUIRE(H5Lcreate_soft("/obs/time", opened, "obs/stimulus", H5P_DEFAULT, H5P_DEFAULT) >= 0);
  });
  CHECK(cardamom::read_anndata(file.path).counts.values().col(0) == Vector{{0, 6, 24}});

  const Hdf5Handle outside(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  const std::string raw = file.directory.write("raw", std::string(24, '\0'));
  REQUIRE(H5Pset_external(outside, raw.c_str(), 0, 24) >= 0);
  file.announce("obs/stimulus", 3, H5T_NATIVE_DOUBLE, outside);
  file.refused(": obs/stimulus: its values are in another file, must be in this one");

  const Hdf5Handle composed(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  const hsize_t size = 3;
  const Hdf5Handle space(H5Screate_simple(1, &size, nullptr), H5Sclose);
  REQUIRE(H5Pset_virtual(composed, space, "other.h5ad", "obs/time", space) >= 0);
  file.announce("obs/stimulus", 3, H5T_NATIVE_DOUBLE, composed);
  file.refused(": obs/stimulus: is a virtual dataset, must have values of its own");
}
