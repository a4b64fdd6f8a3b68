/// @file
/// Problems (9), (17) and (20) for any burst rate with parameters, in place of the sigmoid (2).
#pragma once

#include <cmath>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <boost/math/differentiation/finite_difference.hpp>

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/core/convergence.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/regression/optimizer.hpp>
#include <cardamom/regression/proximal_gradient.hpp>
#include <cardamom/regression/samples.hpp>

namespace cardamom {

struct LearningOptions {
  double strength = 0.01;  ///< λ of λ Σ_p w_p |x_p − x⁰_p|, x⁰ the parameters given, >= 0
  /// w per gene (length G, entry 0 ignored), >= 0; infinity holds a parameter; empty, or an empty entry: all 1
  std::vector<Vector> weights = {};
  double limit = 50.0;  ///< |x_p| <= limit, > 0
  /// Whether a gene's own protein is among its regulators. If not, it is shown to the gene's rate as 0. Where proteins
  /// and targets are read from the same modes, a gene predicts itself perfectly and nothing else would be learned.
  bool self_interactions = true;
};

/// Throws std::invalid_argument on sizes, std::domain_error on values.
inline void validate(const LearningOptions& options, Index genes) {
  check_nonnegative("LearningOptions", "strength", options.strength);
  check_positive("LearningOptions", "limit", options.limit);
  if (!options.weights.empty()) {
    check_size("LearningOptions", "weights", static_cast<Index>(options.weights.size()), genes);
  }
  for (std::size_t i = 1; i < options.weights.size(); ++i) {
    for (Index p = 0; p < options.weights[i].size(); ++p) {
      if (!(options.weights[i][p] >= 0.0)) {
        detail::throw_domain("LearningOptions", detail::element(detail::element("weights", static_cast<Index>(i)), p),
                             options.weights[i][p], ">= 0");
      }
    }
  }
}

/// Σ_s w_s (kon_i(P_s; x)/k1_i − y_s)² as a function of the parameters x of gene i: a `SmoothObjective`. The gradient
/// is that of the rate when it offers one, else sixth-order central differences (six evaluations per parameter).
template <LearnableBurstRate Rate>
class RateObjective {
 public:
  /// @param proteins N × G, copied; @param targets N, @param weights N: referred to, so they must outlive this
  RateObjective(Rate rate, Index gene, const Matrix& proteins, const VectorIn& targets, const VectorIn& weights,
                double frequency_max)
      : rate_(std::move(rate)),
        gene_(gene),
        proteins_(proteins.transpose()),
        targets_(targets),
        weights_(weights),
        frequency_max_(frequency_max),
        size_(Vector(rate_.parameters(gene)).size()) {}

  Index size() const noexcept { return size_; }

  double operator()(const VectorIn& x, VectorOut gradient) const {
    gradient.setZero();
    if constexpr (ParameterGradientBurstRate<Rate>) {
      rate_.set_parameters(gene_, x);
      Vector slope(size());
      return sum([&](Index s, double error) {
        rate_.parameter_gradient(gene_, proteins_.col(s), slope);
        gradient += 2.0 * weights_[s] * error / frequency_max_ * slope;
      });
    } else {
      Vector moved = x;
      for (Index p = 0; p < size(); ++p) {
        const auto along = [&](double value) {
          moved[p] = value;
          return this->value(moved);
        };
        gradient[p] = boost::math::differentiation::finite_difference_derivative(along, x[p]);
        moved[p] = x[p];
      }
      return value(x);
    }
  }

 private:
  double value(const VectorIn& x) const {
    rate_.set_parameters(gene_, x);
    return sum([](Index, double) {});
  }

  template <class Visit>
  double sum(Visit&& visit) const {
    double total = 0.0;
    for (Index s = 0; s < targets_.size(); ++s) {
      const double error = rate_(gene_, proteins_.col(s)) / frequency_max_ - targets_[s];
      visit(s, error);
      total += weights_[s] * error * error;
    }
    return total;
  }

  mutable Rate rate_;  // scratch: holds the parameters of the last call
  Index gene_;
  Matrix proteins_;  // G × N: a sample is contiguous
  VectorIn targets_;
  VectorIn weights_;
  double frequency_max_;
  Index size_;
};

namespace detail {

/// λ w of every parameter of a gene; infinity where w is.
inline Vector learning_penalty(const LearningOptions& options, Index gene, Index parameters) {
  Vector weights = Vector::Ones(parameters);
  if (!options.weights.empty() && options.weights[static_cast<std::size_t>(gene)].size() > 0) {
    weights = options.weights[static_cast<std::size_t>(gene)];
    check_size("learn", element("options.weights", gene), weights.size(), parameters);
  }
  return weights.unaryExpr([&](double w) { return std::isinf(w) ? w : options.strength * w; });
}

}  // namespace detail

template <LearnableBurstRate Rate>
struct Learning {
  Rate rate;
  double objective = 0.0;   ///< loss and penalty at the result
  Convergence convergence;  ///< residual: largest subgradient over all genes
};

/// Fits the parameters of every gene: minimises Σ_s w_s (kon_i(P_s)/k1_i − y_si)² + λ Σ_p w_p |x_p − x⁰_p|.
///
/// Not convex in general: the result is the stationary point reached from the parameters given, so symmetric starts
/// (a perceptron of zeros) stay where they are.
/// @param samples floors are not used: a rate has its own
/// @param frequency_max k1 [1/h], length G, entry 0 ignored, > 0
/// @param rate a rate of `samples.genes()` genes; its parameters are start and anchor x⁰
/// @throws std::invalid_argument on sizes, std::domain_error on values
/// Cost O(iterations · N · cost of a rate and its gradient) per gene.
template <LearnableBurstRate Rate, class Optimizer = ProximalGradient, Executor E = Sequential>
requires RowOptimizer<Optimizer, RateObjective<Rate>> Learning<Rate> learn(const Samples& samples,
                                                                           const VectorIn& frequency_max, Rate rate,
                                                                           const LearningOptions& options = {},
                                                                           const Optimizer& optimizer = {},
                                                                           const E& executor = {}) {
  const Index genes = samples.genes();
  validate(samples);
  validate(options, genes);
  check_size("learn", "rate.genes()", rate.genes(), genes);
  check_size("learn", "frequency_max", frequency_max.size(), genes);
  check_all_positive("learn", "frequency_max", frequency_max, 1);
  const Vector weights = detail::normalised_weights(samples);

  std::vector<Vector> fitted(static_cast<std::size_t>(genes));
  std::vector<Convergence> ended(static_cast<std::size_t>(genes));
  Vector values = Vector::Zero(genes);
  ended[0].status = ConvergenceStatus::no_information;
  for_each_index(executor, genes - 1, [&](Index k) {
    const Index i = k + 1;
    const auto gene = static_cast<std::size_t>(i);
    Matrix proteins = samples.proteins;
    if (!options.self_interactions) proteins.col(i).setZero();
    const RateObjective<Rate> objective(rate, i, proteins, samples.targets.col(i), weights, frequency_max[i]);
    RowPenalty penalty;
    penalty.limit = options.limit;
    penalty.anchor = rate.parameters(i);
    penalty.magnitude = Vector::Zero(penalty.size());
    penalty.change = detail::learning_penalty(options, i, penalty.size());
    Vector x = penalty.anchor;
    if (x.size() > 0) ended[gene] = optimizer.minimize(objective, penalty, x);
    Vector gradient(x.size());
    values[i] = objective(x, gradient) + penalty.value(x);
    fitted[gene] = std::move(x);
  });
  Learning<Rate> result{std::move(rate), values.sum(), {}};
  for (Index i = 1; i < genes; ++i) {
    result.rate.set_parameters(i, fitted[static_cast<std::size_t>(i)]);
    result.convergence = combine(result.convergence, ended[static_cast<std::size_t>(i)]);
  }
  return result;
}

}  // namespace cardamom
