/// @file
/// Counts from tables that know neither stimulus nor time: which genes are kept, and the column of the stimulus.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/io/detail/text.hpp>

namespace cardamom::detail {

/// Dense tables beyond this are refused before they exhaust the memory (4 GB).
inline constexpr Index largest_table = Index{1} << 29;

inline void check_table_size(const std::string& file, Index cells, Index genes) {
  if (genes > 0 && cells > largest_table / genes) {
    throw IoError(file, "the table has " + to_text(cells) + " cells x " + to_text(genes) +
                            " genes, too many for the memory: choose genes");
  }
}

/// Where each gene of a file goes.
struct GeneSelection {
  std::vector<std::string> names;  ///< of the columns, the stimulus first
  std::vector<Index> column;       ///< per gene of the file: its column in the counts, -1 for none

  Index genes() const noexcept { return static_cast<Index>(names.size()); }
};

/// @param available names in the order of the file
/// @param identifiers per gene, or empty: other names by which it may be asked for; used for names that occur twice
/// @param wanted names to keep, the stimulus's first, in the order of the result; empty: all
/// @throws IoError on a wanted gene that is not there, or a name that several genes have
inline GeneSelection select_genes(const std::string& file, const std::vector<std::string>& available,
                                  const std::vector<std::string>& identifiers, const std::vector<std::string>& wanted) {
  constexpr Index several = -2;
  std::unordered_map<std::string_view, Index> index_of;
  for (std::size_t g = 0; g < available.size(); ++g) {
    const auto [entry, added] = index_of.try_emplace(available[g], static_cast<Index>(g));
    if (!added) entry->second = several;
  }
  GeneSelection selection;
  selection.column.assign(available.size(), -1);
  if (wanted.empty()) {
    selection.names.push_back("Stimulus");
    for (std::size_t g = 0; g < available.size(); ++g) {
      const bool unique = index_of[available[g]] != several;
      if (!unique && identifiers.empty()) throw IoError(file, "gene " + in_quotes(available[g]) + " occurs twice");
      selection.column[g] = selection.genes();
      selection.names.push_back(unique ? available[g] : identifiers[g]);
    }
    return selection;
  }
  for (std::size_t g = 0; g < identifiers.size(); ++g) index_of.try_emplace(identifiers[g], static_cast<Index>(g));
  selection.names.push_back(wanted.front());
  for (std::size_t k = 1; k < wanted.size(); ++k) {
    const auto entry = index_of.find(wanted[k]);
    if (entry == index_of.end()) throw IoError(file, "there is no gene " + in_quotes(wanted[k]));
    if (entry->second == several) {
      throw IoError(file, "several genes are called " + in_quotes(wanted[k]) + ": choose one by its identifier");
    }
    selection.column[static_cast<std::size_t>(entry->second)] = selection.genes();
    selection.names.push_back(wanted[k]);
  }
  return selection;
}

/// The level of the stimulus when a file says nothing about it: off up to t = 0, on afterwards.
inline Vector stimulus_from_times(const Vector& times) { return (times.array() > 0.0).cast<double>(); }

/// Values are checked here, once the file is known; @param values cells × G, column 0 to be filled in.
inline Counts assemble(const std::string& file, Matrix values, Vector times, GeneSelection selection,
                       const Vector& stimulus, bool fractions) {
  if (values.rows() == 0) throw IoError(file, "there are no cells");
  if (values.cols() < 2) throw IoError(file, "there are no genes");
  values.col(0) = stimulus;
  for (Index gene = 1; gene < values.cols(); ++gene) {
    for (Index cell = 0; cell < values.rows(); ++cell) {
      const double value = values(cell, gene);
      const bool fits = std::isfinite(value) && value >= 0 && (fractions || value == std::floor(value));
      if (!fits) {
        throw IoError(file, "gene " + in_quotes(selection.names[static_cast<std::size_t>(gene)]) + ", cell " +
                                to_text(cell + 1) + ": value is " + to_text(value) + ", must be a " +
                                (fractions ? "finite number >= 0"
                                           : "whole number >= 0: raw counts of molecules, not normalised ones"));
      }
    }
  }
  return Counts(std::move(values), std::move(times), std::move(selection.names));
}

}  // namespace cardamom::detail
