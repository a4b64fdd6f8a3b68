/// @file
/// The model directory of the Python package CARDAMOM, read and written so that either program continues where the
/// other stopped.
///
/// | file | shape | content |
/// | --- | --- | --- |
/// | `basal.npy` | (1 + n,) | β |
/// | `inter.npy` | (1 + n, 1 + n) | interactions, `inter[i, j]` the action of i on j: the transpose of θ |
/// | `kmin.npy`, `kmax.npy` | (1 + n,) | k0/d0 and k1/d0, burst frequencies relative to mRNA decay |
/// | `bet.npy` | (1 + n,) | koff/s0 [1/molecule] |
/// | `data_bool.npy` | (cells, 1 + n) | optional: mode k/d0 of every gene in every cell; its simulation program needs it |
/// | `basal_t.npy`, `inter_t.npy` | (T, 1 + n), (T, 1 + n, 1 + n) | optional: β and interactions after every time point |
///
/// n is the number of genes, index 0 the first input, the stimulus. What there is besides of other inputs, which the
/// Python package does not know, is in files of its own; a directory without them has one input.
///
/// | file | shape | content |
/// | --- | --- | --- |
/// | `inputs.tsv` | | a title, then a line per input: its label and its name, as in a gene-name file |
/// | `inter_inputs.npy` | (inputs − 1, n) | actions of the further inputs on the genes |
/// | `data_inputs.npy` | (cells, inputs − 1) | optional: level of the further inputs, beside `data_bool.npy` |
/// | `inter_inputs_t.npy` | (T, inputs − 1, n) | optional: the same actions after every time point |
///
/// Where there are no inputs, index 0 is unused and `inputs.tsv` holds its title alone.
///
/// What the Python package does not know either, and what it takes to simulate the data anew, is in two more files; a
/// directory without them says nothing about it.
///
/// | file | content |
/// | --- | --- |
/// | `rates.tsv` | optional: a title, then d0 and d1 [1/h], a line per input, whose values mean nothing, and per gene: see decay_rates.hpp |
/// | `experiment.tsv` | optional: what cells were at the first observation, the spread of their depths, levels of inputs over time: see experiment.hpp |
///
/// The Python simulation program multiplies β and the interactions by constants of its own; the files hold them as
/// inferred.
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
#include <cardamom/io/file_set.hpp>
#include <cardamom/io/node_labels.hpp>
#include <cardamom/io/npy.hpp>
#include <cardamom/io/text.hpp>
#include <cardamom/model/decay_rates.hpp>
#include <cardamom/model/kinetics.hpp>
#include <cardamom/model/model.hpp>
#include <cardamom/model/network.hpp>
#include <cardamom/simulation/fitted_experiment.hpp>
#include <cardamom/simulation/schedule.hpp>

namespace cardamom {

/// What a model directory holds, in this library's orientation: one entry per node, inputs first; those of inputs are
/// ignored.
struct SavedModel {
  Network network;               ///< β and θ, the number of inputs and, where there are several, their names
  Vector shape_min;              ///< k0/d0, 0 <= k0/d0 <= k1/d0
  Vector shape_max;              ///< k1/d0, > 0
  Vector inverse_burst_size;     ///< koff/s0 [1/molecule], > 0
  Matrix modes;                  ///< cells × nodes: mode k/d0 of every gene in every cell, level of inputs; or empty
  std::vector<Network> history;  ///< network after every time point; or empty
  DecayRates rates = {};         ///< d0 and d1 [1/h], > 0; or empty: not known
  FittedExperiment experiment = {};
  double first_observation = 0.0;  ///< of the data [h]: when cells are as `experiment` says
  /// Levels of inputs; what is before `first_observation` cells began with. Or empty: not known.
  std::vector<LevelChange> schedule = {};

  Index nodes() const noexcept { return network.nodes(); }
  Index inputs() const noexcept { return network.inputs(); }
  Index genes() const noexcept { return network.genes(); }
};

/// Throws std::invalid_argument on sizes, std::domain_error naming field, gene and value on anything out of range.
template <class = CompiledWhereUsed>
inline void validate(const SavedModel& model) {
  const Index nodes = model.nodes();
  check_size("SavedModel", "shape_min", model.shape_min.size(), nodes);
  check_size("SavedModel", "shape_max", model.shape_max.size(), nodes);
  check_size("SavedModel", "inverse_burst_size", model.inverse_burst_size.size(), nodes);
  check_all_positive("SavedModel", "shape_max", model.shape_max, model.inputs());
  check_all_positive("SavedModel", "inverse_burst_size", model.inverse_burst_size, model.inputs());
  for (Index i = model.inputs(); i < nodes; ++i) {
    check_in("SavedModel", detail::element("shape_min", i), model.shape_min[i], 0.0, model.shape_max[i]);
  }
  if (model.modes.size() > 0) check_size("SavedModel", "modes.cols()", model.modes.cols(), nodes);
  for (const Network& network : model.history) {
    check_size("SavedModel", "history", network.nodes(), nodes);
    check_size("SavedModel", "inputs of history", network.inputs(), model.inputs());
  }
  if (model.rates.mrna.size() > 0 || model.rates.protein.size() > 0) {
    check_size("SavedModel", "rates.mrna", model.rates.mrna.size(), nodes);
    check_size("SavedModel", "rates.protein", model.rates.protein.size(), nodes);
    check_all_positive("SavedModel", "rates.mrna", model.rates.mrna, model.inputs());
    check_all_positive("SavedModel", "rates.protein", model.rates.protein, model.inputs());
  }
  validate(model.experiment);
  check_finite("SavedModel", "first_observation", model.first_observation);
  for (std::size_t c = 0; c < model.schedule.size(); ++c) {
    const LevelChange& change = model.schedule[c];
    const std::string argument = detail::element("schedule", static_cast<Index>(c));
    check_index("SavedModel", argument + ".node", change.node, model.inputs());
    check_finite("SavedModel", argument + ".time", change.time);
    check_nonnegative("SavedModel", argument + ".level", change.level);
  }
}

/// The model, proteins scaled by (11).
/// @param rates where empty those of the directory hold, and where it has none half-lives of `assumed_mrna_half_life`
/// and `assumed_protein_half_life`
/// @throws as validate(SavedModel) and Kinetics::from_modes
template <class = CompiledWhereUsed>
[[nodiscard]] inline Model to_model(const SavedModel& saved, const DecayRates& rates = {}) {
  validate(saved);
  const DecayRates used{rates.mrna.size() > 0 ? rates.mrna : saved.rates.mrna,
                        rates.protein.size() > 0 ? rates.protein : saved.rates.protein};
  return make_model(
      Kinetics::from_modes(saved.shape_min, saved.shape_max, saved.inverse_burst_size, used, saved.inputs()),
      saved.network);
}

/// What a model directory keeps of a model: all but the scale of the proteins.
template <class = CompiledWhereUsed>
[[nodiscard]] inline SavedModel to_saved(const Model& model) {
  validate(model.kinetics);
  check_size("to_saved", "model.kinetics", model.kinetics.nodes(), model.nodes());
  const Kinetics& kinetics = model.kinetics;
  SavedModel saved{model.network(),
                   kinetics.frequency_min.cwiseQuotient(kinetics.mrna_decay),
                   kinetics.frequency_max.cwiseQuotient(kinetics.mrna_decay),
                   kinetics.inverse_burst_size,
                   {},
                   {},
                   {kinetics.mrna_decay, kinetics.protein_decay}};
  // Inputs have no kinetics; these are the values the Python package gives its stimulus.
  saved.shape_min.head(model.inputs()).setZero();
  saved.shape_max.head(model.inputs()).setOnes();
  saved.inverse_burst_size.head(model.inputs()).setOnes();
  saved.rates.mrna.head(model.inputs()).setOnes();
  saved.rates.protein.head(model.inputs()).setOnes();
  return saved;
}

namespace detail {

inline std::string inside(const std::string& directory, std::string_view name) {
  return (std::filesystem::path(directory) / name).string();
}

/// The arrays of the Python package have one entry for the stimulus and one per gene; how they lie in arrays over
/// nodes.
class PythonLayout {
 public:
  PythonLayout(Index genes, Index inputs) : genes_(genes), inputs_(inputs) {}

  Index genes() const noexcept { return genes_; }
  Index inputs() const noexcept { return inputs_; }
  Index nodes() const noexcept { return inputs_ + genes_; }
  /// Entries of the Python package.
  Index stored() const noexcept { return 1 + genes_; }
  Index further_inputs() const noexcept { return std::max<Index>(0, inputs_ - 1); }

  /// An array over nodes; entries of further inputs are `otherwise`.
  template <class = CompiledWhereUsed>
  Vector to_nodes(const VectorIn& array, double otherwise) const {
    Vector values = Vector::Constant(nodes(), otherwise);
    values.tail(genes_) = array.tail(genes_);
    if (inputs_ > 0) values[0] = array[0];
    return values;
  }
  /// An array of the Python package; its entry 0 is `otherwise` where there are no inputs.
  template <class = CompiledWhereUsed>
  Vector to_stored(const VectorIn& values, double otherwise) const {
    Vector array(stored());
    array[0] = inputs_ > 0 ? values[0] : otherwise;
    array.tail(genes_) = values.tail(genes_);
    return array;
  }

  /// The network of β and interactions i -> j as stored from the given places on, `further` those of further inputs
  /// (inputs − 1 rows of n), which may be null where there are none.
  template <class = CompiledWhereUsed>
  Network to_network(const std::string& path, const double* basal, const double* interactions, const double* further,
                     const std::vector<std::string>& names) const {
    // Stored by rows of sources, read by columns of sources: this is the transposition.
    const Index size = stored();
    const Eigen::Map<const Matrix> table(interactions, size, size);
    Matrix theta = Matrix::Zero(nodes(), nodes());
    theta.bottomRightCorner(genes_, genes_) = table.bottomRightCorner(genes_, genes_);
    if (inputs_ > 0) {
      theta.col(0).tail(genes_) = table.col(0).tail(genes_);
      // An action on the stimulus is refused by Network.
      theta(0, 0) = table(0, 0);
      theta.row(0).tail(genes_) = table.row(0).tail(genes_);
    } else if ((table.col(0).array() != 0.0).any() || (table.row(0).array() != 0.0).any()) {
      throw IoError(path, "there are edges of index 0, but inputs.tsv says that there are no inputs");
    }
    for (Index input = 1; input < inputs_; ++input) {
      theta.col(input).tail(genes_) = Eigen::Map<const Vector>(further + (input - 1) * genes_, genes_);
    }
    try {
      return Network(to_nodes(Eigen::Map<const Vector>(basal, size), 0.0), MatrixIn(theta), names, inputs_);
    } catch (const std::logic_error& error) {
      throw IoError(path, error.what());
    }
  }

  /// Appends interactions i -> j as the Python package stores them.
  template <class = CompiledWhereUsed>
  void append_stored(const Network& network, std::vector<double>& values) const {
    const Matrix theta = network.interactions();
    Matrix table = Matrix::Zero(stored(), stored());
    table.bottomRightCorner(genes_, genes_) = theta.bottomRightCorner(genes_, genes_);
    if (inputs_ > 0) table.col(0).tail(genes_) = theta.col(0).tail(genes_);
    values.insert(values.end(), table.data(), table.data() + table.size());
  }
  /// Appends the actions of the further inputs.
  template <class = CompiledWhereUsed>
  void append_further(const Network& network, std::vector<double>& values) const {
    for (Index input = 1; input < inputs_; ++input) {
      for (Index i = inputs_; i < nodes(); ++i) values.push_back(network.weight(i, input));
    }
  }

 private:
  Index genes_;
  Index inputs_;
};

inline constexpr std::string_view inputs_title = "input\tname";

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

/// The text of `rates.tsv`; rates of inputs are 1.
template <class = CompiledWhereUsed>
inline std::string model_rates_text(const SavedModel& model) {
  DecayRates rates = model.rates;
  rates.mrna.head(model.inputs()).setOnes();
  rates.protein.head(model.inputs()).setOnes();
  return "d0\td1\n" + decay_rates_text(rates);
}

template <class = CompiledWhereUsed>
inline std::string model_inputs_text(const Network& network) {
  std::string text(inputs_title);
  text += '\n';
  const NodeLabels labels(network.names(), network.nodes(), network.inputs());
  for (Index input = 0; input < network.inputs(); ++input) {
    const std::string label = labels.label(input);
    text += label + '\t' + (input == 0 ? labels.name(0) : std::string(marked_input(label))) + '\n';
  }
  return text;
}

/// An array that must have one entry per gene and one for the stimulus.
template <class = CompiledWhereUsed>
inline Vector read_model_vector(const std::string& path, const PythonLayout& layout) {
  Vector values = read_npy_vector(path);
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
template <class = CompiledWhereUsed>
inline NpyArray read_further_inputs(const std::string& path, std::vector<Index> shape, const PythonLayout& layout) {
  return layout.further_inputs() > 0 ? read_model_array(path, shape) : NpyArray{};
}

template <class = CompiledWhereUsed>
inline std::vector<Network> read_model_history(const std::string& directory, const PythonLayout& layout,
                                               const std::vector<std::string>& names) {
  const std::string basal_path = inside(directory, "basal_t.npy");
  const std::string interactions_path = inside(directory, "inter_t.npy");
  const NpyArray basal = read_npy(basal_path);
  if (basal.shape.size() != 2 || basal.shape[1] != layout.stored()) {
    throw IoError(basal_path, "the array has shape " + npy_shape_text(basal.shape) + ", must be (times, " +
                                  to_text(layout.stored()) + ")");
  }
  const Index times = basal.shape[0];
  const Index stored = layout.stored();
  const NpyArray interactions = read_model_array(interactions_path, {times, stored, stored});
  const Index further_size = layout.further_inputs() * layout.genes();
  const NpyArray further = read_further_inputs(inside(directory, "inter_inputs_t.npy"),
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
template <class = CompiledWhereUsed>
inline Matrix read_model_modes(const std::string& directory, const PythonLayout& layout) {
  const std::string path = inside(directory, "data_bool.npy");
  const Matrix stored = read_npy_matrix(path);
  if (stored.cols() != layout.stored()) {
    throw IoError(path, "the array has " + to_text(stored.cols()) + " columns, must have " + to_text(layout.stored()));
  }
  Matrix modes(stored.rows(), layout.nodes());
  modes.rightCols(layout.genes()) = stored.rightCols(layout.genes());
  if (layout.inputs() > 0) modes.col(0) = stored.col(0);
  if (layout.further_inputs() > 0) {
    const std::string further = inside(directory, "data_inputs.npy");
    const Matrix levels = read_npy_matrix(further);
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
template <class = CompiledWhereUsed>
[[nodiscard]] SavedModel read_model_directory(const std::string& directory) {
  const auto path = [&directory](std::string_view name) { return detail::inside(directory, name); };
  const auto exists = [&path](std::string_view name) {
    std::error_code ignored;
    return std::filesystem::exists(path(name), ignored);
  };
  const Vector basal = read_npy_vector(path("basal.npy"));
  if (basal.size() < 1) throw IoError(path("basal.npy"), "the array is empty");
  const bool lists_inputs = exists("inputs.tsv");
  std::vector<std::string> names;
  if (lists_inputs) names = detail::read_model_inputs(path("inputs.tsv"));
  const detail::PythonLayout layout(basal.size() - 1, lists_inputs ? static_cast<Index>(names.size()) : 1);
  // Genes have no names in the directory; a network names all of its nodes or none.
  for (Index gene = 1; lists_inputs && gene <= layout.genes(); ++gene) names.push_back(to_text(gene));

  const Index stored = layout.stored();
  const NpyArray interactions = detail::read_model_array(path("inter.npy"), {stored, stored},
                                                         " as basal.npy has " + to_text(stored) + " entries");
  const NpyArray further =
      detail::read_further_inputs(path("inter_inputs.npy"), {layout.further_inputs(), layout.genes()}, layout);
  SavedModel model;
  model.network =
      layout.to_network(path("inter.npy"), basal.data(), interactions.values.data(), further.values.data(), names);
  model.shape_min = layout.to_nodes(detail::read_model_vector(path("kmin.npy"), layout), 0.0);
  model.shape_max = layout.to_nodes(detail::read_model_vector(path("kmax.npy"), layout), 1.0);
  model.inverse_burst_size = layout.to_nodes(detail::read_model_vector(path("bet.npy"), layout), 1.0);
  if (exists("data_bool.npy")) model.modes = detail::read_model_modes(directory, layout);
  if (exists("basal_t.npy") && exists("inter_t.npy")) {
    model.history = detail::read_model_history(directory, layout, names);
  }
  if (exists("rates.tsv")) model.rates = read_decay_rates(path("rates.tsv"), layout.nodes(), layout.inputs());
  if (exists("experiment.tsv")) {
    const NodeLabels labels(model.network.names(), layout.nodes(), layout.inputs());
    SavedExperiment saved = read_experiment(path("experiment.tsv"), labels, layout.inputs());
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

/// Adds the files of a model directory to a set, and the directory itself where there is none. What
/// read_model_directory then returns is equal bit for bit, but for names of genes (and of the input, where there is
/// one), which are not part of the format, and entries of inputs that are ignored: rates, and kinetics of further
/// inputs. There is no `experiment.tsv` where the model says nothing beyond what a directory without it says.
/// @throws IoError; std::invalid_argument and std::domain_error as validate(SavedModel)
template <class = CompiledWhereUsed>
inline void add_model_directory(FileSet& files, const std::string& directory, const SavedModel& model) {
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

  add_vector("basal.npy", model.network.basal(), 0.0);
  add(true, "inter.npy", [&] { return interactions_of({&model.network}, {stored, stored}); });
  add_vector("kmin.npy", model.shape_min, 0.0);
  add_vector("kmax.npy", model.shape_max, 1.0);
  add_vector("bet.npy", model.inverse_burst_size, 1.0);
  const bool has_modes = model.modes.size() > 0;
  add(has_modes, "data_bool.npy", [&] {
    Matrix modes = Matrix::Zero(model.modes.rows(), stored);
    modes.rightCols(layout.genes()) = model.modes.rightCols(layout.genes());
    if (layout.inputs() > 0) modes.col(0) = model.modes.col(0);
    return npy_matrix(modes);
  });
  add(times > 0, "basal_t.npy", [&] {
    NpyArray array{{times, stored}, {}};
    for (const Network* network : history) {
      const Vector basal = layout.to_stored(network->basal(), 0.0);
      array.values.insert(array.values.end(), basal.data(), basal.data() + basal.size());
    }
    return array;
  });
  add(times > 0, "inter_t.npy", [&] { return interactions_of(history, {times, stored, stored}); });

  add_text(model.inputs() != 1, "inputs.tsv", [&] { return detail::model_inputs_text(model.network); });
  add_text(model.rates.mrna.size() > 0, "rates.tsv", [&] { return detail::model_rates_text(model); });
  const bool has_experiment =
      !model.schedule.empty() || model.first_observation != 0.0 || model.experiment != FittedExperiment{};
  add_text(has_experiment, "experiment.tsv", [&] {
    return experiment_text({model.experiment, model.first_observation, model.schedule},
                           NodeLabels(model.network.names(), model.nodes(), model.inputs()));
  });
  add(further > 0, "inter_inputs.npy", [&] { return further_of({&model.network}, {further, layout.genes()}); });
  add(further > 0 && has_modes, "data_inputs.npy",
      [&] { return npy_matrix(Matrix(model.modes.middleCols(1, further))); });
  add(further > 0 && times > 0, "inter_inputs_t.npy", [&] {
    return further_of(history, {times, further, layout.genes()});
  });
}

/// Writes a model directory; see add_model_directory. Files of the names above are
/// replaced (optional ones that the model does not have: removed), others are left alone.
template <class = CompiledWhereUsed>
inline void write_model_directory(const std::string& directory, const SavedModel& model) {
  FileSet files;
  add_model_directory(files, directory, model);
  files.commit();
}

}  // namespace cardamom

#ifdef CARDAMOM_PRECOMPILED
namespace cardamom {
extern template SavedModel read_model_directory(const std::string&);
}  // namespace cardamom
#endif
