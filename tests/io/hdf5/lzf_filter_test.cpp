#include <algorithm>
#include <cstddef>
#include <cstring>
#include <hdf5.h>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/io/hdf5/anndata.hpp>
#include <cardamom/io/hdf5/lzf_filter.hpp>
#include <support/files.hpp>

using cardamom::Counts;
using cardamom::Matrix;
using cardamom::Vector;
using cardamom::detail::Hdf5Handle;
using Bytes = std::vector<unsigned char>;

namespace {

/// What a stream expands to in a place of so many bytes; empty where it is refused.
Bytes expanded(const Bytes& stream, std::size_t room) {
  Bytes out(room);
  out.resize(cardamom::detail::expand_lzf(stream.data(), stream.size(), out.data(), room));
  return out;
}

/// The stream of bytes that say themselves, apart from repetitions of what is `period` bytes before.
Bytes lzf(const Bytes& bytes, std::size_t period) {
  Bytes stream;
  std::size_t at = 0;
  while (at < bytes.size()) {
    std::size_t length = 0;
    while (at >= period && at + length < bytes.size() && length < 264 &&
           bytes[at + length] == bytes[at + length - period]) {
      ++length;
    }
    if (length >= 3) {
      const std::size_t distance = period - 1;
      const std::size_t code = std::min<std::size_t>(length - 2, 7);
      stream.push_back(static_cast<unsigned char>((code << 5) | (distance >> 8)));
      if (code == 7) stream.push_back(static_cast<unsigned char>(length - 9));
      stream.push_back(static_cast<unsigned char>(distance & 255));
      at += length;
    } else {
      stream.push_back(0);
      stream.push_back(bytes[at++]);
    }
  }
  return stream;
}

/// Replaces a dataset by one of a single chunk that is stored as given, under the filter of LZF.
void store_chunk(const std::string& file, const std::string& object, const std::vector<hsize_t>& shape, hid_t type,
                 const Bytes& stream, const std::vector<unsigned>& parameters) {
  {
    const Hdf5Handle handle(H5Fopen(file.c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose);
    // The library makes datasets only under filters that can compress.
    const H5Z_class2_t filter{H5Z_CLASS_T_VERS, cardamom::detail::lzf_filter,         1, 1, "lzf", nullptr,
                              nullptr,          cardamom::detail::lzf_filter_function};
    REQUIRE(H5Zregister(&filter) >= 0);
    REQUIRE(H5Ldelete(handle, object.c_str(), H5P_DEFAULT) >= 0);
    const Hdf5Handle space(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr), H5Sclose);
    const Hdf5Handle layout(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    H5Pset_chunk(layout, static_cast<int>(shape.size()), shape.data());
    REQUIRE(H5Pset_filter(layout, cardamom::detail::lzf_filter, H5Z_FLAG_OPTIONAL, parameters.size(),
                          parameters.data()) >= 0);
    const Hdf5Handle set(H5Dcreate2(handle, object.c_str(), type, space, H5P_DEFAULT, layout, H5P_DEFAULT), H5Dclose);
    REQUIRE(set.valid());
    const std::vector<hsize_t> origin(shape.size(), 0);
    REQUIRE(H5Dwrite_chunk(set, H5P_DEFAULT, 0, origin.data(), stream.size(), stream.data()) >= 0);
  }
  REQUIRE(H5Zunregister(cardamom::detail::lzf_filter) >= 0);
}

template <class Number>
Bytes bytes_of(const std::vector<Number>& numbers) {
  Bytes bytes(numbers.size() * sizeof(Number));
  std::memcpy(bytes.data(), numbers.data(), bytes.size());
  return bytes;
}

}  // namespace

TEST_CASE("instructions of LZF are carried out as they are defined") {
  CHECK(expanded({2, 'a', 'b', 'c'}, 3) == Bytes{'a', 'b', 'c'});
  // Three bytes that begin two before, so that the third is the first that was just written.
  CHECK(expanded({1, 'a', 'b', 1 << 5, 1}, 5) == Bytes{'a', 'b', 'a', 'b', 'a'});
  // The longest instruction: 264 bytes.
  CHECK(expanded({0, 'a', 7 << 5, 255, 0}, 265) == Bytes(265, 'a'));
  Bytes far;
  for (int k = 0; k < 8192; ++k) far.push_back(static_cast<unsigned char>((k * 7919) >> 4));
  Bytes twice = far;
  twice.insert(twice.end(), far.begin(), far.end());
  CHECK(expanded(lzf(twice, 8192), twice.size()) == twice);
  CHECK(lzf(twice, 8192).size() < 2 * far.size() + 200);
}

TEST_CASE("damaged streams of LZF neither read nor write where they must not") {
  CHECK(expanded({2, 'a', 'b'}, 9).empty());           // two bytes where three are announced
  CHECK(expanded({0, 'a', 1 << 5}, 9).empty());        // no distance
  CHECK(expanded({0, 'a', 7 << 5, 3}, 99).empty());    // a length, but no distance
  CHECK(expanded({0, 'a', 1 << 5, 1}, 9).empty());     // begins before the first byte
  CHECK(expanded({0, 'a', 7 << 5, 0, 0}, 9).empty());  // ten bytes do not fit
  CHECK(expanded({1, 'a', 'b'}, 1).empty());
}

TEST_CASE("datasets that h5py compressed by LZF are read, damaged ones refused") {
  const support::TemporaryDirectory directory;
  const std::string path = directory / "a.h5ad";
  Matrix values(60, 3);
  std::vector<float> stored;
  for (cardamom::Index cell = 0; cell < 60; ++cell) {
    values.row(cell) << 1, static_cast<double>(cell % 4), 7;
    stored.insert(stored.end(), {static_cast<float>(cell % 4), 7});
  }
  const Counts counts(values, Vector::Constant(60, 24.0), {"Stimulus", "Sox2", "Klf4"});
  const Bytes stream = lzf(bytes_of(stored), 32);
  REQUIRE(stream.size() < 200);
  const auto write = [&](const Bytes& chunk, const std::vector<unsigned>& parameters) {
    cardamom::write_anndata(path, {counts, {}, {}});
    store_chunk(path, "X", {60, 2}, H5T_NATIVE_FLOAT, chunk, parameters);
  };
  for (const std::vector<unsigned>& parameters : {std::vector<unsigned>{4, 261, 480}, {}}) {
    write(stream, parameters);
    CHECK(cardamom::read_anndata(path).counts.values() == values);
    // Short of the chunk, though a stream of its own.
    write(Bytes(stream.begin(), stream.end() - 3), parameters);
    support::check_io_error(path, ": X: cannot be read as numbers", [&] { return cardamom::read_anndata(path); });
    write({0, 1}, parameters);
    support::check_io_error(path, ": X: cannot be read as numbers", [&] { return cardamom::read_anndata(path); });
  }

  std::vector<double> times;
  for (int cell = 0; cell < 60; ++cell) times.push_back(cell < 30 ? 0 : 24);
  cardamom::write_anndata(path, {counts, {}, {}});
  store_chunk(path, "obs/time", {60}, H5T_NATIVE_DOUBLE, lzf(bytes_of(times), 8), {4, 261, 480});
  CHECK(cardamom::read_anndata(path).counts.times() == Vector::Map(times.data(), 60));
}
