/// @file
/// Degradation-rate files: one line `d0 d1` [1/h] per gene, in their order, after one per input, whose values are
/// ignored and which may be left out.
#pragma once

#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/io/file_set.hpp>
#include <cardamom/io/text.hpp>
#include <cardamom/model/decay_rates.hpp>

namespace cardamom {

/// Reads degradation rates; a first line without numbers is taken for a header.
/// @param nodes inputs and genes: there must be a line for each of them, or for each gene alone; 0 accepts any number
/// of lines, inputs included
/// @param inputs how many of the nodes, the first ones, are inputs
/// @param read how the file is read; `read_gzip_file` reads compressed ones as well
/// @return one entry per node, those of inputs as in the file, 1 where it has none
/// @throws IoError with line and column when a line does not hold two numbers, or a gene's rate is not finite and > 0
template <class = CompiledWhereUsed>
[[nodiscard]] inline DecayRates read_decay_rates(const std::string& path, Index nodes = 0, Index inputs = 1,
                                                 FileReader read = read_plain_file) {
  const std::string text = read(path);
  TextLines lines(text);
  struct Line {
    Index number;
    std::string_view field[2];
    double rate[2];
  };
  std::vector<Line> table;
  const auto refuse = [&](const Line& line, int k) {
    throw IoError(path, line.number, k + 1,
                  "rate is " + in_quotes(line.field[k]) + ", must be a finite number > 0 [1/h]");
  };
  while (lines.next()) {
    LineFields fields(trim(lines.line()));
    Line line{lines.number(), {}, {}};
    std::string_view excess;
    if (!fields.next(line.field[0]) || !fields.next(line.field[1]) || fields.next(excess)) {
      throw IoError(path, lines.number(), 0, "the line must hold two rates: d0 and d1 [1/h]");
    }
    const bool number[2] = {parse_number(line.field[0], line.rate[0]), parse_number(line.field[1], line.rate[1])};
    if (lines.number() == 1 && !number[0] && !number[1]) continue;
    const bool gene = static_cast<Index>(table.size()) >= inputs;
    for (int k = 0; k < 2; ++k) {
      if (!number[k] || !std::isfinite(line.rate[k]) || (gene && line.rate[k] <= 0)) refuse(line, k);
    }
    table.push_back(line);
  }
  const auto size = static_cast<Index>(table.size());
  if (size == 0) throw IoError(path, "the file holds no rates");
  const Index given_inputs = nodes != 0 && size == nodes - inputs ? 0 : inputs;
  if (nodes != 0 && size != nodes - inputs + given_inputs) {
    throw IoError(path, "the file holds rates of " + to_text(size) + " genes, " +
                            (inputs == 1 ? "the stimulus" : "inputs") + " included, must be " + to_text(nodes));
  }
  const Index left_out = inputs - given_inputs;
  DecayRates rates{Vector::Ones(size + left_out), Vector::Ones(size + left_out)};
  for (Index i = 0; i < size; ++i) {
    const Line& line = table[static_cast<std::size_t>(i)];
    for (int k = 0; k < 2; ++k) {
      if (i >= given_inputs && line.rate[k] <= 0) refuse(line, k);
      (k == 0 ? rates.mrna : rates.protein)[i + left_out] = line.rate[k];
    }
  }
  return rates;
}

/// The text of a file of degradation rates, a line per entry, with as many digits as they need to read back the same.
/// @throws std::invalid_argument when the lengths differ
template <class = CompiledWhereUsed>
[[nodiscard]] inline std::string decay_rates_text(const DecayRates& rates) {
  check_size("decay_rates_text", "rates.protein", rates.protein.size(), rates.mrna.size());
  std::string text;
  for (Index i = 0; i < rates.mrna.size(); ++i) {
    text += to_text(rates.mrna[i]) + '\t' + to_text(rates.protein[i]) + '\n';
  }
  return text;
}

/// Writes degradation rates. Throws IoError, and std::invalid_argument when the lengths differ.
template <class = CompiledWhereUsed>
inline void write_decay_rates(const std::string& path, const DecayRates& rates) {
  check_size("write_decay_rates", "rates.protein", rates.protein.size(), rates.mrna.size());
  FileSet files;
  files.add(path, decay_rates_text(rates));
  files.commit();
}

}  // namespace cardamom
