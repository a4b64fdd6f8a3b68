/// @file
/// Problems (9), (17) and (20) for any burst rate with parameters, in place of a link of a linear form.
#pragma once

#include <cmath>
#include <cstddef>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/convergence.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/core/function_ref.hpp>
#include <cardamom/core/policies.hpp>
#include <cardamom/core/progress.hpp>
#include <cardamom/numerics/derivatives.hpp>
#include <cardamom/regression/loss.hpp>
#include <cardamom/regression/optimizer.hpp>
#include <cardamom/regression/proximal_gradient.hpp>
#include <cardamom/regression/samples.hpp>

namespace cardamom {

/// Penalty, weights and limits of `learn`.
struct LearningOptions {
  double strength = 0.01;  ///< λ of λ Σ_p w_p |x_p − x⁰_p|, x⁰ the parameters given, >= 0
  /// w, one vector per node, those of inputs ignored, >= 0; infinity clamps a parameter to its start; empty, or an
  /// empty vector: all 1
  std::vector<Vector> weights = {};
  double limit = 50.0;  ///< |x_p| <= limit, > 0: parameters are on a scale where changes of about 1 matter
  /// Whether a gene's own protein is among its regulators. If not, it is shown to the gene's rate as 0. Where proteins
  /// and targets are read from the same modes, a gene predicts itself perfectly and nothing else would be learned.
  bool self_interactions = true;
};

/// Throws std::invalid_argument on sizes, std::domain_error on values.
template <class Use = CompiledWhereUsed>
inline void validate(const WhereUsed<LearningOptions, Use>& options, Index nodes, Index inputs = 1) {
  check_nonnegative("LearningOptions", "strength", options.strength);
  check_positive("LearningOptions", "limit", options.limit);
  if (!options.weights.empty()) {
    check_size("LearningOptions", "weights", static_cast<Index>(options.weights.size()), nodes);
  }
  for (auto i = static_cast<std::size_t>(inputs); i < options.weights.size(); ++i) {
    for (Index p = 0; p < options.weights[i].size(); ++p) {
      if (!(options.weights[i][p] >= 0.0)) {
        detail::throw_domain("LearningOptions", detail::element(detail::element("weights", static_cast<Index>(i)), p),
                             options.weights[i][p], ">= 0");
      }
    }
  }
}

/// Σ_s w_s loss(kon_i(P_s; x)/k1_i, y_s) as a function of the parameters x of gene i: a `SmoothObjective`. The gradient
/// is that of the rate when it offers one, else sixth-order central differences (six evaluations per parameter).
template <LearnableBurstRate Rate, Loss L = LeastSquares>
class RateObjective {
 public:
  /// @param proteins N × nodes, copied; @param targets N, @param weights N: referred to, so they must outlive this
  RateObjective(Rate rate, Index gene, const WhereUsed<Matrix, Rate>& proteins,
                const WhereUsed<VectorIn, Rate>& targets, const WhereUsed<VectorIn, Rate>& weights,
                double frequency_max, L loss = {})
      : rate_(std::move(rate)),
        gene_(gene),
        proteins_(proteins.transpose()),
        targets_(targets),
        weights_(weights),
        frequency_max_(frequency_max),
        loss_(std::move(loss)),
        size_(Vector(rate_.parameters(gene)).size()) {}

  [[nodiscard]] Index size() const noexcept { return size_; }

  double operator()(const WhereUsed<VectorIn, Rate>& x, WhereUsed<VectorOut, Rate> gradient) const {
    check_size("RateObjective", "x", x.size(), size());
    check_size("RateObjective", "gradient", gradient.size(), size());
    gradient.setZero();
    if constexpr (ParameterGradientBurstRate<Rate>) {
      rate_.set_parameters(gene_, x);
      WhereUsed<Vector, Rate> slope(size());
      return sum([&](Index s, const LossTerm& term) {
        rate_.parameter_gradient(gene_, proteins_.col(s), slope);
        gradient += weights_[s] * term.slope / frequency_max_ * slope;
      });
    } else {
      WhereUsed<Vector, Rate> moved = x;
      for (Index p = 0; p < size(); ++p) {
        const auto along = [&](double value) {
          moved[p] = value;
          return this->value(moved);
        };
        gradient[p] = derivative(along, x[p]);
        moved[p] = x[p];
      }
      return value(x);
    }
  }

 private:
  double value(const WhereUsed<VectorIn, Rate>& x) const {
    rate_.set_parameters(gene_, x);
    return sum([](Index, const LossTerm&) {});
  }

  template <class Visit>
  double sum(Visit&& visit) const {
    double total = 0.0;
    for (Index s = 0; s < targets_.size(); ++s) {
      const LossTerm term = loss_(rate_(gene_, proteins_.col(s)) / frequency_max_, targets_[s]);
      visit(s, term);
      total += weights_[s] * term.value;
    }
    return total;
  }

  mutable Rate rate_;  // scratch: holds the parameters of the last call
  Index gene_;
  WhereUsed<Matrix, Rate> proteins_;  // nodes × N: a sample is contiguous
  WhereUsed<VectorIn, Rate> targets_;
  WhereUsed<VectorIn, Rate> weights_;
  double frequency_max_;
  L loss_;
  Index size_;
};

namespace detail {

/// λ w of every parameter of a gene; infinity where w is.
template <class Use = CompiledWhereUsed>
inline Vector learning_penalty(const WhereUsed<LearningOptions, Use>& options, Index gene, Index parameters) {
  WhereUsed<Vector, Use> weights = Vector::Ones(parameters);
  if (!options.weights.empty() && options.weights[static_cast<std::size_t>(gene)].size() > 0) {
    weights = options.weights[static_cast<std::size_t>(gene)];
    check_size("learn", element("options.weights", gene), weights.size(), parameters);
  }
  return weights.unaryExpr([&](double w) { return std::isinf(w) ? w : options.strength * w; });
}

}  // namespace detail

/// What `learn` returns: the fitted rate, its objective, and whether the fit converged.
template <LearnableBurstRate Rate>
struct Learning {
  static_assert(detail::explain_rate_members<Rate>());

  Rate rate;
  double objective = 0.0;   ///< loss and penalty at the result
  Convergence convergence;  ///< residual: largest subgradient over all genes
};

namespace detail {

template <class Objective>
using LearningRoles = RoleList<LossRole, OptimizerRole<Objective>, ExecutorRole, ProgressRole>;
template <class Rate, class... Policies>
using RateObjectiveOf =
    RateObjective<Rate, decltype(policy_or<LossRole>(RoleList<LossRole>{}, LeastSquares{},
                                                     std::declval<const std::tuple<const Policies&...>&>()))>;

/// `learn` with its policies picked and its arguments checked.
template <LearnableBurstRate Rate, Loss L, class Optimizer>
Learning<Rate> learn_rows(const Samples& samples, const WhereUsed<VectorIn, Rate>& frequency_max, Rate rate,
                          const LearningOptions& options, const L& loss, const Optimizer& optimizer,
                          const ExecutorRef& executor, FunctionRef<bool(Index, Index)> progress) {
  const Index nodes = samples.nodes();
  const Index inputs = samples.inputs();
  const WhereUsed<Vector, Rate> weights = normalised_weights(samples);
  std::vector<Vector> fitted(static_cast<std::size_t>(nodes));
  std::vector<Convergence> ended(static_cast<std::size_t>(nodes));
  WhereUsed<Vector, Rate> values = Vector::Zero(nodes);
  ProgressCounter<FunctionRef<bool(Index, Index)>> counter(progress, nodes - inputs);
  for_each_index(executor, nodes - inputs, [&](Index k) {
    const Index i = k + inputs;
    const auto gene = static_cast<std::size_t>(i);
    WhereUsed<Matrix, Rate> proteins = samples.proteins;
    if (!options.self_interactions) proteins.col(i).setZero();
    const RateObjective<Rate, L> objective(rate, i, proteins, samples.targets.col(i), weights, frequency_max[i], loss);
    RowPenalty penalty;
    penalty.limit = options.limit;
    penalty.anchor = rate.parameters(i);
    penalty.magnitude = Vector::Zero(penalty.size());
    penalty.change = learning_penalty(options, i, penalty.size());
    WhereUsed<Vector, Rate> x = penalty.anchor;
    if (x.size() > 0) ended[gene] = optimizer.minimize(objective, penalty, x);
    WhereUsed<Vector, Rate> gradient(x.size());
    values[i] = objective(x, gradient) + penalty.value(x);
    check_fit("learn", i, "value", values[i]);
    check_fit("learn", i, "residual", ended[gene].residual);
    check_fit("learn", i, "derivatives of sum", gradient.sum());
    fitted[gene] = std::move(x);
    counter.add();
  });
  Learning<Rate> result{std::move(rate), values.sum(), {}};
  for (Index i = inputs; i < nodes; ++i) {
    result.rate.set_parameters(i, fitted[static_cast<std::size_t>(i)]);
    result.convergence = combine(result.convergence, ended[static_cast<std::size_t>(i)]);
  }
  return result;
}

}  // namespace detail

/// Fits the parameters of every gene: minimises Σ_s w_s loss(kon_i(P_s)/k1_i, y_si) + λ Σ_p w_p |x_p − x⁰_p|.
///
/// | policy | concept | default |
/// | --- | --- | --- |
/// | loss | `Loss`; one of positions above the floor (`FloorlessLoss`) is given shares of k1, as if the floor were 0 | `LeastSquares` |
/// | optimizer | `RowOptimizer` of the objective with this rate and loss | `ProximalGradient` |
/// | executor | `Executor` | `Sequential` |
/// | progress | `Progress`, told of genes | `IgnoreProgress` |
///
/// Not convex in general: the result is the stationary point reached from the parameters given, so symmetric starts
/// (a perceptron of zeros) stay where they are.
/// @param samples floors are not used: a rate has its own
/// @param frequency_max k1 [1/h], one per node, those of inputs ignored, > 0
/// @param rate a rate of `samples.nodes()` nodes; its parameters are start and anchor x⁰
/// @throws std::invalid_argument on sizes, std::domain_error on values, NumericalError where rate, loss or
/// optimizer give no number, Cancelled
/// Cost O(iterations · N · cost of a rate and its gradient) per gene.
template <LearnableBurstRate Rate, class... Policies>
[[nodiscard]] Learning<Rate> learn(const Samples& samples, const WhereUsed<VectorIn, Rate>& frequency_max, Rate rate,
                                   const LearningOptions& options = {}, const Policies&... policies) {
  using Objective = detail::RateObjectiveOf<Rate, Policies...>;
  using Roles = detail::LearningRoles<Objective>;
  static_assert((policy_fits<Policies, Roles>() && ...));
  static_assert(count_of<LossRole, Roles, Policies...> <= 1, "learn: more than one Loss");
  static_assert(count_of<OptimizerRole<Objective>, Roles, Policies...> <= 1, "learn: more than one RowOptimizer");
  static_assert(count_of<ExecutorRole, Roles, Policies...> <= 1, "learn: more than one Executor");
  static_assert(count_of<ProgressRole, Roles, Policies...> <= 1, "learn: more than one Progress");
  const std::tuple<const Policies&...> all(policies...);
  const auto loss = policy_or<LossRole>(Roles{}, LeastSquares{}, all);
  const auto optimizer = policy_or<OptimizerRole<Objective>>(Roles{}, ProximalGradient{}, all);
  const auto executor = policy_or<ExecutorRole>(Roles{}, Sequential{}, all);
  auto progress = policy_or<ProgressRole>(Roles{}, IgnoreProgress{}, all);

  const Index nodes = samples.nodes();
  validate(samples);
  validate(options, nodes, samples.inputs());
  check_size("learn", "rate.nodes()", static_cast<Index>(rate.nodes()), nodes);
  check_size("learn", "frequency_max", frequency_max.size(), nodes);
  check_all_positive("learn", "frequency_max", frequency_max, samples.inputs());
  return detail::learn_rows(samples, frequency_max, std::move(rate), options, loss, optimizer, ExecutorRef(executor),
                            FunctionRef<bool(Index, Index)>(progress));
}

/// A call that left the options out compiles nowhere, and is told so.
template <LearnableBurstRate Rate, InPlaceOfOptions<LearningOptions> Given, class... Rest>
auto learn(const Samples&, const WhereUsed<VectorIn, Rate>&, const Rate&, const Given&, const Rest&...) {
  static_assert(!InPlaceOfOptions<Given, LearningOptions>,
                "learn: options are left out; argument 4 must be LearningOptions, learn(samples, frequency_max, rate, "
                "{}, policies…)");
}

}  // namespace cardamom
