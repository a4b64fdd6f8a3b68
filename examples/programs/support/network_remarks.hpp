// What a network and its data say about how far the network can be trusted.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/data/thin_counts.hpp>
#include <cardamom/inference/inference.hpp>
#include <cardamom/numerics/median.hpp>

namespace support {

/// The median over genes and time points of the variance of counts in units of their mean; 1 is that of molecules that
/// are counted and do not vary otherwise. NaN where no gene has a time point with molecules and two cells.
inline double median_dispersion(const cardamom::Counts& counts) {
  std::vector<double> ratios;
  for (cardamom::Index gene = counts.inputs(); gene < counts.nodes(); ++gene) {
    for (cardamom::Index k = 0; k < counts.time_points().size(); ++k) {
      const auto cells = counts.cells_at(k);
      double sum = 0.0;
      double squares = 0.0;
      for (const cardamom::Index cell : cells) sum += counts.values()(cell, gene);
      const double mean = sum / static_cast<double>(cells.size());
      for (const cardamom::Index cell : cells) {
        squares += (counts.values()(cell, gene) - mean) * (counts.values()(cell, gene) - mean);
      }
      if (mean > 0.0 && cells.size() > 1) ratios.push_back(squares / static_cast<double>(cells.size() - 1) / mean);
    }
  }
  if (ratios.empty()) return NAN;
  return cardamom::median(cardamom::Vector::Map(ratios.data(), static_cast<cardamom::Index>(ratios.size())));
}

/// A sentence each; none where nothing is unusual.
inline std::vector<std::string> network_remarks(const cardamom::Counts& counts,
                                                const cardamom::InferenceBase& inference) {
  std::vector<std::string> result;
  const cardamom::Index inputs = counts.inputs();
  bool from_genes = false;
  bool from_inputs = false;
  for (cardamom::Index target = inputs; target < counts.nodes(); ++target) {
    for (cardamom::Index source = 0; source < counts.nodes(); ++source) {
      if (source == target || inference.scores(target, source) == 0.0) continue;
      (source < inputs ? from_inputs : from_genes) = true;
    }
  }
  if (!from_genes && counts.genes() > 1) {
    result.push_back(from_inputs ? "every edge begins at an input: genes follow it, and nothing more is seen"
                                 : "no edge is left: are times and degradation rates of one unit, are genes on in some "
                                   "cells and off in others?");
  }
  if (counts.genes() > counts.cells()) {
    result.push_back("there are more genes, " + std::to_string(counts.genes()) + ", than cells, " +
                     std::to_string(counts.cells()) + ": few of the edges can be told from chance");
  }
  // A Poisson law has 1, and bursts make more of it: half of it is not a matter of chance.
  constexpr double too_even = 0.5;
  if (const double dispersion = median_dispersion(counts);
      cardamom::holds_whole_numbers(counts) && dispersion < too_even) {
    result.push_back("counts of a gene at a time vary " + cardamom::to_text(dispersion) +
                     " times as much as counting alone makes them: are they averages or normalised?");
  }
  return result;
}

}  // namespace support
