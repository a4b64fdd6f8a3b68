/// @file
/// The question thinning asks of a link: whether a rate is at least some level.
#pragma once

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom::thinning {

/// A link that answers by itself, cheaper than by its value, and that never exceeds its bound.
template <class Rate>
concept ComparableLink = LinkedBurstRate<Rate> && requires(const Rate& rate, Index gene, double number) {
  { rate.link_reaches(gene, number, number) } -> std::same_as<bool>;
};

/// Whether `rate.link(gene, argument) >= level`.
template <LinkedBurstRate Rate>
bool link_reaches(const Rate& rate, Index gene, double argument, double level) {
  if constexpr (ComparableLink<Rate>) {
    return rate.link_reaches(gene, argument, level);
  } else {
    return rate.link(gene, argument) >= level;
  }
}

}  // namespace cardamom::thinning
