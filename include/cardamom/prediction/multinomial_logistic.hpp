/// @file
/// Multinomial logistic regression of the type of a cell on log(1 + count), with a ridge penalty:
///
///     P(type z | x) ∝ exp(b_z + Σ_i w_zi x_i),   −Σ_cells log P(type of the cell) + ½ ridge Σ_zi (s_i w_zi)²,
///
/// s_i the standard deviation of x_i over the cells: the penalty does not depend on a gene's scale. Convex, minimised
/// by Newton's method.
#pragma once

#include <cmath>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <Eigen/Cholesky>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/convergence.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/numerics/log_sum_exp.hpp>
#include <cardamom/prediction/cell_classifier.hpp>
#include <cardamom/prediction/cell_types.hpp>
#include <cardamom/prediction/nearest_centre.hpp>

namespace cardamom {

/// Settings of `fit_logistic`.
struct LogisticOptions {
  double ridge = 1.0;       ///< > 0: the precision of a normal prior of every standardised weight
  Index iterations = 100;   ///< of Newton's method, >= 1
  double tolerance = 1e-8;  ///< largest entry of the gradient per cell, > 0
};

/// A model of `CellClassifier`, from `fit_logistic`.
class MultinomialLogistic {
 public:
  /// @param weights types × (1 + genes): b, then w
  /// @param names of the types, or empty: "1", "2", …
  /// @param convergence of the fit
  template <class Use = CompiledWhereUsed>
  MultinomialLogistic(WhereUsed<Matrix, Use> weights, Index inputs, std::vector<std::string> names = {},
                      Convergence convergence = {})
      : weights_(std::move(weights)), inputs_(inputs), names_(std::move(names)), convergence_(convergence) {
    check_at_least("MultinomialLogistic", "weights.rows()", weights_.rows(), 1);
    check_at_least("MultinomialLogistic", "weights.cols()", weights_.cols(), 1);
    check_at_least("MultinomialLogistic", "inputs", inputs_, 0);
    check_all_finite("MultinomialLogistic", "weights", static_cast<const WhereUsed<Matrix, Use>&>(weights_).reshaped());
    if (names_.empty()) {
      for (Index z = 0; z < types(); ++z) names_.push_back(std::to_string(z + 1));
    }
    check_size("MultinomialLogistic", "names", static_cast<Index>(names_.size()), types());
  }

  [[nodiscard]] Index types() const noexcept { return weights_.rows(); }
  [[nodiscard]] Index inputs() const noexcept { return inputs_; }
  [[nodiscard]] const Matrix& weights() const noexcept { return weights_; }
  [[nodiscard]] const std::vector<std::string>& names() const noexcept { return names_; }
  [[nodiscard]] const Convergence& convergence() const noexcept { return convergence_; }

  /// The probability of every type.
  /// @param counts per node, inputs first
  template <class = CompiledWhereUsed>
  [[nodiscard]] Vector probabilities(const VectorIn& counts) const {
    Vector result = arguments(counts);
    softmax(result);
    return result;
  }
  /// The most probable type.
  /// @param counts per node, inputs first
  template <class = CompiledWhereUsed>
  [[nodiscard]] Index classify(const VectorIn& counts) const {
    Index type = 0;
    arguments(counts).maxCoeff(&type);
    return type;
  }

 private:
  template <class Use = CompiledWhereUsed>
  Vector arguments(const WhereUsed<VectorIn, Use>& counts) const {
    const WhereUsed<Matrix, Use>& weights = weights_;
    const Index genes = weights.cols() - 1;
    check_size("MultinomialLogistic", "counts", counts.size(), inputs_ + genes);
    const WhereUsed<Vector, Use> point = counts.tail(genes).array().log1p();
    return weights.col(0) + weights.rightCols(genes) * point;
  }

  Matrix weights_;
  Index inputs_;
  std::vector<std::string> names_;
  Convergence convergence_;
};

static_assert(CellClassifier<MultinomialLogistic>);

namespace detail {

/// The penalised likelihood, its gradient and its curvature; parameters are (1 + genes) × types, as one vector.
class LogisticProblem {
 public:
  /// @param points cells × (1 + genes), the first column ones
  template <class = CompiledWhereUsed>
  LogisticProblem(Matrix points, const CellTypes& types, double ridge)
      : points_(std::move(points)), truth_(Matrix::Zero(points_.rows(), types.count())) {
    for (Index cell = 0; cell < points_.rows(); ++cell) {
      truth_(cell, types.of_cell[static_cast<std::size_t>(cell)]) = 1.0;
    }
    // Only differences between the types' b have a meaning: a trace of the penalty chooses those that sum to 0.
    constexpr double trace = 1e-6;
    penalty_ = Vector::Constant(points_.cols(), ridge);
    penalty_[0] = ridge * trace;
  }

  Index size() const noexcept { return points_.cols() * truth_.cols(); }
  double cells() const noexcept { return static_cast<double>(points_.rows()); }

  /// Sets the point at which gradient and curvature are taken.
  /// @returns the objective
  template <class Use = CompiledWhereUsed>
  double move_to(const Vector& x) {
    x_ = x;
    WhereUsed<Matrix, Use>& probability = probability_;
    const WhereUsed<Vector, Use>& penalty = penalty_;
    const Eigen::Map<const WhereUsed<Matrix, Use>> weights(x_.data(), points_.cols(), truth_.cols());
    probability.noalias() = points_ * weights;
    const double fit = probability.cwiseProduct(truth_).sum();
    const double total = softmax_rows(probability).sum();
    return total - fit + 0.5 * (penalty.asDiagonal() * weights).cwiseProduct(weights).sum();
  }
  template <class Use = CompiledWhereUsed>
  Vector gradient() const {
    const WhereUsed<Matrix, Use>& points = points_;
    const WhereUsed<Matrix, Use>& probability = probability_;
    const WhereUsed<Vector, Use>& penalty = penalty_;
    const Eigen::Map<const WhereUsed<Matrix, Use>> weights(x_.data(), points.cols(), truth_.cols());
    const WhereUsed<Matrix, Use> slope = points.transpose() * (probability - truth_) + penalty.asDiagonal() * weights;
    return slope.reshaped();
  }
  template <class Use = CompiledWhereUsed>
  Matrix curvature() const {
    const WhereUsed<Matrix, Use>& points = points_;
    const WhereUsed<Matrix, Use>& probability = probability_;
    const Index features = points.cols();
    WhereUsed<Matrix, Use> result(size(), size());
    for (Index a = 0; a < truth_.cols(); ++a) {
      for (Index b = 0; b <= a; ++b) {
        const WhereUsed<Vector, Use> weight =
            probability.col(a).array() * ((a == b ? 1.0 : 0.0) - probability.col(b).array());
        WhereUsed<Matrix, Use> block = points.transpose() * weight.asDiagonal() * points;
        if (a == b) block.diagonal() += penalty_;
        result.block(a * features, b * features, features, features) = block;
      }
    }
    return result;  // the lower half
  }

 private:
  Matrix points_;
  Matrix truth_;
  Vector penalty_;
  Vector x_;
  Matrix probability_;
};

/// Newton's method with halved steps from x = 0.
template <class Use = CompiledWhereUsed>
inline std::pair<Vector, Convergence> minimise_logistic(WhereUsed<LogisticProblem, Use>& problem,
                                                        const LogisticOptions& options) {
  constexpr int halvings = 30;
  WhereUsed<Vector, Use> x = Vector::Zero(problem.size());
  double value = problem.move_to(x);
  Convergence convergence{ConvergenceStatus::iteration_limit, 0, 0.0};
  for (;;) {
    const WhereUsed<Vector, Use> gradient = problem.gradient();
    convergence.residual = gradient.cwiseAbs().maxCoeff() / problem.cells();
    if (convergence.residual <= options.tolerance) {
      convergence.status = ConvergenceStatus::converged;
      break;
    }
    if (convergence.iterations == options.iterations) break;
    const WhereUsed<Matrix, Use> curvature = problem.curvature();
    const WhereUsed<Vector, Use> step = curvature.template selfadjointView<Eigen::Lower>().ldlt().solve(gradient);
    ++convergence.iterations;
    bool better = false;
    double length = 1.0;
    for (int k = 0; k < halvings && !better; ++k, length /= 2.0) {
      const WhereUsed<Vector, Use> next = x - length * step;
      const double there = problem.move_to(next);
      if (there < value) {
        better = true;
        x = next;
        value = there;
      }
    }
    if (!better) {
      problem.move_to(x);
      convergence.status = ConvergenceStatus::stalled;
      break;
    }
  }
  return {std::move(x), convergence};
}

}  // namespace detail

/// Fits the regression to the cells of a table.
/// @param types per cell; a type may be without cells, and is then improbable everywhere
/// @throws std::invalid_argument on sizes, std::domain_error on options
/// @returns the classifier, which says how the fit converged. O(iterations · (cells · d² + d³)), d = types · (1 +
/// genes)
template <class Use = CompiledWhereUsed>
[[nodiscard]] MultinomialLogistic fit_logistic(const Counts& counts, const CellTypes& types,
                                               const LogisticOptions& options = {}) {
  validate(types, counts.cells());
  check_at_least("fit_logistic", "counts.cells()", counts.cells(), 1);
  check_positive("fit_logistic", "options.ridge", options.ridge);
  check_at_least("fit_logistic", "options.iterations", options.iterations, 1);
  check_positive("fit_logistic", "options.tolerance", options.tolerance);
  const WhereUsed<Matrix, Use> points = log_counts(counts.values(), counts.inputs());
  const WhereUsed<Vector, Use> mean = points.colwise().mean().transpose();
  WhereUsed<Vector, Use> deviation = (points.rowwise() - mean.transpose()).colwise().squaredNorm().transpose();
  deviation = (deviation / static_cast<double>(points.rows())).cwiseSqrt();
  for (double& value : deviation) {
    if (value == 0.0) value = 1.0;  // a gene that takes one value says nothing, and its weight is 0
  }
  WhereUsed<Matrix, Use> design = Matrix::Ones(points.rows(), points.cols() + 1);
  design.rightCols(points.cols()) = (points.rowwise() - mean.transpose()) * deviation.cwiseInverse().asDiagonal();
  detail::LogisticProblem problem(std::move(design), types, options.ridge);
  const auto minimum = detail::minimise_logistic(problem, options);
  const WhereUsed<Vector, Use>& x = minimum.first;

  WhereUsed<Matrix, Use> weights = x.reshaped(points.cols() + 1, types.count()).transpose();
  weights.rightCols(points.cols()) = weights.rightCols(points.cols()).eval() * deviation.cwiseInverse().asDiagonal();
  weights.col(0) -= weights.rightCols(points.cols()) * mean;
  return {std::move(weights), counts.inputs(), types.names, minimum.second};
}

}  // namespace cardamom

#ifdef CARDAMOM_PRECOMPILED
namespace cardamom {
extern template MultinomialLogistic fit_logistic(const Counts&, const CellTypes&, const LogisticOptions&);
}  // namespace cardamom
#endif
