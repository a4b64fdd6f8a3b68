/// @file
/// What an inference returns: the model that was fitted, the network at every time point, and what they rest on.
#pragma once

#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/burst_rate/linear_rate.hpp>
#include <cardamom/burst_rate/sigmoid.hpp>
#include <cardamom/clustering/basins.hpp>
#include <cardamom/clustering/modes.hpp>
#include <cardamom/core/convergence.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/model/model.hpp>
#include <cardamom/model/network.hpp>
#include <cardamom/simulation/fitted_experiment.hpp>

namespace cardamom {

/// The network as of one time point.
struct NetworkStep {
  double time = 0.0;          ///< [h]
  Vector basal;               ///< β^k, one per node
  SparseMatrix interactions;  ///< θ^k, nodes × nodes, θ(i, j) the action of j on i; zeros are exact
  Convergence convergence;    ///< residual: largest subgradient of the time point's problem
};

/// Things a user should know before trusting the network. None of them is an error.
struct InferenceDiagnostics {
  std::vector<Index> uninformative_genes;  ///< genes that take one value only: no edges, in or out
  std::vector<Index> sparse_time_points;   ///< numbers of the time points with fewer cells than `few_cells`
  Index few_cells = 10;                    ///< below it, shares of cells say little
  std::vector<Index> constant_inputs;      ///< inputs that never change: nothing can be said about their targets
  bool assumed_rates = false;              ///< degradation rates were not given: those of the model are typical ones
  Convergence clustering;                  ///< over all genes
  Convergence regression;                  ///< over all time points
};

/// How cells simulated from the fitted model compare with the data, from estimators that simulate.
struct GoodnessOfFit {
  double objective = 0.0;  ///< half the mean squared residual in joint errors; at most about ½ when the model is right
  /// Time points × nodes: (mean statistic in the data − simulated) in standard errors; with conditions a row per group
  /// of them (`condition_groups`) and time point, groups running first; or empty.
  Matrix residuals;
  double distance = 0.0;  ///< what `SimulatedDistance` minimised, of fresh cells; 0 from others

  /// Whether the estimator simulates at all.
  [[nodiscard]] bool known() const noexcept { return residuals.size() > 0; }
};

/// What does not depend on the burst rate.
struct InferenceBase {
  std::vector<std::string> names;  ///< per node
  /// Per time point, in order of time; the last is the result. Estimators that fit all time points at once have one
  /// step; rates without a linear form have none.
  std::vector<NetworkStep> steps;
  Clustering clustering;  ///< modes of genes and cells
  Basins basins;          ///< distinct rows of modes and their shares over time
  /// nodes × nodes, signed strength of each edge j → i: θ, or for a rate without a linear form the switch effect, the
  /// change of kon_i/k1_i when j goes from off to on.
  Matrix weights;
  Matrix scores;         ///< nodes × nodes: confidence in each edge j → i, >= 0, for ranking
  Matrix probabilities;  ///< nodes × nodes, in [0, 1]: posterior probability of each edge; empty where not estimated. 0
                         ///< also where nothing can be said: for inputs as targets, and for genes that took no part
  GoodnessOfFit fit;
  FittedExperiment experiment;
  InferenceDiagnostics diagnostics;

  [[nodiscard]] Index nodes() const noexcept { return static_cast<Index>(names.size()); }
};

/// @tparam Rate the burst rate that was fitted
template <BurstRate Rate = Sigmoid>
struct Inference : InferenceBase {
  BasicModel<Rate> model;  ///< what was fitted, kinetics and rate: simulate, save and report this and nothing else

  [[nodiscard]] Index inputs() const noexcept { return model.inputs(); }
  [[nodiscard]] Index genes() const noexcept { return nodes() - inputs(); }

  /// β and θ of the last step.
  [[nodiscard]] const Vector& basal() const requires(IsLinearRate<Rate>::value) { return steps.back().basal; }
  [[nodiscard]] const SparseMatrix& interactions() const requires(IsLinearRate<Rate>::value) {
    return steps.back().interactions;
  }
  /// The network found, with names: the last step's, or for a rate without a linear form its switch effects.
  [[nodiscard]] Network network() const {
    if constexpr (IsLinearRate<Rate>::value) {
      return {basal(), interactions(), names, inputs()};
    } else {
      return {Vector::Zero(nodes()), weights, names, inputs()};
    }
  }
};

template <class T>
struct IsInference : std::false_type {};
template <class Rate>
struct IsInference<Inference<Rate>> : std::true_type {};

}  // namespace cardamom
