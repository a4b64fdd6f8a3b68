/// @file
/// The interval of a share that was counted (Clopper & Pearson, Biometrika 26, 1934).
#pragma once

#include <boost/math/special_functions/beta.hpp>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom {

/// Two ends of an interval.
struct Interval {
  double lower = 0.0;
  double upper = 0.0;
};

/// The shares under which `successes` of `trials` or something more extreme has a probability of at least
/// (1 − confidence)/2 on either side: holds the true share at least that often, whatever it is.
/// @param successes in [0, trials]
/// @param trials >= 1
/// @param confidence in (0, 1)
/// @throws std::invalid_argument, std::domain_error on values
template <class = CompiledWhereUsed>
[[nodiscard]] inline Interval binomial_interval(Index successes, Index trials, double confidence = 0.95) {
  const char* const function = "binomial_interval";
  check_at_least(function, "trials", trials, 1);
  check_index(function, "successes", successes, trials + 1);
  check_in(function, "confidence", confidence, 1e-12, 1.0 - 1e-12);
  const double tail = (1.0 - confidence) / 2.0;
  const auto hits = static_cast<double>(successes);
  const auto others = static_cast<double>(trials - successes);
  return {successes == 0 ? 0.0 : boost::math::ibeta_inv(hits, others + 1.0, tail),
          successes == trials ? 1.0 : boost::math::ibetac_inv(hits + 1.0, others, tail)};
}

}  // namespace cardamom
