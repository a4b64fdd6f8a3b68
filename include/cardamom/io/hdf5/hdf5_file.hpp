/// @file
/// Reading HDF5, by its C library, as much as AnnData and 10x files need. A program that includes this header links the
/// target cardamom::hdf5.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <hdf5.h>
#include <limits>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/io/hdf5/hdf5_filters.hpp>
#include <cardamom/io/hdf5/hdf5_handle.hpp>
#include <cardamom/io/hdf5/lzf_filter.hpp>
#include <cardamom/io/read_file.hpp>

namespace cardamom::detail {

/// Memory that HDF5 asks for while it reads text of any length: so much in all, given back at the end.
class Hdf5Texts {
 public:
  explicit Hdf5Texts(std::uint64_t most) : most_(most), left_(most), transfer_(H5Pcreate(H5P_DATASET_XFER), H5Pclose) {
    H5Pset_vlen_mem_manager(transfer_, allocate, this, release, nullptr);
  }
  Hdf5Texts(const Hdf5Texts&) = delete;
  Hdf5Texts& operator=(const Hdf5Texts&) = delete;
  ~Hdf5Texts() = default;

  hid_t transfer() const noexcept { return transfer_; }
  std::uint64_t most() const noexcept { return most_; }
  /// Whether the memory did not suffice.
  bool exceeded() const noexcept { return exceeded_; }

 private:
  static void* allocate(std::size_t size, void* self) noexcept {
    auto& texts = *static_cast<Hdf5Texts*>(self);
    if (size > texts.left_) {
      texts.exceeded_ = true;
      return nullptr;
    }
    try {
      texts.pieces_.push_back(std::make_unique<char[]>(size));
    } catch (const std::bad_alloc&) {
      return nullptr;
    }
    texts.left_ -= size;
    return texts.pieces_.back().get();
  }
  static void release(void*, void*) noexcept {}

  std::uint64_t most_;
  std::uint64_t left_;
  bool exceeded_ = false;
  std::vector<std::unique_ptr<char[]>> pieces_;
  Hdf5Handle transfer_;
};

/// A file open for reading. Paths are those inside the file.
///
/// Memory is asked for in proportion to what the file stores, whatever its headers announce, and other files are not
/// opened in its name: links into them, datasets stored in them and virtual datasets are errors.
class Hdf5File {
 public:
  /// @param largest bytes of memory that the values of one dataset may take, >= 0
  explicit Hdf5File(const std::string& path, std::uint64_t largest = largest_content)
      : path_(path), largest_(largest), file_(open(path), H5Fclose) {
    if (!file_.valid()) throw IoError(path, "cannot be opened as an HDF5 file");
    H5Pset_elink_cb(group_access_, refuse_link, this);
    H5Pset_elink_cb(access_, refuse_link, this);
  }

  const std::string& path() const noexcept { return path_; }

  bool exists(const std::string& object) const {
    // A path exists when each of its beginnings does.
    for (std::size_t end = object.find('/');; end = object.find('/', end + 1)) {
      const std::string beginning = object.substr(0, end);
      if (H5Lexists(file_, beginning.c_str(), access_) <= 0) {
        check_links(beginning.substr(0, beginning.rfind('/')));
        return false;
      }
      H5L_info_t link{};
      if (H5Lget_info(file_, beginning.c_str(), &link, access_) >= 0 && link.type == H5L_TYPE_EXTERNAL) {
        fail_outside(beginning);
      }
      if (end == std::string::npos) return true;
    }
  }

  bool is_group(const std::string& object) const {
    if (!exists(object)) return false;
    const bool opened = Hdf5Handle(H5Gopen2(file_, object.c_str(), group_access_), H5Gclose).valid();
    if (!opened) check_links(object);
    return opened;
  }

  bool is_text(const std::string& object) const { return H5Tget_class(type_of(object)) == H5T_STRING; }

  /// Whether a dataset holds truth values: an enumeration of FALSE and TRUE.
  bool is_boolean(const std::string& object) const { return is_boolean_type(type_of(object)); }

  bool has_attribute(const std::string& object, const char* name) const { return open_attribute(object, name).valid(); }

  std::vector<std::string> members(const std::string& group) const {
    const Hdf5Handle handle(H5Gopen2(file_, group.c_str(), group_access_), H5Gclose);
    H5G_info_t info{};
    if (!handle.valid() || H5Gget_info(handle, &info) < 0) fail(group, "cannot be read");
    std::vector<std::string> names;
    for (hsize_t k = 0; k < info.nlinks; ++k) {
      const auto name = [&](char* text, std::size_t size) {
        return H5Lget_name_by_idx(handle, ".", H5_INDEX_NAME, H5_ITER_INC, k, text, size, H5P_DEFAULT);
      };
      const ssize_t length = name(nullptr, 0);
      if (length < 0) fail(group, "cannot be read");
      std::string text(static_cast<std::size_t>(length) + 1, '\0');
      name(text.data(), text.size());
      text.pop_back();
      names.push_back(std::move(text));
    }
    return names;
  }

  /// Sizes of a dataset.
  std::vector<Index> shape(const std::string& object) const { return extent(object, space(dataset(object))); }

  /// All values of a one-dimensional dataset of numbers or truth values, true being 1.
  std::vector<double> numbers(const std::string& object) const {
    return all<double>(object, H5T_NATIVE_DOUBLE, "numbers");
  }
  std::vector<Index> indices(const std::string& object) const {
    static_assert(sizeof(Index) == sizeof(std::int64_t));
    return all<Index>(object, H5T_NATIVE_INT64, "whole numbers");
  }

  /// All values of a one-dimensional dataset of text.
  std::vector<std::string> texts(const std::string& object) const {
    const Hdf5Handle set = dataset(object);
    const Hdf5Handle set_space = space(set);
    const std::size_t count = vector_size(object, set_space);
    const Hdf5Handle type(H5Dget_type(set), H5Tclose);
    if (H5Tget_class(type) != H5T_STRING) fail(object, "must hold text");
    const bool fixed = H5Tis_variable_str(type) <= 0;
    const std::uint64_t each =
        (fixed ? H5Tget_size(type) : sizeof(char*) + sizeof(std::unique_ptr<char[]>)) + sizeof(std::string);
    check_stored(object, set, static_cast<double>(count), each);
    check_memory(object, count, each);
    if (fixed) {
      return fixed_texts(object, count, type, [&](hid_t memory, void* out) {
        if (!read(set, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, out)) {
          fail_unread(object, set, "cannot be read as text");
        }
      });
    }
    // Each text is stored as it is, and once: all of them are no longer than the file.
    const std::uint64_t most = std::max(file_size(), small_content);
    Hdf5Texts texts(std::min(most, largest_ - each * count));
    std::vector<char*> pointers(count, nullptr);
    const Hdf5Handle memory(H5Tcopy(type), H5Tclose);
    if (count > 0 && !read(set, memory, H5S_ALL, H5S_ALL, texts.transfer(), pointers.data())) {
      if (texts.exceeded()) {
        fail(object, "its texts are longer than " + std::to_string(texts.most()) +
                         " bytes in all, must be at most so long " +
                         (texts.most() == most ? "in a file of " + std::to_string(file_size()) + " bytes"
                                               : "unless a larger bound is asked for"));
      }
      fail_unread(object, set, "cannot be read as text");
    }
    std::vector<std::string> result;
    result.reserve(count);
    for (const char* text : pointers) result.emplace_back(text != nullptr ? text : "");
    return result;
  }

  /// An attribute of one text, or empty when there is none.
  std::string text_attribute(const std::string& object, const char* name) const {
    const Hdf5Handle attribute = open_attribute(object, name);
    if (!attribute.valid()) return {};
    const Hdf5Handle type(H5Aget_type(attribute), H5Tclose);
    const Hdf5Handle attribute_space(H5Aget_space(attribute), H5Sclose);
    if (H5Tget_class(type) != H5T_STRING || H5Sget_simple_extent_npoints(attribute_space) != 1) return {};
    const auto read = [&](hid_t memory, void* out) {
      if (H5Aread(attribute, memory, out) < 0) {
        fail(object, "its attribute " + std::string(name) + " cannot be read as text");
      }
    };
    if (H5Tis_variable_str(type) <= 0) return fixed_texts(object, 1, type, read).front();
    const Hdf5Handle memory(H5Tcopy(type), H5Tclose);
    char* pointer = nullptr;
    read(memory, &pointer);
    std::string text = pointer != nullptr ? pointer : "";
    H5Dvlen_reclaim(memory, attribute_space, H5P_DEFAULT, &pointer);
    return text;
  }

  /// An attribute of a few whole numbers, or empty when there is none.
  std::vector<Index> index_attribute(const std::string& object, const char* name) const {
    const Hdf5Handle attribute = open_attribute(object, name);
    if (!attribute.valid()) return {};
    const Hdf5Handle attribute_space(H5Aget_space(attribute), H5Sclose);
    const hssize_t count = H5Sget_simple_extent_npoints(attribute_space);
    if (count < 0 || count > 16) fail(object, "its attribute " + std::string(name) + " cannot be understood");
    std::vector<Index> values(static_cast<std::size_t>(count));
    if (count > 0 && H5Aread(attribute, H5T_NATIVE_INT64, values.data()) < 0) {
      fail(object, "its attribute " + std::string(name) + " must hold whole numbers");
    }
    return values;
  }

 private:
  friend class Hdf5Numbers;

  /// So many bytes may be read of what is announced but not stored, as values that were never written are not.
  static constexpr std::uint64_t small_content = std::uint64_t{1} << 22;
  /// Deflation shortens by no more than this, LZF by less, and unwritten chunks are rarely more than so many for one
  /// that is written.
  static constexpr double largest_expansion = 1032.0;

  static hid_t open(const std::string& path) {
    provide_lzf_filter();
    return H5Fis_hdf5(path.c_str()) > 0 ? H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT) : H5I_INVALID_HID;
  }

  [[noreturn]] void fail(const std::string& object, const std::string& what) const {
    throw IoError(path_, object + ": " + what);
  }

  Hdf5Handle dataset(const std::string& object) const {
    Hdf5Handle set(exists(object) ? H5Dopen2(file_, object.c_str(), access_) : H5I_INVALID_HID, H5Dclose);
    if (!set.valid()) {
      check_links(object);
      fail(object, "is missing, or no dataset");
    }
    const Hdf5Handle layout(H5Dget_create_plist(set), H5Pclose);
    if (!layout.valid()) fail(object, "cannot be read");
    if (H5Pget_external_count(layout) != 0) fail(object, "its values are in another file, must be in this one");
    if (H5Pget_layout(layout) == H5D_VIRTUAL) fail(object, "is a virtual dataset, must have values of its own");
    return set;
  }

  static herr_t refuse_link(const char*, const char*, const char*, const char*, unsigned*, hid_t, void* self) {
    static_cast<const Hdf5File*>(self)->outside_ = true;
    return -1;
  }
  [[noreturn]] void fail_outside(const std::string& object) const {
    fail(object, "is a link into another file, must be in this one");
  }
  /// Something could not be opened: throws when a link into another file is why.
  void check_links(const std::string& object) const {
    if (std::exchange(outside_, false)) fail_outside(object);
  }

  std::uint64_t file_size() const {
    hsize_t size = 0;
    return H5Fget_filesize(file_, &size) >= 0 ? std::uint64_t{size} : 0;
  }

  /// Values that are about to be read must fit into the memory that is allowed.
  void check_memory(const std::string& object, std::uint64_t count, std::uint64_t each) const {
    if (count == 0 || each <= largest_ / count) return;
    fail(object, "has " + std::to_string(count) + " values of " + std::to_string(each) +
                     " bytes in memory, must be at most " + std::to_string(largest_) +
                     " bytes in all unless a larger bound is asked for");
  }

  /// What a header announces must be in proportion to what is stored. How much other filters than deflation and LZF
  /// shorten is not known: there `check_memory` is the bound.
  /// @param memory bytes of a value in memory
  void check_stored(const std::string& object, hid_t set, double count, std::uint64_t memory) const {
    const Hdf5Handle layout(H5Dget_create_plist(set), H5Pclose);
    double expansion = 1.0;
    double chunk = 0.0;
    if (H5Pget_layout(layout) == H5D_CHUNKED) {
      expansion = largest_expansion;
      std::vector<hsize_t> sizes(H5S_MAX_RANK);
      const int dimensions = H5Pget_chunk(layout, H5S_MAX_RANK, sizes.data());
      chunk = 1.0;
      for (int d = 0; d < dimensions; ++d) chunk *= static_cast<double>(sizes[static_cast<std::size_t>(d)]);
    }
    const Hdf5Handle type(H5Dget_type(set), H5Tclose);
    const std::size_t each = H5Tget_size(type);
    const std::uint64_t stored = std::min(std::uint64_t{H5Dget_storage_size(set)}, file_size());
    double bound = static_cast<double>(stored) * expansion;
    if (has_other_filters(layout)) bound = std::max(bound, static_cast<double>(largest_));
    // HDF5 holds whole chunks in memory, even where the dataset is smaller.
    const double values = std::max(count, chunk);
    if (values * static_cast<double>(each) <= bound) return;
    if (values * static_cast<double>(std::max<std::uint64_t>(each, memory)) <= small_content) return;
    fail(object, (values > count ? "is stored by pieces of " : "announces ") + to_text(values) + " values of " +
                     std::to_string(each) + " bytes, but the file holds " + std::to_string(stored) +
                     " bytes of them: it is damaged, or they were never written");
  }
  /// H5Dread of numbers or text.
  /// @return whether all could be read
  static bool read(hid_t set, hid_t type, hid_t memory, hid_t set_space, hid_t transfer, void* out) {
    const ExpectedChunk expected(chunk_bytes(set));
    return H5Dread(set, type, memory, set_space, transfer, out) >= 0;
  }
  /// A dataset cannot be read: for want of a filter, as zstd is one, by which it is stored, or else because of `what`.
  [[noreturn]] void fail_unread(const std::string& object, hid_t set, const std::string& what) const {
    const Hdf5Handle layout(H5Dget_create_plist(set), H5Pclose);
    for (const Hdf5Filter& filter : hdf5_filters(layout)) {
      if (filter.number < 0 || H5Zfilter_avail(filter.number) > 0) continue;
      fail(object,
           "is stored by the filter " + filter_name(filter) +
               ", which this HDF5 library lacks: write the file with compression by gzip or lzf, or without, or "
               "name the folder of the filter's plugin in the environment variable HDF5_PLUGIN_PATH");
    }
    fail(object, what);
  }
  Hdf5Handle type_of(const std::string& object) const { return {H5Dget_type(dataset(object)), H5Tclose}; }
  static bool is_boolean_type(hid_t type) {
    if (H5Tget_class(type) != H5T_ENUM || H5Tget_nmembers(type) != 2) return false;
    const auto is = [type](unsigned member, std::string_view name) {
      char* const text = H5Tget_member_name(type, member);
      const bool same = text != nullptr && name == text;
      H5free_memory(text);
      return same;
    };
    return is(0, "FALSE") && is(1, "TRUE");
  }
  static Hdf5Handle space(hid_t set) { return {H5Dget_space(set), H5Sclose}; }

  std::vector<Index> extent(const std::string& object, hid_t set_space) const {
    const int dimensions = H5Sget_simple_extent_ndims(set_space);
    if (dimensions < 0) fail(object, "cannot be read");
    std::vector<hsize_t> sizes(static_cast<std::size_t>(dimensions));
    H5Sget_simple_extent_dims(set_space, sizes.data(), nullptr);
    constexpr auto largest_size = static_cast<hsize_t>(std::numeric_limits<Index>::max());
    for (const hsize_t size : sizes) {
      if (size > largest_size) fail(object, "its shape cannot be understood");
    }
    return {sizes.begin(), sizes.end()};
  }

  /// What a header may claim is bounded before memory is asked for.
  std::size_t vector_size(const std::string& object, hid_t set_space) const {
    const std::vector<Index> sizes = extent(object, set_space);
    constexpr Index largest = Index{1} << 31;
    if (sizes.size() != 1 || sizes[0] > largest) fail(object, "must be one-dimensional, of at most 2^31 entries");
    return static_cast<std::size_t>(sizes[0]);
  }

  template <class T>
  std::vector<T> all(const std::string& object, hid_t type, const char* what) const {
    const Hdf5Handle set = dataset(object);
    const std::size_t count = vector_size(object, space(set));
    check_stored(object, set, static_cast<double>(count), sizeof(T));
    check_memory(object, count, sizeof(T));
    std::vector<T> values(count);
    const Hdf5Handle stored(H5Dget_type(set), H5Tclose);
    const H5T_class_t kind = H5Tget_class(stored);
    // The numbers behind the names of an enumeration mean nothing.
    const bool number = kind == H5T_INTEGER || kind == H5T_FLOAT || is_boolean_type(stored);
    if (count == 0 && number) return values;
    if (!number || !read(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data())) {
      fail_unread(object, set, std::string("cannot be read as ") + what);
    }
    return values;
  }

  Hdf5Handle open_attribute(const std::string& object, const char* name) const {
    const bool there = H5Aexists_by_name(file_, object.c_str(), name, access_) > 0;
    if (!there) check_links(object);
    return {there ? H5Aopen_by_name(file_, object.c_str(), name, H5P_DEFAULT, access_) : H5I_INVALID_HID, H5Aclose};
  }

  /// Text in places of fixed length.
  /// @param read reads the values into memory of a type, or throws
  template <class Read>
  std::vector<std::string> fixed_texts(const std::string& object, std::size_t count, hid_t type,
                                       const Read& read) const {
    std::vector<std::string> result;
    result.reserve(count);
    if (count == 0) return result;
    const Hdf5Handle memory(H5Tcopy(type), H5Tclose);
    const std::size_t length = H5Tget_size(type);
    constexpr std::size_t longest = std::size_t{1} << 20;
    if (length == 0 || length > longest) fail(object, "cannot be read as text");
    std::string bytes(count * length, '\0');
    read(memory, bytes.data());
    for (std::size_t k = 0; k < count; ++k) {
      const std::string_view place = std::string_view(bytes).substr(k * length, length);
      result.emplace_back(place.substr(0, place.find('\0')));
    }
    return result;
  }

  std::string path_;
  std::uint64_t largest_;
  Hdf5Quiet quiet_;
  Hdf5Handle file_;
  Hdf5Handle group_access_{H5Pcreate(H5P_GROUP_ACCESS), H5Pclose};
  Hdf5Handle access_{H5Pcreate(H5P_DATASET_ACCESS), H5Pclose};  // of datasets, links and attributes
  mutable bool outside_ = false;                                // whether a link into another file was met
};

}  // namespace cardamom::detail
