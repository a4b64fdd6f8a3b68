/// @file
/// Exceptions of the library and the checks that raise them.
///
/// A wrong size or option is `std::invalid_argument`; a value outside its domain `std::domain_error`; a user's function
/// misbehaving at run time `NumericalError`; a file `IoError`; a computation stopped by its observer `Cancelled`.
/// Every message names the function, the argument, the index where there is one, the value and what was expected.
/// Checks run once, at the public boundary, before any work.
#pragma once

#include <charconv>
#include <cmath>
#include <stdexcept>
#include <string>
#include <string_view>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom {

/// A function supplied by the caller returned something it promised not to (NaN, a negative rate, a rate above its
/// bound).
class NumericalError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The progress observer asked to stop.
class Cancelled : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A file cannot be read, written or understood. Lines and columns count from 1; 0 means "not applicable".
class IoError : public std::runtime_error {
 public:
  IoError(const std::string& file, Index line, Index column, const std::string& what)
      : std::runtime_error(locate(file, line, column) + what), file_(file), line_(line), column_(column) {}
  IoError(const std::string& file, const std::string& what) : IoError(file, 0, 0, what) {}

  const std::string& file() const noexcept { return file_; }
  Index line() const noexcept { return line_; }
  Index column() const noexcept { return column_; }

 private:
  template <class = CompiledWhereUsed>
  static std::string locate(const std::string& file, Index line, Index column) {
    std::string place = file;
    if (line > 0) place += ", line " + std::to_string(line);
    if (column > 0) place += ", column " + std::to_string(column);
    return place + ": ";
  }

  std::string file_;
  Index line_;
  Index column_;
};

/// The shortest text that reads back as the same number.
template <class = CompiledWhereUsed>
[[nodiscard]] inline std::string to_text(double value) {
  char buffer[32];
  const auto result = std::to_chars(buffer, buffer + sizeof buffer, value);
  return {buffer, result.ptr};
}
/// The number in decimal digits.
template <class = CompiledWhereUsed>
[[nodiscard]] inline std::string to_text(Index value) {
  return std::to_string(value);
}

namespace detail {

using cardamom::to_text;

inline std::string subject(std::string_view function, std::string_view argument) {
  return std::string(function) + ": " + std::string(argument);
}
template <class = CompiledWhereUsed>
inline std::string element(std::string_view argument, Index i) {
  return std::string(argument) + "[" + std::to_string(i) + "]";
}

/// The entries in brackets. Enough to reproduce a small system; a large one is told by its first entries.
template <class Use = CompiledWhereUsed>
[[nodiscard]] std::string list_text(const WhereUsed<VectorIn, Use>& values) {
  const Index shown = values.size() < 20 ? values.size() : 20;
  std::string text = "(";
  for (Index i = 0; i < shown; ++i) text += (i > 0 ? ", " : "") + to_text(values[i]);
  return text + (shown < values.size() ? ", ...)" : ")");
}

[[noreturn]] inline void throw_domain(std::string_view function, std::string_view argument, double value,
                                      std::string_view expected) {
  throw std::domain_error(subject(function, argument) + " is " + to_text(value) + ", must be " + std::string(expected));
}

}  // namespace detail

/// Throws std::invalid_argument unless `actual == expected`.
inline void check_size(std::string_view function, std::string_view argument, Index actual, Index expected) {
  if (actual != expected) {
    throw std::invalid_argument(detail::subject(function, argument) + " has size " + detail::to_text(actual) +
                                ", must be " + detail::to_text(expected));
  }
}

/// Throws std::invalid_argument unless `matrix` is rows × columns.
template <class Derived>
void check_shape(std::string_view function, std::string_view argument, const Eigen::EigenBase<Derived>& matrix,
                 Index rows, Index columns) {
  if (matrix.rows() != rows || matrix.cols() != columns) {
    throw std::invalid_argument(detail::subject(function, argument) + " is " + detail::to_text(matrix.rows()) + " x " +
                                detail::to_text(matrix.cols()) + ", must be " + detail::to_text(rows) + " x " +
                                detail::to_text(columns));
  }
}

/// Throws std::invalid_argument unless `0 <= index < size`.
inline void check_index(std::string_view function, std::string_view argument, Index index, Index size) {
  if (index < 0 || index >= size) {
    throw std::invalid_argument(detail::subject(function, argument) + " is " + detail::to_text(index) +
                                ", must be in [0, " + detail::to_text(size) + ")");
  }
}

/// Throws std::invalid_argument unless an option that counts something is at least `minimum`.
inline void check_at_least(std::string_view function, std::string_view argument, Index value, Index minimum) {
  if (value < minimum) {
    throw std::invalid_argument(detail::subject(function, argument) + " is " + detail::to_text(value) +
                                ", must be at least " + detail::to_text(minimum));
  }
}

/// Throw std::domain_error unless the value is finite / finite and > 0 / finite and >= 0 / in [low, high].
inline void check_finite(std::string_view function, std::string_view argument, double value) {
  if (!std::isfinite(value)) detail::throw_domain(function, argument, value, "finite");
}
/// Throws std::domain_error, which names the argument, unless the value is finite and > 0.
inline void check_positive(std::string_view function, std::string_view argument, double value) {
  if (!(std::isfinite(value) && value > 0)) detail::throw_domain(function, argument, value, "finite and > 0");
}
/// Throws std::domain_error, which names the argument, unless the value is finite and >= 0.
inline void check_nonnegative(std::string_view function, std::string_view argument, double value) {
  if (!(std::isfinite(value) && value >= 0)) detail::throw_domain(function, argument, value, "finite and >= 0");
}
/// Throws std::domain_error, which names the argument, unless low <= value <= high.
inline void check_in(std::string_view function, std::string_view argument, double value, double low, double high) {
  if (!(value >= low && value <= high)) {
    detail::throw_domain(function, argument, value, "in [" + detail::to_text(low) + ", " + detail::to_text(high) + "]");
  }
}

/// The same for every entry i >= first of an array; the message names the index. `first = inputs` skips the inputs.
template <class Use = CompiledWhereUsed>
inline void check_all_finite(std::string_view function, std::string_view argument,
                             const WhereUsed<VectorIn, Use>& values, Index first = 0) {
  for (Index i = first; i < values.size(); ++i) {
    if (!std::isfinite(values[i])) check_finite(function, detail::element(argument, i), values[i]);
  }
}
/// `check_positive` for every entry from `first` on.
template <class Use = CompiledWhereUsed>
inline void check_all_positive(std::string_view function, std::string_view argument,
                               const WhereUsed<VectorIn, Use>& values, Index first = 0) {
  for (Index i = first; i < values.size(); ++i) {
    if (!(std::isfinite(values[i]) && values[i] > 0)) check_positive(function, detail::element(argument, i), values[i]);
  }
}
/// `check_nonnegative` for every entry from `first` on.
template <class Use = CompiledWhereUsed>
inline void check_all_nonnegative(std::string_view function, std::string_view argument,
                                  const WhereUsed<VectorIn, Use>& values, Index first = 0) {
  for (Index i = first; i < values.size(); ++i) {
    if (!(std::isfinite(values[i]) && values[i] >= 0)) {
      check_nonnegative(function, detail::element(argument, i), values[i]);
    }
  }
}

}  // namespace cardamom
