/// @file
/// A verdict in words: one line, or a table of every gene and time.
#pragma once

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <string>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/table_field.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/inference/verdict/result.hpp>

namespace cardamom {

namespace detail {

/// A number >= 0 without an exponent, with so many significant digits; whole ones in full.
template <class = CompiledWhereUsed>
inline std::string significant(double value, int digits) {
  constexpr int most_decimals = 9;
  const int magnitude = value > 0.0 ? static_cast<int>(std::floor(std::log10(value))) : 0;
  const int decimals = std::clamp(digits - 1 - magnitude, 0, most_decimals);
  char buffer[400];
  const auto result = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed, decimals);
  return {buffer, result.ptr};
}

}  // namespace detail

/// One line without its end:
/// "fit: simulated cells are 0.17 molecules from the data (chance 0.10, floor 0.15, no change 0.40); 3 of 369
/// gene-times fail, worst Sparc at 96 h". The floor is left out where there is none, as is "no change" of a single time
/// point; weights at their limit are told from 1 % on.
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline std::string verdict_line(const WhereUsed<Verdict, Use>& verdict) {
  constexpr int digits = 2;
  constexpr double told_from = 0.01;
  const auto number = [](double value) { return detail::significant(value, digits); };
  std::string line = "fit: simulated cells are " + number(verdict.mean_distance()) +
                     " molecules from the data (chance " + number(verdict.mean_chance());
  if (verdict.mean_floor() > 0.0) line += ", floor " + number(verdict.mean_floor());
  if (verdict.time_points.size() > 1) line += ", no change " + number(verdict.mean_unchanged());
  line += "); ";
  if (verdict.failing.empty()) {
    line += "none of " + to_text(verdict.gene_times()) + " gene-times fails";
  } else {
    const GeneTime& worst = verdict.failing.front();
    line += to_text(static_cast<Index>(verdict.failing.size())) + " of " + to_text(verdict.gene_times()) +
            " gene-times fail, worst " + verdict.names[static_cast<std::size_t>(worst.gene)] + " at " +
            to_text(verdict.time_points[worst.time]) + " h";
  }
  if (verdict.weights_at_limit >= told_from) {
    line +=
        "; " + detail::significant(100.0 * verdict.weights_at_limit, digits) + " % of the weights are at their limit";
  }
  return line;
}

/// A table separated by tabs, with titles: gene, time [h], distance [molecules], distance in spreads of the gene,
/// chance, floor, unchanged [molecules], and "fits" or "fails"; genes in their order, times increasing. Names are
/// written by `table_field`.
/// @throws std::invalid_argument on the name of a gene that no table can hold
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline std::string verdict_table(const WhereUsed<Verdict, Use>& verdict) {
  constexpr int digits = 4;
  std::string text = "gene\ttime\tdistance\tspreads\tchance\tfloor\tunchanged\tverdict\n";
  for (Index i = verdict.inputs; i < verdict.nodes(); ++i) {
    const std::string& name = verdict.names[static_cast<std::size_t>(i)];
    check_table_name("verdict_table", detail::element("names", i), name);
    for (Index k = 0; k < verdict.time_points.size(); ++k) {
      text += table_field(name) + '\t' + to_text(verdict.time_points[k]);
      for (const double value : {verdict.distance(k, i), verdict.in_spreads(k, i), verdict.chance(k, i),
                                 verdict.floor(k, i), verdict.unchanged(k, i)}) {
        text += '\t' + detail::significant(value, digits);
      }
      text += verdict.fails(k, i) ? "\tfails\n" : "\tfits\n";
    }
  }
  return text;
}

}  // namespace cardamom
