/// @file
/// The result of a piece of work as bytes, for executors whose processes hand results to each other.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <cardamom/core/types.hpp>

namespace cardamom {

namespace detail {

/// Values that are their bytes.
template <class T>
concept PlainBytes = std::is_trivially_copyable_v<T> && !std::is_pointer_v<T>;
/// A matrix or vector of Eigen's that owns its entries.
template <class T>
concept OwningMatrix = std::derived_from<T, Eigen::PlainObjectBase<T>>;

}  // namespace detail

/// Takes the values of a piece down. One function, generic in it and `PieceReader`, names what a piece consists of:
///
///     [&](Index cell, auto& bytes) { bytes(depth[cell]); bytes.entries(counts.row(cell)); }
///
/// Processes of one program on like machines: numbers are written as memory holds them.
class PieceWriter {
 public:
  static constexpr bool reads = false;

  explicit PieceWriter(std::string& bytes) : bytes_(bytes) {}

  template <detail::PlainBytes T>
  requires(!detail::OwningMatrix<T>) void operator()(const T& value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof(T));
  }
  template <detail::OwningMatrix M>
  void operator()(const M& matrix) {
    (*this)(static_cast<std::int64_t>(matrix.rows()));
    (*this)(static_cast<std::int64_t>(matrix.cols()));
    bytes_.append(reinterpret_cast<const char*>(matrix.data()),
                  static_cast<std::size_t>(matrix.size()) * sizeof(typename M::Scalar));
  }
  template <class A, class B>
  void operator()(const std::pair<A, B>& pair) {
    (*this)(pair.first);
    (*this)(pair.second);
  }
  template <class T>
  void operator()(const std::vector<T>& values) {
    (*this)(static_cast<std::uint64_t>(values.size()));
    for (const T& value : values) (*this)(value);
  }
  /// The entries of a part of a matrix, whose size both sides know.
  template <class Block>
  void entries(const Block& block) {
    for (Index j = 0; j < block.cols(); ++j) {
      for (Index i = 0; i < block.rows(); ++i) (*this)(block.coeff(i, j));
    }
  }

 private:
  std::string& bytes_;
};

/// Puts values that a `PieceWriter` took down where they belong.
/// @throws std::logic_error when it is asked for more than was written
class PieceReader {
 public:
  static constexpr bool reads = true;

  explicit PieceReader(std::string_view bytes) : bytes_(bytes) {}

  template <detail::PlainBytes T>
  requires(!detail::OwningMatrix<T>) void operator()(T& value) { std::memcpy(&value, take(sizeof(T)), sizeof(T)); }
  template <detail::OwningMatrix M>
  void operator()(M& matrix) {
    std::int64_t rows = 0;
    std::int64_t cols = 0;
    (*this)(rows);
    (*this)(cols);
    matrix.resize(static_cast<Index>(rows), static_cast<Index>(cols));
    const std::size_t size = static_cast<std::size_t>(matrix.size()) * sizeof(typename M::Scalar);
    const char* const from = take(size);
    if (size > 0) std::memcpy(matrix.data(), from, size);
  }
  template <class A, class B>
  void operator()(std::pair<A, B>& pair) {
    (*this)(pair.first);
    (*this)(pair.second);
  }
  template <class T>
  void operator()(std::vector<T>& values) {
    std::uint64_t size = 0;
    (*this)(size);
    values.clear();
    for (std::uint64_t k = 0; k < size; ++k) {
      T value{};
      (*this)(value);
      values.push_back(value);
    }
  }
  template <class Block>
  void entries(Block&& block) {
    for (Index j = 0; j < block.cols(); ++j) {
      for (Index i = 0; i < block.rows(); ++i) (*this)(block.coeffRef(i, j));
    }
  }
  /// Whether all has been read.
  bool done() const noexcept { return bytes_.empty(); }

 private:
  const char* take(std::size_t size) {
    if (size > bytes_.size()) throw std::logic_error("PieceReader: a piece is read that was not written like that");
    const char* const from = bytes_.data();
    bytes_.remove_prefix(size);
    return from;
  }

  std::string_view bytes_;
};

}  // namespace cardamom
