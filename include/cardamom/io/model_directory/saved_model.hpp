/// @file
/// `SavedModel`: what a model directory holds, whether it can be, and the way from a model and back.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
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
template <class Use = CompiledWhereUsed>
inline void validate(const WhereUsed<SavedModel, Use>& model) {
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
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline Model to_model(const WhereUsed<SavedModel, Use>& saved,
                                    const WhereUsed<DecayRates, Use>& rates = {}) {
  validate(saved);
  const DecayRates used{rates.mrna.size() > 0 ? rates.mrna : saved.rates.mrna,
                        rates.protein.size() > 0 ? rates.protein : saved.rates.protein};
  return make_model(
      Kinetics::from_modes(saved.shape_min, saved.shape_max, saved.inverse_burst_size, used, saved.inputs()),
      saved.network);
}

/// What a model directory keeps of a model: all but the scale of the proteins.
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline SavedModel to_saved(const WhereUsed<Model, Use>& model) {
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

}  // namespace cardamom
