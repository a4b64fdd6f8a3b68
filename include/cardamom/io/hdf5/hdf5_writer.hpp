/// @file
/// Writing HDF5 in the layout of AnnData. A program that includes this header links the target cardamom::hdf5.
#pragma once

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <hdf5.h>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/io/hdf5/hdf5_handle.hpp>
#include <cardamom/io/read_file.hpp>

#if __has_include(<unistd.h>)
#include <fcntl.h>
#include <unistd.h>
#endif

namespace cardamom::detail {

/// Room for a file that a library is about to write itself: a disk that is full is noticed here, as an error, and not
/// in the middle of the library's work.
/// @param name named in errors
/// @throws IoError when there is no room
inline void reserve_room(const std::string& path, const std::string& name, std::uint64_t bytes) {
  const FileHandle file(std::fopen(path.c_str(), "r+b"));
  if (!file) throw IoError(name, "cannot be written: " + system_message(errno));
#if defined(_POSIX_ADVISORY_INFO) && _POSIX_ADVISORY_INFO > 0
  const int error = posix_fallocate(fileno(file.get()), 0, static_cast<off_t>(bytes));
  if (error != 0) throw IoError(name, "cannot be written: " + system_message(error));
#else
  const std::string zeros(std::size_t{1} << 20, '\0');
  for (std::uint64_t done = 0; done < bytes; done += zeros.size()) {
    if (std::fwrite(zeros.data(), 1, zeros.size(), file.get()) != zeros.size()) {
      throw IoError(name, "cannot be written: " + system_message(errno));
    }
  }
  if (std::fflush(file.get()) != 0) throw IoError(name, "cannot be written: " + system_message(errno));
#endif
}

/// A file being written, with the attributes by which AnnData tells elements apart: in memory, or on the disk in room
/// that is reserved for it. HDF5 crashes where it cannot write.
class Hdf5Writer {
 public:
  /// A file in memory, which `image` returns.
  /// @param name named in errors
  explicit Hdf5Writer(std::string name) : name_(std::move(name)), file_(create_in_memory(), no_close) {
    require(file_);
  }
  /// A file on the disk.
  /// @param path file to write, which is there and is replaced; @param name named in errors
  /// @param bytes no less than the file will have
  /// @throws IoError when there is no room for it
  Hdf5Writer(const std::string& path, std::string name, std::uint64_t bytes)
      : path_(path), name_(std::move(name)), file_(create(path, name_, bytes), no_close) {
    require(file_);
    reserve_room(path, name_, bytes);
  }
  Hdf5Writer(const Hdf5Writer&) = delete;
  Hdf5Writer& operator=(const Hdf5Writer&) = delete;
  ~Hdf5Writer() {
    if (!closed_) H5Fclose(file_);
  }

  /// Puts a file on the disk into its final state.
  /// @throws IoError when what is still buffered cannot be written
  void close() {
    hsize_t size = 0;
    require(H5Fflush(file_, H5F_SCOPE_GLOBAL));
    require(H5Fget_filesize(file_, &size));
    closed_ = true;
    require(H5Fclose(file_));
    std::error_code error;
    std::filesystem::resize_file(path_, size, error);
    if (error) throw IoError(name_, "cannot be written: " + error.message());
  }

  /// The bytes of a file in memory, in its final state.
  std::string image() const {
    require(H5Fflush(file_, H5F_SCOPE_GLOBAL));
    const ssize_t size = H5Fget_file_image(file_, nullptr, 0);
    require(size);
    std::string bytes(static_cast<std::size_t>(size), '\0');
    require(H5Fget_file_image(file_, bytes.data(), bytes.size()));
    return bytes;
  }

  void encode(const char* object, const char* type, const char* version) {
    text_attribute(object, "encoding-type", type);
    text_attribute(object, "encoding-version", version);
  }

  void dictionary(const char* group) {
    make_group(group);
    encode(group, "dict", "0.1.0");
  }

  /// A table with an index; its columns are written one by one.
  void frame(const std::string& group, const std::vector<std::string>& index, const std::vector<std::string>& columns) {
    make_group(group);
    encode(group.c_str(), "dataframe", "0.2.0");
    text_attribute(group.c_str(), "_index", "_index");
    const hsize_t count = columns.size();
    const Hdf5Handle space(H5Screate_simple(1, &count, nullptr), H5Sclose);
    const Hdf5Handle type = hdf5_text_type();
    const Hdf5Handle attribute(
        H5Acreate_by_name(file_, group.c_str(), "column-order", type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
        H5Aclose);
    require(attribute);
    if (count > 0) require(H5Awrite(attribute, type, pointers(columns).data()));
    texts(group + "/_index", index);
  }

  void texts(const std::string& path, const std::vector<std::string>& values) {
    const Hdf5Handle type = hdf5_text_type();
    const Hdf5Handle set = create(path, {values.size()}, type);
    if (!values.empty()) require(H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, pointers(values).data()));
    encode(path.c_str(), "string-array", "0.2.0");
  }

  /// A column of texts of a few kinds.
  /// @param categories sorted, of which every value is one
  void categorical(const std::string& path, const std::vector<std::string>& categories,
                   const std::vector<std::string>& values) {
    make_group(path);
    encode(path.c_str(), "categorical", "0.2.0");
    // Truth values as h5py has them.
    const Hdf5Handle boolean(H5Tenum_create(H5T_NATIVE_INT8), H5Tclose);
    const std::int8_t no = 0;
    const std::int8_t yes = 1;
    require(H5Tenum_insert(boolean, "FALSE", &no));
    require(H5Tenum_insert(boolean, "TRUE", &yes));
    const Hdf5Handle space(H5Screate(H5S_SCALAR), H5Sclose);
    const Hdf5Handle attribute(
        H5Acreate_by_name(file_, path.c_str(), "ordered", boolean, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
        H5Aclose);
    require(attribute);
    require(H5Awrite(attribute, boolean, &no));
    texts(path + "/categories", categories);
    std::vector<std::int32_t> codes;
    for (const std::string& value : values) {
      codes.push_back(static_cast<std::int32_t>(std::lower_bound(categories.begin(), categories.end(), value) -
                                                categories.begin()));
    }
    write(path + "/codes", {codes.size()}, H5T_NATIVE_INT32, codes.data());
    encode((path + "/codes").c_str(), "array", "0.2.0");
  }

  void numbers(const std::string& path, const Vector& values) {
    write(path, {static_cast<hsize_t>(values.size())}, H5T_NATIVE_DOUBLE, values.data());
    encode(path.c_str(), "array", "0.2.0");
  }

  void dense(const std::string& path, const MatrixIn& values) {
    const Index rows = values.rows();
    const Index columns = values.cols();
    const Hdf5Handle set = create(path, {static_cast<hsize_t>(rows), static_cast<hsize_t>(columns)}, H5T_NATIVE_DOUBLE);
    // Some rows at a time: the table is in memory already.
    const Index step = std::max<Index>(1, piece / std::max<Index>(1, columns));
    Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> part;
    for (Index row = 0; columns > 0 && row < rows; row += step) {
      part = values.middleRows(row, std::min(step, rows - row));
      write_part(set, {row, 0}, {part.rows(), columns}, H5T_NATIVE_DOUBLE, part.data());
    }
    encode(path.c_str(), "array", "0.2.0");
  }

  /// The same by its entries that are not 0.
  void csr(const std::string& path, const MatrixIn& values) {
    std::vector<std::int64_t> pointers{0};
    for (Index i = 0; i < values.rows(); ++i) {
      pointers.push_back(pointers.back() + (values.row(i).array() != 0.0).count());
    }
    make_group(path);
    encode(path.c_str(), "csr_matrix", "0.1.0");
    const std::int64_t shape[2] = {values.rows(), values.cols()};
    const hsize_t two = 2;
    const Hdf5Handle space(H5Screate_simple(1, &two, nullptr), H5Sclose);
    const Hdf5Handle attribute(
        H5Acreate_by_name(file_, path.c_str(), "shape", H5T_NATIVE_INT64, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
        H5Aclose);
    require(attribute);
    require(H5Awrite(attribute, H5T_NATIVE_INT64, shape));
    const auto size = static_cast<hsize_t>(pointers.back());
    const Hdf5Handle data_set = create(path + "/data", {size}, H5T_NATIVE_DOUBLE);
    const Hdf5Handle indices_set = create(path + "/indices", {size}, H5T_NATIVE_INT64);
    std::vector<double> data;
    std::vector<std::int64_t> indices;
    Index written = 0;
    for (Index i = 0; i < values.rows(); ++i) {
      for (Index j = 0; j < values.cols(); ++j) {
        if (values(i, j) == 0.0) continue;
        data.push_back(values(i, j));
        indices.push_back(j);
      }
      const auto count = static_cast<Index>(data.size());
      if (count == 0 || (count < piece && i + 1 < values.rows())) continue;
      write_part(data_set, {written, 0}, {count, 1}, H5T_NATIVE_DOUBLE, data.data());
      write_part(indices_set, {written, 0}, {count, 1}, H5T_NATIVE_INT64, indices.data());
      written += count;
      data.clear();
      indices.clear();
    }
    write(path + "/indptr", {pointers.size()}, H5T_NATIVE_INT64, pointers.data());
  }

 private:
  /// Numbers that are written at a time.
  static constexpr Index piece = Index{1} << 16;

  static herr_t no_close(hid_t) { return 0; }

  static hid_t create_in_memory() {
    constexpr std::size_t step = std::size_t{1} << 20;  // by which it grows
    const Hdf5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
    H5Pset_fapl_core(access, step, false);
    return H5Fcreate("memory", H5F_ACC_TRUNC, H5P_DEFAULT, access);
  }
  static hid_t create(const std::string& path, const std::string& name, std::uint64_t bytes) {
    reserve_room(path, name, bytes);  // before the library has anything to write: it gives it up, and is given it again
    return H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  }

  void require(std::int64_t result) const {
    if (result < 0) throw IoError(name_, "cannot be written");
  }

  static std::vector<const char*> pointers(const std::vector<std::string>& texts) {
    std::vector<const char*> result;
    for (const std::string& text : texts) result.push_back(text.c_str());
    return result;
  }

  void make_group(const std::string& path) {
    const Hdf5Handle group(H5Gcreate2(file_, path.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Gclose);
    require(group);
  }

  Hdf5Handle create(const std::string& path, const std::vector<hsize_t>& shape, hid_t type) {
    const Hdf5Handle space(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr), H5Sclose);
    Hdf5Handle set(H5Dcreate2(file_, path.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Dclose);
    require(set);
    return set;
  }

  void write(const std::string& path, const std::vector<hsize_t>& shape, hid_t type, const void* values) {
    const Hdf5Handle set = create(path, shape, type);
    const bool empty = std::find(shape.begin(), shape.end(), hsize_t{0}) != shape.end();
    if (!empty) require(H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values));
  }

  /// Part of a dataset of one or two dimensions.
  void write_part(hid_t set, const std::array<Index, 2>& begin, const std::array<Index, 2>& count, hid_t type,
                  const void* values) {
    const Hdf5Handle space(H5Dget_space(set), H5Sclose);
    const hsize_t start[2] = {static_cast<hsize_t>(begin[0]), static_cast<hsize_t>(begin[1])};
    const hsize_t size[2] = {static_cast<hsize_t>(count[0]), static_cast<hsize_t>(count[1])};
    const Hdf5Handle memory(H5Screate_simple(H5Sget_simple_extent_ndims(space), size, nullptr), H5Sclose);
    require(H5Sselect_hyperslab(space, H5S_SELECT_SET, start, nullptr, size, nullptr));
    require(H5Dwrite(set, type, memory, space, H5P_DEFAULT, values));
  }

  void text_attribute(const char* object, const char* name, const char* text) {
    const Hdf5Handle type = hdf5_text_type();
    const Hdf5Handle space(H5Screate(H5S_SCALAR), H5Sclose);
    const Hdf5Handle attribute(
        H5Acreate_by_name(file_, object, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
    require(attribute);
    require(H5Awrite(attribute, type, &text));
  }

  std::string path_ = {};
  std::string name_;
  Hdf5Quiet quiet_;
  Hdf5Handle file_;
  bool closed_ = false;
};

}  // namespace cardamom::detail
