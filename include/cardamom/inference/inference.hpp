/// @file
/// What an inference returns: the network at every time point, what it rests on, and how to carry on from it.
#pragma once

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <cardamom/clustering/basins.hpp>
#include <cardamom/clustering/modes.hpp>
#include <cardamom/core/convergence.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/model/decay_rates.hpp>
#include <cardamom/model/model.hpp>

namespace cardamom {

/// The network as of one time point.
struct NetworkStep {
  double time = 0.0;          ///< [h]
  Vector basal;               ///< β^k, length G
  SparseMatrix interactions;  ///< θ^k, G × G, θ(i, j) the action of j on i; zeros are exact
  Convergence convergence;    ///< residual: largest subgradient of the time point's problem
};

/// Things a user should know before trusting the network. None of them is an error.
struct InferenceDiagnostics {
  std::vector<Index> uninformative_genes;  ///< genes that take one value only: no edges, in or out
  std::vector<Index> sparse_time_points;   ///< numbers of the time points with fewer cells than `few_cells`
  Index few_cells = 10;                    ///< below it, shares of cells say little
  bool stimulus_varies = false;            ///< false: nothing can be said about edges out of the stimulus
  Convergence clustering;                  ///< over all genes
  Convergence regression;                  ///< over all time points
};

struct Inference {
  std::vector<std::string> names;  ///< per gene, stimulus first
  std::vector<NetworkStep> steps;  ///< per time point, in order of time; the last is the result
  Clustering clustering;           ///< modes of genes and cells
  Basins basins;                   ///< distinct rows of modes and their shares over time
  Matrix scores;                   ///< G × G: confidence in each edge j → i, >= 0, for ranking
  /// G × G: of each edge j → i, in [0, 1], from `refine`; empty from methods that give none. 0 also where nothing can
  /// be said: for the stimulus, and for genes that the refinement leaves as they were.
  Matrix probabilities;
  InferenceDiagnostics diagnostics;

  Index genes() const noexcept { return static_cast<Index>(names.size()); }
  const Vector& basal() const { return steps.back().basal; }
  const SparseMatrix& interactions() const { return steps.back().interactions; }

  /// The last time point's network, with names.
  Network network() const { return {basal(), interactions(), names}; }

  /// The model that generates cells like those of the data: k0 = α0 d0, k1 = α1 d0, inverse burst size as fitted, s1 by
  /// (11). A gene never seen active gets α1 = 1e-3, so that its rates are positive.
  /// @throws as Kinetics::from_modes, which also says what is assumed for rates left empty
  Model model(const DecayRates& rates = {}) const {
    Vector shape_min = Vector::Zero(genes());
    Vector shape_max = Vector::Ones(genes());
    Vector inverse_burst_size = Vector::Ones(genes());
    for (Index i = 1; i < genes(); ++i) {
      const GeneModes& gene = clustering.gene(i);
      shape_min[i] = gene.shape_min();
      shape_max[i] = std::max(gene.shape_max(), smallest_shape);
      inverse_burst_size[i] = gene.inverse_burst_size;
    }
    return {Kinetics::from_modes(shape_min, shape_max, inverse_burst_size, rates), network()};
  }

 private:
  static constexpr double smallest_shape = 1e-3;
};

}  // namespace cardamom
