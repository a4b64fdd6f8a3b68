// The fuzzing target for AnnData files. It makes files by the HDF5 library, whose elements have other types, shapes,
// layouts and encodings than they should have, as the input says: what is tried is this library's code over HDF5. Files
// that are damaged below are a matter of HDF5 itself: version 1.10.8 reads beyond its memory within seconds of them.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <fuzzer/FuzzedDataProvider.h>
#include <hdf5.h>
#include <string>
#include <string_view>
#include <vector>

#include <cardamom/io/hdf5/anndata.hpp>

#include "fuzz.hpp"

namespace {

using cardamom::Counts;
using cardamom::Index;
using cardamom::detail::Hdf5Handle;
using Names = std::vector<std::string>;

constexpr H5Z_filter_t lzf_filter = 32000;  // which the HDF5 library does not bring
constexpr std::uint64_t largest = std::uint64_t{1} << 22;

void read(const std::string& path, FuzzedDataProvider& input) {
  cardamom::AnnDataOptions options{.time_bins = input.ConsumeIntegralInRange(0, 2),
                                   .rates = input.ConsumeBool(),
                                   .fractions = input.ConsumeBool(),
                                   .largest = largest};
  if (input.ConsumeBool()) options.genes = {"Light", "Sox2", "Klf4"};
  if (input.ConsumeBool()) options.unknown = cardamom::UnknownGenes::skip;
  if (input.ConsumeBool()) options.layer = "raw";
  switch (input.ConsumeIntegralInRange(0, 3)) {
    case 1:
      options.inputs = Names{};
      break;
    case 2:
      options.inputs = Names{"Light"};
      break;
    case 3:
      options.inputs = Names{"Light", "dose"};
      break;
    default:
      break;
  }
  if (input.ConsumeBool()) options.depth = {cardamom::DepthSource::column, "depth"};
  if (input.ConsumeBool()) options.depth = {cardamom::DepthSource::totals, {}};
  const cardamom::AnnData data = cardamom::read_anndata(path, options);
  const Counts& counts = data.counts;
  fuzz::require(counts.cells() > 0 && counts.genes() > 0, "counts have cells and genes");
  fuzz::require(counts.times().allFinite(), "times are finite");
  fuzz::require((counts.values().array() >= 0.0).all() && counts.values().allFinite(), "counts are finite and >= 0");
  const auto genes = counts.values().rightCols(counts.genes()).array();
  fuzz::require(options.fractions || (genes == genes.floor()).all(), "counts are whole");
  fuzz::require(static_cast<Index>(data.cells.size()) == counts.cells(), "cells have names");
  fuzz::require(data.rates.mrna.size() == 0 ||
                    ((data.rates.mrna.array() > 0.0).all() && (data.rates.protein.array() > 0.0).all()),
                "rates are > 0");
}

/// Makes a file element by element. An input of zeros makes a valid one of three cells and two genes.
class Builder {
 public:
  Builder(const std::string& path, FuzzedDataProvider& input)
      : input_(input), file_(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), H5Fclose) {
    if (!file_.valid()) std::abort();
  }

  void build() {
    cells_ = drawn(7) ? input_.ConsumeIntegralInRange<hsize_t>(0, 5) : 3;
    genes_ = drawn(7) ? input_.ConsumeIntegralInRange<hsize_t>(0, 5) : 2;
    group("obs");
    group("var");
    if (!drawn(7)) text_attribute("obs", "_index", "_index");
    if (!drawn(7)) text_attribute("var", "_index", "_index");
    column("obs", "_index", {"c1", "c2", "c3"}, cells_);
    column("obs", "time", {"0", "6", "24"}, cells_);
    if (drawn(1)) column("obs", "stimulus", {"0", "1", "1"}, cells_);
    if (drawn(1)) column("obs", "input:dose", {"0", ".5", "2"}, cells_);
    if (drawn(1)) column("obs", "depth", {"1", "2", ".5"}, cells_);
    column("var", "_index", {"Sox2", "Klf4"}, genes_);
    if (drawn(1)) {
      column("var", "d0", {"1", "2"}, genes_);
      column("var", "d1", {".1", ".2"}, genes_);
    }
    table("X");
    if (drawn(1)) {
      group("layers");
      table("layers/raw");
    }
  }

 private:
  /// Whether something unusual is done: once in 2^k of random inputs, never once the input has ended.
  bool drawn(int k) {
    return input_.remaining_bytes() > 0 && (input_.ConsumeIntegral<std::uint8_t>() >> (8 - k)) == (1 << k) - 1;
  }

  void group(const std::string& path) {
    if (drawn(6)) return;
    const Hdf5Handle made(H5Gcreate2(file_, path.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Gclose);
  }

  void attribute(const std::string& object, const char* name, hid_t type, hid_t space, const void* value) {
    const Hdf5Handle made(
        H5Acreate_by_name(file_, object.c_str(), name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
    if (made.valid()) H5Awrite(made, type, value);
  }
  void text_attribute(const std::string& object, const char* name, std::string text) {
    if (drawn(6)) text = input_.ConsumeRandomLengthString(12);
    const Hdf5Handle scalar(H5Screate(H5S_SCALAR), H5Sclose);
    if (drawn(3)) {
      const Hdf5Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
      H5Tset_size(type, std::max<std::size_t>(1, text.size()));
      attribute(object, name, type, scalar, text.data());
      return;
    }
    const Hdf5Handle type = cardamom::detail::hdf5_text_type();
    const char* const pointer = text.c_str();
    attribute(object, name, type, scalar, &pointer);
  }
  void shape_attribute(const std::string& object, const char* name) {
    std::int64_t shape[3] = {static_cast<std::int64_t>(cells_), static_cast<std::int64_t>(genes_), 1};
    if (drawn(6)) shape[input_.ConsumeIntegralInRange(0, 1)] = input_.ConsumeIntegral<std::int64_t>();
    const hsize_t size = drawn(6) ? input_.ConsumeIntegralInRange<hsize_t>(0, 3) : 2;
    const Hdf5Handle space(H5Screate_simple(1, &size, nullptr), H5Sclose);
    attribute(object, name, drawn(6) ? H5T_NATIVE_FLOAT : H5T_NATIVE_INT64, space, shape);
  }

  Hdf5Handle number_type() {
    const hid_t types[] = {H5T_NATIVE_DOUBLE, H5T_NATIVE_INT8,   H5T_NATIVE_UINT8, H5T_NATIVE_INT16, H5T_NATIVE_INT32,
                           H5T_NATIVE_INT64,  H5T_NATIVE_UINT64, H5T_NATIVE_FLOAT, H5T_STD_I32BE,    H5T_IEEE_F64BE,
                           H5T_STD_REF_OBJ,   H5T_NATIVE_OPAQUE, H5T_UNIX_D32LE,   H5T_NATIVE_B8};
    return {H5Tcopy(types[input_.ConsumeIntegralInRange<std::size_t>(0, std::size(types) - 1)]), H5Tclose};
  }
  static Hdf5Handle boolean_type() {
    Hdf5Handle type(H5Tenum_create(H5T_NATIVE_INT8), H5Tclose);
    const signed char no = 0;
    const signed char yes = 1;
    H5Tenum_insert(type, "FALSE", &no);
    H5Tenum_insert(type, "TRUE", &yes);
    return type;
  }

  /// Sizes of a dataset that should have those given.
  std::vector<hsize_t> sizes(std::vector<hsize_t> usual) {
    if (drawn(6)) usual.resize(input_.ConsumeIntegralInRange<std::size_t>(0, 3), 1);
    for (hsize_t& size : usual) {
      if (drawn(7))
        size = input_.ConsumeBool() ? input_.ConsumeIntegralInRange<hsize_t>(0, 6) : input_.ConsumeIntegral<hsize_t>();
    }
    return usual;
  }

  /// A dataset of values of a type, `write` being what fills it unless it is too large.
  template <class Write>
  void dataset(const std::string& path, hid_t type, const std::vector<hsize_t>& usual, const Write& write) {
    if (drawn(6)) return;
    const std::vector<hsize_t> shape = sizes(usual);
    const Hdf5Handle space(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr), H5Sclose);
    const Hdf5Handle layout(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    if (drawn(2) && !shape.empty()) {
      std::vector<hsize_t> chunk(shape.size());
      for (std::size_t d = 0; d < shape.size(); ++d) {
        chunk[d] = drawn(6) ? std::max<hsize_t>(1, input_.ConsumeIntegral<std::uint32_t>())
                            : std::max<hsize_t>(1, std::min<hsize_t>(shape[d], 2));
      }
      H5Pset_chunk(layout, static_cast<int>(chunk.size()), chunk.data());
      if (drawn(1)) H5Pset_shuffle(layout);
      if (drawn(1)) H5Pset_deflate(layout, 1);
      if (drawn(2)) H5Pset_fletcher32(layout);
      if (drawn(4)) H5Pset_filter(layout, lzf_filter, H5Z_FLAG_OPTIONAL, 0, nullptr);
    } else if (drawn(3)) {
      H5Pset_layout(layout, H5D_COMPACT);
    }
    const Hdf5Handle set(H5Dcreate2(file_, path.c_str(), type, space, H5P_DEFAULT, layout, H5P_DEFAULT), H5Dclose);
    hsize_t count = 1;
    for (const hsize_t size : shape) count = size == 0 || count > 64 / size ? 0 : count * size;
    if (set.valid() && count > 0 && !drawn(6)) write(set, static_cast<std::size_t>(count));
  }

  std::string value(const Names& usual, std::size_t k) {
    if (drawn(6)) return input_.ConsumeRandomLengthString(8);
    return usual.empty() ? "" : usual[k % usual.size()];
  }

  void numbers(const std::string& path, const std::vector<hsize_t>& usual, const Names& values, hid_t type) {
    dataset(path, type, usual, [&](hid_t set, std::size_t count) {
      std::vector<double> written(count);
      for (std::size_t k = 0; k < count; ++k) {
        if (!cardamom::parse_number(value(values, k), written[k]))
          written[k] = drawn(2) ? input_.ConsumeFloatingPoint<double>() : static_cast<double>(k);
      }
      if (H5Dwrite(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, written.data()) >= 0) return;
      std::vector<char> raw(count * H5Tget_size(type), '\1');
      const Hdf5Handle same(H5Dget_type(set), H5Tclose);
      H5Dwrite(set, same, H5S_ALL, H5S_ALL, H5P_DEFAULT, raw.data());
    });
  }
  void numbers(const std::string& path, const std::vector<hsize_t>& usual, const Names& values) {
    const Hdf5Handle type = drawn(5)   ? boolean_type()
                            : drawn(2) ? number_type()
                                       : Hdf5Handle(H5Tcopy(H5T_NATIVE_DOUBLE), H5Tclose);
    numbers(path, usual, values, type);
  }
  void integers(const std::string& path, hsize_t count, const Names& values) {
    if (drawn(5)) return numbers(path, {count}, values);
    numbers(path, {count}, values, drawn(2) ? H5T_NATIVE_INT8 : H5T_NATIVE_INT32);
  }
  void texts(const std::string& path, hsize_t count, const Names& values) {
    const bool fixed = drawn(3);
    const std::size_t size = drawn(6) ? std::max(1U, input_.ConsumeIntegral<std::uint32_t>()) : 4;
    const Hdf5Handle type = fixed ? Hdf5Handle(H5Tcopy(H5T_C_S1), H5Tclose) : cardamom::detail::hdf5_text_type();
    if (fixed) {
      H5Tset_size(type, size);
      if (drawn(2)) H5Tset_strpad(type, drawn(1) ? H5T_STR_SPACEPAD : H5T_STR_NULLPAD);
    }
    dataset(path, type, {count}, [&](hid_t set, std::size_t entries) {
      Names written;
      for (std::size_t k = 0; k < entries; ++k) written.push_back(value(values, k));
      if (fixed && size <= 64) {
        std::string raw(entries * size, '\0');
        for (std::size_t k = 0; k < entries; ++k) written[k].copy(&raw[k * size], size);
        H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, raw.data());
      } else if (!fixed) {
        std::vector<const char*> pointers;
        for (const std::string& text : written) pointers.push_back(text.c_str());
        H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, pointers.data());
      }
    });
  }

  void array(const std::string& path, hsize_t count, const Names& values) {
    double number = 0.0;
    const bool text = !cardamom::parse_number(values.front(), number);
    drawn(2) != text ? texts(path, count, values) : numbers(path, {count}, values);
  }

  /// A column of any encoding.
  void column(const std::string& frame, const std::string& key, const Names& values, hsize_t count) {
    const std::string path = frame + "/" + key;
    if (drawn(6)) {
      H5Lcreate_soft(drawn(1) ? ("/" + path).c_str() : "/obs/time", file_, path.c_str(), H5P_DEFAULT, H5P_DEFAULT);
    } else if (drawn(2)) {  // categories of either layout
      const bool old = drawn(1);
      const Names codes = {"0", "1", "2"};
      if (old)
        group(frame + "/__categories");
      else
        group(path);
      integers(old ? path : path + "/codes", count, codes);
      array(old ? frame + "/__categories/" + key : path + "/categories", count, values);
      if (old) text_attribute(path, "categories", "x");
    } else if (drawn(2)) {  // values that may be missing
      group(path);
      text_attribute(path, "encoding-type", "nullable-integer");
      array(path + "/values", count, values);
      const Hdf5Handle type = boolean_type();
      numbers(path + "/mask", {count}, {"0"}, type);
    } else {
      array(path, count, values);
    }
  }

  void table(const std::string& path) {
    const Names counts = {"0", "3", "12", "1", "0", "7"};
    if (!drawn(1)) return numbers(path, {cells_, genes_}, counts);
    const bool by_cell = drawn(1);
    group(path);
    const bool old = drawn(3);
    if (old) {
      text_attribute(path, "h5sparse_format", by_cell ? "csr" : "csc");
    } else {
      text_attribute(path, "encoding-type", by_cell ? "csr_matrix" : "csc_matrix");
    }
    shape_attribute(path, old ? "h5sparse_shape" : "shape");
    const hsize_t outer = by_cell ? cells_ : genes_;
    Names pointers;
    for (hsize_t k = 0; k <= outer; ++k) pointers.push_back(std::to_string(k));
    numbers(path + "/data", {outer}, counts);
    integers(path + "/indices", outer, {"0", "1", "1"});
    integers(path + "/indptr", outer + 1, pointers);
  }

  FuzzedDataProvider& input_;
  cardamom::detail::Hdf5Quiet quiet_;
  Hdf5Handle file_;
  hsize_t cells_ = 3;
  hsize_t genes_ = 2;
};

const std::string& file_path() {
  static const std::string path = (fuzz::folder() / "a.h5ad").string();
  return path;
}

void anndata(std::string_view bytes) {
  FuzzedDataProvider input(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  Builder(file_path(), input).build();
  read(file_path(), input);
}

}  // namespace

const std::vector<fuzz::Target>& fuzz::targets() {
  static const std::vector<Target> all{{"anndata", anndata, [] {
                                          Names seeds;
                                          for (const char byte : {'\0', '\x7f', '\xff', '\xaa'}) {
                                            seeds.emplace_back(std::size_t{64}, byte);
                                          }
                                          return seeds;
                                        }}};
  return all;
}
