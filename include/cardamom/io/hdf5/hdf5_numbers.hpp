/// @file
/// Tables of numbers in HDF5 files, read block by block. A program that includes this header links the target
/// cardamom::hdf5.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <hdf5.h>
#include <string>
#include <vector>

#include <cardamom/core/types.hpp>
#include <cardamom/io/hdf5/hdf5_file.hpp>
#include <cardamom/io/hdf5/hdf5_handle.hpp>

namespace cardamom::detail {

/// A dataset of one or two dimensions, of numbers or truth values, open to be read block by block.
///
/// HDF5 expands whole chunks. A chunk is expanded once when blocks consist of whole chunks, or when those within a
/// chunk are read one after the other.
class Hdf5Numbers {
 public:
  using Sizes = std::array<Index, 2>;

  /// @throws IoError unless it is such a dataset and the file stores what it announces
  Hdf5Numbers(const Hdf5File& file, const std::string& object)
      : file_(file), object_(object), set_(file.dataset(object)), space_(Hdf5File::space(set_)) {
    const std::vector<Index> sizes = file.extent(object, space_);
    dimensions_ = sizes.size();
    if (dimensions_ != 1 && dimensions_ != 2) file.fail(object, "must have one or two dimensions");
    std::copy(sizes.begin(), sizes.end(), shape_.begin());
    file.check_stored(object, set_, static_cast<double>(shape_[0]) * static_cast<double>(shape_[1]), sizeof(double));
    const Hdf5Handle type(H5Dget_type(set_), H5Tclose);
    const H5T_class_t kind = H5Tget_class(type);
    if (kind != H5T_INTEGER && kind != H5T_FLOAT && !Hdf5File::is_boolean_type(type)) {
      file.fail(object, "cannot be read as numbers");
    }
    type_ = known_type(type);
    const Hdf5Handle layout(H5Dget_create_plist(set_), H5Pclose);
    std::array<hsize_t, 2> chunk{};
    chunked_ =
        H5Pget_layout(layout) == H5D_CHUNKED && H5Pget_chunk(layout, 2, chunk.data()) == static_cast<int>(dimensions_);
    for (std::size_t d = 0; chunked_ && d < dimensions_; ++d) {
      chunk_[d] = std::max<Index>(1, std::min(static_cast<Index>(chunk[d]), shape_[d]));
    }
    if (!chunked_) return;
    // Room for one chunk, however large it is, instead of the library's one MiB.
    const std::uint64_t count = chunk[0] * (dimensions_ == 2 ? chunk[1] : 1);
    const std::size_t each = H5Tget_size(type);
    file.check_memory(object, count, each);
    const Hdf5Handle access(H5Pcopy(file.access_), H5Pclose);
    constexpr std::size_t slots = 521;
    constexpr std::uint64_t usual = std::uint64_t{1} << 20;
    H5Pset_chunk_cache(access, slots, std::max(usual, count * each), H5D_CHUNK_CACHE_W0_DEFAULT);
    set_ = Hdf5Handle(H5Dopen2(file.file_, object.c_str(), access), H5Dclose);
    if (!set_.valid()) file.fail(object, "cannot be read");
  }

  /// Sizes; the second is 1 where there is one dimension.
  const Sizes& shape() const noexcept { return shape_; }
  std::size_t dimensions() const noexcept { return dimensions_; }
  /// Whether it is stored by chunks, and their sizes, no larger than `shape()`.
  bool chunked() const noexcept { return chunked_; }
  const Sizes& chunk() const noexcept { return chunk_; }

  /// Calls a function of a pointer to numbers of the type that is stored, where that is float, double
  /// or an integer of four or eight bytes with a sign, else of double: in it, `read` needs no conversion.
  template <class Function>
  void with_type(const Function& function) const {
    switch (type_) {
      case Type::f4:
        return function(static_cast<float*>(nullptr));
      case Type::i4:
        return function(static_cast<std::int32_t*>(nullptr));
      case Type::i8:
        return function(static_cast<std::int64_t*>(nullptr));
      case Type::f8:
        break;
    }
    function(static_cast<double*>(nullptr));
  }

  /// The numbers of a block, the last dimension running fastest.
  /// @throws IoError when they cannot be read
  template <class T>
  void read(const Sizes& begin, const Sizes& count, std::vector<T>& values) const {
    const hsize_t start[2] = {static_cast<hsize_t>(begin[0]), static_cast<hsize_t>(begin[1])};
    const hsize_t size[2] = {static_cast<hsize_t>(count[0]), static_cast<hsize_t>(count[1])};
    const auto total = static_cast<std::size_t>(count[0] * count[1]);
    file_.check_memory(object_, total, sizeof(T));
    values.resize(total);
    if (total == 0) return;
    const Hdf5Handle memory(H5Screate_simple(static_cast<int>(dimensions_), size, nullptr), H5Sclose);
    if (H5Sselect_hyperslab(space_, H5S_SELECT_SET, start, nullptr, size, nullptr) < 0 ||
        !Hdf5File::read(set_, memory_type(static_cast<T*>(nullptr)), memory, space_, H5P_DEFAULT, values.data())) {
      file_.fail_unread(object_, set_, "cannot be read as numbers");
    }
  }

 private:
  enum class Type { f4, f8, i4, i8 };
  static Type known_type(hid_t type) {
    const auto is = [type](hid_t native) { return H5Tequal(type, native) > 0; };
    if (is(H5T_NATIVE_FLOAT)) return Type::f4;
    if (is(H5T_NATIVE_INT32)) return Type::i4;
    if (is(H5T_NATIVE_INT64)) return Type::i8;
    return Type::f8;
  }
  static hid_t memory_type(const float*) { return H5T_NATIVE_FLOAT; }
  static hid_t memory_type(const double*) { return H5T_NATIVE_DOUBLE; }
  static hid_t memory_type(const std::int32_t*) { return H5T_NATIVE_INT32; }
  static hid_t memory_type(const std::int64_t*) { return H5T_NATIVE_INT64; }

  const Hdf5File& file_;
  std::string object_;
  Hdf5Handle set_;
  Hdf5Handle space_;
  std::size_t dimensions_ = 0;
  Sizes shape_{1, 1};
  bool chunked_ = false;
  Sizes chunk_{1, 1};
  Type type_ = Type::f8;
};

}  // namespace cardamom::detail
