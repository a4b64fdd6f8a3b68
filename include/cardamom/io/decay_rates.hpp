/// @file
/// Degradation-rate files: one line `d0 d1` [1/h] per gene, the stimulus (whose values are ignored) first.
#pragma once

#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/io/detail/text.hpp>
#include <cardamom/io/file_set.hpp>
#include <cardamom/model/decay_rates.hpp>

namespace cardamom {

/// Reads degradation rates; a first line without numbers is taken for a header.
/// @param genes G, the number of lines that there must be, the stimulus included; 0 accepts any
/// @throws IoError with line and column when a line does not hold two numbers, or a gene's rate is not finite and > 0
inline DecayRates read_decay_rates(const std::string& path, Index genes = 0) {
  const std::string text = detail::read_file(path);
  detail::Lines lines(text);
  std::vector<double> rates[2];
  while (lines.next()) {
    const std::string_view line = detail::trim(lines.line());
    detail::Fields fields(line);
    std::string_view field[2];
    std::string_view excess;
    if (!fields.next(field[0]) || !fields.next(field[1]) || fields.next(excess)) {
      throw IoError(path, lines.number(), 0, "the line must hold two rates: d0 and d1 [1/h]");
    }
    double value[2];
    const bool number[2] = {detail::parse_number(field[0], value[0]), detail::parse_number(field[1], value[1])};
    if (lines.number() == 1 && !number[0] && !number[1]) continue;
    const bool stimulus = rates[0].empty();
    for (int k = 0; k < 2; ++k) {
      if (!number[k] || !std::isfinite(value[k]) || (!stimulus && value[k] <= 0)) {
        throw IoError(path, lines.number(), k + 1,
                      "rate is " + detail::in_quotes(field[k]) + ", must be a finite number > 0 [1/h]");
      }
      rates[k].push_back(value[k]);
    }
  }
  const auto size = static_cast<Index>(rates[0].size());
  if (size == 0) throw IoError(path, "the file holds no rates");
  if (genes != 0 && size != genes) {
    throw IoError(path, "the file holds rates of " + detail::to_text(size) + " genes, the stimulus included, must be " +
                            detail::to_text(genes));
  }
  return {Eigen::Map<const Vector>(rates[0].data(), size), Eigen::Map<const Vector>(rates[1].data(), size)};
}

/// Writes degradation rates with as many digits as they need to read back the same. Throws IoError, and
/// std::invalid_argument when the lengths differ.
inline void write_decay_rates(const std::string& path, const DecayRates& rates) {
  check_size("write_decay_rates", "rates.protein", rates.protein.size(), rates.mrna.size());
  std::string text;
  for (Index i = 0; i < rates.mrna.size(); ++i) {
    text += detail::to_text(rates.mrna[i]) + '\t' + detail::to_text(rates.protein[i]) + '\n';
  }
  FileSet files;
  files.add(path, text);
  files.commit();
}

}  // namespace cardamom
