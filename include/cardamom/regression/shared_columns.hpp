/// @file
/// What the rows of one regression share about its samples, found once, and samples that a row cannot tell apart.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom {

/// Columns of few values as small numbers: levels of modes, unlike proteins that decay or are measured.
struct ColumnCodes {
  static constexpr Index most_levels = 16;

  Eigen::Matrix<std::uint8_t, Eigen::Dynamic, Eigen::Dynamic> codes;  ///< equal where the table's column is
  std::vector<Index> levels;                                          ///< per column, codes are below it

  /// Whether there are codes: false where a column takes more than `most_levels` values.
  [[nodiscard]] bool known() const noexcept { return !levels.empty(); }
};

/// Numbers the values of every column in order of their first rows.
/// @param table rows × columns, any finite values
/// @returns codes of the table's shape; none known where a column takes more than `ColumnCodes::most_levels` values.
/// O(rows · columns · levels), much less where one of the first columns has many values
template <std::floating_point Scalar>
[[nodiscard]] ColumnCodes find_codes(const Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>& table) {
  ColumnCodes result{{table.rows(), table.cols()}, {}};
  std::array<Scalar, ColumnCodes::most_levels> values{};
  for (Index j = 0; j < table.cols(); ++j) {
    std::size_t found = 0;
    for (Index s = 0; s < table.rows(); ++s) {
      const Scalar value = table(s, j);
      std::size_t code = 0;
      while (code < found && values[code] != value) ++code;
      if (code == values.size()) return {};
      if (code == found) values[found++] = value;
      result.codes(s, j) = static_cast<std::uint8_t>(code);
    }
    result.levels.push_back(static_cast<Index>(found));
  }
  return result;
}

/// A partition of samples, made finer column by column.
class SampleGroups {
 public:
  /// One group of all.
  explicit SampleGroups(Index samples) : of_sample_(static_cast<std::size_t>(samples), 0), first_{0} {}

  [[nodiscard]] Index count() const noexcept { return static_cast<Index>(first_.size()); }
  /// Group of a sample; groups are numbered by their first samples.
  [[nodiscard]] Index of(Index sample) const { return of_sample_[static_cast<std::size_t>(sample)]; }
  /// The first sample of a group.
  [[nodiscard]] Index first(Index group) const { return first_[static_cast<std::size_t>(group)]; }

  /// Parts samples of which the column has different codes; false, and the partition is of no more use, where there
  /// are more than `most` groups then. O(samples).
  template <class Use = CompiledWhereUsed>
  [[nodiscard]] bool refine(const WhereUsed<ColumnCodes, Use>& columns, Index column, Index most) {
    const auto levels = static_cast<std::size_t>(columns.levels[static_cast<std::size_t>(column)]);
    if (levels < 2) return true;
    const std::uint8_t* const codes = columns.codes.col(column).data();
    std::vector<std::int32_t> next(first_.size() * levels, -1);
    first_.clear();
    for (std::size_t s = 0; s < of_sample_.size(); ++s) {
      std::int32_t& group = next[static_cast<std::size_t>(of_sample_[s]) * levels + codes[s]];
      if (group < 0) {
        if (count() == most) return false;
        group = static_cast<std::int32_t>(first_.size());
        first_.push_back(static_cast<Index>(s));
      }
      of_sample_[s] = group;
    }
    return true;
  }

 private:
  std::vector<std::int32_t> of_sample_;
  std::vector<Index> first_;
};

/// What the rows of one regression share.
struct SharedColumns {
  Vector mean;           ///< of every column of proteins
  Vector spread;         ///< ‖X_j − mean_j‖₂, rounded up
  ColumnCodes proteins;  ///< where there are `grouped_from` samples or more
  ColumnCodes targets;   ///< the same

  /// Fewer samples cost less than to group them.
  static constexpr Index grouped_from = 1024;
};

/// Means, spreads and codes of the samples of a regression, of targets codes alone.
/// @param proteins samples × nodes; @param targets samples × nodes, column i the target of row i
/// O(samples · nodes · levels)
template <std::floating_point Scalar>
[[nodiscard]] SharedColumns share_columns(const Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>& proteins,
                                          const Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>& targets) {
  SharedColumns result{Vector(proteins.cols()), Vector(proteins.cols()), {}, {}};
  for (Index j = 0; j < proteins.cols(); ++j) {
    const auto column = proteins.col(j).template cast<double>();
    result.mean[j] = column.mean();
    constexpr double up = 1.0 + 1e-9;  // more than a sum of 2³² squares rounds by
    result.spread[j] = up * (column.array() - result.mean[j]).matrix().norm();
  }
  if (proteins.rows() >= SharedColumns::grouped_from) {
    result.proteins = find_codes(proteins);
    if (result.proteins.known()) result.targets = find_codes(targets);
  }
  return result;
}

}  // namespace cardamom
