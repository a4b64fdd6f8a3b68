/// @file
/// The model directory of the Python package CARDAMOM, read and written so that either program continues where the
/// other stopped.
///
/// | file | shape | content |
/// | --- | --- | --- |
/// | `basal.npy` | (G,) | β |
/// | `inter.npy` | (G, G) | interactions, `inter[i, j]` the action of i on j: the transpose of θ |
/// | `kmin.npy`, `kmax.npy` | (G,) | k0/d0 and k1/d0, burst frequencies relative to mRNA decay |
/// | `bet.npy` | (G,) | koff/s0 [1/molecule] |
/// | `data_bool.npy` | (cells, G) | optional: mode k/d0 of every gene in every cell; its simulation program needs it |
/// | `basal_t.npy`, `inter_t.npy` | (T, G), (T, G, G) | optional: β and interactions after every time point |
///
/// Index 0 is the stimulus. Degradation rates are not part of the directory: see decay_rates.hpp. The Python simulation
/// program multiplies β and the interactions by constants of its own; the files hold them as inferred.
#pragma once

#include <cmath>
#include <cstddef>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/io/decay_rates.hpp>
#include <cardamom/io/file_set.hpp>
#include <cardamom/io/npy.hpp>
#include <cardamom/model/decay_rates.hpp>
#include <cardamom/model/kinetics.hpp>
#include <cardamom/model/model.hpp>
#include <cardamom/model/network.hpp>

namespace cardamom {

/// What a model directory holds, in this library's orientation.
struct SavedModel {
  Network network;               ///< β and θ
  Vector shape_min;              ///< k0/d0 by gene, 0 <= k0/d0 <= k1/d0
  Vector shape_max;              ///< k1/d0 by gene, > 0
  Vector inverse_burst_size;     ///< koff/s0 by gene [1/molecule], > 0
  Matrix modes;                  ///< cells × G: mode k/d0 of every gene in every cell, stimulus 0 or 1; or empty
  std::vector<Network> history;  ///< network after every time point; or empty

  /// G, the stimulus included.
  Index genes() const noexcept { return network.genes(); }
};

/// Throws std::invalid_argument on sizes, std::domain_error naming field, gene and value on anything out of range.
inline void validate(const SavedModel& model) {
  const Index genes = model.genes();
  check_size("SavedModel", "shape_min", model.shape_min.size(), genes);
  check_size("SavedModel", "shape_max", model.shape_max.size(), genes);
  check_size("SavedModel", "inverse_burst_size", model.inverse_burst_size.size(), genes);
  check_all_positive("SavedModel", "shape_max", model.shape_max, 1);
  check_all_positive("SavedModel", "inverse_burst_size", model.inverse_burst_size, 1);
  for (Index gene = 1; gene < genes; ++gene) {
    check_in("SavedModel", detail::element("shape_min", gene), model.shape_min[gene], 0.0, model.shape_max[gene]);
  }
  if (model.modes.size() > 0) check_size("SavedModel", "modes.cols()", model.modes.cols(), genes);
  for (const Network& network : model.history) check_size("SavedModel", "history", network.genes(), genes);
}

/// The model with the given degradation rates, proteins scaled by (11).
/// @throws as validate(SavedModel) and Kinetics::from_modes
inline Model to_model(const SavedModel& saved, const DecayRates& rates = {}) {
  validate(saved);
  return {Kinetics::from_modes(saved.shape_min, saved.shape_max, saved.inverse_burst_size, rates), saved.network};
}

/// What a model directory keeps of a model: all but the degradation rates and the scale of the proteins.
inline SavedModel to_saved(const Model& model) {
  validate(model.kinetics);
  check_size("to_saved", "model.kinetics", model.kinetics.genes(), model.genes());
  const Kinetics& kinetics = model.kinetics;
  SavedModel saved{model.network,
                   kinetics.frequency_min.cwiseQuotient(kinetics.mrna_decay),
                   kinetics.frequency_max.cwiseQuotient(kinetics.mrna_decay),
                   kinetics.inverse_burst_size,
                   {},
                   {}};
  // The stimulus has no kinetics; these are the values the Python package gives it.
  saved.shape_min[0] = 0.0;
  saved.shape_max[0] = 1.0;
  saved.inverse_burst_size[0] = 1.0;
  return saved;
}

namespace detail {

inline std::string inside(const std::string& directory, std::string_view name) {
  return (std::filesystem::path(directory) / name).string();
}

inline Vector read_model_vector(const std::string& path, Index genes) {
  Vector values = read_npy_vector(path);
  if (values.size() != genes) {
    throw IoError(path, "the array has " + to_text(values.size()) +
                            " entries, must have one per gene and one for the " + "stimulus: " + to_text(genes));
  }
  return values;
}

/// β and interactions i -> j of one network, as stored from the given places on.
inline Network network_of_python(const std::string& path, const double* basal, const double* interactions,
                                 Index genes) {
  // Stored by rows of sources, read by columns of sources: this is the transposition.
  const Eigen::Map<const Matrix> theta(interactions, genes, genes);
  try {
    return Network(Eigen::Map<const Vector>(basal, genes), MatrixIn(theta));
  } catch (const std::logic_error& error) {
    throw IoError(path, error.what());
  }
}

inline void append_python_interactions(const Network& network, std::vector<double>& values) {
  const Matrix theta = network.interactions();
  values.insert(values.end(), theta.data(), theta.data() + theta.size());
}

inline std::vector<Network> read_model_history(const std::string& basal_path, const std::string& interactions_path,
                                               Index genes) {
  const NpyArray basal = read_npy(basal_path);
  if (basal.shape.size() != 2 || basal.shape[1] != genes) {
    throw IoError(basal_path,
                  "the array has shape " + npy_shape_text(basal.shape) + ", must be (times, " + to_text(genes) + ")");
  }
  const Index times = basal.shape[0];
  const NpyArray interactions = read_npy(interactions_path);
  if (interactions.shape != std::vector<Index>{times, genes, genes}) {
    throw IoError(interactions_path, "the array has shape " + npy_shape_text(interactions.shape) + ", must be " +
                                         npy_shape_text({times, genes, genes}));
  }
  std::vector<Network> history;
  for (Index t = 0; t < times; ++t) {
    history.push_back(network_of_python(interactions_path, basal.values.data() + t * genes,
                                        interactions.values.data() + t * genes * genes, genes));
  }
  return history;
}

}  // namespace detail

/// Reads a model directory; the optional files are read where they exist.
/// @throws IoError naming the file when one is missing, cannot be understood, has another shape than the table above
///   says, or holds values out of range: k0 > k1, rates <= 0, numbers that are not finite, edges into the stimulus
inline SavedModel read_model_directory(const std::string& directory) {
  const auto path = [&directory](std::string_view name) { return detail::inside(directory, name); };
  const auto exists = [&path](std::string_view name) {
    std::error_code ignored;
    return std::filesystem::exists(path(name), ignored);
  };
  const Vector basal = read_npy_vector(path("basal.npy"));
  const Index genes = basal.size();
  if (genes < 1) throw IoError(path("basal.npy"), "the array is empty");
  const NpyArray interactions = read_npy(path("inter.npy"));
  if (interactions.shape != std::vector<Index>{genes, genes}) {
    throw IoError(path("inter.npy"), "the array has shape " + detail::npy_shape_text(interactions.shape) +
                                         ", must be " + detail::npy_shape_text({genes, genes}) + " as basal.npy has " +
                                         detail::to_text(genes) + " entries");
  }
  SavedModel model;
  model.network = detail::network_of_python(path("inter.npy"), basal.data(), interactions.values.data(), genes);
  model.shape_min = detail::read_model_vector(path("kmin.npy"), genes);
  model.shape_max = detail::read_model_vector(path("kmax.npy"), genes);
  model.inverse_burst_size = detail::read_model_vector(path("bet.npy"), genes);
  if (exists("data_bool.npy")) {
    model.modes = read_npy_matrix(path("data_bool.npy"));
    if (model.modes.cols() != genes) {
      throw IoError(path("data_bool.npy"), "the array has " + detail::to_text(model.modes.cols()) +
                                               " columns, must have " + detail::to_text(genes));
    }
  }
  if (exists("basal_t.npy") && exists("inter_t.npy")) {
    model.history = detail::read_model_history(path("basal_t.npy"), path("inter_t.npy"), genes);
  }
  try {
    validate(model);
  } catch (const std::logic_error& error) {
    throw IoError(directory, error.what());
  }
  return model;
}

/// Adds the files of a model directory to a set, and the directory itself where there is none. What
/// read_model_directory then returns is equal bit for bit, names apart, which are not part of the format.
/// @throws IoError; std::invalid_argument and std::domain_error as validate(SavedModel)
inline void add_model_directory(FileSet& files, const std::string& directory, const SavedModel& model) {
  validate(model);
  files.add_directory(directory);
  const auto add = [&](std::string_view name, const NpyArray& array) {
    files.add(detail::inside(directory, name), npy_bytes(array));
  };
  const Index genes = model.genes();
  NpyArray interactions{{genes, genes}, {}};
  detail::append_python_interactions(model.network, interactions.values);
  add("basal.npy", npy_vector(model.network.basal()));
  add("inter.npy", interactions);
  add("kmin.npy", npy_vector(model.shape_min));
  add("kmax.npy", npy_vector(model.shape_max));
  add("bet.npy", npy_vector(model.inverse_burst_size));
  // Optional files of another model must not survive beside this one.
  if (model.modes.size() > 0) {
    add("data_bool.npy", npy_matrix(model.modes));
  } else {
    files.add_removal(detail::inside(directory, "data_bool.npy"));
  }
  if (model.history.empty()) {
    files.add_removal(detail::inside(directory, "basal_t.npy"));
    files.add_removal(detail::inside(directory, "inter_t.npy"));
  } else {
    const auto times = static_cast<Index>(model.history.size());
    NpyArray basal_history{{times, genes}, {}};
    NpyArray interactions_history{{times, genes, genes}, {}};
    for (const Network& network : model.history) {
      const Vector& basal = network.basal();
      basal_history.values.insert(basal_history.values.end(), basal.data(), basal.data() + basal.size());
      detail::append_python_interactions(network, interactions_history.values);
    }
    add("basal_t.npy", basal_history);
    add("inter_t.npy", interactions_history);
  }
}

/// Writes a model directory; see add_model_directory. Files of the names above are
/// replaced (optional ones that the model does not have: removed), others are left alone.
inline void write_model_directory(const std::string& directory, const SavedModel& model) {
  FileSet files;
  add_model_directory(files, directory, model);
  files.commit();
}

}  // namespace cardamom
