/// @file
/// As much of HDF5, by its C library, as AnnData files need. A program that includes this header links the target
/// cardamom::hdf5.
#pragma once

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <hdf5.h>
#include <limits>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/io/hdf5/lzf_filter.hpp>
#include <cardamom/io/text.hpp>

#if __has_include(<unistd.h>)
#include <fcntl.h>
#include <unistd.h>
#endif

namespace cardamom::detail {

/// An open HDF5 object, closed at the end of its life.
class Hdf5Handle {
 public:
  using Close = herr_t (*)(hid_t);
  Hdf5Handle(hid_t id, Close close) noexcept : id_(id), close_(close) {}
  Hdf5Handle(Hdf5Handle&& other) noexcept : id_(std::exchange(other.id_, H5I_INVALID_HID)), close_(other.close_) {}
  Hdf5Handle& operator=(Hdf5Handle&& other) noexcept {
    std::swap(id_, other.id_);
    std::swap(close_, other.close_);
    return *this;
  }
  ~Hdf5Handle() {
    if (id_ >= 0) close_(id_);
  }
  operator hid_t() const noexcept { return id_; }
  bool valid() const noexcept { return id_ >= 0; }

 private:
  hid_t id_;
  Close close_;
};

/// Keeps HDF5 from printing its errors, which are told by exceptions.
class Hdf5Quiet {
 public:
  Hdf5Quiet() {
    H5Eget_auto2(H5E_DEFAULT, &function_, &data_);
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  }
  Hdf5Quiet(const Hdf5Quiet&) = delete;
  Hdf5Quiet& operator=(const Hdf5Quiet&) = delete;
  ~Hdf5Quiet() { H5Eset_auto2(H5E_DEFAULT, function_, data_); }

 private:
  H5E_auto2_t function_ = nullptr;
  void* data_ = nullptr;
};

/// Text of any length in UTF-8.
inline Hdf5Handle hdf5_text_type() {
  Hdf5Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(type, H5T_VARIABLE);
  H5Tset_cset(type, H5T_CSET_UTF8);
  return type;
}

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
  struct Filter {
    H5Z_filter_t number;
    std::string name;
  };
  static std::vector<Filter> filters(hid_t layout) {
    std::vector<Filter> result;
    const int count = layout >= 0 ? H5Pget_nfilters(layout) : 0;
    for (int k = 0; k < count; ++k) {
      unsigned flags = 0;
      std::size_t parameters = 0;
      std::string name(64, '\0');
      const H5Z_filter_t number = H5Pget_filter2(layout, static_cast<unsigned>(k), &flags, &parameters, nullptr,
                                                 name.size(), name.data(), nullptr);
      name.resize(std::min(name.find('\0'), name.size()));
      result.push_back({number, std::move(name)});
    }
    return result;
  }
  static bool has_other_filters(hid_t layout) {
    int compressions = 0;
    for (const Filter& filter : filters(layout)) {
      const bool compresses = filter.number == H5Z_FILTER_DEFLATE || filter.number == lzf_filter;
      if (compresses) ++compressions;
      if (!compresses && filter.number != H5Z_FILTER_SHUFFLE && filter.number != H5Z_FILTER_FLETCHER32) return true;
    }
    return compressions > 1;
  }
  /// Bytes of a chunk once it is expanded; 0 where a dataset has none.
  static std::size_t chunk_bytes(hid_t set) {
    const Hdf5Handle layout(H5Dget_create_plist(set), H5Pclose);
    std::array<hsize_t, H5S_MAX_RANK> sizes{};
    const int dimensions = H5Pget_layout(layout) == H5D_CHUNKED ? H5Pget_chunk(layout, H5S_MAX_RANK, sizes.data()) : 0;
    if (dimensions <= 0) return 0;
    const Hdf5Handle type(H5Dget_type(set), H5Tclose);
    std::size_t bytes = H5Tget_size(type);
    if (H5Tis_variable_str(type) > 0) {
      // In the file: its length, and where it is, an address and a number.
      const Hdf5Handle file(H5Iget_file_id(set), H5Fclose);
      const Hdf5Handle creation(H5Fget_create_plist(file), H5Pclose);
      std::size_t address = 0;
      std::size_t length = 0;
      H5Pget_sizes(creation, &address, &length);
      bytes = 2 * sizeof(std::uint32_t) + address;
    }
    for (int d = 0; d < dimensions; ++d) bytes *= static_cast<std::size_t>(sizes[static_cast<std::size_t>(d)]);
    return bytes;
  }
  /// H5Dread of numbers or text.
  /// @return whether all could be read
  static bool read(hid_t set, hid_t type, hid_t memory, hid_t set_space, hid_t transfer, void* out) {
    const ExpectedChunk expected(chunk_bytes(set));
    return H5Dread(set, type, memory, set_space, transfer, out) >= 0;
  }
  /// The name by which people know a filter.
  static std::string filter_name(const Filter& filter) {
    constexpr std::pair<H5Z_filter_t, const char*> known[] = {{4, "szip"},     {307, "bzip2"},        {32001, "blosc"},
                                                              {32004, "lz4"},  {32008, "bitshuffle"}, {32013, "zfp"},
                                                              {32015, "zstd"}, {32026, "blosc2"}};
    for (const auto& [number, name] : known) {
      if (filter.number == number) return in_quotes(name);
    }
    return filter.name.empty() ? std::to_string(filter.number) : in_quotes(filter.name);
  }
  /// A dataset cannot be read: for want of a filter, as zstd is one, by which it is stored, or else because of `what`.
  [[noreturn]] void fail_unread(const std::string& object, hid_t set, const std::string& what) const {
    const Hdf5Handle layout(H5Dget_create_plist(set), H5Pclose);
    for (const Filter& filter : filters(layout)) {
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
    const std::string path = group + "/_index";
    const hsize_t size = index.size();
    const Hdf5Handle set = create(path, {size}, type);
    if (size > 0) require(H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, pointers(index).data()));
    encode(path.c_str(), "string-array", "0.2.0");
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
