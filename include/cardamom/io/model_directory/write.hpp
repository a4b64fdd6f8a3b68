/// @file
/// `write_model_directory`, and `add_model_directory` to write it together with other files.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/table_field.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/io/decay_rates.hpp>
#include <cardamom/io/experiment.hpp>
#include <cardamom/io/file_set.hpp>
#include <cardamom/io/model_directory/layout.hpp>
#include <cardamom/io/model_directory/saved_model.hpp>
#include <cardamom/io/node_labels.hpp>
#include <cardamom/io/npy.hpp>
#include <cardamom/model/decay_rates.hpp>
#include <cardamom/model/network.hpp>
#include <cardamom/simulation/fitted_experiment.hpp>

namespace cardamom {

namespace detail {

/// The text of `rates.tsv`; rates of inputs are 1.
template <class Use = CompiledWhereUsed>
inline std::string model_rates_text(const WhereUsed<SavedModel, Use>& model) {
  DecayRates rates = model.rates;
  rates.mrna.head(model.inputs()).setOnes();
  rates.protein.head(model.inputs()).setOnes();
  return "d0\td1\n" + decay_rates_text(rates);
}

template <class Use = CompiledWhereUsed>
inline std::string model_inputs_text(const WhereUsed<Network, Use>& network) {
  std::string text(inputs_title);
  text += '\n';
  const NodeLabels labels(network.names(), network.nodes(), network.inputs());
  for (Index input = 0; input < network.inputs(); ++input) {
    const std::string label = labels.label(input);
    const std::string name = input == 0 ? labels.name(0) : std::string(marked_input(label));
    check_table_name("add_model_directory", "name of input " + to_text(input), name, NamePlace::label);
    text += label + '\t' + name + '\n';
  }
  return text;
}

}  // namespace detail

/// Adds the files of a model directory to a set, and the directory itself where there is none. What
/// read_model_directory then returns is equal bit for bit, but for names of genes (and of the input, where there is
/// one), which are not part of the format, and entries of inputs that are ignored: rates, and kinetics of further
/// inputs. There is no `experiment.tsv` where the model says nothing beyond what a directory without it says.
/// @throws IoError; std::invalid_argument and std::domain_error as validate(SavedModel), std::invalid_argument on the
/// name
///   of an input that a line cannot hold
template <class Use = CompiledWhereUsed>
inline void add_model_directory(WhereUsed<FileSet, Use>& files, const std::string& directory,
                                const WhereUsed<SavedModel, Use>& model) {
  namespace file = detail::model_files;
  validate(model);
  files.add_directory(directory);
  const detail::PythonLayout layout(model.genes(), model.inputs());
  const Index stored = layout.stored();
  const Index further = layout.further_inputs();
  // Optional files of another model must not survive beside this one.
  const auto add_text = [&](bool present, std::string_view name, const auto& text) {
    if (present) {
      files.add(detail::inside(directory, name), text());
    } else {
      files.add_removal(detail::inside(directory, name));
    }
  };
  const auto add = [&](bool present, std::string_view name, const auto& array) {
    add_text(present, name, [&] { return npy_bytes(array()); });
  };
  const auto add_vector = [&](std::string_view name, const Vector& values, double otherwise) {
    add(true, name, [&] { return npy_vector(layout.to_stored(values, otherwise)); });
  };
  const auto interactions_of = [&](const std::vector<const Network*>& networks, std::vector<Index> shape) {
    NpyArray array{std::move(shape), {}};
    for (const Network* network : networks) layout.append_stored(*network, array.values);
    return array;
  };
  const auto further_of = [&](const std::vector<const Network*>& networks, std::vector<Index> shape) {
    NpyArray array{std::move(shape), {}};
    for (const Network* network : networks) layout.append_further(*network, array.values);
    return array;
  };
  std::vector<const Network*> history;
  for (const Network& network : model.history) history.push_back(&network);
  const auto times = static_cast<Index>(history.size());

  add_vector(file::basal, model.network.basal(), 0.0);
  add(true, file::interactions, [&] { return interactions_of({&model.network}, {stored, stored}); });
  add_vector(file::shape_min, model.shape_min, 0.0);
  add_vector(file::shape_max, model.shape_max, 1.0);
  add_vector(file::inverse_burst_size, model.inverse_burst_size, 1.0);
  const bool has_modes = model.modes.size() > 0;
  add(has_modes, file::modes, [&] {
    WhereUsed<Matrix, Use> modes = Matrix::Zero(model.modes.rows(), stored);
    modes.rightCols(layout.genes()) = model.modes.rightCols(layout.genes());
    if (layout.inputs() > 0) modes.col(0) = model.modes.col(0);
    return npy_matrix(modes);
  });
  add(times > 0, file::basal_history, [&] {
    NpyArray array{{times, stored}, {}};
    for (const Network* network : history) {
      const WhereUsed<Vector, Use> basal = layout.to_stored(network->basal(), 0.0);
      array.values.insert(array.values.end(), basal.data(), basal.data() + basal.size());
    }
    return array;
  });
  add(times > 0, file::interactions_history, [&] { return interactions_of(history, {times, stored, stored}); });

  add_text(model.inputs() != 1, file::inputs, [&] { return detail::model_inputs_text(model.network); });
  add_text(model.rates.mrna.size() > 0, file::rates, [&] { return detail::model_rates_text(model); });
  const bool has_experiment =
      !model.schedule.empty() || model.first_observation != 0.0 || model.experiment != FittedExperiment{};
  add_text(has_experiment, file::experiment, [&] {
    return experiment_text({model.experiment, model.first_observation, model.schedule},
                           NodeLabels(model.network.names(), model.nodes(), model.inputs()));
  });
  add(further > 0, file::further_interactions, [&] { return further_of({&model.network}, {further, layout.genes()}); });
  add(further > 0 && has_modes, file::further_levels,
      [&] { return npy_matrix(Matrix(model.modes.middleCols(1, further))); });
  add(further > 0 && times > 0, file::further_history, [&] {
    return further_of(history, {times, further, layout.genes()});
  });
}

/// Writes a model directory; see add_model_directory. Files of the names above are
/// replaced (optional ones that the model does not have: removed), others are left alone.
template <class Use = CompiledWhereUsed>
inline void write_model_directory(const std::string& directory, const WhereUsed<SavedModel, Use>& model) {
  FileSet files;
  add_model_directory(files, directory, model);
  files.commit();
}

}  // namespace cardamom
