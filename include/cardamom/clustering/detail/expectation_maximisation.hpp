/// @file
/// Maximum likelihood of a mixture with a given number of modes and a shared second parameter, by EM on pooled
/// observations.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include <cardamom/mixture/family.hpp>

namespace cardamom::detail {

struct MixtureFit {
  Vector weights;  ///< per mode
  SharedFit fit;   ///< shapes increasing
  double log_likelihood = -std::numeric_limits<double>::infinity();
};

/// Log of weight × density, observations × modes.
template <MixtureFamily Family>
void log_joint(const Family& family, const GeneSample& sample, const Vector& weights, const Vector& shapes, double b,
               Matrix& out) {
  out.resize(sample.size(), shapes.size());
  Vector column;
  for (Index k = 0; k < shapes.size(); ++k) {
    family.log_densities(sample, shapes[k], b, column);
    out.col(k) = column.array() + std::log(weights[k]);
  }
}

/// Turns log joint densities into responsibilities, in place; returns Σ cells · log density of the mixture.
/// Column by column, so that the exponentials are computed several at a time.
inline double normalise_rows(Matrix& joint, const Vector& cells) {
  const Index modes = joint.cols();
  Vector top = joint.col(0);
  for (Index k = 1; k < modes; ++k) top = top.cwiseMax(joint.col(k));
  Vector sum = Vector::Zero(joint.rows());
  for (Index k = 0; k < modes; ++k) {
    joint.col(k) = (joint.col(k) - top).array().exp();
    sum += joint.col(k);
  }
  for (Index k = 0; k < modes; ++k) joint.col(k).array() /= sum.array();
  return cells.dot(Vector(top.array() + sum.array().log()));
}

struct EmOptions {
  double shape_floor = 1e-3;
  double tolerance = 1e-9;  // gain of log-likelihood per cell in one step of EM
  Index max_iterations = 1000;
};

/// EM, accelerated by squared extrapolation (Varadhan & Roland 2008): EM's steps shrink at a constant rate near the
/// optimum, and two of them tell where they lead.
template <MixtureFamily Family>
class EmFitter {
 public:
  EmFitter(const Family& family, const GeneSample& sample, const EmOptions& options)
      : family_(family), sample_(sample), options_(options), cells_(sample.cells.sum()) {
    fit_options_.tolerance = 1e-6;  // the start is the end of the last step: its own error vanishes with EM's
  }

  /// @param responsibilities observations × modes, where to start
  MixtureFit run(Matrix responsibilities) {
    responsibilities_ = std::move(responsibilities);
    MixtureFit state;
    maximise(state);
    Convergence convergence{ConvergenceStatus::iteration_limit, 0, 0.0};
    while (convergence.iterations < options_.max_iterations) {
      MixtureFit first = state;
      step(state, first);
      MixtureFit second = first;
      step(first, second);
      convergence.iterations += 2;
      convergence.residual = std::abs(first.log_likelihood - state.log_likelihood) / cells_;
      if (convergence.residual <= options_.tolerance) {
        convergence.status = ConvergenceStatus::converged;
        state = std::move(first);
        break;
      }
      MixtureFit ahead = extrapolate(state, first, second);
      MixtureFit next = ahead;
      step(ahead, next);
      ++convergence.iterations;
      state = ahead.log_likelihood >= first.log_likelihood ? std::move(next) : std::move(second);
    }
    sort_modes(state);
    state.fit.convergence = convergence;
    return state;
  }

 private:
  /// Sets `from`'s log-likelihood, and `to` to the result of one step from it.
  void step(MixtureFit& from, MixtureFit& to) {
    log_joint(family_, sample_, from.weights, from.fit.shapes, from.fit.inverse_burst_size, responsibilities_);
    from.log_likelihood = normalise_rows(responsibilities_, sample_.cells);
    fit_options_.start = from.fit;
    maximise(to);
  }

  void maximise(MixtureFit& state) {
    responsibilities_.array().colwise() *= sample_.cells.array();
    // A mode that lost its cells keeps a trace of weight, so that its logarithm exists.
    state.weights = (responsibilities_.colwise().sum().transpose() / cells_).cwiseMax(1e-12);
    state.fit = family_.fit(sample_, responsibilities_, fit_options_);
    state.fit.shapes = state.fit.shapes.cwiseMax(options_.shape_floor);
  }

  /// In the logarithms of the parameters.
  MixtureFit extrapolate(const MixtureFit& zero, const MixtureFit& one, const MixtureFit& two) const {
    const auto logs = [](const MixtureFit& state) {
      const Index modes = state.weights.size();
      Vector result(2 * modes + 1);
      result << state.weights.array().log(), state.fit.shapes.array().log(), std::log(state.fit.inverse_burst_size);
      return result;
    };
    const Vector start = logs(zero);
    const Vector r = logs(one) - start;
    const Vector v = logs(two) - start - 2.0 * r;
    const double bend = v.norm();
    const double length = bend > 0 ? std::clamp(r.norm() / bend, 1.0, 64.0) : 1.0;
    const Vector moved = start + 2.0 * length * r + length * length * v;
    const Index modes = zero.weights.size();
    MixtureFit result = two;
    result.weights = moved.head(modes).array().min(0.0).max(-27.0).exp();
    result.weights /= result.weights.sum();
    result.fit.shapes = moved.segment(modes, modes).array().max(std::log(options_.shape_floor)).min(18.0).exp();
    result.fit.inverse_burst_size = std::exp(std::clamp(moved[2 * modes], -27.0, 18.0));
    return result;
  }

  static void sort_modes(MixtureFit& state) {
    std::vector<Index> order(static_cast<std::size_t>(state.weights.size()));
    std::iota(order.begin(), order.end(), Index{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](Index a, Index b) { return state.fit.shapes[a] < state.fit.shapes[b]; });
    const MixtureFit unsorted = state;
    for (Index k = 0; k < state.weights.size(); ++k) {
      state.fit.shapes[k] = unsorted.fit.shapes[order[static_cast<std::size_t>(k)]];
      state.weights[k] = unsorted.weights[order[static_cast<std::size_t>(k)]];
    }
  }

  const Family& family_;
  const GeneSample& sample_;
  EmOptions options_;
  double cells_;
  SharedFitOptions fit_options_;
  Matrix responsibilities_;
};

/// @param responsibilities observations × modes, where to start
template <MixtureFamily Family>
MixtureFit fit_mixture(const Family& family, const GeneSample& sample, Matrix responsibilities,
                       const EmOptions& options) {
  return EmFitter<Family>(family, sample, options).run(std::move(responsibilities));
}

/// Start of EM: cells cut at the given shares of their order (increasing, in (0, 1)), one mode per piece.
inline Matrix split_at(const GeneSample& sample, const std::vector<double>& shares) {
  Matrix responsibilities = Matrix::Zero(sample.size(), static_cast<Index>(shares.size()) + 1);
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

}  // namespace cardamom::detail
