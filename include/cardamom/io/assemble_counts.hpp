/// @file
/// Counts from tables that hold genes by name and know little of inputs and times: which genes are kept, and the
/// columns of the inputs. What readers of such formats share.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/io/known_nodes.hpp>
#include <cardamom/io/node_labels.hpp>
#include <cardamom/io/text.hpp>
#include <cardamom/io/value_scale.hpp>

namespace cardamom {

/// Dense tables beyond this are refused before they exhaust the memory (4 GB).
inline constexpr Index largest_table = Index{1} << 29;

/// Throws IoError when a table of so many nodes is too large.
inline void check_table_size(const std::string& file, Index cells, Index nodes) {
  if (nodes > 0 && cells > largest_table / nodes) {
    throw IoError(file, "the table has " + to_text(cells) + " cells x " + to_text(nodes) +
                            " genes, too many for the memory: choose genes");
  }
}

/// Where each gene of a file goes.
struct GeneSelection {
  std::vector<std::string> names;  ///< of the columns, inputs first
  /// Per gene of the file: its column in the counts, -1 for none, `left_out` for what does not count as a gene: not
  /// even totals include it.
  std::vector<Index> column;
  Index inputs = 1;                ///< how many of the columns, the first ones, are inputs
  Index skipped = 0;               ///< how many wanted genes the file lacks
  std::string first_skipped = {};  ///< the first of them

  static constexpr Index left_out = -2;

  Index nodes() const noexcept { return static_cast<Index>(names.size()); }
};

/// Which inputs a table has: those that are declared; else the first of the chosen names, or `default_input_beside`.
/// @param declared the inputs' names, where the caller gives them
/// @param wanted names to keep, the stimulus's first; empty: all
/// @param available the genes of the table
[[nodiscard]] inline std::vector<std::string> inputs_of_table(const std::optional<std::vector<std::string>>& declared,
                                                              const std::vector<std::string>& wanted,
                                                              const std::vector<std::string>& available) {
  if (declared) return *declared;
  return {wanted.empty() ? default_input_beside(available) : wanted.front()};
}

namespace detail {

/// What is to be said about wanted genes that were skipped; empty where there are none.
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline std::string skipped_genes_text(const WhereUsed<GeneSelection, Use>& selection) {
  if (selection.skipped == 0) return {};
  const Index chosen = selection.nodes() - selection.inputs + selection.skipped;
  return to_text(selection.skipped) + " of " + to_text(chosen) + " genes that are asked for are not there, skipped" +
         (selection.skipped == 1 ? ": " : "; the first is ") + in_quotes(selection.first_skipped);
}

/// The same, of a file.
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline std::string skipped_genes_remark(const std::string& file,
                                                      const WhereUsed<GeneSelection, Use>& selection) {
  const std::string text = skipped_genes_text(selection);
  return text.empty() ? text : file + ": " + text;
}

}  // namespace detail

/// Chooses genes of a table.
/// @param available names in the order of the file
/// @param identifiers per gene, or empty: other names by which it may be asked for; used for names that occur twice
/// @param wanted names to keep, those of the inputs first, in the order of the result; empty: all
/// @param inputs the inputs' names
/// @param unknown what to do with wanted genes that are not there
/// @throws IoError on a name that several genes, or a gene and an input, have, a wanted gene that is not there or,
/// where such are skipped, none
///   that is there and one that is there but for upper and lower case
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline GeneSelection select_genes(const std::string& file, const std::vector<std::string>& available,
                                                const std::vector<std::string>& identifiers,
                                                const std::vector<std::string>& wanted,
                                                const std::vector<std::string>& inputs = {"Stimulus"},
                                                WhereUsed<UnknownGenes, Use> unknown = UnknownGenes::refuse) {
  constexpr Index several = -2;
  std::unordered_map<std::string_view, Index> index_of;
  for (std::size_t g = 0; g < available.size(); ++g) {
    const auto [entry, added] = index_of.try_emplace(available[g], static_cast<Index>(g));
    if (!added) entry->second = several;
  }
  GeneSelection selection;
  const auto choose = [&](std::string name) {
    if (std::find(inputs.begin(), inputs.end(), name) != inputs.end()) {
      throw IoError(file, "gene " + in_quotes(name) + " is called as an input is: give the input another name");
    }
    selection.names.push_back(std::move(name));
  };
  selection.column.assign(available.size(), -1);
  selection.names = inputs;
  selection.inputs = static_cast<Index>(inputs.size());
  if (wanted.empty()) {
    for (std::size_t g = 0; g < available.size(); ++g) {
      const bool unique = index_of[available[g]] != several;
      if (!unique && identifiers.empty()) throw IoError(file, "gene " + in_quotes(available[g]) + " occurs twice");
      selection.column[g] = selection.nodes();
      choose(unique ? available[g] : identifiers[g]);
    }
    return selection;
  }
  // A list of genes that is numbered from 0 on, as pandas does, is not one of nodes, of which 0 is an input.
  if (!inputs.empty() && wanted.front() == inputs.front() && index_of.contains(inputs.front()) &&
      lower_case(inputs.front()) != lower_case(default_input)) {
    throw IoError(file, in_quotes(inputs.front()) +
                            " is index 0 of the list of genes, the first input, but a gene of the table: where the "
                            "numbers are those of the list's rows, leave them out");
  }
  for (std::size_t g = 0; g < identifiers.size(); ++g) index_of.try_emplace(identifiers[g], static_cast<Index>(g));
  std::unordered_map<std::string, std::string_view> spelling;
  for (std::size_t k = inputs.size(); k < wanted.size(); ++k) {
    const auto entry = index_of.find(wanted[k]);
    if (entry == index_of.end()) {
      if (spelling.empty()) {
        for (const std::string& name : available) spelling.emplace(lower_case(name), name);
      }
      const std::string missing = "there is no gene " + in_quotes(wanted[k]);
      if (const auto other = spelling.find(lower_case(wanted[k])); other != spelling.end()) {
        throw IoError(file, missing + ", but there is " + in_quotes(other->second) + ": upper and lower case differ");
      }
      if (unknown == UnknownGenes::refuse || !marked_input(wanted[k]).empty()) throw IoError(file, missing);
      if (selection.skipped++ == 0) selection.first_skipped = wanted[k];
      continue;
    }
    if (entry->second == several) {
      throw IoError(file, "several genes are called " + in_quotes(wanted[k]) + ": choose one by its identifier");
    }
    selection.column[static_cast<std::size_t>(entry->second)] = selection.nodes();
    choose(wanted[k]);
  }
  if (selection.skipped > 0 && selection.nodes() == selection.inputs) {
    throw IoError(file, "there is no gene " + in_quotes(selection.first_skipped) +
                            (selection.skipped == 1
                                 ? ""
                                 : ", nor any other of the " + to_text(selection.skipped) + " that are asked for"));
  }
  return selection;
}

/// The level of an input when a file says nothing about it: off up to t = 0, on afterwards.
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline Vector stimulus_from_times(const WhereUsed<Vector, Use>& times) {
  return (times.array() > 0.0).template cast<double>();
}

/// The levels of the inputs, cells × inputs, of a table that says nothing about them.
/// @throws IoError when there are several
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline Matrix levels_from_times(const std::string& file, Index inputs,
                                              const WhereUsed<Vector, Use>& times) {
  if (inputs > 1) {
    throw IoError(file, "the format does not hold the levels of " + to_text(inputs) +
                            " inputs, one of them at most is off up to t = 0 and on afterwards: use a panel");
  }
  WhereUsed<Matrix, Use> levels(times.size(), inputs);
  if (inputs == 1) levels.col(0) = stimulus_from_times(times);
  return levels;
}

/// Puts counts together; values are checked here, once the file is known.
/// @param values cells × nodes, the columns of inputs to be filled in
/// @param levels cells × inputs
/// @param depth per cell, > 0, or empty
/// @param otherwise what is said besides about a value that is no count: where counts may be instead
/// @throws IoError when there is nothing, or on a value that is not finite and >= 0 or, unless fractions, not whole
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline Counts assemble_counts(const std::string& file, WhereUsed<Matrix, Use> values,
                                            WhereUsed<Vector, Use> times, WhereUsed<GeneSelection, Use> selection,
                                            const WhereUsed<Matrix, Use>& levels, bool fractions,
                                            WhereUsed<Vector, Use> depth = {}, const std::string& otherwise = {}) {
  if (values.rows() == 0) throw IoError(file, "there are no cells");
  if (values.cols() <= selection.inputs) throw IoError(file, "there are no genes");
  values.leftCols(selection.inputs) = levels;
  for (Index gene = selection.inputs; gene < values.cols(); ++gene) {
    if (are_counts(values.col(gene), fractions)) continue;
    for (Index cell = 0; cell < values.rows(); ++cell) {
      const double value = values(cell, gene);
      const bool fits = std::isfinite(value) && value >= 0 && (fractions || value == std::floor(value));
      if (!fits) {
        throw IoError(
            file, "gene " + in_quotes(selection.names[static_cast<std::size_t>(gene)]) + ", cell " + to_text(cell + 1) +
                      ": value is " + to_text(value) + ", must be a " +
                      (fractions ? "finite number >= 0"
                                 : "whole number >= 0: raw counts of molecules, not normalised ones" + otherwise));
      }
    }
  }
  return Counts(std::move(values), std::move(times), std::move(selection.names), std::move(depth), selection.inputs);
}

}  // namespace cardamom
