/// @file
/// `read_model_directory`.
#pragma once

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/io/decay_rates.hpp>
#include <cardamom/io/experiment.hpp>
#include <cardamom/io/model_directory/layout.hpp>
#include <cardamom/io/model_directory/saved_model.hpp>
#include <cardamom/io/node_labels.hpp>
#include <cardamom/io/npy.hpp>
#include <cardamom/io/read_file.hpp>
#include <cardamom/io/text.hpp>
#include <cardamom/io/text_lines.hpp>
#include <cardamom/model/network.hpp>

namespace cardamom {

namespace detail {

/// The names of the inputs by `inputs.tsv`.
template <class = CompiledWhereUsed>
inline std::vector<std::string> read_model_inputs(const std::string& path) {
  const std::string text = read_plain_file(path);
  TextLines lines(text);
  if (!lines.next() || lines.line() != inputs_title) {
    throw IoError(path, 1, 0, "the title must be " + in_quotes(inputs_title));
  }
  std::vector<std::string> names;
  while (lines.next()) {
    const std::string_view line = lines.line();
    const std::size_t tab = line.find('\t');
    const std::string_view label = line.substr(0, tab);
    const std::string name(trim(tab == std::string_view::npos ? marked_input(label) : line.substr(tab)));
    if (names.empty() ? label != "0" : marked_input(label) != name || name.empty()) {
      throw IoError(path, lines.number(), 1,
                    "input is " + in_quotes(label) + ", must be " + (names.empty() ? "0" : "input: and its name"));
    }
    if (name.empty()) throw IoError(path, lines.number(), 2, "input " + in_quotes(label) + " has no name");
    if (std::find(names.begin(), names.end(), name) != names.end()) {
      throw IoError(path, lines.number(), 2, "input " + in_quotes(name) + " is given already");
    }
    names.push_back(name);
  }
  return names;
}

/// An array that must have one entry per gene and one for the stimulus.
template <class Use = CompiledWhereUsed>
inline Vector read_model_vector(const std::string& path, const WhereUsed<PythonLayout, Use>& layout) {
  WhereUsed<Vector, Use> values = read_npy_vector(path);
  if (values.size() != layout.stored()) {
    throw IoError(path, "the array has " + to_text(values.size()) +
                            " entries, must have one per gene and one for the " +
                            "stimulus: " + to_text(layout.stored()));
  }
  return values;
}

/// An array that must have the given shape.
template <class = CompiledWhereUsed>
inline NpyArray read_model_array(const std::string& path, const std::vector<Index>& shape,
                                 const std::string& reason = "") {
  NpyArray array = read_npy(path);
  if (array.shape != shape) {
    throw IoError(path,
                  "the array has shape " + npy_shape_text(array.shape) + ", must be " + npy_shape_text(shape) + reason);
  }
  return array;
}

/// The actions of further inputs; an empty array where there are none.
template <class Use = CompiledWhereUsed>
inline NpyArray read_further_inputs(const std::string& path, std::vector<Index> shape,
                                    const WhereUsed<PythonLayout, Use>& layout) {
  return layout.further_inputs() > 0 ? read_model_array(path, shape) : NpyArray{};
}

template <class Use = CompiledWhereUsed>
inline std::vector<Network> read_model_history(const std::string& directory, const WhereUsed<PythonLayout, Use>& layout,
                                               const std::vector<std::string>& names) {
  const std::string basal_path = inside(directory, model_files::basal_history);
  const std::string interactions_path = inside(directory, model_files::interactions_history);
  const NpyArray basal = read_npy(basal_path);
  if (basal.shape.size() != 2 || basal.shape[1] != layout.stored()) {
    throw IoError(basal_path, "the array has shape " + npy_shape_text(basal.shape) + ", must be (times, " +
                                  to_text(layout.stored()) + ")");
  }
  const Index times = basal.shape[0];
  const Index stored = layout.stored();
  const NpyArray interactions = read_model_array(interactions_path, {times, stored, stored});
  const Index further_size = layout.further_inputs() * layout.genes();
  const NpyArray further = read_further_inputs(inside(directory, model_files::further_history),
                                               {times, layout.further_inputs(), layout.genes()}, layout);
  std::vector<Network> history;
  for (Index t = 0; t < times; ++t) {
    history.push_back(layout.to_network(interactions_path, basal.values.data() + t * stored,
                                        interactions.values.data() + t * stored * stored,
                                        further.values.data() + t * further_size, names));
  }
  return history;
}

/// The modes of genes and the levels of inputs in every cell.
template <class Use = CompiledWhereUsed>
inline Matrix read_model_modes(const std::string& directory, const WhereUsed<PythonLayout, Use>& layout) {
  const std::string path = inside(directory, model_files::modes);
  const WhereUsed<Matrix, Use> stored = read_npy_matrix(path);
  if (stored.cols() != layout.stored()) {
    throw IoError(path, "the array has " + to_text(stored.cols()) + " columns, must have " + to_text(layout.stored()));
  }
  WhereUsed<Matrix, Use> modes(stored.rows(), layout.nodes());
  modes.rightCols(layout.genes()) = stored.rightCols(layout.genes());
  if (layout.inputs() > 0) modes.col(0) = stored.col(0);
  if (layout.further_inputs() > 0) {
    const std::string further = inside(directory, model_files::further_levels);
    const WhereUsed<Matrix, Use> levels = read_npy_matrix(further);
    if (levels.rows() != stored.rows() || levels.cols() != layout.further_inputs()) {
      throw IoError(further, "the array has shape " + npy_shape_text({levels.rows(), levels.cols()}) + ", must be " +
                                 npy_shape_text({stored.rows(), layout.further_inputs()}));
    }
    modes.middleCols(1, layout.further_inputs()) = levels;
  }
  return modes;
}

}  // namespace detail

/// Reads a model directory; the optional files are read where they exist.
/// @throws IoError naming the file when one is missing, cannot be understood, is of another version, has another shape
///   than the tables above say, or holds values out of range: k0 > k1, rates <= 0, numbers that are not finite, edges
///   into the stimulus
template <class Use = CompiledWhereUsed>
[[nodiscard]] SavedModel read_model_directory(const std::string& directory) {
  namespace file = detail::model_files;
  const auto path = [&directory](std::string_view name) { return detail::inside(directory, name); };
  const auto exists = [&path](std::string_view name) {
    std::error_code ignored;
    return std::filesystem::exists(path(name), ignored);
  };
  const WhereUsed<Vector, Use> basal = read_npy_vector(path(file::basal));
  if (basal.size() < 1) throw IoError(path(file::basal), "the array is empty");
  const bool lists_inputs = exists(file::inputs);
  std::vector<std::string> names;
  if (lists_inputs) names = detail::read_model_inputs(path(file::inputs));
  const detail::PythonLayout layout(basal.size() - 1, lists_inputs ? static_cast<Index>(names.size()) : 1);
  // Genes have no names in the directory; a network names all of its nodes or none.
  for (Index gene = 1; lists_inputs && gene <= layout.genes(); ++gene) names.push_back(to_text(gene));

  const Index stored = layout.stored();
  const NpyArray interactions = detail::read_model_array(path(file::interactions), {stored, stored},
                                                         " as basal.npy has " + to_text(stored) + " entries");
  const NpyArray further =
      detail::read_further_inputs(path(file::further_interactions), {layout.further_inputs(), layout.genes()}, layout);
  SavedModel model;
  model.network = layout.to_network(path(file::interactions), basal.data(), interactions.values.data(),
                                    further.values.data(), names);
  model.shape_min = layout.to_nodes(detail::read_model_vector(path(file::shape_min), layout), 0.0);
  model.shape_max = layout.to_nodes(detail::read_model_vector(path(file::shape_max), layout), 1.0);
  model.inverse_burst_size = layout.to_nodes(detail::read_model_vector(path(file::inverse_burst_size), layout), 1.0);
  if (exists(file::modes)) model.modes = detail::read_model_modes(directory, layout);
  if (exists(file::basal_history) && exists(file::interactions_history)) {
    model.history = detail::read_model_history(directory, layout, names);
  }
  if (exists(file::rates)) model.rates = read_decay_rates(path(file::rates), layout.nodes(), layout.inputs());
  if (exists(file::experiment)) {
    const NodeLabels labels(model.network.names(), layout.nodes(), layout.inputs());
    SavedExperiment saved = read_experiment(path(file::experiment), labels, layout.inputs());
    model.experiment = saved.experiment;
    model.first_observation = saved.first_observation;
    model.schedule = std::move(saved.schedule);
  }
  try {
    validate(model);
  } catch (const std::logic_error& error) {
    throw IoError(directory, error.what());
  }
  return model;
}

}  // namespace cardamom

#ifdef CARDAMOM_PRECOMPILED
namespace cardamom {
extern template SavedModel read_model_directory(const std::string&);
}  // namespace cardamom
#endif
