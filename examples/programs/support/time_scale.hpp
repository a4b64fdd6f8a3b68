// What units times have, and whether degradation rates look as if they were of the same.
#pragma once

#include <string>

#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/model/decay_rates.hpp>
#include <cardamom/numerics/median.hpp>

namespace support {

/// How many time points there are and from when to when, in the unit that the method takes them to have.
inline std::string time_points(const cardamom::Counts& counts) {
  const cardamom::Vector& times = counts.time_points();
  const cardamom::Index last = times.size() - 1;
  if (last <= 0) return "1 time point" + (last == 0 ? ", " + cardamom::to_text(times[0]) + " h" : std::string());
  return std::to_string(times.size()) + " time points from " + cardamom::to_text(times[0]) + " to " +
         cardamom::to_text(times[last]) + " h";
}

/// What a user should know where the time between first and last time point holds hardly a life of a protein or very
/// many; empty: nothing.
inline std::string time_scale_remark(const cardamom::Counts& counts, const cardamom::DecayRates& rates) {
  constexpr double fewest_lives = 0.05;
  constexpr double most_lives = 500.0;
  const cardamom::Vector& times = counts.time_points();
  if (rates.protein.size() == 0 || counts.genes() == 0 || times.size() < 2) return {};
  const double decay = cardamom::median(rates.protein.tail(counts.genes()));
  const double span = times[times.size() - 1] - times[0];
  const double lives = decay * span;
  if (lives >= fewest_lives && lives <= most_lives) return {};
  return "the median rate d1 is " + cardamom::to_text(decay) + " per hour and the time points span " +
         cardamom::to_text(span) + " hours, " + cardamom::to_text(lives) +
         " lives of a protein: are times in hours and rates per hour?";
}

}  // namespace support
