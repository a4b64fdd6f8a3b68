/// @file
/// Composition–rejection: genes sorted into levels whose bounds halve from one to the next. A level is picked by its
/// total, a gene within it uniformly; O(1) per pick and per move of a gene.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/simulation/thinning/candidate.hpp>

namespace cardamom::thinning {

/// Who is in which level. Level l holds genes whose bound is at most cap(l) = top · 2^−l.
class LevelTable {
 public:
  /// The lowest level takes everything below top/2^11, where a gene costs next to nothing.
  static constexpr int count = 12;

  /// Units are counted in 32 bits.
  static constexpr Index most_genes = Index{1} << (32 - count);

  /// @param genes at most `most_genes`
  LevelTable(Index genes, double top) : place_(static_cast<std::size_t>(genes)) {
    for (auto& members : members_) members.reserve(static_cast<std::size_t>(genes));
    set_top(top);
  }

  /// Empties the table.
  void set_top(double top) {
    for (int l = 0; l < count; ++l) {
      caps_[static_cast<std::size_t>(l)] = std::ldexp(top, -l);
    }
    clear();
  }

  double cap(int level) const noexcept { return caps_[static_cast<std::size_t>(level)]; }
  double total() const noexcept { return static_cast<double>(units_) * caps_[count - 1]; }
  /// The lowest level whose cap covers a bound, at most that of level 0; −1 for a bound of 0.
  int lowest(double bound) const {
    if (!(bound > 0.0)) return -1;
    const int level = std::min(std::ilogb(caps_[0] / bound), count - 1);
    return level > 0 && bound > cap(level) ? level - 1 : level;
  }
  int level(Index gene) const noexcept { return place_[static_cast<std::size_t>(gene)].level; }

  void clear() {
    for (auto& members : members_) members.clear();
    for (Place& place : place_) place.level = -1;
    units_ = 0;
    occupied_ = 0;
  }

  /// Moves a gene to a level; −1 is out of all of them.
  template <class = CompiledWhereUsed>
  void put(Index gene, int level) {
    Place& place = place_[static_cast<std::size_t>(gene)];
    if (place.level >= 0) {
      auto& members = members_[static_cast<std::size_t>(place.level)];
      const std::int32_t last = members.back();
      members[static_cast<std::size_t>(place.slot)] = last;
      place_[static_cast<std::size_t>(last)].slot = place.slot;
      members.pop_back();
      units_ -= units(place.level);
      if (members.empty()) occupied_ &= ~(std::uint32_t{1} << place.level);
    }
    place.level = level;
    if (level >= 0) {
      auto& members = members_[static_cast<std::size_t>(level)];
      place.slot = static_cast<std::int32_t>(members.size());
      members.push_back(static_cast<std::int32_t>(gene));
      units_ += units(level);
      occupied_ |= std::uint32_t{1} << level;
    }
  }

  /// Only when total() > 0.
  template <class Use = CompiledWhereUsed>
  Candidate pick(WhereUsed<RandomStream, Use>& stream) const {
    // A unit of the total picks the gene; where in the gene's units it lies is uniform again and sets the level.
    auto [unit, rest] = stream.split(units_);
    std::size_t l = 0;
    for (std::uint32_t later = occupied_;; later &= later - 1) {
      l = static_cast<std::size_t>(std::countr_zero(later));
      const auto weight = static_cast<std::uint32_t>(members_[l].size()) << shift(l);
      if (unit < weight) break;
      unit -= weight;
    }
    const std::uint32_t slot = unit >> shift(l);
    const double within = static_cast<double>(unit - (slot << shift(l))) + rest;
    return {members_[l][slot], within * caps_[count - 1]};
  }

 private:
  struct Place {
    std::int32_t level = -1;
    std::int32_t slot = 0;
  };
  /// Cap in units of the lowest: whole numbers, so that the total carries no rounding.
  static constexpr std::uint32_t units(int level) noexcept { return std::uint32_t{1} << (count - 1 - level); }
  static constexpr std::uint32_t shift(std::size_t level) noexcept {
    return count - 1 - static_cast<std::uint32_t>(level);
  }

  std::array<double, count> caps_;
  std::array<std::vector<std::int32_t>, count> members_;
  std::vector<Place> place_;
  std::uint32_t units_ = 0;     // total in units of the lowest cap
  std::uint32_t occupied_ = 0;  // one bit per level that has members
};

}  // namespace cardamom::thinning
