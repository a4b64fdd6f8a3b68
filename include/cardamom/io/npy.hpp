/// @file
/// NumPy's .npy files: arrays of numbers of any dimension, format versions 1 to 3, in C or Fortran order and either
/// byte order. Read: floats of 4 and 8 bytes, integers of 1, 2, 4 and 8 bytes, booleans. Written: floats of 8 bytes,
/// little-endian, C order, version 1.0.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/io/file_set.hpp>
#include <cardamom/io/read_file.hpp>
#include <cardamom/io/text.hpp>

namespace cardamom {

/// An array as .npy files hold it.
struct NpyArray {
  std::vector<Index> shape;
  std::vector<double> values;  ///< C order: the last index runs fastest
};

namespace detail {

inline constexpr std::string_view npy_magic = "\x93NUMPY";

/// What the header says; `type` as NumPy spells it, e.g. "<f8".
struct NpyHeader {
  std::string type;
  bool fortran_order = false;
  std::vector<Index> shape;
};

/// Parser of the header's text, a Python dictionary such as
/// {'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }.
class NpyHeaderParser {
 public:
  NpyHeaderParser(const std::string& file, std::string_view text) : file_(file), rest_(text) {}

  template <class = CompiledWhereUsed>
  NpyHeader parse() {
    NpyHeader header;
    bool seen[3] = {};
    expect('{');
    while (!accept('}')) {
      const std::string_view key = string();
      expect(':');
      if (key == "descr") {
        if (next() != '\'' && next() != '"') fail("arrays with fields (structured types) cannot be read");
        header.type = string();
        mark(seen[0], key);
      } else if (key == "fortran_order") {
        header.fortran_order = boolean();
        mark(seen[1], key);
      } else if (key == "shape") {
        header.shape = tuple();
        mark(seen[2], key);
      } else {
        fail("header has an unknown key " + in_quotes(key));
      }
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    if (!seen[0] || !seen[1] || !seen[2]) fail("header lacks descr, fortran_order or shape");
    if (next() != '\0') fail("header has something after its closing brace");
    return header;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const { throw IoError(file_, what); }

  void mark(bool& seen, std::string_view key) const {
    if (seen) fail("header gives " + std::string(key) + " twice");
    seen = true;
  }

  /// The next character that is not blank, without consuming it; '\0' at the end.
  char next() {
    while (!rest_.empty() && (is_blank(rest_.front()) || rest_.front() == '\n')) rest_.remove_prefix(1);
    return rest_.empty() ? '\0' : rest_.front();
  }
  bool accept(char c) {
    if (c != next()) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void expect(char c) {
    if (!accept(c)) fail("header is not understood at " + in_quotes(rest_) + ": expected '" + std::string(1, c) + "'");
  }

  template <class = CompiledWhereUsed>
  std::string_view string() {
    const char quote = next();
    if (quote != '\'' && quote != '"') expect('\'');
    rest_.remove_prefix(1);
    const std::size_t end = rest_.find(quote);
    if (end == std::string_view::npos) fail("header has a string without end");
    const std::string_view text = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return text;
  }

  template <class = CompiledWhereUsed>
  bool boolean() {
    next();
    for (const auto& [word, value] : {std::pair{std::string_view("True"), true}, {std::string_view("False"), false}}) {
      if (rest_.substr(0, word.size()) == word) {
        rest_.remove_prefix(word.size());
        return value;
      }
    }
    fail("header's fortran_order is neither True nor False");
  }

  template <class = CompiledWhereUsed>
  std::vector<Index> tuple() {
    std::vector<Index> sizes;
    expect('(');
    while (!accept(')')) {
      next();
      std::size_t digits = 0;
      while (digits < rest_.size() && rest_[digits] >= '0' && rest_[digits] <= '9') ++digits;
      Index size = 0;
      if (!parse_whole(rest_.substr(0, digits), size)) fail("header's shape is not understood at " + in_quotes(rest_));
      sizes.push_back(size);
      rest_.remove_prefix(digits);
      if (!rest_.empty() && rest_.front() == 'L') rest_.remove_prefix(1);  // as Python 2 wrote integers
      if (!accept(',')) {
        expect(')');
        break;
      }
    }
    return sizes;
  }

  const std::string& file_;
  std::string_view rest_;
};

template <class T>
double npy_value(const char* bytes, bool swap) noexcept {
  std::array<char, sizeof(T)> raw;
  for (std::size_t k = 0; k < sizeof(T); ++k) raw[k] = bytes[swap ? sizeof(T) - 1 - k : k];
  return static_cast<double>(std::bit_cast<T>(raw));
}
inline double npy_bool(const char* bytes, bool) noexcept { return *bytes != 0 ? 1.0 : 0.0; }

struct NpyType {
  std::string_view code;  ///< without the byte order
  std::size_t size;
  double (*value)(const char*, bool) noexcept;
};

inline constexpr NpyType npy_types[] = {
    {"f8", 8, npy_value<double>},
    {"f4", 4, npy_value<float>},
    {"i1", 1, npy_value<std::int8_t>},
    {"i2", 2, npy_value<std::int16_t>},
    {"i4", 4, npy_value<std::int32_t>},
    {"i8", 8, npy_value<std::int64_t>},
    {"u1", 1, npy_value<std::uint8_t>},
    {"u2", 2, npy_value<std::uint16_t>},
    {"u4", 4, npy_value<std::uint32_t>},
    {"u8", 8, npy_value<std::uint64_t>},
    {"b1", 1, npy_bool},
};

template <class = CompiledWhereUsed>
inline const NpyType& npy_type(const std::string& file, const std::string& spelled) {
  if (spelled.size() == 3 && std::string_view("<>=|").find(spelled[0]) != std::string_view::npos) {
    for (const NpyType& type : npy_types) {
      if (std::string_view(spelled).substr(1) == type.code) return type;
    }
  }
  throw IoError(file, "the array's type is " + in_quotes(spelled) + ", must be f4, f8, i1 to i8, u1 to u8 or b1");
}

/// Product of the sizes, checked against the number of bytes that follow the header: nothing is allocated before.
template <class = CompiledWhereUsed>
inline std::size_t npy_count(const std::string& file, const std::vector<Index>& shape, std::size_t item,
                             std::size_t available) {
  std::size_t count = 1;
  bool empty = false;
  for (const Index size : shape) empty = empty || size == 0;
  for (const Index size : shape) {
    if (empty) break;
    const auto factor = static_cast<std::size_t>(size);
    if (count > available / factor) {
      throw IoError(file, "the file is truncated: it has fewer values than its shape says");
    }
    count *= factor;
  }
  if (empty) count = 0;
  if (count > available / item) throw IoError(file, "the file is truncated: it has fewer values than its shape says");
  if (count * item != available) throw IoError(file, "the file has more values than its shape says");
  return count;
}

template <class = CompiledWhereUsed>
inline std::string npy_shape_text(const std::vector<Index>& shape) {
  std::string text = "(";
  for (std::size_t k = 0; k < shape.size(); ++k) text += (k > 0 ? ", " : "") + to_text(shape[k]);
  return text + (shape.size() == 1 ? ",)" : ")");
}

}  // namespace detail

/// The array that the bytes of a .npy file hold, of any shape. 8-byte integers beyond 2^53 are rounded.
/// @param path named in errors
/// @throws IoError when they are no .npy file, are truncated or too long, or have another type than those above
/// Cost: O(number of bytes) time and memory, whatever the header claims.
template <class = CompiledWhereUsed>
inline NpyArray npy_array(const std::string& path, std::string_view bytes) {
  const auto byte = [&bytes](std::size_t k) { return static_cast<std::size_t>(static_cast<unsigned char>(bytes[k])); };
  if (bytes.compare(0, detail::npy_magic.size(), detail::npy_magic) != 0) throw IoError(path, "this is no .npy file");
  if (bytes.size() < 10) throw IoError(path, "the header is truncated");
  const std::size_t version = byte(6);
  if (version < 1 || version > 3) {
    throw IoError(path, "the format's version is " + std::to_string(version) + ", must be 1, 2 or 3");
  }
  const std::size_t start = version == 1 ? 10 : 12;
  if (bytes.size() < start) throw IoError(path, "the header is truncated");
  std::size_t length = byte(8) | byte(9) << 8;
  if (version > 1) length |= byte(10) << 16 | byte(11) << 24;
  if (length > bytes.size() - start) throw IoError(path, "the header is truncated");

  const auto header = detail::NpyHeaderParser(path, bytes.substr(start, length)).parse();
  const detail::NpyType& type = detail::npy_type(path, header.type);
  const std::size_t data = start + length;
  const std::size_t count = detail::npy_count(path, header.shape, type.size, bytes.size() - data);
  const bool big = header.type[0] == '>';
  const bool swap = (header.type[0] == '<' || big) && big != (std::endian::native == std::endian::big);

  NpyArray array{header.shape, std::vector<double>(count)};
  if (!header.fortran_order || header.shape.size() < 2) {
    for (std::size_t k = 0; k < count; ++k) array.values[k] = type.value(bytes.data() + data + k * type.size, swap);
    return array;
  }
  // Fortran order: the first index runs fastest. `at` is the place in C order, moved along with the index.
  const std::size_t dimensions = header.shape.size();
  std::vector<std::size_t> stride(dimensions, 1);
  for (std::size_t d = dimensions - 1; d > 0; --d) {
    stride[d - 1] = stride[d] * static_cast<std::size_t>(header.shape[d]);
  }
  std::vector<Index> index(dimensions, 0);
  std::size_t at = 0;
  for (std::size_t k = 0; k < count; ++k) {
    array.values[at] = type.value(bytes.data() + data + k * type.size, swap);
    for (std::size_t d = 0; d < dimensions; ++d) {
      at += stride[d];
      if (++index[d] < header.shape[d]) break;
      at -= stride[d] * static_cast<std::size_t>(header.shape[d]);
      index[d] = 0;
    }
  }
  return array;
}

/// Reads an array of any shape, as `npy_array` does.
/// @throws IoError as `read_bytes` and `npy_array`
template <class = CompiledWhereUsed>
inline NpyArray read_npy(const std::string& path) {
  return npy_array(path, read_bytes(path));
}

/// Reads a one-dimensional array. Throws IoError as read_npy does, and on any other shape.
template <class = CompiledWhereUsed>
inline Vector read_npy_vector(const std::string& path) {
  const NpyArray array = read_npy(path);
  if (array.shape.size() != 1) {
    throw IoError(path, "the array has shape " + detail::npy_shape_text(array.shape) + ", must be one-dimensional");
  }
  return Eigen::Map<const Vector>(array.values.data(), array.shape[0]);
}

/// Reads a two-dimensional array. Throws IoError as read_npy does, and on any other shape.
template <class = CompiledWhereUsed>
inline Matrix read_npy_matrix(const std::string& path) {
  const NpyArray array = read_npy(path);
  if (array.shape.size() != 2) {
    throw IoError(path, "the array has shape " + detail::npy_shape_text(array.shape) + ", must be two-dimensional");
  }
  // Not by way of a loop over rows or columns, of which an empty array may claim any number.
  if (array.values.empty()) return Matrix(array.shape[0], array.shape[1]);
  using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  return Eigen::Map<const RowMajor>(array.values.data(), array.shape[0], array.shape[1]);
}

/// The bytes of a .npy file. Throws std::invalid_argument when the number of values does not fit the shape.
template <class Use = CompiledWhereUsed>
inline std::string npy_bytes(const WhereUsed<NpyArray, Use>& array) {
  const bool empty = std::find(array.shape.begin(), array.shape.end(), 0) != array.shape.end();
  Index count = empty ? 0 : 1;  // an empty array may claim any number of rows
  for (const Index size : array.shape) count *= empty ? 1 : size;
  check_size("npy_bytes", "array.values", static_cast<Index>(array.values.size()), count);

  std::string header =
      "{'descr': '<f8', 'fortran_order': False, 'shape': " + detail::npy_shape_text(array.shape) + ", }";
  // The data begin at a multiple of 64, as the format asks; the header ends in a line feed.
  constexpr std::size_t start = 10;
  header.append(63 - (start + header.size()) % 64, ' ');
  header += '\n';
  std::string bytes(detail::npy_magic);
  bytes += {'\1', '\0', static_cast<char>(header.size() & 0xff), static_cast<char>(header.size() >> 8)};
  bytes += header;
  for (const double value : array.values) {
    auto raw = std::bit_cast<std::array<char, sizeof(double)>>(value);
    if constexpr (std::endian::native == std::endian::big) std::reverse(raw.begin(), raw.end());
    bytes.append(raw.data(), raw.size());
  }
  return bytes;
}

/// A vector, or a matrix, as an array. Cost: O(size).
template <class Use = CompiledWhereUsed>
inline NpyArray npy_vector(const WhereUsed<VectorIn, Use>& vector) {
  return {{vector.size()}, std::vector<double>(vector.data(), vector.data() + vector.size())};
}
/// A matrix as an array of two dimensions.
template <class Use = CompiledWhereUsed>
inline NpyArray npy_matrix(const WhereUsed<MatrixIn, Use>& matrix) {
  NpyArray array{{matrix.rows(), matrix.cols()}, {}};
  array.values.reserve(static_cast<std::size_t>(matrix.size()));
  for (Index i = 0; i < matrix.rows(); ++i) {
    for (Index j = 0; j < matrix.cols(); ++j) array.values.push_back(matrix(i, j));
  }
  return array;
}

/// Writes an array. Throws IoError, and std::invalid_argument as npy_bytes does.
template <class Use = CompiledWhereUsed>
inline void write_npy(const std::string& path, const WhereUsed<NpyArray, Use>& array) {
  FileSet files;
  files.add(path, npy_bytes(array));
  files.commit();
}

}  // namespace cardamom
