/// @file
/// Inference from a known mixture (section 4 of the paper) and from protein measurements (appendix C): the burst rate
/// (2) is fitted to the burst rate that a Gamma mixture implies, on its attractors (9) or on the cells themselves (20).
/// Steps for those who measure proteins; `infer` is for counts.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <cardamom/burst_rate/mixture_rate.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/core/policies.hpp>
#include <cardamom/data/condition_groups.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/mixture/fit_mixture.hpp>
#include <cardamom/mixture/gamma_mixture.hpp>
#include <cardamom/model/input_levels.hpp>
#include <cardamom/model/network.hpp>
#include <cardamom/regression/regress.hpp>
#include <cardamom/regression/successive.hpp>

namespace cardamom {

namespace detail {

/// k0/k1, below 1 as the regression asks: a gene with k0 = k1 has nothing to regulate, whatever the last digits are.
template <class Use = CompiledWhereUsed>
inline Vector rate_floors(const char* function, const WhereUsed<VectorIn, Use>& frequency_min,
                          const WhereUsed<VectorIn, Use>& frequency_max, Index inputs) {
  constexpr double highest_floor = 1.0 - 1e-9;
  check_size(function, "frequency_min", frequency_min.size(), frequency_max.size());
  check_all_positive(function, "frequency_max", frequency_max, inputs);
  WhereUsed<Vector, Use> floors = Vector::Zero(frequency_max.size());
  for (Index i = inputs; i < floors.size(); ++i) {
    check_in(function, element("frequency_min", i), frequency_min[i], 0.0, frequency_max[i]);
    floors[i] = std::min(frequency_min[i] / frequency_max[i], highest_floor);
  }
  return floors;
}

}  // namespace detail

/// Samples of problem (9): one per component z, at its attractor P_{z,i} = k_{z,i}/(c_i d1_i), the target k_{z,i}/k1_i.
/// @param rate the mixture with d1, that is the k_{z,i}
/// @param frequency_min, frequency_max k0 and k1 [1/h], one per node; targets above 1 are set to 1
/// @param levels of the inputs in this law, one each, >= 0; empty: all at 1
/// @throws std::invalid_argument on sizes, std::domain_error on values
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline Samples mixture_samples(const WhereUsed<MixtureRate, Use>& rate,
                                             const WhereUsed<VectorIn, Use>& frequency_min,
                                             const WhereUsed<VectorIn, Use>& frequency_max,
                                             const WhereUsed<VectorIn, Use>& levels = Vector()) {
  const GammaMixture& mixture = rate.mixture();
  const Index inputs = mixture.inputs();
  check_size("mixture_samples", "frequency_max", frequency_max.size(), mixture.nodes());
  Samples samples{Matrix(mixture.components(), mixture.nodes()),
                  Matrix::Zero(mixture.components(), mixture.nodes()),
                  detail::rate_floors("mixture_samples", frequency_min, frequency_max, inputs),
                  {},
                  inputs};
  samples.proteins.leftCols(inputs).rowwise() = input_levels("mixture_samples", "levels", levels, inputs).transpose();
  for (Index i = inputs; i < mixture.nodes(); ++i) {
    samples.proteins.col(i) = mixture.shapes().col(i) / mixture.rates()[i];
    samples.targets.col(i) = (rate.frequencies().col(i) / frequency_max[i]).cwiseMin(1.0);
  }
  return samples;
}

/// Samples of problem (20): one per cell, at its measured proteins x, the target kon^α_i(x)/k1_i of (19).
/// @param proteins cells × nodes, >= 0; columns of inputs hold their levels
/// @param rate kon^α
/// @param frequency_min, frequency_max k0 and k1 [1/h], one per node; targets above 1 are set to 1
/// @throws std::invalid_argument on sizes, std::domain_error on values
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline Samples protein_samples(const WhereUsed<MatrixIn, Use>& proteins,
                                             const WhereUsed<MixtureRate, Use>& rate,
                                             const WhereUsed<VectorIn, Use>& frequency_min,
                                             const WhereUsed<VectorIn, Use>& frequency_max) {
  const Index inputs = rate.inputs();
  check_size("protein_samples", "proteins.cols()", proteins.cols(), rate.nodes());
  check_size("protein_samples", "frequency_max", frequency_max.size(), rate.nodes());
  Samples samples{proteins,
                  Matrix::Zero(proteins.rows(), proteins.cols()),
                  detail::rate_floors("protein_samples", frequency_min, frequency_max, inputs),
                  {},
                  inputs};
  for (Index cell = 0; cell < proteins.rows(); ++cell) {
    const WhereUsed<Vector, Use> responsibilities = rate.mixture().responsibilities(proteins.row(cell).transpose());
    for (Index i = inputs; i < proteins.cols(); ++i) {
      samples.targets(cell, i) = std::min(1.0, rate.frequencies().col(i).dot(responsibilities) / frequency_max[i]);
    }
  }
  return samples;
}

/// A measured mixture on the scale (11), where the largest attractor of every gene is at 1.
struct ScaledMixture {
  GammaMixture mixture;
  Vector scale;  ///< one per node: measured units per unit of (11); 1 for inputs
};

/// @param mixture α in measured units
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline ScaledMixture scale_mixture(const WhereUsed<GammaMixture, Use>& mixture) {
  const Index inputs = mixture.inputs();
  WhereUsed<Vector, Use> scale = Vector::Ones(mixture.nodes());
  WhereUsed<Vector, Use> rates = mixture.rates();
  for (Index i = inputs; i < mixture.nodes(); ++i) {
    scale[i] = mixture.shapes().col(i).maxCoeff() / rates[i];
    rates[i] *= scale[i];
  }
  return {GammaMixture(mixture.weights(), mixture.shapes(), std::move(rates), inputs), std::move(scale)};
}

/// Settings of `fit_proteins`.
struct ProteinFitOptions {
  std::uint64_t seed = 1;             ///< of the mixture's fit; the one in `mixture` is not used
  MixtureFitOptions mixture = {};     ///< α: one component per basin; not used when the mixture is given
  SuccessiveOptions regression = {};  ///< penalty and chain over the time points
  Coefficients prior = {};            ///< θ^0, β^0; empty: zero
};

/// The network at every time point and the mixture it rests on.
struct ProteinFit {
  std::vector<Regression> steps;  ///< per time point; the last is the result
  GammaMixture mixture;           ///< α on the scale (11): the largest attractor of every gene is 1
  Matrix weights;                 ///< time points × components: μ_t(z), mean responsibilities of the cells
  Vector scale;                   ///< one per node: measured units per unit of (11)
  Vector frequency_min;           ///< k0 = min_z k_{z,i} [1/h], as (12), one per node
  Vector frequency_max;           ///< k1 = max_z k_{z,i} [1/h], one per node
  std::vector<std::string> names;

  /// The last time point's network.
  template <class = CompiledWhereUsed>
  [[nodiscard]] Network network() const {
    const Coefficients& last = steps.back().coefficients;
    return {last.basal, last.interactions, names, mixture.inputs()};
  }
};

/// Fits the network to protein measurements: minimises (20) plus the penalty (15), successively over the time points,
/// by the regression that counts use too.
///
/// Proteins are divided by the largest attractor of their gene, the scale (11), so θ compares with that of counts; k0
/// and k1 are the extremes of the mixture's modes (12). At every time point kon^α has that time point's weights μ_t.
/// @param snapshots protein levels in place of counts: cells × nodes, columns of inputs their levels
/// @param protein_decay d1 [1/h], one per node, those of inputs ignored
/// @param mixture α in measured units, of as many nodes and inputs as the snapshots
/// @param policies those of `regress_successively`: Loss, Link, RowOptimizer, Executor, Progress
/// @throws std::invalid_argument on sizes, std::domain_error on values
template <class... Policies>
[[nodiscard]] ProteinFit fit_proteins(const Counts& snapshots, const VectorIn& protein_decay,
                                      const GammaMixture& mixture, const ProteinFitOptions& options = {},
                                      const Policies&... policies) {
  const Index nodes = snapshots.nodes();
  const Index inputs = snapshots.inputs();
  check_at_least("fit_proteins", "snapshots.cells()", snapshots.cells(), 1);
  refuse_conditions("fit_proteins", snapshots);
  check_size("fit_proteins", "protein_decay", protein_decay.size(), nodes);
  check_size("fit_proteins", "mixture.nodes()", mixture.nodes(), nodes);
  check_size("fit_proteins", "mixture.inputs()", mixture.inputs(), inputs);
  Coefficients prior = detail::prior_or_zero(options.prior, "fit_proteins", "options.prior", nodes, inputs);

  ScaledMixture scaled = scale_mixture(mixture);
  const MixtureRate pooled(std::move(scaled.mixture), protein_decay);
  Matrix proteins = snapshots.values();
  for (Index i = inputs; i < nodes; ++i) proteins.col(i) /= scaled.scale[i];

  const Index times = snapshots.time_points().size();
  ProteinFit result{{},
                    pooled.mixture(),
                    Matrix::Zero(times, mixture.components()),
                    std::move(scaled.scale),
                    pooled.frequencies().colwise().minCoeff().transpose(),
                    pooled.frequencies().colwise().maxCoeff().transpose(),
                    snapshots.names()};
  const auto samples_at = [&](Index k) {
    const auto cells = snapshots.cells_at(k);
    Matrix rows(static_cast<Index>(cells.size()), nodes);
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
      options.regression, policies...);
  return result;
}

/// The same with α fitted to the pooled cells by expectation–maximisation, `fit_mixture`.
template <class... Policies>
[[nodiscard]] ProteinFit fit_proteins(const Counts& snapshots, const VectorIn& protein_decay,
                                      const ProteinFitOptions& options = {}, const Policies&... policies) {
  const auto executor =
      policy_or<ExecutorRole>(RoleList<ExecutorRole>{}, Sequential{}, std::tuple<const Policies&...>(policies...));
  MixtureFitOptions fit_options = options.mixture;
  fit_options.seed = options.seed;
  fit_options.inputs = snapshots.inputs();
  const GammaMixture fitted = fit_mixture(snapshots.values(), GammaProduct{}, fit_options, executor).mixture;
  return fit_proteins(snapshots, protein_decay, fitted, options, policies...);
}

}  // namespace cardamom
