/// @file
/// What the values of a table are: counts, continuous levels, or logarithms of either, which are undone on reading.
#pragma once

#include <cmath>
#include <cstdio>
#include <optional>
#include <string>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom {

/// What the values of genes are. Whatever it is, readers return them on the linear scale.
enum class ValueScale {
  counts,      ///< molecules: whole numbers >= 0
  continuous,  ///< levels >= 0, proportional to the number of molecules
  log2,        ///< y = log2(x): x = 2^y, as expression by qPCR is given; y may be negative
  log1p,       ///< y = ln(1 + x): x = e^y - 1, as Seurat and scanpy write normalised counts; y >= 0
};

/// The name of a scale: "counts", "continuous", "log2", "log1p".
[[nodiscard]] inline std::string to_text(ValueScale scale) {
  switch (scale) {
    case ValueScale::counts:
      return "counts";
    case ValueScale::continuous:
      return "continuous";
    case ValueScale::log2:
      return "log2";
    case ValueScale::log1p:
      break;
  }
  return "log1p";
}

/// Whether values of a scale are logarithms.
[[nodiscard]] constexpr bool is_logarithm(ValueScale scale) noexcept {
  return scale == ValueScale::log2 || scale == ValueScale::log1p;
}

/// Logarithms of whole numbers are written with so many digits that what comes back is that close to whole.
inline constexpr double whole_within = 0.01;

/// A value on the linear scale.
/// @return not finite where the scale does not have the value
[[nodiscard]] inline double linear_value(double value, ValueScale scale) noexcept {
  if (scale == ValueScale::log2) return std::exp2(value);
  if (scale == ValueScale::log1p) return value < 0.0 ? NAN : std::expm1(value);
  return value;
}

/// Whether all values are counts or, where fractions are accepted, finite and >= 0. All at once, by vector
/// instructions: adding 2^52 rounds what is smaller to a whole number, and gives nothing finite where a value is not.
/// False may be said of values beyond.
[[nodiscard]] inline bool are_counts(const VectorIn& values, bool fractions) {
  constexpr double rounding = 0x1p52;
  if (values.size() == 0) return true;
  const double rest = fractions ? (values.array() * 0.0).sum()
                                : (((values.array() + rounding) - rounding) - values.array()).abs().sum();
  return rest == 0.0 && values.minCoeff() >= 0.0;
}

/// How a reader takes the values of genes.
struct ValueReading {
  ValueScale scale = ValueScale::counts;
  bool whole = true;  ///< whether linear values must be whole numbers; those that come from logarithms are rounded

  /// @param scale what the values are said to be; nothing: continuous levels where fractions are accepted, else counts
  /// @param fractions whether values that are not whole are accepted, of logarithms after these are undone
  static ValueReading of(const std::optional<ValueScale>& scale, bool fractions) noexcept {
    if (!scale) return {fractions ? ValueScale::continuous : ValueScale::counts, !fractions};
    if (is_logarithm(*scale)) return {*scale, !fractions};
    return {*scale, *scale == ValueScale::counts};
  }

  /// What is to be said about values; empty for counts.
  template <class = CompiledWhereUsed>
  [[nodiscard]] std::string remark(const MatrixIn& values) const {
    if (scale == ValueScale::counts) return {};
    const auto rounded = [](double value) {
      char text[32];
      std::snprintf(text, sizeof text, "%.4g", value);
      return std::string(text);
    };
    const std::string range = " from " + rounded(values.minCoeff()) + " to " + rounded(values.maxCoeff());
    if (scale == ValueScale::continuous) return "values are read as continuous levels" + range;
    return std::string("values are read as ") + (scale == ValueScale::log2 ? "log2(x)" : "log1p, ln(1 + x)") +
           ", and undone: x are " + (whole ? "counts" : "continuous levels") + range;
  }
};

}  // namespace cardamom
