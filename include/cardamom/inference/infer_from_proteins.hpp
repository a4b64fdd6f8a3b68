/// @file
/// Inference from a known mixture (section 4 of the paper) and from protein measurements (appendix C): the burst rate
/// (2) is fitted to the burst rate a Gamma mixture implies, on its attractors (9) or on the cells themselves (20).
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <cardamom/burst_rate/mixture_rate.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/mixture/gamma_mixture.hpp>
#include <cardamom/mixture/product_mixture.hpp>
#include <cardamom/model/network.hpp>
#include <cardamom/regression/regress.hpp>
#include <cardamom/regression/successive.hpp>

namespace cardamom {

namespace detail {

/// k0/k1, below 1 as the regression asks: a gene with k0 = k1 has nothing to regulate.
inline Vector rate_floors(const char* function, const VectorIn& frequency_min, const VectorIn& frequency_max) {
  check_size(function, "frequency_min", frequency_min.size(), frequency_max.size());
  check_all_positive(function, "frequency_max", frequency_max, 1);
  Vector floors = Vector::Zero(frequency_max.size());
  for (Index i = 1; i < floors.size(); ++i) {
    check_in(function, element("frequency_min", i), frequency_min[i], 0.0, frequency_max[i]);
    floors[i] = std::min(frequency_min[i] / frequency_max[i], 1.0 - 1e-9);
  }
  return floors;
}

}  // namespace detail

/// Samples of problem (9): one per component z, at its attractor P_{z,i} = k_{z,i}/(c_i d1_i), the target k_{z,i}/k1_i.
/// @param rate the mixture with d1, that is the k_{z,i}
/// @param frequency_min, frequency_max k0 and k1 [1/h], length G; targets above 1 are set to 1
/// @param stimulus level of the stimulus in this law
/// @throws std::invalid_argument on sizes, std::domain_error on values
inline Samples mixture_samples(const MixtureRate& rate, const VectorIn& frequency_min, const VectorIn& frequency_max,
                               double stimulus = 1.0) {
  const GammaMixture& mixture = rate.mixture();
  check_size("mixture_samples", "frequency_max", frequency_max.size(), mixture.genes());
  check_nonnegative("mixture_samples", "stimulus", stimulus);
  Samples samples{Matrix::Constant(mixture.components(), mixture.genes(), stimulus),
                  Matrix::Zero(mixture.components(), mixture.genes()),
                  detail::rate_floors("mixture_samples", frequency_min, frequency_max),
                  {}};
  for (Index i = 1; i < mixture.genes(); ++i) {
    samples.proteins.col(i) = mixture.shapes().col(i) / mixture.rates()[i];
    samples.targets.col(i) = (rate.frequencies().col(i) / frequency_max[i]).cwiseMin(1.0);
  }
  return samples;
}

/// Samples of problem (20): one per cell, at its measured proteins x, the target kon^α_i(x)/k1_i of (19).
/// @param proteins cells × G, >= 0; column 0 the stimulus
/// @param rate kon^α
/// @param frequency_min, frequency_max k0 and k1 [1/h], length G; targets above 1 are set to 1
/// @throws std::invalid_argument on sizes, std::domain_error on values
inline Samples protein_samples(const MatrixIn& proteins, const MixtureRate& rate, const VectorIn& frequency_min,
                               const VectorIn& frequency_max) {
  check_size("protein_samples", "proteins.cols()", proteins.cols(), rate.genes());
  check_size("protein_samples", "frequency_max", frequency_max.size(), rate.genes());
  Samples samples{proteins,
                  Matrix::Zero(proteins.rows(), proteins.cols()),
                  detail::rate_floors("protein_samples", frequency_min, frequency_max),
                  {}};
  for (Index cell = 0; cell < proteins.rows(); ++cell) {
    const Vector shares = rate.mixture().responsibilities(proteins.row(cell).transpose());
    for (Index i = 1; i < proteins.cols(); ++i) {
      samples.targets(cell, i) = std::min(1.0, rate.frequencies().col(i).dot(shares) / frequency_max[i]);
    }
  }
  return samples;
}

struct ProteinInferenceOptions {
  MixtureFitOptions mixture = {};     ///< α: one component per basin; not used when the mixture is given
  SuccessiveOptions regression = {};  ///< penalty and chain over the time points
  Coefficients prior = {};            ///< θ^0, β^0; empty: zero
};

/// The network at every time point and the mixture it rests on.
struct ProteinInference {
  std::vector<Regression> steps;  ///< per time point; the last is the result
  GammaMixture mixture;           ///< α on the scale (11): the largest attractor of every gene is 1
  Matrix weights;                 ///< time points × m: μ_t(z), mean responsibilities of the cells
  Vector scale;                   ///< per gene, measured units per unit of (11)
  Vector frequency_min;           ///< k0 = min_z k_{z,i} [1/h], as (12)
  Vector frequency_max;           ///< k1 = max_z k_{z,i} [1/h]
  std::vector<std::string> names;

  /// The last time point's network.
  Network network() const {
    const Coefficients& last = steps.back().coefficients;
    return {last.basal, last.interactions, names};
  }
};

/// `infer` for protein measurements: minimises (20) plus the penalty (15), successively over the time points, through
/// the same regression and optimizers as counts.
///
/// Proteins are divided by the largest attractor of their gene, the scale (11), so θ compares with that of counts; k0
/// and k1 are the extremes of the mixture's modes (12). At every time point kon^α has that time point's weights μ_t.
/// @param snapshots protein levels in place of counts: cells × G, column 0 the stimulus
/// @param protein_decay d1 [1/h], length G, entry 0 ignored
/// @param mixture α in measured units
/// @throws std::invalid_argument on sizes, std::domain_error on values
template <Loss L = LeastSquares, class Optimizer = ProximalNewton, Executor E = Sequential>
requires RowOptimizer<Optimizer, RowObjective<L>> ProteinInference
infer_from_proteins(const Counts& snapshots, const VectorIn& protein_decay, const GammaMixture& mixture,
                    const ProteinInferenceOptions& options = {}, const L& loss = {}, const Optimizer& optimizer = {},
                    const E& executor = {}) {
  const Index genes = snapshots.genes();
  check_at_least("infer_from_proteins", "snapshots.cells()", snapshots.cells(), 1);
  check_size("infer_from_proteins", "protein_decay", protein_decay.size(), genes);
  check_size("infer_from_proteins", "mixture.genes()", mixture.genes(), genes);
  Coefficients prior = detail::prior_or_zero(options.prior, "infer_from_proteins", "options.prior", genes);

  Vector scale = Vector::Ones(genes);
  Vector rates = mixture.rates();
  for (Index i = 1; i < genes; ++i) {
    scale[i] = mixture.shapes().col(i).maxCoeff() / rates[i];
    rates[i] *= scale[i];
  }
  rates[0] = 1.0;
  Matrix shapes = mixture.shapes();
  shapes.col(0).setOnes();
  const MixtureRate pooled(GammaMixture(mixture.weights(), std::move(shapes), std::move(rates)), protein_decay);
  Matrix proteins = snapshots.values();
  for (Index i = 1; i < genes; ++i) proteins.col(i) /= scale[i];

  const Index times = snapshots.time_points().size();
  ProteinInference result{{},
                          pooled.mixture(),
                          Matrix::Zero(times, mixture.components()),
                          std::move(scale),
                          pooled.frequencies().colwise().minCoeff().transpose(),
                          pooled.frequencies().colwise().maxCoeff().transpose(),
                          snapshots.names()};
  const auto samples_at = [&](Index k) {
    const auto cells = snapshots.cells_at(k);
    Matrix rows(static_cast<Index>(cells.size()), genes);
    for (std::size_t c = 0; c < cells.size(); ++c) {
      rows.row(static_cast<Index>(c)) = proteins.row(cells[c]);
      result.weights.row(k) += pooled.mixture().responsibilities(proteins.row(cells[c]).transpose()).transpose();
    }
    result.weights.row(k) /= static_cast<double>(cells.size());
    const MixtureRate now(pooled.mixture().with_weights(result.weights.row(k).transpose()), protein_decay);
    return protein_samples(rows, now, result.frequency_min, result.frequency_max);
  };
  regress_successively(
      times, samples_at, [&](Index, const Regression& step) { result.steps.push_back(step); }, std::move(prior),
      options.regression, loss, optimizer, executor);
  return result;
}

/// The same with α fitted to the pooled cells by expectation–maximisation.
template <Loss L = LeastSquares, class Optimizer = ProximalNewton, Executor E = Sequential>
requires RowOptimizer<Optimizer, RowObjective<L>> ProteinInference
infer_from_proteins(const Counts& snapshots, const VectorIn& protein_decay, const ProteinInferenceOptions& options = {},
                    const L& loss = {}, const Optimizer& optimizer = {}, const E& executor = {}) {
  const auto fit = fit_gamma_mixture(snapshots.values(), options.mixture, executor);
  return infer_from_proteins(snapshots, protein_decay, fit.mixture, options, loss, optimizer, executor);
}

}  // namespace cardamom
