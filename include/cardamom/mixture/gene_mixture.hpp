/// @file
/// Maximum likelihood of the mixture of one gene with a given number of modes: they differ in shape and share the
/// second parameter (10). By accelerated EM on pooled observations, so that its cost does not depend on the number of
/// cells.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/convergence.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/mixture/family.hpp>
#include <cardamom/mixture/sample.hpp>
#include <cardamom/mixture/shape_floor.hpp>
#include <cardamom/numerics/expectation_maximization.hpp>
#include <cardamom/numerics/log_sum_exp.hpp>

namespace cardamom {

/// When the EM iteration for the modes of a gene ends, and its smallest shape.
struct GeneMixtureOptions {
  double shape_floor = smallest_shape;  ///< smallest shape of a mode, > 0
  double tolerance = 1e-9;              ///< converged when a step gains less log-likelihood per cell, > 0
  Index max_iterations = 1000;          ///< steps of EM, >= 1
};

/// Throws when a setting is out of range; the error names it, its value and the range.
inline void validate(const GeneMixtureOptions& options) {
  check_positive("GeneMixtureOptions", "shape_floor", options.shape_floor);
  check_positive("GeneMixtureOptions", "tolerance", options.tolerance);
  check_at_least("GeneMixtureOptions", "max_iterations", options.max_iterations, 1);
}

/// A mixture of a family's laws fitted to one gene: modes, their weights, and the likelihood.
struct GeneMixture {
  Vector weights;  ///< per mode, >= 1e−12, summing to 1 up to that
  SharedFit fit;   ///< shapes increasing, one per mode; its convergence is that of EM
  double log_likelihood = -std::numeric_limits<double>::infinity();  ///< of all cells [nats]
};

/// ln(weight · density) of every observation in every mode, written to `out`, observations × modes.
template <MixtureFamily Family>
void log_joint(const Family& family, const WhereUsed<GeneSample, Family>& sample,
               const WhereUsed<Vector, Family>& weights, const WhereUsed<Vector, Family>& shapes, double b,
               WhereUsed<Matrix, Family>& out) {
  out.resize(sample.size(), shapes.size());
  WhereUsed<Vector, Family> column(sample.size());
  for (Index k = 0; k < shapes.size(); ++k) {
    family.log_densities(sample, shapes[k], b, column);
    out.col(k) = column.array() + std::log(weights[k]);
  }
}

namespace detail {

/// The `EmProblem` of one gene.
template <MixtureFamily Family>
class GeneMixtureProblem {
 public:
  struct State {
    WhereUsed<Vector, Family> weights;
    SharedFit fit;
  };

  GeneMixtureProblem(const Family& family, const WhereUsed<GeneSample, Family>& sample,
                     WhereUsed<Matrix, Family> responsibilities, double shape_floor)
      : family_(family),
        sample_(sample),
        cells_(sample.cells.sum()),
        shape_floor_(shape_floor),
        responsibilities_(std::move(responsibilities)) {
    fit_options_.tolerance = 1e-6;  // the start is the end of the last step: its own error vanishes with EM's
  }

  State maximise(const State& before) {
    responsibilities_.array().colwise() *= sample_.cells.array();
    State state;
    // A mode that lost its cells keeps a trace of weight, so that its logarithm exists.
    state.weights = (responsibilities_.colwise().sum().transpose() / cells_).cwiseMax(1e-12);
    fit_options_.start = before.fit;
    state.fit = family_.fit(sample_, responsibilities_, fit_options_);
    state.fit.shapes = state.fit.shapes.cwiseMax(shape_floor_);
    return state;
  }

  double expect(const State& state) {
    log_joint(family_, sample_, state.weights, state.fit.shapes, state.fit.inverse_burst_size, responsibilities_);
    return sample_.cells.dot(softmax_rows(responsibilities_));
  }

  /// In the logarithms of the parameters.
  State extrapolate(const State& zero, const State& one, const State& two) const {
    constexpr double longest = 64.0;  // bounds how far one leap may miss where the steps are not a geometric series
    // e^−27 ≈ 2e−12 is the trace of weight above; e^18 ≈ 7e7 is beyond any shape or b that data distinguish.
    constexpr double log_smallest = -27.0;
    constexpr double log_largest = 18.0;
    const auto logs = [](const State& state) {
      const Index modes = state.weights.size();
      WhereUsed<Vector, Family> result(2 * modes + 1);
      result << state.weights.array().log(), state.fit.shapes.array().log(), std::log(state.fit.inverse_burst_size);
      return result;
    };
    const WhereUsed<Vector, Family> start = logs(zero);
    const WhereUsed<Vector, Family> r = logs(one) - start;
    const WhereUsed<Vector, Family> v = logs(two) - start - 2.0 * r;
    const double bend = v.norm();
    const double length = bend > 0 ? std::clamp(r.norm() / bend, 1.0, longest) : 1.0;
    const WhereUsed<Vector, Family> moved = start + 2.0 * length * r + length * length * v;
    const Index modes = zero.weights.size();
    State result = two;
    result.weights = moved.head(modes).array().min(0.0).max(log_smallest).exp();
    result.weights /= result.weights.sum();
    result.fit.shapes = moved.segment(modes, modes).array().max(std::log(shape_floor_)).min(log_largest).exp();
    result.fit.inverse_burst_size = std::exp(std::clamp(moved[2 * modes], log_smallest, log_largest));
    return result;
  }

 private:
  const Family& family_;
  const WhereUsed<GeneSample, Family>& sample_;
  double cells_;
  double shape_floor_;
  SharedFitOptions fit_options_;
  WhereUsed<Matrix, Family> responsibilities_;
};

}  // namespace detail

/// The local maximum of the likelihood that EM finds from a start.
/// @param responsibilities observations × modes, >= 0, rows summing to 1: where to start
/// @throws std::invalid_argument on sizes and options, std::domain_error on options
/// O(distinct values · modes) per step of EM.
template <MixtureFamily Family>
[[nodiscard]] GeneMixture fit_gene_mixture(const Family& family, const WhereUsed<GeneSample, Family>& sample,
                                           WhereUsed<Matrix, Family> responsibilities,
                                           const GeneMixtureOptions& options = {}) {
  validate(options);
  check_size("fit_gene_mixture", "responsibilities.rows()", responsibilities.rows(), sample.size());
  detail::GeneMixtureProblem<Family> problem(family, sample, std::move(responsibilities), options.shape_floor);
  auto found = expectation_maximization(problem, sample.cells.sum(), {options.tolerance, options.max_iterations});

  std::vector<Index> order(static_cast<std::size_t>(found.state.weights.size()));
  std::iota(order.begin(), order.end(), Index{0});
  const WhereUsed<Vector, Family>& shapes = found.state.fit.shapes;
  std::stable_sort(order.begin(), order.end(), [&](Index a, Index b) { return shapes[a] < shapes[b]; });
  GeneMixture result{found.state.weights(order), found.state.fit, found.log_likelihood};
  result.fit.shapes = shapes(order);
  result.fit.convergence = found.convergence;
  return result;
}

/// Responsibilities from which to start: cells, in the order of their values, cut at the given shares of their number,
/// one mode per piece.
/// @param shares increasing, in (0, 1)
/// @returns observations × (shares + 1), zeros and ones
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline Matrix cut_into_modes(const WhereUsed<GeneSample, Use>& sample,
                                           const std::vector<double>& shares) {
  WhereUsed<Matrix, Use> responsibilities = Matrix::Zero(sample.size(), static_cast<Index>(shares.size()) + 1);
  const double cells = sample.cells.sum();
  double below = 0.0;
  for (Index i = 0; i < sample.size(); ++i) {
    const double middle = (below + 0.5 * sample.cells[i]) / cells;
    const auto mode = std::upper_bound(shares.begin(), shares.end(), middle) - shares.begin();
    responsibilities(i, static_cast<Index>(mode)) = 1.0;
    below += sample.cells[i];
  }
  return responsibilities;
}

}  // namespace cardamom
