/// @file
/// Where the parameters of a simulation that is differentiated stand in one vector.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom {

/// Gene after gene: the parameters of its burst rate, then log koff/s0, log d0 and log d1; the logarithm of the spread
/// of depths comes last of all. Genes are counted from 0.
class PathwiseLayout {
 public:
  PathwiseLayout() = default;
  /// @param rate_parameters how many every gene's burst rate has
  template <class = CompiledWhereUsed>
  explicit PathwiseLayout(std::vector<Index> rate_parameters) : rate_size_(std::move(rate_parameters)) {
    for (const Index size : rate_size_) {
      first_.push_back(size_);
      size_ += size + kinetic_parameters;
    }
    ++size_;
  }

  [[nodiscard]] Index genes() const noexcept { return static_cast<Index>(rate_size_.size()); }
  /// Of all parameters.
  [[nodiscard]] Index size() const noexcept { return size_; }
  /// The first parameter of the burst rate of gene a; @param a in 0 … genes − 1
  [[nodiscard]] Index rate(Index a) const { return first_[static_cast<std::size_t>(a)]; }
  [[nodiscard]] Index rate_size(Index a) const { return rate_size_[static_cast<std::size_t>(a)]; }
  [[nodiscard]] Index inverse_burst_size(Index a) const { return rate(a) + rate_size(a); }
  [[nodiscard]] Index mrna_decay(Index a) const { return rate(a) + rate_size(a) + 1; }
  [[nodiscard]] Index protein_decay(Index a) const { return rate(a) + rate_size(a) + 2; }
  /// Logarithm of the standard deviation of the logarithm of depths.
  [[nodiscard]] Index depth_spread() const noexcept { return size_ - 1; }

 private:
  static constexpr Index kinetic_parameters = 3;

  std::vector<Index> rate_size_;
  std::vector<Index> first_;
  Index size_ = 0;
};

}  // namespace cardamom
