/// @file
/// Degradation rates of which each may be wrong, corrected by what genes have in common.
#pragma once

#include <algorithm>
#include <cmath>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/model/decay_rates.hpp>
#include <cardamom/numerics/median.hpp>

namespace cardamom {

namespace detail {

/// Where log rates most likely are: normal around their median, seen with an error of Student's law of four degrees of
/// freedom. Iteratively reweighted from the median, so that of two likely places the one nearer to it is found.
template <class Use = CompiledWhereUsed>
inline void pull_to_median(WhereUsed<Eigen::Ref<Vector>, Use> rates, double width) {
  constexpr double spread = 0.7;  // of log half-lives between genes, in the tables that have been measured
  constexpr double degrees = 4.0;
  constexpr int iterations = 60;  // far from the median, where it is slowest, the distance still falls by a third
  if (rates.size() == 0) return;
  const double centre = median(rates);
  for (double& rate : rates) {
    const double seen = std::log(rate / centre);
    double place = 0.0;
    for (int k = 0; k < iterations; ++k) {
      const double precision = (degrees + 1.0) / (degrees * width * width + (seen - place) * (seen - place));
      place = seen * precision / (precision + 1.0 / (spread * spread));
    }
    rate = centre * std::exp(place);
  }
}

}  // namespace detail

/// The rates that are most likely where those given have errors (not in the paper): d0 and d1 alike are log-normal
/// between genes around the median of those given, and errors of their logarithms have Student's law of four degrees of
/// freedom. A rate near the median hardly moves, one a factor of two away comes a third nearer, and one far from all
/// others is taken for wrong.
/// @param given one entry per node; inputs' entries stay as they are
/// @param width scale of the errors of the logarithms, > 0; about .5 for rates of another cell type
/// Throws std::domain_error on the width and on rates that are not positive and finite.
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline DecayRates likely_rates(WhereUsed<DecayRates, Use> given, Index inputs, double width) {
  const char* const function = "likely_rates";
  check_positive(function, "width", width);
  check_all_positive(function, "given.mrna", given.mrna, inputs);
  check_all_positive(function, "given.protein", given.protein, inputs);
  for (Vector* rates : {&given.mrna, &given.protein}) {
    detail::pull_to_median(rates->tail(std::max<Index>(rates->size() - inputs, 0)), width);
  }
  return given;
}

}  // namespace cardamom
